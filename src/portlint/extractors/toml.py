"""TOML settings files of any program; :mod:`portlint.extractors.toml_tools` knows some of them better.

Source: TOML 1.0 specification. Settings are named by their dotted path.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portlint import templates
from portlint.collecting import Collector
from portlint.endpoints import declare, endpoint, is_listener, remark
from portlint.keyvalue import decoded, expression
from portlint.model import Extraction, Role
from portlint.syntax import Syntax
from portlint.text import Fragment
from portlint.values import Expression

if TYPE_CHECKING:
    from tree_sitter import Node

_MARKS = {'"""': 3, "'''": 3, '"': 1, "'": 1}
_MOST_PROBLEMS = 20
_HOLDERS = frozenset({"pair", "array", "inline_table", "comment", "table", "table_array_element"})
_PROXY_TABLES = frozenset({"servers", "backends", "upstreams", "proxy", "proxies", "targets"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value; ``path`` is where it stands. A value of a list has the path of the list."""

    path: tuple[str, ...]
    text: Fragment
    """Without quotes, escapes decoded."""
    string: bool
    row: int
    """A number for the table the value stands in."""

    @property
    def name(self) -> str:
        """The dotted path."""
        return ".".join(self.path)

    @property
    def value(self) -> Expression:
        """What the value comes to; only ``${X}`` is a variable."""
        return expression(self.text, templates.BRACES_ONLY)


def extract(path: str, text: str) -> Extraction:
    """The occurrences of a TOML file."""
    from portlint.extractors import toml_tools

    into = Collector("placeholder default")
    syntax = Syntax(text, "toml")
    leaves = list(_leaves(syntax))
    if not toml_tools.collect(path, leaves, into):
        for leaf in leaves:
            general(leaf, into)
    if syntax.root.has_error:
        for node in _errors(syntax.root):
            into.problem(node.start_point[0] + 1, "not valid TOML")
    _comments(syntax, into)
    return into.build()


def general(leaf: Leaf, into: Collector, **fields: Any) -> bool:
    """A value of a settings file that is not known better."""
    section = leaf.path[-2] if len(leaf.path) > 1 else ""
    if section == "loadBalancer" or (section in _PROXY_TABLES and leaf.path[-1] in ("url", "backend")):
        return endpoint(into, Role.PROXIES, leaf.value, name=leaf.name, how="setting", **fields)
    if leaf.path[0].lower() == "entrypoints" and leaf.path[-1] == "address":
        return endpoint(into, Role.LISTENS, leaf.value, name=leaf.name, how="setting", tool="traefik", **fields)
    listens = is_listener(section, leaf.path[-1])
    return declare(into, leaf.name, leaf.value, listens=listens, **{"how": "setting", **fields})


def _leaves(syntax: Syntax) -> Iterator[Leaf]:
    row = 0
    for node in syntax.root.children:
        if node.type == "pair":
            yield from _pair(syntax, node, (), 0)
        elif node.type in ("table", "table_array_element"):
            row += 1
            keys = next((child for child in node.children if child.is_named and child.type != "comment"), None)
            prefix = _key(syntax, keys) if keys is not None and keys.type.endswith("key") else ()
            for child in node.children:
                if child.type == "pair":
                    yield from _pair(syntax, child, prefix, row)


def _key(syntax: Syntax, node: Node) -> tuple[str, ...]:
    if node.type != "dotted_key":
        return (syntax.source(node).strip("\"'"),)
    parts: list[str] = []
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type == "dotted_key":
            pending.extend(reversed(current.named_children))
        else:
            parts.append(syntax.source(current).strip("\"'"))
    return tuple(parts)


def _pair(syntax: Syntax, pair: Node, prefix: tuple[str, ...], row: int) -> Iterator[Leaf]:
    """All values below a pair, without recursion: inline tables and arrays nest as deep as their author likes."""
    pending = [(pair, prefix)]
    while pending:
        node, path = pending.pop()
        if node.type == "pair":
            named = [child for child in node.named_children if child.type != "comment"]
            if len(named) > 1:
                pending.append((named[1], path + _key(syntax, named[0]) if len(path) < 50 else path))
        elif node.type in ("array", "inline_table"):
            pending.extend((child, path) for child in reversed(node.named_children))
        elif node.type in ("string", "integer"):
            yield Leaf(path, _text(syntax, node), node.type == "string", row)


def _text(syntax: Syntax, node: Node) -> Fragment:
    whole = syntax.fragment(node)
    mark = next((mark for mark in _MARKS if whole.text.startswith(mark)), "")
    if not mark:
        return whole
    inner = whole.cut(len(mark), max(len(whole.text) - len(mark), len(mark)))
    return decoded(inner) if mark[0] == '"' else inner


def _errors(root: Node) -> list[Node]:
    """The broken places, in the order of the file."""
    found: list[Node] = []
    pending = [root]
    while pending and len(found) < _MOST_PROBLEMS:
        node = pending.pop()
        if node.type == "ERROR" or node.is_missing:
            found.append(node)
        elif node.has_error:
            pending.extend(reversed(node.children))
    return found


def _comments(syntax: Syntax, into: Collector) -> None:
    """Comments, each with the name of the setting beside it or right below."""
    above: list[Node] = []
    last: tuple[int, str] = (-1, "")
    for node, prefix in _rows(syntax):
        if node.type == "comment":
            if last[0] == node.start_point[0]:
                _remark(syntax, node, into, last[1])
            else:
                above.append(node)
            continue
        name = _name(syntax, node, prefix) if node.type == "pair" else ""
        row = node.start_point[0]
        for comment in reversed(above):  # a comment belongs to what follows without an empty line between
            row -= 1
            _remark(syntax, comment, into, name if comment.start_point[0] == row else "")
        above = []
        last = (node.end_point[0], name) if name else (-1, "")
    for comment in above:
        _remark(syntax, comment, into, "")


def _remark(syntax: Syntax, node: Node, into: Collector, name: str) -> None:
    text = syntax.fragment(node)
    remark(into, text.cut(1, len(text.text)), name)


def _rows(syntax: Syntax) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Pairs, tables and comments in the order of the file, each with its table's path; a table before its pairs."""
    pending: list[tuple[Node, tuple[str, ...]]] = [(child, ()) for child in reversed(syntax.root.children)]
    while pending:
        node, prefix = pending.pop()
        if node.type in ("table", "table_array_element"):
            keys = next((child for child in node.children if child.type.endswith("key")), None)
            prefix = _key(syntax, keys) if keys is not None else ()
        if node.type in ("pair", "table", "table_array_element", "comment"):
            yield node, prefix
        if node.type != "comment":
            pending.extend((child, prefix) for child in reversed(node.named_children) if child.type in _HOLDERS)


def _name(syntax: Syntax, pair: Node, prefix: tuple[str, ...]) -> str:
    return ".".join(prefix + _key(syntax, pair.children[0]))
