"""What may import what, and what is loaded when: the start must stay quick."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from portlint.reporters import FORMATS

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"bashlex", "libcst", "pydantic", "pyromark", "tree_sitter", "yaml"}


def loaded(*arguments: str, root: Path) -> set[str]:
    """Top-level names, and all of portlint's own, of the modules loaded once a command line has run."""
    code = (
        "import sys, io; before = set(sys.modules); sys.argv = ['portlint', *sys.argv[1:]]; out = sys.stdout\n"
        "sys.stdout = io.TextIOWrapper(io.BytesIO())\n"
        "from portlint.__main__ import main\n"
        "main(); print(*sorted(set(sys.modules) - before), file=out)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=root, capture_output=True, text=True, check=True
    )
    names = set(done.stdout.split())
    return {name if name.startswith("portlint") else name.partition(".")[0] for name in names}


def test_version_loads_nothing(tmp_path: Path) -> None:
    assert loaded("--version", root=tmp_path) <= {"__future__", "portlint", "portlint.__main__"}


def test_a_check_of_env_files_loads_no_other_format(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("API_SERVER_PORT=8000\nAPI_SERVER_URL=http://localhost:8000\n", encoding="utf-8")
    (tmp_path / ".env.example").write_text("API_SERVER_PORT=8001\n", encoding="utf-8")
    found = loaded("check", "--format", "json", root=tmp_path)
    assert "portlint.extractors.dotenv" in found
    assert not found & {*HEAVY, "rich", "importlib.metadata"}
    formats = {name.split(".")[2] for name in found if name.startswith("portlint.extractors.")}
    assert {name for name in formats if not name.startswith("dotenv")} == set()
    table = loaded("check", "--format", "table", root=tmp_path)
    assert "rich" in table and not table & HEAVY
    assert "rich" not in loaded("check", "--format", "concise", root=tmp_path)


def test_only_the_format_that_is_asked_for_is_loaded(tmp_path: Path) -> None:
    formats = {f"portlint.reporters.{name.replace('-', '_')}" for name in FORMATS}
    for form in FORMATS:
        found = loaded("check", "--format", form, "--format", f"{form}=out", root=tmp_path)
        assert found & formats == {f"portlint.reporters.{form.replace('-', '_')}"}, form
        assert ("rich" in found) is (form in ("table", "full")), form
        assert ("portlint.reporters.sarif_results" in found) is (form == "sarif")


def test_listing_rules_loads_no_yaml(tmp_path: Path) -> None:
    assert not loaded("rules", "--format", "json", root=tmp_path) & {*HEAVY, "rich"}


def test_the_layers() -> None:
    command = Path(sys.executable).with_name("lint-imports" + (".exe" if os.name == "nt" else ""))
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_the_readme_tells_people_to_run_exists() -> None:
    readme, makefile = (ROOT / "README.md").read_text("utf-8"), (ROOT / "Makefile").read_text("utf-8")
    for target in ("demo", "test"):
        assert f"make {target}" in readme and f"\n{target}:" in makefile
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")
