"""The command line: arguments in, text and exit status out.

Exit status: 0 nothing found, or notes only; 1 an error or a warning found; 2 a mistake in options, configuration or
rule files; 3 an internal failure of portlint.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from portlint import __version__
from portlint.cli_options import (
    CheckOptions,
    baseline_option,
    cache_dir_option,
    check_options,
    color_option,
    is_colored,
    root_and_paths,
    terminal_width,
    with_config,
)
from portlint.errors import PortlintError
from portlint.model import Report, Severity

NOTHING_FOUND, FOUND, USAGE, INTERNAL = 0, 1, 2, 3

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def main(arguments: Sequence[str]) -> int:
    """Run one command and answer with its exit status; nothing escapes as an exception."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = group.main(_with_command(arguments), prog_name="portlint", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        error.show()
        return USAGE
    except PortlintError as error:
        click.echo(f"portlint: {error}", err=True)
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # The reader (head, less) has gone; what Python still holds must not be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        if os.environ.get("PORTLINT_TRACEBACK"):
            traceback.print_exc()
        click.echo(_internal(error), err=True)
        return INTERNAL


def _with_command(arguments: Sequence[str]) -> list[str]:
    """``portlint .`` is ``portlint check .``; the name of a command always means the command."""
    arguments = list(arguments)
    if arguments and (arguments[0] in group.commands or arguments[0] in ("-h", "--help", "-V", "--version")):
        return arguments
    return ["check", *arguments]


def _internal(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return (
        f"portlint: internal failure: {what} ({Path(frame.filename).name}:{frame.lineno}). This is a bug in portlint "
        "and not in your files; please report it with what PORTLINT_TRACEBACK=1 prints"
    )


@click.group(context_settings=_SETTINGS)
@click.version_option(__version__, "-V", "--version", message="portlint %(version)s")
def group() -> None:
    """Find the ports, hosts and URLs in a repository that should agree and do not.

    Without a command, PATHS are checked: 'portlint .' is 'portlint check .'.
    """


@group.command()
@check_options
def check(**given: Any) -> int:
    """Check PATHS (default: the current folder) and show what disagrees.

    Exit status: 0 nothing found or notes only, 1 an error or a warning, 2 usage error, 3 internal failure.
    """
    from portlint import cli_config, cli_output

    options = CheckOptions(**given)
    if options.show_settings or options.show_files:
        click.echo(cli_config.shown(options), nl=False)
        return NOTHING_FOUND
    wanted = cli_output.wanted(options)
    if options.watch:
        cli_config.watch(options, lambda: cli_output.show(run(options.paths, options), options, wanted))
        return NOTHING_FOUND
    report = run(options.paths, options)
    cli_output.show(report, options, wanted)
    return NOTHING_FOUND if options.exit_zero else status_of(report)


def run(paths: Sequence[str], options: CheckOptions) -> Report:
    """Check paths with the options of the command line."""
    from portlint import cli_config, pipeline, progress_bar

    root, limits = root_and_paths(paths, options.root)
    chosen = cli_config.configured(root, options)[1]
    with progress_bar.shown() as progress:
        return pipeline.run(root, limits, progress=progress, options=chosen)


def status_of(report: Report) -> int:
    """The exit status that a report stands for; notes alone are no reason to fail a build."""
    failing = any(finding.severity is not Severity.NOTE for finding in report.findings)
    return FOUND if failing else NOTHING_FOUND


@group.command()
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False))
@click.option("--hook", is_flag=True, help="Add an entry to .pre-commit-config.yaml.")
@click.option("--ci", is_flag=True, help="Add a job for GitLab, where .gitlab-ci.yml is there, or for GitHub.")
@click.option("--force", is_flag=True, help="Write anew what is there already.")
def init(folder: str, hook: bool, ci: bool, force: bool) -> int:
    """Write a small configuration for FOLDER (default: the current one), from what is in it.

    With --hook or --ci it is enough if there is a configuration already. Nothing is overwritten without --force.
    """
    from portlint import cli_config

    click.echo(cli_config.begin(Path(folder), hook, ci, force), nl=False)
    return NOTHING_FOUND


@group.command()
@click.option("--prune", is_flag=True, help="Only take out what is no longer found.")
@click.option("--root", type=click.Path(), help="The folder that paths are relative to.")
@baseline_option
@with_config
@click.option("--no-cache", "cache", is_flag=True, flag_value=False, default=None, help="Read all files anew.")
@cache_dir_option
@click.argument("paths", nargs=-1, type=click.Path())
def baseline(prune: bool, **given: Any) -> int:
    """Accept what is found now: later runs show only what is new.

    The file holds a fingerprint for each place, which does not depend on lines. PATHS is the folder (default: the
    current one).
    """
    from portlint import cli_config

    click.echo(cli_config.accept(CheckOptions(**given), prune), nl=False)
    return NOTHING_FOUND


@group.command()
@click.argument("subject", metavar="CODE|SETTING")
@click.argument("path", default=None, required=False)
@click.option("--root", type=click.Path(), help="The folder that paths are relative to.")
@with_config
def explain(subject: str, path: str | None, root: str | None, config: str | None, isolated: bool) -> int:
    """Print the page of a rule, or where a setting stands and why its places were linked.

    PATH is the folder to look in for a setting (default: the current one).
    """
    from portlint import cli_explain, rules

    rule = rules.find(rules.load(), subject)
    if rule is not None:
        click.echo(cli_explain.rule_page(rule), nl=False)
        return NOTHING_FOUND
    options = CheckOptions(root=root, config=config, isolated=isolated)
    click.echo(cli_explain.setting_page(run([path] if path else [], options), subject), nl=False)
    return NOTHING_FOUND


@group.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@color_option
def rules(form: str, color: str) -> int:
    """List the rules."""
    from portlint import cli_explain
    from portlint.rules import load

    if form == "json":
        click.echo(cli_explain.rules_json(load()), nl=False)
    else:
        colored = is_colored(color)
        click.echo(cli_explain.rules_table(load(), terminal_width(), colored), nl=False, color=colored)
    return NOTHING_FOUND


@group.command()
@click.option("--stdio", is_flag=True, help="Standard input and output; the default, and named by many editors.")
@click.option("--tcp", is_flag=True, help="Wait for the editor to connect.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --tcp: where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="With --tcp: the port; 0: any free one.")
def server(stdio: bool, tcp: bool, host: str, port: int) -> int:
    """Serve an editor: diagnostics, hover and navigation by the Language Server Protocol.

    Needs the extra portlint[server]. Exit status: 0 when the editor asked for the end, 1 when it just went.
    """
    from portlint.server.serving import serve

    if stdio and tcp:
        raise click.UsageError("--stdio and --tcp exclude each other")
    return serve(port=port if tcp else None, host=host)


@group.group()
def cache() -> None:
    """Look after what earlier runs have read and kept."""


@cache.command()
@cache_dir_option
def clean(cache_dir: str | None) -> int:
    """Remove what was kept of all trees."""
    from portlint import cache_folder

    folder = Path(cache_dir) if cache_dir is not None else cache_folder.default_folder()
    count, size = cache_folder.clean(folder) if folder is not None else (0, 0)
    click.echo(f"removed {count} {'cache' if count == 1 else 'caches'}, {size / 1e6:.1f} MB")
    return NOTHING_FOUND
