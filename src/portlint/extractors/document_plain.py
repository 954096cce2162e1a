"""reStructuredText, AsciiDoc and plain text as blocks, by lines: headings, paragraphs, code.

Forms: Docutils "reStructuredText Markup Specification" (section titles, literal blocks, directives, comments), AsciiDoc
Language documentation (section titles, listing blocks, ``[source,bash]``), and how people write README files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from portlint.extractors.document_blocks import Block, Part, item_label
from portlint.text import Fragment

_UNDERLINE = re.compile(r"([=\-~^\"'#*+`:.])\1{2,}[ \t]*$")
_EQUALS = re.compile(r"(?P<signs>={1,6}|#{1,6})[ \t]+(?P<title>\S.*)$")
_DIRECTIVE = re.compile(r"[ \t]*\.\. (?:code-block|code|sourcecode|parsed-literal|prompt)::[ \t]*(?P<language>[\w\-]*)")
_COMMENT = re.compile(r"[ \t]*\.\.[ \t]+(?![\w\-]+::|_|\[|\|)|//(?!/)")
_OPTION = re.compile(r"[ \t]+:[\w\-]+:")
_SOURCE = re.compile(r"\[source(?:,[ \t]*(?P<language>[\w\-]+))?[^\]]*\][ \t]*$|```(?P<fence>[^\n]*)$")
_FENCE = re.compile(r"(?:-{4,}|\.{4,}|`{3,})[ \t]*$")
_BULLET = re.compile(r"(?P<indent>[ \t]*)(?:[-*+•]|[0-9]{1,3}[.)])[ \t]+(?P<body>\S.*)$")


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a text, in order. List items are blocks of their own, labelled by themselves."""
    return _Reader(text).read()


class _Reader:
    """The lines of one text and how far they were read. Offsets are code points."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self.row = 0
        self.levels: list[str] = []

    def read(self) -> Iterator[Block]:
        """Yield blocks as they end."""
        language: str | None = None
        while self.row < len(self.lines):
            line = self.lines[self.row]
            bare = line.rstrip()
            source, directive = _SOURCE.match(bare), _DIRECTIVE.match(bare)
            if not bare:
                self.row += 1
            elif source and source.group("fence") is None:
                language = source.group("language") or ""
                self.row += 1
            elif (_FENCE.match(bare) and (language is not None or bare[0] in "-.`")) or source:
                fence = source.group("fence") if source else None
                yield from self._fenced(language or fence or "", bare[0])
                language = None
            elif directive:
                self.row += 1
                yield from self._indented(directive.group("language"), len(line) - len(line.lstrip()))
            elif (heading := self._heading(bare)) is not None:
                yield heading
            elif self._is_indented():
                yield from self._indented("", 0)
            else:
                yield self._paragraph()

    def _slice(self, first: int, last: int) -> Fragment:
        return Fragment.slice_of(self.text, self.starts[first], self.starts[last])

    def _heading(self, bare: str) -> Block | None:
        following = self.lines[self.row + 1].rstrip() if self.row + 1 < len(self.lines) else ""
        signs = _EQUALS.match(bare)
        if signs:
            self.row += 1
            start = self.starts[self.row - 1] + signs.start("title")
            piece = Fragment.slice_of(self.text, start, start + len(signs.group("title").rstrip("= #")))
            return Block(part=Part.HEADING, fragment=piece, level=len(signs.group("signs")))
        if _UNDERLINE.match(bare):
            self.row += 1  # an overline, or a rule
            return Block(part=Part.TEXT, fragment=Fragment(""))
        if (
            not bare[:1].isspace()
            and _UNDERLINE.match(following)
            and len(following) >= min(len(bare), 3)
            and len(bare) < 100
        ):
            sign = following[0]
            if sign not in self.levels:
                self.levels.append(sign)
            piece = Fragment.slice_of(self.text, self.starts[self.row], self.starts[self.row] + len(bare))
            self.row += 2
            return Block(part=Part.HEADING, fragment=piece, level=self.levels.index(sign) + 1)
        return None

    def _fenced(self, language: str, sign: str) -> Iterator[Block]:
        first = self.row = self.row + 1
        while self.row < len(self.lines):
            bare = self.lines[self.row].rstrip()
            if _FENCE.match(bare) and bare[0] == sign:
                break
            self.row += 1
        yield Block(part=Part.CODE, fragment=self._slice(first, self.row), language=language)
        self.row += 1

    def _is_indented(self) -> bool:
        line = self.lines[self.row]
        return line.startswith(("    ", "\t")) and not _BULLET.match(line.rstrip())

    def _indented(self, language: str, base: int) -> Iterator[Block]:
        while self.row < len(self.lines) and (_OPTION.match(self.lines[self.row]) or not self.lines[self.row].strip()):
            self.row += 1
        first = self.row
        while self.row < len(self.lines):
            line = self.lines[self.row]
            if line.strip() and len(line) - len(line.lstrip()) <= base:
                break
            self.row += 1
        rows = [row for row in range(first, self.row) if self.lines[row].strip()]
        if not rows:
            return
        indent = min(len(self.lines[row]) - len(self.lines[row].lstrip()) for row in rows)
        parts = []
        for row in range(first, rows[-1] + 1):
            line = self.lines[row]
            cut = min(indent, len(line) - len(line.lstrip(" \t")))
            parts.append((line[cut:], self.starts[row] + cut))
        yield Block(part=Part.CODE, fragment=Fragment.pieces(parts, self.starts[rows[-1] + 1]), language=language)

    def _paragraph(self) -> Block:
        first = self.row
        comment = _COMMENT.match(self.lines[first])
        bullet = _BULLET.match(self.lines[first].rstrip())
        self.row += 1
        while self.row < len(self.lines):
            bare = self.lines[self.row].rstrip()
            if not bare or _BULLET.match(bare) or _SOURCE.match(bare) or _DIRECTIVE.match(bare) or _FENCE.match(bare):
                break
            self.row += 1
        piece = self._slice(first, self.row)
        labels = (item_label(bullet.group("body")),) if bullet else ()
        return Block(part=Part.COMMENT if comment else Part.TEXT, fragment=piece, labels=tuple(filter(None, labels)))
