"""Where caches are kept, and how that folder is kept small. Only files that portlint named itself are ever removed."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from hashlib import blake2b
from pathlib import Path

VARIABLE = "PORTLINT_CACHE_DIR"
"""Environment variable that names the folder."""
OLDEST = 30
"""Days after which a cache that nobody used is removed."""
LARGEST = 256_000_000
"""Bytes that all caches of a user may take; the ones used least recently go first."""

_OURS = re.compile(r"[0-9a-f]{32}\.(?:cache|config)(?:\.[0-9a-f]{16}\.tmp)?")


def default_folder() -> Path | None:
    """The folder that the environment or the system's custom says; ``None`` where there is no home.

    Linux: XDG Base Directory Specification 0.8 (a relative path is to be ignored); macOS: File System Programming
    Guide, "The Library Directory"; Windows: LOCALAPPDATA.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    try:
        if sys.platform == "win32":
            local = os.environ.get("LOCALAPPDATA")
            return (Path(local) if local else Path.home() / "AppData" / "Local") / "portlint" / "cache"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "portlint"
        given = os.environ.get("XDG_CACHE_HOME", "")
        return (Path(given) if os.path.isabs(given) else Path.home() / ".cache") / "portlint"
    except RuntimeError:
        return None


def file_for(root: Path, folder: Path) -> Path:
    """The cache of a tree, named by its resolved path."""
    place = os.path.realpath(root).encode("utf-8", "surrogateescape")
    return folder / f"{blake2b(place, digest_size=16).hexdigest()}.cache"


def write(path: Path, data: bytes) -> bool:
    """Put data in place of a file at once: other processes see the old or the new; ``False`` where that fails."""
    temporary = path.with_name(f"{path.name}.{os.urandom(8).hex()}.tmp")
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        # Values may hold passwords, so the file is for its owner alone.
        with open(os.open(temporary, flags, 0o600), "wb") as stream:
            stream.write(data)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        return False
    return True


def prune(folder: Path, keep: Path) -> None:
    """Remove what is old, too much, or was left by a run that was killed; never ``keep``."""
    now, total = time.time(), 0
    for used, size, path in sorted(_files(folder), reverse=True):
        total += size
        stale = now - used > (3600 if path.suffix == ".tmp" else OLDEST * 86400)
        if path != keep and (stale or total > LARGEST):
            with contextlib.suppress(OSError):
                path.unlink()


def clean(folder: Path) -> tuple[int, int]:
    """Remove all caches in a folder: how many files, and how many bytes."""
    count = total = 0
    for _, size, path in _files(folder):
        with contextlib.suppress(OSError):
            path.unlink()
            count, total = count + 1, total + size
    return count, total


def _files(folder: Path) -> list[tuple[float, int, Path]]:
    """Our files in a folder: when each was used last (seconds), its bytes, its path."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _OURS.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    found.append((status.st_mtime, status.st_size, folder / entry.name))
    except OSError:
        pass
    return found
