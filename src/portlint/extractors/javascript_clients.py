"""Addresses written in JavaScript: URLs and ``host:port`` in texts, and objects with a host and a port.

What an address does follows from the place it stands in (:mod:`portlint.extractors.javascript_roles`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from portlint import names, prose, urls
from portlint.extractors import javascript_roles as roles
from portlint.extractors.javascript_environment import has_variable, is_host, is_port, state_fallback
from portlint.extractors.javascript_expressions import pairs_of, unwrapped
from portlint.extractors.javascript_source import Place, Source
from portlint.model import Kind, Role
from portlint.text import Fragment
from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, literal_text, span_of

if TYPE_CHECKING:
    from tree_sitter import Node

POINTS = re.compile(
    rb"(?:https?|wss?|postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|nats|kafka|mqtts?|tcp|grpc|ldap|"
    rb"smtps?|socks5|clickhouse|neo4j|bolt)://|localhost|127\.0\.0\.1|0\.0\.0\.0|\$\{[\w.]*(?i:host)\w*\}:|[\"'][A-Za-z][\w.\-]*:[0-9]{4,5}[\"']"
)
"""Where in a file an address may stand (bytes)."""
_SCHEME = re.compile(POINTS.pattern.decode().split("|localhost")[0])
_LOGS = re.compile(
    r"(?:.*\.)?(?:console|log|logger|_?logger|winston|pino|signale|consola|debug|spinner|chalk|printInfo|print|alert)"
    r"(?:\.\w+)*|(?:this\.)?(?:fastify|app|server)\.log(?:ger)?\.\w+|(?:\w*Error|toast(?:\.\w+)?|message\.\w+|reject)"
)
_EXPECTS = re.compile(
    r"(?:.*\.)?(?:expect|to[A-Z]\w+|assert\w*|describe|it|test|equal|deepEqual|match|startsWith|includes)"
)
_TEXT_KEYS = frozenset(
    ["description", "help", "title", "label", "message", "placeholder", "tooltip", "hint", "example"]
)
_ADDRESS_KEYS = frozenset(
    "host hosts hostname server servers broker brokers addr address addresses url uri urls endpoint endpoints target "
    "upstream node nodes connection proxy peers".split()
)
_OURS = frozenset("api backend server base origin gateway ws websocket socket frontend app service host".split())
_SINGLE = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*")


def text(node: Node, source: Source) -> None:
    """A string, template or concatenation that may hold an address."""
    node = _outermost(node)
    if source.is_taken(node):
        return
    source.take(node)
    place = source.place(node)
    if place.call and _EXPECTS.fullmatch(place.call):
        return
    value = source.reader.value(node)
    if place.call and _LOGS.fullmatch(place.call):
        _message(node, value, source, "message", place)
        return
    key = place.keys[-1] if place.keys else place.element or place.variable
    if _TEXT_KEYS & set(names.tokens(key)[-1:]):
        _message(node, value, source, key, place, optional=True)
        return
    written = literal_text(value)
    if written is not None and re.search(r"\s", written.strip()) and not written.lstrip().startswith(("http", "ws")):
        _message(node, value, source, "text", place)
        return
    _address(node, value, place, source)


def _address(node: Node, value: Expression, place: Place, source: Source) -> None:
    meaning = roles.of_url(source, place)
    fields: dict[str, Any] = {
        "name": place.name,
        "how": meaning.how,
        "tool": meaning.tool,
        "profile": source.profile(node),
        "label": place.call if meaning.role is Role.CONNECTS else "",
    }
    found = urls.find_urls(value)
    if found:
        kept = [parts for parts in found if worth(parts, place)]
        if kept and place.variable and place.keys and not fields["profile"] and _is_value(node):
            source.into.bind(".".join((place.variable, *place.keys)), value)
        for parts in kept:
            whole = _slice(value, parts)
            source.into.url(meaning.role, whole, **fields)
        if not kept:
            source.into.reads(value)
        return
    written = literal_text(value)
    if written in urls.LOOPBACK - {""}:
        if names.kind_of(fields["name"]) is Kind.HOST:
            source.into.host(meaning.role, value, **fields)
        return
    address = urls.split_address(value)
    if address is None or (written is not None and not _is_address(address, written, place)):
        source.into.reads(value)
        return
    source.into.address(meaning.role, value, **fields)


def _is_value(node: Node) -> bool:
    return node.parent is not None and node.parent.type == "pair"


def _is_address(address: urls.UrlParts, written: str, place: Place) -> bool:
    """``localhost:3000`` anywhere; ``db:5432`` only under a name that announces addresses."""
    if not re.search(r":[0-9]{2,5}(?:/|$)", written):
        return False
    host = literal_text(address.host) if address.host is not None else None
    if host in urls.LOOPBACK - {""}:
        return True
    last = names.tokens(place.keys[-1] if place.keys else place.variable)[-1:]
    return bool(host) and bool(_ADDRESS_KEYS.intersection(last))


def worth(parts: urls.UrlParts, place: Place) -> bool:
    """Whether a URL is one of this system's: a port, a single-word host, a variable, or a name that announces one."""
    scheme = literal_text(parts.scheme) if parts.scheme is not None else None
    if scheme is None or not _SCHEME.fullmatch(f"{scheme.lower()}://"):
        return False
    host = literal_text(parts.host) if parts.host is not None else ""
    if parts.port is not None:
        return host != ""
    if host in urls.LOOPBACK - {""} or (host is not None and _SINGLE.fullmatch(host)):
        return True
    named = place.keys[-1] if place.keys else place.variable
    ours = bool(_OURS.intersection(names.tokens(named)))
    return host != "" and ours and not place.call and not place.element and names.kind_of(named) is Kind.URL


