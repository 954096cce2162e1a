"""A finding as SARIF's result object."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from portlint.model import Confidence, Edit, Finding, Fix, Location, Suppressed
from portlint.reporters import View
from portlint.reporters.masking import MASK
from portlint.reporters.rows import how_of
from portlint.reporters.sources import Sources
from portlint.text import Region

RELATED = 100
"""How many related locations a result keeps: as many as GitHub shows."""
_LINKED = 10
_RANKS = {Confidence.HIGH: 95.0, Confidence.MEDIUM: 75.0, Confidence.LOW: 40.0}
_Object = dict[str, Any]


class Places:
    """Turns paths and spans into SARIF's locations, seen from the top of the repository."""

    def __init__(self, view: View) -> None:
        self._prefix = view.prefix
        self._sources = Sources(view.root)

    def artifact(self, path: str) -> _Object:
        """A path as a relative URI reference; bytes of a file name that are no UTF-8 stay what they are."""
        return {"uri": quote((self._prefix + path).encode("utf-8", "surrogateescape")), "uriBaseId": "%SRCROOT%"}

    def physical(self, location: Location) -> _Object:
        """Where a place is."""
        return {"artifactLocation": self.artifact(location.path), "region": _region(location.region)}

    def deleted(self, edit: Edit) -> _Object:
        """What an edit replaces: by line and column where the file can be read, else by code points."""
        region = self._sources.region(edit.path, edit.span)
        if region is not None:
            return _region(region)
        return {"charOffset": edit.span.start, "charLength": edit.span.end - edit.span.start}


def result(finding: Finding, index: int, places: Places) -> _Object:
    """A finding with its related locations linked from the message, which is what makes GitHub show them."""
    related = finding.related[:RELATED]
    row: _Object = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": str(finding.severity),
        "rank": _RANKS[finding.confidence],
        "message": {"text": _message(finding.message, related)},
        "locations": [{"physicalLocation": places.physical(finding.location)}],
    }
    if related:
        row["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": places.physical(location),
                "message": {"text": _literal(_said(location))},
            }
            for number, location in enumerate(related, 1)
        ]
    if finding.fingerprint:
        row["partialFingerprints"] = {"portlint/v1": finding.fingerprint}
    if finding.fix is not None and _helpful(finding.fix):
        row["fixes"] = [_fix(finding.fix, places)]
    row["properties"] = {
        "confidence": str(finding.confidence),
        "setting": finding.setting,
        "kind": str(finding.kind),
        "profile": finding.profile,
        "value": finding.location.value,
    }
    return row


def suppression(item: Suppressed) -> _Object:
    """Why a result is silenced: in the source itself, or outside of it (configuration, baseline)."""
    row: _Object = {"kind": "inSource" if item.kind == "comment" else "external", "status": "accepted"}
    return {**row, "justification": item.reason} if item.reason else row


def _helpful(fix: Fix) -> bool:
    """Whether it changes something; an edit that would write a mask instead of a secret helps nobody."""
    return fix.applicability != "display" and bool(fix.edits) and not any(MASK in edit.text for edit in fix.edits)


def _said(location: Location) -> str:
    said = f"{location.value or 'unresolved'} ({how_of(location)})"
    return f"{said}; {location.message}" if location.message else said


def _message(text: str, related: tuple[Location, ...]) -> str:
    """The message with ``[path:line](id)`` for each related place it names, and behind it those it does not."""
    linked = _literal(text)
    rest: list[str] = []
    for number, location in enumerate(related, 1):
        place = f"{location.path}:{location.region.line}"
        pattern = re.compile(rf"(?<![\w/\[.-]){re.escape(_literal(place))}(?![\w:])")
        named = pattern.search(linked)
        if named is not None:
            linked = f"{linked[: named.start()]}[{named.group()}]({number}){linked[named.end() :]}"
        elif len(rest) < _LINKED:
            rest.append(f"[{_literal(place)}]({number})")
    return f"{linked} (see {', '.join(rest)})" if rest else linked


def _literal(text: str) -> str:
    """Text in which nothing is a link (section 3.11.6) or a placeholder (3.11.5)."""
    return re.sub(r"([\\\[\]])", r"\\\1", re.sub(r"\{(\d+)\}", r"{{\1}}", text))


def _region(region: Region) -> _Object:
    return {
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    }


def _fix(fix: Fix, places: Places) -> _Object:
    changes: dict[str, list[_Object]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": places.deleted(edit), "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.path, []).append(replacement)
    return {
        "description": {"text": _literal(fix.title)},
        "artifactChanges": [
            {"artifactLocation": places.artifact(path), "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }
