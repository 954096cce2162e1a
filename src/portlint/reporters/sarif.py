"""SARIF 2.1.0, for GitHub code scanning and other services that collect results.

The specification is https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html; what GitHub makes of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning.
It takes 25,000 results a run and shows 5,000, takes 1,000 locations a result and shows 100, and takes 10 MB of gzip.
Optional arrays are left out where they would be empty. Only ASCII is written.

``primaryLocationLineHash``, the one fingerprint that GitHub compares, is left to its upload action, which computes it
and warns of every result that brings another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from portlint import __version__
from portlint.model import Failure, Finding, Report
from portlint.reporters import View
from portlint.reporters.known_rules import by_code
from portlint.reporters.masking import masked
from portlint.reporters.ordering import by_severity
from portlint.reporters.sarif_results import Places, result, suppression
from portlint.reporters.sarif_rules import descriptors

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RESULTS = 25_000
"""The most results GitHub takes; the least important ones are left out, and a notification says how many."""
_NOT_READ, _LEFT_OUT = "not-read", "results-left-out"
_NOTIFICATIONS = {
    _NOT_READ: "A file, or a line in it, could not be read.",
    _LEFT_OUT: "There are more results than code scanning takes.",
}


def render(report: Report, view: View) -> str:
    """One run in one log file."""
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(masked(report), view)]}, indent=1) + "\n"


def _run(report: Report, view: View) -> dict[str, Any]:
    findings = by_severity(report)
    rules = descriptors(by_code(view), [*findings, *(item.finding for item in report.suppressed)])
    indices = {rule["id"]: index for index, rule in enumerate(rules)}
    places = Places(view)
    notifications = [_not_read(failure, places) for failure in report.failures]
    if len(findings) > RESULTS:
        notifications.append(
            {
                "descriptor": {"id": _LEFT_OUT},
                "level": "warning",
                "message": {"text": f"{len(findings) - RESULTS} of {len(findings)} findings were left out."},
            }
        )
    used = {notification["descriptor"]["id"] for notification in notifications}
    driver: dict[str, Any] = {"name": "portlint", "version": __version__, "semanticVersion": __version__}
    driver["rules"] = rules
    if used:
        driver["notifications"] = [
            {"id": name, "shortDescription": {"text": text}} for name, text in _NOTIFICATIONS.items() if name in used
        ]
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if notifications:
        invocation["toolExecutionNotifications"] = notifications
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"portlint/{view.prefix}"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The top of the repository."}}},
        "invocations": [invocation],
        "results": _results(report, findings[:RESULTS], indices, places),
    }


def _results(
    report: Report, findings: Sequence[Finding], indices: Mapping[str, int], places: Places
) -> list[dict[str, Any]]:
    """Findings, then what is silenced; of all results or of none it is said whether they are (section 3.27.23)."""
    rows = [result(finding, indices[finding.code], places) for finding in findings]
    if report.suppressed:
        rows = [{**row, "suppressions": []} for row in rows]
    for item in report.suppressed[: RESULTS - len(rows)]:
        row = result(item.finding, indices[item.finding.code], places)
        rows.append({**row, "suppressions": [suppression(item)]})
    return rows


def _not_read(failure: Failure, places: Places) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": places.artifact(failure.path)}
    if failure.line:
        place["region"] = {"startLine": failure.line}
    return {
        "descriptor": {"id": _NOT_READ},
        "level": "warning",
        "message": {"text": f"Not read: {failure.message}"},
        "locations": [{"physicalLocation": place}],
    }
