"""One line a finding, for editors and for grep: ``path:line:column: CODE message [setting]``."""

from __future__ import annotations

from portlint.model import Finding, Report, Severity
from portlint.reporters import View, summary
from portlint.reporters.masking import masked, shown

_ORDER = {severity: index for index, severity in enumerate(Severity)}


def render(report: Report, view: View) -> str:
    """Errors first, then warnings, then notes, each by path and position; the summary closes."""
    report = masked(report)
    lines = [_line(finding) for finding in sorted(report.findings, key=_key)]
    return "\n".join([*lines, *summary.lines(report)]) + "\n"


def _key(finding: Finding) -> tuple[object, ...]:
    location = finding.location
    return (_ORDER[finding.severity], location.path, location.region, finding.code, finding.setting, finding.message)


def _line(finding: Finding) -> str:
    location = finding.location
    place = f"{location.path}:{location.region.line}:{location.region.column}"
    return shown(f"{place}: {finding.code} {finding.message} [{finding.setting}]")
