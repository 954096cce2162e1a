"""What YAML scalars say: variables in the format's own dialect, template expressions, comments beside settings.

Template forms: Helm "Values files" and Sprig ``default``; Jinja ``default`` filter; Ruby ``ENV``; dbt ``env_var``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from portlint import prose, templates, yamltext
from portlint.collecting import Collector
from portlint.model import Occurrence, Remark, Role
from portlint.templates import Dialect
from portlint.text import Fragment, Lines, Span
from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, Unknown, concatenate
from portlint.yamltree import Node, Tree, scalars

_LITERAL = r"""["']?(?P<default>[^"'\s|(){}]*)["']?"""
_FILTERS = r"(?:\s*\|\s*(?:quote|squote|toString|int|int64|string|trim|lower|upper|atoi)\b)*"
_NAME = r"(?:\$?\.Values\.|\$?\.|\$)?(?P<name>[A-Za-z_][\w\-]*(?:\.[A-Za-z_][\w\-]*)*)"
_BUILT_IN = frozenset({"Release", "Chart", "Capabilities", "Template", "Files", "if", "end", "else", "range", "with"})
_FORMS = tuple(
    re.compile(form + _FILTERS)
    for form in (
        _NAME,
        _NAME + _FILTERS + r"\s*\|\s*default\s*\(?\s*" + _LITERAL + r"\s*\)?",
        r"default\s+" + _LITERAL + r"\s+" + _NAME,
        r"""(?:env|env_var|lookup)\s*\(?\s*(?:["']env["']\s*,\s*)?["'](?P<name>\w+)["']\s*(?:,\s*"""
        + _LITERAL
        + r")?\s*\)?",
        r"""ENV\s*\[\s*["'](?P<name>\w+)["']\s*\](?:\s*\|\|\s*""" + _LITERAL + r")?",
        r"""ENV\.fetch\s*\(?\s*["'](?P<name>\w+)["']\s*(?:,\s*"""
        + _LITERAL
        + r""")?\s*\)?(?:\s*\{\s*["']?(?P<block>[^"'{}]*?)["']?\s*\})?""",
    )
)
_INNER = re.compile(r"(?:\{\{-?|<%[=-]?)\s*(?P<inner>.*?)\s*(?:-?\}\}|-?%>)", re.DOTALL)
_DIGITS = re.compile(r"[0-9]{2}")
_DISABLED = re.compile(
    r"#\s*(?:-\s*)?(?:image|build|ports|expose|environment|env_file|volumes|services|containers|command|container_name"
    r"|labels|healthcheck|depends_on|networks|containerPort|targetPort)\s*:\s*(?:$|[^\s])",
)
_IMAGE = re.compile(r"\bimage\s*:")
_MAPPING_ENTRY = re.compile(r"#\s*-\s*[\"']?[\d.:\[\]-]+(?:/\w+)?[\"']?\s*$")
_SETTERS = frozenset({Role.DECLARES, Role.LISTENS, Role.DEFAULTS})


def expression(node: Node, dialect: Dialect) -> Expression:
    """A scalar as an expression: template expressions first, the dialect's variables in what is left."""
    return parse(node.fragment, dialect)


def parse(fragment: Fragment, dialect: Dialect) -> Expression:
    """A fragment as an expression, template expressions included."""
    text = fragment.text
    if "{{" not in text and "<%" not in text:
        return templates.parse(fragment, dialect)
    parts: list[Expression] = []
    position = 0
    for match in yamltext.ACTION.finditer(text):
        if match.start() > position:
            parts.append(templates.parse(fragment.cut(position, match.start()), dialect))
        parts.append(_template(fragment.cut(*match.span())))
        position = match.end()
    if position < len(text):
        parts.append(templates.parse(fragment.cut(position, len(text)), dialect))
    return concatenate([inner for part in parts for inner in _flat(part)])


def _flat(part: Expression) -> tuple[Expression, ...]:
    return part.parts if isinstance(part, Concatenation) else (part,)


def _template(fragment: Fragment) -> Expression:
    match = _INNER.fullmatch(fragment.text)
    inner, shift = (match.group("inner"), match.start("inner")) if match else ("", 0)
    for form in _FORMS:
        found = form.fullmatch(inner) if len(inner) < 300 else None
        if found is None or found.group("name").split(".")[0] in _BUILT_IN:
            continue
        groups = found.groupdict()
        group = "block" if groups.get("block") else "default"
        operand = None
        if groups.get(group):
            start, end = found.span(group)
            operand = Literal(groups[group], fragment.span(shift + start, shift + end))
        local = inner.startswith("$") and not inner.startswith("$.")
        return Reference(found.group("name"), fragment.whole, ":-" if operand else "", operand, local)
    return Unknown(fragment.text, fragment.whole, "template expression")


def known_text(value: Expression) -> str:
    """The likeliest text of a path, image or name: defaults taken, other variables as ``${NAME}``."""
    match value:
        case Literal(text=text):
            return text
        case Reference(operand=operand, operator=operator) if operand is not None and operator.strip(":") in "-=":
            return known_text(operand)
        case Reference(name=name):
            return f"${{{name}}}"
        case Concatenation(parts=parts):
            return "".join(known_text(part) for part in parts)
        case Fallback(options=options):
            return known_text(options[-1]) if options else ""
        case Unknown(text=text):
            return text


class Pair(NamedTuple):
    """A variable as given: its value, or ``None`` where only the name stands, and the name's own place."""

    name: str
    value: Fragment | None
    key: Fragment


def pairs(node: Node | None) -> list[Pair]:
    """Variables given as a mapping, a list of ``NAME=value``, or a list of ``{name, value}`` or one-key mappings."""
    found: list[Pair] = []
    if node is None:
        return found
    for name, key, value in node.items():
        found.append(Pair(name, None if value.is_null else value.fragment, key.fragment))
    for element in node.elements():
        if element.kind == "map":
            key_node, inner = element.get("name") or element.get("key"), element.get("value")
            if key_node is not None and inner is not None:
                found.append(Pair(key_node.text, inner.fragment, key_node.fragment))
            elif key_node is None:
                found.extend(pairs(element))
            continue
        whole = element.fragment
        split = whole.text.find("=")
        if split > 0:
            value_part = _unquoted(whole.cut(split + 1, len(whole.text)))
            found.append(Pair(whole.text[:split].strip(), value_part, whole.cut(0, split)))
        elif whole.text:
            found.append(Pair(whole.text, None, whole))
    return found


def _unquoted(fragment: Fragment) -> Fragment:
    text = fragment.text
    quoted = len(text) >= 2 and text[0] in "'\"" and text[-1] == text[0]
    return fragment.cut(1, len(text) - 1) if quoted else fragment


def repeated(node: Node, into: Collector, prefix: str = "") -> None:
    """A remark for each key that a mapping itself holds twice."""
    for name, first, last in node.duplicates():
        repeat(into, prefix + name, first, last)


def repeated_pairs(node: Node, into: Collector) -> None:
    """A remark for each variable that a list of ``NAME=value`` holds twice."""
    seen: dict[str, Fragment] = {}
    for element in node.elements():
        name, separator, _ = element.text.partition("=")
        if not separator or element.kind != "scalar":
            continue
        value = element.fragment.cut(len(name) + 1, len(element.text))
        if name in seen:
            _remark(into, name, seen[name].text, seen[name].whole, value.text, value.whole)
        seen.setdefault(name, value)


def repeat(into: Collector, name: str, first: Node, last: Node) -> None:
    """A remark for one name that two values are given to."""
    _remark(into, name, first.text, first.span, last.text, last.span)


def _remark(into: Collector, name: str, first: str, at: Span, last: str, span: Span) -> None:
    into.remarks.append(
        Remark(
            kind="duplicate-key",
            name=name,
            value=last,
            span=span,
            message=f"{name} is set twice in one mapping",
            related=((at, first, "first set here"),),
        )
    )


def collect_problems(tree: Tree, into: Collector) -> None:
    """Hand on what could not be read."""
    for line, message in tree.problems:
        into.problem(line, message)


def collect_comments(tree: Tree, into: Collector, places: Iterable[tuple[Span, str]] = (), **fields: Any) -> None:
    """Comments with numbers in them, each named after the setting on its line or right below.

    Call it last: the settings are those collected so far. ``places`` are spans of services with their names.
    Blocks of disabled configuration say nothing to anybody and are left out.
    """
    text = tree.source.text
    if "#" not in text:
        return
    inside = [(node.start, node.end) for node in scalars(tree) if "#" in tree.source.masked[node.start : node.end]]
    found = list(yamltext.comments(tree.source, sorted(inside)))
    if not any(_DIGITS.search(text, *span) for span in found):
        return
    lines = Lines(text)
    beside = _settings_by_line(into.occurrences, lines)
    services = list(places)
    for block in _blocks(text, found, lines):
        if any(_DISABLED.match(text, *span) for _, span in block if text[span[0]] == "#"):
            continue
        last = block[-1][0]
        for line, (start, end) in block:
            if not _DIGITS.search(text, start, end) or _MAPPING_ENTRY.match(text, start, end):
                continue
            if _IMAGE.search(text, text.rfind("\n", 0, start) + 1, start):
                continue
            name, service = beside.get(line) or beside.get(last + 1) or ("", "")
            service = service or next((name for span, name in services if span.start <= start < span.end), "")
            comment = Fragment.slice_of(text, start + 1, end)
            prose.collect(comment, into, name=name, commented=True, how="comment", **_service(service), **fields)


def _service(name: str) -> dict[str, str]:
    return {"service": name} if name else {}


def _settings_by_line(occurrences: list[Occurrence], lines: Lines) -> dict[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    for item in occurrences:
        line = lines.position(item.span.start)[0]
        if item.name and item.role in _SETTERS and (line not in found or item.role is not Role.DEFAULTS):
            found.setdefault(line, (item.name, item.service))
        elif line not in found and item.service:
            found[line] = ("", item.service)
    return found


def _blocks(text: str, found: list[tuple[int, int]], lines: Lines) -> list[list[tuple[int, tuple[int, int]]]]:
    """Comments on lines of their own that follow each other; a comment beside something stands alone."""
    blocks: list[list[tuple[int, tuple[int, int]]]] = []
    open_line = -1
    for span in found:
        line, column = lines.position(span[0])
        alone = not text[span[0] - column + 1 : span[0]].strip()
        if alone and line == open_line + 1:
            blocks[-1].append((line, span))
        else:
            blocks.append([(line, span)])
        open_line = line if alone else -1
    return blocks
