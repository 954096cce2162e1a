"""The lines of the files that findings name, read when they are asked for."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from portlint.text import Lines, Region, Span

_KEPT = 16
_LARGEST = 20_000_000


class Sources:
    """Files below a root, of which a few are held; without a root there is no line.

    Nothing is raised: a file that has gone, or that cannot be decoded, has no lines.
    """

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._held: OrderedDict[str, tuple[str, Lines] | None] = OrderedDict()

    def line(self, path: str, number: int) -> str | None:
        """A 1-based line without its line break, or ``None``."""
        found = self._open(path)
        if found is None or not 1 <= number <= len(found[1].starts):
            return None
        text, lines = found
        end = lines.starts[number] if number < len(lines.starts) else len(text)
        return text[lines.starts[number - 1] : end].rstrip("\r\n")

    def region(self, path: str, span: Span) -> Region | None:
        """The region of a span, or ``None``."""
        found = self._open(path)
        return found[1].region(span) if found is not None and span.end <= len(found[0]) else None

    def _open(self, path: str) -> tuple[str, Lines] | None:
        if path in self._held:
            self._held.move_to_end(path)
            return self._held[path]
        text = self._read(path)
        self._held[path] = None if text is None else (text, Lines(text))
        if len(self._held) > _KEPT:
            self._held.popitem(last=False)
        return self._held[path]

    def _read(self, path: str) -> str | None:
        if self._root is None:
            return None
        try:
            with open(self._root / path, "rb") as stream:
                data = stream.read(_LARGEST)
            return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        except (OSError, ValueError):
            return None
