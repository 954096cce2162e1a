"""Diagnostics for clients that ask for them (LSP 3.17, "Pull Diagnostics").

A finding may touch many files, so an answer about one file says that others may have changed, too, and a client that
can is told to ask again whenever that is so.
"""

from __future__ import annotations

from lsprotocol import types

from portlint.server.app import App
from portlint.server.documents import to_path
from portlint.server.publishing import result_id


def register(app: App) -> None:
    """Answer the two questions, and offer to."""
    server = app.server
    offer = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier="portlint")

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, offer)
    async def on_document(params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        await app.ask(params.text_document.uri, lambda places, path: None)
        path = to_path(params.text_document.uri)
        items = app.published.of(path) if path is not None else []
        identity = result_id(items)
        if params.previous_result_id == identity:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=identity)
        return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=identity)

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def on_workspace(params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        await app.work.ask(lambda workspace: None)
        known = {to_path(item.uri): item for item in params.previous_result_ids}
        reports: list[types.WorkspaceDocumentDiagnosticReport] = []
        for path in sorted({*app.published.paths(), *filter(None, known)}):
            items = app.published.of(path)
            identity = result_id(items)
            before = known.get(path)
            version = app.published.version(path)
            if before is not None and before.value == identity:
                reports.append(types.WorkspaceUnchangedDocumentDiagnosticReport(before.uri, identity, version))
            else:
                uri = before.uri if before is not None else app.documents.uri(path)
                reports.append(types.WorkspaceFullDocumentDiagnosticReport(uri, items, version, result_id=identity))
        return types.WorkspaceDiagnosticReport(reports)
