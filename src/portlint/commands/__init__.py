"""Commands in any file: words, leading assignments and working directory.

The interface that every format with commands in it uses (shell scripts, compose, Dockerfile, package.json, Procfile,
Makefile, CI, fenced blocks).
"""

from __future__ import annotations

import re

from portlint import templates
from portlint.commands import bodies
from portlint.commands.model import Assignment, Command, Word
from portlint.text import Fragment, Span
from portlint.values import Literal

__all__ = ["Assignment", "Command", "Word", "from_words", "parse", "parse_words"]

_EXEC_FORM = templates.Dialect()  # no shell unescapes an exec form: a backslash in it is a backslash


def parse(fragment: Fragment) -> list[Command]:
    """The simple commands in a piece of shell text, in order, those in subshells and substitutions included.

    ``export A=b`` and the like have assignments only. Of ``bash -c "..."``, ``eval`` and terminals that are told what
    to run, the commands in the text are given in place of the outer one. ``$1`` is unknown, ``${1:-8000}`` is 8000.
    """
    from portlint.commands import statements  # tree-sitter is loaded only where there is shell text

    found = (statement.command for statement in statements.walk(fragment))
    return [command for command in found if command.words or command.assignments] + _sockets(fragment)


_SOCKET = re.compile(r"/dev/(?:tcp|udp)/(?P<host>[^/\s'\"]+)/(?P<port>[^/\s'\";&|)<>]+)")


def _sockets(fragment: Fragment) -> list[Command]:
    """Connections that bash itself opens by redirection (bash manual 3.6), as the ``nc host port`` that they are."""
    found = []
    for match in _SOCKET.finditer(fragment.text) if "/dev/" in fragment.text else ():
        host, port = fragment.cut(*match.span("host")), fragment.cut(*match.span("port"))
        program = Word("nc", Literal("nc", Span(host.start, host.start)), Span(host.start, host.start))
        rest = from_words([host, port])
        found.append(Command((program, *rest.words), (), rest.span))
    return found


def from_words(words: list[Fragment]) -> Command:
    """A command given as a list (exec form); no shell reads it, yet ``$X`` in it is kept as a reference."""
    read = tuple(Word(word.text, templates.parse(word, _EXEC_FORM), word.whole) for word in words)
    span = Span(read[0].span.start, read[-1].span.end) if read else Span(0, 0)
    return Command(read, (), span)


def parse_words(words: list[Fragment]) -> list[Command]:
    """The commands of an exec form: those in the text for ``["sh", "-c", "text"]``, else the one command itself."""
    command = from_words(words)
    found = bodies.indices(command)
    return [inner for index in found for inner in parse(words[index])] if found else [command]
