"""Machine-readable output, schema version 1: keys, order and values are a contract.

Only ASCII is written, so that the bytes are the same on every console and in every pipe.
"""

from __future__ import annotations

import json
from typing import Any

from portlint import __version__
from portlint.model import Report
from portlint.reporters import View, records
from portlint.reporters.masking import masked

SCHEMA_VERSION = 1


def render(report: Report, view: View) -> str:
    """The whole report as one JSON object; ``view`` changes nothing."""
    return json.dumps(document(report), indent=1) + "\n"


def document(report: Report) -> dict[str, Any]:
    """The report as plain data, sorted, with passwords masked."""
    report = masked(report)
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "portlint", "version": __version__},
        "summary": records.summary(report),
        "findings": records.findings(report),
        "settings": records.settings(report),
        "failures": records.failures(report),
    }
