from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from common_report import REPORT, RULES, plant
from helpers import report

from portlint import __version__, reporters
from portlint.reporters import COUNTED, FORMATS, View

SNAPSHOTS = Path(__file__).with_name("snapshots")
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    **{name: (name, {}) for name in FORMATS},
    **{f"{name}-statistics": (name, {"statistics": True}) for name in COUNTED if name not in ("concise", "full")},
    "table-60": ("table", {"width": 60}),
    "table-all": ("table", {"everything": True}),
    "full-60": ("full", {"width": 60}),
    "full-color": ("full", {"color": True}),
}


@pytest.mark.parametrize("case", CASES)
def test_the_common_report(case: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    form, given = CASES[case]
    view = View(**{"width": 100, "root": plant(tmp_path), "prefix": "sub dir/", "rules": RULES, **given})
    written = reporters.render(form, REPORT, view).replace(f'"{__version__}"', '"VERSION"')
    assert written.endswith("\n") and "hunter2" not in written and str(tmp_path) not in written
    file = SNAPSHOTS / f"{case}.txt"
    if request.config.getoption("--update-snapshots"):
        file.write_text(written, encoding="utf-8", newline="\n")
    assert written == file.read_text(encoding="utf-8"), "see --update-snapshots"


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_found(form: str, request: pytest.FixtureRequest) -> None:
    written = reporters.render(form, report(), View(rules=RULES)).replace(f'"{__version__}"', '"VERSION"')
    file = SNAPSHOTS / f"{form}-empty.txt"
    if request.config.getoption("--update-snapshots"):
        file.write_text(written, encoding="utf-8", newline="\n")
    assert written == file.read_text(encoding="utf-8"), "see --update-snapshots"


def test_every_snapshot_is_of_a_case() -> None:
    assert {file.stem for file in SNAPSHOTS.iterdir()} == {*CASES, *(f"{form}-empty" for form in FORMATS)}
