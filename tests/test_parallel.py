"""Files read by several processes: the same answers in the same order, and a crash takes one file with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from portlint import parallel, pipeline
from portlint.discovery import discover

PACKAGE = Path(parallel.__file__).parents[1]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    for number in range(40):
        folder = root / f"service{number}"
        folder.mkdir(parents=True)
        (folder / ".env").write_text(f"SERVICE{number}_PORT={8000 + number}\n", "utf-8")
        (folder / "main.py").write_text(
            f'import os\nport = int(os.environ.get("SERVICE{number}_PORT", "{8000 + number % 7}"))\n', "utf-8"
        )
    (root / "读我 é.md").write_text("Open http://localhost:8000 or 端口 8001\n", "utf-8")
    (root / "bad.toml").write_text("port = [1\n", "utf-8")
    (root / "bad.md").write_bytes(b"port \xff 8000\n")
    return root


def options(jobs: int) -> pipeline.Options:
    return pipeline.Options(cache=False, jobs=jobs)


def test_the_answer_does_not_depend_on_the_number(tree: Path) -> None:
    alone = pipeline.run(tree, options=options(1))
    assert alone.summary.occurrences > 80 and len(alone.failures) == 2
    for jobs in (2, 5):
        assert pipeline.run(tree, options=options(jobs)) == alone


def crashing(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Let workers do something else with a file: ``body`` sees ``file`` and ``os``."""
    begin = (
        "import json,os,sys;sys.path[:]=json.loads(sys.argv[1])\n"
        "from portlint import parallel\n"
        "original = parallel.answer\n"
        f"def answer(root, file, policy):\n    {body}\n    return original(root, file, policy)\n"
        "parallel.answer = answer\n"
        "parallel.serve(sys.argv[2])\n"
    )
    monkeypatch.setattr(parallel, "_BEGIN", begin)


@pytest.mark.parametrize("files", [("service3/main.py",), ("service3/main.py", "service4/.env", "bad.md")])
def test_a_crash_is_a_failure_of_its_file(tree: Path, monkeypatch: pytest.MonkeyPatch, files: tuple[str, ...]) -> None:
    alone = pipeline.run(tree, options=options(1))
    crashing(monkeypatch, f"if file.path in {files!r}: os.abort()")
    found = pipeline.run(tree, options=options(2))
    crashed = {failure.path for failure in found.failures if "crashed" in failure.message}
    assert crashed == set(files)
    assert found.summary.files == alone.summary.files
    left = {failure.path for failure in alone.failures} - crashed
    assert {failure.path for failure in found.failures} == crashed | left


@pytest.mark.parametrize("begin", ["raise SystemExit(3)", "print('hello')", "import os; os.abort()"])
def test_workers_that_cannot_start_are_done_without(tree: Path, monkeypatch: pytest.MonkeyPatch, begin: str) -> None:
    alone = pipeline.run(tree, options=options(1))
    monkeypatch.setattr(parallel, "_BEGIN", begin)
    assert pipeline.run(tree, options=options(2)) == alone
    monkeypatch.setattr(sys, "executable", str(tree / "no such python"))
    assert pipeline.run(tree, options=options(2)) == alone
    monkeypatch.setattr(sys, "executable", "")
    assert pipeline.run(tree, options=options(2)) == alone


def test_answers_that_make_no_sense_are_a_failure_of_the_file(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crashing(monkeypatch, "if file.path == 'bad.md': sys.__stdout__.buffer.write(b'1 2 3\\n')")
    found = pipeline.run(tree, options=options(2))
    assert [failure.path for failure in found.failures if "crashed" in failure.message] == ["bad.md"]


def test_nothing_in_the_tree_is_imported(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json.py", "yaml.py", "tree_sitter.py", "portlint.py", "sitecustomize.py"):
        (tree / name).write_text(f"open({str(tree / 'ran')!r}, 'w')\n", "utf-8")
    monkeypatch.chdir(tree)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    pipeline.run(tree, options=options(2))
    assert not (tree / "ran").exists()


def test_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "_cores", lambda: 4)
    later = parallel.PATIENCE
    assert parallel.jobs_for(10_000) == (4, later) and parallel.jobs_for(2) == (2, later)
    assert parallel.jobs_for(10_000, 1) == (0, 0) and parallel.jobs_for(3, 9) == (3, 0)
    monkeypatch.setenv("PORTLINT_JOBS", "6")
    assert parallel.jobs_for(10_000) == (6, 0) and parallel.jobs_for(10_000, 2) == (2, 0)
    monkeypatch.setenv("PORTLINT_JOBS", "many")
    assert parallel.jobs_for(10_000) == (4, later)
    monkeypatch.setattr(parallel, "_cores", lambda: 1)
    assert parallel.jobs_for(10_000) == (0, later)


def test_help_is_called_for_the_rest_when_much_is_left(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = discover(tree).files
    alone = parallel.read_all(tree, files, 1)
    handed: list[list[int]] = []
    share = parallel._shared_out

    def shared_out(root: str, files: Any, left: Any, jobs: int, *rest: Any) -> Any:
        handed.append(list(left))
        return share(root, files, left, jobs, *rest)

    seconds = iter(number * 0.1 for number in range(10_000))
    monkeypatch.setattr(parallel.time, "monotonic", lambda: next(seconds))
    monkeypatch.setattr(parallel, "_cores", lambda: 2)
    monkeypatch.setattr(parallel, "_shared_out", shared_out)
    assert parallel.read_all(tree, files) == alone
    assert len(handed) == 1 and len(handed[0]) == len(files) - 4
    assert parallel.read_all(tree, files[:15]) == alone[:15]
    assert len(handed) == 1, "15 files at 0.1 s were worth no help"


@pytest.mark.parametrize("count", [0, 1, 2, 7918, 7919, 7920, 15838])
def test_every_file_has_its_turn(count: int) -> None:
    assert sorted(parallel._spread(count)) == list(range(count))


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupted_run_leaves_no_process(tree: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        f"sys.path.insert(0, {str(PACKAGE)!r})\n"
        "from pathlib import Path\n"
        "from portlint import parallel, pipeline\n"
        'parallel._BEGIN = \'import os,sys,time; print("portlint",flush=True); '
        'open(sys.argv[2]+"/../pid"+str(os.getpid()),"w"); time.sleep(60)\'\n'
        f"pipeline.run(Path({str(tree)!r}), options=pipeline.Options(cache=False, jobs=2))\n"
    )
    running = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
    wait(lambda: len(list(tmp_path.glob("pid*"))) == 2)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=30)
    assert b"KeyboardInterrupt" in errors
    for path in tmp_path.glob("pid*"):
        wait(lambda number=int(path.name[3:]): not alive(number))  # type: ignore[misc]


def wait(condition: Any) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come true within 30 s")


def alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_answers_come_in_the_order_of_the_files(tree: Path) -> None:
    files = discover(tree).files
    answers = parallel.read_all(tree, files, 2)
    for file, answer in zip(files, answers, strict=True):
        if answer.outcome.facts is not None:
            assert answer.outcome.facts.path == file.path
