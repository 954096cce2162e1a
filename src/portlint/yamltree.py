"""YAML as nodes with exact places: what PyYAML's C parser says, composed here so that nothing can blow up.

Composition is done from events, with a stack of our own: PyYAML's composer recurses and ends the process on deeply
nested input. Anchors may be cyclic or shared a million times; every walk here ends in linear time. Merge keys follow
https://yaml.org/type/merge.html. Marks of PyYAML (6.0, libyaml 0.2) count code points from the start of the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from portlint import yamltext
from portlint.text import Fragment, Lines, Span
from portlint.yamltext import Source

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_DEPTH = 200
_KEYS = 300
_REVISITS = 5_000
_REPAIRS = 6


@dataclass(slots=True, eq=False)
class Node:
    """A scalar, mapping or sequence. Its place is where it is written, also when it is reached through an alias."""

    source: Source
    kind: str
    """``scalar``, ``map`` or ``seq``."""
    start: int
    end: int
    value: str = ""
    style: str = ""
    """Of a scalar: ``'``, ``"``, ``|``, ``>`` or empty for a plain one."""
    children: list[Node] = field(default_factory=list)
    """Elements of a sequence; keys and values of a mapping in turn."""
    _items: list[tuple[str, Node, Node]] | None = None

    @property
    def fragment(self) -> Fragment:
        """The scalar's value, each character with its place in the file. Empty for a collection."""
        if self.kind != "scalar":
            return Fragment("", self.start)
        return yamltext.scalar(self.source, self.start, self.end, self.value, self.style)

    @property
    def text(self) -> str:
        """The scalar's value as written, never resolved: ``12:30`` and ``0o10`` stay what they are."""
        return self.value if self.source.masked is self.source.text else self.fragment.text

    @property
    def span(self) -> Span:
        """A scalar without its quotes; a collection as written."""
        return self.fragment.whole if self.kind == "scalar" else Span(self.start, self.end)

    @property
    def is_null(self) -> bool:
        """Whether this is an empty or null scalar."""
        return self.kind == "scalar" and not self.style and self.value in _NULLS

    def items(self) -> list[tuple[str, Node, Node]]:
        """Key text, key and value of a mapping, merge keys applied; of a repeated key the last one."""
        if self._items is None:
            self._items = []  # what a cyclic merge meets
            self._items = self._merged() if self.kind == "map" else []
        return self._items

    def get(self, *path: str) -> Node | None:
        """The node below, key by key, or ``None``."""
        node: Node | None = self
        for name in path:
            node = next((value for key, _, value in node.items() if key == name), None) if node else None
        return node

    def elements(self) -> list[Node]:
        """The elements of a sequence; nothing for anything else."""
        return self.children if self.kind == "seq" else []

    def duplicates(self) -> list[tuple[str, Node, Node]]:
        """Keys that this mapping itself holds twice: the key, its first and its last value."""
        if self.kind != "map":
            return []
        first: dict[str, Node] = {}
        twice: dict[str, tuple[str, Node, Node]] = {}
        for key, value in self._own():
            name = key.text
            if name in first and name != "<<":
                twice[name] = (name, first[name], value)
            first.setdefault(name, value)
        return list(twice.values())

    def _own(self) -> Iterator[tuple[Node, Node]]:
        pairs = iter(self.children)
        return ((key, value) for key, value in zip(pairs, pairs, strict=False) if key.kind == "scalar")

    def _merged(self) -> list[tuple[str, Node, Node]]:
        own: dict[str, tuple[str, Node, Node]] = {}
        merges: list[Node] = []
        for key, value in self._own():
            if key.value == "<<" and not key.style:
                merges.extend(value.elements() or [value])
            else:
                own[key.text] = (key.text, key, value)
        most = len(own) + _KEYS  # a chain of anchors, each with one key more, must not cost its square
        for merge in merges:
            for name, key, value in merge.items():
                if len(own) >= most:
                    break
                own.setdefault(name, (name, key, value))
        return list(own.values())


@dataclass(slots=True)
class Tree:
    """The documents of a file, and what could not be read of it: 1-based line and message."""

    source: Source
    documents: list[Node]
    problems: list[tuple[int, str]]


