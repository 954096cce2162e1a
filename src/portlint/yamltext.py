"""YAML's text level: where the characters of a scalar stand, template expressions hidden from the parser, comments.

YAML 1.2.2 chapters 5.7 (escapes), 6.5 (line folding), 6.6 (comments), 8.1 (block scalars).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portlint.text import Fragment

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ACTION = re.compile(r"(?<!\$)\{\{.{0,2000}?\}\}+|\{%.{0,2000}?%\}|<%.{0,2000}?%>", re.DOTALL)
"""A Helm, Go, Jinja or ERB expression or statement."""

_BLANKED = re.compile(r"[^\r\n]")
_FIRST, _REST = "\ue000", "\ue001"
_PROPERTIES = re.compile(r"(?:[&!]\S*\s*(?:#[^\n]*\n\s*)*)+")
_TOKEN = re.compile(r"\S+")
_QUOTE_TOKEN = re.compile(r"'|[^\s']+")
_ESCAPED = re.compile(
    r"\\(?:x(?P<x>[0-9A-Fa-f]{2})|u(?P<u>[0-9A-Fa-f]{4})|U(?P<U>[0-9A-Fa-f]{8})|(?P<join>\r\n?|\n)\s*|(?P<one>.))"
    r"|[ \t]*(?P<fold>(?:\r\n|\r|\n)\s*)|(?P<plain>[^\\\s]+|[ \t]+|\s)"
)
_SINGLE = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b"}
_SINGLE |= {"N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.MULTILINE)
_KEY_LINE = re.compile(r"(?P<indent> +)(?P<key>[\w.\-]+:(?=\s))")
_BRACKETS = re.compile(r"[\[\]{}]|\n(?=[^\s\[\]{},])")


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text and what the parser is given instead: the same length, template expressions hidden."""

    text: str
    masked: str


def masked(text: str) -> Source:
    """Hide Helm, Go, Jinja and ERB expressions: a line of nothing else becomes blank, the rest private characters.

    GitHub's ``${{ }}`` is plain YAML and stays.
    """
    hidden = _UNPRINTABLE.sub("\ufffd", text) if _UNPRINTABLE.search(text) else text
    if "{{" in hidden or "{%" in hidden or "<%" in hidden:
        hidden = _hide(hidden)
    return Source(text, text if hidden == text else hidden)


def _hide(text: str) -> str:
    """A run of expressions with nothing but blanks between them is blanked as a whole where it has lines to itself."""
    runs: list[list[tuple[int, int]]] = []
    for match in ACTION.finditer(text):
        start, end = match.span()
        if runs and not text[runs[-1][-1][1] : start].strip(" \t") and start - runs[-1][-1][1] < 200:
            runs[-1].append((start, end))
        else:
            runs.append([(start, end)])
    parts: list[str] = []
    position = 0
    for run in runs:
        alone = _begins_line(text, run[0][0]) and _ends_line(text, run[-1][1])
        for start, end in run:
            parts.append(text[position:start])
            blank = alone or "\n" in text[start:end]
            parts.append(_BLANKED.sub(" ", text[start:end]) if blank else _FIRST + _REST * (end - start - 1))
            position = end
    parts.append(text[position:])
    return "".join(parts)


def _begins_line(text: str, at: int) -> bool:
    while at > 0 and text[at - 1] in " \t":
        at -= 1
    return at == 0 or text[at - 1] in "\r\n"


def _ends_line(text: str, at: int) -> bool:
    while at < len(text) and text[at] in " \t":
        at += 1
    return at == len(text) or text[at] in "\r\n"


def too_deep(text: str, limit: int = 1000) -> bool:
    """Whether flow collections nest so deeply that parsing them would take quadratic time."""
    if text.count("[") + text.count("{") < limit:
        return False
    depth = 0
    for match in _BRACKETS.finditer(text):
        found = match.group()
        depth = 0 if found == "\n" else depth + 1 if found in "[{" else max(depth - 1, 0)
        if depth > limit:
            return True
    return False


def realigned(text: str, offset: int) -> str | None:
    """The text with a key that stands too far right moved to its neighbours; ``None`` where that is not what is wrong.

    The length stays, and so does the place of the value.
    """
    start = text.rfind("\n", 0, offset) + 1
    match = _KEY_LINE.match(text, start)
    if match is None:
        return None
    indent = len(match.group("indent"))
    for line in reversed(text[max(start - 20_000, 0) : start].splitlines()):
        depth = len(line) - len(line.lstrip(" "))
        if line.strip() and depth < indent:
            if indent - depth > 3:
                return None
            key = match.group("key")
            return text[:start] + " " * depth + key + " " * (indent - depth) + text[match.end() :]
    return None


