"""Texts put together from parts: ``%``, ``format``, ``urlunsplit``, ``URL.build``.

Sources: Python library reference, "printf-style String Formatting", "Format String Syntax", ``urllib.parse``; yarl
and pydantic ``build()``, SQLAlchemy ``URL.create()``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from portlint.extractors.python.source import Source
from portlint.text import Span
from portlint.values import Concatenation, Expression, Literal, Unknown

Read = Callable[[ast.expr], Expression]

_BRACE_FIELD = re.compile(r"\{(\w*)(?:![rsa])?(?::[^{}]*)?\}")
_PERCENT_FIELD = re.compile(r"%(?:\((\w+)\))?[-#0-9.+]*[sdir]")


def unknown(node: ast.expr, source: Source, reason: str) -> Unknown:
    """What is not understood, and why."""
    return Unknown(source.text(node)[:80], source.span(node), reason)


def flat(expression: Expression) -> tuple[Expression, ...]:
    """The parts of an expression that are written one after another."""
    return expression.parts if isinstance(expression, Concatenation) else (expression,)


def joined(parts: list[Expression], node: ast.expr, source: Source) -> Expression:
    """Parts one after another."""
    found = [inner for part in parts for inner in flat(part) if not (isinstance(inner, Literal) and not inner.text)]
    if not found:
        return unknown(node, source, "no value")
    return found[0] if len(found) == 1 else Concatenation(tuple(found))


def percent(left: ast.expr, right: ast.expr, read: Read, source: Source) -> Expression:
    """``"http://%s:%d" % (host, port)``."""
    values = right.elts if isinstance(right, ast.Tuple) else [right]
    named = _pairs(right) if isinstance(right, ast.Dict) else {}
    return _filled(left, _PERCENT_FIELD, _picker(values, named), read, source)


def braced(
    template: ast.expr, values: list[ast.expr], named: dict[str, ast.expr], read: Read, source: Source
) -> Expression:
    """``"http://{}:{port}".format(host, port=8000)``."""
    return _filled(template, _BRACE_FIELD, _picker(values, named), read, source)


def _pairs(node: ast.Dict) -> dict[str, ast.expr]:
    keyed = zip(node.keys, node.values, strict=True)
    return {key.value: value for key, value in keyed if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def _picker(values: list[ast.expr], named: dict[str, ast.expr]) -> Callable[[str, int], ast.expr | None]:
    def pick(name: str, index: int) -> ast.expr | None:
        if name and not name.isdigit():
            return named.get(name)
        position = int(name) if name else index
        return values[position] if position < len(values) else None

    return pick


def _filled(
    template: ast.expr,
    pattern: re.Pattern[str],
    pick: Callable[[str, int], ast.expr | None],
    read: Read,
    source: Source,
) -> Expression:
    """A template with its placeholders replaced; each placeholder lies within one run of text."""
    parts: list[Expression] = []
    count = 0
    for part in flat(read(template)):
        if not isinstance(part, Literal):
            parts.append(part)
            continue
        position, exact = 0, part.span.end - part.span.start == len(part.text)
        for match in pattern.finditer(part.text):
            value = pick(match.group(1) or "", count)
            count += 1
            span = Span(part.span.start + match.start(), part.span.start + match.end()) if exact else part.span
            start = Span(part.span.start + position, span.start) if exact else part.span
            parts.append(Literal(part.text[position : match.start()], start))
            inner = None if value is None else read(value)
            parts.append(inner if inner is not None else Unknown(match.group(), span, "no value for placeholder"))
            position = match.end()
        rest = Span(part.span.start + position, part.span.end) if exact else part.span
        parts.append(Literal(part.text[position:], rest))
    return joined(parts, template, source)


def _mark(text: str, span: Span) -> Literal:
    """Text that stands nowhere in the file but comes into being here."""
    return Literal(text, Span(span.start, span.start))


def unsplit(node: ast.Call, elements: list[ast.expr], read: Read, source: Source) -> Expression:
    """``urlunsplit((scheme, netloc, path, query, fragment))`` (Python library reference, ``urllib.parse``)."""
    if len(elements) < 3:
        return unknown(node, source, "too few parts")
    span = source.span(elements[1])
    parts = [read(element) for element in elements[:3]]
    return joined([parts[0], _mark("://", span), parts[1], *_slashed(parts[2])], node, source)


def _slashed(path: Expression) -> list[Expression]:
    first = flat(path)[0]
    if isinstance(first, Literal) and first.text and not first.text.startswith("/"):
        return [_mark("/", first.span), path]
    return [path]


def built(node: ast.Call, read: Read, source: Source) -> Expression:
    """``URL.build(scheme=, host=, port=, path=)`` and ``URL.create(drivername, host=)``."""
    given = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    scheme = given.get("scheme") or given.get("drivername") or (node.args[0] if node.args else None)
    host, port, path = given.get("host"), given.get("port"), given.get("path")
    if scheme is None or host is None:
        return unknown(node, source, "call is not followed")
    parts = [read(scheme), _mark("://", source.span(host)), read(host)]
    if port is not None:
        parts += [_mark(":", source.span(port)), read(port)]
    if path is not None:
        parts += _slashed(read(path))
    return joined(parts, node, source)
