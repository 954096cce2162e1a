"""The files of a tree that git does not list: walked, without what its ``.gitignore`` files leave out.

The rules are those of gitignore(5): patterns count from their file's folder, the last match wins, a deeper file wins
over a higher one, and nothing below an ignored folder is looked at. ``.env`` files are listed even where a pattern
names them. Symbolic links are never followed.
"""

from __future__ import annotations

import os
from collections.abc import Container
from typing import TYPE_CHECKING, NamedTuple

from portlint.model import Failure

if TYPE_CHECKING:
    from pathspec.pattern import Pattern

_LARGEST = 1_000_000
"""Bytes of a ``.gitignore`` that are read."""


class _Line(NamedTuple):
    """One pattern of a ``.gitignore``."""

    pattern: Pattern
    depth: int
    """How many names deep it matches, 0: a name anywhere, -1: at any depth."""


class _Ignored(NamedTuple):
    """The patterns of one folder, the last first, with its path from the root, ending with ``/`` unless the root."""

    folder: str
    lines: tuple[_Line, ...]


def walk(root: str, foreign: Container[str]) -> tuple[list[str], list[Failure]]:
    """Root-relative paths of all files, and a failure for each folder that cannot be listed.

    ``foreign`` are the lower-case names of folders that are not entered.
    """
    base = os.path.join(root, "")
    found: list[str] = []
    failures: list[Failure] = []
    stack: list[tuple[str, tuple[_Ignored, ...]]] = [("", ())]
    while stack:
        folder, ignored = stack.pop()
        try:
            with os.scandir(base + folder) as listing:
                entries = list(listing)
        except OSError as error:
            message = f"folder cannot be listed: {error.strerror or error}"
            failures.append(Failure(path=folder.rstrip("/") or ".", line=0, message=message))
            continue
        if any(entry.name == ".gitignore" and entry.is_file(follow_symlinks=False) for entry in entries):
            ignored = (_Ignored(folder, _lines(base + folder + ".gitignore")), *ignored)
        for entry in entries:
            path = folder + entry.name
            if entry.is_file(follow_symlinks=False):
                if is_environment(entry.name) or not _is_ignored(path, ignored):
                    found.append(path)
            elif entry.is_dir(follow_symlinks=False) and not (
                entry.name.lower() in foreign or _is_ignored(path + "/", ignored)
            ):
                stack.append((path + "/", ignored))
    return found, failures


def leaves_out(root: str, path: str) -> bool:
    """Whether :func:`walk` would leave out a file that need not be there yet, for a ``.gitignore`` says so."""
    base, folder = os.path.join(root, ""), ""
    ignored: tuple[_Ignored, ...] = ()
    *folders, name = path.split("/")
    for part in (*folders, ""):
        rules = base + folder + ".gitignore"
        if os.path.isfile(rules) and not os.path.islink(rules):
            ignored = (_Ignored(folder, _lines(rules)), *ignored)
        if part and _is_ignored(folder + part + "/", ignored):
            return True
        folder += part + "/"
    return not is_environment(name) and _is_ignored(path, ignored)


def is_environment(name: str) -> bool:
    """Whether a file of this name holds the values that run, and is read even where it is ignored."""
    return ".env" in name.lower()


def _is_ignored(path: str, ignored: tuple[_Ignored, ...]) -> bool:
    """Whether a file, or a folder whose path ends with ``/``, is ignored itself; the folders above it are not."""
    name = path[path.rfind("/", 0, -1) + 1 :]
    for folder, lines in ignored:
        below = path[len(folder) :]
        depth = below.count("/", 0, -1) + 1
        for line in lines:
            if line.depth in (0, -1, depth) and line.pattern.match_file(below if line.depth else name) is not None:
                return bool(line.pattern.include)
    return False


def _lines(path: str) -> tuple[_Line, ...]:
    """The patterns of a ``.gitignore``, the last first; lines that are none are passed over, as git does."""
    from pathspec import GitIgnoreSpec

    try:
        with open(path, "rb") as stream:
            written = stream.read(_LARGEST).decode("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ()
    found: list[_Line] = []
    for line in written:
        try:
            patterns = GitIgnoreSpec.from_lines([line]).patterns
        except ValueError:
            continue
        found.extend(_Line(pattern, _depth(line)) for pattern in patterns if pattern.include is not None)
    return tuple(reversed(found))


def _depth(line: str) -> int:
    # The library lets a pattern match all that is below a match, too: right for a list of paths, but in a walk
    # "*" and "!*/" say that folders are entered and that files are ignored.
    names = line.strip().removeprefix("!").rstrip("/")
    if "/" not in names:
        return 0
    return -1 if "**" in names else names.lstrip("/").count("/") + 1
