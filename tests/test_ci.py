"""What CI services are given: valid by the services' own schemas, and the action's steps do what they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from portlint import cli

ROOT = Path(__file__).resolve().parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
DRIFT = ROOT / "fixtures" / "drift" / "stale-defaults" / "repo"
CHECKER = (sys.executable, "-m", "check_jsonschema", "--builtin-schema")
pytest.importorskip("check_jsonschema", reason="check-jsonschema, of the extra test, is not there")
bash = pytest.mark.skipif(os.name == "nt" or shutil.which("bash") is None, reason="bash is not there")


def wrong(kind: str, *files: Path) -> str:
    """What a service's schema has against files; empty: nothing."""
    done = subprocess.run(
        [*CHECKER, f"vendor.{kind}", *map(str, files)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return done.stdout if done.returncode else ""


def snippet(name: str) -> str:
    """The block of docs/ci.md that shows a file."""
    blocks = re.findall(r"^```yaml\n# (\S+)\n(.*?)^```", (ROOT / "docs" / "ci.md").read_text("utf-8"), re.M | re.S)
    return dict(blocks)[name]


def test_the_action_is_valid(tmp_path: Path) -> None:
    assert wrong("github-actions", ROOT / "action.yml") == ""
    broken = tmp_path / "action.yml"
    broken.write_text((ROOT / "action.yml").read_text("utf-8").replace("using: composite", "using: composit"), "utf-8")
    assert "composit" in wrong("github-actions", broken)


def test_workflows_are_valid(tmp_path: Path) -> None:
    documented = tmp_path / "documented.yml"
    documented.write_text(snippet(".github/workflows/portlint.yml"), "utf-8")
    assert cli.main(["init", "--ci", str(tmp_path)]) == 0
    written = tmp_path / ".github" / "workflows" / "portlint.yml"
    assert wrong("github-workflows", documented, written) == ""
    used = yaml.safe_load(documented.read_text("utf-8"))["jobs"]["portlint"]["steps"][-1]["with"]
    assert set(used) <= set(ACTION["inputs"])
    if shutil.which("actionlint"):
        subprocess.run(["actionlint", str(documented), str(written)], check=True)


def test_jobs_for_gitlab_are_valid(tmp_path: Path) -> None:
    documented, written = tmp_path / "documented.yml", tmp_path / ".gitlab-ci.yml"
    documented.write_text(snippet(".gitlab-ci.yml"), "utf-8")
    written.write_text("stages: [test]\n", "utf-8")
    assert cli.main(["init", "--ci", str(tmp_path)]) == 0
    assert wrong("gitlab-ci", ROOT / "ci" / "gitlab.yml", documented, written) == ""


def test_the_job_for_gitlab_makes_the_reports_that_it_hands_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text("utf-8"))["portlint"]
    (command,) = job["script"]
    shutil.copytree(DRIFT, tmp_path / "repo")
    monkeypatch.chdir(tmp_path / "repo")
    name, *words = command.replace("$PORTLINT_ARGS", job["variables"]["PORTLINT_ARGS"]).split()
    assert name == "portlint" and cli.main(words) == 1
    reports = job["artifacts"]["reports"]
    assert json.loads((tmp_path / "repo" / reports["codequality"]).read_text("utf-8"))
    assert "<testsuite" in (tmp_path / "repo" / reports["junit"]).read_text("utf-8")


def test_no_expression_is_part_of_a_script() -> None:
    """What a workflow fills in would be run as code there."""
    steps = ACTION["runs"]["steps"]
    assert [step for step in steps if "${{" in step.get("run", "")] == []
    given = " ".join(str(step.get(key, "")) for step in steps for key in ("env", "working-directory"))
    assert {name for name in ACTION["inputs"] if f"inputs.{name} }}}}" in given} == set(ACTION["inputs"])


def step(name: str, tmp_path: Path, folder: Path, **given: str) -> tuple[int, str, dict[str, str]]:
    """Run a step of the action as a runner does: exit status, output, and the step's outputs."""
    (found,) = [step for step in ACTION["runs"]["steps"] if step.get("id") == name]
    runner = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_OUTPUT": str(tmp_path / f"{name}.out"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "RUNNER_TEMP": str(tmp_path),
    }
    variables = {key: given[key] for key in found["env"]}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", found["run"]],
        cwd=folder,
        env={**os.environ, **runner, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    lines = (tmp_path / f"{name}.out").read_text("utf-8").splitlines() if (tmp_path / f"{name}.out").exists() else []
    return done.returncode, done.stdout, dict(line.split("=", 1) for line in lines)


def check(
    tmp_path: Path, folder: Path, paths: str = "", args: str = "", sarif: str = "false"
) -> tuple[int, str, dict[str, str]]:
    program = tmp_path / "portlint with a blank"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m portlint "$@"\n', "utf-8")
    program.chmod(0o755)
    given = {"PORTLINT": str(program), "PORTLINT_PATHS": paths, "PORTLINT_ARGS": args, "PORTLINT_SARIF": sarif}
    return step("check", tmp_path, folder, **given)


@bash
def test_the_action_annotates_summarizes_and_hands_over_sarif(tmp_path: Path) -> None:
    status, said, outputs = check(tmp_path, DRIFT, sarif="true")
    assert status == 1 and re.search(r"^::(?:error|warning) ", said, re.M), said
    assert outputs == {"status": "1", "sarif": str(tmp_path / "portlint.sarif")}
    results = json.loads(Path(outputs["sarif"]).read_text("utf-8"))["runs"][0]["results"]
    assert results and results[0]["ruleId"].startswith("PL")
    assert "| place |" in (tmp_path / "summary.md").read_text("utf-8")


@bash
def test_paths_and_options_of_the_action_are_words_and_no_code(tmp_path: Path) -> None:
    folder = tmp_path / "tree"
    (folder / "a b").mkdir(parents=True)
    (folder / "a b" / ".env").write_text("X_PORT=70000\n", "utf-8")
    (folder / ".env").write_text("Y_PORT=70000\n", "utf-8")
    status, said, outputs = check(tmp_path, folder, paths="a b\r\n\n", args="--min-severity  error")
    assert (status, outputs) == (1, {"status": "1"}) and "X_PORT" in said and "Y_PORT" not in said
    status, said, _ = check(tmp_path, folder, args="--ignore PL401")
    assert status == 0, said
    status, said, outputs = check(tmp_path, folder, args="$(touch${IFS}here) ; *", sarif="true")
    assert (status, outputs["status"]) == (2, "2") and "sarif" not in outputs, said
    assert sorted(os.listdir(folder)) == [".env", "a b"]


@bash
@pytest.mark.skipif(not os.environ.get("PORTLINT_SLOW_TESTS"), reason="pip installs: only with PORTLINT_SLOW_TESTS=1")
def test_the_action_installs_its_own_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    status, said, outputs = step("install", tmp_path, tmp_path, PYTHON=sys.executable, PORTLINT_WANTED="")
    assert status == 0 and "portlint 0" in said, said
    assert os.access(outputs["program"], os.X_OK)
