"""Positions in text: code points inside, bytes and UTF-16 only at the edges.

Every span in portlint is half-open and counts Unicode code points from the start of the decoded file, a byte order
mark not counted. :class:`Fragment` is text that was taken out of a file, with the way back to its place there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

_LINE_BREAK = re.compile(r"\r\n?|\n")


class Span(NamedTuple):
    """A half-open range of code points: ``text[span.start:span.end]``."""

    start: int
    end: int


class Region(NamedTuple):
    """A range for people: 1-based lines and columns, columns in code points, the end column exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Lines:
    """Line and column of code-point offsets in one text.

    Lines end at ``\\n``, ``\\r\\n`` or a lone ``\\r``, as in LSP 3.17 and SARIF 2.1.0.
    """

    def __init__(self, text: str) -> None:
        if "\r" in text:
            self.starts = [0, *(match.end() for match in _LINE_BREAK.finditer(text))]
            return
        starts = [0]
        position = text.find("\n")
        while position != -1:
            starts.append(position + 1)
            position = text.find("\n", position + 1)
        self.starts = starts

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column of an offset."""
        row = bisect_right(self.starts, offset) - 1
        return row + 1, offset - self.starts[row] + 1

    def region(self, span: Span) -> Region:
        """The 1-based region of a span."""
        return Region(*self.position(span.start), *self.position(span.end))

    def offset(self, line: int, column: int = 1) -> int:
        """The offset of a 1-based line and column; lines past the end mean the last one."""
        return self.starts[min(line, len(self.starts)) - 1] + column - 1


_BLOCK = 1024
_CONTINUATION = bytes(range(0x80, 0xC0))


class ByteOffsets:
    """UTF-8 byte offsets (tree-sitter, ast) to code points."""

    def __init__(self, text: str) -> None:
        self._bytes = b"" if text.isascii() else text.encode("utf-8", "surrogatepass")
        self._before = [0]
        """How many code points begin before each block of bytes."""
        for first in range(0, len(self._bytes), _BLOCK):
            self._before.append(self._before[-1] + _count(self._bytes[first : first + _BLOCK]))

    def codepoint(self, offset: int) -> int:
        """The code point that begins at, or contains, a byte offset."""
        if not self._bytes:
            return offset
        if offset >= len(self._bytes):
            return self._before[-1]
        block = offset // _BLOCK
        before = self._before[block] + _count(self._bytes[block * _BLOCK : offset])
        return before - 1 if 0x80 <= self._bytes[offset] < 0xC0 else before

    def span(self, start: int, end: int) -> Span:
        """A span of bytes as a span of code points."""
        return Span(self.codepoint(start), self.codepoint(end))


def _count(data: bytes) -> int:
    """How many code points begin in a piece of UTF-8."""
    return len(data.translate(None, _CONTINUATION))


@dataclass(frozen=True, slots=True)
class Fragment:
    """Text from a file, and where each of its characters stands there.

    ``offsets`` is ``None`` for a verbatim slice that begins at ``start``; otherwise it holds, for every character and
    and for the end, the offset in the file (text whose escapes were decoded, lines that were joined). ``ends`` holds
    where each character ends there, for what was left out behind it is not part of it; without it a character ends
    where the next one begins.
    """

    text: str
    start: int = 0
    offsets: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    @classmethod
    def slice_of(cls, text: str, start: int, end: int) -> Fragment:
        """The verbatim slice ``text[start:end]`` of a file."""
        return cls(text[start:end], start)

    @classmethod
    def pieces(cls, parts: Sequence[tuple[str, int]], end: int) -> Fragment:
        """Join ``(text, offset in the file)`` parts; ``end`` is the offset after the last character.

        A part of one character may stand for a longer escape; the next part says where the escape ends.
        """
        offsets: list[int] = []
        ends: list[int] = []
        for index, (text, start) in enumerate(parts):
            offsets.extend(range(start, start + len(text)))
            if len(text) == 1:
                ends.append(parts[index + 1][1] if index + 1 < len(parts) else end)
            else:
                ends.extend(range(start + 1, start + len(text) + 1))
        offsets.append(end)
        return cls("".join(text for text, _ in parts), offsets[0], tuple(offsets), tuple(ends))

    def offset(self, index: int) -> int:
        """Where the character at ``index`` (or the end) stands in the file."""
        return self.start + index if self.offsets is None else self.offsets[index]

    def span(self, start: int, end: int) -> Span:
        """The file's span of ``self.text[start:end]``."""
        if self.offsets is None:
            return Span(self.start + start, self.start + end)
        first = self.offsets[start]
        if end <= start:
            return Span(first, first)
        return Span(first, self.offsets[end] if self.ends is None else self.ends[end - 1])

    @property
    def whole(self) -> Span:
        """The file's span of the whole fragment."""
        return self.span(0, len(self.text))

    def cut(self, start: int, end: int) -> Fragment:
        """The fragment of ``self.text[start:end]``."""
        if self.offsets is None:
            return Fragment(self.text[start:end], self.start + start)
        ends = self.ends[start:end] if self.ends is not None else None
        return Fragment(self.text[start:end], self.offsets[start], self.offsets[start : end + 1], ends)
