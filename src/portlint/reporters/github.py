"""Workflow commands, which a GitHub runner turns into annotations in the log and beside the changed lines.

Escapes and keys: https://docs.github.com/actions/reference/workflow-commands-for-github-actions and ``command.ts`` of
the toolkit: ``%``, CR and LF everywhere, in properties ``:`` and ``,`` too. A runner shows 10 errors, 10 warnings
and 10 notices of a step, so that what matters most comes first. Paths are seen from the top of the repository.
"""

from __future__ import annotations

from collections.abc import Iterator

from portlint.model import Finding, Location, Report, Severity
from portlint.reporters import View, summary
from portlint.reporters.masking import masked, shown
from portlint.reporters.ordering import by_severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_OTHERS = 8
"""How many related places one annotation names."""


def render(report: Report, view: View) -> str:
    """A command for each finding and for each file that could not be read, and the summary as plain text."""
    report = masked(report)
    lines = [_command(finding, view.prefix) for finding in by_severity(report)]
    for failure in sorted(report.failures, key=lambda failure: (failure.path, failure.line, failure.message)):
        properties = {"file": view.prefix + failure.path, "title": "portlint: not read"}
        if failure.line:
            properties["line"] = str(failure.line)
        lines.append(_written("warning", properties, shown(failure.message)))
    return "\n".join([*lines, summary.closing(report)]) + "\n"


def _command(finding: Finding, prefix: str) -> str:
    region = finding.location.region
    properties = {"file": prefix + finding.location.path, "line": str(region.line), "endLine": str(region.end_line)}
    # Columns of an annotation over several lines are refused by GitHub's interface for check runs.
    if region.line == region.end_line:
        properties |= {"col": str(region.column), "endColumn": str(max(region.end_column, region.column))}
    properties["title"] = f"{finding.code} {finding.rule}: {shown(finding.setting)}"
    return _written(_COMMANDS[finding.severity], properties, "\n".join(_lines(finding)))


def _lines(finding: Finding) -> Iterator[str]:
    yield shown(finding.message)
    for location in finding.related[:_OTHERS]:
        yield shown(f"- {_place(location)}")
    if len(finding.related) > _OTHERS:
        yield f"- and {summary.counted(len(finding.related) - _OTHERS, 'more place')}"


def _place(location: Location) -> str:
    how = f" ({location.role}: {location.how})" if location.how else f" ({location.role})"
    return f"{location.path}:{location.region.line} {location.value or 'unresolved'}{how}"


def _written(command: str, properties: dict[str, str], message: str) -> str:
    given = ",".join(f"{key}={_escaped(value, property_=True)}" for key, value in properties.items())
    return f"::{command} {given}::{_escaped(message)}"


def _escaped(text: str, *, property_: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property_ else text
