"""One simple command, assignment or heredoc as tree-sitter finds it: its words, arrays and text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portlint.commands.model import Assignment, Word
from portlint.commands.words import lexed_words, plain_words, read_assignment, read_word, without_positional
from portlint.syntax import Syntax, descend
from portlint.text import Fragment

if TYPE_CHECKING:
    from tree_sitter import Node

_MATTERS = re.compile(r"[0-9]{2}|port|host|ur[il]\b|url|://|addr|bind|listen|origin|endpoint", re.IGNORECASE)
_INERT = re.compile(
    r"echo|printf|\[|test|mkdir|rm|rmdir|cp|mv|ln|ls|chmod|chown|touch|cat|e?grep|sed|awk|head|tail|sleep|"
    r"p?kill|return|exit|shift|set|trap|which|type|read|true|false|:|local|source|\.|cut|sort|tr|wc|dirname|"
    r"basename"
)
"""Programs whose words tree-sitter reads well enough."""
_WORDS = re.compile(
    r"word|string|raw_string|ansi_c_string|translated_string|concatenation|number|simple_expansion|expansion|"
    r"command_substitution|process_substitution|arithmetic_expansion|brace_expression|regex|extglob_pattern|"
    r"variable_name|test_operator|command_name|variable_assignment"
)


@dataclass(frozen=True, slots=True)
class Heredoc:
    """The text that a command is given; ``expands`` says whether variables in it are replaced."""

    body: Fragment
    expands: bool


def heredoc_in(fragment: Fragment, syntax: Syntax, node: Node) -> Heredoc | None:
    """The heredoc of a redirection."""
    start = next((child for child in node.children if child.type == "heredoc_start"), None)
    body = next((child for child in node.children if child.type == "heredoc_body"), None)
    if body is None:
        return None
    expands = start is None or not re.search(r"['\"\\]", syntax.source(start))
    return Heredoc(fragment.cut(*syntax.span(body)), expands)


def read_pieces(
    pieces: list[Fragment], positional: bool
) -> tuple[list[Word], list[Fragment], list[tuple[Fragment, Assignment]]]:
    """Words, their sources, and the assignments before them with theirs."""
    words: list[Word] = []
    sources: list[Fragment] = []
    assigned: list[tuple[Fragment, Assignment]] = []
    known = (lambda value: value) if positional else without_positional
    for piece in pieces:
        read = read_assignment(piece) if not words and "=" in piece.text else None
        if read is not None:
            assigned.append((piece, Assignment(read.name, known(read.value), read.span)))
        else:
            word = read_word(piece)
            words.append(Word(word.text, known(word.value), word.span))
            sources.append(piece)
    return words, sources, assigned


def pieces_of(fragment: Fragment, syntax: Syntax, node: Node, whole: Node) -> list[Fragment]:
    """The sources of a command's words, assignments before it included; ``whole`` is it with its redirections."""
    source = fragment.cut(*syntax.span(whole))
    text = source.text
    spans = plain_words(text)
    if spans is None and _MATTERS.search(text):
        name = node.child_by_field_name("name")
        if name is None or not _INERT.fullmatch(syntax.source(name)):
            spans = lexed_words(text)
    if spans is None:
        return [fragment.cut(*span) for span in _tree_words(syntax, node, whole)]
    return [source.cut(*span) for span in spans]


def _tree_words(syntax: Syntax, node: Node, whole: Node) -> list[tuple[int, int]]:
    """Where tree-sitter finds the words of a command; neighbours without a gap are one word."""
    found: list[tuple[int, int]] = []
    behind = []  # tree-sitter takes words behind a redirection's file for more files
    for redirection in whole.named_children if whole != node else ():
        if redirection.type == "file_redirect":
            files = [child for child in redirection.named_children if child.type != "file_descriptor"]
            behind.extend(files[1:])
    for child in [*node.children, *behind]:
        if not _WORDS.fullmatch(child.type):
            continue
        start, end = syntax.span(child)
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        elif end > start:
            found.append((start, end))
    return found


def arrays_in(fragment: Fragment, syntax: Syntax, node: Node) -> tuple[tuple[str, tuple[Word, ...]], ...]:
    """Arrays assigned in a node, with their elements; a name ends with ``+`` where it is appended to."""
    found = []
    for child in descend(node):
        if child.type != "variable_assignment":
            continue
        name, array = child.child_by_field_name("name"), child.child_by_field_name("value")
        if name is not None and array is not None and array.type == "array":
            elements = [
                read_word(fragment.cut(*syntax.span(part))) for part in array.named_children if part.type != "comment"
            ]
            append = "+" if "+=(" in syntax.source(child)[:80] else ""
            found.append((syntax.source(name) + append, tuple(elements)))
    return tuple(found)
