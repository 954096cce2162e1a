"""URL paths that a Python server registers: FastAPI, Starlette, Flask, Sanic, aiohttp decorators, Django ``path()``."""

from __future__ import annotations

import ast

from portlint.extractors.python.composing import flat
from portlint.extractors.python.context import Context
from portlint.extractors.python.reading import is_string, read
from portlint.model import Role
from portlint.values import Concatenation, Literal, literal_text, span_of

_VERBS = frozenset("get post put patch delete head options route websocket api_route api_view".split())
_ROUTERS = {"APIRouter": "prefix", "Blueprint": "url_prefix", "FastAPI": "root_path", "Router": "prefix"}
_MOUNTS = {"include_router": "prefix", "register_blueprint": "url_prefix", "mount": ""}

_ADDERS = frozenset(
    "add_api_route add_url_rule add_route add_websocket_route add_api_websocket_route add_get add_post add_put "
    "add_patch add_delete add_head".split()
)
_ADAPTERS = {"serve": ("serve_path", "inngest", "/api/inngest")}
"""Functions that register one route of a framework's: the option for its path, the package, the path without it
(inngest SDK for Python 0.4, "serve": Flask, FastAPI, Django, Tornado)."""


def decorators(node: ast.FunctionDef | ast.AsyncFunctionDef, context: Context) -> None:
    """The routes that a function's decorators register."""
    for decorator in node.decorator_list:
        if not (isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute) and decorator.args):
            continue
        first = decorator.args[0]
        if decorator.func.attr not in _VERBS or not isinstance(first, ast.Constant) or not is_string(first):
            continue
        value = read(first, context)
        context.taken.add(first)
        text = literal_text(value) or ""
        prefix = context.prefixes.get(context.dotted(decorator.func.value))
        if not text or text == "/" or not (prefix is not None or text.startswith("/")):
            continue
        joined = value if prefix is None else Concatenation((*flat(prefix), *flat(value)))
        context.into.path(Role.LISTENS, joined, span=span_of(value), how="route")


def router(name: str, node: ast.expr, context: Context) -> None:
    """Remember the prefix of a router that a variable holds."""
    if isinstance(node, ast.Call):
        keyword = _ROUTERS.get(context.dotted(node.func).rpartition(".")[2])
        given = next((item.value for item in node.keywords if keyword and item.arg == keyword), None)
        if given is None:
            return
        prefix = read(given, context)
        text = literal_text(prefix)
        if text is None and context.tells(prefix):
            context.prefixes[name] = prefix
        elif text and text != "/":
            context.prefixes[name] = prefix
            context.taken.add(given)
            if text.startswith("/"):
                context.into.path(Role.LISTENS, prefix, how="route prefix")


def mount(node: ast.Call, context: Context) -> bool:
    """``include_router(x, prefix="/api")``; the path is put before all routes of what is included."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in _MOUNTS:
        return False
    key = _MOUNTS[node.func.attr]
    given = next((keyword.value for keyword in node.keywords if keyword.arg == key), None) if key else None
    if not key and node.args:
        given = node.args[0]
    if given is None or not is_string(given):
        return False
    value = read(given, context)
    text = literal_text(value)
    context.taken.add(given)
    if text and text.startswith("/") and text != "/":
        context.into.path(Role.LISTENS, value, how="route prefix")
        target = node.args[0] if key and node.args else None
        name = context.dotted(target) if target is not None else ""
        if name and name in context.prefixes:
            context.prefixes[name] = Concatenation((*flat(value), *flat(context.prefixes[name])))
    return True


def registered(node: ast.Call, context: Context) -> None:
    """``app.add_api_route("/health", f)`` and ``inngest.fast_api.serve(app, ..., serve_path="/api/x")``."""
    name = context.dotted(node.func)
    method = node.func.attr if isinstance(node.func, ast.Attribute) else name
    if method in _ADDERS:
        paths = [item for item in node.args[:2] if is_string(item)]
        given = next((item for item in paths if (literal_text(read(item, context)) or "").startswith("/")), None)
    elif (adapter := _ADAPTERS.get(name.rpartition(".")[2])) is not None and name.startswith(adapter[1] + "."):
        given = next((keyword.value for keyword in node.keywords if keyword.arg == adapter[0]), None)
        if given is None:
            span = context.source.span(node.func)
            context.into.path(Role.LISTENS, Literal(adapter[2], span), how=f"{adapter[1]} default")
            return
    else:
        return
    if given is None or not is_string(given):
        return
    value = read(given, context)
    context.taken.add(given)
    if (literal_text(value) or "").startswith("/"):
        context.into.path(Role.LISTENS, value, how="route")


def patterns(node: ast.Call, context: Context) -> bool:
    """Django ``path("health/", view)`` and Starlette ``Route("/health", endpoint)``."""
    name = context.dotted(node.func)
    django = name == "django.urls.path"
    if not (django or name in ("starlette.routing.Route", "fastapi.routing.APIRoute")) or not node.args:
        return False
    value = read(node.args[0], context)
    text = literal_text(value)
    included = (
        len(node.args) > 1 and isinstance(node.args[1], ast.Call) and not isinstance(node.args[1].func, ast.Attribute)
    )
    context.taken.add(node.args[0])
    if text and not included and "<" not in text:
        span = span_of(value)
        lead = Literal("/", span._replace(end=span.start))
        context.into.path(Role.LISTENS, Concatenation((lead, value)) if django else value, span=span, how="route")
    return True
