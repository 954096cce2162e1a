"""Checking again whenever a file changes: asking for each file's times needs no library and works anywhere."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from portlint import discovery
from portlint.config_files import NAMES
from portlint.discovery import Choice, Stamp

SHORTEST = 0.4
"""Seconds between two looks, at least; where a look takes long, ten times as long as it takes."""

State = dict[str, Stamp | None]


def state(root: Path, choice: Choice, others: tuple[Path, ...] = ()) -> State:
    """The stamps of all files that are read, of those that configure the run, and of ``others``."""
    found: State = {}
    configuring = [folder / name for folder in (root, *root.parents) for name in NAMES]
    for path in (*configuring, *others):
        found[str(path)] = _stamp(path)
    for file in discovery.discover(root, choice=choice).files:
        found[file.path] = file.stamp or _stamp(root / file.path)
    return found


def _stamp(path: Path) -> Stamp | None:
    try:
        return Stamp.of(os.stat(path))
    except OSError:
        return None


def watch(look: Callable[[], State], check: Callable[[], None], rest: Callable[[float], None] = time.sleep) -> None:
    """Check, and check again after every change, until an interrupt (``KeyboardInterrupt``) ends it."""
    try:
        before = look()
        check()
        while True:
            begin = time.monotonic()
            now = look()
            if now != before:
                before = now
                check()
            rest(max(SHORTEST, 10 * (time.monotonic() - begin)))
    except KeyboardInterrupt:
        return
