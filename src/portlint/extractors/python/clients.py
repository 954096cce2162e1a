"""Addresses that code connects to: URLs, ``host:port`` texts, ``host=``/``port=`` arguments, dict literals."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

from portlint import knowledge, names, prose, urls
from portlint.extractors.python import emitting, hosts
from portlint.extractors.python.context import Context, announces
from portlint.extractors.python.reading import fragment, is_none, is_string, read
from portlint.knowledge import Knowledge
from portlint.model import Kind, Role
from portlint.values import (
    Concatenation,
    Expression,
    Fallback,
    Literal,
    Reference,
    Unknown,
    literal_text,
    span_of,
    walk,
)

_CLIENT = frozenset(
    """
    client connect connection connector pool engine channel redis kafka mongo mongodb postgres postgresql mysql
    psycopg asyncpg aiomysql pika rabbitmq amqp elasticsearch opensearch memcached memcache smtp mqtt nats
    qdrant milvus weaviate chroma clickhouse cassandra statsd sftp ldap zookeeper consul vault minio tcp
    producer consumer driver session requests request http
    """.split()
)
_ADDRESS_KEYWORD = frozenset("servers server hosts brokers broker endpoint endpoints address target location".split())
_SPEAKING = frozenset(
    """
    print debug info warning warn error critical exception log success secho echo write print_exc fail exit
    markdown caption skip rule
    """.split()
)


def string(node: ast.expr, context: Context, label: str, call: ast.Call | None) -> None:
    """A string that no other part has claimed: every URL of this machine or of a neighbour that it names."""
    if isinstance(node, ast.Constant) and "://" not in str(node.value):
        return
    _urls_in(read(node, context), node, context, label, call)


def _urls_in(value: Expression, node: ast.expr, context: Context, label: str, call: ast.Call | None) -> None:
    text, _ = urls.flatten(value)
    found = [
        (match, parts)
        for match, parts in zip(urls.URL_PATTERN.finditer(text), urls.find_urls(value), strict=True)
        if _matters(parts, context)
    ]
    if not found:
        if isinstance(value, Concatenation):
            context.into.reads(value)
        return
    message = _speaks(call)
    if message or "\n" in text or (" " in text.strip() and found[0][0].start() > 0):
        if message and isinstance(node, ast.Constant):
            emitting.text(node, context, how="message")
        elif message:
            for match, _ in found:
                part = urls.slice_expression(value, *match.span())
                context.into.url(Role.DOCUMENTS, part, how="message", label=label)
        return
    for match, _ in found:
        role = Role.ALLOWS if emitting.is_allow_list(label) else Role.CONNECTS
        context.into.url(role, urls.slice_expression(value, *match.span()), how="URL", label=label)


def composed(node: ast.BinOp, context: Context, label: str, call: ast.Call | None) -> bool:
    """A URL put together with ``+`` or ``%``; ``False`` where the parts are to be looked at one by one."""
    value = read(node, context)
    if not isinstance(value, Concatenation) or "://" not in urls.flatten(value)[0]:
        return False
    _urls_in(value, node, context, label, call)
    emitting.take(node, context)
    return True


def _matters(parts: urls.UrlParts, context: Context) -> bool:
    if parts.host is None:
        return False
    host = literal_text(parts.host)
    scheme = literal_text(parts.scheme) if parts.scheme is not None else None
    if host is None and parts.port is None:
        written = [part.text for part in walk(parts.host) if isinstance(part, Literal)]
        if not context.tells(parts.host) or any("." in text for text in written):
            return False
    if parts.port is None and scheme is not None and scheme.lower().partition("+")[0] not in _schemes(knowledge.load()):
        return False
    return host is None or (host != "" and hosts.is_local(host))


@lru_cache(maxsize=4)
def _schemes(facts: Knowledge) -> frozenset[str]:
    known = {scheme.partition("+")[0] for scheme in facts.by_scheme}
    return frozenset(known | set(urls.DEFAULT_PORTS) - {"ssh"} | {"redis", "rediss", "amqp", "amqps", "postgresql"})


def _speaks(call: ast.Call | None) -> bool:
    if call is None:
        return False
    func = call.func
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    return name in _SPEAKING or name.endswith(("Error", "Exception", "Warning"))


def arguments(node: ast.Call, context: Context) -> bool:
    """``Redis(host="cache", port=6380)`` and ``KafkaProducer(bootstrap_servers="kafka:9092")``."""
    given = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("connect", "create_connection", "connect_ex"):
        pair = node.args[0] if node.args else None
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
            given = {"host": pair.elts[0], "port": pair.elts[1], **given}
    host, port = given.get("host") or given.get("hostname"), given.get("port")
    addressed = [
        value
        for name, value in given.items()
        if set(names.tokens(name)[-1:]) & _ADDRESS_KEYWORD and not emitting.is_allow_list(name)
    ]
    if host is None and port is None and not addressed:
        return False
    callee = context.dotted(node.func)
    words = names.tokens(callee)
    fields: dict[str, Any] = {"label": _label(node.func, callee), "group": 0}
    done = False
    known = knowledge.load().by_word
    client = bool(set(words) & _CLIENT) or any(word.upper() in known for word in words)
    if port is not None and (client or (host is not None and not _is_class_of_data(words))):
        fields["group"] = context.into.number()
        done = _argument(port, Kind.PORT, fields, context)
        if host is not None:
            done = _argument(host, Kind.HOST, fields, context) or done
    elif host is not None and client:
        done = _argument(host, Kind.HOST, fields, context)
    for value in addressed:
        for element in value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]:
            done = _address(element, fields, context) or done
    return done


def _is_class_of_data(words: tuple[str, ...]) -> bool:
    return bool(set(words[-2:]) & {"dict", "model", "spec", "record", "row", "item", "info", "run"})


def _label(func: ast.expr, callee: str) -> str:
    return callee or (func.attr if isinstance(func, ast.Attribute) else "")


def _argument(node: ast.expr, kind: Kind, fields: dict[str, Any], context: Context) -> bool:
    if is_none(node):
        return False
    value = read(node, context)
    if isinstance(value, Fallback):
        kept = tuple(option for option in value.options if not isinstance(option, Unknown))
        value = Fallback(kept) if len(kept) > 1 else kept[0] if kept else value
    text = literal_text(value)
    if isinstance(value, Unknown) or not context.tells(value):
        return False
    if kind is Kind.PORT and text is not None and not emitting.is_number(Literal(text, span_of(value))):
        return False
    if kind is Kind.HOST and text is not None and (" " in text or "/" in text):
        return False
    context.into.add(kind, Role.CONNECTS, value, how=f"{kind.value}=", **fields)
    emitting.take(node, context)
    return True


def _address(node: ast.expr, fields: dict[str, Any], context: Context) -> bool:
    value = read(node, context)
    parts = urls.split_address(value)
    if parts is None or parts.host is None or parts.port is None:
        return False
    host = literal_text(parts.host)
    if host is not None and not hosts.is_local(host):
        return False
    emitting.take(node, context)
    return context.into.address(Role.CONNECTS, value, how="address", **fields)


def mapping(name: str, node: ast.Dict, context: Context, depth: int = 0) -> None:
    """A dict literal of settings: each entry is named by the keys that lead to it (``DATABASES.default.PORT``)."""
    if depth > 8 or node in context.taken:
        return
    context.taken.add(node)
    keys = [key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    addressed = {key.lower() for key in keys} & {"host", "hostname", "server", "url", "location"}
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant):
            continue
        label = f"{name}.{key.value!s}" if name else str(key.value)
        if isinstance(value, ast.Dict):
            mapping(label, value, context, depth + 1)
        elif isinstance(value, (ast.List, ast.Tuple)):
            for element in value.elts:
                if isinstance(element, ast.Dict):
                    mapping(label, element, context, depth + 1)
                else:
                    _entry(label, str(key.value), element, bool(addressed), depth, context)
        else:
            _entry(label, str(key.value), value, bool(addressed), depth, context)


def _entry(label: str, key: str, value: ast.expr, addressed: bool, depth: int, context: Context) -> None:
    kind = announces(key)
    if kind is Kind.PORT and not addressed and not key.isupper() and "_" not in key:
        return
    if kind is Kind.HOST and key.lower() not in ("host", "hostname") and not key.isupper():
        kind = None
    if kind is not None or (is_string(value) and _is_address(value, context)):
        role = Role.ALLOWS if emitting.is_allow_list(key) else Role.CONNECTS
        emitting.setting(label, value, context, role, how="dict entry")


def _is_address(node: ast.expr, context: Context) -> bool:
    expression: Expression = read(node, context)
    text = literal_text(expression)
    if text is not None and ("://" in text or " " in text):
        return False
    parts = urls.split_address(expression)
    return parts is not None and parts.host is not None and not isinstance(parts.host, Reference)


def words_for_people(node: ast.expr, context: Context) -> None:
    """A text constant that is shown to people as it is (``USAGE``, ``EPILOG``)."""
    piece = fragment(node, context)
    if piece is not None:
        prose.collect(piece, context.into, how="text")
        context.taken.add(node)
