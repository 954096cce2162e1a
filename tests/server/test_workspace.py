"""Several folders, and the configuration of each."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portlint import pipeline
from portlint.errors import PortlintError
from portlint.server.documents import Documents, to_path, to_uri
from portlint.server.positions import Extent, Position, Sheet, column, width
from portlint.server.workspace import Workspace, home_of


def tree(root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    (root / ".env").write_text("BAKERY_PORT=70000\n", "utf-8")
    return root


def codes(workspace: Workspace) -> list[list[str]]:
    list(workspace.analyse())
    return [
        [finding.code for finding in folder.state.report.findings]
        for folder in workspace.folders.values()
        if folder.state is not None
    ]


def test_a_changed_configuration_is_read_anew_and_one_that_cannot_be_used_changes_nothing(tmp_path: Path) -> None:
    root = tree(tmp_path)
    ignored: list[str] = []

    def options_for(root: Path) -> pipeline.Options:
        if "broken" in ignored:
            raise PortlintError("portlint.toml:3: selct: unknown key")
        return pipeline.Options(cache=False, jobs=1, ignore=tuple(ignored))

    workspace = Workspace(options_for)
    workspace.add(str(root))
    assert codes(workspace) == [["PL401"]]
    ignored[:] = ["PL401"]
    workspace.touch(str(root / "README.md"))
    assert codes(workspace) == [["PL401"]], "no configuration"
    (root / "portlint.toml").write_text("ignore = ['PL401']\n", "utf-8")
    workspace.touch(str(root / "portlint.toml"))
    assert codes(workspace) == [[]]
    ignored[:] = ["broken"]
    workspace.touch(str(root / "portlint.toml"))
    assert codes(workspace) == [[]]
    assert workspace.complaints == [f"{root}: portlint.toml:3: selct: unknown key"]


def test_only_the_folders_that_changed_are_looked_at(tmp_path: Path) -> None:
    first, second = tree(tmp_path / "first"), tree(tmp_path / "second")
    workspace = Workspace(lambda root: pipeline.Options(cache=False, jobs=1))
    workspace.add(str(first))
    workspace.add(str(second))
    assert len(list(workspace.analyse())) == 2
    assert list(workspace.analyse()) == []
    workspace.edit(str(second / ".env"), "BAKERY_PORT=8000\n")
    assert [folder.path for folder in workspace.analyse()] == [str(second)]
    workspace.remove(str(first))
    assert codes(workspace) == [[]]


def test_a_file_may_be_named_by_the_real_path_of_a_linked_folder(tmp_path: Path) -> None:
    root = tree(tmp_path / "real")
    try:
        (tmp_path / "link").symlink_to(root, target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    workspace = Workspace(lambda root: pipeline.Options(cache=False, jobs=1))
    folder = workspace.add(str(tmp_path / "link"))
    assert folder.relative(str(root / ".env")) == folder.relative(str(tmp_path / "link" / ".env")) == ".env"
    assert folder.relative(str(tmp_path / "realm" / ".env")) is None


def test_the_home_of_a_file_is_its_repository_or_its_folder_alone(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    assert home_of(str(root / "deep" / "down" / ".env")) == (str(root), True)
    assert home_of(os.path.join(os.sep, "nowhere", "at", "all.env")) == (os.path.join(os.sep, "nowhere", "at"), False)


@pytest.mark.parametrize("path", ["/a b/ü(1)%20.env", "/x/[y]#z?.sh", "/端口/😀.md"])
def test_uris_lead_back_to_their_paths(path: str) -> None:
    assert to_path(to_uri(path)) == os.path.normpath(path)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/./b/../c.env", "/a/c.env"),
        ("file://localhost/a", "/a"),
        ("untitled:one", None),
        ("file:", None),
        ("", None),
        ("file:///a%00b", None),
        ("http://[", None),
    ],
)
def test_only_files_have_paths(uri: str, path: str | None) -> None:
    assert to_path(uri) == (os.path.normpath(path) if path else None)


@pytest.mark.parametrize(("encoding", "units"), [("utf-8", 15), ("utf-16", 8), ("utf-32", 7)])
def test_widths_and_columns_are_inverse(encoding: str, units: int) -> None:
    line = "a端口é😀 b"
    assert width(line, encoding) == units
    for index in range(len(line) + 1):
        assert column(line, width(line[:index], encoding), encoding) == index
    assert column(line, 99, encoding) == len(line)
    assert column(line, -1, encoding) == 0


def test_changes_are_applied_where_the_client_means() -> None:
    documents = Documents()
    documents.did_open("file:///a", 1, "one\r\ntwo 😀 three\rfour")
    sheet = Sheet("one\r\ntwo 😀 three\rfour", "utf-16")
    assert [sheet.line(number) for number in range(-1, 4)] == ["", "one", "two 😀 three", "four", ""]
    changes = [
        (Extent(Position(1, 7), Position(1, 12)), "3"),
        (Extent(Position(2, 4), Position(9, 9)), "!\n"),
        (Extent(Position(0, 99), Position(1, 0)), "\n"),
    ]
    document = documents.did_change("file:///a", 2, changes, "utf-16")
    assert document is not None and document.text == "one\ntwo 😀 3\rfour!\n"
    assert documents.did_change("file:///b", 2, changes, "utf-16") is None
