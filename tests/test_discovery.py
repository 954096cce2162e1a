"""Which files are read: git's list, the walk without git, links, names, and what is left out."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from portlint import discovery
from portlint.discovery import discover
from portlint.errors import PortlintError

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="no git")
CONTENT = "PORT=8000\n"


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(CONTENT, encoding="utf-8")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with tracked, untracked and ignored files."""
    root = tmp_path / "tree"
    root.mkdir()
    git(root, "init", "-q")
    write(root, "run.sh", "app/main.py", "app/.env.example")
    (root / ".gitignore").write_text(".env\n*.log\nbuild/\nlocal.sh\nprod.env\nout/\n", encoding="utf-8")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "x")
    return root


def listed(root: Path, *only: Path) -> list[str]:
    return [file.path for file in discover(root, only).files]


@needs_git
def test_tracked_and_untracked_files_are_read_and_ignored_ones_are_not(tree: Path) -> None:
    write(tree, "new.sh", "build/made.sh", "local.sh", "deep/er/new.py")
    assert listed(tree) == ["app/.env.example", "app/main.py", "deep/er/new.py", "new.sh", "run.sh"]


@needs_git
def test_ignored_environment_files_are_read(tree: Path) -> None:
    write(tree, ".env", "app/.env", "app/prod.env", "build/.env", "node_modules/x/.env")
    found = listed(tree)
    assert {".env", "app/.env", "app/prod.env"} <= set(found)
    assert "node_modules/x/.env" not in found


@needs_git
def test_removed_files_are_not_there(tree: Path) -> None:
    (tree / "run.sh").unlink()
    assert "run.sh" not in listed(tree)


@needs_git
def test_a_subfolder_as_root_is_a_tree_of_its_own(tree: Path) -> None:
    assert listed(tree / "app") == [".env.example", "main.py"]


@needs_git
def test_names_of_all_sorts(tree: Path) -> None:
    names = ["a b.sh", "中文/启动.sh", "it's.sh", "tab\t.sh", "-x.sh", "ü.sh"]
    if os.name != "nt":
        names += ['"quoted".sh', "line\nbreak.sh", "back\\slash.sh", "*.sh"]
    write(tree, *names)
    assert set(names) <= set(listed(tree))
    git(tree, "add", "--", *names)
    assert set(names) <= set(listed(tree))


@needs_git
@pytest.mark.skipif(os.name == "nt", reason="POSIX file names")
def test_a_name_that_is_no_utf8(tree: Path) -> None:
    raw = os.fsencode(tree) + b"/caf\xe9.sh"
    try:
        Path(os.fsdecode(raw)).write_text(CONTENT, encoding="utf-8")
    except OSError:
        pytest.skip("the file system refuses it")
    assert os.fsdecode(b"caf\xe9.sh") in listed(tree)


def link(place: Path, target: Path | str, folder: bool = False) -> None:
    try:
        place.symlink_to(target, target_is_directory=folder)
    except OSError:
        pytest.skip("links cannot be made here")


@needs_git
@pytest.mark.parametrize("tracked", [True, False])
def test_links_are_not_followed(tree: Path, tmp_path: Path, tracked: bool) -> None:
    write(tmp_path, "outside/secret.sh")
    link(tree / "inside.sh", "run.sh")
    link(tree / "out.sh", tmp_path / "outside/secret.sh")
    link(tree / "folder", tmp_path / "outside", folder=True)
    link(tree / "loop", tree, folder=True)
    if tracked:
        git(tree, "add", ".")
    assert listed(tree) == ["app/.env.example", "app/main.py", "run.sh"]


@needs_git
def test_a_tracked_folder_that_became_a_link_is_not_followed(tree: Path, tmp_path: Path) -> None:
    write(tmp_path, "outside/main.py")
    shutil.rmtree(tree / "app")
    link(tree / "app", tmp_path / "outside", folder=True)
    assert listed(tree) == ["run.sh"]


