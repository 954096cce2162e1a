"""How ``portlint check`` shows its report: which formats go where, and what a GitHub runner gets unasked."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace

import click

from portlint import outputs, reporters
from portlint.cli_options import CheckOptions, is_colored, root_and_paths, terminal_width
from portlint.errors import PortlintError
from portlint.model import Report
from portlint.outputs import Output
from portlint.reporters import View


def wanted(options: CheckOptions) -> tuple[Output, ...]:
    """The outputs that the options ask for. Raises :class:`PortlintError` before anything has been read."""
    return outputs.chosen(options.format, options.output_file, statistics=options.statistics)


def show(report: Report, options: CheckOptions, targets: Sequence[Output]) -> None:
    """Write a report in every format; files first, so that they are there even if a pipe closes."""
    root, _ = root_and_paths(options.paths, options.root)
    plain = View(
        width=terminal_width(),
        color=options.color == "always",
        everything=options.everything,
        root=root,
        prefix=outputs.prefix_of(root),
        statistics=options.statistics,
    )
    unasked = outputs.on_github() and not options.format and options.output_file is None and not options.statistics
    if unasked:
        targets = [Output("github")]
    colored = is_colored(options.color)
    screen = replace(plain, color=colored, wrap=sys.stdout.isatty())
    files = [(item.file, reporters.render(item.format, report, plain)) for item in targets if item.file]
    texts = [reporters.render(item.format, report, screen) for item in targets if not item.file]
    outputs.write_files(files)
    if unasked:
        _summarize(report, plain)
    _print(texts, colored)


def _summarize(report: Report, view: View) -> None:
    """Add the tables to the runner's step summary. Nobody has asked for it, so a failure is told and no more."""
    file = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if file:
        text = reporters.render("markdown", report, replace(view, limit=outputs.summary_room(file)))
        trouble = outputs.append_summary(file, text + "\n")
        if trouble:
            click.echo(f"portlint: {trouble}", err=True)


def _print(texts: Sequence[str], colored: bool) -> None:
    try:
        for text in texts:
            click.echo(text, nl=False, color=colored)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What Python still holds must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise PortlintError(f"standard output: cannot be written: {error.strerror or error}") from None
