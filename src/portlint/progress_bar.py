"""A bar on the terminal for runs that take a while, on standard error; nothing in a pipe, and gone at the end."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from portlint.progress import Progress

PATIENCE = 1.0
"""Seconds that a run may take before anything is shown; only then is the library for it loaded."""
_INTERVAL = 0.1


@contextmanager
def shown(stream: TextIO | None = None) -> Iterator[Progress]:
    """Show what is written into the progress for as long as the block runs; ``stream`` is standard error."""
    progress = Progress()
    stream = stream if stream is not None else sys.stderr
    if not _is_terminal(stream):
        yield progress
        return
    over = threading.Event()
    thread = threading.Thread(target=_show, args=(progress, stream, over), daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        over.set()
        thread.join()


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _show(progress: Progress, stream: TextIO, over: threading.Event) -> None:
    if over.wait(PATIENCE):
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[files]}"), TimeElapsedColumn())
    with Bar(*columns, console=Console(file=stream), transient=True, auto_refresh=False) as bar:
        task = bar.add_task(progress.stage, total=None, files="")
        while True:
            done, total = progress.done, progress.total
            files = f"{done}/{total} files" if total else ""
            bar.update(task, description=progress.stage, completed=done, total=total or None, files=files, refresh=True)
            if over.wait(_INTERVAL):
                return
