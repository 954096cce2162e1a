"""The progress of the first look at a folder, for clients that show it; its button ends the work."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
import uuid

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from portlint.server.session import Cancelled
from portlint.server.workspace import Folder, Progress

_EVERY = 0.1
"""Seconds between two reports."""


class Indexing:
    """Tells a client how far the work is, from the thread that does it."""

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self.loop: asyncio.AbstractEventLoop | None = None
        self.shown = False
        """Whether the client can show progress."""
        self.ended = threading.Event()
        """The server ends, and so does what it is at."""
        self._off: dict[str | int, threading.Event] = {}
        self._open: dict[str, str] = {}
        self._begun: set[str] = set()

    def of(self, folder: Folder) -> Progress:
        """What to tell how many of a folder's files have been read."""
        token, off = uuid.uuid4().hex, threading.Event()
        self._off[token] = off
        self._open[folder.path] = token
        if self.shown and self.loop is not None:
            asyncio.run_coroutine_threadsafe(self._begin(token, folder.path), self.loop)
        last = 0.0

        def tell(done: int, total: int) -> None:
            nonlocal last
            if self.ended.is_set() or off.is_set():
                self._later(self.end, folder)
                raise Cancelled
            if time.monotonic() - last >= _EVERY:
                last = time.monotonic()
                self._later(self._report, token, done, total)

        return tell

    def cancel(self, token: str | int) -> None:
        """The user has called the work off."""
        if token in self._off:
            self._off[token].set()

    def end(self, folder: Folder) -> None:
        """The work is done, or was called off. Called by the event loop."""
        token = self._open.pop(folder.path, None)
        if token is not None and self._off.pop(token, None) is not None and token in self._begun:
            self._begun.discard(token)
            self._server.work_done_progress.end(token, types.WorkDoneProgressEnd())

    async def _begin(self, token: str, path: str) -> None:
        with contextlib.suppress(Exception):  # a client that refuses gets no progress
            await asyncio.wait_for(self._server.work_done_progress.create_async(token), 10)
            if token in self._off:
                begin = types.WorkDoneProgressBegin(
                    f"portlint: reading {os.path.basename(path)}", cancellable=True, percentage=0
                )
                self._server.work_done_progress.begin(token, begin)
                self._begun.add(token)

    def _report(self, token: str, done: int, total: int) -> None:
        if token in self._begun:
            share = min(100 * done // max(total, 1), 100)
            report = types.WorkDoneProgressReport(message=f"{done} of {total} files", percentage=share)
            self._server.work_done_progress.report(token, report)

    def _later(self, function: object, *given: object) -> None:
        if self.loop is not None:
            with contextlib.suppress(RuntimeError):
                self.loop.call_soon_threadsafe(function, *given)  # type: ignore[arg-type]
