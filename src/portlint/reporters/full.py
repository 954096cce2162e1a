"""Findings with the lines they are about: carets under both sides of a disagreement, as a compiler prints an error.

``^`` points at what deviates and ``-`` at what it is compared with, so that it reads without colours too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portlint.model import Finding, Kind, Location, Report, Severity
from portlint.reporters import View, summary
from portlint.reporters.excerpts import excerpt
from portlint.reporters.known_rules import by_code
from portlint.reporters.masking import is_secret, masked, shown
from portlint.reporters.ordering import by_severity
from portlint.reporters.quoting import moved, quoted
from portlint.reporters.rows import deviates_too, how_of
from portlint.reporters.sources import Sources
from portlint.rule_schema import Rule
from portlint.text import Region

SHOWN = 8
"""How many places of one finding are quoted; more are counted only, unless everything is asked for."""
_DEVIATING = 3
_LINES = 3
"""How many lines of a longer region are quoted."""
_AROUND = 2_000
"""How many characters beside a place are looked at: enough to recognise a secret, whatever a minified file holds."""
_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}
_RULER, _BOLD, _OTHER = "1;34", "1", "1;34"


@dataclass(frozen=True, slots=True)
class _Mark:
    """One place to point at; ``values`` maps raw to masked where the report's own values had to be masked."""

    location: Location
    deviates: bool
    secret: bool


def render(report: Report, view: View) -> str:
    """Errors first, then warnings, then notes; the summary closes."""
    rules, sources = by_code(view), Sources(view.root)
    values = _masked_values(report)
    report = masked(report)
    lines: list[str] = []
    for finding in by_severity(report):
        lines += [*_Printer(finding, view, sources, values).lines(rules.get(finding.code)), ""]
    closing = summary.folded(report, view.width) if view.wrap else summary.lines(report)
    return "\n".join([*lines, *closing]) + "\n"


def _masked_values(report: Report) -> dict[str, str]:
    """Values that may be shown only in another form, and that form."""
    found = {}
    for raw, fit in zip(report.findings, masked(report).findings, strict=True):
        places = zip((raw.location, *raw.related), (fit.location, *fit.related), strict=True)
        found.update({was.value: now.value for was, now in places if was.value != now.value})
    return found


class _Printer:
    """One finding's text; holds what every line of it needs."""

    def __init__(self, finding: Finding, view: View, sources: Sources, values: Mapping[str, str]) -> None:
        self._finding, self._view, self._sources, self._values = finding, view, sources, values
        self._marks, self._left = _chosen(finding, view.everything)
        self._quoted_last = (0, "")
        highest = max(min(mark.location.region.end_line, mark.location.region.line + _LINES) for mark in self._marks)
        self._gutter = len(str(highest))

    def lines(self, rule: Rule | None) -> Iterator[str]:
        finding = self._finding
        color = _COLORS[finding.severity]
        doubt = "" if finding.confidence == "high" else f" ({finding.confidence} confidence)"
        head = self._paint(f"{finding.severity}[{finding.code}]", color)
        yield head + self._paint(f" {finding.rule}{doubt}: {shown(finding.message)}", _BOLD)
        paths = list(dict.fromkeys(mark.location.path for mark in self._marks))
        for path in paths:
            yield from self._file([mark for mark in self._marks if mark.location.path == path], path == paths[0])
        if self._left:
            yield self._note("", f"and {summary.counted(self._left, 'more place')} (--all shows them)")
        if finding.fix is not None:
            yield self._note("fix", shown(finding.fix.title))
        elif rule is not None:
            yield self._note("help", shown(rule.fix))

    def _file(self, marks: list[_Mark], first: bool) -> Iterator[str]:
        location = marks[0].location
        place = shown(f"{location.path}:{location.region.line}:{location.region.column}")
        yield " " * self._gutter + self._paint("-->" if first else ":::", _RULER) + f" {place}"
        yield self._ruled("")
        self._quoted_last = (0, "")
        previous = 0
        for mark in sorted(marks, key=lambda mark: mark.location.region):
            if previous and mark.location.region.line > previous + 1:
                yield self._paint("...", _RULER)
            yield from self._mark(mark)
            previous = mark.location.region.end_line
        yield self._ruled("")

    def _mark(self, mark: _Mark) -> Iterator[str]:
        location = mark.location
        label = f"{location.value or 'unresolved'} ({how_of(location)})"
        if location.message and location.message != "deviates too":
            label += f"; {location.message}"
        color = _COLORS[self._finding.severity] if mark.deviates else _OTHER
        region = location.region
        last = min(region.end_line, region.line + _LINES - 1)
        for number in range(region.line, last + 1):
            line = None if mark.secret else self._sources.line(location.path, number)
            if line is None:
                reason = "not shown: it holds a secret" if mark.secret else "the line is not at hand"
                yield self._ruled(self._paint(f"({reason})", "2"), number)
                yield self._ruled(self._paint(shown(label), color))
                return
            yield from self._quoted(line, region, number, last, shown(label), mark.deviates, color)
        if region.end_line > last:
            yield self._paint("...", _RULER)

    def _quoted(
        self, line: str, region: Region, number: int, last: int, label: str, deviates: bool, color: str
    ) -> Iterator[str]:
        start = region.column - 1 if number == region.line else len(line) - len(line.lstrip())
        end = region.end_column - 1 if number == region.end_line else len(line.rstrip())
        first = max(start - _AROUND, 0)
        line, start, end = line[first : start + 2 * _AROUND], start - first, min(end - first, 2 * _AROUND)
        fit = quoted(line, self._values)
        found = excerpt(fit, moved(line, fit, start), moved(line, fit, end), self._view.width - self._gutter - 3)
        if self._quoted_last != (number, found.text):
            self._quoted_last = (number, found.text)
            yield self._ruled(found.text, number)
        carets = ("^" if deviates else "-") * found.length
        yield self._ruled(" " * found.offset + self._paint(carets + (f" {label}" if number == last else ""), color))

    def _ruled(self, text: str, number: int = 0) -> str:
        left = f"{number:>{self._gutter}}" if number else " " * self._gutter
        return self._paint(f"{left} |", _RULER) + (f" {text}" if text else "")

    def _note(self, name: str, text: str) -> str:
        return (
            " " * self._gutter
            + self._paint(" =", _RULER)
            + (f" {self._paint(name + ':', _BOLD)}" if name else "")
            + f" {text}"
        )

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._view.color and text else text


def _chosen(finding: Finding, everything: bool) -> tuple[list[_Mark], int]:
    """The places to quote, those that deviate first, some of both sides; and how many are left."""
    secret = is_secret(finding.setting)
    wrong = [place for place in finding.related if deviates_too(place, finding)]
    right = [place for place in finding.related if not deviates_too(place, finding)]
    if not everything and 1 + len(wrong) + len(right) > SHOWN + 1:
        wrong = wrong[: max(_DEVIATING, SHOWN - 1 - len(right))]
        right = right[: SHOWN - 1 - len(wrong)]
    marks = [
        _Mark(place, place in wrong or place is finding.location, secret and not _is_port(place, finding))
        for place in (finding.location, *wrong, *right)
    ]
    return marks, 1 + len(finding.related) - len(marks)


def _is_port(place: Location, finding: Finding) -> bool:
    return finding.kind is Kind.PORT and place.value.isdigit()
