"""tree-sitter, loaded late: one parser for each language, and nodes' places in code points."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from portlint.text import ByteOffsets, Fragment, Span

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Query

_LANGUAGES = {
    "bash": ("tree_sitter_bash", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "json": ("tree_sitter_json", "language"),
    "toml": ("tree_sitter_toml", "language"),
    "go": ("tree_sitter_go", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "java": ("tree_sitter_java", "language"),
    "kotlin": ("tree_sitter_kotlin", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
    "php": ("tree_sitter_php", "language_php"),
    "c_sharp": ("tree_sitter_c_sharp", "language"),
    "hcl": ("tree_sitter_hcl", "language"),
}


@cache
def _parser(language: str) -> Parser:
    from tree_sitter import Language, Parser

    module, function = _LANGUAGES[language]
    return Parser(Language(getattr(importlib.import_module(module), function)()))


@cache
def query(language: str, source: str) -> Query:
    """A compiled tree-sitter query for a language."""
    from tree_sitter import Query

    found = _parser(language).language
    assert found is not None
    return Query(found, source)


class Syntax:
    """A parsed text. Node positions are UTF-8 bytes; the methods here answer in code points of ``text``."""

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.root = _parser(language).parse(text.encode("utf-8", "surrogatepass")).root_node
        self._offsets = ByteOffsets(text)

    def span(self, node: Node) -> Span:
        """Where a node stands, in code points."""
        return self._offsets.span(node.start_byte, node.end_byte)

    def source(self, node: Node) -> str:
        """A node's text as written."""
        span = self.span(node)
        return self.text[span.start : span.end]

    def fragment(self, node: Node) -> Fragment:
        """A node's text with the way back to its place."""
        span = self.span(node)
        return Fragment.slice_of(self.text, span.start, span.end)


def descend(node: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the text, without recursion."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.children))
