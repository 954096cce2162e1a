"""A file within a file: a ConfigMap entry, a heredoc. Its own extractor reads it, the places are brought back."""

from __future__ import annotations

from dataclasses import replace

from portlint.errors import UnreadableInput
from portlint.extractors import extractor, format_of
from portlint.model import Extraction
from portlint.text import Fragment, Span
from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, Unknown


def extract(name: str, fragment: Fragment) -> Extraction | None:
    """What the extractor for a file of this name says of a fragment; ``None`` where there is none for it."""
    found = format_of(name)
    if found is None:
        return None
    try:
        return transplant(extractor(found.name)(name, fragment.text), fragment)
    except (UnreadableInput, ImportError):
        return None


def transplant(extraction: Extraction, fragment: Fragment) -> Extraction:
    """An extraction of the fragment's text with the places of the file around it. Problems lose their line."""
    return replace(
        extraction,
        occurrences=tuple(
            replace(item, span=_span(item.span, fragment), value=_expression(item.value, fragment))
            for item in extraction.occurrences
        ),
        services=(),
        relations=tuple(replace(item, span=_span(item.span, fragment)) for item in extraction.relations),
        remarks=tuple(
            replace(
                item,
                span=_span(item.span, fragment),
                related=tuple((_span(span, fragment), value, what) for span, value, what in item.related),
            )
            for item in extraction.remarks
        ),
        problems=(),
        bindings=tuple((name, _expression(value, fragment)) for name, value in extraction.bindings),
    )


def _span(span: Span, fragment: Fragment) -> Span:
    return fragment.span(*span)


def _expression(value: Expression, fragment: Fragment) -> Expression:
    match value:
        case Literal(text=text, span=span):
            return Literal(text, _span(span, fragment))
        case Unknown(text=text, span=span, reason=reason):
            return Unknown(text, _span(span, fragment), reason)
        case Reference(span=span, operand=operand):
            inner = _expression(operand, fragment) if operand is not None else None
            return replace(value, span=_span(span, fragment), operand=inner)
        case Concatenation(parts=parts):
            return Concatenation(tuple(_expression(part, fragment) for part in parts))
        case Fallback(options=options):
            return Fallback(tuple(_expression(option, fragment) for option in options))
