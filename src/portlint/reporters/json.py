"""Machine-readable output, schema version 1: keys, order and values are a contract.

Only ASCII is written, so that the bytes are the same on every console and in every pipe.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from portlint import __version__
from portlint.model import Failure, Finding, Fix, Location, Member, Report, Setting, Severity
from portlint.reporters import View
from portlint.reporters.masking import masked

SCHEMA_VERSION = 1


def render(report: Report, view: View) -> str:
    """The whole report as one JSON object; ``view`` changes nothing."""
    return json.dumps(document(report), indent=1) + "\n"


def document(report: Report) -> dict[str, Any]:
    """The report as plain data, sorted, with passwords masked."""
    report = masked(report)
    summary = report.summary
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "portlint", "version": __version__},
        "summary": {
            "files": summary.files,
            "settings": summary.settings,
            "occurrences": summary.occurrences,
            "unresolved": summary.unresolved,
            "failures": summary.failures,
            **{str(level): sum(finding.severity is level for finding in report.findings) for level in Severity},
        },
        "findings": _sorted([_finding(finding) for finding in report.findings], _finding_key),
        "settings": _sorted([_setting(setting) for setting in report.settings], _setting_key),
        "failures": _sorted([_failure(failure) for failure in report.failures], lambda row: tuple(row.values())),
    }


def _sorted(rows: Sequence[dict[str, Any]], key: Any) -> list[dict[str, Any]]:
    return sorted(rows, key=key)


def _place_key(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["path"], row["line"], row["column"], row["role"], row["value"])


def _finding_key(row: dict[str, Any]) -> tuple[Any, ...]:
    return (*_place_key(row["location"]), row["code"], row["setting"], row["message"])


def _setting_key(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["name"], row["kind"], [_place_key(place) for place in row["occurrences"]])


def _finding(finding: Finding) -> dict[str, Any]:
    related = [{**_location(location), "message": location.message} for location in finding.related]
    return {
        "code": finding.code,
        "rule": finding.rule,
        "severity": str(finding.severity),
        "confidence": str(finding.confidence),
        "profile": finding.profile,
        "setting": finding.setting,
        "kind": str(finding.kind),
        "message": finding.message,
        "fingerprint": finding.fingerprint,
        "location": _location(finding.location),
        "related": sorted(related, key=_place_key),
        "fix": None if finding.fix is None else _fix(finding.fix),
    }


def _location(location: Location) -> dict[str, Any]:
    region = location.region
    return {
        "path": location.path,
        "line": region.line,
        "column": region.column,
        "end_line": region.end_line,
        "end_column": region.end_column,
        "value": location.value,
        "role": str(location.role),
        "network": location.network,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    """``start`` and ``end`` are half-open code-point offsets in the decoded file."""
    return {
        "title": fix.title,
        "applicability": fix.applicability,
        "edits": [
            {"path": edit.path, "start": edit.span.start, "end": edit.span.end, "text": edit.text} for edit in fix.edits
        ],
    }


def _setting(setting: Setting) -> dict[str, Any]:
    return {
        "name": setting.name,
        "kind": str(setting.kind),
        "occurrences": _sorted([_member(member) for member in setting.members], _place_key),
    }


def _member(member: Member) -> dict[str, Any]:
    location = member.location
    return {
        "path": location.path,
        "line": location.region.line,
        "column": location.region.column,
        "value": location.value,
        "role": str(location.role),
        "network": location.network,
        "profile": member.profile,
        "link": member.link,
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {"path": failure.path, "line": failure.line, "message": failure.message}
