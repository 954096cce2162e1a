"""Fields of settings classes and other declared classes, with their defaults, names and descriptions.

pydantic "Fields" and pydantic-settings "Environment variable names", "Nested models" (2.x; ``Config`` of 1.x);
dataclasses, attrs, msgspec, typing.NamedTuple.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from portlint import names
from portlint.extractors.python import emitting
from portlint.extractors.python.context import Context, class_stem
from portlint.extractors.python.reading import is_none, read
from portlint.model import Role

_FIELD_CALLS = frozenset({"Field", "field", "attrib", "ib", "SettingsField", "PrivateAttr"})
_DECLARING = frozenset({"dataclass", "dataclasses", "define", "frozen", "mutable", "attrs", "s", "attr"})
_MODELS = frozenset({"BaseModel", "NamedTuple", "Struct", "TypedDict", "SQLModel", "Schema"})


@dataclass(slots=True)
class Settings:
    """What a class says of its fields' names. ``environment``: they are environment variables."""

    environment: bool = False
    declared: bool = False
    prefix: str = ""
    delimiter: str = ""
    nested: list[tuple[str, str]] = field(default_factory=list)
    """Prefixes with which other classes of the file nest this one, and their delimiter's form of it."""


@dataclass(frozen=True, slots=True)
class Call:
    """``Field(...)`` taken apart."""

    default: ast.expr | None
    names: tuple[str, ...]
    description: ast.expr | None


def survey(tree: ast.Module) -> dict[str, Settings]:
    """The settings classes of a file by name, bases and nesting within the file followed."""
    found: dict[str, Settings] = {}
    classes = list(_definitions(tree.body))
    constants = _constants(tree) if classes else {}
    for node in classes:
        info = Settings()
        for base in node.bases:
            last = _last(base)
            parent = found.get(last)
            if parent is not None:
                info.prefix, info.delimiter = info.prefix or parent.prefix, info.delimiter or parent.delimiter
                info.environment |= parent.environment
                info.declared |= parent.declared
            info.environment |= names.tokens(last)[-1:] == ("settings",)
            info.declared |= last in _MODELS
        info.declared |= any(_last(decorator) in _DECLARING for decorator in node.decorator_list)
        _configure(node, info, constants)
        found[node.name] = info
    for node in classes:
        _nest(node, found)
    return found


def _definitions(body: list[ast.stmt]) -> Iterator[ast.ClassDef]:
    """The classes in a block, those in functions and branches too, outer before inner."""
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield statement
        for name in ("body", "orelse", "finalbody", "handlers"):
            for inner in getattr(statement, name, ()):
                if isinstance(inner, ast.stmt):
                    yield from _definitions([inner])
                elif isinstance(inner, ast.ExceptHandler):
                    yield from _definitions(inner.body)


def _constants(tree: ast.Module) -> dict[str, str]:
    """The texts that names of the module stand for."""
    found: dict[str, str] = {}
    for statement in tree.body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and (text := _text(statement.value)) is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            found.update((target.id, text) for target in targets if isinstance(target, ast.Name))
    return found


def _configure(node: ast.ClassDef, info: Settings, constants: dict[str, str]) -> None:
    for statement in node.body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and isinstance(statement.value, (ast.Call, ast.Dict)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if any(isinstance(target, ast.Name) and target.id == "model_config" for target in targets):
                for name, value in _items(statement.value):
                    _option(info, name, value, constants)
        elif isinstance(statement, ast.ClassDef) and statement.name in ("Config", "Meta"):
            for inner in statement.body:
                if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Name):
                    _option(info, inner.targets[0].id, inner.value, constants)
    for keyword in node.keywords:
        _option(info, keyword.arg or "", keyword.value, constants)


def _option(info: Settings, name: str, value: ast.expr, constants: dict[str, str]) -> None:
    text = constants.get(value.id) if isinstance(value, ast.Name) else _text(value)
    if text and name == "env_prefix":
        info.prefix = text
    elif text and name == "env_nested_delimiter":
        info.delimiter = text


def _items(node: ast.expr) -> list[tuple[str, ast.expr]]:
    if isinstance(node, ast.Call):
        return [(keyword.arg or "", keyword.value) for keyword in node.keywords]
    if isinstance(node, ast.Dict):
        return [(_text(key) or "", value) for key, value in zip(node.keys, node.values, strict=True)]
    return []


