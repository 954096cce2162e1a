from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers import finding, location, report, setting

from portlint import __version__, cli, cli_options, pipeline
from portlint.errors import PortlintError
from portlint.model import Confidence, Report, Role, Severity
from portlint.reporters import FORMATS

HERE = location(".env", 3, "8300")
THERE = location("start.sh", 7, "8288", Role.DEFAULTS, how="shell default")
ERROR = report((finding(THERE, HERE),), (setting("INNGEST_PORT", HERE, THERE),))
NOTE = report((finding(THERE, HERE, code="PL107", severity=Severity.NOTE),), ERROR.settings)
CLEAN = report(settings=(setting("INNGEST_PORT", HERE, replace(THERE, value="8300")),))


class Calls(list[tuple[Path, tuple[Path, ...], Any]]):
    """What the pipeline was asked for."""


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Replace the pipeline: ``answer(report)`` sets what it finds and gives the list of its calls."""
    calls = Calls()

    def set_report(found: Report | Exception) -> Calls:
        def run(root: Path, paths: tuple[Path, ...] = (), *, options: Any = None, progress: Any = None) -> Report:
            calls.append((root, tuple(paths), options))
            if isinstance(found, Exception):
                raise found
            return found

        monkeypatch.setattr(pipeline, "run", run)
        return calls

    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PORTLINT_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    return set_report


def portlint(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[bytes]:
    import os

    variables = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    command = [sys.executable, "-m", "portlint", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, env={**variables, **environment}, timeout=120)


@pytest.mark.parametrize(
    ("found", "status"),
    [(ERROR, 1), (NOTE, 0), (CLEAN, 0), (replace(ERROR, findings=ERROR.findings + NOTE.findings), 1)],
)
def test_exit_status(answer: Any, tmp_path: Path, found: Report, status: int) -> None:
    answer(found)
    assert cli.main([str(tmp_path)]) == status
    assert cli.main(["check", str(tmp_path)]) == status
    assert cli.main(["--exit-zero", str(tmp_path)]) == 0


def test_warnings_fail_too(answer: Any, tmp_path: Path) -> None:
    answer(report((finding(THERE, HERE, severity=Severity.WARNING),)))
    assert cli.main([str(tmp_path)]) == 1


@pytest.mark.parametrize("arguments", [[], ["check"], ["."], ["check", "."], ["--all"]])
def test_check_is_the_default(
    answer: Any, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = answer(CLEAN)
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == 0
    assert [call[:2] for call in calls] == [(tmp_path.resolve(), ())]


def test_the_name_of_a_command_means_the_command(
    answer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = answer(CLEAN)
    (tmp_path / "rules").mkdir()
    monkeypatch.chdir(tmp_path)
    assert cli.main(["rules"]) == 0 and not calls
    assert "PL101" in capsys.readouterr().out
    assert cli.main(["check", "rules"]) == 0
    assert calls[0][1] == ((tmp_path / "rules").resolve(),)


def test_options_reach_the_pipeline(answer: Any, tmp_path: Path) -> None:
    calls = answer(CLEAN)
    given = "--select PL1,PL201 --select PL3 --ignore PL103 --min-severity warning --min-confidence high"
    assert cli.main(["check", str(tmp_path), *given.split()]) == 0
    options = calls[0][2]
    assert options.select == ("PL1", "PL201", "PL3") and options.ignore == ("PL103",)
    assert (options.min_severity, options.min_confidence) == (Severity.WARNING, Confidence.HIGH)
    assert cli.main([str(tmp_path)]) == 0
    assert calls[1][2] == pipeline.Options()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--select", "PL7"], "'PL7' is no rule"),
        (["--ignore", "nonsense"], "'nonsense' is no rule"),
        (["--select", "PL1", "--ignore", "PL1"], "leave no rule"),
        (["--min-severity", "high"], "--min-severity"),
        (["--format", "xml"], "--format"),
        (["--no-such-option"], "--no-such-option"),
        (["nowhere"], "nowhere: no such file or folder"),
        (["--root", "nowhere"], "nowhere: no such file or folder"),
        (["--root", ".env"], "expected a folder"),
        (["--root", "sub", ".env"], ".env: outside of"),
        (["..", "sub"], "..: outside of"),
        (["explain"], "SUBJECT|CODE"),
        (["explain", "PL999"], "PL999: neither a rule nor"),
    ],
)
def test_usage_errors(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tree = tmp_path / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / ".env").write_text("PORT=1\n")
    monkeypatch.chdir(tree)
    assert cli.main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == "" and any(part in output.err for part in message.split("|"))
    assert "Traceback" not in output.err


def test_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, other = tmp_path / "inside", tmp_path / "other"
    (inside / "sub").mkdir(parents=True)
    (other / "sub").mkdir(parents=True)
    monkeypatch.chdir(inside)
    at = cli_options.root_and_paths
    assert at([], None) == (inside.resolve(), ())
    assert at(["sub"], None) == (inside.resolve(), ((inside / "sub").resolve(),))
    assert at([str(inside)], None) == (inside.resolve(), ())
    assert at([str(other)], None) == (other.resolve(), ())
    assert at([], "sub") == ((inside / "sub").resolve(), ())
    assert at([str(other / "sub")], str(other)) == (other.resolve(), ((other / "sub").resolve(),))
    assert at(["../other"], "..") == (tmp_path.resolve(), (other.resolve(),))
    with pytest.raises(PortlintError, match="outside of"):
        at([str(other), "sub"], None)


def test_a_link_that_leads_out_is_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tmp_path / "secret.env").write_text("PORT=1\n")
    (tree / "link.env").symlink_to(tmp_path / "secret.env")
    monkeypatch.chdir(tree)
    with pytest.raises(PortlintError, match="outside of"):
        cli_options.root_and_paths(["link.env"], None)


def test_an_internal_failure_is_one_line_with_a_hint(
    answer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(KeyError("two\nlines"))
    assert cli.main([str(tmp_path)]) == 3
    output = capsys.readouterr()
    assert output.out == "" and len(output.err.splitlines()) == 1
    assert "KeyError" in output.err and "report it" in output.err and "test_cli.py:" in output.err
    monkeypatch.setenv("PORTLINT_TRACEBACK", "1")
    assert cli.main([str(tmp_path)]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_a_mistake_in_the_configuration_is_told(
    answer: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(PortlintError("a.md: code: no"))
    assert cli.main([str(tmp_path)]) == 2
    assert capsys.readouterr().err == "portlint: a.md: code: no\n"


def test_interruption(answer: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: Any, **__: Any) -> Report:
        raise KeyboardInterrupt

    answer(CLEAN)
    pipeline.run = interrupted
    assert cli.main([str(tmp_path)]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_json_goes_out_alone(answer: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(ERROR)
    assert cli.main([str(tmp_path), "--format", "json", "--color", "always"]) == 1
    output = capsys.readouterr()
    assert json.loads(output.out)["summary"]["error"] == 1 and output.err == ""


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "colored"),
    [
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("auto", {}, False, False),
        ("auto", {}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_color(
    choice: str, environment: dict[str, str], terminal: bool, colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = io.StringIO()
    stream.isatty = lambda: terminal  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdout", stream)
    assert cli_options.is_colored(choice) is colored


def test_color_reaches_the_output(answer: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(ERROR)
    cli.main([str(tmp_path), "--color", "always"])
    assert "\x1b[" in capsys.readouterr().out
    cli.main([str(tmp_path)])
    assert "\x1b[" not in capsys.readouterr().out


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("encoding", ["cp1252", "gbk", "ascii"])
def test_a_narrow_encoding_is_no_reason_to_crash(
    answer: Any, form: str, encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chinese = location("说明/😀.md", 1, "8300", Role.DOCUMENTS, how="表格")
    answer(report((finding(chinese, HERE, message="端口"),)))
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    assert cli.main([str(tmp_path), "--format", form]) == 1
    sys.stdout.flush()
    written = raw.getvalue()
    # On an ASCII stream click writes UTF-8, taking the locale for misconfigured.
    forms = (b"\\u8bf4", "说".encode("gbk"), "说".encode(), b"&#35828;", b"%E8%AF%B4")
    assert any(form in written for form in forms)
    if form == "json":
        assert json.loads(raw.getvalue())["findings"][0]["location"]["path"] == "说明/😀.md"


def test_explain_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "pl101"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("# PL101 conflicting-default\n") and "## When it stays silent" in page
    assert "Severity: error." in page and not page.startswith("---")
    assert cli.main(["explain", "undeclared-setting"]) == 0
    assert "off unless selected (--select PL206)" in capsys.readouterr().out


def test_explain_a_setting(answer: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(ERROR)
    assert cli.main(["explain", "INNGEST_PORT", str(tmp_path)]) == 0
    page = capsys.readouterr().out
    assert "start.sh:7:1  8288  defaults: shell default" in page and "linked by: same name" in page
    assert "PL101 error at start.sh:7" in page
    assert cli.main(["explain", "VITE_inngestPort", str(tmp_path)]) == 0
    assert capsys.readouterr().out == page
    assert cli.main(["explain", "INNGEST_PROT", str(tmp_path)]) == 2
    assert "did you mean INNGEST_PORT?" in capsys.readouterr().err


def test_rules(capsys: pytest.CaptureFixture[str]) -> None:
    from portlint.rules import load

    assert cli.main(["rules", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["code"] for row in rows] == [rule.code for rule in load()]
    assert {row["code"] for row in rows if not row["enabled"]} >= {"PL206", "PL408"}
    assert cli.main(["rules"]) == 0
    table = capsys.readouterr().out
    assert all(rule.name in table for rule in load()) and "note, off" in table


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    assert "explain" in capsys.readouterr().out
    for arguments in (["--version"], ["-V"]):
        assert cli.main(arguments) == 0
        assert capsys.readouterr().out == f"portlint {__version__}\n"
    done = portlint("--version")
    assert (done.returncode, done.stdout.decode().split()) == (0, ["portlint", __version__])


def test_a_real_tree_from_elsewhere(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / ".env").write_text("SEARCH_PORT=9300\n", encoding="utf-8")
    (tree / ".env.example").write_text("SEARCH_PORT=9200\n", encoding="utf-8")
    here, there = portlint("check", ".", "--format", "json", cwd=tree), portlint(str(tree), "--format", "json")
    assert here.returncode == there.returncode == 1, here.stderr
    assert here.stdout == there.stdout
    assert json.loads(here.stdout)["findings"][0]["setting"] == "SEARCH_PORT"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close differently there")
def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "portlint", "explain", "PL101"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.wait(timeout=60)
    process.stderr.close()


def _best(command: list[str], rounds: int = 8) -> float:
    def once() -> float:
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - start

    return min(once() for _ in range(rounds))


def test_the_version_is_told_at_once() -> None:
    bare = _best([sys.executable, "-c", "pass"])
    assert _best([sys.executable, "-m", "portlint", "--version"]) < 4 * bare
