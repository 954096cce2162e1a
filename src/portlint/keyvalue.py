"""Line-based settings files: sections, ``name = value`` lines and comments, with exact places.

One scanner serves INI, systemd units, ``.properties`` and ``key value`` files; a :class:`Grammar` says what differs.
Sources: Python ``configparser`` "Supported INI File Structure"; systemd.syntax(7); ``java.util.Properties.load``;
redis.conf and mosquitto.conf(5) for ``key value``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portlint import templates
from portlint.text import Fragment
from portlint.values import Concatenation, Expression, Literal

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_BEFORE_COMMENT = re.compile(r"""(?:"[^"\r\n]*"|'[^'\r\n]*'|(?!(?<=[ \t])[#;])[^\r\n])*""")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Grammar:
    """What differs between line-based formats."""

    separators: str = "=:"
    """Characters that end a name; a blank among them makes ``name value`` lines."""
    comments: str = "#;"
    """Characters that make a whole line a comment."""
    inline: bool = True
    """Whether a comment may follow a value after a blank."""
    backslash: bool = False
    """A backslash at the end joins the next line."""
    indented: bool = False
    """Deeper lines belong to the value above."""
    escapes: bool = False
    """``\\:`` and ``\\u0041`` stand for characters."""
    quotes: bool = True
    """Quotes around a whole value are not part of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One assignment. ``lines`` are the value's lines without blanks around and comments; ``name`` has no section."""

    section: str
    name: str
    value: Fragment
    raw: Fragment
    """The value with its quotes."""
    lines: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment without its mark. ``section`` and ``name`` are of the assignment beside or right below it."""

    text: Fragment
    section: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that could not be understood; ``line`` is 1-based."""

    line: int
    message: str


Item = Entry | Comment | Broken


def lines_of(text: str) -> Iterator[tuple[int, int, int]]:
    """1-based number, start and end (line break excluded) of every line."""
    for number, match in enumerate(_LINE.finditer(text), 1):
        yield number, match.start(1), match.end(1)
        if not match.group(2):
            return


def trimmed(fragment: Fragment) -> Fragment:
    """A fragment without blanks around it."""
    text = fragment.text
    start = len(text) - len(text.lstrip())
    return fragment.cut(start, max(len(text.rstrip()), start))


def unquoted(fragment: Fragment) -> Fragment:
    """A fragment without one pair of quotes around the whole of it."""
    text = fragment.text
    if len(text) >= 2 and text[0] in "'\"" and text[-1] == text[0] and text[0] not in text[1:-1]:
        return fragment.cut(1, len(text) - 1)
    return fragment


def joined(lines: list[Fragment], glue: str = "") -> Fragment:
    """Lines as one fragment; ``glue`` (one character or none) stands for what was between them."""
    if len(lines) == 1:
        return lines[0]
    parts: list[tuple[str, int]] = []
    for index, line in enumerate(lines):
        if index and glue:
            previous = lines[index - 1]
            parts.append((glue, previous.offset(len(previous.text))))
        parts.extend((character, line.offset(at)) for at, character in enumerate(line.text))
    last = lines[-1]
    return Fragment.pieces(parts, last.offset(len(last.text)))


def decoded(fragment: Fragment) -> Fragment:
    """A fragment with backslash escapes of ``.properties`` decoded."""
    if "\\" not in fragment.text:
        return fragment
    parts: list[tuple[str, int]] = []
    position = 0
    for match in _ESCAPE.finditer(fragment.text):
        parts.extend((fragment.text[at], fragment.offset(at)) for at in range(position, match.start()))
        plain = match.group(2)
        character = chr(int(match.group(1), 16)) if match.group(1) else _ESCAPED.get(plain, plain)
        parts.append((character, fragment.offset(match.start())))
        position = match.end()
    parts.extend((fragment.text[at], fragment.offset(at)) for at in range(position, len(fragment.text)))
    return Fragment.pieces(parts, fragment.offset(len(fragment.text)))


def in_shell_form(fragment: Fragment, pattern: re.Pattern[str]) -> Fragment:
    """A fragment in which every variable that ``pattern`` finds (its name is group 1) is written ``${NAME}``."""
    parts: list[tuple[str, int]] = []
    position = 0
    for match in pattern.finditer(fragment.text):
        parts.extend((fragment.text[at], fragment.offset(at)) for at in range(position, match.start()))
        start, name = fragment.offset(match.start()), match.start(1)
        parts.extend((("$", start), ("{", start)))
        parts.extend((character, fragment.offset(name + at)) for at, character in enumerate(match.group(1)))
        parts.append(("}", fragment.offset(match.end(1))))
        position = match.end()
    if not position:
        return fragment
    parts.extend((fragment.text[at], fragment.offset(at)) for at in range(position, len(fragment.text)))
    return Fragment.pieces(parts, fragment.offset(len(fragment.text)))


