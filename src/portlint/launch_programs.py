"""Programs that run other programs with a plain list of words: ``nohup``, ``sudo -u x``, ``poetry run``, ``cross-env``.

Sources: the manual page or ``--help`` of each program (util-linux 2.40, coreutils 9.5, npm 10, uv 0.5, Poetry 1.8,
tini 0.19, gosu 1.17, watchdog 5, dotenv-cli 7).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from portlint.commands import Assignment
from portlint.launch_words import Part
from portlint.text import Span
from portlint.values import Literal


@dataclass(frozen=True, slots=True)
class Launch:
    """One program that runs. ``names`` are what it may be called in the knowledge, the likeliest first."""

    names: tuple[str, ...]
    word: Part
    rest: list[Part]
    kind: str = "program"
    """``program``, ``module`` (``python -m``), ``file`` (run by an interpreter) or ``script`` (of a package.json)."""
    variable: bool = False
    """The program's name is only suggested by a variable's."""


@dataclass(slots=True)
class Unwrapped:
    """What a command runs and what its wrappers say."""

    clients: Collection[str] = ()
    launches: list[Launch] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    inner: list[Part] = field(default_factory=list)
    """Quoted commands, to be parsed."""
    awaited: list[Part] = field(default_factory=list)
    """Addresses that a wrapper waits for."""
    directory: str = ""
    """The folder that a wrapper changes to (``npm --prefix x``)."""


@dataclass(frozen=True, slots=True)
class _Wrapper:
    valued: frozenset[str] = frozenset()
    skip: int = 0
    """Plain arguments before the command."""
    verbs: frozenset[str] = frozenset()
    """One of these must be the first plain argument, else it wraps nothing."""


def _wrapper(valued: str = "", skip: int = 0, verbs: str = "") -> _Wrapper:
    return _Wrapper(frozenset(valued.split()), skip, frozenset(verbs.split()))


WRAPPERS = {
    "nohup": _wrapper(),
    "exec": _wrapper("-a"),
    "sudo": _wrapper("-u -g -h -p -C -D -R -T -U --user --group --host --prompt --chdir"),
    "doas": _wrapper("-u -C"),
    "env": _wrapper("-u --unset -C --chdir"),
    "time": _wrapper("-o -f --output --format"),
    "nice": _wrapper("-n --adjustment"),
    "ionice": _wrapper("-c -n --class --classdata"),
    "chrt": _wrapper("", 1),
    "timeout": _wrapper("-s -k --signal --kill-after", 1),
    "gtimeout": _wrapper("-s -k --signal --kill-after", 1),
    "xvfb-run": _wrapper("-n -s -e -f -p -w --server-num --server-args --error-file --auth-file"),
    "dbus-run-session": _wrapper("--config-file"),
    "setsid": _wrapper(),
    "stdbuf": _wrapper("-i -o -e --input --output --error"),
    "unbuffer": _wrapper(),
    "command": _wrapper(),
    "builtin": _wrapper(),
    "tini": _wrapper("-p -e"),
    "docker-init": _wrapper("-p -e"),
    "catatonit": _wrapper(),
    "dumb-init": _wrapper("-r --rewrite"),
    "gosu": _wrapper("", 1),
    "su-exec": _wrapper("", 1),
    "setpriv": _wrapper("--reuid --regid --groups"),
    "runuser": _wrapper("-u -g -G"),
    "chroot": _wrapper("", 1),
    "strace": _wrapper("-e -o -p -s"),
    "caffeinate": _wrapper("-t -w"),
    "winpty": _wrapper(),
    "call": _wrapper(),
    "xargs": _wrapper("-I -n -P -L -d -a -s"),
    "watch": _wrapper("-n --interval"),
    "npx": _wrapper("-p --package --registry"),
    "pnpx": _wrapper("-p --package"),
    "bunx": _wrapper("-p --package"),
    "uvx": _wrapper("--from --with --with-editable -p --python --index-url --env-file"),
    "pipx": _wrapper("--spec --python --pip-args", 0, "run"),
    "poetry": _wrapper("-C --directory -P --project", 0, "run"),
    "pipenv": _wrapper("--python", 0, "run"),
    "uv": _wrapper(
        "--with --with-editable --with-requirements -p --python --project --directory --env-file --group --extra "
        "--package --index-url --only-group --no-group --no-extra -C --config-setting",
        0,
        "run",
    ),
    "hatch": _wrapper("-e --env -p --project", 0, "run"),
    "pdm": _wrapper("-p --project", 0, "run"),
    "rye": _wrapper("--pyproject", 0, "run"),
    "conda": _wrapper("-n -p --name --prefix --cwd", 0, "run"),
    "mamba": _wrapper("-n -p --name --prefix --cwd", 0, "run"),
    "micromamba": _wrapper("-n -p --name --prefix --cwd", 0, "run"),
    "mise": _wrapper("", 0, "exec x"),
    "cross-env": _wrapper(),
    "cross-env-shell": _wrapper(),
    "dotenv": _wrapper("-e -c -v -p -f --file --export", 0, ""),
    "dotenvx": _wrapper("-f -fk -e --env-file", 0, "run"),
    "env-cmd": _wrapper("-f -e -r --file --environments --rc-file"),
    "doppler": _wrapper("-p -c -t --project --config --token", 0, "run"),
    "infisical": _wrapper("--env --path --projectId --token --domain", 0, "run"),
    "op": _wrapper("--env-file --account", 0, "run"),
    "bundle": _wrapper("", 0, "exec"),
    "spring": _wrapper(),
    "foreman": _wrapper("-e --env -d --root", 0, "run"),
    "honcho": _wrapper("-e --env -d", 0, "run"),
    "watchmedo": _wrapper(
        "-d -p -i --directory --pattern --patterns --ignore-pattern --ignore-patterns --signal --debounce-interval "
        "--kill-after --interval",
        0,
        "auto-restart shell-command",
    ),
    "ddtrace-run": _wrapper(),
    "newrelic-admin": _wrapper("", 0, "run-program"),
    "opentelemetry-instrument": _wrapper(
        "--traces_exporter --metrics_exporter --logs_exporter --service_name --exporter_otlp_endpoint --id_generator"
    ),
    "lerna": _wrapper("--scope --ignore --concurrency", 0, "exec"),
}

PYTHON_WORD = Part("python", Literal("python", Span(0, 0)))
"""Stands before ``-m`` where a wrapper takes that flag itself (``uv run -m``); it is never reported."""


def wrapped(wrapper: _Wrapper, rest: list[Part]) -> list[Part] | None:
    """The words behind a wrapper's own options; ``None`` where it is told to do something else (``poetry install``)."""
    verb = not wrapper.verbs
    skip = wrapper.skip
    index = 0
    while index < len(rest):
        flat = rest[index].flat
        if flat == "--":
            if verb and not skip:
                return rest[index + 1 :]
        elif rest[index].is_flag or flat == "-":
            if wrapper.verbs and verb and flat in ("-m", "--module"):
                return [PYTHON_WORD, *rest[index:]]
            index += flat in wrapper.valued
        elif not verb:
            if flat not in wrapper.verbs:
                return None
            verb = True
        elif skip:
            skip -= 1
        else:
            return rest[index:]
        index += 1
    return [] if verb else None
