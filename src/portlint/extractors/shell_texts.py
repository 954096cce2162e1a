"""Text in scripts: comments, messages for people, and heredocs that write other files."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from dataclasses import replace
from typing import Any

from portlint import names, prose, templates, urls
from portlint.collecting import Collector
from portlint.errors import UnreadableInput
from portlint.extractors import FORMATS, extractor, format_of
from portlint.model import Extraction, Role
from portlint.text import Fragment, Span
from portlint.values import Concatenation, Expression, Fallback, Reference, literal_text

_SAYS = re.compile(
    r"echo|printf?|log|info|warn(?:ing)?|err(?:or)?|success|ok|msg|message|notice|say|die|fatal|fail|debug|note|step|"
    r"header|heading|title|banner|abort|hint|tip|bold|green|red|yellow|blue|cyan|usage|status"
)
_COLOUR = re.compile(
    r"\\(?:033|e|E|x1[bB]|u001[bB])\[[0-9;]*m|\$\{?(?:NC|RESET|RED|GREEN|YELLOW|BLUE|CYAN|MAGENTA|PURPLE|WHITE|GR[AE]Y|"
    r"BLACK|ORANGE|BOLD|DIM|UNDERLINE|NORMAL|ENDC|END|NOCOLOR|(?:\w+_)?COLOU?R(?:_\w+)?|C_\w+)\b\}?",
    re.IGNORECASE,
)
_LINE = re.compile(r"[^\r\n]+")
_WRITES_DOTENV = re.compile(r"(?:.*/)?(?:\.env(?:[.\-_][^/]*)?|[^/]*\.env|\$\{?GITHUB_ENV\}?)")


def index_of(fragment: Fragment, offset: int) -> int:
    """Where in a fragment's text an offset of the file stands."""
    return offset - fragment.start if fragment.offsets is None else bisect_left(fragment.offsets, offset)


def cut_at(fragment: Fragment, span: Span) -> Fragment:
    """The part of a fragment that stands at a span of the file."""
    return fragment.cut(index_of(fragment, span.start), index_of(fragment, span.end))


def says(program: str) -> bool:
    """Whether a command, by its name, shows its words to people."""
    return any(_SAYS.fullmatch(token) for token in names.tokens(program)) and "/" not in program and "." not in program


def message(fragment: Fragment, into: Collector, name: str = "", **fields: Any) -> None:
    """Text that a script shows to people; what only colours it is no part of it."""
    text = _COLOUR.sub(lambda match: " " * len(match.group()), fragment.text)
    prose.collect(Fragment(text, fragment.start, fragment.offsets), into, name=name, **{"how": "message", **fields})


def template_message(text: Fragment, into: Collector, dialect: templates.Dialect, **fields: Any) -> None:
    """Text for people with variables in it, which may be parts of URLs."""
    fields = {"how": "message", **fields}
    blank = list(text.text)
    for line in _LINE.finditer(text.text):
        value = templates.parse(text.cut(*line.span()), dialect)
        for found in urls.find_urls(value) if literal_text(value) is None else ():
            whole = [part for part in (found.scheme, found.host, found.port, found.path) if part is not None]
            if any(literal_text(part) is None for part in whole):
                first, last = index_of(text, found.span.start), index_of(text, found.span.end)
                into.url(Role.DOCUMENTS, templates.parse(text.cut(first, last), dialect), **fields)
                blank[first:last] = " " * (last - first)
        into.reads(value, **fields)
    prose.collect(Fragment("".join(blank), text.start, text.offsets), into, **fields)


def written(target: str, body: Fragment, expands: bool, into: Collector, **fields: Any) -> bool:
    """What the text that a script writes to a file says there; ``False`` where that cannot be read.

    Environment files may hold variables of the script; other formats are read only where nothing is to be replaced.
    """
    if _WRITES_DOTENV.fullmatch(target):
        return embedded("dotenv", target if "$" not in target else ".env", body, into, **fields)
    format = format_of(target) if "$" not in target else format_of("x" + posixpath.splitext(target)[1])
    if format is None or (expands and re.search(r"(?<!\\)[$`]", body.text)):
        return False
    return embedded(format.name, target, body, into, **fields)


def embedded(format: str, path: str, body: Fragment, into: Collector, **fields: Any) -> bool:
    """What text in another format says, with its places in this file."""
    if not any(known.name == format for known in FORMATS):
        return False
    try:
        found = extractor(format)(path, body.text)
    except (UnreadableInput, ModuleNotFoundError):
        return False
    into.merge(moved(found, body), **fields)
    return True


def moved(found: Extraction, body: Fragment) -> Extraction:
    """An extraction of a fragment's text with its spans in the file. Problems and relations stay behind."""

    def span(inner: Span) -> Span:
        return body.span(*inner)

    def value(inner: Expression) -> Expression:
        match inner:
            case Concatenation(parts=parts):
                return Concatenation(tuple(value(part) for part in parts))
            case Fallback(options=options):
                return Fallback(tuple(value(option) for option in options))
            case Reference(operand=operand) if operand is not None:
                return replace(inner, span=span(inner.span), operand=value(operand))
            case _:
                return replace(inner, span=span(inner.span))

    occurrences = [replace(item, span=span(item.span), value=value(item.value)) for item in found.occurrences]
    bindings = [(name, value(bound)) for name, bound in found.bindings]
    return Extraction(tuple(occurrences), bindings=tuple(bindings), unresolved=found.unresolved)


def comments(
    places: list[tuple[int, Fragment, bool]], assigned: dict[int, str], into: Collector, **fields: Any
) -> None:
    """Comments, as (row, text, alone on its line); ``assigned`` are the settings by row.

    A comment is about the setting on its own line, or below the block of comments that it belongs to.
    """
    rows = {row for row, _, alone in places if alone}
    below: dict[int, str] = {}
    for row in sorted(rows, reverse=True):
        below[row] = below.get(row + 1, "") if row + 1 in rows else assigned.get(row + 1, "")
    for row, text, alone in places:
        if re.search(r"[0-9]{2}|localhost|://", text.text):
            name = below[row] if alone else assigned.get(row, "")
            prose.collect(text, into, name=name, **{**fields, "commented": True, "how": "comment"})


def with_line_feeds(text: str) -> Fragment:
    """The text with line feeds only, each in the place of the carriage return before it."""
    if "\r\n" not in text:
        return Fragment(text)
    parts: list[tuple[str, int]] = []
    position = 0
    while (at := text.find("\r\n", position)) != -1:
        parts.extend(((text[position:at], position), ("\n", at)))
        position = at + 2
    parts.append((text[position:], position))
    return Fragment.pieces([part for part in parts if part[0]], len(text))
