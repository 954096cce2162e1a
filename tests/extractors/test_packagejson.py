"""package.json: scripts, proxy and settings; what other fields hold is none of ours."""

from __future__ import annotations

from typing import Any

import pytest
from helpers import run_extractor

from portlint import launches
from portlint.collecting import Collector
from portlint.commands import Command
from portlint.model import Extraction


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Command, dict[str, Any]]]:
    """The commands handed on, instead of what they mean."""
    seen: list[tuple[Command, dict[str, Any]]] = []

    def collect(command: Command, into: Collector, **fields: Any) -> bool:
        seen.append((command, fields))
        return True

    monkeypatch.setattr(launches, "collect", collect)
    return seen


def read(text: str, path: str = "web/package.json") -> Extraction:
    return run_extractor("packagejson", text, path)


def test_each_script_is_a_command_with_its_name_and_profile(launched: list[tuple[Command, dict[str, Any]]]) -> None:
    read(
        '{"scripts": {"dev": "vite --port 3100", "start:prod": "node a.js", "test:e2e": "serve", "productivity": "x"}}'
    )
    assert [(command.words[0].text, fields["label"], fields["profile"]) for command, fields in launched] == [
        ("vite", "script dev", ""),
        ("node", "script start:prod", "production"),
        ("serve", "script test:e2e", "test"),
        ("x", "script productivity", ""),
    ]


def test_words_point_into_the_file_behind_escapes(launched: list[tuple[Command, dict[str, Any]]]) -> None:
    text = '{"scripts": {"dev": "X=\\"a b\\" vite --port 3100"}}'
    read(text)
    ((command, _),) = launched
    span = command.words[-1].span
    assert text[span.start : span.end] == "3100"


def test_the_development_proxy_and_npm_config() -> None:
    text = '{\r\n"name": "@x/web", "proxy": "http://localhost:8300", "config": {"port": 3100}}'
    extraction = read(text)
    found = [
        (o.role.value, o.name, text[o.span.start : o.span.end]) for o in extraction.occurrences if o.kind == "port"
    ]
    assert found == [("proxies", "proxy", "8300"), ("declares", "port", "3100")]
    assert [(s.name, s.kind, s.build, s.command) for s in extraction.services] == [("@x/web", "package", "web", False)]


def test_a_package_without_a_name_is_called_by_its_folder(launched: list[tuple[Command, dict[str, Any]]]) -> None:
    (service,) = read('{"scripts": {"start": "node a.js"}}').services
    assert (service.name, service.command) == ("web", True)


@pytest.mark.parametrize(
    "text",
    [
        '{"homepage": "http://localhost:3000", "repository": {"url": "http://localhost:3000"}}',
        '{"jest": {"testURL": "http://localhost:3000"}, "dependencies": {"get-port": "7.1.0"}}',
        '{"config": {"commitizen": "1"}, "port": 3000}',
        "[]",
    ],
)
def test_other_fields_say_nothing(text: str) -> None:
    assert read(text).occurrences == ()


def test_a_broken_file_gives_what_it_has() -> None:
    extraction = read('{"proxy": "http://localhost:8300",\n"scripts": {"dev": ')
    assert [o.role.value for o in extraction.occurrences if o.kind == "port"] == ["proxies"]
    assert [problem.line for problem in extraction.problems] == [2]
