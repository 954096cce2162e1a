"""The server's state, and what a client's messages do to it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from lsprotocol import types
from lsprotocol.converters import get_converter

from portlint import __version__
from portlint.server import options
from portlint.server.diagnostics import Places, diagnostics
from portlint.server.documents import Document, Documents, to_path
from portlint.server.progress import Indexing
from portlint.server.protocol import Protocol, Server
from portlint.server.publishing import Published
from portlint.server.work import Work
from portlint.server.workspace import Folder, Workspace, home_of

T = TypeVar("T")
_CAPABILITY = "portlint-watched-files"


class App:
    """One client and its workspace."""

    PATIENCE = 0.05
    """Seconds in which files that change on disk are taken together."""
    LATER = 0.5
    """Seconds after a save until the tree is listed for a client that does not watch it."""

    def __init__(self) -> None:
        self.server = Server(
            "portlint", __version__, protocol_cls=Protocol, converter_factory=get_converter, max_workers=2
        )
        self.documents = Documents()
        self.wishes = options.Wishes()
        self.encoding = "utf-16"
        self.pulled = False
        """The client asks for diagnostics, and is told only when to ask again."""
        self.rootless = False
        """No folder is open, and each file brings its own."""
        self.watches = False
        """The client tells of files that change on disk."""
        self.complaints: list[str] = []
        """Mistakes in the client's settings, until they can be shown."""
        self._frozen = False
        self._closed: set[str] = set()
        self.published = Published(self.documents)
        self.indexing = Indexing(self.server)
        self.workspace = Workspace(lambda root: options.options_for(root, self.wishes))
        self.work = Work(self.workspace, self._news, self.indexing.of)

    @property
    def client(self) -> types.ClientCapabilities:
        """What the client can do."""
        return self.server.client_capabilities

    @property
    def shows_markdown(self) -> bool:
        """Whether the client can show tables and links; plain text where it does not say."""
        text = self.client.text_document
        formats = text.hover.content_format if text is not None and text.hover is not None else None
        return types.MarkupKind.Markdown in (formats or ())

    def start(self) -> None:
        """Begin to look at what the client has open."""
        self.indexing.loop = asyncio.get_running_loop()
        window = self.client.window
        self.indexing.shown = bool(window and window.work_done_progress)
        self.complain(self.complaints)
        self.watch()
        folders = [folder.uri for folder in self.server.workspace.folders.values()]
        root = self.server.workspace.root_uri
        self.rootless = not folders and root is None
        for uri in folders or ([root] if root is not None else []):
            self.open_folder(uri)

    async def reconfigure(self, given: Any) -> None:
        """The client's settings have changed; one that does not send them is asked."""
        if given is None and self.client.workspace and self.client.workspace.configuration:
            wanted = types.ConfigurationParams([types.ConfigurationItem(section="portlint")])
            given = next(iter(await self.server.workspace_configuration_async(wanted)), None)
        wishes, complaints = options.wishes_of(given)
        self.wishes = replace(wishes, diagnostics=self.wishes.diagnostics)
        self.complain(complaints)
        self.work.change(lambda workspace: workspace.reconfigure())

    def look_around(self) -> None:
        """List the files anew a little later, for a client that does not tell of them."""
        self.work.later(lambda workspace: workspace.relist(), self.LATER)

    def open_folder(self, uri: str) -> None:
        """Look at a folder from now on."""
        path = to_path(uri)
        if path is not None:
            self._closed.discard(path)
            self.work.change(lambda workspace: workspace.add(path))

    def close_folder(self, uri: str) -> None:
        """Look at a folder no longer."""
        path = to_path(uri)
        if path is None:
            return
        self._closed.add(path)
        self.work.change(lambda workspace: workspace.remove(path))
        self.published.drop(path)
        self.publish()

    def edit(self, document: Document, delay: float = 0) -> None:
        """A buffer was opened or changed."""
        path, text, version = document.path, document.text, document.version

        def change(workspace: Workspace) -> None:
            if self.rootless and not workspace.of(path):
                home, whole = home_of(path)
                workspace.add(home, whole=whole)
            workspace.edit(path, text, version)

        self.work.change(change, delay)

    def close(self, document: Document) -> None:
        """A buffer was closed."""
        self.work.change(lambda workspace: workspace.edit(document.path, None))

    async def ask(self, uri: str, question: Callable[[Places, str], T]) -> list[T]:
        """The answers of the folders that a file lies in, the innermost first; ``question`` gets the path in each."""
        path = to_path(uri)
        if path is None:
            return []

        def answer(workspace: Workspace) -> list[T]:
            return [
                question(Places(folder, self.documents, self.encoding, workspace.versions), inside)
                for folder, inside in workspace.of(path)
                if folder.state is not None
            ]

        return await self.work.ask(answer)

    def publish(self) -> None:
        """Send what the client does not know yet."""
        news = list(self.published.news())
        if news and self.pulled:
            self._refresh("diagnostics", self.server.workspace_diagnostic_refresh)
        for params in news if not self.pulled else ():
            self.server.text_document_publish_diagnostics(params)

    def complain(self, complaints: list[str]) -> None:
        """Show the user mistakes in settings or configuration."""
        for complaint in complaints:
            self.server.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"portlint: {complaint}"))
        complaints.clear()

    def watch(self) -> None:
        """Ask to be told of files that change on disk, where the client can."""
        watched = self.client.workspace and self.client.workspace.did_change_watched_files
        self.watches = bool(watched and watched.dynamic_registration)
        if self.watches:
            everything = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher("**/*")])
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            registration = types.Registration(_CAPABILITY, method, everything)
            self.server.client_register_capability(types.RegistrationParams([registration]))

    def end(self) -> None:
        """Stop all work."""
        self.indexing.ended.set()
        self.work.end()

    def _news(self, folder: Folder) -> Callable[[], None]:
        found = diagnostics(Places(folder, self.documents, self.encoding))
        versions = dict(self.workspace.versions)
        complaints = list(self.workspace.complaints)
        self.workspace.complaints.clear()
        if not self._frozen:
            self._frozen = True
            gc.freeze()  # the first state, and all libraries: there to stay

        def tell() -> None:
            self.indexing.end(folder)
            self.complain(complaints)
            if folder.path not in self._closed:
                self.published.put(folder.path, found, versions)
            self.publish()
            self._refresh("inlay_hint", self.server.workspace_inlay_hint_refresh)
            self._refresh("code_lens", self.server.workspace_code_lens_refresh)

        return tell

    def _refresh(self, name: str, request: Callable[[None], Any]) -> None:
        """Have the client ask again, where it can be told to."""
        can = getattr(self.client.workspace, name, None) if self.client.workspace else None
        if can is not None and can.refresh_support:
            request(None)
