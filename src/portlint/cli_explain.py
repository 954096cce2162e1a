"""What ``portlint explain`` and ``portlint rules`` print."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence

from portlint.errors import PortlintError
from portlint.model import Finding, Member, Report, Setting
from portlint.names import canonical
from portlint.reporters.masking import masked, shown
from portlint.rule_schema import Rule


def rule_page(rule: Rule) -> str:
    """A rule's page, with what the front matter says below the title."""
    title, _, rest = rule.page.partition("\n")
    state = "" if rule.enabled else f", off unless selected (--select {rule.code})"
    return f"{title}\n\n{rule.summary}.\nSeverity: {rule.severity}{state}.\nFix: {rule.fix}\n{rest}"


def setting_page(report: Report, name: str) -> str:
    """Every place of each setting of that name, how its value comes about, and why it was linked.

    Raises :class:`PortlintError`, with similar names, where there is none.
    """
    report = masked(report)
    found = _named(report.settings, name)
    if not found:
        raise PortlintError(_unknown(report, name))
    return "\n".join(_setting(setting, report.findings) for setting in found)


def _named(settings: Sequence[Setting], name: str) -> list[Setting]:
    """The settings of a name: as written, else without regard to case and public prefix."""
    exact = [setting for setting in settings if setting.name == name]
    return exact or [setting for setting in settings if canonical(setting.name) == canonical(name)]


def _unknown(report: Report, name: str) -> str:
    names = sorted({setting.name for setting in report.settings})
    near = difflib.get_close_matches(name, names, n=3) or [item for item in names if name.lower() in item.lower()][:3]
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    return f"{name}: neither a rule nor one of the {len(names)} settings found here{hint}"


def _setting(setting: Setting, findings: Sequence[Finding]) -> str:
    lines = [f"{shown(setting.name)} ({setting.kind}), {len(setting.members)} places"]
    for member in sorted(setting.members, key=lambda item: (item.location.path, item.location.span)):
        lines.extend(_member(member))
    places = {(member.location.path, member.location.span) for member in setting.members}
    for finding in findings:
        if finding.setting == setting.name and (finding.location.path, finding.location.span) in places:
            place = f"{finding.location.path}:{finding.location.region.line}"
            lines.append(shown(f"  {finding.code} {finding.severity} at {place}: {finding.message}"))
    return "\n".join(lines) + "\n"


def _member(member: Member) -> list[str]:
    location = member.location
    how = f"{location.role}: {location.how}" if location.how else str(location.role)
    where = [part for part in (location.network, member.profile) if part and part != "default"]
    value = location.value or "(unresolved)"
    place = f"{location.path}:{location.region.line}:{location.region.column}"
    lines = [f"  {place}  {value}  {how}" + (f"  [{', '.join(where)}]" if where else "")]
    if member.link:
        lines.append(f"      linked by: {member.link}")
    if member.resolution:
        lines.append(f"      value: {member.resolution}")
    return [shown(line) for line in lines]


def rules_json(rules: Sequence[Rule]) -> str:
    """The rules as a JSON array."""
    rows = [
        {
            "code": rule.code,
            "name": rule.name,
            "severity": str(rule.severity),
            "enabled": rule.enabled,
            "checks": list(rule.checks),
            "summary": rule.summary,
            "fix": rule.fix,
        }
        for rule in rules
    ]
    return json.dumps(rows, indent=1) + "\n"


def rules_table(rules: Sequence[Rule], width: int, color: bool) -> str:
    """The rules in columns, one a line where the width allows."""
    from portlint.reporters.columns import columns

    rows = [
        (rule.code, rule.name, str(rule.severity) + ("" if rule.enabled else ", off"), rule.summary) for rule in rules
    ]
    return columns(("code", "name", "severity", "what is reported"), rows, width=width, color=color)
