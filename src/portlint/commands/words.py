"""Words of shell commands: where each begins and ends, and what its quotes and expansions come to.

bashlex finds the words of a single command, tree-sitter those that it cannot read; quotes are read here and ``${}`` by
:mod:`portlint.templates` (bashlex ends ``${A:-x${B}}`` at the first brace). Sources: POSIX.1-2024 shell 2.2 "Quoting"
and 2.6 "Word Expansions"; Bash manual 3.1.2.4 "ANSI-C Quoting".
"""

from __future__ import annotations

import re

from portlint import templates
from portlint.commands.model import Assignment, Word
from portlint.text import Fragment
from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, Unknown, concatenate

_SPECIAL = re.compile(r"['\"\\$`]")
_IN_QUOTES = re.compile(r"[\\$`]")
_POSITIONAL = re.compile(r"\$(?:([0-9])|\{([0-9]+)(?:(:?[-=?+])(.*))?\})", re.DOTALL)
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\[[^\]\n]*\])?\+?=")
_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./\- \t]*")
_WORD = re.compile(r"[^ \t]+")
_GAP = re.compile(r"(?:[ \t]|\\\n)*")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST = 4000


def read_word(source: Fragment) -> Word:
    """A word from its source text."""
    text = source.text
    if not _SPECIAL.search(text):
        return Word(text, Literal(text, source.whole), source.whole)
    parts, plain = _scan(source, False)
    inner = unquoted(source)
    value = concatenate(parts) if parts else Literal("", inner.whole)
    return Word(plain, value, inner.whole)


def unquoted(source: Fragment) -> Fragment:
    """The source of a word without the quotes around all of it."""
    text = source.text
    first = 2 if text[:2] in ('$"', "$'") else 1
    if len(text) > first and text[first - 1 : first] in ("'", '"'):
        end = _quote_end(text, first, text[first - 1], first == 2)
        if end == len(text) - 1:
            return source.cut(first, end)
    return source


def body_of(source: Fragment) -> Fragment:
    """What a shell gets that is handed this word to run: quotes gone, variables of either shell kept as written."""
    text, inner = source.text, unquoted(source)
    if text[:1] != '"' or "\\" not in inner.text or inner is source:
        return inner
    parts, position = [], 0
    for match in re.finditer(r'\\([$`"\\])', inner.text):
        parts.append((inner.text[position : match.start()], inner.offset(position)))
        parts.append((match.group(1), inner.offset(match.start())))
        position = match.end()
    parts.append((inner.text[position:], inner.offset(position)))
    return Fragment.pieces([part for part in parts if part[0]], inner.offset(len(inner.text)))


def read_assignment(source: Fragment) -> Assignment | None:
    """``NAME=value``, ``NAME+=value`` or ``NAME[i]=value`` from its source text, else ``None``."""
    match = _ASSIGNMENT.match(source.text)
    if match is None:
        return None
    rest = source.cut(match.end(), len(source.text))
    name = match.group(1) + (match.group(2) or "")
    if rest.text.startswith("("):
        return Assignment(name, Unknown(rest.text, rest.whole, "array"), rest.whole)
    word = read_word(rest)
    value = word.value
    if source.text[match.end() - 2] == "+":
        value = concatenate([Unknown(name, source.span(0, match.end()), "appended to"), value])
    return Assignment(name, value, word.span)


def plain_words(text: str) -> list[tuple[int, int]] | None:
    """Where the words of a command without quotes, expansions and redirections stand, else ``None``."""
    if not _PLAIN.fullmatch(text):
        return None
    return [match.span() for match in _WORD.finditer(text)]


def lexed_words(text: str) -> list[tuple[int, int]] | None:
    """Where bashlex finds the words of one simple command, or ``None`` where it does not understand it."""
    if len(text) > _LONGEST or "<<" in text:
        return None
    import bashlex

    try:
        trees = bashlex.parse(text, expansionlimit=0)
    except Exception:  # besides ParsingError it raises NotImplementedError, AssertionError, IndexError, ...
        return None
    if len(trees) != 1 or trees[0].kind != "command":
        return None
    position, found = 0, []
    for part in trees[0].parts:
        start, end = part.pos
        if start < position or end <= start or not _GAP.fullmatch(text, position, start):
            return None
        if part.kind in ("word", "assignment"):
            found.append((start, end))
        position = end
    return found if _GAP.fullmatch(text, position) else None


def without_positional(value: Expression) -> Expression:
    """``$1`` as unknown, and ``${1:-8000}`` as what holds when nothing is passed."""
    match value:
        case Reference(name=name, operand=operand) if name.isdigit():
            if operand is not None and value.operator.strip(":") in ("-", "="):
                return without_positional(operand)
            return Unknown("$" + name, value.span, "positional or special parameter")
        case Reference(operand=operand) if operand is not None:
            return Reference(value.name, value.span, value.operator, without_positional(operand), value.local)
        case Concatenation(parts=parts):
            return concatenate([without_positional(part) for part in parts])
        case Fallback(options=options):
            return Fallback(tuple(without_positional(option) for option in options))
        case _:
            return value


