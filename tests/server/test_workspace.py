"""Several folders, and the configuration of each."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portlint import cli, pipeline, rule_files
from portlint.errors import PortlintError
from portlint.server.documents import Documents, to_path, to_uri
from portlint.server.options import Wishes, options_for
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


def configured(root: Path, text: str) -> Workspace:
    """A workspace whose one folder has a configuration in the folder above."""
    tree(root)
    (root.parent / "portlint.toml").write_text(text, "utf-8")
    workspace = Workspace(lambda root: options_for(root, Wishes()))
    workspace.add(str(root))
    return workspace


def test_a_configuration_above_the_folder_counts_and_is_followed(tmp_path: Path) -> None:
    workspace = configured(tmp_path / "shop", "ignore = ['PL401']\n")
    assert codes(workspace) == [[]]
    (tmp_path / "portlint.toml").write_text("severity = { PL401 = 'note' }\n", "utf-8")
    workspace.touch(str(tmp_path / "other" / "portlint.toml"))
    assert codes(workspace) == [[]], "that one configures another folder"
    workspace.touch(str(tmp_path / "portlint.toml"))
    assert codes(workspace) == [["PL401"]]


def test_files_that_the_configuration_leaves_out_come_and_go(tmp_path: Path) -> None:
    workspace = configured(tmp_path / "shop", "extend-exclude = ['.env', 'late.env']\n")
    assert codes(workspace) == [[]]
    workspace.edit(str(tmp_path / "shop" / ".env"), "BAKERY_PORT=70001\n")
    workspace.edit(str(tmp_path / "shop" / "late.env"), "CAFE_PORT=70001\n")
    assert codes(workspace) == [[]], "nor are their buffers read"
    (tmp_path / "portlint.toml").unlink()
    workspace.touch(str(tmp_path / "portlint.toml"))
    assert codes(workspace) == [["PL401", "PL401"]]


def test_decisions_on_names_have_files_read_anew(tmp_path: Path) -> None:
    workspace = configured(tmp_path / "shop", "")
    (tmp_path / "shop" / ".env").write_text("BAKERY_PORT=8300\n", "utf-8")
    workspace.edit(str(tmp_path / "shop" / "oven.env"), "OVEN_PORT=8301\n")
    assert codes(workspace) == [[]]
    text = "[settings.BAKERY_PORT]\nvalue = 8300\naliases = ['OVEN_PORT']\n"
    (tmp_path / "portlint.toml").write_text(text, "utf-8")
    workspace.touch(str(tmp_path / "portlint.toml"))
    assert codes(workspace) == [["PL102"]]
    (folder,) = workspace.folders.values()
    assert folder.state is not None
    (tmp_path / "shop" / "oven.env").write_text("OVEN_PORT=8301\n", "utf-8")
    assert folder.state.whole() == pipeline.run(tmp_path / "shop", options=folder.session.options)
    (setting,) = [item for item in folder.state.settings if item.name == "BAKERY_PORT"]
    assert [member.location.path for member in setting.members] == ["../portlint.toml", ".env", "oven.env"]
    assert folder.absolute("../portlint.toml") == str(tmp_path / "portlint.toml")
    assert folder.session.text("../portlint.toml") == text


def test_a_baseline_counts_as_soon_as_it_is_there(tmp_path: Path) -> None:
    workspace = configured(tmp_path / "shop", "baseline = 'accepted.json'\n")
    codes(workspace)
    (complaint,) = workspace.complaints
    assert "accepted.json: no such file" in complaint
    workspace.touch(str(tmp_path / "shop" / "README.md"))
    assert workspace.complaints == [complaint], "said once"
    assert cli.main(["baseline", str(tmp_path / "shop"), "--baseline", str(tmp_path / "accepted.json")]) == 0
    workspace.touch(str(tmp_path / "accepted.json"))
    assert codes(workspace) == [[]]
    (tmp_path / "accepted.json").unlink()
    (tmp_path / "portlint.toml").write_text("", "utf-8")
    workspace.touch(str(tmp_path / "accepted.json"))
    workspace.touch(str(tmp_path / "portlint.toml"))
    assert codes(workspace) == [["PL401"]]


def test_a_rule_file_of_the_project_is_followed(tmp_path: Path) -> None:
    page = (rule_files.shipped() / "PL401-invalid-port.md").read_text("utf-8")
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "port.md").write_text(page, "utf-8")
    workspace = configured(tmp_path / "shop", "rules = ['ours']\n")
    assert codes(workspace) == [["PL401"]]
    (tmp_path / "ours" / "port.md").write_text(page.replace("code: PL401", "cod: PL401"), "utf-8")
    workspace.touch(str(tmp_path / "ours" / "port.md"))
    assert codes(workspace) == [["PL401"]] and "port.md" in workspace.complaints[0]
    (tmp_path / "ours" / "port.md").write_text(page.replace("severity: error", "severity: note"), "utf-8")
    workspace.touch(str(tmp_path / "ours" / "port.md"))
    list(workspace.analyse())
    (folder,) = workspace.folders.values()
    assert folder.state is not None and [item.severity for item in folder.state.report.findings] == ["note"]


def test_suppressions_of_open_files_alone_may_be_for_what_is_not_open(tmp_path: Path) -> None:
    (tmp_path / "start.sh").write_text("X_PORT=8300\n", "utf-8")
    workspace = Workspace(lambda root: options_for(root, Wishes()))
    workspace.add(str(tmp_path), whole=False)
    workspace.edit(str(tmp_path / ".env"), "X_PORT=8301  # portlint: ignore[PL102] the other host\n")
    assert codes(workspace) == [[]]
