"""Output formats: one line in the table, one module each.

A module has ``render(report, view)``, which answers with the whole output as text that ends with a line break. It is
imported only when its format is asked for.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portlint.model import Report

if TYPE_CHECKING:
    from portlint.rule_schema import Rule

FORMATS = (
    *("table", "concise", "full", "markdown"),
    *("json", "json-lines", "sarif", "github", "gitlab", "junit"),
)
"""Names of the formats: first those for people, then those for programs."""

COUNTED = ("table", "concise", "full", "markdown", "json", "json-lines")
"""The formats that can show counts per rule instead of findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How the output will be seen. ``width`` is in terminal cells; ``everything`` adds the settings that agree."""

    width: int = 120
    color: bool = False
    everything: bool = False
    wrap: bool = False
    """Fold the closing lines at ``width``, too: for a terminal. In a pipe each stays one line."""
    root: Path | None = None
    """The folder that paths are relative to, for formats that quote lines; ``None``: nothing is read."""
    prefix: str = ""
    """The root as seen from the top of the repository (``backend/``), for services that know only that."""
    rules: tuple[Rule, ...] = ()
    """The rules of the run; empty: those shipped with portlint."""
    statistics: bool = False
    """Counts per rule in the place of the findings, in :data:`COUNTED`."""
    limit: int = 0
    """The most characters the reader takes, for formats that have to leave something out then; 0: as the format."""


def render(name: str, report: Report, view: View) -> str:
    """A report in the format ``name``, one of :data:`FORMATS`."""
    if view.statistics and name in COUNTED:
        from portlint.reporters import statistics

        return statistics.render(report, view, name)
    text: str = importlib.import_module(f"portlint.reporters.{name.replace('-', '_')}").render(report, view)
    return text