def test_links_are_not_followed_without_git(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    write(tmp_path, "outside/secret.sh", "tree/run.sh")
    link(root / "folder", tmp_path / "outside", folder=True)
    link(root / "out.sh", tmp_path / "outside/secret.sh")
    link(root / "loop", root, folder=True)
    assert listed(root) == ["run.sh"]


def test_without_git_the_tree_is_walked(tmp_path: Path) -> None:
    write(tmp_path, "run.sh", ".env", "a/b/c.py", "node_modules/x/index.js", ".venv/lib/x.py", "web/node_modules/y.js")
    assert listed(tmp_path) == [".env", "a/b/c.py", "run.sh"]


@needs_git
def test_without_the_git_program_the_tree_is_walked(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "run.sh" in listed(tree)


@needs_git
def test_what_a_hook_sets_does_not_mislead_git(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.setenv(name, "elsewhere")
    write(tree, "build/made.sh")
    assert listed(tree / "app") == [".env.example", "main.py"]
    assert "build/made.sh" not in listed(tree)


@needs_git
def test_a_damaged_repository_is_walked(tmp_path: Path) -> None:
    write(tmp_path, "run.sh", ".git/nothing")
    assert listed(tmp_path) == ["run.sh"]


@needs_git
def test_a_repository_in_an_ignored_folder_of_another(tree: Path) -> None:
    inner = tree / "out" / "inner"
    inner.mkdir(parents=True)
    git(inner, "init", "-q")
    write(inner, "inner.sh", "deep/x.py")
    assert not [path for path in listed(tree) if "inner" in path]
    assert listed(inner) == ["deep/x.py", "inner.sh"]


@needs_git
def test_an_ignored_folder_as_root_is_walked(tree: Path) -> None:
    write(tree, "out/run.sh", "out/.env")
    assert listed(tree / "out") == [".env", "run.sh"]


@needs_git
def test_submodules_and_nested_repositories_are_not_entered(tree: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    write(other, "other.sh")
    git(other, "add", ".")
    git(other, "commit", "-q", "-m", "x")
    git(tree, "submodule", "add", "-q", str(other), "sub")
    shutil.copytree(other, tree / "cloned")
    found = discover(tree)
    assert not [path for path in found.paths if path.startswith(("sub", "cloned"))]
    assert [file.path for file in found.files] == ["app/.env.example", "app/main.py", "run.sh"]


def test_what_is_skipped_is_counted_with_a_reason(tmp_path: Path) -> None:
    write(tmp_path, "package-lock.json", "web/yarn.lock", "uv.lock", "a.min.js", "fix.patch", "logo.png", "vendor/x.go")
    write(tmp_path, "run.sh", "lockfile.sh", "admin.js")
    found = discover(tmp_path)
    assert [file.path for file in found.files] == ["admin.js", "lockfile.sh", "run.sh"]
    # the walk without git does not even enter folders of other people's code
    assert dict(found.skipped) == {"generated": 2, "lock file": 3, "no format for it": 1}


@needs_git
def test_tracked_code_of_other_people_is_skipped_with_a_reason(tree: Path) -> None:
    write(tree, "node_modules/x/index.js", "third_party/y.py")
    git(tree, "add", "-f", ".")
    found = discover(tree)
    assert dict(found.skipped)["other people's code"] == 2
    assert not [file.path for file in found.files if "/x/" in file.path or "y.py" in file.path]


def test_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    write(tmp_path, "app/a.sh", "app/sub/b.sh", "application/c.sh", "d.sh")
    assert listed(tmp_path, tmp_path / "app") == ["app/a.sh", "app/sub/b.sh"]
    assert listed(tmp_path, tmp_path / "d.sh", tmp_path / "app/sub") == ["app/sub/b.sh", "d.sh"]
    assert len(listed(tmp_path, tmp_path)) == 4
    assert "application/c.sh" in discover(tmp_path, [tmp_path / "app"]).paths  # manifests count wherever they are


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PortlintError, match=r"no such file or folder"):
        discover(tmp_path, [tmp_path / "nowhere"])
    root = tmp_path / "root"
    write(root, "a.sh")
    write(tmp_path, "b.sh")
    with pytest.raises(PortlintError, match=r"not below the root"):
        discover(root, [tmp_path / "b.sh"])


def test_an_empty_tree(tmp_path: Path) -> None:
    found = discover(tmp_path)
    assert (found.files, found.paths, found.skipped) == ((), (), ())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.sh")
    write(tmp_path, "run.sh", "folder.sh/x.sh")
    assert listed(tmp_path) == ["folder.sh/x.sh", "run.sh"]


def text(root: Path, path: str, *lines: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_the_walk_obeys_ignore_files(tmp_path: Path) -> None:
    text(tmp_path, ".gitignore", "# made", "*.log.sh", "!keep.log.sh", "/out/", "cache/", "*.env", "")
    text(tmp_path, "app/.gitignore", "local.sh", "!/extra.log.sh")
    text(tmp_path, "app/deep/.gitignore", "!local.sh")
    write(tmp_path, "a.log.sh", "keep.log.sh", "out/x.sh", "app/out/y.sh", "app/cache/z.sh", "local.sh")
    write(tmp_path, "app/local.sh", "app/deep/local.sh", "app/extra.log.sh", "app/b.log.sh", "prod.env", "out/.env")
    assert listed(tmp_path) == [
        "app/deep/local.sh", "app/extra.log.sh", "app/out/y.sh", "keep.log.sh", "local.sh", "prod.env",
    ]  # fmt: skip


@needs_git
def test_the_walk_lists_what_git_lists(tmp_path: Path) -> None:
    text(tmp_path, ".gitignore", "/build", "*.tmp.sh", "!x.tmp.sh", "doc/**/old", "a[bc].sh", "\\#x.sh", "sp.sh ")
    text(tmp_path, "sub/.gitignore", "*", "!*/", "!*.py")
    write(tmp_path, "build/a.sh", "sub/build/b.py", "x.tmp.sh", "y.tmp.sh", "doc/a/b/old/c.sh", "doc/old/d.sh")
    write(tmp_path, "ab.sh", "ad.sh", "#x.sh", "sp.sh", "sub/n.sh", "sub/deep/m.py", "sub/deep/m.sh")
    walked = listed(tmp_path)
    git(tmp_path, "init", "-q")
    assert listed(tmp_path) == walked


def test_lines_that_are_no_pattern_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"!\n\xff\xfe\n\\\nlocal.sh\n[\n")
    write(tmp_path, "local.sh", "run.sh")
    assert listed(tmp_path) == ["run.sh"]


def test_a_folder_that_cannot_be_listed_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "run.sh", "closed/x.sh")
    real = os.scandir

    def scandir(path: str) -> object:
        if path.rstrip("/").endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = discover(tmp_path)
    assert [file.path for file in found.files] == ["run.sh"]
    assert [(item.path, item.message) for item in found.failures] == [
        ("closed", "folder cannot be listed: Permission denied")
    ]
    assert discover(tmp_path, [tmp_path / "run.sh"]).failures == ()


def test_what_git_cannot_list_is_a_failure() -> None:
    said = b"warning: could not open directory 'a b/closed/': Permission denied\nwarning: something else\n"
    assert [(item.path, item.message) for item in discovery._closed(said)] == [
        ("a b/closed", "folder cannot be listed: Permission denied")
    ]


@pytest.mark.parametrize(
    ("line", "format"),
    [
        ("#!/bin/sh", "shell"),
        ("#!/usr/bin/env bash", "shell"),
        ("#! /usr/bin/env -S FOO=1 zsh -f", "shell"),
        ("#!/bin/ash -e\r", "shell"),
        ("#!/usr/local/bin/python3.12", "python"),
        ("#!/usr/bin/env -S uv run --script", "python"),
        ("#!/usr/bin/env node", "javascript"),
        ("#!/usr/bin/perl", None),
        ("#!groovy", None),
        ("#!/usr/bin/env fish", None),
        ("#!", None),
        ("#!/usr/bin/env", None),
        ("PORT=8000", None),
        ("", None),
    ],
)
def test_a_script_without_suffix_is_known_by_its_first_line(tmp_path: Path, line: str, format: str | None) -> None:
    text(tmp_path, "bin/start", line, "PORT=8000")
    found = discover(tmp_path)
    assert [file.format for file in found.files] == ([format] if format else [])


def test_a_name_with_a_suffix_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("data.bin", ".hidden", "run.sh", "Makefile", "vendor2/start.old"):
        text(tmp_path, name, "#!/bin/sh")
    monkeypatch.setattr("builtins.open", None)
    assert len(discover(tmp_path).files) == 2
