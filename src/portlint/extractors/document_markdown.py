"""Markdown and MDX as blocks: CommonMark and GitHub tables, read by pyromark (its ranges are UTF-8 bytes)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, cast

from portlint.extractors.document_blocks import Block, Part, item_label
from portlint.text import ByteOffsets, Fragment, Span

_BLOCKS = frozenset(
    "Paragraph Heading BlockQuote CodeBlock HtmlBlock List Item Table TableHead TableRow TableCell MetadataBlock"
    " FootnoteDefinition DefinitionList DefinitionListTitle DefinitionListDefinition".split()
)


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a Markdown text, in order; link definitions count as text."""
    yield from _Reader(text).read()


def _name(value: object) -> str:
    return value if isinstance(value, str) else str(next(iter(value))) if isinstance(value, dict) else ""


class _Reader:
    """The state while pyromark's events go by."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offsets = ByteOffsets(text)
        self.run: list[int] = []
        self.items: list[str] = []
        self.leads: list[str] = []
        self.header: list[str] = []
        self.cells: list[Fragment] = []
        self.code: list[tuple[int, int]] | None = None
        self.language = ""
        self.last = ""
        self.level = 0
        self.silent = False
        self.html: list[int] = []

    def read(self) -> Iterator[Block]:
        """Yield blocks as they end."""
        import pyromark

        options = pyromark.Options
        wanted = options.ENABLE_TABLES | options.ENABLE_YAML_STYLE_METADATA_BLOCKS | options.ENABLE_TASKLISTS
        covered = depth = 0
        for event, place in pyromark.events_with_range(self.text, options=wanted):
            start, end = place["start"], place["end"]
            kind = _name(event)
            value = cast(dict[str, Any], event)[kind] if isinstance(event, dict) else None
            tag = _name(value) if kind in ("Start", "End") else ""
            if tag in _BLOCKS:
                if kind == "Start":
                    if depth == 0:
                        yield from self._definitions(covered, start)
                        covered = max(covered, end)
                    depth += 1
                    yield from self._start(tag, value)
                else:
                    depth -= 1
                    yield from self._end(tag)
            elif self.code is not None:
                self.code.append((start, end))
            elif kind in ("Html", "InlineHtml") and self.html:
                self.html = [min(self.html[0], start) if self.html[1] else start, end]
            elif kind != "Rule":
                self.run = [min(self.run[0], start), max(self.run[1], end)] if self.run else [start, end]
        yield from self._definitions(covered, len(self.text.encode("utf-8", "surrogatepass")))

    def _fragment(self, start: int, end: int) -> Fragment:
        return Fragment.slice_of(self.text, *self.offsets.span(start, end))

    def _definitions(self, start: int, end: int) -> Iterator[Block]:
        if end - start > 6:
            piece = self._fragment(start, end)
            if "://" in piece.text:
                yield Block(part=Part.TEXT, fragment=piece)

    def _labels(self) -> tuple[str, ...]:
        return tuple(label for pair in zip(self.leads, self.items, strict=False) for label in pair if label)

    def _flush(self) -> Iterator[Block]:
        if not self.run:
            return
        piece = self._fragment(*self.run)
        self.run = []
        if self.silent:
            return
        if self.items and not self.items[-1]:
            self.items[-1] = item_label(piece.text)
        self.last = piece.text
        yield Block(part=Part.TEXT, fragment=piece, labels=self._labels())

    def _start(self, tag: str, value: Any) -> Iterator[Block]:
        if tag not in ("TableCell", "Heading"):
            yield from self._flush()
        if tag == "List":
            lead = self.last.rstrip("* _")
            self.leads.append(item_label(lead.rsplit("\n", 1)[-1]) if lead.endswith((":", "：")) else "")
            self.items.append("")
        elif tag == "Item":
            self.items[-1] = ""
        elif tag == "CodeBlock":
            self.code = []
            info = value[tag]
            self.language = info["Fenced"] if isinstance(info, dict) else ""
        elif tag == "HtmlBlock":
            self.html = [0, 0]
        elif tag == "Heading":
            yield from self._flush()
            self.level = int(str(value[tag]["level"])[1:])
        elif tag == "Table":
            self.header = []
        elif tag in ("TableHead", "TableRow"):
            self.cells = []
        elif tag == "MetadataBlock":
            self.silent = True

    def _end(self, tag: str) -> Iterator[Block]:
        if tag == "Heading":
            if self.run:
                yield Block(part=Part.HEADING, fragment=self._fragment(*self.run), level=self.level)
            self.run, self.last = [], ""
        elif tag == "TableCell":
            self.cells.append(self._fragment(*self.run) if self.run else Fragment(""))
            self.run = []
        elif tag == "TableHead":
            self.header = [cell.text for cell in self.cells]
        elif tag == "TableRow":
            yield self._row()
        elif tag == "CodeBlock":
            yield from self._code()
        elif tag == "HtmlBlock":
            yield from self._html()
        else:
            yield from self._flush()
        if tag == "List":
            self.leads.pop()
            self.items.pop()
            self.last = ""
        elif tag == "MetadataBlock":
            self.silent = False

    def _row(self) -> Block:
        cells = tuple(self.cells)
        return Block(part=Part.ROW, fragment=cells[0], cells=cells, header=tuple(self.header), labels=self._labels())

    def _code(self) -> Iterator[Block]:
        pieces, self.code = self.code or [], None
        if not pieces:
            return
        spans = [self.offsets.span(start, end) for start, end in pieces]
        # pyromark leaves the carriage return of a line end out
        spans = [
            Span(start, end + 1) if self.text[end : end + 2] == "\r\n" else Span(start, end) for start, end in spans
        ]
        if all(before.end == after.start for before, after in pairwise(spans)):
            piece = Fragment.slice_of(self.text, spans[0].start, spans[-1].end)
        else:
            piece = Fragment.pieces([(self.text[span.start : span.end], span.start) for span in spans], spans[-1].end)
        yield Block(part=Part.CODE, fragment=piece, language=self.language, labels=self._labels())

    def _html(self) -> Iterator[Block]:
        (start, end), self.html = self.html, []
        if end:
            piece = self._fragment(start, end)
            comment = piece.text.lstrip().startswith("<!--")
            yield Block(part=Part.COMMENT if comment else Part.TEXT, fragment=piece, labels=self._labels())