def _scan(source: Fragment, quoted: bool) -> tuple[list[Expression], str]:
    """The parts of a word, and its text without quotes; ``quoted`` is for what stands between double quotes."""
    text, length = source.text, len(source.text)
    special = _IN_QUOTES if quoted else _SPECIAL
    parts: list[Expression] = []
    plain: list[str] = []
    position = 0

    def literal(start: int, end: int, kept: str | None = None) -> None:
        if start < end or kept == "":
            kept = text[start:end] if kept is None else kept
            parts.append(Literal(kept, source.span(start, end)))
            plain.append(kept)

    while match := special.search(text, position):
        at = match.start()
        mark, following = text[at], text[at + 1 : at + 2]
        end = at + 1
        if mark == "\\":
            if not following or (quoted and following not in '$`"\\\n'):
                literal(position, min(at + 2, length))
            else:
                literal(position, at)
                literal(at, at + 2, "" if following == "\n" else following)
            end = min(at + 2, length)
        elif mark == "'" or mark == '"' or (mark == "$" and not quoted and following and following in "'\""):
            literal(position, at)
            first = at + 2 if mark == "$" else at + 1
            end = _quote_end(text, first, text[first - 1], mark == "$")
            inner, words = _quoted(source.cut(first, end), text[at:first])
            parts.extend(inner)
            plain.append(words)
            end = min(end + 1, length)
        else:
            end = _backtick_end(text, at) if mark == "`" else _expansion_end(text, at)
            if end == at + 1:
                literal(position, end)
            else:
                literal(position, at)
                parts.append(_expansion(source.cut(at, end)))
                plain.append(text[at:end])
        position = end
    literal(position, length)
    return parts, "".join(plain)


def _quoted(inner: Fragment, opening: str) -> tuple[list[Expression], str]:
    if opening[-1] == '"':
        parts, plain = _scan(inner, True)
        return parts or [Literal("", inner.whole)], plain
    if opening == "'" or "\\" not in inner.text:
        return [Literal(inner.text, inner.whole)], inner.text
    parts, position = [], 0
    for match in re.finditer(r"\\(.)", inner.text, re.DOTALL):
        if match.start() > position:
            parts.append(Literal(inner.text[position : match.start()], inner.span(position, match.start())))
        kept = _ESCAPED.get(match.group(1), match.group(1))
        parts.append(Literal(kept, inner.span(*match.span())))
        position = match.end()
    parts.append(Literal(inner.text[position:], inner.span(position, len(inner.text))))
    return parts, "".join(part.text for part in parts if isinstance(part, Literal))


def _quote_end(text: str, start: int, quote: str, escapes: bool = False) -> int:
    """The index of the quote that closes, or the end of the text."""
    if quote == "'" and not escapes:
        end = text.find("'", start)
        return len(text) if end == -1 else end
    position = start
    while position < len(text):
        character = text[position]
        if character == quote:
            return position
        if character == "\\":
            position += 2
        elif character == "$" and quote == '"':
            position = _expansion_end(text, position)
        elif character == "`" and quote == '"':
            position = _backtick_end(text, position)
        else:
            position += 1
    return len(text)


def _backtick_end(text: str, at: int) -> int:
    position = at + 1
    while position < len(text):
        if text[position] == "`":
            return position + 1
        position += 2 if text[position] == "\\" else 1
    return len(text)


def _expansion_end(text: str, at: int) -> int:
    """Where the expansion that a ``$`` begins ends; just behind the ``$`` where it begins none."""
    following = text[at + 1 : at + 2]
    if following in ("{", "("):
        return _bracket_end(text, at + 2, following, "}" if following == "{" else ")")
    if following and following in "@*#?!0123456789":
        return at + 2
    match = _NAME.match(text, at + 1)
    return match.end() if match else at + 1


def _bracket_end(text: str, start: int, opened: str, closed: str) -> int:
    depth, position, quote = 1, start, ""
    while position < len(text):
        character = text[position]
        if character == "\\" and quote != "'":
            position += 2
            continue
        if quote:
            quote = "" if character == quote else quote
        elif opened == "(" and character in "'\"":
            quote = character
        elif character in "'\"" and (end := templates.quoted_operand(text, position)):
            position = end
            continue
        elif character == opened:
            depth += 1
        elif character == closed:
            depth -= 1
            if not depth:
                return position + 1
        position += 1
    return len(text)


def _expansion(source: Fragment) -> Expression:
    text = source.text
    if text[0] == "`":
        return Unknown(text, source.whole, "command or arithmetic substitution")
    match = _POSITIONAL.fullmatch(text)
    if match is None:
        return templates.parse(source)
    operand = read_word(source.cut(*match.span(4))).value if match.group(4) is not None else None
    return Reference(match.group(1) or match.group(2), source.whole, match.group(3) or "", operand)
