"""What the parts of the Python extractor share while one file is read: names, scopes, imports, settings."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from portlint import names
from portlint.collecting import Collector
from portlint.extractors.python.source import Source
from portlint.model import Kind
from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, walk

_LONGEST = 8
"""Longer chains of attributes or calls are no name."""
_SETTINGS_WORDS = frozenset({"settings", "setting"})
_CONFIG_WORDS = frozenset({"config", "conf", "cfg", "configuration", "env", "environment"})
_NOT_SETTING = frozenset(
    """
    timeout count id ids range min max size limit retries name type types kind mapping mappings bindings speed
    status scan scanner regex pattern re label field key index idx len length error class
    """.split()
)
_CLASS_WORDS = frozenset("settings setting config configuration conf options params model base schema mixin".split())


@dataclass(slots=True)
class Scope:
    """One function, class or the module: what its names stand for (see :class:`Name`)."""

    label: str = ""
    parent: Scope | None = None
    of_class: str = ""
    """The class whose method or body this is, or empty."""
    is_class: bool = False
    names: dict[str, Name] = field(default_factory=dict)

    def find(self, name: str) -> Name | None:
        """What a name stands for here; class bodies are not seen from within their methods."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and (scope is self or not scope.is_class):
                return scope.names[name]
            scope = scope.parent
        return None


@dataclass(slots=True)
class Name:
    """A name's meaning: ``imported`` (dotted path), ``constructor`` (of the object it holds), or a bound value."""

    qualified: str
    imported: str = ""
    constructor: str = ""
    setting: str = ""
    """The setting whose value it holds (an option's parameter), or empty."""


@dataclass(slots=True)
class Context:
    """The state of one extraction."""

    path: str
    source: Source
    into: Collector
    scope: Scope = field(default_factory=Scope)
    values: dict[str, Expression] = field(default_factory=dict)
    """Qualified name to the value bound to it."""
    options: dict[str, str] = field(default_factory=dict)
    """Destination of a command line option to the setting it stands for."""
    fields: dict[tuple[str, str], str] = field(default_factory=dict)
    """Class and field to the setting it stands for."""
    prefixes: dict[str, Expression] = field(default_factory=dict)
    """Router variable to the path put before its routes; spans are where the prefix is written."""
    owners: dict[int, str] = field(default_factory=dict)
    """Line to the setting that is assigned there, for the comments beside and above it."""
    taken: set[ast.AST] = field(default_factory=set)
    """Nodes whose strings were dealt with where their meaning was known."""
    packages: set[str] = field(default_factory=set)
    """Top-level packages that the file imports."""

    def bind(self, qualified: str, value: Expression) -> None:
        """Remember a value for a name; a name in its own new value means the old one."""
        self.values[qualified] = value

    def qualify(self, name: str) -> str:
        """The name that bindings of this scope are known by (``main.port``)."""
        return f"{self.scope.label}.{name}" if self.scope.label else name

    def dotted(self, node: ast.expr, depth: int = 0) -> str:
        """The full dotted name of a callable with imports followed (``aiohttp.web.run_app``), or empty."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute) and len(parts) < _LONGEST:
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Call) and parts:
            inner = self.dotted(node.func, depth + 1) if depth < _LONGEST else ""
            return ".".join([inner + "()", *reversed(parts)]) if inner else ""
        if not isinstance(node, ast.Name):
            return ""
        known = self.scope.find(node.id)
        root = known.imported if known and known.imported else node.id
        return ".".join([root, *reversed(parts)])

    def constructor(self, node: ast.expr) -> str:
        """The dotted name of the class that the object in a plain name was made by, or empty."""
        if isinstance(node, ast.Call):
            return self.dotted(node.func)
        if isinstance(node, ast.Name):
            known = self.scope.find(node.id)
            return known.constructor if known else ""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            known = self.scope.find(f"self.{node.attr}")
            return known.constructor if known else ""
        return ""

    def flows_from_setting(self, value: Expression) -> bool:
        """Whether a value comes, through any number of constants, from a variable or settings field."""
        stack, seen = [value], set[str]()
        while stack:
            for part in walk(stack.pop()):
                if not isinstance(part, Reference):
                    continue
                if not part.local:
                    return True
                if part.name not in seen and part.name in self.values:
                    seen.add(part.name)
                    stack.append(self.values[part.name])
        return False

    def tells(self, value: Expression) -> bool:
        """Whether anything is known of a value: text, a variable, a bound constant."""
        match value:
            case Reference(name=name, local=local):
                return not local or name in self.values
            case Concatenation(parts=parts) | Fallback(options=parts):
                return any(self.tells(part) for part in parts)
        return isinstance(value, Literal)

    def publish_bindings(self) -> None:
        """Hand over the bindings that occurrences refer to, directly or through others, and no others."""
        stack = [occurrence.value for occurrence in self.into.occurrences]
        needed: set[str] = set()
        while stack:
            for part in walk(stack.pop()):
                if isinstance(part, Reference) and part.local and part.name in self.values and part.name not in needed:
                    needed.add(part.name)
                    stack.append(self.values[part.name])
        for name, value in self.values.items():
            if name in needed:
                self.into.bind(name, value)


def is_settings_word(name: str) -> bool:
    """Whether an object of this name surely holds settings (``settings``, ``app_settings``)."""
    return bool(_SETTINGS_WORDS & set(names.tokens(name)[-1:]))


def is_config_word(name: str) -> bool:
    """Whether an object of this name may hold settings (``config``, ``cfg``)."""
    return bool(_CONFIG_WORDS & set(names.tokens(name)[-1:]))


def announces(name: str) -> Kind | None:
    """The kind a Python name announces; ``PORT_TIMEOUT`` and the like announce none."""
    words = names.tokens(name)
    return None if not words or words[-1] in _NOT_SETTING else names.kind_of(name)


def class_stem(name: str) -> str:
    """The telling words of a class name: ``REDIS`` of ``RedisConfig``, empty for ``Config``."""
    return "_".join(word for word in names.tokens(name) if word not in _CLASS_WORDS).upper()
