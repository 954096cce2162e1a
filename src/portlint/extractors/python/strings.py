"""String literals token by token: prefixes, quotes, escapes, implicit concatenation, f-strings.

A string of one token without escapes is taken from its slice. Others are cut up here where every expression in them is
a name with attributes, plain subscripts and calls; the rest goes through libcst, which keeps each token as written
(``ast`` joins them and, before Python 3.12, misplaces what stands inside an f-string) but takes 0.4 s to load. Escapes:
Python reference 2.4.1.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portlint.text import Fragment

if TYPE_CHECKING:
    import libcst

_PLAIN = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')")
_ESCAPE = re.compile(r"\\(?:\r\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|.)", re.DOTALL)
_BRACES = re.compile(r"\{\{|\}\}")


_TOKEN = re.compile(
    r"([fFrRuU]{0,2})(?:"
    r"\"\"\"((?:[^\"\\]|\\.|\"(?!\"\"))*)\"\"\"|'''((?:[^'\\]|\\.|'(?!''))*)'''|"
    r"\"((?:[^\"\\\r\n]|\\(?:\r\n|.))*)\"|'((?:[^'\\\r\n]|\\(?:\r\n|.))*)')",
    re.DOTALL,
)
_BETWEEN = re.compile(r"\s*")
_TEXT = re.compile(r"(?:[^{}\\]|\\[^N{}]|\{\{|\}\})+", re.DOTALL)
_HOLE = re.compile(
    r"\{([A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[\w+\]|\[\"[\w -]*\"\]|\['[\w -]*'\]|\([\w., ]*\))*)"
    r"(?:![rsa])?(?::[^{}\"'\\\n]*)?\}"
)


@dataclass(frozen=True, slots=True)
class Text:
    """A run of known text; ``start`` and ``end`` are offsets in the file, further apart than the text for escapes."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hole:
    """The code of an expression within an f-string, which begins at ``inner``; the span is that of the braces."""

    code: str
    inner: int
    start: int
    end: int


Token = Text | Hole


def plain(code: str, value: str, start: int) -> Text | None:
    """A string literal of one token that says what its slice says, ``start`` the offset of its prefix or quote."""
    match = _PLAIN.match(code)
    if not match:
        return None
    first, last = match.end(), len(code) - len(match.group(1))
    return Text(value, start + first, start + last) if code[first:last] == value else None


def tokens(code: str, start: int) -> list[Token] | None:
    """The tokens of any string expression, in order; ``None`` where libcst does not read it as one."""
    found = simple_tokens(code, start)
    return found if found is not None else any_tokens(code, start)


def simple_tokens(code: str, start: int) -> list[Token] | None:
    """The same for strings with none but simple expressions in them; ``None`` for others."""
    found: list[Token] = []
    position, length = 0, len(code)
    while position < length:
        token = _TOKEN.match(code, position)
        if token is None:
            return None
        kind = token.lastindex or 0
        prefix, body, at = token.group(1).lower(), token.group(kind), token.start(kind)
        if "f" not in prefix:
            found.extend(_decoded(body, start + at, "r" in prefix, False))
        elif not _formatted(body, start + at, "r" in prefix, found):
            return None
        between = _BETWEEN.match(code, token.end())
        assert between is not None
        position = between.end()
    return found


def _formatted(body: str, at: int, raw: bool, into: list[Token]) -> bool:
    position = 0
    while position < len(body):
        text = _TEXT.match(body, position)
        if text is not None:
            into.extend(_decoded(text.group(), at + position, raw, True))
            position = text.end()
            continue
        hole = _HOLE.match(body, position)
        if hole is None:
            return False
        into.append(Hole(hole.group(1), at + hole.start(1), at + position, at + hole.end()))
        position = hole.end()
    return True


def any_tokens(code: str, start: int) -> list[Token] | None:
    """The same by libcst, for every string."""
    import libcst

    try:
        node = libcst.parse_expression(f"({code})")
    except (libcst.ParserSyntaxError, ValueError, RecursionError):
        return None
    module = libcst.Module([], default_newline="\r\n" if "\r\n" in code else "\n")
    found: list[Token] = []
    end = _collect(node, start, module, found)
    return found if end == start + len(code) else None


def _collect(node: libcst.BaseExpression, at: int, module: libcst.Module, into: list[Token]) -> int:
    """Put the tokens of a string node that begins at ``at`` into a list; the offset after it, or -1."""
    import libcst

    while isinstance(node, libcst.ConcatenatedString):
        at = _collect(node.left, at, module, into)
        if at == -1:
            return -1
        at += len(module.code_for_node(node.whitespace_between))
        node = node.right
    if isinstance(node, libcst.SimpleString):
        quoted, raw = len(node.prefix) + len(node.quote), "r" in node.prefix.lower()
        body = node.value[quoted : len(node.value) - len(node.quote)]
        into.extend(_decoded(body, at + quoted, raw, False))
        return at + len(node.value)
    if isinstance(node, libcst.FormattedString):
        raw = "r" in node.start.lower()
        at += len(node.start)
        for part in node.parts:
            if isinstance(part, libcst.FormattedStringText):
                into.extend(_decoded(part.value, at, raw, True))
                at += len(part.value)
            else:
                assert isinstance(part, libcst.FormattedStringExpression)
                inner = at + 1 + len(module.code_for_node(part.whitespace_before_expression))
                code = module.code_for_node(part.expression)
                after = at + len(module.code_for_node(part))
                into.append(Hole(code, inner, at, after))
                at = after
        return at + len(node.end)
    return -1


def _decoded(body: str, at: int, raw: bool, formatted: bool) -> Iterator[Text]:
    position = 0
    specials = [match for match in _ESCAPE.finditer(body)] if not raw and "\\" in body else []
    if formatted and ("{{" in body or "}}" in body):
        specials = sorted([*specials, *_BRACES.finditer(body)], key=lambda match: match.start())
    for match in specials:
        if match.start() < position:
            continue
        if match.start() > position:
            yield Text(body[position : match.start()], at + position, at + match.start())
        yield Text(_unescape(match.group()), at + match.start(), at + match.end())
        position = match.end()
    if position < len(body):
        yield Text(body[position:], at + position, at + len(body))


def _unescape(escape: str) -> str:
    if escape[0] != "\\":
        return escape[0]
    if escape[1:] in ("\n", "\r\n", "\r"):
        return ""
    if escape[1] not in "abfnrtvxuUN01234567\\'\"":
        return escape
    try:
        value = ast.literal_eval(f'"{escape}"') if escape != '\\"' else '"'
    except (SyntaxError, ValueError):
        return escape
    return str(value)


def fragment(found: list[Token]) -> Fragment | None:
    """Tokens as text with the way back; a hole reads as ``{…}``. ``None`` for the empty string."""
    texts = [token if isinstance(token, Text) else Text("{…}", token.start, token.end) for token in found]
    texts = [text for text in texts if text.text]
    if not texts:
        return None
    if len(texts) == 1 and len(texts[0].text) == texts[0].end - texts[0].start:
        return Fragment(texts[0].text, texts[0].start)
    offsets: list[int] = []
    for text in texts:
        exact = len(text.text) == text.end - text.start
        offsets.extend(text.start + index if exact else text.start for index in range(len(text.text)))
    offsets.append(texts[-1].end)
    return Fragment("".join(text.text for text in texts), offsets[0], tuple(offsets))
