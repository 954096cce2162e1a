"""What a hover shows: the setting's table, each place with a link and the reason why it is part of it."""

from __future__ import annotations

from dataclasses import replace

from lsprotocol import types

from portlint.model import Finding, Location, Member, Role, Setting
from portlint.reporters.masking import masked, masked_value, shown
from portlint.server.diagnostics import Places, to_range
from portlint.server.lookup import Hit, at, count
from portlint.server.positions import Position
from portlint.text import Span

Key = tuple[str, Span]
_ROWS = 20
_TABLES = 2


def hover(places: Places, path: str, position: Position, *, markdown: bool) -> types.Hover | None:
    """The tables of the settings at a position; else what the value there comes to."""
    hit = at(places.folder, path, position, places.encoding)
    if hit is None:
        return None
    parts = [_table(setting, path, hit, places, markdown) for setting in hit.settings[:_TABLES]]
    parts = parts or _value(hit)
    if not parts:
        return None
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    extent = places.folder.extent(path, hit.region, places.encoding)
    return types.Hover(types.MarkupContent(kind, "\n\n---\n\n".join(parts)), to_range(extent))


def _table(setting: Setting, path: str, hit: Hit, places: Places, markdown: bool) -> str:
    state = places.folder.state
    assert state is not None
    keys = {(member.location.path, member.location.span) for member in setting.members}
    findings = [
        finding
        for finding in state.report.findings
        if finding.setting == setting.name and (finding.location.path, finding.location.span) in keys
    ]
    report = masked(replace(state.report, settings=(setting,), findings=tuple(findings)))
    setting, findings = report.settings[0], list(report.findings)
    wrong = {
        (place.path, place.span): finding.code
        for finding in findings
        for place in (finding.location, *finding.related)
        if place is finding.location or place.message == "deviates too"
    }
    here = {(place.path, place.occurrence.span) for place in hit.places}
    members = sorted(setting.members, key=lambda member: _rank(member, wrong, here, path))
    lines = [f"**{_text(setting.name, markdown)}** ({setting.kind}): {count(setting)}", ""]
    if markdown:
        lines += ["| place | value | how it comes about | linked by | |", "|---|---|---|---|---|"]
    for member in members[:_ROWS]:
        lines.append(_row(member, wrong, here, places, markdown))
    if len(members) > _ROWS:
        lines += ["", f"and {len(members) - _ROWS} more"]
    lines += [line for finding in findings for line in ("", _said(finding, markdown))]
    text = "\n".join(lines)
    return text if markdown else text.replace("**", "")


def _row(member: Member, wrong: dict[Key, str], here: set[Key], places: Places, markdown: bool) -> str:
    location = member.location
    key = (location.path, location.span)
    value = location.value or ("" if location.role is Role.READS else "unresolved")
    how = f"{location.role}: {location.how}" if location.how else str(location.role)
    if location.network.startswith("container:"):
        how += f", in {location.network.removeprefix('container:')}"
    if member.profile not in ("", "default"):
        how += f" ({member.profile})"
    if member.resolution:
        how += f"; {member.resolution}"
    state = wrong.get(key, "here" if key in here else "")
    if not markdown:
        return shown(f"  {location.path}:{location.region.line}  {value}  {how}  [{member.link}]  {state}").rstrip()
    cells = (
        _link(location, places),
        f"`{_text(value, True, code=True)}`" if value else "",
        _text(how, True),
        _text(member.link, True),
    )
    return f"| {' | '.join(cells)} | {f'**{state}**' if state else ''} |"


def _link(location: Location, places: Places) -> str:
    name = _text(f"{location.path}:{location.region.line}", True)
    return f"[{name}]({places.uri(location.path).replace('(', '%28').replace(')', '%29')}#L{location.region.line})"


def _said(finding: Finding, markdown: bool) -> str:
    return f"**{finding.code}** {finding.severity} {finding.rule}: {_text(finding.message, markdown)}"


def _value(hit: Hit) -> list[str]:
    """What a value in no setting comes to, where it is not written there as it is."""
    return [
        f"{shown(masked_value(place.value, place.occurrence.name, place.kind))}: {shown('; '.join(place.steps))}"
        for place in hit.places[:1]
        if place.value and place.steps
    ]


def _rank(member: Member, wrong: dict[Key, str], here: set[Key], path: str) -> tuple[bool, bool, bool, str, int]:
    key = (member.location.path, member.location.span)
    return (key not in wrong, key not in here, member.location.path != path, *key[:1], member.location.span.start)


def _text(text: str, markdown: bool, code: bool = False) -> str:
    """Text of a file, so that it can neither break a table nor be taken for markup or a link."""
    text = shown(text)
    if not markdown:
        return text
    if code:
        return text.replace("`", "'").replace("|", "\\|")
    for mark in "\\`*_[]<>|!#":
        text = text.replace(mark, f"\\{mark}")
    return text
