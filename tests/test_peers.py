"""What other programs say is parsed and counted; none of them is installed here, scripts speak for them."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.peers import tools
from benchmarks.peers.__main__ import compare, table
from benchmarks.peers.calling import CannotRun, call
from benchmarks.peers.cases import Case, fixtures, mutations
from benchmarks.peers.tools import Said, Tool

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "cases"
    for name in ("f000", "m000/before", "m000/after"):
        (folder / name).mkdir(parents=True)
        (folder / name / "Dockerfile").write_text("FROM a\nEXPOSE 8000\n", "utf-8")
        (folder / name / "compose.yaml").write_text("services: {}\n", "utf-8")
        (folder / name / ".env").write_text("A=1\nSHOP_PORT=8000\n", "utf-8")
        (folder / name / ".env.example").write_text("SHOP_PORT=8001\n", "utf-8")
    return folder


@pytest.fixture
def cases(base: Path) -> list[Case]:
    return [
        Case("as it is", base / "f000", None, frozenset({("Dockerfile", 2)})),
        Case("changed", base / "m000" / "after", base / "m000" / "before", frozenset({("Dockerfile", 2)})),
    ]


def program(tmp_path: Path, text: str, status: int = 0) -> tuple[str, ...]:
    """A program that writes the text, whatever it is asked."""
    script = tmp_path / "program.py"
    script.write_text(f"import sys\nsys.stdout.write({text!r})\nsys.exit({status})\n", "utf-8")
    return (sys.executable, str(script))


def said(look: tools.Look, command: Sequence[str], cases: Sequence[Case], base: Path) -> dict[str, set[Said]]:
    found: dict[str, set[Said]] = {}
    for root, report in look(command, cases, base, 20):
        found.setdefault(root.relative_to(base).as_posix(), set()).add(report)
    return found


@pytest.mark.parametrize(
    ("look", "output", "report"),
    [
        (
            tools.hadolint,
            json.dumps([{"code": "DL3011", "file": "f000/Dockerfile", "line": 2, "message": "valid  ports"}]),
            Said("Dockerfile", 2, "DL3011 valid ports"),
        ),
        (
            tools.dockerfilelint,
            json.dumps(
                {
                    "files": [
                        {
                            "file": "f000/Dockerfile",
                            "issues": [{"line": "2", "title": "Invalid Port", "description": "no"}],
                        }
                    ]
                }
            ),
            Said("Dockerfile", 2, "Invalid Port no"),
        ),
        (
            tools.dclint,
            json.dumps([{"filePath": "f000/compose.yaml", "messages": [{"rule": "r", "message": "m", "line": 1}]}]),
            Said("compose.yaml", 1, "r m"),
        ),
        (
            tools.kube_linter,
            json.dumps(
                {
                    "Reports": [
                        {
                            "Check": "ssh-port",
                            "Diagnostic": {"Message": "port 22"},
                            "Object": {"Metadata": {"FilePath": "f000/compose.yaml"}},
                        }
                    ]
                }
            ),
            Said("compose.yaml", 0, "ssh-port port 22"),
        ),
        (tools.dotenv_linter, "f000/.env:2 101 Found it\nAll done\n", Said(".env", 2, "101 Found it")),
        (
            tools.semgrep,
            json.dumps(
                {
                    "results": [
                        {
                            "check_id": "a.rule",
                            "path": "f000/.env",
                            "start": {"line": 2},
                            "extra": {"message": "port"},
                        }
                    ]
                }
            ),
            Said(".env", 2, "rule port"),
        ),
    ],
)
def test_what_a_tool_says_of_all_trees_at_once_is_given_to_its_tree(
    look: tools.Look, output: str, report: Said, tmp_path: Path, base: Path, cases: list[Case]
) -> None:
    assert said(look, program(tmp_path, output, 1), cases, base) == {"f000": {report}}


def test_keys_that_a_tool_names_are_looked_up(tmp_path: Path, base: Path, cases: list[Case]) -> None:
    output = json.dumps([{"valueMismatches": [{"key": "SHOP_PORT"}], "missing": [], "extra": ["A"]}])
    found = said(tools.dotenv_diff, program(tmp_path, output), cases[:1], base)
    assert {(item.path, item.line, item.text) for item in found["f000"]} == {
        (".env", 2, "value mismatch SHOP_PORT=8000"),
        (".env.example", 1, "value mismatch SHOP_PORT=8001"),
        (".env", 1, "extra A=1"),
    }


def test_a_network_of_options_is_asked_about_the_change(tmp_path: Path, base: Path, cases: list[Case]) -> None:
    output = (
        "MODIFIED OPTION CONFLICT (1)\n\nModified Option: EXPOSE in artifact Dockerfile\nValue changed\n\n"
        "In file compose.yaml:5\nLink with option services::port is missing\n"
    )
    found = said(tools.cfgnet, program(tmp_path, output), cases, base)
    assert {(item.path, item.line) for item in found["m000/after"]} == {("Dockerfile", 0), ("compose.yaml", 5)}
    assert set(found) == {"m000/after"}


def test_counting(tmp_path: Path, base: Path, cases: list[Case]) -> None:
    output = [
        {"code": "X1", "file": "f000/Dockerfile", "line": 2, "message": "wrong port"},
        {"code": "X2", "file": "f000/Dockerfile", "line": 1, "message": "no tag"},
        {"code": "X1", "file": "m000/before/Dockerfile", "line": 2, "message": "wrong port"},
        {"code": "X1", "file": "m000/after/Dockerfile", "line": 2, "message": "wrong port"},
        {"code": "X3", "file": "m000/after/Dockerfile", "line": 1, "message": "a new host"},
    ]
    tool = Tool(name="x", registry="", executable="x", look=_with(program(tmp_path, json.dumps(output))))
    row = compare(tool, cases, base, tmp_path, 20)
    assert (row.ran, row.found, row.false, row.other, row.note) == (True, [1, 0], 1, 1, "X3 1")
    assert "| x | 0." in table([row], cases) and "| 1 | 0 | 1 | 1 |" in table([row], cases)


def _with(command: Sequence[str]) -> tools.Look:
    return lambda _, cases, base, seconds: tools.hadolint(command, cases, base, seconds)


@pytest.mark.parametrize(
    ("output", "why"), [("Segmentation fault", "status 3: Segmentation fault"), ('[{"code": 1}]', "another form")]
)
def test_a_tool_that_fails_is_a_line_that_says_why(
    output: str, why: str, tmp_path: Path, base: Path, cases: list[Case]
) -> None:
    tool = Tool(name="x", registry="", executable="x", look=_with(program(tmp_path, output, 3)))
    row = compare(tool, cases, base, tmp_path, 20)
    assert not row.ran and why in row.note
    assert f"| - | - | - | - | - | {row.note} |" in table([row], cases)


def test_a_program_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    script = tmp_path / "hang.py"
    script.write_text(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)\n",
        "utf-8",
    )
    begin = time.monotonic()
    with pytest.raises(CannotRun, match="took more than"):
        call([sys.executable, script], tmp_path, 3)
    assert time.monotonic() - begin < 30
    if os.name == "posix" and (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
        pid = int((tmp_path / "pid").read_text())
        for _ in range(100):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                break
            if Path(f"/proc/{pid}/stat").exists() and " Z " in Path(f"/proc/{pid}/stat").read_text():
                break
            time.sleep(0.05)
        else:
            pytest.fail("the child still runs")


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no-such-program"):
        call([tmp_path / "no-such-program"], tmp_path, 5)


def test_cases_are_taken_from_the_miniature_repositories(tmp_path: Path) -> None:
    taken = fixtures(FIXTURES, tmp_path / "a", 12)
    assert len(taken) == 12 and any(case.wanted for case in taken) and not all(case.wanted for case in taken)
    assert all((case.root / path).is_file() for case in taken for path, _ in case.wanted)
    changed = mutations(FIXTURES, tmp_path / "b", 4)
    assert len(changed) == 4
    for case in changed:
        ((path, line),) = case.wanted
        assert case.before is not None
        old = (case.before / path).read_bytes().splitlines()
        new = (case.root / path).read_bytes().splitlines()
        assert [number for number, (one, two) in enumerate(zip(old, new, strict=True), 1) if one != two] == [line]


def test_this_project_is_asked_in_the_same_way(tmp_path: Path) -> None:
    taken = [case for case in fixtures(FIXTURES, tmp_path, 12) if case.wanted][:2]
    row = compare(tools.TOOLS[0], taken, tmp_path, tmp_path, 60)
    assert row.ran and row.found[0] == sum(len(case.wanted) for case in taken)
