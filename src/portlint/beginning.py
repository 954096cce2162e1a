"""``portlint init``: a small configuration from what a tree holds, and on request entries for pre-commit and CI."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portlint.config_files import NAMES, candidates
from portlint.errors import PortlintError
from portlint.model import Kind, Report

_ASIDE = re.compile(r"(?:legacy|archive|archived|attic|old|deprecated|generated|gen|dist|build|third[_-]?party)")
_MOST = 5

_HOOK = """\
  - repo: local
    hooks:
      - id: portlint
        name: portlint
        entry: portlint check
        language: python
        additional_dependencies: [portlint]
        pass_filenames: false
"""
_GITHUB = """\
name: portlint
on: [push, pull_request]
permissions:
  contents: read
jobs:
  portlint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install portlint
      - run: portlint check
"""
_GITLAB = """\

portlint:
  image: python:3.12-slim
  script:
    - pip install portlint
    - portlint check
"""


@dataclass(frozen=True, slots=True)
class Written:
    """A file to write, and its whole text."""

    path: Path
    text: str


def configuration(root: Path, report: Report, force: bool) -> Written:
    """The configuration file for a tree. Raises :class:`PortlintError` where there is one, unless ``force``."""
    path = root / "portlint.toml"
    for name in NAMES:
        held = name != "pyproject.toml" or any(file.path == root / name for file in candidates(root))
        if (root / name).is_file() and held and not force:
            raise PortlintError(f"{root / name}: there is a configuration already; --force writes portlint.toml anew")
    return Written(path, "\n".join(_lines(root, report)) + "\n")


def _lines(root: Path, report: Report) -> Iterator[str]:
    yield "# Configuration of portlint. All keys: its docs/configuration.md; rules: 'portlint explain PL101'."
    yield ""
    aside = sorted(
        folder.name for folder in root.iterdir() if folder.is_dir() and _ASIDE.fullmatch(folder.name.lower())
    )
    yield "# Files that are not read."
    yield (
        f"extend-exclude = {json.dumps([f'/{name}/' for name in aside])}" if aside else '#extend-exclude = ["legacy/"]'
    )
    yield ""
    yield "# Leave out what is less certain: high, medium or low."
    yield 'min-confidence = "medium"'
    yield ""
    yield "# Rules that are off by default, and rules that are not wanted: 'portlint rules' lists all."
    yield '#extend-select = ["PL206"]'
    yield '#ignore = ["PL103"]'
    deviating = _values(report)
    if deviating:
        yield ""
        yield "# Settings that disagree today. Take away the # where the value is right: every other place is reported."
    for name, value in deviating:
        yield ""
        yield f"#[settings.{name}]"
        yield f"#value = {value if value.isdecimal() else json.dumps(value)}"


def _values(report: Report) -> list[tuple[str, str]]:
    """Ports with findings, those with most places first, each with the value that most places say."""
    wanted = {
        finding.setting
        for finding in report.findings
        if finding.kind is Kind.PORT and re.fullmatch(r"[A-Z][A-Z0-9_]*", finding.setting)
    }
    found = []
    for setting in report.settings:
        values = Counter(member.location.value for member in setting.members if member.location.value)
        if setting.kind is Kind.PORT and setting.name in wanted and values:
            wanted.remove(setting.name)
            found.append((-len(setting.members), setting.name, values.most_common(1)[0][0]))
    return [(name, value) for _, name, value in sorted(found)[:_MOST]]


def hook(root: Path, force: bool) -> Written | None:
    """An entry for pre-commit; ``None`` where there is one. Raises :class:`PortlintError` where it finds no place."""
    path = root / ".pre-commit-config.yaml"
    text = _text(path)
    if text is None:
        return Written(path, f"repos:\n{_HOOK}")
    if re.search(r"^\s*-?\s*id:\s*portlint\b", text, re.MULTILINE) and not force:
        return None
    keys = re.findall(r"^([\w-]+):", text, re.MULTILINE)
    items = re.findall(r"^( *)- +repo:", text, re.MULTILINE)
    if not keys or keys[-1] != "repos" or not items:
        raise PortlintError(f"{path}: expected repos: as its last key; add this to its list by hand:\n{_HOOK}")
    indent = items[-1]
    entry = "".join(f"{indent}{line[2:]}\n" for line in _HOOK.splitlines())
    return Written(path, text.rstrip("\n") + "\n" + entry)


def workflow(root: Path, force: bool) -> Written | None:
    """A CI job, for GitLab where the tree has such a file, else for GitHub; ``None`` where there is one."""
    gitlab = root / ".gitlab-ci.yml"
    text = _text(gitlab)
    if text is not None:
        has_one = re.search(r"^portlint:", text, re.MULTILINE)
        return None if has_one else Written(gitlab, text.rstrip("\n") + "\n" + _GITLAB)
    path = root / ".github" / "workflows" / "portlint.yml"
    return None if path.exists() and not force else Written(path, _GITHUB)


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8") if path.is_file() else None
    except (OSError, UnicodeDecodeError) as error:
        raise PortlintError(f"{path}: cannot be read: {error}") from None


def write(written: Written) -> None:
    """Write a file, with its folders. Raises :class:`PortlintError`."""
    try:
        written.path.parent.mkdir(parents=True, exist_ok=True)
        written.path.write_text(written.text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PortlintError(f"{written.path}: cannot be written: {error.strerror or error}") from None
