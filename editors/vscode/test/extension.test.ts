// The extension with an editor that only takes notes, and the program it starts with a client that speaks to it.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import Module from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { command, wishes } from "../src/settings";

const given = (values: Record<string, unknown>) => ({
  get: <T>(name: string, otherwise: T): T => (name in values ? (values[name] as T) : otherwise),
});

test("an interpreter comes before a path, and portlint is the default", () => {
  assert.deepEqual(command(given({})), { command: "portlint", args: ["server", "--stdio"] });
  assert.deepEqual(command(given({ path: " /opt/portlint " })).command, "/opt/portlint");
  assert.deepEqual(command(given({ path: "x", interpreter: "/venv/python" })), {
    command: "/venv/python",
    args: ["-m", "portlint", "server", "--stdio"],
  });
});

test("the settings and their defaults are those of the manifest", () => {
  const manifest = JSON.parse(readFileSync(join(__dirname, "../../../package.json"), "utf-8"));
  const properties = manifest.contributes.configuration.properties;
  for (const [name, value] of Object.entries(wishes(given({})))) {
    assert.deepEqual(properties[`portlint.${name}`].default, value, name);
  }
});

test("it starts the server, shows places and passes on changed settings", async () => {
  const notes: unknown[][] = [];
  const commands = new Map<string, (...given: unknown[]) => unknown>();
  let changed: (event: unknown) => Promise<void> = async () => {};
  class Position {
    constructor(readonly line: number, readonly character: number) {}
  }
  class Pair {
    constructor(readonly first: unknown, readonly second: unknown) {}
  }
  const vscode = {
    Position,
    Range: Pair,
    Location: Pair,
    Uri: { parse: (text: string) => `parsed ${text}` },
    window: { showErrorMessage: (text: string) => notes.push(["error", text]) },
    workspace: {
      getConfiguration: () => given({ path: "/opt/portlint", ignore: ["PL103"] }),
      onDidChangeConfiguration: (listener: typeof changed) => (changed = listener),
    },
    commands: {
      registerCommand: (name: string, action: (...given: unknown[]) => unknown) => commands.set(name, action),
      executeCommand: async (...given: unknown[]) => notes.push(given),
    },
  };
  let fails = false;
  class LanguageClient {
    constructor(id: string, name: string, server: unknown, options: { initializationOptions: unknown }) {
      notes.push(["client", id, name, server, options.initializationOptions]);
    }
    async start() {
      notes.push(["start"]);
      if (fails) throw new Error("ENOENT");
    }
    async dispose() {
      notes.push(["dispose"]);
    }
    async sendNotification(...given: unknown[]) {
      notes.push(given);
    }
  }
  const loader = Module as unknown as { _load: (name: string, ...rest: unknown[]) => unknown };
  const load = loader._load;
  loader._load = (name, ...rest) =>
    name === "vscode" ? vscode : name === "vscode-languageclient/node" ? { LanguageClient } : load(name, ...rest);
  try {
    const extension = require("../src/extension") as typeof import("../src/extension");
    await extension.activate({ subscriptions: [] } as never);
    const server = { command: "/opt/portlint", args: ["server", "--stdio"] };
    assert.deepEqual(notes[0]?.slice(0, 4), ["client", "portlint", "portlint", server]);
    assert.deepEqual((notes[0]?.[4] as { ignore: unknown }).ignore, ["PL103"]);
    assert.deepEqual(notes.splice(0)[1], ["start"]);

    const range = { start: { line: 1, character: 2 }, end: { line: 1, character: 6 } };
    await commands.get("portlint.showPlaces")?.("file:///a", range.start, [{ uri: "file:///b", range }]);
    const places = [new Pair("parsed file:///b", new Pair(new Position(1, 2), new Position(1, 6)))];
    assert.deepEqual(notes.splice(0), [
      ["editor.action.showReferences", "parsed file:///a", new Position(1, 2), places],
    ]);

    await changed({ affectsConfiguration: (name: string) => name === "portlint" });
    assert.equal(notes.splice(0)[0]?.[0], "workspace/didChangeConfiguration");
    await changed({ affectsConfiguration: (name: string) => name === "portlint.path" || name === "portlint" });
    assert.deepEqual(notes.splice(0).map((note) => note[0]), ["dispose", "client", "start"]);

    fails = true;
    await commands.get("portlint.restart")?.();
    assert.match(String(notes.splice(0).at(-1)?.[1]), /portlint could not be started \(ENOENT\).*portlint\[server\]/s);
    await extension.deactivate();
  } finally {
    loader._load = load;
  }
});

const interpreter = process.env["PORTLINT_TEST_PYTHON"] ?? "python3";
const served = spawnSync(interpreter, ["-c", "import portlint, pygls"]).status === 0;
const skip = served ? false : `${interpreter} has no portlint[server]; name one with PORTLINT_TEST_PYTHON`;

test("the program that is started shows what deviates", { skip, timeout: 60_000 }, async () => {
  const root = mkdtempSync(join(tmpdir(), "portlint-"));
  writeFileSync(join(root, ".env"), "SHOP_PORT=8300\n");
  writeFileSync(join(root, "app.py"), 'import os\nport = os.getenv("SHOP_PORT", "8300")\n');
  const program = command(given({ interpreter }));
  const child = spawn(program.command, program.args, { stdio: ["pipe", "pipe", "inherit"] });
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  try {
    const shown = new Promise<string[]>((resolve) => {
      connection.onNotification("textDocument/publishDiagnostics", (params: { uri: string; diagnostics: { code: string }[] }) => {
        const { uri, diagnostics } = params;
        if (uri.endsWith("start.sh") && diagnostics.length > 0) resolve(diagnostics.map((item) => item.code));
      });
    });
    connection.listen();
    const rootUri = pathToFileURL(root).href;
    const options = { processId: process.pid, rootUri, capabilities: {}, initializationOptions: wishes(given({})) };
    await connection.sendRequest("initialize", options);
    await connection.sendNotification("initialized", {});
    const text = 'export SHOP_PORT="${SHOP_PORT:-8301}"\n';
    const textDocument = { uri: `${rootUri}/start.sh`, languageId: "shellscript", version: 1, text };
    await connection.sendNotification("textDocument/didOpen", { textDocument });
    assert.deepEqual(await shown, ["PL101"]);
    await connection.sendRequest("shutdown");
    await connection.sendNotification("exit");
  } finally {
    connection.dispose();
    child.kill();
    rmSync(root, { recursive: true });
  }
});
