"""The site is made of README, docs/ and rules/, and no link in them leads nowhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portlint import rules

pytest.importorskip("mkdocs", reason="mkdocs, of the extra docs, is not there")
ROOT = Path(__file__).resolve().parents[1]


def build(tree: Path, site: Path) -> tuple[int, str]:
    """Exit status and output of MkDocs; warnings count as errors only where it may show them."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    done = subprocess.run(command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    return done.returncode, done.stdout


def test_every_page_is_there_and_asks_no_other_site_for_anything(tmp_path: Path) -> None:
    status, said = build(ROOT, tmp_path / "site")
    assert status == 0 and "WARNING" not in said, said
    index = (tmp_path / "site" / "rules" / "index.html").read_text("utf-8")
    for rule in rules.load():
        page = tmp_path / "site" / "rules" / f"{rule.code}-{rule.name}" / "index.html"
        assert f"<title>{rule.code} {rule.name} - portlint</title>" in page.read_text("utf-8")
        assert f'href="{rule.code}-{rule.name}/"' in index
    for path in (ROOT / "docs").glob("*.md"):
        assert (tmp_path / "site" / "docs" / path.stem / "index.html").is_file()
    start = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert 'href="docs/ci/"' in start and re.findall(r'<(?:script|link)[^>]+(?:src|href)="https?:[^"]*"', start) == []


@pytest.mark.parametrize("link", ["[a](nowhere.md)", "[a](formats.md#nowhere)", "[a](../src/portlint/cli.py)"])
def test_a_link_that_leads_nowhere_is_an_error(link: str, tmp_path: Path) -> None:
    for name in ("docs", "rules", "schema", "ci"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "LICENSE", "mkdocs.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    with (tmp_path / "docs" / "ci.md").open("a", encoding="utf-8") as stream:
        stream.write(f"\n{link}\n")
    status, said = build(tmp_path, tmp_path / "site")
    assert status != 0 and "docs/ci.md" in said and link[4:-1].partition("#")[0] in said, said
