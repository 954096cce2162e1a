"""What surrounds a statement of shell text: function, conditions, profile, output file; and what conditions say."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portlint.commands import guards
from portlint.commands.leaves import Heredoc
from portlint.commands.model import Command, Word
from portlint.syntax import Syntax

if TYPE_CHECKING:
    from tree_sitter import Node

TEE = re.compile(r"\btee\s+(?:-a\s+|--append\s+)?([\"']?)([^\s\"'|;&>]+)\1")


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds a statement."""

    function: str = ""
    empty: frozenset[str] = frozenset()
    """Variables (``1`` for ``$1``) that an enclosing condition found unset or empty."""
    profile: str = ""
    output: str = ""
    """The file that output goes to, as written without quotes."""
    background: bool = False
    """The shell does not wait for it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One simple command, assignment or test."""

    command: Command
    around: Around = Around()
    keyword: str = ""
    """``export``, ``local``, ``readonly``, ``declare`` or ``typeset`` of a declaration, ``[`` of a test."""
    heredoc: Heredoc | None = None
    arrays: tuple[tuple[str, tuple[Word, ...]], ...] = ()
    """Arrays that are assigned here, with their elements as words; a name ends with ``+`` where it is appended to."""


def chain(node: Node) -> list[tuple[str, Node]]:
    """The commands of ``a && b || c`` in order, each with the operator before it."""
    links: list[tuple[str, Node]] = []
    while node.type == "list":  # lists lean left: a && b is the left side of a && b && c
        children = node.children
        named = [(index, child) for index, child in enumerate(children) if child.is_named]
        links.extend((_operator(children[:index]), child) for index, child in reversed(named[1:]))
        if not named:
            return []
        node = named[0][1]
    links.append(("", node))
    return links[::-1]


def _operator(before: list[Node]) -> str:
    return next((child.type for child in reversed(before) if child.type in ("&&", "||")), "")


def substitutes(text: str) -> bool:
    """Whether text may hold commands whose output is put in."""
    return "$(" in text or "`" in text or "<(" in text


def condition_of(syntax: Syntax, node: Node) -> str:
    """The tests in a command, as text; empty where it holds none."""
    if node.type in ("test_command", "negated_command", "compound_statement"):
        return syntax.source(node)
    if node.type == "command" and (text := syntax.source(node)).startswith("test "):
        return "[ " + text[5:] + " ]"
    if node.type in ("list", "pipeline"):
        return " ".join(filter(None, (condition_of(syntax, child) for child in node.named_children[:4])))
    return ""


def under(around: Around, condition: str, holds: bool) -> Around:
    """What surrounds the branch that runs where a condition holds, or where it does not."""
    empty, filled = guards.empty_and_set(condition)
    profile, other = guards.profiles(condition)
    if not holds:
        empty, profile = filled, other
    return replace(around, empty=around.empty | empty, profile=profile or around.profile)


def output_of(syntax: Syntax, redirect: Node) -> str:
    """The file that a redirection sends output to, without quotes; empty for other redirections and devices."""
    source = syntax.source(redirect)
    match = re.match(r"(?:1|&)?>>?\|?\s*", source)
    if match is None or source[match.end() :].startswith(("&", "(")):
        return ""
    target = source[match.end() :].strip().replace('"', "").replace("'", "")
    return "" if target.startswith("/dev/") else target
