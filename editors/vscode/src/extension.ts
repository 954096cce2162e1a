// Starts `portlint server` and carries out the command of its code lenses. Everything else is the server's.

import * as vscode from "vscode";
import { LanguageClient, type Location, type Position } from "vscode-languageclient/node";
import { command, wishes } from "./settings";

let client: LanguageClient | undefined;

const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration("portlint");

async function start(): Promise<void> {
  const program = command(settings());
  client = new LanguageClient(
    "portlint",
    "portlint",
    { command: program.command, args: program.args },
    {
      documentSelector: [{ scheme: "file" }],
      initializationOptions: wishes(settings()),
    },
  );
  try {
    await client.start();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(
      `portlint: ${program.command} could not be started (${what}). ` +
        "Install it (python -m pip install 'portlint[server]') or set portlint.path or portlint.interpreter.",
    );
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  try {
    await running?.dispose();
  } catch {
    // It had not come up, or had gone already.
  }
}

/** The code lens "8 places, 2 values": show the places beside the line. */
async function showPlaces(uri: string, position: Position, locations: Location[]): Promise<void> {
  const at = (place: Position): vscode.Position => new vscode.Position(place.line, place.character);
  await vscode.commands.executeCommand(
    "editor.action.showReferences",
    vscode.Uri.parse(uri),
    at(position),
    locations.map(
      (place) =>
        new vscode.Location(
          vscode.Uri.parse(place.uri),
          new vscode.Range(at(place.range.start), at(place.range.end)),
        ),
    ),
  );
}

async function changed(event: vscode.ConfigurationChangeEvent): Promise<void> {
  if (event.affectsConfiguration("portlint.path") || event.affectsConfiguration("portlint.interpreter")) {
    await stop();
    await start();
  } else if (event.affectsConfiguration("portlint")) {
    await client?.sendNotification("workspace/didChangeConfiguration", {
      settings: { portlint: wishes(settings()) },
    });
  }
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("portlint.showPlaces", showPlaces),
    vscode.commands.registerCommand("portlint.restart", async () => {
      await stop();
      await start();
    }),
    vscode.workspace.onDidChangeConfiguration(changed),
  );
  await start();
}

export const deactivate = stop;
