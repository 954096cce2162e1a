"""Continuous integration files."""

from __future__ import annotations

from typing import Any

import pytest
from helpers import run_extractor

from portlint import launches
from portlint.collecting import Collector
from portlint.commands import Command
from portlint.extractors import format_of
from portlint.model import Extraction

Launched = list[tuple[list[str], dict[str, Any]]]
GITHUB = ".github/workflows/ci.yml"


@pytest.fixture(autouse=True)
def launched(monkeypatch: pytest.MonkeyPatch) -> Launched:
    """The commands handed on, instead of what they mean."""
    seen: Launched = []

    def collect(command: Command, into: Collector, **fields: Any) -> bool:
        seen.append(([word.text for word in command.words], fields))
        return True

    monkeypatch.setattr(launches, "collect", collect)
    return seen


def read(text: str, path: str = GITHUB) -> Extraction:
    return run_extractor("workflow", text, path)


def found(text: str, path: str = GITHUB) -> list[tuple[str, str, str]]:
    return [
        (item.role.value, item.name, text[item.span.start : item.span.end]) for item in read(text, path).occurrences
    ]


def test_variables_at_every_level_have_the_profile_ci() -> None:
    text = (
        "env:\n  A_PORT: 1111\njobs:\n  t:\n    env:\n      B_PORT: 2222\n    steps:\n      - run: x\n        env:\n"
        "          C_PORT: 3333\n"
        "          D_PORT: ${{ env.A_PORT }}\n          NAME: 4444\n          REF_URL: ${{ github.server_url }}\n"
    )
    assert found(text) == [
        ("declares", "A_PORT", "1111"),
        ("declares", "B_PORT", "2222"),
        ("declares", "C_PORT", "3333"),
        ("declares", "D_PORT", "${{ env.A_PORT }}"),
        ("reads", "A_PORT", "${{ env.A_PORT }}"),
    ]
    assert {item.profile for item in read(text).occurrences} == {"ci"}


def test_service_containers() -> None:
    text = "jobs:\n  t:\n    services:\n      db:\n        image: postgres:16\n        env:\n          X_PORT: 5433\n"
    text += "        ports:\n          - 5532:5432\n"
    extraction = read(text)
    assert [(item.name, item.image, item.profile) for item in extraction.services] == [("db", "postgres:16", "ci")]
    assert [
        (item.role.value, text[item.span.start : item.span.end], item.network) for item in extraction.occurrences
    ] == [
        ("declares", "5433", "container:db"),
        ("publishes", "5532", "host"),
        ("exposes", "5432", "container:db"),
    ]


def test_a_health_command_among_the_options(launched: Launched) -> None:
    read(
        "jobs:\n  t:\n    services:\n      r:\n        image: redis\n"
        '        options: --health-cmd "redis-cli -p 6380 ping" --health-retries 5\n'
    )
    assert [words for words, _ in launched] == [["redis-cli", "-p", "6380", "ping"]]
    assert launched[0][1]["role"] == "probes"


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("jobs:\n  t:\n    steps:\n      - run: |\n          a 1\n          b\n", GITHUB, [["a", "1"], ["b"]]),
        ("runs:\n  steps:\n    - run: a\n", "tools/x/action.yml", [["a"]]),
        ("t:\n  script:\n    - a\n    - b\n  after_script: c\n", ".gitlab-ci.yml", [["a"], ["b"], ["c"]]),
        ("script: a\ninstall:\n  - b\n", ".travis.yml", [["a"], ["b"]]),
        (
            "jobs:\n  t:\n    steps:\n      - run:\n          command: a\n      - run: b\n",
            ".circleci/config.yml",
            [["a"], ["b"]],
        ),
        ("steps:\n  - script: a\n  - bash: b\n", "azure-pipelines.yml", [["a"], ["b"]]),
        ("pipelines:\n  default:\n    - step:\n        script:\n          - a\n", "bitbucket-pipelines.yml", [["a"]]),
        (
            "jobs:\n  t:\n    steps:\n      - uses: x\n        with:\n          start: a\n          name: b c\n",
            GITHUB,
            [["a"]],
        ),
    ],
)
def test_scripts(launched: Launched, text: str, path: str, expected: list[list[str]]) -> None:
    read(text, path)
    assert [words for words, _ in launched] == expected


def test_the_folder_a_script_runs_in(launched: Launched) -> None:
    read(
        "jobs:\n  t:\n    defaults:\n      run:\n        working-directory: ./web\n    steps:\n      - run: a\n"
        "      - run: b\n        working-directory: api\n"
        "  u:\n    steps:\n      - run: c\n"
    )
    assert [(words, fields.get("component")) for words, fields in launched] == [
        (["a"], "web"),
        (["b"], "api"),
        (["c"], None),
    ]


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        (
            "variables:\n  A_PORT: '1111'\n  B_PORT: {value: '2222', description: x}\n",
            ".gitlab-ci.yml",
            ["1111", "2222"],
        ),
        ("variables:\n  - name: A_PORT\n    value: 1111\n", "azure-pipelines.yml", ["1111"]),
        (
            "jobs:\n  t:\n    docker:\n      - image: x\n        environment:\n          A_PORT: 1111\n",
            ".circleci/config.yml",
            ["1111"],
        ),
        ("jobs:\n  t:\n    environment:\n      - A_PORT: 1111\n", ".circleci/config.yml", ["1111"]),
        ("env:\n  - A_PORT=1111\n", ".travis.yml", ["1111"]),
    ],
)
def test_variables_elsewhere(text: str, path: str, expected: list[str]) -> None:
    assert [value for _, _, value in found(text, path)] == expected


def test_gitlab_services() -> None:
    services = read(
        "t:\n  services:\n    - postgres:16\n    - {name: 'me/redis:7', alias: cache}\n", ".gitlab-ci.yml"
    ).services
    assert [(item.name, item.image) for item in services] == [("postgres", "postgres:16"), ("cache", "me/redis:7")]
    assert read("services:\n  - docker\n", ".travis.yml").services == ()


def test_inputs() -> None:
    text = (
        "on:\n  workflow_dispatch:\n    inputs:\n      api_port: {default: '8000'}\njobs:\n  t:\n    steps:\n"
        "      - uses: x\n"
        "        with:\n          wait-on: http://localhost:3000\n          timeout: 3000\n"
    )
    assert ("defaults", "api_port", "8000") in found(text)
    assert ("probes", "wait-on", "3000") in found(text)
    assert not any(name == "timeout" for _, name, _ in found(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n",
        "jobs: 3\n",
        "jobs:\n  t:\n    steps: {run: [a, {b: c}]}\n    env: [1, {a: [2]}]\n    services: {a: 1}\n",
        "a: &a {b: *a, env: *a, run: *a}\n",
    ],
)
def test_odd_files(text: str) -> None:
    read(text)


def test_broken_files_name_the_line() -> None:
    assert [item.line for item in read("env:\n  A_PORT: 1111\n\tB: 2\n").problems] == [3]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (GITHUB, "workflow"),
        (".gitlab-ci.yml", "workflow"),
        (".circleci/config.yml", "workflow"),
        ("ci/azure-pipelines.yml", "workflow"),
        (".github/dependabot.yml", "yamlconfig"),
        ("config.yml", "yamlconfig"),
        ("docker-compose.override.yml", "compose"),
        ("compose.yaml", "compose"),
        ("docker/dev-compose.yml.example", "compose"),
        ("application.yml", "yamlconfig"),
        ("a.yaml.example", "yamlconfig"),
    ],
)
def test_names(path: str, name: str) -> None:
    found = format_of(path)
    assert found is not None
    assert found.name == name
