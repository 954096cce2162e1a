"""Findings, settings and failures as plain data, for the formats made of JSON; keys, order, values are a contract."""

from __future__ import annotations

from typing import Any

from portlint.model import Failure, Finding, Fix, Location, Member, Report, Setting, Severity

_Row = dict[str, Any]


def summary(report: Report) -> _Row:
    """What was read, and how many findings of each severity there are."""
    counts = report.summary
    return {
        "files": counts.files,
        "settings": counts.settings,
        "occurrences": counts.occurrences,
        "unresolved": counts.unresolved,
        "failures": counts.failures,
        **{key: number for key in ("suppressed", "known", "gone") if (number := getattr(counts, key))},
        **{str(level): sum(finding.severity is level for finding in report.findings) for level in Severity},
    }


def findings(report: Report) -> list[_Row]:
    """The findings by path and position."""
    return sorted((_finding(finding) for finding in report.findings), key=_finding_key)


def settings(report: Report) -> list[_Row]:
    """The settings by name."""
    return sorted((_setting(setting) for setting in report.settings), key=_setting_key)


def failures(report: Report) -> list[_Row]:
    """What could not be read, by path."""
    return sorted((_failure(failure) for failure in report.failures), key=lambda row: tuple(row.values()))


def _place_key(row: _Row) -> tuple[Any, ...]:
    return (row["path"], row["line"], row["column"], row["role"], row["value"])


def _finding_key(row: _Row) -> tuple[Any, ...]:
    return (*_place_key(row["location"]), row["code"], row["setting"], row["message"])


def _setting_key(row: _Row) -> tuple[Any, ...]:
    return (row["name"], row["kind"], [_place_key(place) for place in row["occurrences"]])


def _finding(finding: Finding) -> _Row:
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


def _location(location: Location) -> _Row:
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


def _fix(fix: Fix) -> _Row:
    """``start`` and ``end`` are half-open code-point offsets in the decoded file."""
    return {
        "title": fix.title,
        "applicability": fix.applicability,
        "edits": [
            {"path": edit.path, "start": edit.span.start, "end": edit.span.end, "text": edit.text} for edit in fix.edits
        ],
    }


def _setting(setting: Setting) -> _Row:
    return {
        "name": setting.name,
        "kind": str(setting.kind),
        "occurrences": sorted((_member(member) for member in setting.members), key=_place_key),
    }


def _member(member: Member) -> _Row:
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


def _failure(failure: Failure) -> _Row:
    return {"path": failure.path, "line": failure.line, "message": failure.message}
