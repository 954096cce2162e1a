"""One JavaScript file being read, and where in it a node stands: keys, call, variable, profile."""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portlint import names
from portlint.collecting import Collector
from portlint.extractors.javascript_expressions import Reader, first_child, key_text
from portlint.syntax import Syntax
from portlint.values import Expression

if TYPE_CHECKING:
    from tree_sitter import Node

_PRODUCTION = re.compile(r"is_?prod|\.PROD\b|['\"]prod(?:uction)?['\"]|__PROD__", re.IGNORECASE)
_DEVELOPMENT = re.compile(r"is_?dev|\.DEV\b|__DEV__|['\"]dev(?:elopment)?['\"]", re.IGNORECASE)
_TEST = re.compile(r"['\"]test['\"]|is_?test\b", re.IGNORECASE)
_NEGATED = re.compile(r"!==?|^\(*\s*!")
_PROFILE_KEYS = {
    "development": "development", "dev": "development", "env_development": "development",
    "production": "production", "prod": "production", "env_production": "production",
    "test": "test", "testing": "test", "env_test": "test", "staging": "staging", "env_staging": "staging",
}  # fmt: skip
_CONFIG_WORDS = frozenset(
    "config configs configuration configurations settings options env environment defaults conf constants cfg".split()
)
_CONFIG_NAMES = _CONFIG_WORDS | {"default", "module.exports", "exports"}
_VALUE_CALL = re.compile(r"define\w*|Object\.freeze|URL|Set|String|Array\.of")
_CLIMB = 40
_RECENT = 200


@dataclass(slots=True)
class Place:
    """What stands around a node, from the outside inwards."""

    keys: list[str] = field(default_factory=list)
    """Keys of the object literals it is in."""
    call: str = ""
    """The function or class that it, or the object around it, is an argument of."""
    variable: str = ""
    """The variable, field or export that it, or the object around it, is assigned to."""
    element: str = ""
    """The JSX attribute it is the value of."""
    top: bool = False
    """The variable is the module's or a class's, not a function's."""

    @property
    def name(self) -> str:
        """Keys as a dotted name, or the variable."""
        return ".".join(self.keys) or self.variable

    @property
    def words(self) -> set[str]:
        """The words of all that is around."""
        return {word for part in (*self.keys, self.call, self.variable) for word in names.tokens(part)}