def load(text: str) -> Tree:
    """Every document that can be read. Never raises; a broken line is left out and named among the problems."""
    source = yamltext.masked(text)
    problems: list[tuple[int, str]] = []
    if yamltext.too_deep(source.masked):
        return Tree(source, [], [(0, "nested too deeply")])
    lines = Lines(text)
    readable = source.masked
    documents: list[Node] = []
    moved: set[int] = set()
    for attempt in range(_REPAIRS + 2):
        documents, error = _compose(readable, source)
        if error is None:
            break
        offset, message = error
        line = lines.position(min(offset, len(text)))[0]
        better = yamltext.realigned(readable, offset) if line not in moved else None
        moved.add(line)
        problems.append((line, message))
        readable = better or yamltext.without_line(readable, offset, to_next_document=attempt >= _REPAIRS)
    return Tree(source, documents, list(dict.fromkeys(problems)))


def _compose(text: str, source: Source) -> tuple[list[Node], tuple[int, str] | None]:
    """The documents up to the end or the first error, the broken one as far as it was read."""
    documents: list[Node] = []
    anchors: dict[str, Node] = {}
    stack: list[Node] = []
    try:
        loader = _LOADER(text)
        while True:
            event = loader.get_event()
            if event is None or isinstance(event, yaml.StreamEndEvent):
                return documents, None
            if isinstance(event, yaml.DocumentStartEvent):
                anchors = {}
                continue
            if isinstance(event, yaml.CollectionEndEvent):
                _close(stack.pop(), event.end_mark.index if event.end_mark else 0)
                continue
            if not isinstance(event, yaml.NodeEvent):
                continue
            node = _node(event, anchors, source)
            (stack[-1].children if stack else documents).append(node)
            if isinstance(event, yaml.CollectionStartEvent):
                stack.append(node)
                if len(stack) > _DEPTH:
                    return documents, (node.start, "nested too deeply")
    except yaml.MarkedYAMLError as error:
        return documents, _place(error)
    except (yaml.YAMLError, UnicodeError) as error:
        return documents, (getattr(error, "position", 0) or 0, str(error).splitlines()[0])


def _close(node: Node, end: int) -> None:
    """Merge keys are applied as soon as a mapping ends: bottom up, a long chain of anchors needs no recursion."""
    node.end = end
    node._items = None
    if node.kind == "map" and any(child.value == "<<" for child in node.children[::2]):
        node.items()


def _node(event: Any, anchors: dict[str, Node], source: Source) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, yaml.AliasEvent):
        return anchors.get(event.anchor or "") or Node(source, "scalar", start, start)
    if isinstance(event, yaml.ScalarEvent):
        node = Node(source, "scalar", start, end, event.value, event.style or "")
    else:
        node = Node(source, "map" if isinstance(event, yaml.MappingStartEvent) else "seq", start, end)
    if event.anchor:
        anchors[event.anchor] = node
    return node


def _place(error: yaml.MarkedYAMLError) -> tuple[int, str]:
    """Where a person should look: at the start of what was not closed, else where the parser gave up."""
    context, mark = error.context or "", error.problem_mark or error.context_mark
    unclosed = "quoted scalar" in context or "simple key" in context or "flow" in context
    if unclosed and error.context_mark is not None:
        mark = error.context_mark
    return (mark.index if mark else 0), (error.problem or context or "not YAML")


def leaves(node: Node, longest: int = 200) -> Iterator[tuple[tuple[str, ...], Node | None, Node]]:
    """Key path, last key and value of every scalar below a node, in the order of the text.

    List elements share the path of their list; of a list longer than ``longest`` none is given. What aliases repeat
    is repeated here, but no more often than a person would write it.
    """
    seen: set[int] = set()
    revisits = _REVISITS
    stack: list[tuple[tuple[str, ...], Node | None, Node]] = [((), None, node)]
    while stack:
        path, key, current = stack.pop()
        if id(current) in seen:
            revisits -= 1
            if revisits < 0:
                continue
        seen.add(id(current))
        if current.kind == "scalar":
            yield path, key, current
        elif len(path) < _DEPTH and current.kind == "map":
            below = [((*path, name), inner, value) for name, inner, value in current.items()]
            stack.extend(reversed(below))
        elif current.kind == "seq" and len(current.children) <= longest and len(path) < _DEPTH:
            stack.extend((path, key, child) for child in reversed(current.children))


def scalars(tree: Tree) -> Iterator[Node]:
    """Every scalar as written, once, keys included, in the order of the text."""
    seen: set[int] = set()
    stack = list(reversed(tree.documents))
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.kind == "scalar":
            yield node
        else:
            stack.extend(reversed(node.children))
