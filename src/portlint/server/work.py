"""The one thread that reads, links and checks, so that messages are answered meanwhile.

What it is given is done in that order, so a question is answered for the text that the client had when it asked.
Nothing is forked: the interpreter has threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from portlint.server.workspace import Folder, Progress, Workspace

_log = logging.getLogger(__name__)
T = TypeVar("T")
_QUIET = 0.3
"""Seconds without work after which memory is tidied up."""
_MANY = 30
"""States after which it is, however much there is to do."""


class Work:
    """A workspace, and the thread that alone touches it."""

    def __init__(
        self,
        workspace: Workspace,
        news: Callable[[Folder], Callable[[], None]],
        progress: Callable[[Folder], Progress],
    ) -> None:
        """``news`` is called by the thread for each folder with a new state; what it returns, by the event loop.

        ``progress`` is called by the thread before it looks at a folder for the first time.
        """
        self._workspace = workspace
        self._news, self._progress = news, progress
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="portlint")
        self._timer: asyncio.TimerHandle | None = None
        self._tidying: asyncio.TimerHandle | None = None
        self._waiting: asyncio.TimerHandle | None = None
        self._untidy = 0
        self.ended = False

    def change(self, function: Callable[[Workspace], object], delay: float = 0) -> None:
        """Change the workspace, and look at it anew ``delay`` seconds after the last change."""
        loop = asyncio.get_running_loop()
        if self.ended:
            return
        self._watched(loop.run_in_executor(self._thread, function, self._workspace))
        if self._timer is not None:
            self._timer.cancel()
        if delay:
            self._timer = loop.call_later(delay, self._look, loop)
        else:
            self._look(loop)

    def later(self, function: Callable[[Workspace], object], delay: float) -> None:
        """Change the workspace after ``delay`` seconds, once however often this is called meanwhile."""
        if self._waiting is not None:
            self._waiting.cancel()
        if not self.ended:
            self._waiting = asyncio.get_running_loop().call_later(delay, self.change, function)

    async def ask(self, function: Callable[[Workspace], T]) -> T:
        """An answer from the workspace as it is after all changes so far."""
        loop = asyncio.get_running_loop()

        def answer() -> T:
            self._analyse(loop)
            return function(self._workspace)

        return await loop.run_in_executor(self._thread, answer)

    def end(self) -> None:
        """Take no more work; what has not begun is dropped."""
        self.ended = True
        for timer in (self._timer, self._tidying, self._waiting):
            if timer is not None:
                timer.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        if not self.ended:
            self._watched(loop.run_in_executor(self._thread, self._analyse, loop))

    def _analyse(self, loop: asyncio.AbstractEventLoop) -> None:
        for folder in self._workspace.analyse(self._progress):
            _tell(loop, self._news(folder))
        _tell(loop, self._tidy_later)

    def _tidy_later(self) -> None:
        """Free what the states before the last one held, when nothing else is to do, or after many of them."""
        if self._tidying is not None:
            self._tidying.cancel()
        self._untidy += 1
        if not self.ended:
            delay = _QUIET if self._untidy < _MANY else 0
            self._tidying = asyncio.get_running_loop().call_later(delay, self._tidy)

    def _tidy(self) -> None:
        self._untidy = 0
        self._watched(asyncio.get_running_loop().run_in_executor(self._thread, gc.collect))

    def _watched(self, future: asyncio.Future[object]) -> None:
        future.add_done_callback(_logged)


def _tell(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(function)


def _logged(future: asyncio.Future[object]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        _log.error("internal failure", exc_info=error)
