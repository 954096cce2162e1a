"""A Code Quality report for GitLab: ``artifacts: reports: codequality`` of a job.

Keys: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. Every fingerprint has to be unique
in the report. Paths are seen from the top of the repository. Only ASCII is written.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from portlint.model import Finding, Report, Severity
from portlint.reporters import View
from portlint.reporters.masking import masked, shown
from portlint.reporters.ordering import by_severity

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(report: Report, view: View) -> str:
    """A JSON array with an object for each finding, and one for each file that could not be read."""
    report = masked(report)
    seen: set[str] = set()
    rows = [_issue(finding, view.prefix, seen) for finding in by_severity(report)]
    for failure in sorted(report.failures, key=lambda failure: (failure.path, failure.line, failure.message)):
        line = failure.line or 1
        rows.append(
            {
                "description": shown(f"portlint could not read this: {failure.message}"),
                "check_name": "not-read",
                "fingerprint": _unique("not-read", failure.path, failure.message, seen=seen),
                "severity": "info",
                "location": {"path": view.prefix + failure.path, "lines": {"begin": line, "end": line}},
            }
        )
    return json.dumps(rows, indent=1) + "\n"


def _issue(finding: Finding, prefix: str, seen: set[str]) -> dict[str, Any]:
    location = finding.location
    return {
        "description": shown(f"{finding.code} {finding.rule}: {finding.message}"),
        "check_name": finding.code,
        "fingerprint": _unique(finding.fingerprint or finding.code, location.path, finding.setting, seen=seen),
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": prefix + location.path,
            "lines": {"begin": location.region.line, "end": location.region.end_line},
        },
    }


def _unique(*parts: str, seen: set[str]) -> str:
    number = 0
    while True:
        basis = "\0".join((*parts, *([str(number)] if number else [])))
        digest = hashlib.sha256(basis.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        if digest not in seen:
            seen.add(digest)
            return digest
        number += 1
