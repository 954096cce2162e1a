"""Errors that a user can cause, and the exit status each stands for."""

from __future__ import annotations


class PortlintError(Exception):
    """A mistake in options, configuration or rule files; the message names file, key and what was expected.

    The command line prints the message and exits with status 2.
    """


class UnreadableInput(Exception):
    """An extractor could not read a file, or a part of it.

    ``line`` is 1-based, or 0 where the whole file is meant. The pipeline turns it into a failure; it never ends a run.
    """

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
