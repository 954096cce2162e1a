from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portlint import cli, parallel, pipeline, progress_bar
from portlint.discovery import discover
from portlint.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def wait_for(terminal: Terminal, text: str) -> None:
    end = time.monotonic() + 20
    while text not in terminal.getvalue():
        assert time.monotonic() < end, f"{text!r} is not in {terminal.getvalue()!r}"
        time.sleep(0.01)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_bar, "PATIENCE", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for number in range(30):
        (tmp_path / f"{number}.env").write_text(f"UNIT{number}_PORT=8{number:03}\n", "utf-8")
    return tmp_path


@pytest.mark.usefixtures("impatient")
def test_a_long_run_is_shown_on_a_terminal_stage_by_stage_and_leaves_nothing() -> None:
    terminal = Terminal()
    with progress_bar.shown(terminal) as progress:
        progress.begin("discovering")
        wait_for(terminal, "discovering")
        progress.begin("reading", 40)
        progress.done = 7
        wait_for(terminal, "7/40 files")
        assert "reading" in terminal.getvalue()
        progress.begin("linking")
        wait_for(terminal, "linking")
    # The line is erased, and the cursor is shown again.
    last = terminal.getvalue().rpartition("linking")[2]
    assert "\x1b[2K" in last and "\x1b[?25h" in last


def test_a_short_run_shows_nothing_and_loads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    began = time.monotonic()
    with progress_bar.shown(terminal):
        pass
    assert terminal.getvalue() == ""
    assert time.monotonic() - began < progress_bar.PATIENCE / 2


@pytest.mark.usefixtures("impatient")
def test_nothing_is_shown_in_a_pipe_or_on_a_dumb_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    with progress_bar.shown(pipe):
        time.sleep(0.2)
    assert pipe.getvalue() == ""
    monkeypatch.setenv("TERM", "dumb")
    terminal = Terminal()
    with progress_bar.shown(terminal):
        time.sleep(0.2)
    assert terminal.getvalue() == ""


@pytest.mark.usefixtures("impatient")
def test_an_error_within_the_run_ends_the_bar_and_goes_on() -> None:
    terminal = Terminal()
    with pytest.raises(ZeroDivisionError), progress_bar.shown(terminal) as progress:
        progress.begin("linking")
        wait_for(terminal, "linking")
        _ = 1 // 0
    assert terminal.getvalue().endswith("\x1b[2K") or "\x1b[?25h" in terminal.getvalue()


@pytest.mark.usefixtures("impatient")
def test_the_report_is_the_same_with_a_bar_and_is_not_mixed_with_it(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["check", "--no-cache", "--format", "json", "--root", str(tree)])
    plain = capsys.readouterr().out
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    original = pipeline.judge

    def slow(*arguments: object) -> object:
        wait_for(terminal, "linking")
        return original(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "judge", slow)
    cli.main(["check", "--no-cache", "--format", "json", "--root", str(tree)])
    assert capsys.readouterr().out == plain
    assert "linking" in terminal.getvalue()


def test_a_run_in_a_pipe_loads_no_library_for_it(tree: Path) -> None:
    code = (
        "import sys; from portlint import progress_bar; progress_bar.PATIENCE = 0\n"
        "from portlint.cli import main; main(sys.argv[1:]); sys.exit('rich' in sys.modules)"
    )
    command = [sys.executable, "-c", code, "check", "--format", "concise", "--no-cache", "--root", str(tree)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("jobs", [1, 2])
def test_all_files_are_counted_whoever_reads_them(tree: Path, jobs: int) -> None:
    progress = Progress()
    files = discover(tree).files
    progress.begin("reading", len(files))
    parallel.read_all(tree, files, jobs, progress)
    assert progress.done == progress.total == 30