def expression(fragment: Fragment, dialect: templates.Dialect) -> Expression:
    """What a fragment comes to. Escaped characters are parts of their own, so that the places of the others hold."""
    offsets = fragment.offsets
    if offsets is None or "${" in fragment.text:
        return templates.parse(fragment, dialect)
    parts: list[Expression] = []
    start = 0
    for index in range(len(fragment.text)):
        if offsets[index + 1] - offsets[index] != 1:
            if start < index:
                parts.append(templates.parse(fragment.cut(start, index), dialect))
            parts.append(Literal(fragment.text[index], fragment.span(index, index + 1)))
            start = index + 1
    if start < len(fragment.text) or not parts:
        parts.append(templates.parse(fragment.cut(start, len(fragment.text)), dialect))
    return parts[0] if len(parts) == 1 else Concatenation(tuple(parts))


def scan(text: str, grammar: Grammar = Grammar()) -> Iterator[Item]:
    """Entries and comments of a file in order; a comment that stands above an assignment comes after it."""
    section = ""
    above: list[Fragment] = []
    rows = list(lines_of(text))
    index = 0
    while index < len(rows):
        number, start, end = rows[index]
        index += 1
        line = trimmed(Fragment.slice_of(text, start, end))
        if not line.text or line.text[0] in grammar.comments:
            if line.text:
                above.append(line.cut(1, len(line.text)))
                continue
            yield from (Comment(comment, section) for comment in above)
            above = []
            continue
        if line.text[0] == "[" and "=" not in line.text.partition("]")[0]:
            yield from (Comment(comment, section) for comment in above)
            above = []
            close = line.text.find("]")
            if close == -1:
                yield Broken(number, "section header without ]")
            section = line.text[1 : close if close != -1 else None].strip()
            tail = trimmed(line.cut(close + 1, len(line.text)))
            if close != -1 and tail.text[:1] in ("#", ";"):
                yield Comment(tail.cut(1, len(tail.text)), section)
            continue
        taken = [(start, end)]
        index = _continuation(text, rows, index, grammar, taken)
        entry, comments = _entry(text, taken, section, grammar)
        if entry is None:
            yield from (Comment(comment, section) for comment in above + comments)
        else:
            yield entry
            yield from (Comment(comment, section, entry.name) for comment in above + comments)
        above = []
    yield from (Comment(comment, section) for comment in above)


def _continuation(
    text: str, rows: list[tuple[int, int, int]], index: int, grammar: Grammar, taken: list[tuple[int, int]]
) -> int:
    """Add the lines that continue the last one taken; the index of the first that does not."""
    indent = _indent(text, *taken[0])
    while index < len(rows):
        _, start, end = rows[index]
        last_start, last_end = taken[-1]
        if grammar.backslash and _is_escaped_end(text, last_start, last_end):
            taken[-1] = (last_start, last_end - 1)
        elif not (grammar.indented and start < end and _indent(text, start, end) > indent and text[start:end].strip()):
            break
        taken.append((start, end))
        index += 1
    return index


def _indent(text: str, start: int, end: int) -> int:
    line = text[start:end]
    return len(line) - len(line.lstrip(" \t"))


def _is_escaped_end(text: str, start: int, end: int) -> bool:
    tail = text[start:end]
    return (len(tail) - len(tail.rstrip("\\"))) % 2 == 1


def _entry(
    text: str, taken: list[tuple[int, int]], section: str, grammar: Grammar
) -> tuple[Entry | None, list[Fragment]]:
    """The assignment on the lines taken, and the comments within them."""
    comments: list[Fragment] = []
    lines: list[Fragment] = []
    for start, end in taken:
        line = Fragment.slice_of(text, start, end)
        stripped = line.text.lstrip()
        if lines and grammar.indented and stripped[:1] in tuple(grammar.comments):
            comments.append(trimmed(line.cut(len(line.text) - len(stripped) + 1, len(line.text))))
            continue
        if grammar.inline:
            match = _BEFORE_COMMENT.match(line.text)
            stop = match.end() if match else len(line.text)
            if stop < len(line.text):
                comments.append(trimmed(line.cut(stop + 1, len(line.text))))
                line = line.cut(0, stop)
        lines.append(trimmed(line))
    first = lines[0]
    split = _split(first.text, grammar)
    if split is None:
        return None, comments
    name_end, value_start = split
    name = first.text[:name_end].strip()
    lines[0] = trimmed(first.cut(value_start, len(first.text)))
    value = joined(lines, "" if grammar.escapes else " ")
    if grammar.escapes:
        name, value = decoded(Fragment(name)).text, decoded(value)
    return Entry(section, name, unquoted(value) if grammar.quotes else value, value, tuple(lines)), comments


def _split(line: str, grammar: Grammar) -> tuple[int, int] | None:
    """Where the name ends and the value begins, or ``None`` where the line is no assignment."""
    blank = " " in grammar.separators
    for index, character in enumerate(line):
        if character == "\\" and grammar.escapes:
            continue
        if grammar.escapes and index and line[index - 1] == "\\":
            continue
        if character in grammar.separators or (blank and character == "\t"):
            if not index:
                return None
            after = index + 1
            rest = line[after:].lstrip()
            if blank and character in " \t" and rest[:1] and rest[0] in grammar.separators:
                after = len(line) - len(rest) + 1
            return index, after
    return None
