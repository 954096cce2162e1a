"""The expression model: what a place says, before it is known what that comes to.

One model serves every format: literals, references to variables with their ``${X:-default}`` operators,
concatenations, and fallback chains (``A or B or 8300``). :mod:`portlint.templates` parses the ``${}`` forms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portlint.text import Span


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that is known. ``span`` is where it is written; its slice of the file is the text unless escapes differ."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """The value of a variable, a constant or a settings field.

    ``operator`` is that of POSIX parameter expansion (``:-``, ``-``, ``:=``, ``=``, ``:?``, ``?``, ``:+``, ``+``) or
    empty; ``operand`` is what stands behind it. ``local`` says that the name is a constant of this file (a Python or
    JavaScript variable), to be looked up among the extraction's bindings and nowhere else.
    """

    name: str
    span: Span
    operator: str = ""
    operand: Expression | None = None
    local: bool = False


@dataclass(frozen=True, slots=True)
class Concatenation:
    """Parts written one after another: ``http://$HOST:${PORT}/``, f-strings, ``a + ":" + b``."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Fallback:
    """The first of several that is set: ``os.getenv("A") or os.getenv("B") or "8300"``, ``a ?? b``."""

    options: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """What portlint does not understand, as written, and why."""

    text: str
    span: Span
    reason: str


Expression = Literal | Reference | Concatenation | Fallback | Unknown


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all it is made of, outermost first, in the order written."""
    stack = [expression]
    while stack:
        current = stack.pop()
        yield current
        match current:
            case Reference(operand=operand) if operand is not None:
                stack.append(operand)
            case Concatenation(parts=parts) | Fallback(options=parts):
                stack.extend(reversed(parts))


def span_of(expression: Expression) -> Span:
    """From the first to the last character of an expression as written."""
    match expression:
        case Concatenation(parts=parts) | Fallback(options=parts):
            return Span(span_of(parts[0]).start, span_of(parts[-1]).end) if parts else Span(0, 0)
        case _:
            return expression.span


def concatenate(parts: list[Expression]) -> Expression:
    """One expression from parts in order; neighbouring literals that touch in the file become one.

    Empty literals (where a line was joined to the next) count only between two literals.
    """
    merged: list[Expression] = []
    run: list[Literal] = []
    for part in parts:
        if not isinstance(part, Literal):
            merged.extend(_joined(run))
            merged.append(part)
            run = []
        elif run and run[-1].span.end != part.span.start:
            merged.extend(_joined(run))
            run = [part]
        else:
            run.append(part)
    merged.extend(_joined(run))
    if not merged:
        return parts[0] if parts else Literal("", Span(0, 0))
    return merged[0] if len(merged) == 1 else Concatenation(tuple(merged))


def _joined(run: list[Literal]) -> list[Literal]:
    """Literals that touch as one, or none where all of them are empty."""
    stated = [literal for literal in run if literal.text]
    if len(stated) < 2:
        return stated
    return [Literal("".join(literal.text for literal in stated), Span(stated[0].span.start, stated[-1].span.end))]


def literal_text(expression: Expression) -> str | None:
    """The text of an expression that is wholly literal, else ``None``."""
    match expression:
        case Literal(text=text):
            return text
        case Concatenation(parts=parts):
            texts = [literal_text(part) for part in parts]
            return None if any(text is None for text in texts) else "".join(text or "" for text in texts)
        case _:
            return None


def describe(expression: Expression) -> str:
    """The expression in words for a table: ``from A, else B + C, else 8300``."""
    match expression:
        case Literal(text=text):
            return text
        case Reference(name=name, operator=operator, operand=operand):
            same = isinstance(operand, Reference) and operand.name == name
            if operand is not None and operator.strip(":") in ("-", "=") and not same:
                return f"{name}, else {describe(operand)}"
            return name
        case Concatenation(parts=parts):
            named = [describe(part) for part in parts if not isinstance(part, Literal)]
            return " + ".join(named)
        case Fallback(options=options):
            return ", else ".join(describe(option) for option in options)
        case Unknown(text=text):
            return text
