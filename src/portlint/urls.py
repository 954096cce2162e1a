"""URLs and ``host:port`` addresses as expressions, taken apart without losing what is a variable.

Syntax: RFC 3986 section 3; addresses as servers and clients accept them (``:8080``, ``[::1]:80``, ``tcp(host:3306)``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from portlint.text import Span
from portlint.values import Concatenation, Expression, Literal, Reference, concatenate, span_of

_BASE = 0xF0000  # private-use plane: one character stands for one part that is not literal
_HOLE = "\U000f0000-\U000f7fff"
# A scheme of any length would make the search through a long word quadratic.
URL_PATTERN = re.compile(
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]{{0,40}}|[{_HOLE}])://(?:(?P<user>[^@/?#\s]*)@)?"
    rf"(?P<host>\[[^\]\s]*\]|[^:/?#\s,;'\"<>()|\\]*)(?::(?P<port>[^/?#\s,;'\"<>()|\\]*))?(?P<path>/[^?#\s,;'\"<>|\\]*)?"
)
_ADDRESS = re.compile(
    rf"(?P<host>\[[0-9A-Fa-f:.%]*\]|[A-Za-z0-9_.\-{_HOLE}]*|\*):(?P<port>[0-9]{{1,5}}|[{_HOLE}])(?P<path>/[^\s?#]*)?"
)
# A port is no password; whatever else stands before the last @ of a word may be one, also with / and @ in it.
_PASSWORD = re.compile(r"://[^:/@\s]*:(?![0-9]{0,5}(?:[/,?#\s]|$))")
_WORD_END = re.compile(r"[\s'\"<>]|$")
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21, "ssh": 22}
"""Ports that a scheme implies (IANA URI schemes; WHATWG URL "special schemes")."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]", "0.0.0.0", "::", "[::]", ""})
"""Hosts that mean this machine, or every interface of it."""


@dataclass(frozen=True, slots=True)
class UrlParts:
    """The parts of a URL or address; a part that is not written is ``None``."""

    scheme: Expression | None
    host: Expression | None
    port: Expression | None
    path: Expression | None
    span: Span
    whole: Expression
    """The URL itself, where it is part of a longer text."""
    user: Span | None = None


def flatten(expression: Expression) -> tuple[str, list[Expression]]:
    """A text in which each part that is not literal is one private character, and those parts in order."""
    atoms: list[Expression] = []
    characters: list[str] = []
    parts = expression.parts if isinstance(expression, Concatenation) else (expression,)
    for part in parts:
        if isinstance(part, Literal):
            characters.append(part.text)
        else:
            characters.append(chr(_BASE + len(atoms) % 0x7FFF))
            atoms.append(part)
    return "".join(characters), atoms


def slice_expression(expression: Expression, start: int, end: int) -> Expression:
    """The part of an expression between two indices of its flattened text."""
    return _sliced(expression, _Pieces.of(expression), start, end)


class _Pieces(NamedTuple):
    """The parts of an expression, and where each begins in its flattened text."""

    parts: Sequence[Expression]
    starts: Sequence[int]

    @classmethod
    def of(cls, expression: Expression) -> _Pieces:
        parts = expression.parts if isinstance(expression, Concatenation) else (expression,)
        return cls(parts, [0, *accumulate(len(part.text) if isinstance(part, Literal) else 1 for part in parts)])

    def cut(self, start: int, end: int) -> _Pieces:
        """The parts between two indices; the first may be cut, and its index is then ``start``."""
        taken: list[Expression] = []
        starts: list[int] = []
        for index in range(max(bisect_right(self.starts, start) - 1, 0), len(self.parts)):
            part, position = self.parts[index], self.starts[index]
            size = self.starts[index + 1] - position
            if position >= end:
                break
            first, last = max(start - position, 0), min(end - position, size)
            if first >= last:
                continue
            if isinstance(part, Literal):
                verbatim = part.span.end - part.span.start == size
                span = Span(part.span.start + first, part.span.start + last) if verbatim else part.span
                part = Literal(part.text[first:last], span)
            taken.append(part)
            starts.append(position + first)
        return _Pieces(taken, [*starts, end])


def _sliced(expression: Expression, pieces: _Pieces, start: int, end: int) -> Expression:
    taken = list(pieces.cut(start, end).parts)
    if not taken:
        at = span_of(expression).start
        return Literal("", Span(at, at))
    return concatenate(taken)


def _parts(expression: Expression, pieces: _Pieces, match: re.Match[str]) -> UrlParts:
    own = pieces.cut(*match.span())  # a long text may hold many URLs

    def part(name: str) -> Expression | None:
        if name not in match.re.groupindex or match.group(name) is None:
            return None
        return _sliced(expression, own, *match.span(name))

    user = part("user")
    host = part("host")
    if isinstance(host, Literal) and "@" in host.text:
        host = None
    whole = _sliced(expression, own, *match.span())
    return UrlParts(
        scheme=part("scheme"),
        host=host,
        port=part("port") if match.group("port") else None,
        path=part("path"),
        span=span_of(whole),
        whole=whole,
        user=span_of(user) if user is not None else None,
    )


def split_url(expression: Expression) -> UrlParts | None:
    """The parts of an expression that is one URL, else ``None``. A path of ``/`` alone counts as no path."""
    text, _ = flatten(expression)
    match = URL_PATTERN.match(text)
    return _parts(expression, _Pieces.of(expression), match) if match else None


def split_address(expression: Expression) -> UrlParts | None:
    """The parts of an expression that is ``host:port`` (either may be a variable), else ``None``."""
    text, _ = flatten(expression)
    match = _ADDRESS.fullmatch(text)
    return _parts(expression, _Pieces.of(expression), match) if match else None


def find_urls(expression: Expression) -> list[UrlParts]:
    """Every URL within an expression, in order (comma-separated origins, a URL in a longer text)."""
    text, _ = flatten(expression)
    pieces = _Pieces.of(expression)
    return [_parts(expression, pieces, match) for match in URL_PATTERN.finditer(text)]


def without_password(text: str) -> str:
    """The text with the password of every URL in it masked, for anything that is shown."""
    if "@" not in text:
        return text
    kept: list[str] = []
    position = end = last = -1  # the end of the word looked at, and its last @
    for match in _PASSWORD.finditer(text):
        start = match.end()
        if start <= position:
            continue
        if start > end:
            word_end = _WORD_END.search(text, start)
            end = word_end.start() if word_end else len(text)
            last = text.rfind("@", start, end)
        if last >= start:
            kept.append(text[max(position, 0) : start] + "***")
            position = last
    return "".join(kept) + text[max(position, 0) :]


def is_variable(expression: Expression | None) -> bool:
    """Whether an expression is nothing but a reference."""
    return isinstance(expression, Reference)
