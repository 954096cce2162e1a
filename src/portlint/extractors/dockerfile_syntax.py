"""Dockerfile syntax: instructions with continuations, comments, heredocs and the escape directive.

Dockerfile reference (docs.docker.com/reference/dockerfile, 2025): "Format", "Parser directives", "Here-documents".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portlint.text import Fragment, Span

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_INSTRUCTION = re.compile(r"[ \t]*(?P<name>[A-Za-z]+)(?:[ \t]+|$)")
_ESCAPE = re.compile(r"#[ \t]*escape[ \t]*=[ \t]*(?P<escape>[\\`])[ \t]*$", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#[ \t]*[a-z]+[ \t]*=", re.IGNORECASE)
_HEREDOC = re.compile(r"(?<![<\d])<<(?P<strip>-?)[ \t]*(?P<quote>[\"']?)(?P<name>[A-Za-z_][\w.]*)(?P=quote)")
_JSON_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_JSON_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_JSON_SINGLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_FLAG = re.compile(r"--(?P<name>[a-z\-]+)(?:=(?P<value>\S*))?[ \t]*")
_TAKES_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its name in capitals, and all behind it without continuations and comments between them."""

    name: str
    arguments: Fragment
    span: Span
    flags: tuple[tuple[str, str], ...] = ()
    """``--from=builder`` and the like, in front of the arguments."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment line, without ``#``."""

    text: Fragment
    before: int
    """How many instructions stand before it; a comment between continuations belongs to the next number."""


def parse(text: str) -> tuple[list[Instruction], list[Comment], list[tuple[int, str]]]:
    """Instructions, comments and problems (offset and message) in the order of the file."""
    instructions: list[Instruction] = []
    comments: list[Comment] = []
    problems: list[tuple[int, str]] = []
    escape = _escape(text)
    lines = _lines(text)
    for start, end in lines:
        line = text[start:end]
        stripped = line.strip()
        if not stripped:
            continue
        if stripped[0] == "#":
            comments.append(Comment(Fragment.slice_of(text, start + line.index("#") + 1, end), len(instructions)))
            continue
        match = _INSTRUCTION.match(line)
        if match is None:
            problems.append((start, "not a Dockerfile instruction"))
            continue
        parts: list[tuple[str, int]] = []
        at, end = start + match.end(), end
        last = end
        while True:
            piece = text[at:end].rstrip(" \t")
            if not piece.endswith(escape):
                parts.append((text[at:end], at))
                last = end
                break
            parts.append((piece[:-1], at))
            following = _continued(text, lines, comments, len(instructions))
            if following is None:
                last = end
                break
            at, end = following
        arguments = Fragment.pieces(parts, last) if len(parts) > 1 else Fragment.slice_of(text, at, last)
        name = match.group("name").upper()
        flags, arguments = _flags(arguments)
        instructions.append(Instruction(name, _stripped(arguments), Span(start, last), flags))
        if name in _TAKES_HEREDOCS:
            for heredoc in _HEREDOC.finditer(arguments.text):
                _skip_heredoc(text, lines, heredoc)
    return instructions, comments, problems


def _lines(text: str) -> Iterator[tuple[int, int]]:
    for match in _LINE.finditer(text):
        start, end = match.span()
        if start == end:
            continue
        while end > start and text[end - 1] in "\r\n":
            end -= 1
        yield start, end


def _escape(text: str) -> str:
    for start, end in _lines(text):
        line = text[start:end].strip()
        if match := _ESCAPE.match(line):
            return match.group("escape")
        if not _DIRECTIVE.match(line):
            break
    return "\\"


def _continued(
    text: str, lines: Iterator[tuple[int, int]], comments: list[Comment], before: int
) -> tuple[int, int] | None:
    """The next line of a continued instruction; comments and empty lines between do not end it."""
    for start, end in lines:
        stripped = text[start:end].strip()
        if not stripped:
            continue
        if stripped[0] != "#":
            return start, end
        comments.append(Comment(Fragment.slice_of(text, text.index("#", start) + 1, end), before))
    return None


