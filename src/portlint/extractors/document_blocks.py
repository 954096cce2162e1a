"""The blocks a document is made of, whatever its markup, as the readers hand them to :mod:`document`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from portlint.text import Fragment

_MARKUP = re.compile(
    r"!?\[(?P<text>[^\]]*)\]\([^)]*\)|<!--|-->|<(?![A-Za-z+]+://|!--)[^>]*>"
    r"|[*`]+|(?<!\w)_+|_+(?!\w)|\\(?=[^\w\s])|^\s*>+|:[a-z_]+:|\[[ xX]\]"
)
_LABEL = re.compile(r"^(?P<label>[^:：|\n]{1,80}?)\s*(?:[:：](?!//|[0-9])|\s[-–—]{1,2}\s|\s?(?:→|->|=>)\s)")
LONGEST = 200
"""How many characters of a heading or sentence are kept in a label."""


class Part(StrEnum):
    """What a block is."""

    HEADING = "heading"
    TEXT = "text"
    CODE = "code"
    COMMENT = "comment"
    ROW = "row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One piece of a document. Fragments point into the file."""

    part: Part
    fragment: Fragment
    level: int = 0
    """Of a heading: 1 is the outermost."""
    language: str = ""
    """What follows the fence of a code block; empty where nothing does."""
    labels: tuple[str, ...] = ()
    """Labels of the list items around it, outermost first."""
    header: tuple[str, ...] = ()
    """Of a table row: the texts of the head."""
    cells: tuple[Fragment, ...] = ()
    """Of a table row."""


def plain(text: str) -> str:
    """Text without markup, on one line, cut to :data:`LONGEST`."""
    bare = _MARKUP.sub(lambda match: match.group("text") or "", text[: 2 * LONGEST])
    return " ".join(bare.split())[:LONGEST]


def item_label(text: str) -> str:
    """What a list item is about: the words before its colon or dash, or all of it where it is short."""
    first = plain(text.split("\n", 1)[0])
    match = _LABEL.match(first)
    if match:
        return match.group("label")
    return first if len(first) <= 80 else ""
