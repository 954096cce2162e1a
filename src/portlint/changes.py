"""Which lines of a tree have changed since a revision, as git tells: for findings about a change alone."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from portlint.errors import PortlintError
from portlint.model import Finding, Location

_HUNK = re.compile(rb"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")

Changes = Mapping[str, tuple[tuple[int, int], ...] | None]
"""By root-relative path the ranges of changed lines, 1-based with both ends included; ``None``: the whole file."""


def since(root: Path, revision: str) -> Changes:
    """The lines that differ from a revision, in the work tree; renamed files count for their changed lines only.

    Files that git does not track count as a whole. Raises :class:`PortlintError` where git cannot tell.
    """
    if revision.startswith("-"):
        raise PortlintError(f"--diff-base {revision}: expected a revision")
    options = ["--no-ext-diff", "--no-textconv", "--no-color", "--no-prefix", "-U0", "-M", "--relative"]
    diff = _git(root, revision, "diff", *options, "--ignore-submodules", "--end-of-options", revision, "--")
    found: dict[str, tuple[tuple[int, int], ...] | None] = {}
    path, header = "", True
    ranges: list[tuple[int, int]] = []
    for line in diff.split(b"\n"):
        if line.startswith(b"diff --git "):
            path, ranges, header = "", [], True
        elif header and line.startswith(b"+++ "):
            name = line[4:].rstrip(b"\t\r")
            path = "" if name == b"/dev/null" else _unquoted(name)
        elif line.startswith(b"@@ ") and (match := _HUNK.match(line)):
            header = False
            first, count = int(match[1]), int(match[2] or b"1")
            if path and count:
                ranges.append((first, first + count - 1))
                found[path] = tuple(ranges)
    others = _git(root, revision, "ls-files", "-z", "--others", "--exclude-standard")
    found.update((os.fsdecode(name), None) for name in others.split(b"\0") if name)
    return found


def touches(finding: Finding, changes: Changes) -> bool:
    """Whether one side of a finding stands on a changed line."""
    return any(_is_changed(place, changes) for place in (finding.location, *finding.related))


def _is_changed(place: Location, changes: Changes) -> bool:
    if place.path not in changes:
        return False
    ranges = changes[place.path]
    region = place.region
    return ranges is None or any(first <= region.end_line and region.line <= last for first, last in ranges)


def _unquoted(name: bytes) -> str:
    """A path as git writes it: in quotes and with escapes where it holds odd characters."""
    if not name.startswith(b'"'):
        return os.fsdecode(name)
    plain = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}

    def character(match: re.Match[bytes]) -> bytes:
        code = match[1]
        return bytes([int(code, 8)]) if code.isdigit() else plain.get(code, code)

    return os.fsdecode(re.sub(rb"\\([0-7]{3}|.)", character, name[1:-1]))


def _git(root: Path, revision: str, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-c", "core.fsmonitor=false", *arguments],
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            env={name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise PortlintError(f"--diff-base {revision}: git cannot be run: {error}") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = lines[0].removeprefix("fatal: ") if lines else f"status {done.returncode}"
        raise PortlintError(f"--diff-base {revision}: {reason}")
    return done.stdout
