"""Documents for people: Markdown, MDX, reStructuredText, AsciiDoc, plain text, README without a suffix.

All they say has the role ``documents``. The table of formats leaves out what does not speak of the present:
changelogs, release notes, licences, requirements, ``robots.txt``. A label is the headings, then list labels or the
table row, then the sentence itself. Fenced blocks go to the extractor of their language (:mod:`document_code`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from portlint import prose
from portlint.collecting import Collector
from portlint.extractors import document_code, document_markdown, document_plain, document_tables
from portlint.extractors.document_blocks import Block, Part, plain
from portlint.model import Extraction
from portlint.prose_hedges import Sentences, suggests
from portlint.text import Lines

_MARKDOWN = (".md", ".mdx", ".markdown", ".mdc")
_MATTERS = re.compile(r"[0-9]{2}|localhost|://|[A-Z]=|host|主机", re.IGNORECASE)


def extract(path: str, text: str) -> Extraction:
    """What a document says. Blocks that cannot be read count as unresolved: they are fragments, not files."""
    into = Collector(default_how="code block")
    headings: list[tuple[int, str]] = []
    lead = ""
    for block in _blocks(path, text):
        if block.part is Part.HEADING:
            while headings and headings[-1][0] >= block.level:
                headings.pop()
            _sentences(block, into, [title for _, title in headings])
            headings.append((block.level, plain(block.fragment.text)))
            lead = ""
            continue
        titles = [title for _, title in headings if title]
        titles += [label for label in block.labels if not titles or label != titles[-1]]
        optional = bool(headings) and suggests(headings[-1][1])
        if block.part is Part.CODE:
            try:
                document_code.read(path, block, into, titles, lead, optional)
            except Exception as error:  # a crash over one block must not cost the document
                line = Lines(text).position(block.fragment.offset(0))[0]
                into.problem(line, f"code block could not be read: {type(error).__name__}: {error}")
        elif block.part is Part.ROW:
            document_tables.read(block, into, " > ".join(titles), how="table", optional=optional)
        else:
            _sentences(block, into, titles, optional)
            lead = block.fragment.text
    document_code.compose_commands(text, into)
    return into.build()


def _blocks(path: str, text: str) -> Iterator[Block]:
    name = path.rpartition("/")[2].lower()
    markdown = name.endswith(_MARKDOWN) or "." not in name.strip(".")
    return document_markdown.blocks(text) if markdown else document_plain.blocks(text)


def _sentences(block: Block, into: Collector, titles: list[str], optional: bool = False) -> None:
    text = block.fragment.text
    if not _MATTERS.search(text):
        return
    for start, end in Sentences(text).all():
        piece = block.fragment.cut(start, end)
        if _MATTERS.search(piece.text):
            label = " > ".join([*titles, plain(piece.text)])
            commented = block.part is Part.COMMENT
            how = "comment" if commented else "text"
            prose.collect(piece, into, how=how, label=label, optional=optional, commented=commented)
