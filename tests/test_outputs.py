from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers import finding, location, report, setting

from portlint import cli, outputs, pipeline
from portlint.errors import PortlintError
from portlint.model import Report, Role, Severity
from portlint.outputs import Output, chosen, parse, prefix_of, write_files
from portlint.reporters import FORMATS

HERE = location(".env", 3, "8300")
THERE = location("start.sh", 7, "8288", Role.DEFAULTS, how="shell default")
ERROR = report((finding(THERE, HERE),), (setting("INNGEST_PORT", HERE, THERE),))
NOTE = report((finding(THERE, HERE, code="PL107", severity=Severity.NOTE),), ERROR.settings)
CLEAN = report(settings=ERROR.settings)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that portlint is run in."""
    folder = tmp_path / "tree"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Any:
    def set_report(found: Report) -> None:
        monkeypatch.setattr(pipeline, "run", lambda *_, **__: found)

    return set_report


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("sarif", Output("sarif")),
        ("sarif=out.sarif", Output("sarif", "out.sarif")),
        ("sarif:out.sarif", Output("sarif", "out.sarif")),
        (r"sarif=C:\out=1.sarif", Output("sarif", r"C:\out=1.sarif")),
        (r"sarif:C:\out.sarif", Output("sarif", r"C:\out.sarif")),
        ("json-lines=-", Output("json-lines")),
    ],
)
def test_a_format_and_its_file(text: str, output: Output) -> None:
    assert parse(text) == output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("serif", "did you mean sarif"),
        ("xml", "expected FORMAT"),
        ("sarif=", "expected a file name"),
        ("=x", "FORMAT=FILE"),
    ],
)
def test_a_format_that_is_none(text: str, message: str) -> None:
    with pytest.raises(PortlintError, match=message):
        parse(text)


def test_the_file_of_the_only_format_without_one() -> None:
    assert chosen([], None) == (Output("table"),)
    assert chosen([], "x") == (Output("table", "x"),)
    assert chosen(["json"], "x") == (Output("json", "x"),)
    assert chosen(["json", "sarif=y"], "x") == (Output("json", "x"), Output("sarif", "y"))
    assert chosen(["json"], "-") == (Output("json"),)


@pytest.mark.parametrize(
    ("formats", "file", "message"),
    [
        (["table", "json"], None, "table and --format json both go to standard output"),
        (["table", "json=-"], None, "both go to standard output"),
        (["junit=a", "json=./a"], None, "both go to ./a"),
        (["table", "json"], "x", "got table, json"),
        (["json=y"], "x", "got none"),
        (["json=x", "table"], "x", "both go to x"),
    ],
)
def test_two_outputs_in_one_place(formats: list[str], file: str | None, message: str) -> None:
    with pytest.raises(PortlintError, match=message):
        chosen(formats, file)


def test_statistics_need_a_format_that_shows_them() -> None:
    assert chosen(["table", "sarif=x"], None, statistics=True)
    with pytest.raises(PortlintError, match="--statistics"):
        chosen(["sarif=x"], None, statistics=True)


def test_several_formats_in_one_run(answer: Any, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(ERROR)
    given = ["--format", "table", "--format", "sarif=reports/out.sarif", "--format", "junit:reports/junit.xml"]
    assert cli.main(given) == 1
    assert capsys.readouterr().out.startswith("INNGEST_PORT\n")
    assert json.loads((tree / "reports/out.sarif").read_text())["version"] == "2.1.0"
    assert (tree / "reports/junit.xml").read_text().startswith("<?xml")
    assert sorted(path.name for path in (tree / "reports").iterdir()) == ["junit.xml", "out.sarif"]
    assert cli.main(["--format", "json", "--output-file", "out.json"]) == 1
    assert capsys.readouterr().out == "" and json.loads((tree / "out.json").read_text())["summary"]["error"] == 1


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("found", "status"), [(ERROR, 1), (NOTE, 0), (CLEAN, 0)])
def test_the_status_is_the_same_in_every_format(
    answer: Any, tree: Path, form: str, found: Report, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(found)
    assert cli.main(["--format", form]) == cli.main(["--format", f"{form}=out"]) == status
    assert capsys.readouterr().out.encode() == (tree / "out").read_bytes()
    assert cli.main(["--format", form, "--exit-zero"]) == 0


def test_colors_go_into_a_file_only_when_asked_for(
    answer: Any, tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(ERROR)
    monkeypatch.setenv("FORCE_COLOR", "1")
    cli.main(["--format", "full", "--format", "table=out"])
    assert "\x1b[" in capsys.readouterr().out and "\x1b[" not in (tree / "out").read_text()
    cli.main(["--format", "table=out", "--color", "always"])
    assert "\x1b[" in (tree / "out").read_text()


def test_a_failed_write_is_one_message_and_changes_nothing(
    answer: Any, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(ERROR)
    (tree / "old.json").write_text("old")
    (tree / "folder").mkdir()
    (tree / "file").write_text("")
    for target in ("folder", "file/x.sarif"):
        assert cli.main(["--format", "json=old.json", "--format", f"sarif={target}", "--format", "table"]) == 2
        output = capsys.readouterr()
        assert output.out == "" and len(output.err.splitlines()) == 1
        assert output.err.startswith(f"portlint: {target}: cannot be written: ")
    assert (tree / "old.json").read_text() == "old"
    assert sorted(path.name for path in tree.iterdir()) == ["file", "folder", "old.json"]


@pytest.mark.skipif(os.name == "nt", reason="modes, links and devices of POSIX")
def test_a_file_keeps_its_mode_a_link_its_target_and_a_device_stays_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "a").chmod(0o640)
    (tmp_path / "link").symlink_to("a")
    write_files([(str(tmp_path / "link"), "新\n"), (str(tmp_path / "b"), "x"), (os.devnull, "y")])
    assert (tmp_path / "link").is_symlink() and (tmp_path / "a").read_bytes() == "新\n".encode()
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o666 & ~mask
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is full")
def test_a_full_disk_is_one_message(tree: Path) -> None:
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "portlint", "--format", "json"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 2 and done.stderr.decode().startswith("portlint: standard output: cannot be written")
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture
def runner(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A GitHub runner whose workspace is the tree; the answer is the file of the step summary."""
    summary = tree.parent / "summary.md"
    summary.write_text("before\n")
    for name, value in (
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_STEP_SUMMARY", summary),
        ("GITHUB_WORKSPACE", tree.parent),
    ):
        monkeypatch.setenv(name, str(value))
    return summary


