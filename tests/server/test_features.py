"""Hover, definition, references, links, hints and lenses."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsp_editor import Editor, editor
from lsprotocol import types

pytestmark = pytest.mark.asyncio

FILES = {
    ".env": "SHOP_PORT=8300\nSHOP_URL=http://localhost:${SHOP_PORT}/api\nSHOP_TOKEN_URL=http://a:hunter2@b.example:8300/\n",
    ".env.example": "SHOP_PORT=8300\n",
    "start.sh": '. ./common.sh\nexport SHOP_PORT="${SHOP_PORT:-8301}"\nuvicorn shop.app:app --port "$SHOP_PORT"\n',
    "common.sh": "echo common\n",
    "app.py": 'import os\n\nport = os.getenv("SHOP_PORT", "8300")\n',
    "compose.yaml": "services:\n  shop:\n    image: shop\n    env_file: .env\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "a shop (new)"
    root.mkdir()
    for name, text in FILES.items():
        (root / name).write_text(text, "utf-8", newline="")
    return root


async def hover(it: Editor, path: str, text: str, offset: int = 0) -> str:
    where = it.position(path, text, offset)
    answer = await it.client.text_document_hover_async(types.HoverParams(it.document(path), where))
    if answer is None:
        return ""
    assert isinstance(answer.contents, types.MarkupContent)
    return answer.contents.value


async def definition(it: Editor, path: str, text: str, offset: int = 0) -> list[tuple[str, int]]:
    where = it.position(path, text, offset)
    answer = await it.client.text_document_definition_async(types.DefinitionParams(it.document(path), where))
    return places(it, answer)


async def references(it: Editor, path: str, text: str, *, declarations: bool = True) -> list[tuple[str, int]]:
    context = types.ReferenceContext(declarations)
    params = types.ReferenceParams(context, it.document(path), it.position(path, text))
    return places(it, await it.client.text_document_references_async(params))


def places(it: Editor, answer: object) -> list[tuple[str, int]]:
    names = {it.uri(path): path for path in FILES}
    return [(names[item.uri], item.range.start.line + 1) for item in answer or ()]  # type: ignore[attr-defined]


async def test_a_hover_shows_the_table_with_links_and_reasons(tree: Path) -> None:
    async with editor(tree) as it:
        text = await hover(it, "start.sh", "8301")
        assert text.startswith("**SHOP\\_PORT** (port): ")
        row = next(line for line in text.splitlines() if ".env:1" in line)
        assert f"]({it.uri('.env').replace('(', '%28').replace(')', '%29')}#L1)" in row
        assert "`8300`" in row and "declares: .env" in row and "the same name" in row
        assert "**PL101** |" in next(line for line in text.splitlines() if "start.sh:2" in line)
        assert "**PL101** error conflicting-default: SHOP\\_PORT is 8301 here" in text
        for path in ("start.sh", ".env", "app.py"):
            assert (await hover(it, path, "SHOP_PORT")).startswith("**SHOP\\_PORT** (port): "), "on the name, too"
        assert await hover(it, "start.sh", "export") == "", "no value, no setting"


async def test_a_hover_is_plain_text_where_the_client_shows_no_other(tree: Path) -> None:
    def plain(capabilities: types.ClientCapabilities) -> None:
        assert capabilities.text_document is not None
        capabilities.text_document.hover = types.HoverClientCapabilities(content_format=[types.MarkupKind.PlainText])

    async with editor(tree, adapt=plain) as it:
        text = await hover(it, "start.sh", "8301")
        assert text.startswith("SHOP_PORT (port): ") and "|" not in text and "](" not in text


async def test_no_feature_shows_a_password(tree: Path) -> None:
    async with editor(tree) as it:
        assert "hunter2" not in await hover(it, ".env", "8300/")
        whole = types.Range(types.Position(0, 0), types.Position(99, 0))
        for path in FILES:
            hints = await it.client.text_document_inlay_hint_async(types.InlayHintParams(it.document(path), whole))
            lenses = await it.client.text_document_code_lens_async(types.CodeLensParams(it.document(path)))
            assert "hunter2" not in repr((hints, lenses))


async def test_definitions_are_where_a_value_is_stated(tree: Path) -> None:
    async with editor(tree) as it:
        assert await definition(it, ".env", "${SHOP_PORT}", 3) == [(".env", 1)]
        assert await definition(it, "app.py", "8300") == [(".env", 1), (".env.example", 1)]
        assert await definition(it, "app.py", "import") == []


async def test_references_are_all_places_of_the_setting(tree: Path) -> None:
    async with editor(tree) as it:
        found = await references(it, "app.py", "8300")
        assert {(".env", 1), (".env.example", 1), ("start.sh", 2), ("app.py", 3)} <= set(found)
        fewer = await references(it, "app.py", "8300", declarations=False)
        assert (".env", 1) not in fewer and ("app.py", 3) in fewer


async def test_files_that_a_file_names_are_links(tree: Path) -> None:
    async with editor(tree) as it:
        found = await it.client.text_document_document_link_async(types.DocumentLinkParams(it.document("start.sh")))
        assert [(item.range.start.line, item.target) for item in found or ()] == [(0, it.uri("common.sh"))]
        found = await it.client.text_document_document_link_async(types.DocumentLinkParams(it.document("compose.yaml")))
        assert [item.target for item in found or ()] == [it.uri(".env")]


async def test_resolved_values_stand_behind_references(tree: Path) -> None:
    async with editor(tree) as it:
        whole = types.Range(types.Position(0, 0), types.Position(99, 0))
        hints = await it.client.text_document_inlay_hint_async(types.InlayHintParams(it.document(".env"), whole))
        shown = [(item.position.line, item.label, item.tooltip) for item in hints or ()]
        assert shown == [(1, "= http://localhost:8300/api", "SHOP_PORT from .env:1")]
        first = types.Range(types.Position(0, 0), types.Position(0, 99))
        assert not await it.client.text_document_inlay_hint_async(types.InlayHintParams(it.document(".env"), first))
        it.open(".env", FILES[".env"].replace("8300", "8400", 1))
        hints = await it.client.text_document_inlay_hint_async(types.InlayHintParams(it.document(".env"), whole))
        assert [item.label for item in hints or ()] == ["= http://localhost:8400/api"], "of what is open, at once"


async def test_declarations_say_how_many_places_and_values(tree: Path) -> None:
    async with editor(tree) as it:
        found = await it.client.text_document_code_lens_async(types.CodeLensParams(it.document(".env")))
        lens = next(item for item in found or () if item.command and item.command.title.startswith("SHOP_PORT:"))
        assert lens.command is not None and lens.range.start.line == 0
        uri, _, locations = lens.command.arguments or (None, None, [])
        assert lens.command.title == f"SHOP_PORT: {len(locations)} places, 2 values"
        assert uri == it.uri(".env") and lens.command.command == "portlint.showPlaces"
        assert not await it.client.text_document_code_lens_async(types.CodeLensParams(it.document("app.py")))


async def test_questions_are_answered_for_the_text_of_that_moment(tree: Path) -> None:
    async with editor(tree) as it:
        it.open("start.sh")
        where = it.position("start.sh", "8301")
        it.change("start.sh", (None, FILES["start.sh"].replace("8301", "8399")))
        answer = await it.client.text_document_hover_async(types.HoverParams(it.document("start.sh"), where))
        assert answer is not None and "8399" in str(answer.contents)


async def test_what_is_no_file_of_the_tree_has_nothing_to_say(tree: Path) -> None:
    async with editor(tree) as it:
        for uri in ("untitled:one", "file:///nowhere/else.sh", "", "http://[", "git:/shop/start.sh?x"):
            item = types.TextDocumentItem(uri, "text", 1, "SHOP_PORT=1\n")
            it.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
            params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(0, 11))
            assert await it.client.text_document_hover_async(params) is None, uri
            lenses = types.CodeLensParams(types.TextDocumentIdentifier(uri))
            assert not await it.client.text_document_code_lens_async(lenses), uri


async def test_progress_of_the_first_look_is_shown_and_ends(tree: Path) -> None:
    many = tree / "many"
    many.mkdir()
    for number in range(50):
        (many / f"module_{number}.py").write_text(f'import os\nx = os.getenv("A{number}_PORT", "80{number:02}")\n' * 5)
    async with editor(tree) as it:
        await it.wait(lambda: any(reports for reports in it.client.progress_reports.values()))
        (reports,) = it.client.progress_reports.values()
        await it.wait(lambda: isinstance(reports[-1], types.WorkDoneProgressEnd))
        assert isinstance(reports[0], types.WorkDoneProgressBegin) and "a shop (new)" in reports[0].title


async def test_the_first_look_may_be_called_off_and_begins_again_with_a_save(tree: Path) -> None:
    many = tree / "many"
    many.mkdir()
    for number in range(3000):
        (many / f"module_{number}.py").write_text(f'import os\nx = os.getenv("A{number}_PORT", "8{number:04}")\n' * 40)
    async with editor(tree) as it:
        await it.wait(lambda: any(reports for reports in it.client.progress_reports.values()))
        token = next(iter(it.client.progress_reports))
        it.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
        await it.wait(lambda: isinstance(it.client.progress_reports[token][-1], types.WorkDoneProgressEnd))
        assert it.shown() == {}
        for path in many.iterdir():
            path.unlink()
        it.save("start.sh")
        await it.wait(lambda: "start.sh" in it.shown())


async def test_a_request_may_be_cancelled(tree: Path) -> None:
    async with editor(tree) as it:
        params = types.HoverParams(it.document("start.sh"), it.position("start.sh", "8301"))
        request = it.client.protocol.send_request(types.TEXT_DOCUMENT_HOVER, params, msg_id="asked")
        it.client.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("asked"))
        answered = await asyncio.wait([asyncio.wrap_future(request)], timeout=10)
        assert answered[0], "with the answer, or with the error that says that it was cancelled"
        if (error := request.exception()) is not None:
            assert getattr(error, "code", None) == types.LSPErrorCodes.RequestCancelled
        assert "8301" in await hover(it, "start.sh", "8301")
