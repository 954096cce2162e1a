"""The statements of shell text with what surrounds them: folder, function, condition, output file, heredoc.

tree-sitter-bash finds the statements; :mod:`portlint.commands.leaves` reads each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portlint.commands import bodies, folders, guards, limits
from portlint.commands.leaves import Heredoc, arrays_in, heredoc_in, pieces_of, read_pieces
from portlint.commands.model import Assignment, Command, Word
from portlint.commands.surroundings import (
    TEE,
    Around,
    Statement,
    chain,
    condition_of,
    output_of,
    substitutes,
    under,
)
from portlint.commands.words import body_of, read_assignment
from portlint.errors import UnreadableInput
from portlint.syntax import Syntax
from portlint.text import Fragment

if TYPE_CHECKING:
    from tree_sitter import Node

_SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution"})
_LOOPS = frozenset({"for_statement", "while_statement", "c_style_for_statement"})
_MAY_BE_BEHIND = frozenset({"command", "redirected_statement", "subshell", "compound_statement", "list", "pipeline"})
_AMPERSAND = re.compile(r"[ \t]*&(?![&>])")
TOO_DEEP = "?"
"""Keyword of what is nested too deeply to be read."""

_DEEPEST = 150
_DEEPEST_BODY = 4


@dataclass(slots=True)
class _Walk:
    fragment: Fragment
    syntax: Syntax
    script: str
    folder: str
    places: dict[str, str]
    inside: int = 0
    """How many commands around run this text."""
    depth: int = 0
    positional: bool = False

    def cut(self, node: Node) -> Fragment:
        return self.fragment.cut(*self.syntax.span(node))

    def is_background(self, node: Node) -> bool:
        """Whether ``&`` follows."""
        return _AMPERSAND.match(self.syntax.text, self.syntax.span(node).end) is not None


def walk(
    fragment: Fragment,
    syntax: Syntax | None = None,
    *,
    script: str = "",
    places: dict[str, str] | None = None,
    positional: bool = False,
) -> Iterator[Statement]:
    """The statements of shell text in order, those in functions, subshells and substitutions included.

    ``syntax`` is the parsed ``fragment.text``, where the caller has it already. ``script`` is the text's own path if it
    is a whole script: ``$(dirname "$0")`` and its relatives are then known, and folders may begin with ``@/``;
    ``places`` is filled with the variables that hold such folders.
    ``positional`` keeps ``$1`` as a reference named ``1``.
    """
    syntax = syntax or parsed(fragment.text)
    state = _Walk(fragment, syntax, script, "", {} if places is None else places, positional=positional)
    yield from _visit(state, syntax.root, Around())


def parsed(text: str) -> Syntax:
    """Shell text as tree-sitter reads it. Raises :class:`UnreadableInput` for what would take it too long."""
    if limits.bounded(text)[1]:
        raise UnreadableInput(limits.REASON)
    return Syntax(text, "bash")


def _visit(walk: _Walk, node: Node, around: Around) -> Iterator[Statement]:
    kind = node.type
    if walk.depth > _DEEPEST:
        yield Statement(Command((), (), walk.cut(node).whole), around, TOO_DEEP)
        return
    walk.depth += 1
    if kind in _MAY_BE_BEHIND and not around.background and walk.is_background(node):
        around = replace(around, background=True)
    if kind in ("command", "declaration_command", "variable_assignment", "variable_assignments", "test_command"):
        yield from _leaf(walk, node, around)
    elif kind == "list":
        yield from _list(walk, node, around)
    elif kind == "if_statement":
        yield from _if(walk, node, around)
    elif kind == "case_statement":
        yield from _case(walk, node, around)
    elif kind == "redirected_statement":
        yield from _redirected(walk, node, around)
    elif kind == "pipeline":
        tee = TEE.search(walk.syntax.source(node))
        inner = replace(around, output=tee.group(2)) if tee else around
        for child in node.named_children:
            yield from _apart(walk, child, inner)
    elif kind in ("subshell", "command_substitution", "process_substitution"):
        yield from _apart(walk, node, replace(around, output="") if kind in _SUBSTITUTIONS else around, inside=True)
    elif kind == "function_definition":
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if body is not None:
            function = walk.syntax.source(name) if name is not None else ""
            yield from _apart(walk, body, Around(function=function))
    elif kind in _LOOPS:
        for child in node.named_children:
            yield from _apart(walk, child, around) if child.type == "do_group" else _visit(walk, child, around)
    elif kind not in ("comment", "word", "variable_name", "number", "raw_string", "string_content"):
        for child in node.named_children:
            yield from _visit(walk, child, around)
    walk.depth -= 1


def _apart(walk: _Walk, node: Node, around: Around, inside: bool = False) -> Iterator[Statement]:
    """Where ``cd`` has no effect on what follows."""
    folder = walk.folder
    for child in node.named_children if inside else (node,):
        yield from _visit(walk, child, around)
    walk.folder = folder


def _list(walk: _Walk, node: Node, around: Around) -> Iterator[Statement]:
    condition = ""
    for operator, child in chain(node):
        inner = around
        if condition:
            empty, filled = guards.empty_and_set(condition)
            profile, other = guards.profiles(condition)
            if operator == "&&":
                inner = replace(around, empty=around.empty | empty, profile=profile or around.profile)
            elif operator == "||":
                inner = replace(around, empty=around.empty | filled, profile=other or around.profile)
        yield from _visit(walk, child, inner)
        condition = condition_of(walk.syntax, child) or (condition if operator == "&&" else "")


def _if(walk: _Walk, node: Node, around: Around) -> Iterator[Statement]:
    folder, state = walk.folder, around
    conditions: list[str] = []
    clauses = 0
    before_then = True
    for child in node.children:
        kind = child.type
        if kind == "then":
            before_then = False
            state, folder = under(around, " ".join(conditions), True), walk.folder
        elif kind == "elif_clause":
            clauses += 1
            walk.folder = folder
            yield from _if(walk, child, around)
        elif kind == "else_clause":
            walk.folder = folder
            inner = around if clauses else under(around, " ".join(conditions), False)
            for part in child.named_children:
                yield from _visit(walk, part, inner)
        elif child.is_named:
            if before_then:
                conditions.append(condition_of(walk.syntax, child))
            yield from _visit(walk, child, around if before_then else state)
    walk.folder = folder


def _case(walk: _Walk, node: Node, around: Around) -> Iterator[Statement]:
    value = node.child_by_field_name("value")
    subject = re.search(r"[A-Za-z_]\w*|[0-9]", walk.syntax.source(value)) if value is not None else None
    chooses = subject is not None and guards.is_selector(subject.group())
    folder = walk.folder
    for item in node.named_children:
        if item.type != "case_item":
            continue
        patterns: list[str] = []
        inner = around
        opened = False
        for child in item.children:
            if child.type == ")" and not opened:
                opened = True
                profile = guards.profile_of(patterns) if chooses else ""
                inner = replace(around, profile=profile or around.profile)
            elif child.is_named and not opened:
                patterns.append(walk.syntax.source(child))
            elif child.is_named:
                yield from _visit(walk, child, inner)
        walk.folder = folder


def _redirected(walk: _Walk, node: Node, around: Around) -> Iterator[Statement]:
    body = node.child_by_field_name("body")
    output, heredoc, later = around.output, None, []
    parts = [child for child in node.named_children if child != body]
    while parts:
        part = parts.pop(0)
        if part.type == "heredoc_redirect":
            heredoc = heredoc_in(walk.fragment, walk.syntax, part)
            parts.extend(part.named_children)
        elif part.type == "file_redirect":
            output = output_of(walk.syntax, part) or output
        elif part.type in ("pipeline", "list", "command"):
            tee = TEE.search(walk.syntax.source(part))
            output = tee.group(2) if tee else output
            later.append(part)
    inner = replace(around, output=output)
    if body is not None and body.type == "command":
        whole = body if heredoc is not None else node
        yield from _leaf(walk, body, inner, heredoc, whole)
    elif body is not None:
        yield from _visit(walk, body, inner)
    for part in later:
        yield from _visit(walk, part, around)
    for child in node.named_children:
        if child != body and substitutes(walk.syntax.source(child)):
            yield from _within(walk, child, around)


def _leaf(
    walk: _Walk, node: Node, around: Around, heredoc: Heredoc | None = None, whole: Node | None = None
) -> Iterator[Statement]:
    source = walk.cut(node)
    kind = node.type
    keyword = ""
    pieces: list[Fragment] = []
    if kind == "test_command":
        keyword = "["
    elif kind == "command":
        pieces = pieces_of(walk.fragment, walk.syntax, node, whole or node)
    else:
        keyword = node.children[0].type if kind == "declaration_command" else ""
        children = (node,) if kind == "variable_assignment" else node.named_children
        pieces = [walk.cut(child) for child in children if child.type == "variable_assignment"]
    words, sources, assigned = read_pieces(pieces, walk.positional)
    folder = walk.folder
    if words and words[0].text not in ("cd", "pushd"):
        option = folders.option_of([word.text for word in words])
        folder = (folders.changed(folder, option, walk.places, walk.script) or folder) if option else folder
    command = Command(tuple(words), tuple(assignment for _, assignment in assigned), source.whole, folder)
    arrays = arrays_in(walk.fragment, walk.syntax, node) if "=(" in source.text else ()
    statement = Statement(command, around, keyword, heredoc, arrays)
    texts = bodies.indices(command) if words and walk.inside < _DEEPEST_BODY else []
    if texts:
        yield from _bodies(walk, statement, sources, texts)
    else:
        yield statement
    if substitutes(source.text):
        yield from _within(walk, node, replace(around, output=""))
    _moved(walk, words, assigned)


def _within(walk: _Walk, node: Node, around: Around) -> Iterator[Statement]:
    """The commands in the substitutions of a node; those in their own substitutions come with them."""
    stack = list(reversed(node.named_children))
    while stack:
        child = stack.pop()
        if child.type in _SUBSTITUTIONS:
            yield from _visit(walk, child, around)
        else:
            stack.extend(reversed(child.named_children))


def _bodies(walk: _Walk, statement: Statement, sources: list[Fragment], texts: list[int]) -> Iterator[Statement]:
    command = statement.command
    before = [read_assignment(source) for source in sources[: texts[0]] if "=" in source.text]
    inherited = (*command.assignments, *(read for read in before if read is not None))
    if inherited:
        yield replace(statement, command=replace(command, words=(), assignments=inherited))
    for index in texts:
        body = body_of(sources[index])
        inner = _Walk(body, parsed(body.text), walk.script, command.directory, walk.places, walk.inside + 1)
        inner.positional = walk.positional
        yield from _visit(inner, inner.syntax.root, statement.around)


def _moved(walk: _Walk, words: list[Word], assigned: list[tuple[Fragment, Assignment]]) -> None:
    """What ``cd`` and assignments of places change."""
    if words and words[0].text in ("cd", "pushd", "popd"):
        to = next((word.text for word in words[1:] if word.text not in ("--", "-P", "-L")), "")
        walk.folder = folders.changed(walk.folder, to, walk.places, walk.script)
    elif walk.script and not words:
        for source, assignment in assigned:
            written = source.text.partition("=")[2]
            if folders.may_hold_place(written):
                place = folders.evaluate(written, walk.places, walk.folder, walk.script)
                if place is not None and place.startswith(folders.ROOTED):
                    walk.places[assignment.name] = place
