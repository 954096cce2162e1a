"""JUnit XML, for the test pages of CI services: a setting that agrees is a passed test, a finding a failed one.

Elements and attributes are those of the schema that Jenkins' xUnit plugin ships (``junit-10.xsd``), which the other
readers (GitLab, Azure, CircleCI) accept too. A name holds no line number, so that a service recognises a test
that failed before. Only ASCII is written; what XML cannot hold is written as an escape.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from portlint.model import Finding, Location, Report, Severity
from portlint.reporters import View
from portlint.reporters.masking import masked, shown
from portlint.reporters.ordering import by_severity


@dataclass(frozen=True, slots=True)
class _Case:
    """One test: ``outcome`` is ``failure``, ``skipped``, ``system-out`` (a remark on a passed one) or empty."""

    path: str
    name: str
    outcome: str = ""
    message: str = ""
    kind: str = ""
    text: str = ""


def render(report: Report, view: View) -> str:
    """A suite for each file; a note fails no test, as it fails no run, and an unreadable file is a skipped test."""
    suites: dict[str, list[_Case]] = {}
    # Jenkins takes a report without a single test for a mistake.
    for case in tuple(_cases(masked(report))) or (_Case("portlint", "nothing to compare"),):
        suites.setdefault(case.path, []).append(case)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    every = [case for cases in suites.values() for case in cases]
    lines.append(f'<testsuites name="portlint" {_counts(every)}>')
    for path in sorted(suites):
        lines.append(f"  <testsuite name={_quoted(path)} {_counts(suites[path])} skipped={_skipped(suites[path])}>")
        seen: Counter[str] = Counter()
        for case in suites[path]:
            seen[case.name] += 1
            number = f" ({seen[case.name]})" if seen[case.name] > 1 else ""
            lines.extend(_element(case, case.name + number))
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _cases(report: Report) -> Iterator[_Case]:
    """Findings by severity, files that could not be read, then the settings that no finding is about."""
    for finding in by_severity(report):
        outcome = "system-out" if finding.severity is Severity.NOTE else "failure"
        path, name = finding.location.path, f"{finding.setting}: {finding.code} {finding.rule}"
        yield _Case(path, name, outcome, finding.message, finding.code, "\n".join(_lines(finding)))
    for failure in sorted(report.failures, key=lambda failure: (failure.path, failure.line, failure.message)):
        at = f"line {failure.line}: " if failure.line else ""
        yield _Case(failure.path, "can be read", "skipped", f"not read: {at}{failure.message}")
    about = {(place.path, place.span) for item in report.findings for place in (item.location, *item.related)}
    calm = []
    for setting in report.settings:
        places = [member.location for member in setting.members]
        if places and not any((place.path, place.span) in about for place in places):
            calm.append(_Case(min(place.path for place in places), f"{setting.name} ({setting.kind}) agrees"))
    yield from sorted(calm, key=lambda case: (case.path, case.name))


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{_place(finding.location)}: {finding.severity}: {finding.message}"
    for location in finding.related:
        yield f"{_place(location)}: {location.value or 'unresolved'} ({location.role})"


def _place(location: Location) -> str:
    return f"{location.path}:{location.region.line}:{location.region.column}"


def _counts(cases: list[_Case]) -> str:
    failed = sum(case.outcome == "failure" for case in cases)
    return f'tests="{len(cases)}" failures="{failed}" errors="0" time="0"'


def _skipped(cases: list[_Case]) -> str:
    return f'"{sum(case.outcome == "skipped" for case in cases)}"'


def _element(case: _Case, name: str) -> Iterator[str]:
    opening = f'    <testcase classname={_quoted(case.path)} name={_quoted(name)} time="0"'
    if not case.outcome:
        yield f"{opening}/>"
        return
    yield f"{opening}>"
    if case.outcome == "skipped":
        yield f"      <skipped message={_quoted(case.message)}/>"
    elif case.outcome == "system-out":
        yield f"      <system-out>{_escaped(case.text)}</system-out>"
    else:
        given = f"message={_quoted(case.message)} type={_quoted(case.kind)}"
        yield f"      <failure {given}>{_escaped(case.text)}</failure>"
    yield "    </testcase>"


def _quoted(text: str) -> str:
    return _ascii(quoteattr(_possible(shown(text))))


def _escaped(text: str) -> str:
    lines = (_possible(shown(line)) for line in text.split("\n"))
    return _ascii("\n".join(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _possible(text: str) -> str:
    """XML 1.0 has no way to write half a surrogate pair, nor U+FFFE and U+FFFF."""
    return "".join(
        character if not ("\ud800" <= character <= "\udfff" or character in "\ufffe\uffff") else ascii(character)[1:-1]
        for character in text
    )


def _ascii(text: str) -> str:
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")
