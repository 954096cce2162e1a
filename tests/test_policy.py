"""What a configuration decides, seen in what is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from portlint import cli

CODE = "import os\nPORT = int(os.environ.get('INNGEST_PORT', '8300'))\n"


@pytest.fixture
def found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Write files, check them, and give the findings as ``CODE path:line value setting``."""

    def run(files: dict[str, str], *options: str) -> list[str]:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        status = cli.main(["check", "--root", str(tmp_path), "--format", "json", *options])
        output = capsys.readouterr()
        assert status in (0, 1), output.err
        return [
            f"{row['code']} {row['location']['path']}:{row['location']['line']} {row['location']['value']} {row['setting']}"
            for row in json.loads(output.out)["findings"]
        ]

    return run


TWO = {".env": "INNGEST_PORT=8300\n", ".env.example": "INNGEST_PORT=8288\n"}


def test_without_a_configuration(found: Any) -> None:
    assert found(TWO) == ["PL102 .env.example:1 8288 INNGEST_PORT"]


@pytest.mark.parametrize("name", ["portlint.toml", ".portlint.toml", "pyproject.toml"])
def test_the_canonical_value_is_right_whatever_the_others_say(found: Any, name: str) -> None:
    table = "tool.portlint." if name == "pyproject.toml" else ""
    files = {**TWO, ".env": "INNGEST_PORT=8288\n", name: f"[{table}settings.INNGEST_PORT]\nvalue = 8300\n"}
    assert found(files) == ["PL102 .env:1 8288 INNGEST_PORT"]
    assert found({**files, **dict.fromkeys(TWO, "INNGEST_PORT=8300\n")}) == []


def test_the_configuration_is_the_other_side(found: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found({".env": "INNGEST_PORT=8288\n", "portlint.toml": '\n[settings]\nINNGEST_PORT.value = "8300"\n'})
    cli.main(["check", "--root", str(tmp_path), "--format", "json"])
    (row,) = json.loads(capsys.readouterr().out)["findings"]
    other = {key: row["related"][0][key] for key in ("path", "line", "column", "end_column", "value")}
    assert other == {"path": "portlint.toml", "line": 3, "column": 23, "end_column": 27, "value": "8300"}


def test_a_value_is_of_the_default_profile_unless_it_is_said(found: Any) -> None:
    files = {".env.production": "INNGEST_PORT=80\n", "start.sh": "echo ${INNGEST_PORT:-8300}\n"}
    assert found({**files, "portlint.toml": "settings.INNGEST_PORT.value = 8300\n"}) == []
    both = "[settings.INNGEST_PORT.value]\ndefault = 8300\nproduction = 443\n"
    assert found({**files, "portlint.toml": both}) == ["PL102 .env.production:1 80 INNGEST_PORT"]


def test_the_canonical_source_is_right(found: Any) -> None:
    files = {**TWO, "portlint.toml": "settings.INNGEST_PORT.source = '.env.example'\n"}
    assert found(files) == ["PL102 .env:1 8300 INNGEST_PORT"]


def test_aliases_are_one_setting(found: Any) -> None:
    files = {".env": "INNGEST_PORT=8300\n", "app/.env.example": "JOBS_PORT=8288\n"}
    assert found(files) == []
    files["portlint.toml"] = "settings.INNGEST_PORT.aliases = ['JOBS_PORT']\n"
    assert found(files) == ["PL102 app/.env.example:1 8288 INNGEST_PORT"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("settings.INNGEST_PORT.may-differ = 'a matter of taste'", []),
        ("settings.INNGEST_PORT.may-differ = [{paths = ['*.example'], reason = 'a sample'}]", []),
        ("settings.INNGEST_PORT.may-differ = [{paths = ['docs'], reason = 'a sample'}]", ["PL102"]),
        ("settings.OTHER_PORT.may-differ = 'a matter of taste'", ["PL102"]),
    ],
)
def test_places_that_may_differ(found: Any, text: str, expected: list[str]) -> None:
    assert [line.split()[0] for line in found({**TWO, "portlint.toml": text + "\n"})] == expected


def test_generic_names_mean_something_else_in_every_component(found: Any) -> None:
    files = {
        "a/package.json": "{}",
        "b/package.json": "{}",
        "a/.env": "ACME_PORT=1111\n",
        "b/.env.example": "ACME_PORT=2222\n",
    }
    assert len(found(files)) == 1
    assert found({**files, "portlint.toml": "generic-names = ['ACME_PORT']\n"}) == []


