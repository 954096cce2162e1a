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
_STEPS = 2_000
_LONGEST = 4_000
"""How many expressions one value may be made of, and how long it may get: names may multiply at every step."""


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


def resolve(expression: Expression, lookup: Lookup[P]) -> Resolution[P]:
    """What an expression comes to in a scope. Cycles, deep chains and values without measure end as unresolved."""
    return _Run[P](_STEPS).resolve(expression, lookup, frozenset(), 0)


class _Run(Generic[P]):
    """One resolution, with what is left of the steps that it may take."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def resolve(self, expression: Expression, lookup: Lookup[P], seen: frozenset[str], depth: int) -> Resolution[P]:
        self.steps -= 1
        if self.steps < 0 or depth > 100:
            return Resolution(None, reason="made of too many parts")
        match expression:
            case Literal(text=text):
                return Resolution(text)
            case Unknown(reason=reason):
                return Resolution(None, reason=reason)
            case Reference():
                return self._reference(expression, lookup, seen, depth)
            case Concatenation(parts=parts):
                return self._concatenation(parts, lookup, seen, depth)
            case Fallback(options=options):
                return self._fallback(options, lookup, seen, depth)

    def _reference(self, reference: Reference, lookup: Lookup[P], seen: frozenset[str], depth: int) -> Resolution[P]:
        name, operator = reference.name, reference.operator.strip(":")
        key = f"{name}\0{reference.local}"
        if key in seen or len(seen) >= _DEPTH:
            reason = f"{name} refers to itself" if key in seen else f"{name} is too many steps away"
            return self._unset(reference, lookup, seen, depth, reason)
        reason = f"{name} is set nowhere in this tree"
        for binding in lookup(name, reference.local):
            found = self.resolve(binding.value, binding.lookup or lookup, seen | {key}, depth + 1)
            if found.text is None:
                reason = found.reason
                continue
            if not found.text and reference.operator.startswith(":"):
                continue
            if operator == "+" and reference.operand is not None:
                return self.resolve(reference.operand, lookup, seen, depth + 1)
            sources = (*((binding.place,) if binding.place is not None else ()), *found.sources)
            return Resolution(found.text, (f"{name} from {binding.where}", *found.steps), sources)
        return self._unset(reference, lookup, seen, depth, reason)

    def _unset(
        self, reference: Reference, lookup: Lookup[P], seen: frozenset[str], depth: int, reason: str
    ) -> Resolution[P]:
        operator = reference.operator.strip(":")
        if reference.operand is not None and operator in ("-", "="):
            found = self.resolve(reference.operand, lookup, seen, depth + 1)
            steps = (f"{reference.name} is not set, its default", *found.steps)
            return Resolution(found.text, steps, found.sources, found.reason)
        if operator == "+":
            return Resolution("")
        return Resolution(None, reason=reason)

    def _concatenation(
        self, parts: Sequence[Expression], lookup: Lookup[P], seen: frozenset[str], depth: int
    ) -> Resolution[P]:
        texts: list[str] = []
        steps: list[str] = []
        sources: list[P] = []
        length = 0
        for part in parts:
            found = self.resolve(part, lookup, seen, depth + 1)
            if found.text is None:
                return found
            length += len(found.text)
            if length > _LONGEST and len(sources) > 1:
                return Resolution(None, reason="too long")
            texts.append(found.text)
            steps.extend(found.steps)
            sources.extend(found.sources)
        return Resolution("".join(texts), tuple(steps), tuple(sources))

    def _fallback(
        self, options: Sequence[Expression], lookup: Lookup[P], seen: frozenset[str], depth: int
    ) -> Resolution[P]:
        last: Resolution[P] = Resolution(None, reason="empty")
        for option in options:
            last = self.resolve(option, lookup, seen, depth + 1)
            if last.text:
                return last
        return last
