"""What must never be shown: passwords and secrets, and characters that would steer the reader's terminal."""

from __future__ import annotations

import re
from dataclasses import replace

from portlint.model import Finding, Kind, Location, Member, Report, Setting
from portlint.names import kind_of, tokens
from portlint.urls import without_password

MASK = "***"
_SECRET_WORDS = frozenset(
    "password passwd pwd passphrase secret secrets token tokens key keys apikey credentials".split()
)
_SECRET_WORD = r"(?:password|passwd|pwd|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?)"
_ASSIGNED = re.compile(rf"(?i)(\b[\w-]*{_SECRET_WORD}[\w-]*\s*[=:]\s*)([\"']?)[^\s\"'&;,)]+")
_DSN_USER = re.compile(r"(?<![\w:/.-])([\w.-]+):[^\s@/:]+@(?=[\w.-]*\()")
_ORIGIN = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(?:[^@/?#\s]*@)?([^/?#\s]*).*", re.DOTALL)
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def shown(text: str) -> str:
    """Text for people on one line: control characters and direction overrides are written as escapes."""
    return _UNSAFE.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), text)


def masked_text(text: str) -> str:
    """Text without the passwords and secrets that its shape gives away."""
    text = without_url_passwords(text)
    return _ASSIGNED.sub(rf"\1\2{MASK}", text) if "=" in text or ":" in text else text


def without_url_passwords(text: str) -> str:
    """Text without the passwords in URLs and in data source names (``user:password@tcp(host)``)."""
    return _DSN_USER.sub(rf"\1:{MASK}@", without_password(text)) if "@" in text else text


def is_secret(name: str) -> bool:
    """Whether a name announces a secret, by its words: ``API_TOKEN``, but not ``KEYCLOAK_PORT``."""
    return not _SECRET_WORDS.isdisjoint(tokens(name))


def masked_value(value: str, name: str, kind: Kind) -> str:
    """A value of a setting for showing.

    Of a secret's setting only a port, a host under a name that says so, and the origin of a URL are left.
    """
    if not is_secret(name):
        return masked_text(value)
    if kind is Kind.PORT and value.isdigit():
        return value
    if kind_of(name) is None or kind is Kind.PATH:
        return MASK if value else ""
    if kind is Kind.URL:
        match = _ORIGIN.fullmatch(value)
        return f"{match.group(1)}{match.group(2)}/{MASK}" if match else MASK
    return masked_text(value)


def masked(report: Report) -> Report:
    """The report with everything in it fit to be shown."""
    return replace(
        report,
        findings=tuple(_finding(finding) for finding in report.findings),
        settings=tuple(_setting(setting) for setting in report.settings),
        failures=tuple(replace(failure, message=masked_text(failure.message)) for failure in report.failures),
        suppressed=tuple(
            replace(item, finding=_finding(item.finding), reason=masked_text(item.reason)) for item in report.suppressed
        ),
    )


def _location(location: Location, name: str, kind: Kind) -> Location:
    value = masked_value(location.value, name, kind)
    how, message = (masked_text(_without(text, location.value, value)) for text in (location.how, location.message))
    if (value, how, message) == (location.value, location.how, location.message):
        return location
    return replace(location, value=value, how=how, message=message)


def _finding(finding: Finding) -> Finding:
    name, kind = finding.setting, finding.kind
    places = (finding.location, *finding.related)
    values = {place.value: masked_value(place.value, name, kind) for place in places}

    def text(given: str) -> str:
        for value in sorted(values, key=len, reverse=True):
            given = _without(given, value, values[value])
        return masked_text(given)

    fix = finding.fix
    if fix is not None:
        values |= {edit.text: masked_value(edit.text, name, kind) for edit in fix.edits}
        edits = tuple(replace(edit, text=values[edit.text]) for edit in fix.edits)
        fix = replace(fix, title=text(fix.title), edits=edits)
    return replace(
        finding,
        message=text(finding.message),
        location=_location(finding.location, name, kind),
        related=tuple(_location(location, name, kind) for location in finding.related),
        fix=fix,
    )


def _setting(setting: Setting) -> Setting:
    return replace(setting, members=tuple(_member(member, setting) for member in setting.members))


def _member(member: Member, setting: Setting) -> Member:
    location = _location(member.location, setting.name, setting.kind)
    resolution = masked_text(_without(member.resolution, member.location.value, location.value))
    if location is member.location and resolution == member.resolution:
        return member
    return replace(member, location=location, resolution=resolution)


def _without(text: str, value: str, mask: str) -> str:
    return text if value == mask or not value else text.replace(value, mask)
