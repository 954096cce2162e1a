"""Output formats: one line in the table, one module each.

A module has ``render(report, view)``, which answers with the whole output as text that ends with a line break. It is
imported only when its format is asked for.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from portlint.model import Report

FORMATS = ("table", "concise", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How the output will be seen. ``width`` is in terminal cells; ``everything`` adds the settings that agree."""

    width: int = 120
    color: bool = False
    everything: bool = False


def render(name: str, report: Report, view: View) -> str:
    """A report in the format ``name``, one of :data:`FORMATS`."""
    text: str = importlib.import_module(f"portlint.reporters.{name}").render(report, view)
    return text
