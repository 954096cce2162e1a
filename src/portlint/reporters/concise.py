"""One line a finding, for editors and for grep: ``path:line:column: CODE message [setting]``."""

from __future__ import annotations

from portlint.model import Finding, Report
from portlint.reporters import View, summary
from portlint.reporters.masking import masked, shown
from portlint.reporters.ordering import by_severity


def render(report: Report, view: View) -> str:
    """Errors first, then warnings, then notes, each by path and position; the summary closes."""
    report = masked(report)
    lines = [_line(finding) for finding in by_severity(report)]
    return "\n".join([*lines, *summary.lines(report)]) + "\n"


def _line(finding: Finding) -> str:
    location = finding.location
    place = f"{location.path}:{location.region.line}:{location.region.column}"
    return shown(f"{place}: {finding.code} {finding.message} [{finding.setting}]")
