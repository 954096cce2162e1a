"""What a command is made of."""

from __future__ import annotations

from dataclasses import dataclass

from portlint.text import Span
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
