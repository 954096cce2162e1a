"""Fixes of findings as code actions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lsprotocol import types

from portlint import pipeline
from portlint.model import Edit, Fix
from portlint.server.actions import actions
from portlint.server.diagnostics import Places, diagnostics
from portlint.server.documents import Documents, key
from portlint.server.workspace import Workspace
from portlint.text import Span

LINE = 'export SHOP_PORT="${SHOP_PORT:-8301}"  # 端口 😀\n'


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / ".env").write_text("SHOP_PORT=8300\n", "utf-8")
    (tmp_path / "start.sh").write_text(LINE, "utf-8")
    (tmp_path / "app.py").write_text('import os\nport = os.getenv("SHOP_PORT", "8300")\n', "utf-8")
    workspace = Workspace(lambda root: pipeline.Options(cache=False, jobs=1))
    workspace.add(str(tmp_path))
    (folder,) = workspace.analyse()
    return Places(folder, Documents(), "utf-16")


def fixable(places: Places, applicability: str) -> None:
    state = places.folder.state
    assert state is not None
    (finding,) = state.report.findings
    start = LINE.index("8301")
    edits = (Edit(path="start.sh", span=Span(start, start + 4), text="8300"),)
    fix = Fix(title="Set SHOP_PORT to 8300", edits=edits, applicability=applicability)
    places.folder.state = replace(state, report=replace(state.report, findings=(replace(finding, fix=fix),)))


def asked(places: Places, path: str, line: int, column: int, *only: str) -> list[types.CodeAction]:
    where = types.Range(types.Position(line, column), types.Position(line, column))
    shown = diagnostics(places)[places.folder.absolute(path)]
    context = types.CodeActionContext(shown, only=list(only) or None)
    return actions(places, path, types.CodeActionParams(types.TextDocumentIdentifier(""), where, context))


@pytest.mark.parametrize(("path", "line", "column"), [("start.sh", 0, 33), (".env", 0, 12), ("app.py", 1, 33)])
def test_a_fix_is_offered_on_every_side(places: Places, path: str, line: int, column: int) -> None:
    fixable(places, "safe")
    (action,) = asked(places, path, line, column)
    assert (action.title, action.kind, action.is_preferred) == ("Set SHOP_PORT to 8300", "quickfix", True)
    assert [item.code for item in action.diagnostics or ()] == ["PL101"]
    assert action.edit is not None
    (change,) = action.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit) and change.text_document.uri == places.uri("start.sh")
    assert [str(edit.range) for edit in change.edits] == ["0:31-0:35"]


def test_edits_bear_the_version_of_the_open_buffer(places: Places) -> None:
    fixable(places, "unsafe")
    versions = {key(places.folder.absolute("start.sh")): 5}
    (action,) = asked(Places(places.folder, places.documents, "utf-16", versions), "start.sh", 0, 33)
    assert action.edit is not None and action.is_preferred is False
    (change,) = action.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit) and change.text_document.version == 5


def test_nothing_is_offered_elsewhere_or_for_another_kind_or_for_show(places: Places) -> None:
    assert asked(places, "start.sh", 0, 33) == [], "a finding without a fix"
    fixable(places, "safe")
    assert asked(places, "start.sh", 0, 3) == []
    assert asked(places, "start.sh", 0, 33, "refactor") == []
    assert len(asked(places, "start.sh", 0, 33, "quickfix")) == 1
    fixable(places, "display")
    assert asked(places, "start.sh", 0, 33) == []
