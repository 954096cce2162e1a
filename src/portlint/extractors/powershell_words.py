"""Values and words of PowerShell: quotes, variables, what is too much of an expression to be read.

Sources: Microsoft Learn, PowerShell 7.4: about_Parsing, about_Quoting_Rules.
"""

from __future__ import annotations

import re

from portlint import templates
from portlint.commands import Word
from portlint.text import Fragment
from portlint.values import Expression, Literal, Unknown

_WORD = re.compile(r"(?:\"(?:`.|\"\"|[^\"`])*\"|'(?:''|[^'])*'|[^\s,\"'])+|,")


def join(fragment: Fragment, pieces: list[tuple[int, int]]) -> Fragment:
    """Pieces of a statement as one, a blank for what was between them."""
    if len(pieces) == 1:
        return fragment.cut(*pieces[0])
    parts = []
    for start, end in pieces:
        parts.append((fragment.text[start:end], fragment.offset(start)))
        parts.append((" ", fragment.offset(end)))
    return Fragment.pieces([part for part in parts if part[0]], fragment.offset(pieces[-1][1]))


def trim(part: Fragment) -> Fragment:
    """Without white space around it."""
    text = part.text
    return part.cut(len(text) - len(text.lstrip()), len(text.rstrip()))


def value_of(source: Fragment) -> Expression:
    """What a word comes to; unknown where it is an expression."""
    text = source.text
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        inner = source.cut(1, len(text) - 1)
        return Literal(inner.text, inner.whole) if text[0] == "'" else templates.parse(inner, templates.POWERSHELL)
    if "(" in text or re.search(r"\s[-+*]", text):
        return Unknown(text, source.whole, "PowerShell expression")
    return templates.parse(source, templates.POWERSHELL)


def words_of(part: Fragment) -> list[Word]:
    """The words of a command, list commas left out."""
    words = []
    for match in _WORD.finditer(part.text):
        start, end = match.span()
        while start < end and part.text[start] in "@(":
            start += 1
        while end > start and part.text[end - 1] == ")" and "(" not in part.text[start:end]:
            end -= 1
        if start == end or part.text[start:end] in (",", "&"):
            continue
        source = part.cut(start, end)
        value = value_of(source)
        text = source.text
        if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
            source = source.cut(1, len(text) - 1)
        words.append(Word(source.text, value, source.whole))
    return words
