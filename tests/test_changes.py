"""Findings about a change alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from portlint import changes, cli
from portlint.errors import PortlintError


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "sub").mkdir()
    (tmp_path / ".env").write_text("INNGEST_PORT=8300\nJOBS_PORT=7000\n", "utf-8")
    (tmp_path / "sub" / "a b.env").write_text("# x\nINNGEST_PORT=8300\nJOBS_PORT=7001\n", "utf-8")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path


def found(root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    assert cli.main(["check", "--root", str(root), "--format", "json", *options]) in (0, 1)
    return sorted(row["setting"] for row in json.loads(capsys.readouterr().out)["findings"])


def test_only_what_touches_the_change(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert found(tree, capsys) == ["JOBS_PORT"]
    assert found(tree, capsys, "--diff-base", "HEAD") == []
    (tree / ".env").write_text("INNGEST_PORT=8301\nJOBS_PORT=7000\n", "utf-8")
    assert found(tree, capsys) == ["INNGEST_PORT", "JOBS_PORT"]
    assert found(tree, capsys, "--diff-base", "HEAD") == ["INNGEST_PORT"]
    git(tree, "commit", "-qam", "second")
    assert found(tree, capsys, "--diff-base", "HEAD") == []
    assert found(tree, capsys, "--diff-base", "HEAD~1") == ["INNGEST_PORT"]


def test_renamed_and_untracked_files(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(tree, "mv", "sub/a b.env", "sub/ü.env")
    assert found(tree, capsys, "--diff-base", "HEAD") == []
    (tree / "sub" / "ü.env").write_text("# x\nINNGEST_PORT=8302\nJOBS_PORT=7001\n", "utf-8")
    assert changes.since(tree, "HEAD") == {"sub/ü.env": ((2, 2),)}
    assert changes.since(tree / "sub", "HEAD") == {"ü.env": ((2, 2),)}
    (tree / "new.env").write_text("JOBS_PORT=7002\n", "utf-8")
    assert changes.since(tree, "HEAD")["new.env"] is None
    assert found(tree, capsys, "--diff-base", "HEAD") == ["INNGEST_PORT", "JOBS_PORT"]


def test_removed_lines_touch_nothing(tree: Path) -> None:
    (tree / ".env").write_text("INNGEST_PORT=8300\n", "utf-8")
    (tree / "sub" / "a b.env").unlink()
    assert changes.since(tree, "HEAD") == {}


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", ""])
def test_no_revision(tree: Path, revision: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--root", str(tree), f"--diff-base={revision}"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"portlint: --diff-base {revision}: ") and error.count("\n") == 1
    assert not (tree / "x").exists()


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(PortlintError, match="--diff-base HEAD: "):
        changes.since(tmp_path, "HEAD")
