"""Columns as the client counts them: LSP 3.17 negotiates UTF-8 bytes, UTF-16 units or UTF-32 code points.

Lines end at ``\\n``, ``\\r\\n`` or a lone ``\\r``, as everywhere in portlint. What is past
the end of a line means its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from portlint.text import Lines, Region

ENCODINGS = ("utf-8", "utf-16", "utf-32")


class Position(NamedTuple):
    """0-based line and column in units of the client's encoding."""

    line: int
    character: int


class Extent(NamedTuple):
    """A half-open range of :class:`Position`."""

    start: Position
    end: Position


def width(text: str, encoding: str) -> int:
    """How many units a piece of text has."""
    if encoding == "utf-32" or text.isascii():
        return len(text)
    if encoding == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(character > "\uffff" for character in text)


def column(line: str, units: int, encoding: str) -> int:
    """The code point of a line that begins at, or contains, a unit."""
    if encoding == "utf-32" or line.isascii():
        return min(max(units, 0), len(line))
    passed = 0
    for index, character in enumerate(line):
        passed += width(character, encoding)
        if passed > units:
            return index
    return len(line)


class Sheet:
    """One text with its lines, for many conversions."""

    def __init__(self, text: str, encoding: str) -> None:
        self.text, self.encoding = text, encoding
        self.lines = Lines(text)

    def line(self, number: int) -> str:
        """A 0-based line without its end; empty past the last one."""
        starts: Sequence[int] = self.lines.starts
        if not 0 <= number < len(starts):
            return ""
        end = starts[number + 1] if number + 1 < len(starts) else len(self.text)
        return self.text[starts[number] : end].rstrip("\r\n")

    def offset(self, position: Position) -> int:
        """The code point of the text that a position of the client means."""
        if position.line < 0:
            return 0
        if position.line >= len(self.lines.starts):
            return len(self.text)
        text = self.line(position.line)
        return self.lines.starts[position.line] + column(text, position.character, self.encoding)

    def position(self, line: int, column: int) -> Position:
        """A 1-based line and column in code points as the client counts them."""
        return Position(line - 1, width(self.line(line - 1)[: column - 1], self.encoding))

    def extent(self, region: Region) -> Extent:
        """A 1-based region in code points as the client counts it."""
        return Extent(self.position(region.line, region.column), self.position(region.end_line, region.end_column))
