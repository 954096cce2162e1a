"""What the editors' documentation says is so."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from portlint.server import options

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "editors.md").read_text("utf-8")


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    section = PAGE.partition("## Settings")[2].partition("\n## ")[0]
    named = {key for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}
    assert named == set(options.KEYS)


def test_the_examples_parse_and_start_the_server() -> None:
    blocks = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
    assert {language for language, _ in blocks} == {"bash", "lua", "toml", "elisp", "json"}
    assert tomllib.loads(next(text for language, text in blocks if language == "toml"))["language-server"] == {
        "portlint": {"command": "portlint", "args": ["server"]}
    }
    for language, text in blocks:
        if language == "json":
            assert '"server"' in json.dumps(json.loads(text))


def test_the_extensions_settings_are_the_servers() -> None:
    manifest = json.loads((ROOT / "editors" / "vscode" / "package.json").read_text("utf-8"))
    names = {name.removeprefix("portlint.") for name in manifest["contributes"]["configuration"]["properties"]}
    assert names - {"interpreter", "path", "trace.server"} == set(options.KEYS) - {"diagnostics"}


def test_no_lock_file_names_a_registry() -> None:
    assert not list((ROOT / "editors").glob("*/*lock.json")), "lock files name the host they were made with"
