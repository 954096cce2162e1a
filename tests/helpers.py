"""What several test files need: extractions in a readable form, and reports built by hand."""

from __future__ import annotations

from portlint.extractors import extractor
from portlint.model import (
    Confidence,
    Extraction,
    Failure,
    Finding,
    Kind,
    Location,
    Member,
    Report,
    Role,
    Setting,
    Severity,
    Summary,
)
from portlint.text import Region, Span


def run_extractor(name: str, text: str, path: str = "file") -> Extraction:
    """What the extractor of a format (a name in ``portlint.extractors.FORMATS``) says of a text."""
    return extractor(name)(path, text)


def listing(extraction: Extraction, text: str) -> list[str]:
    """One line an occurrence: kind, role, name, the value as written, and what else is set."""
    lines = []
    for item in extraction.occurrences:
        parts = [item.kind, item.role, item.name or "-", repr(text[item.span.start : item.span.end])]
        parts += [
            f"{key}={getattr(item, key)}" for key in ("how", "network", "service", "profile") if getattr(item, key)
        ]
        parts += [key for key in ("commented", "optional") if getattr(item, key)]
        lines.append(" ".join(parts))
    return lines


def location(path: str, line: int, value: str, role: Role = Role.DECLARES, **fields: object) -> Location:
    """A place in column 1 whose span is made up but unique for path, line and value."""
    start = line * 100
    given: dict[str, object] = {
        "region": Region(line, 1, line, 1 + len(value)),
        "span": Span(start, start + len(value)),
        "network": "host",
    }
    return Location(path=path, value=value, role=role, **{**given, **fields})  # type: ignore[arg-type]


def finding(place: Location, *related: Location, **fields: object) -> Finding:
    """A finding PL101 of INNGEST_PORT unless told otherwise."""
    given: dict[str, object] = {
        "code": "PL101",
        "rule": "conflicting-default",
        "severity": Severity.ERROR,
        "confidence": Confidence.HIGH,
        "setting": "INNGEST_PORT",
        "kind": Kind.PORT,
        "profile": "default",
        "message": f"INNGEST_PORT is {place.value} here",
    }
    return Finding(location=place, related=related, **{**given, **fields})  # type: ignore[arg-type]


def setting(name: str, *places: Location, kind: Kind = Kind.PORT, link: str = "same name", **fields: str) -> Setting:
    """A setting of places that are all linked for one reason."""
    members = tuple(Member(location=place, link=link, profile=fields.get("profile", "default")) for place in places)
    return Setting(name=name, kind=kind, members=members)


def report(
    findings: tuple[Finding, ...] = (),
    settings: tuple[Setting, ...] = (),
    failures: tuple[Failure, ...] = (),
    skipped: tuple[tuple[str, int], ...] = (),
    unresolved: int = 0,
) -> Report:
    """A report whose summary fits what is in it; 12 files are said to be read."""
    summary = Summary(
        files=12,
        skipped=sum(count for _, count in skipped),
        settings=len(settings),
        occurrences=sum(len(item.members) for item in settings),
        unresolved=unresolved,
        failures=len(failures),
    )
    return Report(findings=findings, settings=settings, failures=failures, summary=summary, skipped=skipped)