def test_public_prefixes(found: Any) -> None:
    files = {".env": "INNGEST_PORT=8300\n", "web/.env.example": "ACME_WEB_INNGEST_PORT=8288\n"}
    assert found(files) == []
    files["portlint.toml"] = "public-prefixes = ['ACME_WEB_']\n"
    assert found(files) == ["PL104 web/.env.example:1 8288 INNGEST_PORT"]


def test_profiles(found: Any) -> None:
    files = {".env": "INNGEST_PORT=8300\n", "blue/.env.example": "INNGEST_PORT=8288\n"}
    assert len(found(files)) == 1
    assert found({**files, "portlint.toml": "[profiles]\n'blue/**' = 'blue'\n"}) == []


def test_components(found: Any) -> None:
    files = {"a/start.sh": "echo ${PORT:-1111}\n", "b/start.sh": "echo ${PORT:-2222}\n"}
    assert len(found(files)) == 1
    assert found({**files, "portlint.toml": "components = ['/a', '/b']\n"}) == []


def test_a_tool_of_ones_own(found: Any) -> None:
    files = {".env": "ACME_JOBS_PORT=9300\n", "start.sh": ". ./.env\nacme-jobs serve\n"}
    assert found(files) == []
    tool = "[[tools]]\nname = 'acme-jobs'\nport = {flags = ['--port'], default = 9100}\n"
    assert found({**files, "portlint.toml": tool}) == ["PL201 start.sh:2 9100 ACME_JOBS_PORT"]
    assert found({**files, "start.sh": ". ./.env\nacme-jobs serve --port $ACME_JOBS_PORT\n"}) == []


def test_a_tool_is_known_to_workers_and_after_a_change(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTLINT_JOBS", "2")
    files = {".env": "ACME_JOBS_PORT=9300\n", "start.sh": ". ./.env\nacme-jobs serve\n"}
    for port in (9100, 9101):
        tool = f"[[tools]]\nname = 'acme-jobs'\nport = {{flags = ['--port'], default = {port}}}\n"
        assert found({**files, "portlint.toml": tool}) == [f"PL201 start.sh:2 {port} ACME_JOBS_PORT"]


def test_the_configuration_itself_is_no_claim(found: Any) -> None:
    text = "[tool.portlint.settings.INNGEST_PORT]\nmay-differ = 'port 8300 or http://localhost:8288'\n"
    assert found({".env": "INNGEST_PORT=8301\n", "pyproject.toml": text}) == []


def test_an_owner(found: Any) -> None:
    compose = "services:\n  queue:\n    image: acme/q\n    ports: ['8300:80']\n  web:\n    image: acme/w\n    ports: ['9000:80']\n"
    files = {"docker-compose.yml": compose, ".env": "FOO_URL=http://localhost:8288\n"}
    assert found(files) == []
    files["portlint.toml"] = "settings.FOO_URL.owner = 'queue'\n"
    assert [line.split()[:2] for line in found(files)] == [["PL202", ".env:1"]]


def test_an_image_of_ones_own(found: Any) -> None:
    compose = "services:\n  queue:\n    image: registry.example/acme/queue:2\n    ports: ['8300:8288']\n"
    assert found({"docker-compose.yml": compose}) == []
    image = "[[images]]\nnames = ['acme/queue']\nports = [9100]\n"
    assert [line.split()[0] for line in found({"docker-compose.yml": compose, "portlint.toml": image})] == ["PL203"]
    fits = compose.replace("8288", "9100")
    assert found({"docker-compose.yml": fits, "portlint.toml": image}) == []


def test_names_of_settings_are_explained_with_their_aliases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.env").write_text("INNGEST_PORT=8300\n", "utf-8")
    (tmp_path / "b.env").write_text("JOBS_PORT=8300\n", "utf-8")
    (tmp_path / "portlint.toml").write_text("settings.INNGEST_PORT.aliases = ['JOBS_PORT']\n", "utf-8")
    assert cli.main(["explain", "INNGEST_PORT"]) == 0
    assert "a.env:1" in (output := capsys.readouterr().out) and "b.env:1" in output
    assert cli.main(["explain", "--isolated", "INNGEST_PORT"]) == 2
