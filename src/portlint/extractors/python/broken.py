"""Files that ``ast`` refuses: newer syntax is read around with libcst's whole-file parser, the rest by a pattern.

libcst brings its own grammar, so that it reads syntax newer than the running Python (PEP 695 type parameters, PEP 701
f-strings).
"""

from __future__ import annotations

import ast
import re

from portlint import prose
from portlint.collecting import Collector
from portlint.extractors.python.context import announces
from portlint.extractors.python.documents import STRINGS_AND_COMMENTS
from portlint.extractors.python.source import parse_module
from portlint.model import Role
from portlint.text import ByteOffsets, Fragment, Lines, Span
from portlint.values import Unknown

_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)
_ASSIGNMENT = re.compile(
    r"^[ \t]*([A-Za-z_]\w*)[ \t]*(?::[^=\r\n]{1,40})?=[ \t]*(?:'([^'\r\n]{1,200})'|\"([^\"\r\n]{1,200})\"|(\d{2,5})\b)",
    re.M,
)
_COMMENT = re.compile(r"^[ \t]*#+([^\r\n]*[0-9]{2}[^\r\n]*)", re.M)
_STRUCTURE = re.compile(
    STRINGS_AND_COMMENTS
    + r"|[()\[\]{},\r\n]|\b(?:not|lambda|if|else|and|or|in|is|await|yield|for)\b|[-+*/%|&^~.<>=:@;]",
    re.DOTALL,
)
_DEEPEST = 100
_LONGEST = 400
_VALUE = re.compile(r"\d{2,5}|[\w.\-]*:\d{2,5}|\w+://\S+|localhost|[0-9.]{7,15}")


def _fit_for_libcst(text: str) -> bool:
    """Whether libcst can read the text in good time: its parser recurses natively and is quadratic in long chains.

    Deep nesting does not raise there, it ends the process (seen with libcst 1.9 from 3,000 brackets on).
    """
    depth = length = 0
    for match in _STRUCTURE.finditer(text):
        found = match.group()
        if found in "([{":
            depth, length = depth + 1, length + 1
        elif found in ")]}":
            depth -= 1
        elif found == "," or (found in "\r\n" and depth <= 0):
            length = 0
        elif found[0] == "#" or found in "\r\n":
            continue
        elif found[-1] in "\"'":
            if found[0] in "fFrRtT" and sum(map(found.count, "([{")) > _DEEPEST:
                return False
        else:
            length += 1
        if depth > _DEEPEST or length > _LONGEST:
            return False
    return True


def around(text: str) -> tuple[ast.Module, str, int] | None:
    """The syntax tree of a file without what ``ast`` refuses, the text it was read from, and how much was left out.

    The text has the length and lines of the file; ``None`` where libcst refuses the file too.
    """
    import libcst
    from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

    if not _fit_for_libcst(text):
        return None
    try:
        wrapper = MetadataWrapper(libcst.parse_module(text), unsafe_skip_copy=True)
        places = wrapper.resolve(ByteSpanPositionProvider)
    except (libcst.ParserSyntaxError, *_ERRORS):
        return None
    offsets = ByteOffsets(text)
    left_out: list[tuple[Span, str]] = []
    statements: list[Span] = []
    for node, place in places.items():
        span = offsets.span(place.start, place.start + place.length)
        if isinstance(node, libcst.TypeParameters):
            left_out.append((span, ""))
        elif isinstance(node, libcst.FormattedString) and not _accepted(text[span.start : span.end]):
            left_out.append((span, '""'))
        elif isinstance(node, libcst.BaseSmallStatement):
            statements.append(span)
    repaired = _replaced(text, left_out)
    refused = [(span, "pass") for span in statements if not _accepted(repaired[span.start : span.end])]
    repaired = _replaced(repaired, refused)
    try:
        return parse_module(repaired), repaired, len(left_out) + len(refused)
    except _ERRORS:
        return None


def _accepted(code: str) -> bool:
    try:
        parse_module(code)
    except _ERRORS:
        return False
    return True


def _replaced(text: str, spans: list[tuple[Span, str]]) -> str:
    """The text with spans replaced by something of the same length, line ends kept; inner spans give way to outer."""
    pieces: list[str] = []
    position = 0
    for span, by in sorted(spans, key=lambda item: (item[0].start, -item[0].end)):
        if span.start < position:
            continue
        old = text[span.start : span.end]
        if by == '""' and ("\n" in old or "\r" in old):
            by = '"""'
            blank = by + "".join(c if c in "\r\n" else " " for c in old[3:-3]) + by
        else:
            blank = by + "".join(c if c in "\r\n" else " " for c in old[len(by) :])
        pieces += [text[position : span.start], blank]
        position = span.end
    pieces.append(text[position:])
    return "".join(pieces)


def guess(text: str, into: Collector) -> None:
    """What a pattern finds in a file that nothing parses: plain assignments, marked unresolved, and comments."""
    lines = Lines(text)
    inside = _quoted_lines(text, lines)
    for match in _ASSIGNMENT.finditer(text):
        group = next(index for index in (2, 3, 4) if match.group(index) is not None)
        name, value = match.group(1), match.group(group)
        if announces(name) is None or lines.position(match.start(1))[0] in inside:
            continue
        if not _VALUE.fullmatch(value):
            continue
        span = Span(*match.span(group))
        unknown = Unknown(value, span, "the file could not be parsed")
        kind = announces(name)
        assert kind is not None
        into.add(kind, Role.DEFAULTS, unknown, span=span, name=name, how="constant")
    for match in _COMMENT.finditer(text):
        if lines.position(match.start(1))[0] not in inside:
            fragment = Fragment.slice_of(text, *match.span(1))
            prose.collect(fragment, into, commented=True, how="comment")


def _quoted_lines(text: str, lines: Lines) -> set[int]:
    """Lines that lie within triple-quoted text, as well as that can be told."""
    found: set[int] = set()
    opened: tuple[str, int] | None = None
    for match in re.finditer(r"'''|\"\"\"", text):
        line = lines.position(match.start())[0]
        if opened is None:
            opened = (match.group(), line)
        elif opened[0] == match.group():
            found.update(range(opened[1] + 1, line + 1))
            opened = None
    return found