def _nest(node: ast.ClassDef, found: dict[str, Settings]) -> None:
    info = found[node.name]
    if not (info.environment and info.delimiter):
        return
    for statement in node.body:
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
            continue
        for part in ast.walk(statement.annotation):
            inner = found.get(part.id) if isinstance(part, ast.Name) else None
            if inner is not None:
                outer = statement.target.id.upper()
                inner.nested.append((f"{info.prefix}{outer}{info.delimiter}", f"{info.prefix}{outer}_"))


def collect(node: ast.ClassDef, info: Settings, context: Context) -> None:
    """The fields of a class that have names of their own; plain class attributes are constants."""
    previous = ""
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            previous = _field(node, info, statement.target.id, statement, context)
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            previous = _field(node, info, statement.targets[0].id, statement, context)
        elif isinstance(statement, ast.Expr) and previous:
            emitting.text(statement.value, context, previous, how="description")
            previous = ""
        else:
            previous = ""


def _field(
    owner: ast.ClassDef, info: Settings, name: str, statement: ast.Assign | ast.AnnAssign, context: Context
) -> str:
    value, call = statement.value, _call_of(statement, context)
    if name == "model_config" or (value is None and call is None):
        if info.environment:
            context.fields.setdefault((owner.name, name), _names(owner.name, info, name, ())[0])
        return ""
    own, *aliases = _names(owner.name, info, name, call.names if call else ())
    if info.environment or info.nested:
        context.fields[(owner.name, name)] = own
    default = call.default if call else value
    if call is not None and value is not None and not isinstance(value, ast.Call):
        default = value
    if isinstance(default, ast.Lambda):
        default = default.body
    stored = ""
    if default is not None and not is_none(default):
        how = "Field default" if call else _how(info)
        allows = emitting.is_allow_list(name) and not (info.environment or info.declared)
        role = Role.ALLOWS if allows else Role.DEFAULTS
        stored = emitting.setting(own, default, context, role, how=how, aliases=tuple(aliases))
        if stored or isinstance(default, (ast.Constant, ast.JoinedStr)):
            context.bind(f"{owner.name}.{name}", read(default, context))
    stored = stored or own
    for line in {statement.lineno, statement.end_lineno or statement.lineno}:
        context.owners.setdefault(line, stored)
    if call is not None:
        emitting.text(call.description, context, stored, how="description")
    return stored


def _how(info: Settings) -> str:
    return "field default" if info.environment else "dataclass default" if info.declared else "constant"


def _names(owner: str, info: Settings, name: str, given: tuple[str, ...]) -> list[str]:
    """The setting's name and its other names; a prefix does not apply to names given in ``Field``."""
    upper = name.upper()
    if info.environment:
        own = [*given] or [f"{info.prefix}{upper}"]
        if upper not in own and not names.is_generic(upper):
            own.append(upper)
    elif info.declared:
        stem = class_stem(owner)
        own = [f"{stem}_{upper}" if stem and names.is_generic(upper) else upper, *given]
    else:
        stem = class_stem(owner)
        own = [f"{stem}_{upper}" if stem and names.is_generic(upper) else name]
    for exact, plain in info.nested:
        own.extend(alias for alias in (exact + upper, plain + upper) if alias not in own)
    return list(dict.fromkeys(own))


def _call_of(statement: ast.Assign | ast.AnnAssign, context: Context) -> Call | None:
    value = statement.value
    if isinstance(value, ast.Call) and _last(value.func) in _FIELD_CALLS:
        return _call(value)
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.annotation, ast.Subscript):
        for part in ast.walk(statement.annotation.slice):
            if isinstance(part, ast.Call) and _last(part.func) in _FIELD_CALLS:
                return _call(part)
    return None


def _call(node: ast.Call) -> Call:
    given = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    default = given.get("default") or given.get("default_factory") or given.get("factory")
    if default is None and node.args:
        default = node.args[0]
    found: list[str] = []
    for key in ("validation_alias", "env", "alias"):
        value = given.get(key)
        if value is None:
            continue
        parts = value.args if isinstance(value, ast.Call) else getattr(value, "elts", [value])
        found.extend(text for part in parts if (text := _text(part)))
        if found:
            break
    if isinstance(default, (ast.Name, ast.Attribute)) and "default_factory" in given:
        default = None
    return Call(default, tuple(dict.fromkeys(found)), given.get("description") or given.get("help"))


def _last(node: ast.expr) -> str:
    while isinstance(node, (ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
