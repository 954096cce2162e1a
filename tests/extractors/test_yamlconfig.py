"""YAML settings of any program."""

from __future__ import annotations

import pytest
from helpers import listing, run_extractor

from portlint.model import Extraction


def read(text: str, path: str = "config.yml") -> Extraction:
    return run_extractor("yamlconfig", text, path)


def ports(text: str, path: str = "config.yml") -> list[tuple[str, str, str, str]]:
    return [
        (item.role.value, item.name, text[item.span.start : item.span.end], item.profile)
        for item in read(text, path).occurrences
        if item.kind == "port"
    ]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("server:\n  port: 8080\n", "listens"),
        ("port: 8080\n", "listens"),
        ("http: {port: 8080}\n", "listens"),
        ("management:\n  server:\n    port: 8080\n", "listens"),
        ("server.port: 8080\n", "listens"),
        ("listen: 0.0.0.0:8080\n", "listens"),
        ("bind: ':8080'\n", "listens"),
        ("a:\n  listen_address: 127.0.0.1:8080\n", "listens"),
        ("dev_addr: 127.0.0.1:8080\n", "listens"),
        ("entryPoints:\n  web:\n    address: ':8080'\n", "listens"),
        ("database:\n  port: 8080\n", "declares"),
        ("spring:\n  redis:\n    port: 8080\n", "declares"),
        ("database:\n  url: jdbc:mysql://db:8080/x\n", "declares"),
        ("cors:\n  allowed: http://localhost:8080\n", "allows"),
        ("a:\n  origins: ['http://localhost:8080']\n", "allows"),
        ("scrape_configs:\n  - static_configs:\n      - targets: ['api:8080']\n", "connects"),
        (
            "http:\n  services:\n    a:\n      loadBalancer:\n        servers:\n          - url: http://api:8080\n",
            "proxies",
        ),
        ("x:\n  readiness_probe:\n    http_get: {port: 8080}\n", "probes"),
    ],
)
def test_roles(text: str, role: str) -> None:
    found = ports(text)
    assert [(item[0], item[2]) for item in found] == [(role, "8080")]


@pytest.mark.parametrize(
    "text",
    [
        "retries: 8080\n",
        "import: 8080\n",
        "port: abc\n",
        "ports_count: 8080\n",
        "port: 0\n",
        "server:\n  port:\n",
        "time: 12:30\n",
        "description: the port is 8080\n",
        "docs: https://example.com/x\n",
        "image: me/api:8080\n",
    ],
)
def test_silent(text: str) -> None:
    assert [item for item in read(text).occurrences if item.role != "documents"] == []


def test_spring_defaults_and_profiles() -> None:
    text = (
        "server:\n  port: ${SERVER_PORT:8080}\n---\nspring:\n  config:\n    activate:\n      on-profile: prod\n"
        "server:\n  port: 80\n"
        "---\nspring.profiles: dev\nserver.port: 81\n"
    )
    assert ports(text, "src/main/resources/application.yml") == [
        ("listens", "server.port", "${SERVER_PORT:8080}", ""),
        ("reads", "SERVER_PORT", "${SERVER_PORT:8080}", ""),
        ("defaults", "SERVER_PORT", "8080", ""),
        ("listens", "server.port", "80", "production"),
        ("listens", "server.port", "81", "development"),
    ]


def test_rails_sections_are_profiles() -> None:
    text = (
        "default: &default\n  host: localhost\n  port: <%= ENV.fetch('DB_PORT', 5432) %>\n"
        "development:\n  <<: *default\ntest:\n  <<: *default\n  port: 5433\n"
    )
    found = ports(text, "config/database.yml")
    assert ("defaults", "DB_PORT", "5432", "") in found
    assert [(item[0], item[3]) for item in found if item[2] == "5433"] == [("declares", "test")]
    assert sum(item[2] == "5432" for item in found) == 1


def test_shell_style_defaults() -> None:
    assert ("defaults", "API_PORT", "9000", "") in ports("api:\n  port: ${API_PORT:-9000}\n")


def test_environments_name_the_variable_alone() -> None:
    text = (
        "processes:\n  api:\n    environment:\n      - API_PORT=8000\nservices:\n  - envVars:\n"
        "      - key: WEB_PORT\n        value: 3000\n"
        "env_variables:\n  DB_PORT: 5432\n"
    )
    assert [(name, value) for _, name, value, _ in ports(text)] == [
        ("API_PORT", "8000"),
        ("WEB_PORT", "3000"),
        ("DB_PORT", "5432"),
    ]


def test_commands_and_their_folder() -> None:
    text = "processes:\n  api:\n    command: uvicorn main:app --port 8123\n    working_dir: backend\n"
    (found,) = [item for item in read(text).occurrences if item.kind == "port"]
    assert (found.role, found.component, text[found.span.start : found.span.end]) == ("listens", "backend", "8123")


def test_open_api_has_servers_only() -> None:
    text = "openapi: 3.1.0\nservers:\n  - url: http://localhost:8000/api\npaths:\n  /x:\n    port: 9000\n"
    assert ports(text) == [("documents", "servers.url", "8000", "")]


def test_helm_values_are_passed_on() -> None:
    assert ports("service:\n  port: 80\nport: 81\n", "chart/values.yaml") == [
        ("declares", "service.port", "80", ""),
        ("declares", "port", "81", ""),
    ]


@pytest.mark.parametrize(
    "path", ["config/locales/en.yml", "src/i18n/de.yaml", "pnpm-lock.yaml", ".pre-commit-config.yaml"]
)
def test_files_that_hold_no_settings(path: str) -> None:
    assert read("server:\n  port: 8080\n", path) == Extraction()


def test_comments_and_keys_set_twice() -> None:
    text = "server:\n  port: 8080 # default 8000\n  port: 8081\n  x: 1\n  x: 2\n"
    extraction = read(text)
    assert [item.name for item in extraction.remarks] == ["server.port"]
    assert any(item.commented and text[item.span.start : item.span.end] == "8000" for item in extraction.occurrences)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_places_in_chinese_text(newline: str) -> None:
    text = f"# 端口{newline}名称: 服务😀{newline}server:{newline}  port: 8080{newline}"
    assert listing(read(text), text) == ["port listens server.port '8080' how=config"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n",
        "- 1\n",
        "a: &a [*a]\nport: *a\n",
        "? [a]\n: b\n",
        "server: [{port: {x: 1}}]\n",
        "a: &a {b: *a, c: *a, d: *a}\n",
    ],
)
def test_odd_files(text: str) -> None:
    read(text)


def test_broken_files_name_the_line_and_go_on() -> None:
    extraction = read("server:\n  port: 8080\n\tx: 1\nhttp:\n  port: 81\n")
    assert [item.line for item in extraction.problems] == [3]
    assert len(extraction.occurrences) == 2
