"""Named values and texts: the common ways into the collector."""

from __future__ import annotations

import ast
import re
from typing import Any

from portlint import names, prose, urls
from portlint.extractors.python import hosts
from portlint.extractors.python.context import Context, announces
from portlint.extractors.python.reading import fragment, is_none, is_string, read
from portlint.model import Role
from portlint.values import Expression, Fallback, Literal, Reference, Unknown, literal_text, walk

_TELLING = re.compile(r"[0-9]{2}|localhost|://")
_ORIGIN = frozenset({"origins", "origin", "hosts", "whitelist"})
_ALLOWING = frozenset({"cors", "csrf", "allow", "allowed", "trusted", "origins"})
_PREFIXES = {("api", "prefix"), ("root", "path"), ("base", "path"), ("route", "prefix"), ("url", "prefix")}
_COLLECTIONS = (ast.List, ast.Tuple, ast.Set)


def is_allow_list(name: str) -> bool:
    """Whether a name announces the origins or hosts that a server accepts (``CORS_ALLOWED_ORIGINS``, ``origins``)."""
    words = set(names.tokens(name))
    return bool(words & _ORIGIN) and bool(words & _ALLOWING)


def is_prefix(name: str) -> bool:
    """Whether a name announces the path before a server's routes (``API_PREFIX``, ``root_path``)."""
    return names.tokens(name)[-2:] in _PREFIXES


def take(node: ast.AST, context: Context) -> None:
    """Mark all strings and compositions of strings within a node as dealt with."""
    context.taken.update(part for part in ast.walk(node) if isinstance(part, ast.BinOp) or is_string(part))


def setting(name: str, node: ast.expr, context: Context, role: Role = Role.DEFAULTS, **fields: Any) -> str:
    """A named value, or each of a list of them; the name of the setting it turned out to be, or empty.

    A value that is read from a variable is that variable's, not the name's. ``fields`` are Occurrence fields.
    """
    if is_none(node):
        return ""
    if isinstance(node, _COLLECTIONS):
        found = [setting(name, element, context, role, **fields) for element in node.elts]
        return next((item for item in found if item), "")
    if isinstance(node, (ast.Dict, ast.Lambda, ast.ListComp)):
        return ""
    if role is not Role.ALLOWS and not (announces(name) or is_prefix(name)) and not _may_be_ours(node):
        return ""
    value = read(node, context)
    stored = expression(name, value, context, role, **fields)
    if stored:
        take(node, context)
        if understood(value):
            context.taken.update(ast.walk(node))
        context.owners.setdefault(node.lineno, stored)
        if node.end_lineno:
            context.owners.setdefault(node.end_lineno, stored)
    return stored


def _may_be_ours(node: ast.expr) -> bool:
    """Whether a value whose name announces nothing may still hold a URL or address, told cheaply."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and ":" in node.value
    if isinstance(node, ast.Call):
        return any(not isinstance(argument, ast.Name) for argument in node.args)
    return not isinstance(node, (ast.Name, ast.Attribute, ast.Compare, ast.UnaryOp, ast.Subscript, ast.GeneratorExp))


def expression(name: str, value: Expression, context: Context, role: Role = Role.DEFAULTS, **fields: Any) -> str:
    """Like :func:`setting`, for a value that was read already."""
    variable = variable_of(value)
    if variable:
        context.into.reads(value)
        if role is Role.DECLARES and isinstance(value, Reference) and variable == name:
            return name
        return variable
    if role is Role.ALLOWS and (host := literal_text(value)) is not None and _is_allowed_host(name, host):
        context.into.host(role, value, name=name, **fields)
        return name
    if is_prefix(name) and (literal_text(value) or "").startswith("/"):
        context.into.path(role, value, name=name, **fields)
        return name
    kind = announces(name)
    if isinstance(value, Unknown):
        context.into.unresolved += kind is not None
        return ""
    written, _ = urls.flatten(value)
    if "\n" in written or (kind is None and not _is_address(written, value)):
        return ""
    if isinstance(value, Fallback):
        kept = tuple(option for option in value.options if not isinstance(option, Unknown))
        value = Fallback(kept) if len(kept) > 1 else kept[0] if kept else value
    return name if context.into.setting(name, value, role, **fields) else ""


def _is_address(written: str, value: Expression) -> bool:
    """Whether a value whose name announces nothing is itself a URL of this system, or an address."""
    if any(character.isspace() for character in written):
        return False
    if "://" not in written:
        return ":" in written
    parts = urls.split_url(value)
    host = literal_text(parts.host) if parts is not None and parts.host is not None else None
    return host is None or hosts.is_local(host)


def _is_allowed_host(name: str, host: str) -> bool:
    hosts_only = names.tokens(name)[-1:] == ("hosts",)
    return hosts_only and "://" not in host and bool(host) and not any(c.isspace() or c in "/:" for c in host)


def variable_of(value: Expression) -> str:
    """The variable or settings field whose value this is, if it is one."""
    if isinstance(value, Fallback):
        return variable_of(value.options[0]) if value.options else ""
    return value.name if isinstance(value, Reference) and not value.local else ""


def text(node: ast.expr | None, context: Context, name: str = "", **fields: Any) -> None:
    """A string that is written for people: description, help, docstring, message."""
    if node is None or node in context.taken or not is_string(node):
        return
    context.taken.add(node)
    if isinstance(node, ast.Constant) and not _TELLING.search(str(node.value)):
        return
    piece = fragment(node, context)
    if piece is not None and _TELLING.search(piece.text):
        prose.collect(piece, context.into, name=name, **fields)


def understood(value: Expression) -> bool:
    """Whether every part of a value is understood, so that nothing else is to be looked for in it."""
    return not any(isinstance(part, Unknown) for part in walk(value))


def is_number(value: Expression) -> bool:
    """Whether a value is a literal that can be a port."""
    return isinstance(value, Literal) and value.text.isdigit() and 0 < int(value.text[:6]) < 65536
