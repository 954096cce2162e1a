"""Lines and commands of a batch file: joined where a caret ends one, cut where ``&`` and ``|`` begin another.

Source: Microsoft Learn, Windows Commands, ``cmd`` (special characters, carets and quotes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from portlint.text import Fragment

_LINE = re.compile(r"[^\r\n]*")
COMMENT = re.compile(r"[ \t@]*(?:rem(?=[ \t]|$)|::)[ \t]?", re.IGNORECASE)
SAYS = re.compile(r"[ \t@(]*echo(?:\.|[ \t:]|$)[ \t]*", re.IGNORECASE)


def lines_of(text: str) -> Iterator[Fragment]:
    """Lines, joined where a caret ends one."""
    parts: list[tuple[str, int]] = []
    position = 0
    while position < len(text):
        match = _LINE.match(text, position)
        assert match is not None
        line, end = match.group(), match.end()
        position = end + (2 if text.startswith("\r\n", end) else 1)
        if line.endswith("^") and not line.endswith("^^") and position < len(text) and not COMMENT.match(line):
            parts.extend(((line[:-1], match.start()), (" ", end - 1)))
            continue
        parts.append((line, match.start()))
        filled = [part for part in parts if part[0]]
        if filled:
            yield Fragment.pieces(filled, end) if len(filled) > 1 else Fragment(filled[0][0], filled[0][1])
        parts = []
    if filled := [part for part in parts if part[0]]:
        yield Fragment.pieces(filled, len(text))


def parts_of(line: Fragment) -> list[Fragment]:
    """The commands of a line, cut at ``&``, ``&&``, ``|`` and ``||`` outside of quotes."""
    found: list[Fragment] = []
    start, quoted, position, text = 0, False, 0, line.text
    while position < len(text):
        character = text[position]
        if character == "^" and not quoted:
            position += 2
            continue
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "&|" and not (character == "&" and text[position - 1 : position] == ">"):
            found.append(line.cut(start, position))
            start = position + 1
        position += 1
    found.append(line.cut(start, len(text)))
    return [part for part in found if part.text.strip()]


def balance(text: str) -> tuple[int, int]:
    """How many brackets a command opens and how many it closes, quotes and messages left out."""
    bare = re.sub(r'"[^"]*"|\^.', "", text).strip()
    if SAYS.match(bare):
        return int(bare.startswith("(")), int(bare.endswith(")") and "(" not in bare)
    return bare.count("("), bare.count(")")


def strip(part: Fragment) -> Fragment:
    """A command without the brackets of the block that it begins or ends."""
    text = part.text
    start = len(text) - len(text.lstrip(" \t@("))
    end = len(text.rstrip())
    while end > start and text[end - 1] in "()" and _unbalanced(text[start:end]):
        end = len(text[: end - 1].rstrip())
    return part.cut(start, max(start, end))


def _unbalanced(text: str) -> bool:
    bare = re.sub(r'"[^"]*"', "", text)
    return bare.count("(") != bare.count(")")
