"""Fixes as quick fixes: on every place that a finding with a fix touches."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from portlint.model import Edit, Finding, Fix
from portlint.server.diagnostics import Places, to_range


def actions(places: Places, path: str, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The fixes of the findings in a range. Those that are only for show are left out."""
    state = places.folder.state
    wanted = params.context.only
    if state is None or (wanted and not any("quickfix".startswith(kind) for kind in wanted)):
        return []
    found = []
    for finding in state.report.findings:
        if finding.fix is None or finding.fix.applicability == "display":
            continue
        if any(
            place.path == path and _overlap(places.range(place), params.range)
            for place in (finding.location, *finding.related)
        ):
            found.append(_action(finding, finding.fix, places, params.context.diagnostics))
    return found


def _action(finding: Finding, fix: Fix, places: Places, shown: Sequence[types.Diagnostic]) -> types.CodeAction:
    solved = [item for item in shown if item.code == finding.code and finding.fingerprint in str(item.data)]
    return types.CodeAction(
        title=fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=solved or None,
        is_preferred=fix.applicability == "safe",
        edit=types.WorkspaceEdit(document_changes=_changes(fix, places)),
    )


def _changes(fix: Fix, places: Places) -> list[types.TextDocumentEdit]:
    """The edits by file, bound to the version that they were made for."""
    by_path: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_path.setdefault(edit.path, []).append(edit)
    changes = []
    for path, edits in by_path.items():
        sheet = places.folder.sheet(path, places.encoding)
        identity = types.OptionalVersionedTextDocumentIdentifier(places.uri(path), places.version(path))
        ordered = sorted(edits, key=lambda edit: edit.span)
        texts: list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit] = [
            types.TextEdit(to_range(sheet.extent(sheet.lines.region(edit.span))), edit.text) for edit in ordered
        ]
        changes.append(types.TextDocumentEdit(identity, texts))
    return changes


def _overlap(one: types.Range, other: types.Range) -> bool:
    def order(position: types.Position) -> tuple[int, int]:
        return (position.line, position.character)

    return order(one.start) <= order(other.end) and order(other.start) <= order(one.end)
