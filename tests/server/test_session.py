"""A session after any changes says what a full run over the same contents says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portlint import pipeline
from portlint.server.session import Cancelled, Session

OPTIONS = pipeline.Options(cache=False, jobs=1)
CONTENTS = {
    ".env": ["SHOP_PORT=8300\n", "SHOP_PORT=8301\nSHOP_URL=http://localhost:${SHOP_PORT}/\n", "", "NOTE=1\n"],
    ".env.example": ["SHOP_PORT=8300\n", "SHOP_PORT=8400\n"],
    "start.sh": [
        'export SHOP_PORT="${SHOP_PORT:-8300}"\nexec uvicorn shop:app --port "$SHOP_PORT"\n',
        "uvicorn shop:app\n",
    ],
    "shop/app.py": ['import os\n\nport = int(os.getenv("SHOP_PORT", "8300"))\n', 'PORT = "8 " + (\n'],
    "README.md": ["# Shop\n\n`SHOP_PORT` (default 8300)\n", "# Shop\n\n`SHOP_PORT` (default 8302)\n"],
    "compose.yaml": ['services:\n  shop:\n    build: .\n    ports: ["8300:8000"]\n', "services: [\n"],
    "Dockerfile": ["FROM python:3\nEXPOSE 8000\nCMD uvicorn shop:app --port 8000\n", "FROM python:3\nEXPOSE 9000\n"],
    "shop/package.json": ['{"name": "shop", "scripts": {"dev": "vite --port 5173"}}\n', "{}\n"],
    "hidden/.env": ["SHOP_PORT=8500\n"],
    "hidden/notes.md": ["`SHOP_PORT` (default 8600)\n"],
    ".gitignore": ["hidden/\n", "", "README.md\n"],
}
PATHS = sorted(CONTENTS)
STEPS = st.tuples(
    st.sampled_from(["write", "write", "remove", "edit", "edit", "close"]),
    st.sampled_from(PATHS),
    st.integers(0, 3),
    st.booleans(),
)


class Pair:
    """A session over one tree, and what it should say: a run over a copy of it with the buffers written out."""

    def __init__(self, folder: Path, *, git: bool) -> None:
        self.root, self.copy, self.git = folder / "tree", folder / "copy", git
        self.root.mkdir()
        if git:
            subprocess.run(["git", "init", "-q"], cwd=self.root, check=True)
        self.session = Session(self.root, OPTIONS)
        self.buffers: dict[str, str] = {}

    def step(self, what: str, path: str, number: int, look: bool) -> None:
        text = CONTENTS[path][number % len(CONTENTS[path])]
        place = self.root / path
        if what == "write":
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8", newline="")
            self.session.touch(path)
        elif what == "remove":
            place.unlink(missing_ok=True)
            self.session.touch(path)
        elif what == "edit" and path != ".gitignore":
            self.buffers[path] = text
            self.session.edit(path, text)
        elif what == "close":
            self.buffers.pop(path, None)
            self.session.edit(path, None)
        if look:
            self.compare()

    def compare(self) -> None:
        if self.session.stale:
            self.session.refresh()
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.root, self.copy)
        listed = set(self.session.state().paths)
        for path, text in self.buffers.items():
            if not (self.root / path).exists() or path in listed:
                (self.copy / path).parent.mkdir(parents=True, exist_ok=True)
                (self.copy / path).write_text(text, "utf-8", newline="")
        assert self.session.state().whole() == pipeline.run(self.copy, options=OPTIONS)


@pytest.mark.parametrize("git", [False, True])
@settings(
    max_examples=int(os.environ.get("PORTLINT_EXAMPLES", "25")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=1, max_size=10))
@example([("write", ".gitignore", 0, True), ("edit", "hidden/.env", 0, True), ("edit", "hidden/notes.md", 0, True)])
@example(
    [("write", ".env", 1, True), ("edit", ".env", 2, True), ("write", ".env", 0, True), ("close", ".env", 0, True)]
)
@example([("edit", "compose.yaml", 0, False), ("write", ".gitignore", 2, True), ("remove", ".env", 0, False)])
def test_any_changes_give_what_a_full_run_gives(git: bool, steps: list[tuple[str, str, int, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pair = Pair(Path(folder), git=git)
        for path in (".env", "start.sh", "shop/app.py", "README.md"):
            pair.step("write", path, 0, path == "README.md")
        for step in steps:
            pair.step(*step)
        pair.compare()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / ".env").write_text("SHOP_PORT=8300\n", "utf-8")
    (tmp_path / "start.sh").write_text('export SHOP_PORT="${SHOP_PORT:-8300}"\n', "utf-8")
    (tmp_path / "app.py").write_text('import os\nport = os.getenv("SHOP_PORT", "8300")\n', "utf-8")
    return tmp_path


def session_of(tree: Path) -> Session:
    session = Session(tree, OPTIONS)
    session.refresh()
    return session


def codes(session: Session) -> list[str]:
    return [f"{finding.code} {finding.location.path}" for finding in session.state().report.findings]


def test_only_the_changed_file_is_read_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from portlint.server import session as module

    session = session_of(tree)
    read: list[str] = []
    understand = module.understand
    monkeypatch.setattr(module, "understand", lambda file, *given: read.append(file.path) or understand(file, *given))
    assert codes(session) == []
    session.edit("start.sh", 'export SHOP_PORT="${SHOP_PORT:-8301}"\n')
    assert codes(session) == ["PL101 start.sh"]
    assert codes(session) == ["PL101 start.sh"]
    assert read == ["start.sh"]
    (tree / "start.sh").write_text('export SHOP_PORT="${SHOP_PORT:-8301}"\n', "utf-8", newline="")
    assert not session.touch("start.sh"), "what the buffer says is written now, and nothing is new"
    assert read == ["start.sh"]


def test_an_edit_that_says_nothing_new_links_nothing(tree: Path) -> None:
    session = session_of(tree)
    session.edit("app.py", (tree / "app.py").read_text("utf-8"))
    before = session.state()
    session.edit("app.py", (tree / "app.py").read_text("utf-8") + "print(12)\n")
    assert session.state() is before
    session.edit("app.py", "\n" + (tree / "app.py").read_text("utf-8"))
    assert session.state() is not before, "its places stand a line further down"


def test_a_buffer_wins_over_the_disk_until_it_is_closed(tree: Path) -> None:
    session = session_of(tree)
    session.edit("start.sh", 'export SHOP_PORT="${SHOP_PORT:-8300}"\n')
    (tree / "start.sh").write_text('export SHOP_PORT="${SHOP_PORT:-9999}"\n', "utf-8")
    session.touch("start.sh")
    assert codes(session) == []
    session.edit("start.sh", None)
    assert codes(session) == ["PL101 start.sh"]


def test_a_removed_file_counts_while_it_is_open(tree: Path) -> None:
    session = session_of(tree)
    session.edit("start.sh", 'export SHOP_PORT="${SHOP_PORT:-8301}"\n')
    (tree / "start.sh").unlink()
    session.touch("start.sh")
    session.refresh()
    assert codes(session) == ["PL101 start.sh"]
    session.edit("start.sh", None)
    assert codes(session) == []


def test_ignored_files_do_not_have_the_tree_listed_again_and_again(tree: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    (tree / ".gitignore").write_text("build/\n", "utf-8")
    session = session_of(tree)
    (tree / "build").mkdir()
    (tree / "build" / "notes.md").write_text("`SHOP_PORT` (default 1234)\n", "utf-8")
    session.touch("build/notes.md")
    assert session.stale
    session.refresh()
    session.touch("build/notes.md")
    assert not session.stale
    (tree / ".gitignore").write_text("", "utf-8")
    session.touch(".gitignore")
    assert session.stale


def test_a_folder_that_goes_takes_its_files_along(tree: Path) -> None:
    (tree / "docs").mkdir()
    (tree / "docs" / "use.md").write_text("`SHOP_PORT` (default 8302)\n", "utf-8")
    session = session_of(tree)
    assert codes(session) == ["PL103 docs/use.md"]
    shutil.rmtree(tree / "docs")
    session.touch("docs")
    assert session.stale
    session.refresh()
    assert codes(session) == []


def test_a_cancelled_refresh_changes_nothing(tree: Path) -> None:
    session = session_of(tree)
    (tree / "start.sh").write_text('export SHOP_PORT="${SHOP_PORT:-8301}"\n', "utf-8")
    os.utime(tree / "start.sh", (1, 1))

    def call_off(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        session.refresh(call_off)
    assert codes(session) == []
    session.refresh()
    assert codes(session) == ["PL101 start.sh"]


@pytest.mark.parametrize("text", ["\ud800=8300\n", "\0" * 100, "SHOP_PORT=8300\n" * 200_000, "\ufeffSHOP_PORT=1\n"])
def test_a_buffer_may_hold_anything(tree: Path, text: str) -> None:
    session = session_of(tree)
    session.edit(".env", text)
    session.state()
    session.edit(".env", "SHOP_PORT=8300\n")
    assert codes(session) == []


def test_nothing_is_forked(tree: Path) -> None:
    """Threads run in the server: a forked child would hold their locks for ever."""
    code = (
        "import sys, os; from pathlib import Path\n"
        "def hook(event, given):\n    if event in ('os.fork', 'os.forkpty'): os.abort()\n"
        "sys.addaudithook(hook)\n"
        "from portlint import pipeline; from portlint.server.session import Session\n"
        "session = Session(Path(sys.argv[1]), pipeline.Options(cache=False, jobs=2)); session.refresh()\n"
        "print(len(session.state().facts))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tree)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "3\n"), done.stderr
