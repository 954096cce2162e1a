"""Where the keys and values of a TOML file stand; tomllib does not say. For error messages and for pinned values.

Source: TOML 1.0 specification; node types of tree-sitter-toml 0.7.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from portlint.syntax import Syntax
from portlint.text import Lines, Region, Span

if TYPE_CHECKING:
    from tree_sitter import Node

Step = str | int
Path = tuple[Step, ...]


class Places:
    """The places in one TOML text. A path is made of keys, and of numbers from 0 within arrays."""

    def __init__(self, text: str) -> None:
        self._lines = Lines(text)
        self.keys: dict[Path, Span] = {}
        """Where each key is written; for an element of an array the element itself."""
        self.values: dict[Path, Span] = {}
        """Where each value is written, quotes included."""
        syntax = Syntax(text, "toml")
        for path, key, value in _walk(syntax):
            self.keys.setdefault(path, syntax.span(key))
            if value is not None:
                self.values.setdefault(path, syntax.span(value))

    def region(self, span: Span) -> Region:
        """The 1-based region of a span."""
        return self._lines.region(span)

    def line(self, path: Sequence[Step]) -> int:
        """The 1-based line of a path, or of the longest part of it that is written; 0 where none is."""
        for length in range(len(path), 0, -1):
            span = self.keys.get(tuple(path[:length]))
            if span is not None:
                return self._lines.position(span.start)[0]
        return 0


def _walk(syntax: Syntax) -> Iterator[tuple[Path, Node, Node | None]]:
    tables: Counter[Path] = Counter()
    for node in syntax.root.children:
        if node.type == "pair":
            yield from _pair(syntax, node, ())
        elif node.type in ("table", "table_array_element"):
            header = next((child for child in node.named_children if child.type.endswith("key")), None)
            if header is None:
                continue
            prefix: Path = ()
            names = _names(syntax, header)
            for depth, name in enumerate(names, 1):
                prefix = (*prefix, name)
                yield prefix, header, None
                if depth < len(names) and tables[prefix]:
                    prefix = (*prefix, tables[prefix] - 1)
            if node.type == "table_array_element":
                tables[prefix] += 1
                prefix = (*prefix, tables[prefix] - 1)
                yield prefix, header, None
            for child in node.children:
                if child.type == "pair":
                    yield from _pair(syntax, child, prefix)


def _pair(syntax: Syntax, pair: Node, prefix: Path) -> Iterator[tuple[Path, Node, Node | None]]:
    named = [child for child in pair.named_children if child.type != "comment"]
    if len(named) < 2:
        return
    path = prefix
    names = _names(syntax, named[0])
    for name in names[:-1]:
        path = (*path, name)
        yield path, named[0], None
    path = (*path, names[-1])
    yield path, named[0], named[1]
    yield from _inside(syntax, named[1], path)


def _inside(syntax: Syntax, value: Node, path: Path) -> Iterator[tuple[Path, Node, Node | None]]:
    if len(path) > 50:
        return
    if value.type == "inline_table":
        for child in value.named_children:
            if child.type == "pair":
                yield from _pair(syntax, child, path)
    elif value.type == "array":
        for number, child in enumerate(child for child in value.named_children if child.type != "comment"):
            yield (*path, number), child, child
            yield from _inside(syntax, child, (*path, number))


def _names(syntax: Syntax, node: Node) -> list[str]:
    if node.type == "dotted_key":
        return [name for child in node.named_children for name in _names(syntax, child)]
    return [syntax.source(node).strip("\"'")]
