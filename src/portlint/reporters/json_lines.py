"""One JSON object a line, for programs that read while portlint writes: findings, failures, the summary last.

The objects are those of the ``json`` format with a key ``type`` in front. Only ASCII is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from portlint.model import Report
from portlint.reporters import View, records
from portlint.reporters.masking import masked


def render(report: Report, view: View) -> str:
    """A line for each finding, for each failure and for the summary; settings that agree are not told."""
    return "".join(json.dumps(row) + "\n" for row in _rows(masked(report)))


def _rows(report: Report) -> Iterator[dict[str, Any]]:
    for name, rows in (("finding", records.findings(report)), ("failure", records.failures(report))):
        for row in rows:
            yield {"type": name, **row}
    yield {"type": "summary", **records.summary(report)}
