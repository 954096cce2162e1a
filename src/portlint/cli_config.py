"""The configuration as the command line uses and shows it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from portlint import changes, configuring, discovery, pipeline
from portlint.cli_options import CheckOptions, root_and_paths
from portlint.config import Configuration
from portlint.errors import PortlintError
from portlint.pipeline import Options


def configured(root: Path, options: CheckOptions, *, must_exist: bool = True) -> tuple[Configuration, Options]:
    """The configuration of a tree, and with it the options of a run. Raises :class:`PortlintError`.

    ``must_exist``: a baseline that is asked for must be there.
    """
    if options.config is not None and options.isolated:
        raise PortlintError("--config and --isolated: expected one of them")
    folder = Path(options.cache_dir) if options.cache_dir is not None else None
    configuration = configuring.find(
        root,
        given=Path(options.config) if options.config is not None else None,
        isolated=options.isolated,
        cache=options.cache is not False,
        cache_dir=folder,
    )
    accepted: Path | None = None
    if options.use_baseline:
        if options.baseline is not None:
            accepted = Path(options.baseline)
        elif not options.isolated:
            accepted = configuring.baseline_of(configuration, root, must_exist=must_exist)
        if accepted is not None and not must_exist and not accepted.exists():
            accepted = None
    return configuration, configuring.options(
        configuration,
        configuring.Asked(
            select=options.select,
            extend_select=options.extend_select,
            ignore=options.ignore,
            extend_exclude=options.extend_exclude,
            min_severity=options.min_severity,
            min_confidence=options.min_confidence,
            cache=options.cache,
            cache_dir=folder,
            baseline=accepted,
            changed=changes.since(root, options.diff_base) if options.diff_base is not None else None,
        ),
    )


def shown(options: CheckOptions) -> str:
    """What ``--show-settings`` and ``--show-files`` print."""
    root, limits = root_and_paths(options.paths, options.root)
    configuration, chosen = configured(root, options)
    lines: list[str] = []
    if options.show_settings:
        lines += _settings(configuration, chosen)
    if options.show_files:
        found = discovery.discover(root, limits, choice=chosen.choice)
        lines += [file.path for file in found.files]
    return "".join(f"{line}\n" for line in lines)


def accept(options: CheckOptions, prune: bool) -> str:
    """Write the baseline, and say what was done; with ``prune`` only take out what is gone."""
    from portlint import baseline

    root, limits = root_and_paths(options.paths, options.root)
    if limits:
        raise PortlintError("a baseline is of a whole tree: expected no paths but its root")
    configuration, chosen = configured(root, options, must_exist=prune)
    path = Path(options.baseline) if options.baseline is not None else None
    path = path or configuring.baseline_of(configuration, root, must_exist=prune) or root / configuring.BASELINES[0]
    if prune and not path.is_file():
        raise PortlintError(f"{path}: no such file; 'portlint baseline' writes it")
    report = pipeline.run(root, options=chosen)
    gone = {item.fingerprint for item in report.gone}
    kept = [item for item in chosen.baseline or () if item.fingerprint not in gone]
    fresh = [] if prune else baseline.entries(report.findings)
    baseline.write(path, [*kept, *fresh])
    total = len({item.fingerprint for item in (*kept, *fresh)})
    left = f"; {len(report.findings)} new findings are not in it" if prune and report.findings else ""
    with contextlib.suppress(ValueError):
        path = path.resolve().relative_to(Path.cwd())
    return f"{path}: {total} accepted places, {len(fresh)} added, {len(gone)} removed{left}\n"


def begin(root: Path, hook: bool, ci: bool, force: bool) -> str:
    """Write what ``portlint init`` is asked for, and say what was done. Raises :class:`PortlintError`."""
    from portlint import beginning

    root = root.resolve()
    extras = [beginning.hook(root, force)] if hook else []
    extras += [beginning.workflow(root, force)] if ci else []
    written = [item for item in extras if item is not None]
    has_one = configuring.find(root).file is not None
    if force or not has_one or not extras:
        report = pipeline.run(root)
        written.insert(0, beginning.configuration(root, report, force))
    for item in written:
        beginning.write(item)
    lines = [f"wrote {item.path.relative_to(root).as_posix()}" for item in written]
    return "".join(f"{line}\n" for line in lines or ["nothing to add: it is there already"])


def watch(options: CheckOptions, check: Callable[[], None]) -> None:
    """Check whenever something changes; a mistake in the configuration is shown and waits to be mended."""
    from portlint import watching

    root, limits = root_and_paths(options.paths, options.root)
    others = tuple(Path(path) for path in (options.config, options.baseline) if path is not None)

    def look() -> watching.State:
        try:
            return watching.state(root, configured(root, options)[1].choice, (*others, *limits))
        except PortlintError:
            return watching.state(root, discovery.ALL, (*others, *limits))

    def once() -> None:
        click.clear()
        try:
            check()
        except PortlintError as error:
            click.echo(f"portlint: {error}", err=True)
        click.echo("Watching for changes, Control-C ends it.", err=True)

    watching.watch(look, once)


def _settings(configuration: Configuration, chosen: Options) -> Iterator[str]:
    """The configuration in force as TOML; what the command line says is already in it."""
    file = configuration.file
    yield f"# {file.shown}" if file is not None else "# no configuration file"
    exclude = configuration.exclude.items if configuration.exclude is not None else discovery.FOREIGN
    in_force: dict[str, Any] = {
        **{"include": [], "exclude": sorted(exclude)},
        **{key: value for key, value in configuration.keys.items() if not isinstance(value, dict)},
        "extend-exclude": list(chosen.choice.extend_exclude.items),
        "select": list(chosen.select),
        "extend-select": list(chosen.extend_select),
        "ignore": list(chosen.ignore),
        "min-severity": str(chosen.min_severity),
        "min-confidence": str(chosen.min_confidence),
        "cache": chosen.cache,
    }
    if not chosen.select:
        del in_force["select"]
    for key in sorted(in_force):
        yield f"{key} = {_toml(in_force[key])}"
    for key, table in sorted(configuration.keys.items()):
        if isinstance(table, dict):
            yield ""
            yield f"[{key}]"
            yield from (f"{_key(name)} = {_toml(value)}" for name, value in table.items())


def _toml(value: Any) -> str:
    """A value as TOML; its strings are written as JSON's are, but for DEL (TOML 1.0, "String")."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("-", "").replace("_", "").isalnum() else _toml(name)
