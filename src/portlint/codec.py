"""What came of a file as plain data and back: lists, strings, numbers, nothing that could run.

One line of JSON for a file; a record is the list of its fields in the order of the model, without those at its end
that have their default. :func:`decode` trusts its input no further than that: anything else raises ``ValueError``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any

from portlint.directives import Directive
from portlint.model import Extraction, Failure, Kind, Occurrence, Relation, Remark, Role, Service
from portlint.reading import NOTHING, FileFacts, Outcome
from portlint.text import Region, Span
from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, Unknown

NOTHING_TEXT = "0"
"""How a file that holds nothing of ours is written."""

_LITERAL, _REFERENCE, _CONCATENATION, _FALLBACK, _UNKNOWN = range(5)


def encode(outcome: Outcome) -> str:
    """One line of ASCII. Raises ``RecursionError`` for expressions that are nested beyond what JSON is written for."""
    if outcome.facts is None and not outcome.failures:
        return NOTHING_TEXT
    failures = [[item.line, item.message] for item in outcome.failures]
    facts = 0 if outcome.facts is None else _facts(outcome.facts)
    return json.dumps([failures, facts], separators=(",", ":"))


def decode(path: str, text: str) -> Outcome:
    """The inverse of :func:`encode` for a file; raises ``ValueError`` for anything that is not its work."""
    if text == NOTHING_TEXT:
        return NOTHING
    try:
        failures, facts = json.loads(text)
        return Outcome(
            None if facts == 0 else _read_facts(path, facts),
            tuple(Failure(path=path, line=line, message=message) for line, message in failures),
        )
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        raise ValueError(f"not an encoded outcome: {error}") from None


def _facts(facts: FileFacts) -> list[Any]:
    extraction = facts.extraction
    return [
        [_record(item, _OCCURRENCE) for item in extraction.occurrences],
        [_record(item, _SERVICE) for item in extraction.services],
        [_record(item, _RELATION) for item in extraction.relations],
        [_record(item, _REMARK) for item in extraction.remarks],
        [[name, _expression(value)] for name, value in extraction.bindings],
        extraction.unresolved,
        facts.regions,
        facts.remark_regions,
        facts.service_regions,
        [_record(item, _DIRECTIVE) for item in facts.directives],
    ]


def _read_facts(path: str, data: list[Any]) -> FileFacts:
    (occurrences, services, relations, remarks, bindings, unresolved, *places, told) = data
    regions, remark_regions, service_regions = places
    if len(regions) != len(occurrences) or len(remark_regions) not in (0, len(remarks)):
        raise ValueError("places and occurrences differ in number")
    return FileFacts(
        path,
        Extraction(
            tuple(_from_record(item, Occurrence, _OCCURRENCE) for item in occurrences),
            tuple(_from_record(item, Service, _SERVICE) for item in services),
            tuple(_from_record(item, Relation, _RELATION) for item in relations),
            tuple(_from_record(item, Remark, _REMARK) for item in remarks),
            (),
            tuple((name, _read_expression(value)) for name, value in bindings),
            unresolved,
        ),
        tuple(Region(*region) for region in regions),
        tuple(tuple(Region(*region) for region in each) for each in remark_regions),
        tuple(Region(*region) for region in service_regions),
        tuple(_from_record(item, Directive, _DIRECTIVE) for item in told),
    )


def _expression(value: Expression) -> list[Any]:
    match value:
        case Literal(text=text, span=span):
            return [_LITERAL, text, *span]
        case Reference(name=name, span=span, operator=operator, operand=operand, local=local):
            if operand is None and not operator and not local:
                return [_REFERENCE, name, *span]
            return [_REFERENCE, name, *span, operator, operand and _expression(operand), int(local)]
        case Concatenation(parts=parts):
            return [_CONCATENATION, *map(_expression, parts)]
        case Fallback(options=options):
            return [_FALLBACK, *map(_expression, options)]
        case Unknown(text=text, span=span, reason=reason):
            return [_UNKNOWN, text, *span, reason]


def _read_expression(data: list[Any]) -> Expression:
    tag = data[0]
    if tag == _LITERAL:
        _, text, start, end = data
        return Literal(text, Span(start, end))
    if tag == _REFERENCE:
        _, name, start, end, *rest = data
        if not rest:
            return Reference(name, Span(start, end))
        operator, operand, local = rest
        return Reference(name, Span(start, end), operator, operand and _read_expression(operand), bool(local))
    if tag == _CONCATENATION:
        return Concatenation(tuple(_read_expression(part) for part in data[1:]))
    if tag == _FALLBACK:
        return Fallback(tuple(_read_expression(part) for part in data[1:]))
    if tag == _UNKNOWN:
        _, text, start, end, reason = data
        return Unknown(text, Span(start, end), reason)
    raise ValueError(f"no expression has the tag {tag!r}")


def _related(data: list[Any]) -> tuple[tuple[Span, str, str], ...]:
    return tuple((Span(*span), value, what) for span, value, what in data)


_Reader = Callable[[Any], Any]
_Field = tuple[str, Any, _Reader | None]
"""Name, default, and how the field is read where plain data are not yet the value."""


_READERS: dict[str, _Reader | None] = {
    "str": None,
    "int": None,
    "bool": None,
    "str | None": None,
    "Kind": Kind,
    "Role": Role,
    "Span": Span._make,
    "Region": Region._make,
    "Expression": _read_expression,
    "tuple[str, ...]": tuple,
    "tuple[tuple[Span, str, str], ...]": _related,
}
"""How a field of the model is read, by the type that it is annotated with."""


def _layout(model: type) -> tuple[_Field, ...]:
    return tuple((item.name, item.default, _READERS[str(item.type)]) for item in fields(model))


_OCCURRENCE, _SERVICE, _RELATION, _REMARK = map(_layout, (Occurrence, Service, Relation, Remark))
_DIRECTIVE = _layout(Directive)


def _record(item: Any, layout: tuple[_Field, ...]) -> list[Any]:
    last, values = 0, []
    for name, default, reader in layout:
        value = getattr(item, name)
        values.append(_expression(value) if reader is _read_expression else value)
        if default is MISSING or value != default:
            last = len(values)
    return values[:last]


def _from_record(data: list[Any], model: Callable[..., Any], layout: tuple[_Field, ...]) -> Any:
    if len(data) > len(layout):
        raise ValueError("more fields than the model has")
    return model(
        **{
            name: value if reader is None else reader(value)
            for value, (name, _, reader) in zip(data, layout, strict=False)
        }
    )