def _skip_heredoc(text: str, lines: Iterator[tuple[int, int]], heredoc: re.Match[str]) -> None:
    for start, end in lines:
        line = text[start:end]
        if (line.lstrip("\t") if heredoc.group("strip") else line) == heredoc.group("name"):
            return


def _flags(arguments: Fragment) -> tuple[tuple[tuple[str, str], ...], Fragment]:
    found: list[tuple[str, str]] = []
    position = len(arguments.text) - len(arguments.text.lstrip())
    while match := _FLAG.match(arguments.text, position):
        found.append((match.group("name"), match.group("value") or ""))
        position = match.end()
    return tuple(found), arguments.cut(position, len(arguments.text)) if found else arguments


def _stripped(fragment: Fragment) -> Fragment:
    text = fragment.text
    start = len(text) - len(text.lstrip())
    return fragment.cut(start, max(len(text.rstrip()), start))


def json_words(arguments: Fragment) -> list[Fragment] | None:
    """The strings of an exec form, or ``None`` where the arguments are not a JSON list of strings."""
    text = arguments.text
    if not text.startswith("[") or not text.endswith("]"):
        return None
    words: list[Fragment] = []
    position = 1
    for match in _JSON_STRING.finditer(text, 1, len(text) - 1):
        if text[position : match.start()].strip(" \t,"):
            return None
        words.append(_decoded(arguments.cut(*match.span(1))))
        position = match.end()
    return None if text[position:-1].strip(" \t,") else words


def _decoded(fragment: Fragment) -> Fragment:
    if "\\" not in fragment.text:
        return fragment
    parts: list[tuple[str, int]] = []
    position = 0
    for match in _JSON_ESCAPE.finditer(fragment.text):
        parts.extend(
            (character, fragment.offset(position + index))
            for index, character in enumerate(fragment.text[position : match.start()])
        )
        code, single = match.groups()
        parts.append((chr(int(code, 16)) if code else _JSON_SINGLE.get(single, single), fragment.offset(match.start())))
        position = match.end()
    rest = fragment.text[position:]
    parts.extend((character, fragment.offset(position + index)) for index, character in enumerate(rest))
    return Fragment.pieces(parts, fragment.offset(len(fragment.text)))


def words(arguments: Fragment) -> list[Fragment]:
    """Words between blanks; quotes and ``${...}`` hold a word together and stay in it."""
    found: list[Fragment] = []
    text = arguments.text
    start, quote, depth = -1, "", 0
    for index, character in enumerate(text):
        if not quote and depth == 0 and character in " \t\r\n":
            if start != -1:
                found.append(arguments.cut(start, index))
                start = -1
            continue
        if start == -1:
            start = index
        escaped = index > 0 and text[index - 1] == "\\"
        if quote:
            quote = "" if character == quote and not escaped else quote
        elif character in "\"'" and not escaped:
            quote = character
        elif character == "{" and index > 0 and text[index - 1] == "$":
            depth += 1
        elif character == "}" and depth:
            depth -= 1
    if start != -1:
        found.append(arguments.cut(start, len(text)))
    return found


def unquoted(fragment: Fragment) -> Fragment:
    """A word without the quotes around it; quotes within a word stay."""
    text = fragment.text
    if len(text) >= 2 and text[0] in "\"'" and text[-1] == text[0]:
        return fragment.cut(1, len(text) - 1)
    return fragment


def assignments(arguments: Fragment) -> list[tuple[str, Fragment]]:
    """``NAME=value`` words of ENV and ARG, or the old form ``ENV NAME the rest``; a bare ARG name has no value."""
    found: list[tuple[str, Fragment]] = []
    pieces = words(arguments)
    if pieces and "=" not in pieces[0].text:
        name = pieces[0].text
        rest = _stripped(arguments.cut(len(name), len(arguments.text)))
        return [(name, unquoted(rest))] if rest.text else []
    for piece in pieces:
        name, separator, _ = piece.text.partition("=")
        if separator and re.fullmatch(r"[A-Za-z_]\w*", name):
            found.append((name, unquoted(piece.cut(len(name) + 1, len(piece.text)))))
    return found
