"""The examples on the page about formats are what portlint writes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from portlint import cli
from portlint.reporters import FORMATS

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ (?:COLUMNS=(\d+) )?portlint ([^\n]*)\n(.*?)\n```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("width", "arguments", "shown"), EXAMPLES)
def test_an_example(
    width: str,
    arguments: str,
    shown: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(ROOT / "fixtures/PL103-stale-documentation/chinese-table/repo", tmp_path / "repo")
    monkeypatch.chdir(tmp_path / "repo")
    monkeypatch.setenv("COLUMNS", width or "120")
    assert cli.main(arguments.split()) == 1
    written = capsys.readouterr().out
    if "..." not in shown:
        assert written == shown + "\n"
    lines = iter(written.splitlines())
    for line in shown.splitlines():
        assert line.strip() == "..." or line in lines, line


def test_every_format_has_an_example_and_a_line_in_the_readme() -> None:
    assert {arguments for _, arguments, _ in EXAMPLES} == {*(f"--format {form}" for form in FORMATS), "--statistics"}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"\n| `{form}` |" in readme for form in FORMATS)
