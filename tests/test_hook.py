"""The hooks of ``.pre-commit-hooks.yaml``, run by pre-commit in a repository made here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from portlint.discovery import kind_of

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text("utf-8"))}
SLOW = "PORTLINT_SLOW_TESTS"
GOOD, BAD = 'export SHOP_PORT="${SHOP_PORT:-8300}"\n', 'export SHOP_PORT="${SHOP_PORT:-8301}"\n'
APP = 'import os\nport = os.getenv("SHOP_PORT", "8300")\n'
LANGUAGES = [
    "system",
    pytest.param(
        "python",
        marks=pytest.mark.skipif(not os.environ.get(SLOW), reason=f"pip installs portlint: only with {SLOW}=1"),
    ),
]


class Repository:
    """A git repository with the hooks installed; ``language`` is ``system`` where the portlint of this run is used."""

    def __init__(self, folder: Path, language: str) -> None:
        self.root = folder / "shop"
        scripts = os.path.dirname(sys.executable)
        self.environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")} | {
            "PATH": scripts + os.pathsep + os.environ["PATH"],
            "PRE_COMMIT_HOME": str(folder / "pre-commit"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **{
                f"GIT_{who}_{what}": f"{who}@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
            },
        }
        if language == "python":
            self.environment.pop("PYTHONPATH", None)
        tool = self._tool(folder / "portlint", language)
        self.git("init", "-q", "-b", "main", str(self.root), inside=folder)
        override = "" if language == "python" else ", language: system"
        self.write(
            ".pre-commit-config.yaml",
            f"default_install_hook_types: [pre-commit, pre-push]\nrepos:\n  - repo: {tool}\n    rev: v1.0\n    hooks:\n"
            + "".join(f"      - {{id: {name}{override}}}\n" for name in HOOKS),
        )
        for path, text in {".env": "SHOP_PORT=8300\n", "start.sh": GOOD, "app.py": APP, "app.css": "body {}\n"}.items():
            self.write(path, text)
        self.git("add", ".")
        self.git("commit", "-qm", "first")
        done = self.run("pre-commit", "install")
        assert done.returncode == 0, done.stdout

    def _tool(self, folder: Path, language: str) -> Path:
        """A repository that holds the hooks, and portlint where it will be installed from there."""
        folder.mkdir()
        names = ["pyproject.toml", "README.md", "LICENSE", "src", "rules"] if language == "python" else []
        for name in (MANIFEST.name, *names):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, folder / name)
        for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "portlint"], ["tag", "v1.0"]):
            self.git(*command, inside=folder)
        return folder

    def write(self, path: str, text: str) -> None:
        (self.root / path).write_text(text, "utf-8", newline="")

    def run(self, *command: str, inside: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=inside or self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
        )

    def git(self, *command: str, inside: Path | None = None) -> None:
        done = self.run("git", *command, inside=inside)
        assert done.returncode == 0, done.stdout

    def commit(self, path: str, text: str, *options: str) -> tuple[int, str]:
        """The exit status of a commit that changes a file, and what was said."""
        self.write(path, text)
        self.git("add", path)
        done = self.run("git", "commit", "-qm", f"change {path}", *options)
        return done.returncode, done.stdout


pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_commit_passes_fails_and_passes_after_a_fix(language: str, tmp_path: Path) -> None:
    repository = Repository(tmp_path, language)
    status, said = repository.commit("start.sh", "# starts the shop\n" + GOOD)
    assert status == 0 and "Passed" in said, said
    status, said = repository.commit("start.sh", BAD)
    assert status == 1 and "PL101" in said and "start.sh:1" in said and ".env:1" in said, said
    status, said = repository.commit("start.sh", GOOD)
    assert status == 0 and "Passed" in said, said
    # The other side is not part of the commit.
    status, said = repository.commit("app.py", APP.replace("8300", "8400"))
    assert status == 1 and "start.sh:1" in said, said


def test_files_that_hold_nothing_start_no_run_but_a_push_does(tmp_path: Path) -> None:
    repository = Repository(tmp_path, "system")
    repository.git("init", "-q", "--bare", str(tmp_path / "remote.git"))
    repository.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    status, said = repository.commit("start.sh", BAD, "--no-verify")
    assert status == 0, said
    status, said = repository.commit("app.css", "a {}\n")
    assert status == 0 and "Skipped" in said, said
    done = repository.run("git", "push", "origin", "main")
    assert done.returncode == 1 and "PL101" in done.stdout, done.stdout
    status, said = repository.commit("start.sh", GOOD)
    assert status == 0, said
    done = repository.run("git", "push", "origin", "main")
    assert done.returncode == 0 and "Passed" in done.stdout, done.stdout


def _excluded(path: str) -> bool:
    return re.search(HOOKS["portlint"]["exclude"], path) is not None


def test_no_file_that_is_read_is_left_out() -> None:
    for place in (ROOT / "fixtures").rglob("*/repo/**/*"):
        path = place.relative_to(ROOT).as_posix().split("/repo/", 1)[-1]
        assert not (place.is_file() and _excluded(path)) or kind_of(path)[0] == "-", path
    for path in ("portlint.toml", "pyproject.toml", "portlint-baseline.json", "bin/start"):
        assert not _excluded(path), path


def test_what_is_left_out_is_not_read() -> None:
    endings = HOOKS["portlint"]["exclude"].partition(")$")[0].partition(r"\.(?:")[2]
    plain = re.sub(r"[cs]{2}\]\?|\s", "", endings)
    assert "html?" in plain
    for ending in plain.split("|"):
        for name in {re.sub(r"(.)\?", "", ending), ending.replace("?", "")}:
            path = f"src/main.{name}"
            if re.fullmatch(r"[\w.]+", name):
                assert _excluded(path) and _excluded(path.upper()) and kind_of(path)[0] == "-", path
