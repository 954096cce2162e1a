"""Counts per rule in the place of the findings: what to look at first, and what to switch off."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from portlint.model import Finding, Report
from portlint.reporters import View, summary
from portlint.reporters.masking import masked
from portlint.reporters.ordering import RANK

_HEADINGS = ("findings", "settings", "code", "name", "severity")
_Row = tuple[int, int, str, str, str]


def render(report: Report, view: View, form: str) -> str:
    """One row a rule that found something, the most frequent first, in one of :data:`portlint.reporters.COUNTED`."""
    report = masked(report)
    rows = _rows(report.findings)
    if form.startswith("json"):
        data = [_record(row) for row in rows]
        return (
            "".join(json.dumps(row) + "\n" for row in data)
            if form == "json-lines"
            else json.dumps(data, indent=1) + "\n"
        )
    cells = [tuple(str(cell) for cell in row) for row in rows]
    if form == "markdown":
        lines = [f"| {' | '.join(_HEADINGS)} |", "| --: | --: | :-- | :-- | :-- |"]
        lines += [f"| {' | '.join(row)} |" for row in cells]
        return "\n".join([*lines, "", summary.closing(report)]) + "\n"
    widths = [max(map(len, column)) for column in zip(_HEADINGS, *cells, strict=True)]
    lines = [_line(row, widths) for row in (_HEADINGS, *cells)] if cells else []
    return "\n".join([*lines, *([""] if lines else []), *summary.lines(report)]) + "\n"


def _rows(findings: Sequence[Finding]) -> list[_Row]:
    counts = Counter((item.code, item.rule) for item in findings)
    rows = []
    for (code, name), number in counts.items():
        own = [item for item in findings if (item.code, item.rule) == (code, name)]
        worst = min((item.severity for item in own), key=RANK.__getitem__)
        rows.append((number, len({(item.setting, item.profile) for item in own}), code, name, str(worst)))
    return sorted(rows, key=lambda row: (-row[0], row[2], row[3]))


def _record(row: _Row) -> dict[str, Any]:
    return dict(zip(_HEADINGS, row, strict=True))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.rjust(size) if index < 2 else cell.ljust(size)
        for index, (cell, size) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()
