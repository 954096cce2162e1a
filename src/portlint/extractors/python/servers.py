"""Calls that open a server in Python, and what they listen on.

Which argument holds host and port: the signatures in each library's reference (uvicorn 0.30, hypercorn 0.17, Flask 3,
aiohttp 3, waitress 3, Tornado 6, gevent 24, Twisted 24, gRPC 1.6x, Gradio 4, Dash 2, websockets 13, Python 3.13).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from portlint import knowledge
from portlint.extractors.python import emitting
from portlint.extractors.python.context import Context
from portlint.extractors.python.reading import is_none, read
from portlint.model import Role
from portlint.values import Expression, Fallback, Literal, Unknown, literal_text


@dataclass(frozen=True, slots=True)
class Call:
    """Where a call takes host and port: positions (-1: keyword only) and keywords; ``pair`` is one tuple of both."""

    tool: str = ""
    host: int = -1
    port: int = -1
    pair: int = -1
    address: int = -1
    """Position of a ``host:port`` text."""
    names: tuple[str, str] = ("host", "port")


_PAIR = Call(pair=0)
_KEYWORDS = Call()
_FUNCTIONS = {
    "uvicorn.run": Call("uvicorn"),
    "uvicorn.Config": Call("uvicorn"),
    "aiohttp.web.run_app": Call("aiohttp"),
    "aiohttp.web.TCPSite": Call("aiohttp", host=1, port=2),
    "waitress.serve": Call("waitress"),
    "http.server.HTTPServer": _PAIR,
    "http.server.ThreadingHTTPServer": _PAIR,
    "socketserver.TCPServer": _PAIR,
    "socketserver.ThreadingTCPServer": _PAIR,
    "socketserver.UDPServer": _PAIR,
    "socketserver.ThreadingUDPServer": _PAIR,
    "xmlrpc.server.SimpleXMLRPCServer": _PAIR,
    "wsgiref.simple_server.make_server": Call(host=0, port=1),
    "werkzeug.serving.run_simple": Call(host=0, port=1, names=("hostname", "port")),
    "asyncio.start_server": Call(host=1, port=2),
    "gevent.pywsgi.WSGIServer": _PAIR,
    "gevent.server.StreamServer": _PAIR,
    "eventlet.listen": _PAIR,
    "bottle.run": Call("bottle"),
    "fasthtml.common.serve": Call("fasthtml"),
    "websockets.serve": Call(host=1, port=2),
    "websockets.asyncio.server.serve": Call(host=1, port=2),
    "prometheus_client.start_http_server": Call(port=0, host=1, names=("addr", "port")),
    "debugpy.listen": Call(pair=0, port=0),
    "granian.Granian": Call("granian", names=("address", "port")),
    "nicegui.ui.run": Call("nicegui"),
}
_RECEIVERS = {
    "flask.Flask": "flask",
    "flask_socketio.SocketIO": "flask",
    "quart.Quart": "quart",
    "sanic.Sanic": "sanic",
    "bottle.Bottle": "bottle",
    "dash.Dash": "dash",
    "gradio.Interface": "gradio",
    "gradio.Blocks": "gradio",
    "gradio.ChatInterface": "gradio",
}
_METHODS = {
    "run": _KEYWORDS,
    "run_server": _KEYWORDS,
    "launch": Call(names=("server_name", "server_port")),
    "create_server": Call(host=1, port=2),
    "start_server": Call(host=1, port=2),
    "make_server": Call(host=0, port=1),
    "add_insecure_port": Call(address=0, names=("", "")),
    "add_secure_port": Call(address=0, names=("", "")),
    "listenTCP": Call(port=0, names=("interface", "port")),
    "bind": _PAIR,
}


def collect(node: ast.Call, context: Context) -> bool:
    """The listeners that a call opens; ``False`` where it opens none."""
    found = _spec(node, context)
    if found is None:
        return False
    spec, tool, framework = found
    arguments = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    for key, position in zip(spec.names, (spec.host, spec.port), strict=True):
        if position != -1 and position < len(node.args) and key not in arguments and spec.pair == -1:
            arguments[key] = node.args[position]
    host, port = arguments.get(spec.names[0]), arguments.get(spec.names[1])
    fields: dict[str, Any] = {"group": context.into.number(), "tool": tool, "target": _target(node)}
    if spec.pair != -1:
        pair = node.args[spec.pair] if len(node.args) > spec.pair else arguments.get("server_address")
        if isinstance(pair, ast.Tuple) and len(pair.elts) >= 2:
            host, port = pair.elts[0], pair.elts[1]
        elif pair is not None and spec.port != -1 and host is None:
            port = pair
        else:
            return False
    if spec.address != -1:
        return _address(node, spec, fields, context)
    listen = arguments.get("listen") or arguments.get("bind")
    if listen is not None and port is None and tool in ("waitress", "hypercorn"):
        return listens(listen, fields, context)
    if port is None and host is None and not framework:
        return False
    if host is not None and not is_none(host):
        _one(host, "host", fields, context)
    if port is not None and not is_none(port):
        _one(port, "port", fields, context)
    elif framework and not any(keyword.arg is None for keyword in node.keywords):
        _tool_default(node, tool, fields, context)
    return True


def listens(node: ast.expr, fields: dict[str, Any], context: Context, how: str = "bind") -> bool:
    """``host:port`` that a server binds to, or a list of them."""
    elements = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
    done = False
    for element in elements:
        value = read(element, context)
        role = Role.PASSES if context.flows_from_setting(value) else Role.LISTENS
        if context.into.address(role, value, how=how, **fields):
            emitting.take(element, context)
            done = True
        elif isinstance(value, Unknown):
            context.into.unresolved += 1
        else:
            context.into.reads(value)
    return done


def _spec(node: ast.Call, context: Context) -> tuple[Call, str, bool] | None:
    """How the call listens, the tool's id, and whether the tool has a port of its own when told none."""
    name = context.dotted(node.func)
    spec = _FUNCTIONS.get(name)
    if spec is None and f".{name}".endswith((".web.run_app", ".ui.run")):
        spec = _FUNCTIONS["aiohttp.web.run_app" if name.endswith("run_app") else "nicegui.ui.run"]
    if spec is None and name in ("fasthtml.serve", "serve") and context.packages & {"fasthtml"}:
        spec = _FUNCTIONS["fasthtml.common.serve"]
    if spec is not None:
        return spec, spec.tool, bool(spec.tool) and name != "uvicorn.Config"
    if not isinstance(node.func, ast.Attribute):
        return None
    method = node.func.attr
    keywords = {keyword.arg for keyword in node.keywords}
    if method == "listen":
        known = "tornado" in context.packages and node.args and not is_none(node.args[0])
        return (Call(port=0, host=1, names=("address", "port")), "", False) if known else None
    spec = _METHODS.get(method)
    if spec is None:
        return None
    tool = _RECEIVERS.get(context.constructor(node.func.value), "")
    if method == "run":
        if not tool and isinstance(node.func.value, ast.Name) and node.func.value.id in ("app", "application"):
            frameworks = [known for known in ("flask", "quart", "sanic", "bottle") if known in context.packages]
            tool = frameworks[0] if len(frameworks) == 1 else ""
        return (spec, tool, bool(tool)) if tool or keywords & {"port"} else None
    if method in ("launch", "run_server"):
        tool = tool or ("gradio" if method == "launch" and "gradio" in context.packages else "")
        return (spec, tool, bool(tool)) if tool or keywords & {"port", "server_port"} else None
    if method == "bind" and not (len(node.args) == 1 and isinstance(node.args[0], ast.Tuple)):
        return None
    return spec, "", False


