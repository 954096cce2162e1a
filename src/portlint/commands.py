"""Commands in any file: words, leading assignments and working directory.

The interface that every format with commands in it uses (shell scripts, compose, Dockerfile, package.json, Procfile,
Makefile, CI, fenced blocks).
"""

from __future__ import annotations

from dataclasses import dataclass

from portlint.text import Fragment, Span
from portlint.values import Expression


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a command. ``text`` is the word with quotes removed and variables as written."""

    text: str
    value: Expression
    span: Span
    """The word without its outer quotes."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """``NAME=value`` before a command, or alone."""

    name: str
    value: Expression
    span: Span
    """The value, without outer quotes."""


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command. Redirections are left out; ``words`` is empty for assignments alone."""

    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...]
    span: Span
    directory: str = ""
    """The folder that ``cd X &&`` before it leads to, relative, or empty."""


def parse(fragment: Fragment) -> list[Command]:
    """The simple commands in a piece of shell text, in order, those in subshells and substitutions included."""
    raise NotImplementedError


def from_words(words: list[Fragment]) -> Command:
    """A command given as a list (exec form); no shell reads it, yet ``$X`` in it is kept as a reference."""
    raise NotImplementedError
