"""From a save in the editor to the diagnostics: a language server over generated trees, asked as an editor asks it."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from generate import generate

SERVER = [sys.executable, "-m", "portlint", "server"]


def main() -> None:
    """Measure what the arguments ask for and print a line a tree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, nargs="+", default=[2000])
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--tree", type=Path, nargs=2, metavar=("FOLDER", "FILE"), help="an existing tree, a file in it")
    given = parser.parse_args()
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {load}, {given.runs} saves")
    if given.tree:
        _tree(given.tree[0].resolve(), given.tree[0].resolve() / given.tree[1], given.runs)
        return
    for files in given.files:
        with tempfile.TemporaryDirectory() as folder:
            generate(Path(folder), files)
            _tree(Path(folder), Path(folder) / "service000" / ".env", given.runs)


def _tree(root: Path, file: Path, runs: int) -> None:
    text = file.read_text("utf-8")
    client = _Client(root)
    begin = time.perf_counter()
    client.notify("initialized", {})
    client.open(file, text + "\nPORTLINT_BENCHMARK_PORT=70000\n")
    client.until(file, "70000")
    print(f"\n{root.name}: first look {time.perf_counter() - begin:.3f} s")
    taken, work = [], []
    for number in range(runs):
        client.change(file, text + f"\nPORTLINT_BENCHMARK_PORT={70001 + number}\n")
        time.sleep(0.6)  # nobody saves faster, and the server tidies up meanwhile
        before = client.cpu()
        begin = time.perf_counter()
        client.notify("textDocument/didSave", {"textDocument": {"uri": file.as_uri()}})
        client.until(file, str(70001 + number))
        taken.append(time.perf_counter() - begin)
        work.append(client.cpu() - before)
    for name, values in (("save to diagnostics", taken), ("the server's processor time", work)):
        if any(values):
            spread = f"({min(values) * 1000:.0f} to {max(values) * 1000:.0f})"
            print(f"  {name:30} {statistics.median(values) * 1000:6.1f} ms   {spread}")
    client.end()


class _Client:
    """The least that an editor says. Nothing is looked at before a save: the wait after a change is a minute."""

    def __init__(self, root: Path) -> None:
        self.process = subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.version = 1
        options = {"debounce": 60_000}
        watches = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
        given = {"processId": None, "rootUri": root.as_uri(), "capabilities": watches, "initializationOptions": options}
        self._send({"id": 1, "method": "initialize", "params": given})
        while self._receive().get("id") != 1:
            pass

    def open(self, file: Path, text: str) -> None:
        item = {"uri": file.as_uri(), "languageId": "", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, file: Path, text: str) -> None:
        self.version += 1
        item = {"uri": file.as_uri(), "version": self.version}
        self.notify("textDocument/didChange", {"textDocument": item, "contentChanges": [{"text": text}]})

    def until(self, file: Path, value: str) -> None:
        """Wait for diagnostics of a file that speak of a value."""
        while True:
            message = self._receive()
            params: Any = message.get("params") or {}
            is_of_file = message.get("method", "").endswith("publishDiagnostics") and params["uri"] == file.as_uri()
            if is_of_file and value in str(params["diagnostics"]):
                return

    def notify(self, method: str, params: Any = None) -> None:
        self._send({"method": method, "params": params})

    def cpu(self) -> float:
        """Seconds that the server has worked, where the system tells (Linux); to 10 ms."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        self._send({"id": 2, "method": "shutdown"})
        self.notify("exit")
        self.process.wait()

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while (line := self.process.stdout.readline()).strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        if not line:
            sys.exit("the server has ended")
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message


if __name__ == "__main__":
    main()