def _target(node: ast.Call) -> str:
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str) and ":" in first.value and "." in first.value:
        return "" if first.value[-1:].isdigit() else first.value
    return ""


def _one(node: ast.expr, kind: str, fields: dict[str, Any], context: Context) -> None:
    value = _known(read(node, context))
    role = Role.PASSES if context.flows_from_setting(value) else Role.LISTENS
    how = f"{kind}="
    text = literal_text(value)
    if kind == "port":
        if text == "0" or (text is not None and not text.isdigit()):
            return
        context.into.port(role, value, how=how, **fields)
    elif text != "":
        context.into.host(role, value, how=how, **fields)
    emitting.take(node, context)


def _known(value: Expression) -> Expression:
    """A value without those fallbacks that nothing is known of."""
    if not isinstance(value, Fallback):
        return value
    kept = [option for option in value.options if not isinstance(option, Unknown)]
    return value if not kept else kept[0] if len(kept) == 1 else Fallback(tuple(kept))


def _address(node: ast.Call, spec: Call, fields: dict[str, Any], context: Context) -> bool:
    argument = node.args[spec.address] if len(node.args) > spec.address else None
    return argument is not None and listens(argument, fields, context, "address")


def _tool_default(node: ast.Call, tool: str, fields: dict[str, Any], context: Context) -> None:
    facts = knowledge.load().by_id.get(tool)
    if facts is not None and facts.port.default:
        value = Literal(facts.port.default, context.source.span(node.func))
        context.into.port(Role.LISTENS, value, how="tool default", **fields)
