"""Changes one value at a time and looks whether a new finding names the place and what it disagrees with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.accuracy.sites import Site, line_of, new_value
from benchmarks.accuracy.snapshot import Snapshot, edited
from portlint.model import Confidence, Finding, Report, Severity
from portlint.text import Lines

CAUGHT, QUIET, PLACE, ELSEWHERE, MISSED = "caught", "quiet", "place only", "elsewhere", "missed"
"""A new finding that people see by default names the place and the setting; one that they do not see does; one names
the place alone; new findings name other places alone; there is none."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one change."""

    tree: str
    site: Site
    new: str
    text: str
    """The line as it was, without indentation, cut at 160 code points."""
    result: str
    rule: str = ""
    confidence: str = ""
    setting: str = ""
    elsewhere: tuple[str, ...] = ()
    """New findings that do not name the place: code, place and setting."""


def mutate(snapshot: Snapshot, chosen: Iterable[Site]) -> Iterator[Outcome]:
    """One outcome for each site. Sites whose line disagrees already are left out."""
    before = {_identity(finding) for finding in snapshot.report.findings}
    taken = {spot for finding in snapshot.report.findings if is_shown(finding) for spot in _spots(finding)}
    for site in chosen:
        if (site.path, site.line) in taken:
            continue
        new = new_value(snapshot, site)
        report = edited(snapshot, site.path, site.start, site.end, new)
        yield _outcome(snapshot, site, new, report, before)


def is_shown(finding: Finding) -> bool:
    """Whether people see it by default, as an error or a warning."""
    return finding.severity is not Severity.NOTE and finding.confidence is not Confidence.LOW


def _outcome(snapshot: Snapshot, site: Site, new: str, report: Report, before: set[object]) -> Outcome:
    fresh = [finding for finding in report.findings if _identity(finding) not in before]
    naming = [finding for finding in fresh if _names_place(finding, site, new)]
    full = [finding for finding in naming if _names_setting(finding, site)]
    shown = [finding for finding in full if is_shown(finding)]
    rest = [finding for finding in fresh if finding not in naming]
    if shown:
        result = CAUGHT
    elif full:
        result = QUIET
    elif naming:
        result = PLACE
    else:
        result = ELSEWHERE if any(is_shown(finding) for finding in rest) else MISSED
    best = next(iter(shown or full or naming), None)
    text = snapshot.texts[site.path]
    return Outcome(
        tree=snapshot.name,
        site=site,
        new=new,
        text=line_of(text, Lines(text), site.line).strip()[:160],
        result=result,
        rule=best.code if best else "",
        confidence=str(best.confidence) if best else "",
        setting=best.setting if best else "",
        elsewhere=tuple(
            f"{item.code} {item.severity}/{item.confidence} {item.location.path}:{item.location.region.line} "
            f"{item.setting}"
            for item in rest
        ),
    )


def _places(finding: Finding) -> list[tuple[str, int, str]]:
    return [(place.path, place.region.line, place.value) for place in (finding.location, *finding.related)]


def _spots(finding: Finding) -> list[tuple[str, int]]:
    return [(path, line) for path, line, _ in _places(finding)]


def _identity(finding: Finding) -> object:
    return (finding.code, finding.setting, finding.location.value, frozenset(_places(finding)))


def _names_place(finding: Finding, site: Site, new: str) -> bool:
    return any(path == site.path and line == site.line and new in value for path, line, value in _places(finding))


def _names_setting(finding: Finding, site: Site) -> bool:
    return finding.setting in site.settings or not set(site.others).isdisjoint(_spots(finding))
