"""Every ``fixtures/<group>/<case>`` with a ``repo`` folder is a test by being there.

``expected.txt`` holds one finding a line, ``CODE severity path:line setting``, sorted; an empty one: portlint must stay
silent. ``pending.txt`` beside it says why portlint does not do so yet. ``options.txt`` may hold options for ``portlint check``. ``pytest --update-fixtures`` rewrites ``expected.txt``.
A rule's own cases are in the folder named like its page: ``fixtures/PL101-conflicting-default``.
"""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from portlint import cli, rules

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/repo"))
ON = [rule for rule in rules.load() if rule.enabled]


def _name(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def _found(case: Path, tree: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The findings as lines; the repository is copied out, so that no git and no ignore file of ours is in sight."""
    shutil.copytree(case / "repo", tree)
    options = case / "options.txt"
    extra = shlex.split(options.read_text("utf-8")) if options.exists() else []
    status = cli.main(["check", "--root", str(tree), "--format", "json", *extra])
    output = capsys.readouterr()
    assert status in (0, 1), output.err
    findings = json.loads(output.out)["findings"]
    return sorted(
        f"{row['code']} {row['severity']} {row['location']['path']}:{row['location']['line']} {row['setting']}"
        for row in findings
    )


def _marked(case: Path) -> object:
    """A case with ``pending.txt`` states what is right and not yet so, and why; it must fail until it is."""
    pending = case / "pending.txt"
    if not pending.exists():
        return pytest.param(case, id=_name(case))
    reason = pending.read_text("utf-8").strip()
    return pytest.param(case, id=_name(case), marks=pytest.mark.xfail(reason=reason, strict=True))


@pytest.mark.parametrize("case", [_marked(case) for case in CASES])
def test_case(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], pytestconfig: pytest.Config) -> None:
    found = _found(case, tmp_path / "repo", capsys)
    expected = case / "expected.txt"
    if pytestconfig.getoption("--update-fixtures"):
        expected.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
    assert found == expected.read_text("utf-8").splitlines()


def _expected_codes(case: Path) -> set[str]:
    return {line.split()[0] for line in (case / "expected.txt").read_text("utf-8").splitlines()}


@pytest.mark.parametrize("code", [rule.code for rule in ON])
def test_each_rule_has_a_case_that_it_finds(code: str) -> None:
    assert any(code in _expected_codes(case) for case in CASES)


@pytest.mark.parametrize("rule", ON, ids=lambda rule: rule.code)
def test_each_rule_has_a_look_alike_on_which_it_stays_silent(rule: rules.Rule) -> None:
    own = [case for case in CASES if case.parent.name == f"{rule.code}-{rule.name}"]
    assert any(rule.code not in _expected_codes(case) for case in own)


def test_no_ignore_file_hides_a_fixture() -> None:
    ignored = (FIXTURES.parent / ".gitignore").read_text("utf-8").splitlines()
    assert "!/fixtures/**/.env*" in ignored
    anchored = [line for line in ignored if line and not line.startswith(("#", "!", "/"))]
    assert anchored == ["__pycache__/", "*.pyc"]
