"""The one parser of variables in text: ``$X``, ``${X:-default}`` and its relatives in every dialect.

Sources of the forms: POSIX.1-2024 shell 2.6.2; Compose specification "Interpolation"; Dockerfile reference
"Environment replacement"; GNU make 6.1; Spring Framework "Property placeholders"; Caddyfile "Environment variables";
GitHub Actions "Contexts"; cmd.exe ``set /?``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from portlint.text import Fragment
from portlint.values import Expression, Literal, Reference, Unknown, concatenate

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
_OPERATOR = re.compile(r":?[-=?+]")
_SCOPED = re.compile(r"(?:env|script|global|local|private|using):([A-Za-z_][A-Za-z0-9_]*)", re.IGNORECASE)
_CUT = re.compile(r"%[A-Za-z_][A-Za-z0-9_]*:[^%\n]*%")
_NESTING = 40
"""How deep defaults within defaults are followed; what lies deeper is unknown."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which forms a format knows."""

    bare: bool = True
    """``$X``."""
    operators: bool = True
    """``${X:-d}`` and the like; without it only ``${X}``."""
    double_dollar: bool = False
    """``$$`` is one dollar."""
    backslash: bool = False
    """A backslash takes the meaning from the next character."""
    parentheses: bool = False
    """``$(X)`` is a variable (make, Azure), not a command."""
    colon: bool = False
    """``${X:default}`` (Spring, Traefik)."""
    percent: bool = False
    """``%X%`` and ``!X!``; ``%%`` is one percent sign."""
    braces: bool = False
    """``{$X:default}`` (Caddy)."""
    actions: bool = False
    """``${{ env.X }}``."""
    powershell: bool = False
    """``$env:X``, ``${env:X}``, ``$script:X``."""


SHELL = Dialect(backslash=True)
DOTENV = Dialect(backslash=True)
COMPOSE = Dialect(double_dollar=True)
DOCKERFILE = Dialect(backslash=True)
MAKE = Dialect(bare=False, operators=False, parentheses=True, double_dollar=True)
BRACES_ONLY = Dialect(bare=False)
SYSTEMD = Dialect(operators=False, double_dollar=True)
SPRING = Dialect(bare=False, operators=False, colon=True)
BATCH = Dialect(bare=False, operators=False, percent=True)
CADDY = Dialect(bare=False, operators=False, braces=True)
ACTIONS = Dialect(actions=True)
POWERSHELL = Dialect(operators=False, powershell=True)
PLAIN = Dialect(bare=False, operators=False)


def parse(fragment: Fragment, dialect: Dialect = SHELL) -> Expression:
    """What a fragment comes to, as an expression whose spans point into the file. Never raises."""
    return _parse(fragment, dialect, 0)


def _parse(fragment: Fragment, dialect: Dialect, depth: int) -> Expression:
    if not fragment.text:
        return Literal("", fragment.whole)
    if depth > _NESTING:
        return Unknown(fragment.text, fragment.whole, "nested too deeply")
    return concatenate(_parts(fragment, dialect, depth))


def _parts(fragment: Fragment, dialect: Dialect, depth: int) -> list[Expression]:
    text = fragment.text
    parts: list[Expression] = []
    plain = 0
    position = 0
    length = len(text)

    def flush(until: int) -> None:
        if until > plain:
            parts.append(Literal(text[plain:until], fragment.span(plain, until)))

    while position < length:
        character = text[position]
        if character == "\\" and dialect.backslash and position + 1 < length and text[position + 1] in '$\\"`\n':
            flush(position)
            kept = "" if text[position + 1] == "\n" else text[position + 1]
            parts.append(Literal(kept, fragment.span(position, position + 2)))
            position += 2
            plain = position
            continue
        doubled = dialect.double_dollar if character == "$" else dialect.percent and character == "%"
        if doubled and text.startswith(character, position + 1):
            flush(position)
            parts.append(Literal(character, fragment.span(position, position + 2)))
            position += 2
            plain = position
            continue
        found = None
        if character == "$":
            found = _dollar(fragment, position, dialect, depth)
        elif character in "%!" and dialect.percent:
            found = _percent(fragment, position)
        elif character == "{" and dialect.braces and text.startswith("{$", position):
            found = _caddy(fragment, position, depth)
        if found is None:
            position += 1
            continue
        expression, end = found
        flush(position)
        parts.append(expression)
        position = plain = end
    flush(length)
    return parts or [Literal("", fragment.whole)]


def _closing(text: str, start: int, opened: str, closed: str) -> int:
    """The index of the bracket that closes the one before ``start``, or -1; quotes and escapes are respected."""
    depth, position, quote = 1, start, ""
    while position < len(text):
        character = text[position]
        if character == "\\":
            position += 2
            continue
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"" and opened == "(":
            quote = character
        elif character in "'\"" and (end := quoted_operand(text, position)):
            position = end
            continue
        elif character == opened:
            depth += 1
        elif character == closed:
            depth -= 1
            if depth == 0:
                return position
        position += 1
    return -1


def quoted_operand(text: str, at: int) -> int:
    """The index of the brace behind an operand that is one quoted text (``${X:-'}'}``), else 0.

    ``at`` is where the quote stands. A quote anywhere else may be an apostrophe, for within double quotes it means
    nothing (POSIX.1-2024 shell 2.2.3).
    """
    if text[at - 1 : at] not in ("-", "=", "?", "+"):
        return 0
    end = text.find(text[at], at + 1)
    return end + 1 if end != -1 and text.startswith("}", end + 1) else 0


