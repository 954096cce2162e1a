"""Command line options declared in code: argparse, click, typer, absl flags, Tornado ``define``, Fire excepted.

Names: the variable an option may come from (``envvar``), else the option in upper snake case. Sources: argparse
"add_argument", click 8 "Values from environment variables", typer "CLI options", absl.flags, tornado.options.
"""

from __future__ import annotations

import ast

from portlint.extractors.python import emitting
from portlint.extractors.python.context import Context, announces
from portlint.extractors.python.reading import is_none
from portlint.model import Kind

_ABSL = frozenset({"DEFINE_integer", "DEFINE_string", "DEFINE_list"})
_ENVIRONMENT = ("envvar", "env_var", "env")


def collect(node: ast.Call, context: Context) -> bool:
    """An option declared by a call; ``False`` where it declares none."""
    callee = context.dotted(node.func)
    last = callee.rpartition(".")[2] or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
    if last in ("add_argument", "add_option", "option") and node.args and _flags(node):
        _declare(node, _flags(node), _keyword(node, "default"), context)
        return True
    if last in _ABSL or (last == "define" and "tornado" in context.packages):
        name = _text(node.args[0]) if node.args else None
        if name:
            default = node.args[1] if len(node.args) > 1 else _keyword(node, "default")
            help_text = node.args[2] if len(node.args) > 2 else _keyword(node, "help")
            _store(node, name, (), default, help_text, context)
            return True
    return False


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef, context: Context) -> dict[str, str]:
    """Parameters of a function that are options of it (typer, click), and the settings they stand for."""
    found: dict[str, str] = {}
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and context.dotted(decorator.func).endswith("option"):
            flags = _flags(decorator)
            if flags:
                found[_destination(decorator, flags)] = _setting(decorator, flags)
    for argument, default in defaults(node):
        call = default if isinstance(default, ast.Call) else _annotated(argument.annotation)
        if call is None or not context.dotted(call.func).endswith(("Option", "Argument")):
            continue
        if "typer" not in context.dotted(call.func) and "typer" not in context.packages:
            continue
        value: ast.expr | None = call.args[0] if isinstance(default, ast.Call) and call.args else default
        if isinstance(default, ast.Call):
            value = value or _keyword(call, "default")
        flags = _flags(call)
        name = _environment(call) or (_upper(flags) if flags else argument.arg.upper())
        found[argument.arg] = name
        _store(call, name, _others(call), value, _keyword(call, "help"), context)
    return found


def defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[tuple[ast.arg, ast.expr | None]]:
    """A function's parameters with their defaults, ``None`` where there is none."""
    positional = [*node.args.posonlyargs, *node.args.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(node.args.defaults))
    return [
        *zip(positional, [*missing, *node.args.defaults], strict=True),
        *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True),
    ]


def _declare(node: ast.Call, flags: list[str], default: ast.expr | None, context: Context) -> None:
    name = _setting(node, flags)
    stored = _store(node, name, _others(node), default, _keyword(node, "help"), context)
    context.options[_destination(node, flags)] = stored


def _store(
    node: ast.Call,
    name: str,
    aliases: tuple[str, ...],
    default: ast.expr | None,
    help_text: ast.expr | None,
    context: Context,
) -> str:
    stored = ""
    if default is not None and not is_none(default):
        stored = emitting.setting(name, default, context, how="option default", aliases=aliases)
    stored = stored or name
    if announces(stored) in (Kind.PORT, Kind.HOST, Kind.URL) or announces(name):
        emitting.text(help_text, context, stored, how="help")
        context.owners.setdefault(node.lineno, stored)
    else:
        emitting.text(help_text, context, how="help")
    return stored


def _flags(node: ast.Call) -> list[str]:
    texts = [_text(argument) for argument in node.args]
    found: list[str] = []
    for text in texts:
        found.extend(part for part in (text or "").split("/") if part.startswith("-"))
    return found


def _upper(flags: list[str]) -> str:
    return max(flags, key=lambda flag: (flag.startswith("--"), len(flag))).lstrip("-").replace("-", "_").upper()


def _setting(node: ast.Call, flags: list[str]) -> str:
    return _environment(node) or _upper(flags)


def _destination(node: ast.Call, flags: list[str]) -> str:
    given = _text(_keyword(node, "dest")) or next(
        (text for argument in node.args if (text := _text(argument)) and text.isidentifier()), ""
    )
    longs = [flag for flag in flags if flag.startswith("--")] or flags
    return given or longs[0].lstrip("-").replace("-", "_")


def _environment(node: ast.Call) -> str:
    names = _variables(node)
    return names[0] if names else ""


def _others(node: ast.Call) -> tuple[str, ...]:
    return tuple(_variables(node)[1:])


def _variables(node: ast.Call) -> list[str]:
    for key in _ENVIRONMENT:
        value = _keyword(node, key)
        if value is not None:
            parts = value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]
            return [text for part in parts if (text := _text(part))]
    return []


def _annotated(annotation: ast.expr | None) -> ast.Call | None:
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
        for part in annotation.slice.elts:
            if isinstance(part, ast.Call):
                return part
    return None


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
