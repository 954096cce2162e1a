"""What a tree is checked with: its configuration, and above it what the client says.

``initializationOptions`` and the section ``portlint`` of ``workspace/didChangeConfiguration`` have the same keys:
``select``, ``ignore`` (lists of codes), ``minSeverity``, ``minConfidence``, ``debounce`` (milliseconds after a change
until it is looked at), ``diagnostics`` (``push`` or ``pull``, at the start only).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from portlint import configuring, pipeline, rules
from portlint.errors import PortlintError
from portlint.model import Confidence, Severity

DEBOUNCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The client's settings."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_severity: Severity | None = None
    min_confidence: Confidence | None = None
    debounce: int = DEBOUNCE
    diagnostics: str = ""


KEYS = {
    "select": "select",
    "ignore": "ignore",
    "minSeverity": "min_severity",
    "minConfidence": "min_confidence",
    "debounce": "debounce",
    "diagnostics": "diagnostics",
}
"""What clients call them, and what they are called here."""


def wishes_of(given: Any) -> tuple[Wishes, list[str]]:
    """The client's settings as far as they can be used, and a complaint for each that cannot."""
    if isinstance(given, Mapping) and isinstance(given.get("portlint"), Mapping):
        given = given["portlint"]
    if given is None:
        return Wishes(), []
    if not isinstance(given, Mapping):
        return Wishes(), [f"settings: expected an object, found {given!r}"]
    found: dict[str, Any] = {}
    complaints = []
    for name, value in given.items():
        if name not in KEYS:
            near = difflib.get_close_matches(str(name), KEYS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; expected one of {', '.join(KEYS)}"
            complaints.append(f"settings: unknown key {name!r}{hint}")
        elif value is not None:
            try:
                found[KEYS[name]] = _value(name, value)
            except PortlintError as error:
                complaints.append(str(error))
    return Wishes(**found), complaints


def _value(name: str, value: Any) -> Any:
    if name in ("select", "ignore"):
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise PortlintError(f"settings: {name}: expected a list of codes, found {value!r}")
        rules.active(rules.load(), value if name == "select" else (), value if name == "ignore" else ())
        return tuple(value)
    if name == "debounce":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 60_000:
            raise PortlintError(f"settings: debounce: expected milliseconds from 0 to 60000, found {value!r}")
        return value
    levels: dict[str, list[str]] = {
        "minSeverity": list(Severity),
        "minConfidence": list(Confidence),
        "diagnostics": ["push", "pull"],
    }
    allowed = levels[name]
    if value not in allowed:
        raise PortlintError(f"settings: {name}: expected one of {', '.join(map(str, allowed))}, found {value!r}")
    return {"minSeverity": Severity, "minConfidence": Confidence}.get(name, str)(value)


def options_for(root: Path, wishes: Wishes) -> pipeline.Options:
    """The options of a tree, with its rules loaded: those that the command line has there, and what the client wishes.

    Raises :class:`PortlintError` for a configuration that cannot be used.
    """
    configuration = configuring.find(root)
    found = configuring.options(
        configuration,
        configuring.Asked(
            select=wishes.select,
            ignore=wishes.ignore,
            min_severity=wishes.min_severity,
            min_confidence=wishes.min_confidence,
            baseline=configuring.baseline_of(configuration, root),
        ),
    )
    loaded = rules.load(found.own_rules)
    rules.active(loaded, found.select, found.ignore, found.extend_select)
    return replace(found, rules=loaded)