@dataclass(slots=True)
class Source:
    """One file while it is read: its syntax, what was collected, and which parts are dealt with."""

    path: str
    syntax: Syntax
    reader: Reader
    into: Collector
    tool: str = ""
    """Knowledge id of the tool whose configuration the file is, or empty."""
    _taken: list[tuple[int, int]] = field(default_factory=list)

    _parents: dict[int, Node | None] = field(default_factory=dict)

    def bound(self, name: str) -> Expression | None:
        """What a variable was last bound to, among the latest bindings."""
        return next((value for known, value in reversed(self.into.bindings[-_RECENT:]) if known == name), None)

    def parent(self, node: Node) -> Node | None:
        """The node around a node, remembered: tree-sitter walks down from the root to find it."""
        if node.id not in self._parents:
            self._parents[node.id] = node.parent
        return self._parents[node.id]

    def take(self, node: Node) -> None:
        """Mark a node and all in it as dealt with."""
        insort(self._taken, (node.start_byte, node.end_byte))

    def is_taken(self, node: Node) -> bool:
        """Whether a node, or one around it, has been dealt with."""
        index = bisect_right(self._taken, (node.start_byte, 1 << 60)) - 1
        return index >= 0 and node.end_byte <= self._taken[index][1]

    def is_settings(self, place: Place) -> bool:
        """Whether an object literal there holds settings, by the name of its variable or of the file."""
        if place.call and not place.variable:
            return False
        last = names.tokens(place.variable)
        if last and (last[-1] in _CONFIG_WORDS or place.variable in _CONFIG_NAMES or last[0] in ("config", "default")):
            return place.variable not in _CONFIG_NAMES - _CONFIG_WORDS or self._settings_file()
        return self._settings_file() and not place.call

    def _settings_file(self) -> bool:
        return bool(_CONFIG_WORDS.intersection(names.tokens(self.path.rpartition("/")[2].partition(".")[0]))) or bool(
            re.search(r"(?:^|/)(?:config|configs|settings|environments?)/|\.config\.|\.conf\.", self.path.lower())
        )

    def place(self, node: Node) -> Place:
        """What stands around a node."""
        found = Place()
        current, steps, inside = node, 0, False
        while (parent := self.parent(current)) is not None and steps < _CLIMB:
            steps += 1
            match parent.type:
                case "pair":
                    key = parent.child_by_field_name("key")
                    if key is not None and key.id != current.id:
                        found.keys.insert(0, key_text(key, self.reader))
                case "arguments":
                    call = parent.parent
                    called = call and (call.child_by_field_name("function") or call.child_by_field_name("constructor"))
                    if called is None or call is None:
                        return found
                    written = self.syntax.source(called) if called.end_byte - called.start_byte < 120 else ""
                    if found.call == "":
                        found.call = written
                    if not found.keys and not _VALUE_CALL.fullmatch(written):
                        return found
                    current = call
                    continue
                case "arrow_function" | "function_expression":
                    inside = True
                case "variable_declarator" | "public_field_definition" if inside:
                    return found
                case "variable_declarator" | "public_field_definition" | "field_definition" | "enum_assignment":
                    name = parent.child_by_field_name("name") or parent.child_by_field_name("property")
                    found.variable = self.syntax.source(name) if name is not None else ""
                    found.top = _is_top(parent)
                    return found
                case "assignment_expression" | "assignment_pattern" | "required_parameter":
                    left = parent.child_by_field_name("left") or parent.child_by_field_name("pattern")
                    if left is not None and left.end_byte - left.start_byte < 120 and left.id != current.id:
                        found.variable = self.syntax.source(left)
                        found.top = _is_top(parent)
                    return found
                case "export_statement":
                    found.variable = "default"
                    return found
                case "jsx_attribute":
                    name = first_child(parent)
                    found.element = self.syntax.source(name) if name is not None else ""
                    return found
                case "statement_block" if current.type != "return_statement":
                    return found
                case "method_definition":
                    name = parent.child_by_field_name("name")
                    found.keys.insert(0, self.syntax.source(name) if name is not None else "")
                case "function_declaration" | "program" | "class_body" | "expression_statement" | "if_statement":
                    return found
            current = parent
        return found

    def profile(self, node: Node) -> str:
        """The profile of the branch or of the keyed section that a node stands in, or an empty text."""
        current, steps = node, 0
        while (parent := self.parent(current)) is not None and steps < _CLIMB:
            steps += 1
            if parent.type in ("ternary_expression", "if_statement"):
                stated = self._branch(parent, current)
                if stated:
                    return stated
            elif parent.type == "pair":
                key = parent.child_by_field_name("key")
                if key is not None and key.id != current.id:
                    stated = _PROFILE_KEYS.get(key_text(key, self.reader), "")
                    if stated:
                        return stated
            current = parent
        return ""

    def _branch(self, parent: Node, current: Node) -> str:
        condition = parent.child_by_field_name("condition")
        if condition is None or condition.id == current.id or condition.end_byte - condition.start_byte > 160:
            return ""
        written = self.syntax.source(condition)
        profile = next(
            (name for pattern, name in ((_PRODUCTION, "production"), (_TEST, "test"), (_DEVELOPMENT, "development"))
             if pattern.search(written)), "",
        )  # fmt: skip
        if not profile:
            return ""
        first = parent.child_by_field_name("consequence")
        holds = (first is not None and first.id == current.id) != bool(_NEGATED.search(written))
        if holds:
            return profile
        return {"production": "development", "development": "production"}.get(profile, "")


def _is_top(node: Node) -> bool:
    """Whether a declaration stands outside every function."""
    outer = node.parent
    while outer is not None and outer.type in _DECLARATIONS:
        outer = outer.parent
    return outer is None or outer.type in ("program", "class_body")


_DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration", "export_statement", "expression_statement"})
