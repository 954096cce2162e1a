"""What statements bind: imports, constants, attributes of ``self``, environment variables."""

from __future__ import annotations

import ast
import re

from portlint import names
from portlint.extractors.python import clients, emitting, routes, servers
from portlint.extractors.python.context import Context, Name
from portlint.extractors.python.environment import is_environment
from portlint.extractors.python.reading import is_none, is_string, read
from portlint.model import Role
from portlint.values import Expression, Reference, Unknown, walk

_GUNICORN = re.compile(r"(?:.*/)?(?:[^/]*gunicorn[^/]*|guniconf)\.py", re.IGNORECASE)
_FOR_PEOPLE = frozenset({"usage", "help", "epilog", "doc", "banner", "description"})


def imported(node: ast.Import | ast.ImportFrom, context: Context) -> None:
    """Names that an import brings in."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            root = alias.name.partition(".")[0]
            context.packages.add(root)
            context.scope.names[alias.asname or root] = Name("", imported=alias.name if alias.asname else root)
        return
    module = node.module or ""
    if not node.level:
        context.packages.add(module.partition(".")[0])
    for alias in node.names:
        path = f"{module}.{alias.name}" if module else alias.name
        context.scope.names[alias.asname or alias.name] = Name("", imported=path)


def collect(node: ast.Assign | ast.AnnAssign, context: Context, conditional: bool) -> None:
    """Bind the targets of an assignment and put what they name into the collector."""
    value = node.value
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        if value is None:
            continue
        if isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
            if len(target.elts) == len(value.elts):
                for inner, item in zip(target.elts, value.elts, strict=True):
                    _one(inner, item, context, conditional)
        else:
            _one(target, value, context, conditional)


def label_of(node: ast.stmt, context: Context) -> str:
    """What a statement's strings are about: the variable they are put into, else the function around them."""
    target = (
        node.targets[0] if isinstance(node, ast.Assign) else node.target if isinstance(node, ast.AnnAssign) else None
    )
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    return context.scope.label.rpartition(".")[2]


def _one(target: ast.expr, value: ast.expr, context: Context, conditional: bool) -> None:
    if isinstance(target, ast.Subscript):
        _item(target, value, context)
    elif isinstance(target, ast.Attribute):
        _attribute(target, value, context, conditional)
    elif isinstance(target, ast.Name):
        _name(target.id, value, context, conditional)


def _item(target: ast.Subscript, value: ast.expr, context: Context) -> None:
    key = target.slice.value if isinstance(target.slice, ast.Constant) else None
    if not isinstance(key, str):
        return
    if is_environment(target.value, context) or (key.isupper() and _last(target.value) in ("env", "environ")):
        emitting.setting(key, value, context, Role.DECLARES, how="os.environ")
    elif key.isupper() and _last(target.value) == "config":
        emitting.setting(key, value, context, Role.DEFAULTS, how="constant")
    elif isinstance(value, ast.Dict) and not context.scope.label:
        clients.mapping(f"{_last(target.value)}.{key}", value, context)


def _attribute(target: ast.Attribute, value: ast.expr, context: Context, conditional: bool) -> None:
    own = context.scope.of_class
    if target.attr == "bind" and "hypercorn" in context.packages:
        servers.listens(value, {"group": context.into.number(), "tool": "hypercorn"}, context)
    elif isinstance(target.value, ast.Name) and target.value.id == "self" and own:
        _bind(f"{own}.{target.attr}", value, context, conditional)
        holder = context.scope
        while holder.parent is not None and not holder.is_class:
            holder = holder.parent
        holder.names[f"self.{target.attr}"] = Name(f"{own}.{target.attr}", constructor=_made_by(value, context))
        _note_text(target.attr, value, context)


def _note_text(name: str, value: ast.expr, context: Context) -> None:
    if emitting.is_allow_list(name):
        emitting.setting(name, value, context, Role.ALLOWS, how="list")


def _name(name: str, value: ast.expr, context: Context, conditional: bool) -> None:
    scope = context.scope
    qualified = context.qualify(name)
    if scope.is_class:
        scope.names[name] = Name(qualified)
        return
    if not conditional and is_none(value):
        scope.names[name] = Name(qualified)
        return
    routes.router(name, value, context)
    _bind(qualified, value, context, conditional)
    scope.names[name] = Name(qualified, constructor=_made_by(value, context))
    if emitting.is_allow_list(name):
        emitting.setting(name, value, context, Role.ALLOWS, how="constant")
    elif not scope.label:
        _constant(name, value, context)


def _made_by(value: ast.expr, context: Context) -> str:
    while isinstance(value, ast.Await):
        value = value.value
    return context.dotted(value.func) if isinstance(value, ast.Call) else ""


def _constant(name: str, value: ast.expr, context: Context) -> None:
    if name == "bind" and _GUNICORN.fullmatch(context.path):
        servers.listens(value, {"group": context.into.number(), "tool": "gunicorn"}, context)
        emitting.take(value, context)
    elif isinstance(value, ast.Dict):
        clients.mapping(name, value, context)
    elif set(names.tokens(name)) & _FOR_PEOPLE and is_string(value):
        clients.words_for_people(value, context)
    elif name.isupper() or not names.is_generic(name):
        emitting.setting(name, value, context, how="constant")


def _bind(qualified: str, node: ast.expr, context: Context, conditional: bool) -> None:
    """Bind a name; within a branch the first value stands, and its own name in a new value means the old one."""
    if conditional and qualified in context.values:
        return
    value = read(node, context)
    if isinstance(value, Unknown) or is_none(node):
        if not conditional:
            context.values.pop(qualified, None)
        return
    for part in walk(value):
        if isinstance(part, Reference) and part.local and part.name == qualified:
            before = context.values.get(qualified)
            if before is None:
                return
            value = _replaced(value, qualified, before)
            break
    context.bind(qualified, value)


def _replaced(value: Expression, name: str, by: Expression) -> Expression:
    from portlint.values import Concatenation, Fallback

    match value:
        case Reference(name=known, local=True) if known == name:
            return by
        case Concatenation(parts=parts):
            return Concatenation(tuple(_replaced(part, name, by) for part in parts))
        case Fallback(options=options):
            return Fallback(tuple(_replaced(option, name, by) for option in options))
    return value


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
