"""Which message does what: the table between the protocol and :class:`portlint.server.app.App`."""

from __future__ import annotations

from typing import TypeVar

from lsprotocol import types

from portlint.server import actions, hover, marks, navigation, options, pulling
from portlint.server.app import App
from portlint.server.documents import to_path
from portlint.server.positions import Extent, Position

T = TypeVar("T")


def register(app: App) -> None:
    """Give the server all its features."""
    _life(app)
    _documents(app)
    _surroundings(app)
    _reading(app)


def _life(app: App) -> None:
    server = app.server

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        app.wishes, complaints = options.wishes_of(params.initialization_options)
        app.complaints += complaints
        app.encoding = types.PositionEncodingKind(server.workspace.position_encoding or "utf-16").value
        text = params.capabilities.text_document
        only_pull = bool(text and text.diagnostic and not text.publish_diagnostics)
        app.pulled = app.wishes.diagnostics == "pull" or (not app.wishes.diagnostics and only_pull)
        if app.pulled:
            pulling.register(app)

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        app.start()

    @server.feature(types.SHUTDOWN)
    def shutdown(params: None) -> None:
        app.end()

    @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def cancel(params: types.WorkDoneProgressCancelParams) -> None:
        app.indexing.cancel(params.token)


def _documents(app: App) -> None:
    server = app.server

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        item = params.text_document
        document = app.documents.did_open(item.uri, item.version, item.text)
        if document is not None:
            app.edit(document)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        item = params.text_document
        changes = [(_extent(change), change.text) for change in params.content_changes]
        document = app.documents.did_change(item.uri, item.version, changes, app.encoding)
        if document is not None:
            app.edit(document, app.wishes.debounce / 1000)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        path = to_path(params.text_document.uri)
        if path is not None:
            app.work.change(lambda workspace: workspace.touch(path))
            if not app.watches:
                app.look_around()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        document = app.documents.did_close(params.text_document.uri)
        if document is not None:
            app.close(document)


def _surroundings(app: App) -> None:
    server = app.server

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(params: types.DidChangeWatchedFilesParams) -> None:
        paths = [path for change in params.changes if (path := to_path(change.uri)) is not None]
        app.work.change(lambda workspace: workspace.touch(*paths), app.PATIENCE)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def did_change_folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        for folder in params.event.removed:
            app.close_folder(folder.uri)
        for folder in params.event.added:
            app.open_folder(folder.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(params: types.DidChangeConfigurationParams) -> None:
        await app.reconfigure(params.settings)


def _reading(app: App) -> None:
    server = app.server

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def on_hover(params: types.HoverParams) -> types.Hover | None:
        where = _position(params.position)
        markdown = app.shows_markdown
        found = await app.ask(
            params.text_document.uri, lambda places, path: hover.hover(places, path, where, markdown=markdown)
        )
        return next((item for item in found if item is not None), None)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def on_definition(params: types.DefinitionParams) -> list[types.Location]:
        where = _position(params.position)
        return _first(
            await app.ask(params.text_document.uri, lambda places, path: navigation.definition(places, path, where))
        )

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def on_references(params: types.ReferenceParams) -> list[types.Location]:
        where, all_of_them = _position(params.position), params.context.include_declaration
        return _first(
            await app.ask(
                params.text_document.uri,
                lambda places, path: navigation.references(places, path, where, declarations=all_of_them),
            )
        )

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )
    async def on_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        return _first(
            await app.ask(params.text_document.uri, lambda places, path: actions.actions(places, path, params))
        )

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)
    async def on_links(params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        text = app.client.text_document
        tooltips = bool(text and text.document_link and text.document_link.tooltip_support)
        return _first(
            await app.ask(
                params.text_document.uri, lambda places, path: navigation.links(places, path, tooltips=tooltips)
            )
        )

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def on_hints(params: types.InlayHintParams) -> list[types.InlayHint]:
        wanted = params.range
        return _first(await app.ask(params.text_document.uri, lambda places, path: marks.hints(places, path, wanted)))

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def on_lenses(params: types.CodeLensParams) -> list[types.CodeLens]:
        return _first(await app.ask(params.text_document.uri, marks.lenses))


def _extent(change: types.TextDocumentContentChangeEvent) -> Extent | None:
    if not isinstance(change, types.TextDocumentContentChangePartial):
        return None
    return Extent(_position(change.range.start), _position(change.range.end))


def _position(position: types.Position) -> Position:
    return Position(position.line, position.character)


def _first(answers: list[list[T]]) -> list[T]:
    """The answer of the innermost folder that has one."""
    return next((answer for answer in answers if answer), [])
