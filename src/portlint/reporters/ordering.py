"""The order in which findings are told: what matters most first, then by place."""

from __future__ import annotations

from portlint.model import Finding, Report, Severity

RANK = {severity: index for index, severity in enumerate(Severity)}
"""Errors are 0."""


def by_severity(report: Report) -> list[Finding]:
    """Errors first, then warnings, then notes, each by path and position."""
    return sorted(report.findings, key=_key)


def _key(finding: Finding) -> tuple[object, ...]:
    location = finding.location
    return (RANK[finding.severity], location.path, location.region, finding.code, finding.setting, finding.message)
