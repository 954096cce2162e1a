"""Servers in JavaScript: what they listen on, and the paths they serve.

Sources: nodejs.org ``net.Server.listen``; expressjs.com ``app.listen``, ``app.set``; fastify.dev ``listen``; hono.dev
``serve``; docs.deno.com ``Deno.serve``; bun.com ``Bun.serve``; github.com/websockets/ws ``WebSocketServer``;
grpc.github.io ``bindAsync``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from portlint import names
from portlint.extractors.javascript_environment import has_variable, is_port
from portlint.extractors.javascript_expressions import unwrapped
from portlint.extractors.javascript_source import Source
from portlint.model import Kind, Role
from portlint.values import Expression, Fallback, Literal, Reference, Unknown, literal_text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

ROUTE_METHODS = frozenset("get post put patch delete head options all use route".split())
_ROUTE_OWNER = re.compile(r"(?:this\.|express\.)?(?:app|application|server|fastify|routes?|\w*[rR]outer|\w+App)")
_HANDLERS = frozenset(
    "arrow_function function_expression identifier member_expression call_expression array async_arrow_function".split()
)
_SERVER_OWNER = frozenset({"app", "server", "application", "fastify", "http", "https", "httpserver", "api", "koa"})


def listen(node: Node, owner: str, arguments: list[Node], source: Source) -> None:
    """``listen(port, host?, callback?)``; the form with an object is read where objects are."""
    if not arguments:
        return
    first = unwrapped(arguments[0])
    if first.type in ("object", "arrow_function", "function_expression", "array"):
        return
    value = source.reader.value(first)
    fields: dict[str, Any] = {"how": "listen", "group": source.into.number(), "profile": source.profile(node)}
    text = literal_text(value)
    if text is not None:
        if is_port(text):
            source.into.port(Role.LISTENS, value, **fields)
        elif not re.fullmatch(r"[\w.\-]*:[0-9]{2,5}", text) or not source.into.address(Role.LISTENS, value, **fields):
            return
    elif _announces_port(value) or _holds_port(value, source):
        source.into.port(Role.LISTENS, value, **fields)
    else:
        if any(isinstance(part, Unknown) for part in walk(value)) and _SERVER_OWNER & set(names.tokens(owner)[-1:]):
            source.into.unresolved += 1
        return
    source.take(arguments[0])
    if len(arguments) > 1:
        _listen_host(arguments[1], source, fields)


def _announces_port(value: Expression) -> bool:
    """Whether a variable expression is a port's: by its names, or by a number in its fallback."""
    if isinstance(value, Fallback):
        return any(_announces_port(option) or is_port(literal_text(option)) for option in value.options)
    if isinstance(value, Reference):
        return names.kind_of(value.name.rstrip(")").replace("(", ".")) is Kind.PORT or (
            not value.local and (value.operand is None or is_port(literal_text(value.operand)))
        )
    return False


def _holds_port(value: Expression, source: Source) -> bool:
    """Whether a variable holds what was read of an environment variable for a port."""
    held = source.bound(value.name) if isinstance(value, Reference) and value.local else None
    return isinstance(held, Reference) and names.kind_of(held.name) is Kind.PORT


def _listen_host(node: Node, source: Source, fields: dict[str, object]) -> None:
    value = source.reader.value(node)
    text = literal_text(value)
    if text is not None:
        stated = bool(re.fullmatch(r"[\w.\-]*[A-Za-z.:][\w.\-:]*", text))
    else:
        stated = has_variable(value) or (isinstance(value, Reference) and names.kind_of(value.name) is Kind.HOST)
    if stated:
        source.into.host(Role.LISTENS, value, **fields)
        source.take(node)


def numbered(node: Node, how: str, arguments: list[Node], source: Source, role: Role = Role.LISTENS) -> None:
    """``new Server(3001)``, ``new Redis(6379, "cache")``: a port as the first plain argument, a host as the second."""
    if arguments and arguments[0].type == "number":
        value = source.reader.value(arguments[0])
        if is_port(literal_text(value)):
            fields = {"how": how, "group": source.into.number(), "profile": source.profile(node)}
            source.into.port(role, value, **fields)
            source.take(arguments[0])
            if len(arguments) > 1 and arguments[1].type == "string":
                source.into.host(role, source.reader.value(arguments[1]), **fields)
                source.take(arguments[1])


def bind_address(node: Node, how: str, arguments: list[Node], source: Source) -> None:
    """The address of gRPC's ``server.bindAsync("0.0.0.0:50051", ...)``."""
    if arguments and source.into.address(
        Role.LISTENS, source.reader.value(arguments[0]), how=how, group=source.into.number()
    ):
        source.take(arguments[0])


def application_setting(owner: str, arguments: list[Node], source: Source) -> None:
    """Express ``app.set("port", X)``, read again by ``app.get("port")``."""
    if len(arguments) != 2 or arguments[0].type != "string" or source.reader.fragment(arguments[0]).text != "port":
        return
    value = source.reader.value(arguments[1])
    source.into.bind(f"{owner}.get(port)", value)
    if has_variable(value):
        source.into.reads(value)
    elif is_port(literal_text(value)):
        source.into.port(Role.DEFAULTS, value, name="port", how="app.set")
    source.take(arguments[1])


def route(node: Node, owner: str, method: str, arguments: list[Node], source: Source) -> None:
    """``app.get("/health", handler)``: a path that the server registers."""
    if len(arguments) < 2 or arguments[0].type != "string" or not _ROUTE_OWNER.fullmatch(owner):
        return
    if arguments[-1].type not in _HANDLERS:
        return
    path = source.reader.fragment(arguments[0])
    if path.text.startswith("/") and len(path.text) > 1 and not re.search(r"[*\s:(]", path.text):
        source.into.path(
            Role.LISTENS, Literal(path.text, path.whole), how="route", label=f"{method.upper()} {path.text}"
        )
        source.take(arguments[0])
