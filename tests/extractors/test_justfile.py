"""justfile: variables, parameters, recipes, settings."""

from __future__ import annotations

import pytest
from helpers import listing, run_extractor

from portlint.model import Kind, Role


def facts(text: str) -> list[str]:
    return listing(run_extractor("justfile", text, "justfile"), text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('port := "8000"', "port declares port '8000' how=just variable"),
        ("port := '8000'  # the port", "port declares port '8000' how=just variable"),
        ('export API_PORT := "8001"', "port declares API_PORT '8001' how=export"),
        ('p := env_var_or_default("API_PORT", "8002")', "port defaults API_PORT '8002' how=just default"),
        ('p := env("API_PORT", "8003")', "port defaults API_PORT '8003' how=just default"),
        ('dev port="8004":', "port defaults port '8004' how=recipe default"),
        ("@dev host='0.0.0.0' port='8005': build", "port defaults port '8005' how=recipe default"),
    ],
)
def test_values(line: str, expected: str) -> None:
    assert expected in facts(line + "\r\n")


def test_commands_use_the_variables() -> None:
    text = 'dev port="8000":\n    @uvicorn app:app --port {{ port }}\n'
    found = [i for i in run_extractor("justfile", text).occurrences if i.role is Role.PASSES]
    assert [(text[i.span.start : i.span.end], i.label) for i in found] == [("{{ port }}", "dev")]


def test_a_recipe_in_another_language_is_no_shell() -> None:
    assert facts("x:\n    #!/usr/bin/env python3\n    uvicorn x:y --port 8000\n") == []
    assert facts("x:\n    #!/usr/bin/env bash\n    uvicorn x:y --port 8000\n") != []


def test_a_url_of_parts() -> None:
    text = 'port := "8000"\nurl := "http://localhost:" + port\n'
    found = [i for i in run_extractor("justfile", text).occurrences if i.name == "url" and i.kind is Kind.PORT]
    assert [text[i.span.start : i.span.end] for i in found] == ["port"]


def test_settings_and_imports() -> None:
    text = "set dotenv-load\nset dotenv-filename := '.env.dev'\nimport 'more.just'\nset shell := ['bash']\n"
    relations = run_extractor("justfile", text, "api/justfile").relations
    assert [(i.kind, i.path) for i in relations] == [
        ("sources", "api/.env"),
        ("sources", "api/.env.dev"),
        ("includes", "api/more.just"),
    ]
    assert run_extractor("justfile", "set dotenv-load := false\n").relations == ()


def test_look_alikes() -> None:
    assert facts('version := "8000"\nsupport x="80":\n    echo hi\n') == []