def _unknown(fragment: Fragment, start: int, end: int, reason: str) -> tuple[Expression, int]:
    return Unknown(fragment.text[start:end], fragment.span(start, end), reason), end


def _dollar(fragment: Fragment, at: int, dialect: Dialect, depth: int) -> tuple[Expression, int] | None:
    text = fragment.text
    following = text[at + 1 : at + 2]
    if following == "{":
        if text.startswith("${{", at) and dialect.actions:
            return _actions(fragment, at)
        end = _closing(text, at + 2, "{", "}")
        if end == -1:
            return _unknown(fragment, at, len(text), "unclosed ${")
        return _braced(fragment, at, end, dialect, depth)
    if following == "(":
        end = _closing(text, at + 2, "(", ")")
        if end == -1:
            return _unknown(fragment, at, len(text), "unclosed $(")
        if dialect.parentheses and (match := _NAME.fullmatch(text, at + 2, end)):
            return Reference(match.group(), fragment.span(at, end + 1)), end + 1
        return _unknown(fragment, at, end + 1, "command or arithmetic substitution")
    if dialect.powershell and (match := _SCOPED.match(text, at + 1)):
        return Reference(match.group(1), fragment.span(at, match.end())), match.end()
    if not dialect.bare:
        return None
    match = _NAME.match(text, at + 1)
    if match:
        return Reference(match.group(), fragment.span(at, match.end())), match.end()
    if following and following in "0123456789@*#?!" and dialect.backslash:
        return _unknown(fragment, at, at + 2, "positional or special parameter")
    return None


def _braced(fragment: Fragment, at: int, end: int, dialect: Dialect, depth: int) -> tuple[Expression, int]:
    text, span = fragment.text, fragment.span(at, end + 1)
    first = at + 2
    if dialect.powershell and text[first : first + 4].lower() == "env:":
        return Reference(text[first + 4 : end], span), end + 1
    if dialect.powershell and (match := _SCOPED.fullmatch(text, first, end)):
        return Reference(match.group(1), span), end + 1
    match = (_DOTTED if dialect.colon else _NAME).match(text, first, end)
    if not match:
        return _unknown(fragment, at, end + 1, "parameter expansion")
    name, rest = match.group(), match.end()
    if rest == end:
        return Reference(name, span), end + 1
    if dialect.colon and text[rest] == ":":
        return Reference(name, span, ":-", _parse(fragment.cut(rest + 1, end), dialect, depth + 1)), end + 1
    operator = _OPERATOR.match(text, rest, end) if dialect.operators else None
    if not operator:
        return _unknown(fragment, at, end + 1, "parameter expansion")
    operand = _unquoted(fragment.cut(operator.end(), end))
    return Reference(name, span, operator.group(), _parse(operand, dialect, depth + 1)), end + 1


def _unquoted(fragment: Fragment) -> Fragment:
    text = fragment.text
    if len(text) >= 2 and text[0] in "'\"" and text[-1] == text[0] and text.count(text[0]) == 2:
        return fragment.cut(1, len(text) - 1)
    return fragment


def _percent(fragment: Fragment, at: int) -> tuple[Expression, int] | None:
    text = fragment.text
    match = _NAME.match(text, at + 1)
    if not match:
        return None
    if text.startswith(text[at], match.end()):
        return Reference(match.group(), fragment.span(at, match.end() + 1)), match.end() + 1
    cut = _CUT.match(text, at)
    return _unknown(fragment, at, cut.end(), "part of a variable") if cut else None


def _caddy(fragment: Fragment, at: int, depth: int) -> tuple[Expression, int] | None:
    text = fragment.text
    match = _NAME.match(text, at + 2)
    if not match or text[match.end() : match.end() + 1] not in (":", "}"):
        return None
    end = _closing(text, at + 1, "{", "}")
    if end == -1:
        return _unknown(fragment, at, len(text), "unclosed {$")
    operand = None
    if match.end() < end:
        operand = _parse(fragment.cut(match.end() + 1, end), CADDY, depth + 1)
    operator = ":-" if operand is not None else ""
    return Reference(match.group(), fragment.span(at, end + 1), operator, operand), end + 1


_TERM = re.compile(
    r"\s*(?:(?:env|vars|secrets|inputs|matrix|github\.event\.inputs)\.(?P<name>[A-Za-z_][\w-]*)"
    r"|'(?P<text>[^']*)'|(?P<number>[0-9]+))\s*(?P<more>\|\||$)"
)


def _actions(fragment: Fragment, at: int) -> tuple[Expression, int]:
    """``${{ a || b }}``: variables, the first that is set, at last perhaps a literal."""
    text = fragment.text
    end = text.find("}}", at)
    if end == -1:
        return _unknown(fragment, at, len(text), "unclosed ${{")
    position, terms = at + 3, []
    while match := _TERM.match(text, position, end):
        terms.append(match)
        position = match.end()
        if not match["more"]:
            break
    names = [term["name"] for term in terms[:-1]]
    if not 0 < len(terms) <= _NESTING or terms[-1]["more"] or None in names or terms[0]["name"] is None:
        return _unknown(fragment, at, end + 2, "workflow expression")
    operand: Expression | None = None
    for index, term in reversed(list(enumerate(terms))):
        group = next(group for group in ("name", "text", "number") if term[group] is not None)
        span = fragment.span(at, end + 2) if index == 0 else fragment.span(*term.span(group))
        if group == "name":
            operand = Reference(term["name"], span, ":-" if operand is not None else "", operand)
        else:
            operand = Literal(term[group], span)
    assert operand is not None
    return operand, end + 2