def _slice(value: Expression, parts: urls.UrlParts) -> Expression:
    found = urls.find_urls(value)
    if len(found) == 1 and found[0].span.start == parts.span.start:
        flat, _ = urls.flatten(value)
        match = urls.URL_PATTERN.search(flat)
        if match:
            return urls.slice_expression(value, *match.span())
    flat, _ = urls.flatten(value)
    for match in urls.URL_PATTERN.finditer(flat):
        piece = urls.slice_expression(value, *match.span())
        if span_of(piece).start == parts.span.start:
            return piece
    return value


def _message(node: Node, value: Expression, source: Source, how: str, place: Place, optional: bool = False) -> None:
    """A text for people; a URL with variables in it is taken apart, anything else is prose."""
    if isinstance(value, Concatenation) and has_reference(value):
        flat, _ = urls.flatten(value)
        for match in urls.URL_PATTERN.finditer(flat):
            piece = urls.slice_expression(value, *match.span())
            source.into.url(Role.DOCUMENTS, piece, how=how, optional=optional)
        source.into.reads(value)
        return
    fragment = source.reader.fragment(node)
    if node.type != "string":
        fragment = Fragment.slice_of(source.syntax.text, fragment.start + 1, fragment.start + len(fragment.text) - 1)
    prose.collect(fragment, source.into, how=how, optional=optional)


def has_reference(value: Concatenation) -> bool:
    """Whether a text has variables in it."""
    return any(not isinstance(part, Literal) for part in value.parts)


def _outermost(node: Node) -> Node:
    """The string or template, or the ``+`` chain it is part of."""
    while node.parent is not None and node.type not in ("string", "template_string", "jsx_text"):
        node = node.parent
    while (parent := node.parent) is not None and parent.type == "binary_expression":
        operator = parent.child_by_field_name("operator")
        if operator is None or operator.type != "+":
            break
        node = parent
    return node


def jsx(node: Node, source: Source) -> None:
    """Text between tags is for people."""
    prose.collect(source.syntax.fragment(node), source.into, how="text")


def object_literal(node: Node, source: Source) -> None:
    """Leaves that announce a port or a host, in an object whose place says what it is for."""
    found = pairs_of(node, source.reader)
    ports = [(key, given) for key, given in found if names.kind_of(key) is Kind.PORT]
    hosts = [(key, given) for key, given in found if names.kind_of(key) is Kind.HOST]
    if not ports and not hosts:
        return
    place = source.place(node)
    group = 0
    for key, given in (*ports, *hosts):
        given = unwrapped(given)
        if source.is_taken(given) or given.type not in _LEAVES:
            continue
        value = source.reader.value(given)
        if isinstance(value, Fallback) and not has_variable(value) and state_fallback(key, value, given, source):
            source.take(given)
            continue
        kind = Kind.PORT if (key, given) in ports or names.kind_of(key) is Kind.PORT else Kind.HOST
        if not _plausible(kind, key, value):
            continue
        keys = [*place.keys, key]
        leaf = Place(keys, place.call, place.variable)
        meaning = roles.of(source, leaf)
        if meaning is None and ports and hosts and _written(ports + hosts) and not place.element:
            meaning = roles.Meaning(Role.CONNECTS, "host and port")
        if meaning is None:
            continue
        if place.variable:
            source.into.bind(".".join((place.variable, *keys)), value)
        listens = meaning.role is Role.LISTENS
        if meaning.role is Role.DECLARES and has_variable(value):
            source.into.reads(value, profile=source.profile(given))
        else:
            group = group or source.into.number()
            fields: dict[str, Any] = {
                "how": meaning.how, "tool": meaning.tool, "group": group, "profile": source.profile(given),
                "name": "" if listens and not meaning.tool else ".".join(keys),
                "label": place.call if meaning.role is Role.CONNECTS else "",
            }  # fmt: skip
            source.into.add(kind, meaning.role, value, **fields)
        source.take(given)


_LEAVES = frozenset(
    "string number template_string identifier member_expression subscript_expression binary_expression "
    "call_expression shorthand_property_identifier".split()
)


def _written(found: list[tuple[str, Node]]) -> bool:
    return any(unwrapped(given).type in ("string", "number") for _, given in found)


def _plausible(kind: Kind, key: str, value: Expression) -> bool:
    written = literal_text(value)
    if written is not None:
        return is_port(written) if kind is Kind.PORT else is_host(key, written)
    return isinstance(value, Reference) or has_variable(value)