def test_a_runner_gets_annotations_and_a_step_summary(
    answer: Any, runner: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(ERROR)
    assert cli.main([]) == 1
    assert capsys.readouterr().out.startswith("::error file=tree/start.sh,line=7,")
    text = runner.read_text()
    assert text.startswith("before\n## portlint: 1 finding") and "| `start.sh:7` | `8288` |" in text
    assert cli.main([]) == 1 and runner.read_text().count("## portlint") == 2


def test_a_runner_gets_what_it_asks_for(answer: Any, runner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(ERROR)
    for given in (["--format", "table"], ["--format", "table", "--format", "sarif=x"], ["--output-file", "y"]):
        assert cli.main(given) == 1
        assert "::error" not in capsys.readouterr().out
    assert runner.read_text() == "before\n"


def test_a_summary_that_cannot_be_written_is_told_and_no_more(
    answer: Any, runner: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(ERROR)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(runner.parent / "gone" / "summary.md"))
    assert cli.main([]) == 1
    output = capsys.readouterr()
    assert output.out.startswith("::error") and "step summary" in output.err and len(output.err.splitlines()) == 1
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    assert cli.main([]) == 1 and capsys.readouterr().err == ""


def test_the_step_summary_never_outgrows_its_limit(answer: Any, runner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(report(tuple(finding(location(f"{n}.env", 1, "1"), setting=f"S{n}_PORT") for n in range(300))))
    monkeypatch.setattr(outputs, "SUMMARY_LIMIT", 20_000)
    for _ in range(4):
        assert cli.main([]) == 1
    runner.write_text("x" * 19_990)
    assert cli.main([]) == 1 and runner.stat().st_size == 19_990
    runner.write_text("x" * 2_000)
    assert cli.main([]) == 1
    assert 15_000 < runner.stat().st_size <= 20_000 and "did not fit here" in runner.read_text()


def test_the_root_as_seen_from_the_top_of_the_repository(tmp_path: Path) -> None:
    inner = tmp_path / "top" / "a" / "b"
    inner.mkdir(parents=True)
    assert prefix_of(inner, {"GITHUB_WORKSPACE": str(tmp_path / "top")}) == "a/b/"
    assert prefix_of(inner, {"CI_PROJECT_DIR": str(inner)}) == ""
    assert prefix_of(inner, {"GITHUB_WORKSPACE": str(tmp_path / "elsewhere")}) == ""
    (tmp_path / "top" / "a" / ".git").write_text("gitdir: elsewhere\n")
    assert prefix_of(inner, {"GITHUB_WORKSPACE": str(tmp_path / "top")}) == "b/"
    assert prefix_of(tmp_path / "top" / "a", {}) == ""


def test_statistics(answer: Any, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(report((*ERROR.findings, *NOTE.findings, finding(HERE, setting="X"))))
    assert cli.main(["--statistics"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["findings", "settings", "code", "name", "severity"],
        ["2", "2", "PL101", "conflicting-default", "error"],
        ["1", "1", "PL107", "conflicting-default", "note"],
    ]
    assert lines[-1].startswith("3 findings in 2 settings (2 errors, 1 note). Read 12 files")
    assert cli.main(["--statistics", "--format", "json", "--format", "gitlab=out"]) == 1
    assert [row["findings"] for row in json.loads(capsys.readouterr().out)] == [2, 1]
    assert len(json.loads((tree / "out").read_text())) == 3
