"""The options of ``portlint check``: what they are, what they mean, which folder is the root."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from portlint.errors import PortlintError
from portlint.model import Confidence, Severity
from portlint.reporters import FORMATS

PIPE_WIDTH = 120
"""Columns of output that goes to a pipe or a file and not to a terminal."""

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """The options as given; the defaults are those of the command line."""

    paths: tuple[str, ...] = ()
    root: str | None = None
    format: tuple[str, ...] = ()
    output_file: str | None = None
    statistics: bool = False
    everything: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    extend_exclude: tuple[str, ...] = ()
    min_severity: Severity | None = None
    min_confidence: Confidence | None = None
    exit_zero: bool = False
    color: str = "auto"
    cache: bool | None = None
    cache_dir: str | None = None
    config: str | None = None
    isolated: bool = False
    baseline: str | None = None
    use_baseline: bool = True
    diff_base: str | None = None
    watch: bool = False
    show_settings: bool = False
    show_files: bool = False


def _codes(context: click.Context, parameter: click.Parameter, given: Sequence[str]) -> tuple[str, ...]:
    return tuple(code.strip() for text in given for code in text.split(",") if code.strip())


color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; auto: on a terminal, and as NO_COLOR and FORCE_COLOR say.",
)

cache_dir_option = click.option(
    "--cache-dir",
    type=click.Path(file_okay=False),
    help="Where to keep what was read (default: PORTLINT_CACHE_DIR, else the user's cache folder).",
)

baseline_option = click.option(
    "--baseline", type=click.Path(), metavar="FILE", help="Accepted findings (default: portlint-baseline.json)."
)

config_options = (
    click.option("--config", type=click.Path(dir_okay=False), metavar="FILE", help="The configuration to use."),
    click.option("--isolated", is_flag=True, help="Use no configuration file."),
)

_DECORATORS: tuple[Callable[[Any], Any], ...] = (
    click.argument("paths", nargs=-1, type=click.Path()),
    click.option(
        "--format",
        multiple=True,
        metavar="FORMAT[=FILE]",
        help=f"Output format, and the file it goes to; may be given several times: {', '.join(FORMATS)}. "
        "Default: table; on a GitHub runner annotations and a step summary.",
    ),
    click.option("-o", "--output-file", metavar="FILE", help="Where the format that has no file of its own goes."),
    click.option("--statistics", is_flag=True, help="Show counts per rule instead of the findings."),
    click.option("--all", "everything", is_flag=True, help="Show the settings that agree, too."),
    click.option("--select", multiple=True, callback=_codes, metavar="CODES", help="Only these rules (PL101,PL2)."),
    click.option("--extend-select", multiple=True, callback=_codes, metavar="CODES", help="These rules, too."),
    click.option("--ignore", multiple=True, callback=_codes, metavar="CODES", help="Not these rules (PL103)."),
    click.option(
        "--min-severity",
        type=click.Choice([str(level) for level in reversed(Severity)]),
        callback=lambda context, parameter, given: given and Severity(given),
        help="Leave out what is less important (default: note).",
    ),
    click.option(
        "--min-confidence",
        type=click.Choice([str(level) for level in reversed(Confidence)]),
        callback=lambda context, parameter, given: given and Confidence(given),
        help="Leave out what is less certain (default: medium).",
    ),
    click.option("--exit-zero", is_flag=True, help="Status 0 even when something is found."),
    click.option("--root", type=click.Path(), help="The folder that paths are relative to (see the README)."),
    click.option(
        "--exclude", "extend_exclude", multiple=True, metavar="PATTERN", help="Do not read these files either."
    ),
    *config_options,
    baseline_option,
    click.option(
        "--no-baseline",
        "use_baseline",
        is_flag=True,
        flag_value=False,
        default=True,
        help="Show what is accepted, too.",
    ),
    click.option("--diff-base", metavar="REV", help="Show only what touches lines changed since a git revision."),
    click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Control-C."),
    click.option("--show-settings", is_flag=True, help="Print the configuration in force, and where it is from."),
    click.option("--show-files", is_flag=True, help="Print the files that would be read."),
    click.option(
        "--no-cache", "cache", is_flag=True, flag_value=False, default=None, help="Read all files anew, keep nothing."
    ),
    cache_dir_option,
    color_option,
)


def with_config(command: _Command) -> _Command:
    """Give a command the options that say which configuration counts."""
    for decorator in reversed(config_options):
        command = decorator(command)
    return command


def check_options(command: _Command) -> _Command:
    """Give a command the arguments and options that :class:`CheckOptions` holds."""
    for decorator in reversed(_DECORATORS):
        command = decorator(command)
    return command


def root_and_paths(paths: Sequence[str], root: str | None) -> tuple[Path, tuple[Path, ...]]:
    """The root of the tree, and the paths below it that the run is limited to.

    The root is ``--root``; else the current folder where all paths are within it; else the one folder that is given.
    Raises :class:`PortlintError` for a path that does not exist or is outside the root.
    """
    for path in (*([root] if root is not None else ()), *paths):
        if not os.path.exists(path):
            raise PortlintError(f"{path}: no such file or folder")
    if root is not None and not os.path.isdir(root):
        raise PortlintError(f"--root {root}: expected a folder")
    base = Path(root if root is not None else os.curdir).resolve()
    found = [Path(path).resolve() for path in paths]
    outside = [path for path, place in zip(paths, found, strict=True) if not place.is_relative_to(base)]
    if outside and root is None and len(paths) == 1 and found[0].is_dir():
        return found[0], ()
    if outside:
        raise PortlintError(f"{outside[0]}: outside of {base}; name a folder that holds all paths with --root")
    return base, tuple(place for place in found if place != base)


def is_colored(choice: str) -> bool:
    """Whether to write colours, for ``auto`` by the environment and the terminal.

    https://no-color.org and https://force-color.org: set and not empty means yes, and the former wins.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def terminal_width() -> int:
    """Columns of the terminal; ``COLUMNS`` if set; :data:`PIPE_WIDTH` where there is no terminal."""
    return shutil.get_terminal_size((PIPE_WIDTH, 24)).columns