def without_line(text: str, offset: int, *, to_next_document: bool = False) -> str:
    """The text with the line at an offset blanked, or all from there to the next document."""
    offset = min(offset, len(text))
    if offset == len(text):
        offset = len(text.rstrip())
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n---", start) if to_next_document else text.find("\n", offset)
    end = len(text) if end == -1 else end
    if not to_next_document and text[start:end].rstrip().endswith(":"):
        end = _block_end(text, start, end)
    return text[:start] + _BLANKED.sub(" ", text[start:end]) + text[end:]


def _block_end(text: str, start: int, end: int) -> int:
    """The end of what is nested below a line: without its key it would seem to belong to the key before."""
    indent = re.compile(r"[ \t]*").match(text, start)
    deeper = re.compile(rf"\n(?:[ \t]*(?=\r?\n|\Z)|[ \t]{{{len(indent.group()) if indent else 0},}}[ \t][^\r\n]*)")
    while end < len(text) and (match := deeper.match(text, end)):
        end = match.end()
    return end


def scalar(source: Source, start: int, end: int, value: str, style: str) -> Fragment:
    """A scalar's value with the place of each character. ``start`` and ``end`` are the parser's marks."""
    text = source.masked
    if start < end and text[start] in "&!" and (match := _PROPERTIES.match(text, start, end)):
        start = match.end()
    if style in ("'", '"'):
        start, end = start + 1, end - 1
    elif style in ("|", ">"):
        newline = text.find("\n", start, end)
        start = end if newline == -1 else newline + 1
    if text[start:end] == value:
        return Fragment.slice_of(source.text, start, end)
    found = _double(text, start, end) if style == '"' else _aligned(text, start, end, value, style == "'")
    if found is None or found[0] != value:
        return Fragment(value, start, (start, *([end] * len(value)))) if value else Fragment("", start)
    offsets = tuple(found[1])
    if source.text is not source.masked:
        value = "".join(source.text[at] if c in (_FIRST, _REST) else c for c, at in zip(value, offsets, strict=False))
    return Fragment(value, offsets[0], offsets)


def _aligned(text: str, start: int, end: int, value: str, quoted: bool) -> tuple[str, list[int]] | None:
    """Folding changes white space only, so the other characters are the same on both sides and in order."""
    offsets: list[int] = []
    at = start
    done = 0
    for token in (_QUOTE_TOKEN if quoted else _TOKEN).finditer(value):
        word = token.group()
        place = at
        while place < end and text[place].isspace():
            place += 1
        if not text.startswith(word, place):
            return None
        offsets.extend(min(at + index, place) for index in range(token.start() - done))
        offsets.extend(range(place, place + len(word)))
        at = place + (2 if quoted and word == "'" else len(word))
        done = token.end()
    offsets.extend(min(at + index, end) for index in range(len(value) - done + 1))
    return value, offsets


def _double(text: str, start: int, end: int) -> tuple[str, list[int]]:
    characters: list[str] = []
    offsets: list[int] = []
    for match in _ESCAPED.finditer(text, start, end):
        kind = match.lastgroup
        if kind == "join":
            continue
        if kind == "fold":
            breaks = len(re.findall(r"\r\n|\r|\n", match.group()))
            piece = "\n" * (breaks - 1) or " "
        elif kind == "plain":
            piece = match.group()
            offsets.extend(range(match.start(), match.end()))
            characters.append(piece)
            continue
        else:
            inner = match.group(kind or 0)
            piece = _SINGLE.get(inner, inner) if kind == "one" else chr(min(int(inner, 16), 0x10FFFF))
        characters.append(piece)
        offsets.extend([match.start()] * len(piece))
    offsets.append(end)
    return "".join(characters), offsets


def comments(source: Source, inside: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Start and end of every comment, ``#`` included. ``inside``: the marks of scalars with a ``#``, in order."""
    index = position = 0
    while (match := _COMMENT.search(source.masked, position)) is not None:
        start = match.start()
        while index < len(inside) and inside[index][1] <= start:
            index += 1
        if index < len(inside) and inside[index][0] <= start:
            position = inside[index][1]
            continue
        yield start, match.end()
        position = match.end()
