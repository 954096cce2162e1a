"""An editor for tests: a client that opens, changes and saves files, and waits for what the server shows."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client

PATIENCE = float(os.environ.get("PORTLINT_TEST_PATIENCE", "30"))
SERVER = (sys.executable, "-m", "portlint", "server")
_SIGNS = {1: "error", 2: "warning", 3: "info", 4: "hint"}


class Editor:
    """One client with its folders."""

    def __init__(self, client: LanguageClient, root: Path, result: types.InitializeResult) -> None:
        self.client, self.root = client, root
        self.capabilities = result.capabilities
        self.versions: dict[str, int] = {}

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def document(self, path: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri(path))

    def open(self, path: str, text: str | None = None) -> None:
        text = (self.root / path).read_text("utf-8") if text is None else text
        item = types.TextDocumentItem(self.uri(path), "text", 1, text)
        self.versions[path] = 1
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, path: str, *changes: tuple[types.Range | None, str]) -> None:
        self.versions[path] = self.versions.get(path, 1) + 1
        item = types.VersionedTextDocumentIdentifier(self.versions[path], self.uri(path))
        events = [
            types.TextDocumentContentChangeWholeDocument(text)
            if where is None
            else types.TextDocumentContentChangePartial(where, text)
            for where, text in changes
        ]
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(item, events))

    def save(self, path: str, text: str | None = None) -> None:
        if text is not None:
            (self.root / path).write_text(text, "utf-8", newline="")
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(self.document(path)))

    def close(self, path: str) -> None:
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(self.document(path)))

    def watched(self, *paths: str) -> None:
        """The files changed on disk; whether they came or went is not said truly, for clients err there, too."""
        changes = [types.FileEvent(self.uri(path), types.FileChangeType.Changed) for path in paths]
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes))

    def shown(self) -> dict[str, list[str]]:
        """What the client shows now: by path, a line (1-based), column, severity and code for each diagnostic."""
        result = {}
        for uri, items in self.client.diagnostics.items():
            if items:
                name = uri.removeprefix(self.root.as_uri() + "/")
                result[name] = sorted(_line(item) for item in items)
        return result

    async def until(self, expected: dict[str, list[str]]) -> None:
        """Wait until exactly this is shown."""
        await self.wait(lambda: self.shown() == expected, lambda: f"{self.shown()}\nis not\n{expected}")

    async def wait(self, condition: Callable[[], object], what: Callable[[], str] = lambda: "") -> None:
        end = asyncio.get_running_loop().time() + PATIENCE
        while not condition():
            assert asyncio.get_running_loop().time() < end, what()
            await asyncio.sleep(0.01)

    def position(self, path: str, text: str, offset: int = 0) -> types.Position:
        """Where a text stands first in a file on disk; columns in code points."""
        content = (self.root / path).read_text("utf-8")
        start = content.index(text) + offset
        line = content.count("\n", 0, start)
        return types.Position(line, start - (content.rfind("\n", 0, start) + 1))


def _line(item: types.Diagnostic) -> str:
    start = item.range.start
    return f"{start.line + 1}:{start.character + 1} {_SIGNS[item.severity or 1]} {item.code}"


@asynccontextmanager
async def editor(
    root: Path,
    *folders: Path,
    profile: str = "neovim@v0.11.0",
    options: Any = None,
    adapt: Callable[[types.ClientCapabilities], None] | None = None,
    rootless: bool = False,
) -> AsyncIterator[Editor]:
    """A client that has ``root`` and ``folders`` open; ends with a shutdown that must succeed."""
    client = make_test_lsp_client()
    client.registrations = []  # type: ignore[attr-defined]

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(params: types.RegistrationParams) -> None:
        client.registrations += params.registrations  # type: ignore[attr-defined]

    @client.feature(types.WORKSPACE_CODE_LENS_REFRESH)
    def lens_refresh(params: None) -> None:
        pass

    @client.feature(types.WORKSPACE_INLAY_HINT_REFRESH)
    def hint_refresh(params: None) -> None:
        pass

    await client.start_io(*SERVER)
    capabilities = client_capabilities(profile)
    if adapt is not None:
        adapt(capabilities)
    opened = [] if rootless else [types.WorkspaceFolder(path.as_uri(), path.name) for path in (root, *folders)]
    result = await client.initialize_session(
        types.InitializeParams(
            capabilities=capabilities,
            workspace_folders=opened or None,
            root_uri=None if rootless else root.as_uri(),
            initialization_options=options,
        )
    )
    try:
        yield Editor(client, root, result)
    finally:
        await asyncio.wait_for(client.shutdown_session(), PATIENCE)
        assert client._server is not None and client._server.returncode == 0
        await client.stop()
