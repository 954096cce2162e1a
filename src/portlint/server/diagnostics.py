"""From findings to diagnostics: one on the deviating place, one on each place that it is compared with.

Every file that a finding touches shows it. The other side's is a hint, unless that place deviates, too; each names the
opposite side as related information.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from lsprotocol import types

from portlint.model import Finding, Location, Severity
from portlint.reporters.masking import masked, shown
from portlint.server.documents import Documents, key
from portlint.server.positions import Extent
from portlint.server.workspace import Folder

SOURCE = "portlint"
UNREADABLE = "unreadable"
_DEVIATES = "deviates too"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}

Found = dict[str, list[types.Diagnostic]]
"""Diagnostics by absolute path."""


class Places:
    """Locations of one folder as the client writes them, and the versions of the buffers that they are in."""

    def __init__(
        self, folder: Folder, documents: Documents, encoding: str, versions: Mapping[str, int] | None = None
    ) -> None:
        self.folder, self.documents, self.encoding = folder, documents, encoding
        self._versions = versions or {}
        self._uris: dict[str, str] = {}

    def version(self, path: str) -> int | None:
        """The version of a root-relative path's buffer that is being spoken of; ``None`` where it is not open."""
        return self._versions.get(key(self.folder.absolute(path)))

    def range(self, location: Location) -> types.Range:
        """The range of a place in its file."""
        return to_range(self.folder.extent(location.path, location.region, self.encoding))

    def uri(self, path: str) -> str:
        """The URI of a root-relative path."""
        uri = self._uris.get(path)
        if uri is None:
            uri = self._uris[path] = self.documents.uri(self.folder.absolute(path))
        return uri

    def location(self, location: Location) -> types.Location:
        """A place with its file."""
        return types.Location(self.uri(location.path), self.range(location))


def to_range(extent: Extent) -> types.Range:
    """An extent as the protocol writes it."""
    return types.Range(types.Position(*extent.start), types.Position(*extent.end))


def diagnostics(places: Places) -> Found:
    """All diagnostics of a folder's state."""
    state = places.folder.state
    found: Found = defaultdict(list)
    if state is None:
        return found
    report = masked(replace(state.report, settings=()))
    for finding in report.findings:
        for path, diagnostic in _of(finding, places):
            found[places.folder.absolute(path)].append(diagnostic)
    for failure in report.failures:
        line = max(failure.line - 1, 0)
        found[places.folder.absolute(failure.path)].append(
            types.Diagnostic(
                range=types.Range(types.Position(line, 0), types.Position(line + 1, 0)),
                severity=types.DiagnosticSeverity.Information,
                code=UNREADABLE,
                source=SOURCE,
                message=shown(failure.message),
            )
        )
    return {path: sorted(items, key=_order) for path, items in found.items()}


def _of(finding: Finding, places: Places) -> list[tuple[str, types.Diagnostic]]:
    here = finding.location
    sides = [
        types.DiagnosticRelatedInformation(places.location(other), _side(finding, other)) for other in finding.related
    ]
    found = [(here.path, _diagnostic(finding, here, places, shown(finding.message), sides))]
    back = types.DiagnosticRelatedInformation(places.location(here), shown(finding.message))
    for other in finding.related:
        message = f"{_side(finding, other)}; {shown(here.path)}:{here.region.line}: {shown(finding.message)}"
        found.append((other.path, _diagnostic(finding, other, places, message, [back])))
    return found


def _diagnostic(
    finding: Finding,
    location: Location,
    places: Places,
    message: str,
    related: list[types.DiagnosticRelatedInformation],
) -> types.Diagnostic:
    deviates = location is finding.location or location.message == _DEVIATES
    return types.Diagnostic(
        range=places.range(location),
        severity=_SEVERITIES[finding.severity] if deviates else types.DiagnosticSeverity.Hint,
        code=finding.code,
        source=SOURCE,
        message=message,
        related_information=related or None,
        data={"fingerprint": finding.fingerprint, "rule": finding.rule, "setting": finding.setting},
    )


def _side(finding: Finding, other: Location) -> str:
    how = f" ({other.how})" if other.how else ""
    also = ", which deviates, too" if other.message == _DEVIATES else ""
    verb = ":" if " " in finding.setting else " is"  # "inngest launch: 8288 here", "INNGEST_PORT is 8288 here"
    return shown(f"{finding.setting}{verb if other.value else ''} {other.value}".rstrip() + f" here{how}{also}")


def _order(item: types.Diagnostic) -> tuple[int, int, int, str, str]:
    start = item.range.start
    return (start.line, start.character, item.severity or 0, str(item.code), item.message)
