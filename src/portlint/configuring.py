"""From a configuration and what a caller asks for beside it to the options of a run: command line, hook and server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portlint import cache_folder, config, rules
from portlint.changes import Changes
from portlint.config import Configuration
from portlint.discovery import ALL, Choice
from portlint.model import Accepted, Confidence, Severity
from portlint.pipeline import Options

BASELINES = ("portlint-baseline.json", ".portlint-baseline.json")
"""Names under which a baseline at the root of a tree is found without being told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for beside the configuration, and counts before it; ``None`` and empty: nothing."""

    select: tuple[str, ...] = ()
    """Instead of what the configuration selects and ignores."""
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_exclude: tuple[str, ...] = ()
    min_severity: Severity | None = None
    min_confidence: Confidence | None = None
    cache: bool | None = None
    cache_dir: Path | None = None
    jobs: int | None = None
    baseline: Path | None = None
    changed: Changes | None = None


def find(
    root: Path, *, given: Path | None = None, isolated: bool = False, cache: bool = True, cache_dir: Path | None = None
) -> Configuration:
    """The configuration of a tree; none where ``isolated``. Raises :class:`PortlintError`."""
    if isolated:
        return config.NONE
    return config.load(root, given=given, keep=(cache_dir or cache_folder.default_folder()) if cache else None)


def options(configuration: Configuration, asked: Asked) -> Options:
    """The options of a run; a baseline counts only where it is asked for: see :func:`baseline_of`.

    Raises :class:`PortlintError` for a rule that is not there, with file and line.
    """
    own = _own_rules(configuration)
    _check_selectors(configuration, rules.load(own))
    chosen = bool(asked.select)
    pages = tuple(f"/{path}" for path in configuration.keys.get("rules", ()))  # their examples are no claims
    choice = Choice(
        include=configuration.include,
        exclude=configuration.exclude,
        extend_exclude=configuration.extend_exclude.also((*asked.extend_exclude, *pages)),
    )
    return Options(
        select=asked.select or configuration.select or (),
        extend_select=asked.extend_select if chosen else (*configuration.extend_select, *asked.extend_select),
        ignore=asked.ignore if chosen else (*configuration.ignore, *asked.ignore),
        severities=configuration.severities,
        per_file_ignores=configuration.per_file_ignores,
        min_severity=asked.min_severity or configuration.min_severity or Severity.NOTE,
        min_confidence=asked.min_confidence or configuration.min_confidence or Confidence.MEDIUM,
        silences=configuration.suppress,
        own_rules=own,
        cache=_first(asked.cache, configuration.cache, True),
        cache_dir=asked.cache_dir or configuration.cache_dir,
        jobs=asked.jobs,
        baseline=_accepted(asked.baseline),
        changed=asked.changed,
        choice=choice if choice != ALL else ALL,
        policy=configuration.policy,
    )


def _accepted(path: Path | None) -> tuple[Accepted, ...] | None:
    if path is None:
        return None
    from portlint import baseline

    return baseline.load(path)


def baseline_of(configuration: Configuration, root: Path, *, must_exist: bool = True) -> Path | None:
    """The baseline of a tree: the configured one, else one at its root. Raises :class:`PortlintError`."""
    path = configuration.baseline
    if path is None:
        return next((root / name for name in BASELINES if (root / name).is_file()), None)
    if must_exist and not path.is_file():
        raise configuration.complaint(("baseline",), f"{path.name}: no such file; 'portlint baseline' writes it")
    return path


def _first(*values: bool | None) -> bool:
    return next(value for value in values if value is not None)


def _own_rules(configuration: Configuration) -> tuple[Path, ...]:
    for number, path in enumerate(configuration.rules):
        if not path.exists():
            raise configuration.complaint(("rules", number), f"{path.name}: no such file or folder")
    return configuration.rules


def _check_selectors(configuration: Configuration, loaded: Sequence[rules.Rule]) -> None:
    """Raise :class:`PortlintError` for the first text that names no rule."""
    for path, selector in _selectors(configuration.keys):
        if not rules.names_a_rule(loaded, selector):
            from portlint.config_reading import nearest

            known = [name for rule in loaded for name in (rule.code, rule.name)]
            hint = nearest(selector, known) or "; 'portlint rules' lists them"
            raise configuration.complaint(path, f"{selector!r} is no rule and not the beginning of one{hint}")


def _selectors(keys: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for key in ("select", "extend-select", "ignore"):
        for number, selector in enumerate(keys.get(key) or ()):
            yield (key, number), selector
    for pattern, selectors in keys.get("per-file-ignores", {}).items():
        for number, selector in enumerate(selectors):
            yield ("per-file-ignores", pattern, number), selector
    for selector in keys.get("severity", {}):
        yield ("severity", selector), selector
    for index, item in enumerate(keys.get("suppress", ())):
        for number, selector in enumerate(item["rules"]):
            yield ("suppress", index, "rules", number), selector


__all__ = ["BASELINES", "Asked", "baseline_of", "find", "options"]
