"""What an editor shows after each kind of event, in every file that a finding touches."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsp_editor import Editor, editor
from lsprotocol import types

pytestmark = pytest.mark.asyncio

ENV = "SHOP_PORT=8300\n"
START = 'export SHOP_PORT="${SHOP_PORT:-8300}"\n'
OTHER = 'export SHOP_PORT="${SHOP_PORT:-8301}"\n'
APP = 'import os\nport = os.getenv("SHOP_PORT", "8300")\n'
DEVIATES = {".env": ["1:11 hint PL101"], "app.py": ["2:32 hint PL101"], "start.sh": ["1:32 error PL101"]}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    for name, text in {".env": ENV, "start.sh": START, "app.py": APP}.items():
        (root / name).write_text(text, "utf-8", newline="")
    return root


def columns(start: int, end: int, line: int = 0) -> types.Range:
    return types.Range(types.Position(line, start), types.Position(line, end))


async def test_a_change_shows_on_every_side_and_goes_when_it_is_undone(tree: Path) -> None:
    async with editor(tree) as it:
        it.open("start.sh")
        it.change("start.sh", (columns(31, 35), "8301"))
        await it.until(DEVIATES)
        it.change("start.sh", (columns(34, 35), "0"))
        await it.until({})
        assert set(it.client.diagnostics) == {it.uri(path) for path in DEVIATES}, "cleared, not forgotten"


async def test_each_side_names_the_other(tree: Path) -> None:
    (tree / "start.sh").write_text(OTHER, "utf-8")
    async with editor(tree) as it:
        await it.until(DEVIATES)
        shown = {path: it.client.diagnostics[it.uri(path)][0] for path in DEVIATES}
        sides = {path: [(i.location.uri, i.location.range) for i in shown[path].related_information] for path in shown}
        assert sides["start.sh"] == [(it.uri(path), shown[path].range) for path in (".env", "app.py")]
        assert sides[".env"] == sides["app.py"] == [(it.uri("start.sh"), shown["start.sh"].range)]
        assert shown["start.sh"].message.startswith("SHOP_PORT is 8301 here (shell default), but 8300 in .env:1")
        assert shown[".env"].message.startswith("SHOP_PORT is 8300 here (.env); start.sh:1: SHOP_PORT is 8301 here")
        assert all(item.source == "portlint" for item in shown.values())


async def test_a_save_on_disk_alone_is_seen(tree: Path) -> None:
    async with editor(tree) as it:
        it.save("start.sh", OTHER)
        await it.until(DEVIATES)


async def test_files_that_come_change_and_go_on_disk(tree: Path) -> None:
    async with editor(tree) as it:
        (tree / "start.sh").write_text(OTHER, "utf-8")
        it.watched("start.sh")
        await it.until(DEVIATES)
        (tree / "start.sh").unlink()
        it.watched("start.sh")
        await it.until({})
        (tree / "docs").mkdir()
        (tree / "docs" / "use.md").write_text("`SHOP_PORT` (default 8309)\n", "utf-8")
        it.watched("docs/use.md")
        await it.wait(lambda: "docs/use.md" in it.shown())


async def test_the_client_is_asked_to_tell_of_files_where_it_can(tree: Path) -> None:
    def can(capabilities: types.ClientCapabilities) -> None:
        assert capabilities.workspace is not None
        capabilities.workspace.did_change_watched_files = types.DidChangeWatchedFilesClientCapabilities(True)

    async with editor(tree, adapt=can) as it:
        await it.wait(lambda: it.client.registrations)
        assert [item.method for item in it.client.registrations] == ["workspace/didChangeWatchedFiles"]


async def test_a_client_that_cannot_tell_of_files_has_them_found_with_the_next_save(tree: Path) -> None:
    def cannot(capabilities: types.ClientCapabilities) -> None:
        assert capabilities.workspace is not None
        capabilities.workspace.did_change_watched_files = None

    async with editor(tree, adapt=cannot) as it:
        it.open("app.py")
        (tree / "start.sh").write_text(OTHER, "utf-8")
        it.save("app.py", APP)
        await it.until(DEVIATES)


async def test_unsaved_buffers_win_over_the_disk(tree: Path) -> None:
    async with editor(tree) as it:
        it.open("start.sh", OTHER)
        await it.until(DEVIATES)
        (tree / "start.sh").write_text(START, "utf-8")
        it.watched("start.sh")
        it.change("start.sh", (None, OTHER + "\n"))
        await it.until(DEVIATES)
        it.close("start.sh")
        await it.until({})


async def test_a_new_file_counts_before_it_is_saved(tree: Path) -> None:
    async with editor(tree) as it:
        it.open("run.sh", OTHER)
        await it.wait(lambda: "run.sh" in it.shown())
        it.close("run.sh")
        await it.until({})


async def test_diagnostics_bear_the_version_they_are_of(tree: Path) -> None:
    async with editor(tree) as it:
        seen: list[int | None] = []
        publish = it.client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS]

        def note(params: types.PublishDiagnosticsParams) -> None:
            if params.uri == it.uri("start.sh"):
                seen.append(params.version)
            publish(params)

        it.client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = note
        it.open("start.sh")
        it.change("start.sh", (None, OTHER))
        await it.until(DEVIATES)
        assert seen == [2]


async def test_folders_come_and_go(tree: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / ".env").write_text("BAKERY_PORT=70000\n", "utf-8")
    async with editor(tree) as it:
        it.open("start.sh", OTHER)
        await it.until(DEVIATES)
        change = types.WorkspaceFoldersChangeEvent(added=[types.WorkspaceFolder(other.as_uri(), "other")], removed=[])
        it.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(change))
        there = (other / ".env").as_uri()
        await it.until({**DEVIATES, there: ["1:13 error PL401"]})
        change = types.WorkspaceFoldersChangeEvent(added=[], removed=[types.WorkspaceFolder(tree.as_uri(), "shop")])
        it.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(change))
        await it.until({there: ["1:13 error PL401"]})


async def test_folders_are_trees_of_their_own(tree: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "start.sh").write_text(OTHER, "utf-8")
    async with editor(tree, other) as it:
        it.open("start.sh", OTHER)
        await it.until(DEVIATES)


async def test_a_folder_within_a_folder_says_nothing_twice(tree: Path) -> None:
    (tree / "api").mkdir()
    (tree / "api" / ".env").write_text("API_PORT=70000\n", "utf-8")
    async with editor(tree, tree / "api") as it:
        await it.until({"api/.env": ["1:10 error PL401"]})


async def test_without_a_folder_each_file_brings_its_own(tree: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for folder in (tree, other):
        folder.mkdir(exist_ok=True)
        (folder / "one.env").write_text("BAKERY_PORT=70000\n", "utf-8")
    async with editor(tmp_path, rootless=True) as it:
        it.open("shop/one.env")
        await it.until({"shop/one.env": ["1:13 error PL401"]})
        it.open("other/one.env")
        await it.until({"shop/one.env": ["1:13 error PL401"], "other/one.env": ["1:13 error PL401"]})


@pytest.mark.parametrize("git", [True, False])
async def test_without_a_folder_the_repository_of_the_file_counts_or_what_is_open(tree: Path, git: bool) -> None:
    if git:
        (tree / ".git").mkdir()
    (tree / "start.sh").write_text(OTHER, "utf-8")
    async with editor(tree, rootless=True) as it:
        it.open(".env", ENV + "BAKERY_PORT=70000\n")
        alone = ["2:13 error PL401"]
        await it.until({**DEVIATES, ".env": DEVIATES[".env"] + alone} if git else {".env": alone})


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 12), ("utf-16", 6), ("utf-32", 5)])
async def test_columns_are_counted_as_agreed(tree: Path, encoding: str, column: int) -> None:
    def only(capabilities: types.ClientCapabilities) -> None:
        capabilities.general = types.GeneralClientCapabilities(
            position_encodings=[types.PositionEncodingKind(encoding)]
        )

    (tree / "use.md").write_text("# Shop\n\n端口 😀 `SHOP_PORT` (default 8309)\n", "utf-8")
    async with editor(tree, adapt=only) as it:
        assert it.capabilities.position_encoding == encoding
        await it.wait(lambda: "use.md" in it.shown())
        (item,) = it.client.diagnostics[it.uri("use.md")]
        assert item.range.start.character == column + len("`SHOP_PORT` (default ")
        it.open("use.md")
        it.change("use.md", (columns(item.range.start.character, item.range.end.character, 2), "8300"))
        await it.until({})


async def test_line_ends_are_those_of_the_protocol(tree: Path) -> None:
    """A form feed and U+2028 end no line, a lone carriage return does."""
    async with editor(tree) as it:
        it.open("start.sh", "# \f \u2028 \x85\r# b\r\n" + START)
        it.change("start.sh", (columns(34, 35, 2), "1"))
        await it.until({**DEVIATES, "start.sh": ["3:32 error PL101"]})


async def test_what_cannot_be_read_is_said(tree: Path) -> None:
    (tree / "compose.yaml").write_text("services:\n  shop: [\n", "utf-8")
    async with editor(tree) as it:
        await it.wait(lambda: "unreadable" in str(it.shown().get("compose.yaml")))


async def test_passwords_are_not_shown(tree: Path) -> None:
    (tree / ".env").write_text("DATABASE_URL=postgres://me:hunter2@localhost:70000/db\n", "utf-8")
    async with editor(tree) as it:
        await it.wait(lambda: ".env" in it.shown())
        assert "hunter2" not in repr(it.client.diagnostics)


async def test_settings_of_the_client(tree: Path) -> None:
    async with editor(tree, options={"ignore": ["PL101"], "debounce": 0}) as it:
        it.open("start.sh", OTHER)
        it.open(".env", ENV + "BAKERY_PORT=70000\n")
        await it.wait(lambda: "PL401" in str(it.shown()))
        assert "PL101" not in str(it.shown())
        settings = {"portlint": {"select": ["PL101"]}}
        it.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))
        await it.wait(lambda: "PL101" in str(it.shown()) and "PL401" not in str(it.shown()))


async def test_a_suppressed_finding_is_not_shown_and_a_useless_suppression_is(tree: Path) -> None:
    async with editor(tree) as it:
        it.open("start.sh", OTHER)
        await it.until(DEVIATES)
        it.change("start.sh", (None, OTHER.rstrip() + "  # portlint: ignore[PL101] the other host\n"))
        await it.until({})
        it.change("start.sh", (None, START.rstrip() + "  # portlint: ignore[PL101] the other host\n"))
        await it.wait(lambda: set(it.shown()) == {"start.sh"}, lambda: str(it.shown()))
        assert "nothing is found on line 1" in it.client.diagnostics[it.uri("start.sh")][0].message


async def test_a_change_of_the_configuration_file_changes_what_is_shown(tree: Path) -> None:
    async with editor(tree) as it:
        it.open("start.sh", OTHER)
        await it.until(DEVIATES)
        it.save("portlint.toml", "[[suppress]]\nrules = ['PL101']\nreason = 'the other host'\n")
        await it.until({})
        it.save("portlint.toml", "severity = { PL101 = 'note' }\n")
        await it.until({**DEVIATES, "start.sh": ["1:32 info PL101"]})
        it.save("portlint.toml", "selct = []\n")
        await it.wait(lambda: it.client.messages)
        assert "portlint.toml:1: selct" in it.client.messages[0].message
        assert it.shown()["start.sh"] == ["1:32 info PL101"], "what held before holds"
        it.save("portlint.toml", "[settings.SHOP_PORT]\nvalue = 8301\n")
        await it.wait(lambda: ".env" in it.shown() and "error" in str(it.shown()[".env"]), lambda: str(it.shown()))
        assert "portlint.toml:2" in it.client.diagnostics[it.uri(".env")][0].message


async def test_mistakes_in_settings_are_told_and_the_rest_holds(tree: Path) -> None:
    options = {"selekt": [], "minSeverity": "grave", "ignore": ["PL999"], "debounce": "fast", "minConfidence": "low"}
    async with editor(tree, options=options) as it:
        await it.wait(lambda: len(it.client.messages) == 4)
        said = "\n".join(message.message for message in it.client.messages)
        assert "unknown key 'selekt'; did you mean 'select'?" in said
        assert "minSeverity: expected one of error, warning, note, found 'grave'" in said
        assert "'PL999' is no rule" in said and "debounce: expected milliseconds" in said
        it.open("start.sh", OTHER)
        await it.until(DEVIATES)


async def test_settings_are_asked_for_where_the_client_only_says_that_they_changed(tree: Path) -> None:
    async with editor(tree) as it:
        it.open("start.sh", OTHER)
        await it.until(DEVIATES)
        it.client.set_configuration({"ignore": ["PL101"]}, section="portlint")
        it.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        await it.until({})


def _pull(capabilities: types.ClientCapabilities) -> None:
    assert capabilities.text_document is not None and capabilities.workspace is not None
    capabilities.text_document.diagnostic = types.DiagnosticClientCapabilities()
    capabilities.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)


async def test_diagnostics_may_be_asked_for(tree: Path) -> None:
    async with editor(tree, adapt=_pull, options={"diagnostics": "pull"}) as it:
        assert it.capabilities.diagnostic_provider is not None
        it.open("start.sh", OTHER)
        report = await pull(it, ".env")
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        assert [item.code for item in report.items] == ["PL101"]
        again = await pull(it, ".env", report.result_id)
        assert again == types.RelatedUnchangedDocumentDiagnosticReport(result_id=report.result_id or "")
        before = it.client.diagnostic_refresh_count
        it.change("start.sh", (None, START))
        await it.wait(lambda: it.client.diagnostic_refresh_count > before)
        empty = await pull(it, ".env", report.result_id)
        assert isinstance(empty, types.RelatedFullDocumentDiagnosticReport) and not empty.items
        assert it.client.diagnostics == {}, "nothing is sent unasked"


async def test_diagnostics_of_all_files_may_be_asked_for(tree: Path) -> None:
    async with editor(tree, adapt=_pull, options={"diagnostics": "pull"}) as it:
        it.open("start.sh", OTHER)
        first = await it.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(previous_result_ids=[]))
        found = {item.uri: item for item in first.items}
        assert set(found) == {it.uri(path) for path in DEVIATES}
        assert found[it.uri("start.sh")].version == 1
        it.change("start.sh", (None, START))
        known = [types.PreviousResultId(item.uri, item.result_id or "") for item in first.items]
        second = await it.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(previous_result_ids=known))
        assert {item.uri: len(getattr(item, "items", "?")) for item in second.items} == dict.fromkeys(found, 0)
        known = [types.PreviousResultId(item.uri, item.result_id or "") for item in second.items]
        third = await it.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(previous_result_ids=known))
        assert {item.kind for item in third.items} == {"unchanged"}


async def test_a_client_that_takes_pushed_diagnostics_gets_only_those(tree: Path) -> None:
    async with editor(tree, adapt=_pull) as it:
        assert it.capabilities.diagnostic_provider is None
        it.open("start.sh", OTHER)
        await it.until(DEVIATES)


async def pull(it: Editor, path: str, previous: str | None = None) -> types.DocumentDiagnosticReport:
    params = types.DocumentDiagnosticParams(text_document=it.document(path), previous_result_id=previous)
    return await it.client.text_document_diagnostic_async(params)
