"""From expressions to values: what ``$X``, ``${A:-b}``, constants and fallback chains come to, and how.

Resolution is lexical and static: a name is looked up in the tables of a scope, nearest first; what is nowhere to be
found is unresolved, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, Unknown

P = TypeVar("P")
_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Resolution(Generic[P]):
    """What an expression comes to. ``text`` is ``None`` where that is not known; ``reason`` then says why."""

    text: str | None
    steps: tuple[str, ...] = ()
    sources: tuple[P, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Binding(Generic[P]):
    """What a table says of a name: an expression and the place that states it."""

    value: Expression
    place: P | None
    where: str
    lookup: Callable[[str, bool], Sequence[Binding[P]]] | None = None
    """The scope in which the expression itself is resolved, where it is not the asking one's."""


Lookup = Callable[[str, bool], Sequence[Binding[P]]]
"""From a name, and whether it is a constant of the file, to what states it, most binding first."""


def resolve(expression: Expression, lookup: Lookup[P], seen: frozenset[str] = frozenset()) -> Resolution[P]:
    """What an expression comes to in a scope. Cycles and deep chains end as unresolved."""
    match expression:
        case Literal(text=text):
            return Resolution(text)
        case Unknown(reason=reason):
            return Resolution(None, reason=reason)
        case Reference():
            return _reference(expression, lookup, seen)
        case Concatenation(parts=parts):
            return _concatenation(parts, lookup, seen)
        case Fallback(options=options):
            return _fallback(options, lookup, seen)


def _reference(reference: Reference, lookup: Lookup[P], seen: frozenset[str]) -> Resolution[P]:
    name, operator = reference.name, reference.operator.strip(":")
    key = f"{name}\0{reference.local}"
    if key not in seen and len(seen) < _DEPTH:
        for binding in lookup(name, reference.local):
            found = resolve(binding.value, binding.lookup or lookup, seen | {key})
            if found.text is None or (not found.text and reference.operator.startswith(":")):
                continue
            if operator == "+":
                break
            sources = (*((binding.place,) if binding.place is not None else ()), *found.sources)
            return Resolution(found.text, (f"{name} from {binding.where}", *found.steps), sources)
        else:
            return _unset(reference, lookup, seen)
        if reference.operand is not None:
            return resolve(reference.operand, lookup, seen)
    return _unset(reference, lookup, seen)


def _unset(reference: Reference, lookup: Lookup[P], seen: frozenset[str]) -> Resolution[P]:
    operator = reference.operator.strip(":")
    if reference.operand is not None and operator in ("-", "="):
        found = resolve(reference.operand, lookup, seen)
        return Resolution(found.text, (f"{reference.name} is not set, its default", *found.steps), found.sources, found.reason)
    if operator == "+":
        return Resolution("")
    return Resolution(None, reason=f"{reference.name} is set nowhere in this tree")


def _concatenation(parts: Sequence[Expression], lookup: Lookup[P], seen: frozenset[str]) -> Resolution[P]:
    texts: list[str] = []
    steps: list[str] = []
    sources: list[P] = []
    for part in parts:
        found = resolve(part, lookup, seen)
        if found.text is None:
            return found
        texts.append(found.text)
        steps.extend(found.steps)
        sources.extend(found.sources)
    return Resolution("".join(texts), tuple(steps), tuple(sources))


def _fallback(options: Sequence[Expression], lookup: Lookup[P], seen: frozenset[str]) -> Resolution[P]:
    last: Resolution[P] = Resolution(None, reason="empty")
    for option in options:
        last = resolve(option, lookup, seen)
        if last.text:
            return last
    return last
