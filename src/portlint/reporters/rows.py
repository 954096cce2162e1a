"""What the consistency tables show: which places, in which order, and how each of them stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from portlint.model import Finding, Location, Report, Setting, Severity
from portlint.names import tokens
from portlint.reporters.masking import shown
from portlint.reporters.ordering import RANK
from portlint.text import Span

SHOWN_AGREEING = 8
"""How many places that agree one table lists; more are counted only, unless everything is asked for."""

_TOO = "deviates too"
"""What a check writes beside a related place that is on the wrong side, whatever its value."""

_Key = tuple[str, Span]


class Status(Enum):
    """How a place stands to its setting."""

    DEVIATES = 0
    AGREES = 1
    UNCOMPARED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One place, ready to be printed. ``severity`` matters only where it deviates."""

    place: str
    value: str
    how: str
    status: str
    kind: Status
    severity: Severity = Severity.NOTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One setting's table. ``hidden`` counts the agreeing places that are left out."""

    name: str
    about: str
    """The kind where the name does not tell it, and the profile where it is not the default one."""
    rows: tuple[Row, ...]
    hidden: int
    findings: tuple[Finding, ...]


def blocks(report: Report, *, everything: bool) -> list[Block]:
    """The tables of a report: settings with errors first, then by name; those that agree last, if asked for."""
    homes: dict[tuple[str, str, Span], int] = {}
    for number, setting in enumerate(report.settings):
        for member in setting.members:
            homes.setdefault((setting.name, member.location.path, member.location.span), number)
    grouped: dict[tuple[str, str, int], list[Finding]] = {}
    for finding in report.findings:
        home = homes.get((finding.setting, finding.location.path, finding.location.span), -1)
        grouped.setdefault((finding.setting, finding.profile, home), []).append(finding)
    found = []
    for (_, _, home), findings in grouped.items():
        found.append(_block(report.settings[home] if home >= 0 else None, findings, everything))
    found.sort(key=_block_key)
    if everything:
        disagreeing = {home for _, _, home in grouped}
        rest = [_block(item, [], True) for number, item in enumerate(report.settings) if number not in disagreeing]
        found.extend(sorted(rest, key=_block_key))
    return found


def _block_key(block: Block) -> tuple[object, ...]:
    worst = min((RANK[finding.severity] for finding in block.findings), default=len(RANK))
    return (worst, block.name, block.about, [(row.place, row.value) for row in block.rows])


def _block(setting: Setting | None, findings: list[Finding], everything: bool) -> Block:
    findings = sorted(
        findings, key=lambda item: (RANK[item.severity], item.code, item.location.path, item.location.span)
    )
    wrong = _deviating(findings)
    compared = [location for finding in findings for location in finding.related if _key(location) not in wrong]
    right = {location.value for location in compared}
    keys = set(map(_key, compared))
    deviating, agreeing, others = [], [], []
    for location, profile in _locations(setting, findings):
        finding = wrong.get(_key(location))
        if finding is not None:
            status = f"{finding.code} {finding.severity}"
            deviating.append(_row(location, profile, status, Status.DEVIATES, finding.severity))
        elif not location.value:
            others.append(_row(location, profile, "unresolved", Status.UNCOMPARED))
        elif _key(location) in keys or not findings or location.value in right:
            agreeing.append(_row(location, profile, "ok", Status.AGREES))
        else:
            others.append(_row(location, profile, "not compared", Status.UNCOMPARED))
    kind = setting.kind if setting is not None else findings[0].kind
    profile = findings[0].profile if findings else ""
    kept = agreeing if everything or len(agreeing) <= SHOWN_AGREEING + 1 else agreeing[:SHOWN_AGREEING]
    name = setting.name if setting is not None else findings[0].setting
    about = ["" if kind.value in tokens(name) else kind.value, "" if profile == "default" else profile]
    return Block(
        name=name,
        about=", ".join(filter(None, about)),
        rows=(*deviating, *kept, *(others if everything else ())),
        hidden=len(agreeing) - len(kept),
        findings=tuple(findings),
    )


def _deviating(findings: Iterable[Finding]) -> dict[_Key, Finding]:
    """The places on the wrong side: those that findings name, and related ones that say the same."""
    wrong = {_key(finding.location): finding for finding in findings}
    for finding in findings:
        for location in finding.related:
            if deviates_too(location, finding):
                wrong.setdefault(_key(location), finding)
    return wrong


def _locations(setting: Setting | None, findings: Iterable[Finding]) -> list[tuple[Location, str]]:
    """Every place of a setting and of its findings once, by path and position, with its profile."""
    found: dict[_Key, tuple[Location, str]] = {}
    for finding in findings:
        for location in (finding.location, *finding.related):
            found.setdefault(_key(location), (location, ""))
    for member in setting.members if setting is not None else ():
        key = _key(member.location)
        location = found[key][0] if key in found else member.location
        found[key] = (location, member.profile)
    return sorted(found.values(), key=lambda item: (item[0].path, item[0].span, item[0].role))


def _key(location: Location) -> _Key:
    return (location.path, location.span)


def how_of(location: Location, profile: str = "") -> str:
    """What a place does with its value and in which form: ``defaults: shell default, in web (production)``."""
    how = f"{location.role}: {location.how}" if location.how else str(location.role)
    if location.network.startswith("container:"):
        how += f", in {location.network.removeprefix('container:')}"
    return how if profile in ("", "default") else f"{how} ({profile})"


def deviates_too(location: Location, finding: Finding) -> bool:
    """Whether a related place is on the wrong side with the finding's own."""
    return location.message == _TOO or location.value == finding.location.value


def _row(location: Location, profile: str, status: str, kind: Status, severity: Severity = Severity.NOTE) -> Row:
    return Row(
        place=shown(f"{location.path}:{location.region.line}"),
        value=shown(location.value),
        how=shown(how_of(location, profile)),
        status=status,
        kind=kind,
        severity=severity,
    )
