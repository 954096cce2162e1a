"""What a project says of its own names: known within a ``with`` block, to every stage, without being handed around."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import TypeVar

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Names of settings are in the form of :func:`portlint.names.canonical`."""

    prefixes: tuple[str, ...] = ()
    """Further public prefixes, in capitals."""
    generic: frozenset[str] = frozenset()
    """Names that say nothing about whose they are, beside those that are known."""
    distinct: frozenset[str] = frozenset()
    """Names that mean one thing everywhere, whatever they look like."""
    same: Mapping[str, str] = field(default_factory=dict)
    """Other names of a setting, each with the setting's own."""


_words: ContextVar[Words] = ContextVar("words", default=Words())  # noqa: B039 - it is frozen


@contextmanager
def using(words: Words) -> Iterator[None]:
    """Within it, and in this thread, names mean what the project says."""
    token = _words.set(words)
    try:
        yield
    finally:
        _words.reset(token)


def current() -> Words:
    """The words of the project at hand."""
    return _words.get()


def as_the_project_says(function: Callable[[str, Words], _Answer]) -> Callable[[str], _Answer]:
    """A function of a name alone, from one of a name and words; answers are kept for each project's words."""
    known = lru_cache(maxsize=65536)(function)

    @wraps(function)
    def ask(name: str) -> _Answer:
        return known(name, _words.get())

    return ask
