"""JSON settings: exact places in every form of JSON, tool files by name, and data that must stay silent."""

from __future__ import annotations

import json

import pytest
from helpers import listing, run_extractor
from hypothesis import given
from hypothesis import strategies as st

from portlint.jsontree import scan
from portlint.model import Kind, Role
from portlint.values import literal_text


def ports(path: str, text: str) -> list[tuple[str, str, str]]:
    """Role, name and written value of every port."""
    found = run_extractor("jsonconfig", text, path).occurrences
    return [(o.role.value, o.name, text[o.span.start : o.span.end]) for o in found if o.kind == "port"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": {"b": 3000}, "c": [1, "x"]}', [(("a", "b"), "3000"), (("c", 0), "1"), (("c", 1), "x")]),
        ('// 1\n{"a": 1, /* "b": 2 */ "c": 3,}\r\n', [(("a",), "1"), (("c",), "3")]),
        ("{a: 'x', b: 2}", [(("a",), "x"), (("b",), "2")]),
        ('{"a": 1, "b": {"c": 2', [(("a",), "1"), (("b", "c"), "2")]),
        ('{"a": "open\n, "b": 2}', [(("a",), "open"), (("b",), "2")]),
        ('{"a": 1 "b": 2}', [(("a",), "1"), (("b",), "2")]),
        ('"x"', [((), "x")]),
        ("", []),
        ("}]", []),
    ],
)
def test_leaves_survive_comments_trailing_commas_and_broken_ends(text: str, expected: list[object]) -> None:
    assert [(leaf.path, leaf.value.text) for leaf in scan(text).leaves] == expected


@pytest.mark.parametrize(
    ("text", "broken"),
    [('{"a": 1}', False), ('{"a": 1,}', False), ('{"a": 1', True), ('{"a" 1}', True), ('["a}', True), ("{]", True)],
)
def test_damage_is_told(text: str, broken: bool) -> None:
    assert (scan(text).problem is not None) is broken


def test_escapes_keep_exact_places() -> None:
    text = '{"url": "http:\\/\\/\\u0061pi:8300\\/x", "e": "\\ud83d\\ude00"}'
    leaf, emoji = scan(text).leaves
    assert literal_text(leaf.expression) == "http://api:8300/x"
    assert emoji.value.text == "\U0001f600"
    assert ports("config.json", text) == [("declares", "url", "8300")]


@given(st.text(alphabet='{}[],:"\\/*\n\r a1é端😀', max_size=40))
def test_any_text_is_read_and_plain_values_are_slices(text: str) -> None:
    for leaf in scan(text).leaves:
        span = leaf.value.whole
        assert 0 <= span.start <= span.end <= len(text)
        if leaf.value.offsets is None:
            assert text[span.start : span.end] == leaf.value.text


@given(st.text(max_size=8), st.sampled_from([" ", "\t", "\r\n"]), st.integers(1, 65535))
def test_the_place_of_a_port_is_exact_after_any_text(before: str, space: str, port: int) -> None:
    text = json.dumps({"t": before}, ensure_ascii=False)[:-1] + f',{space}"port":{space}{port}}}'
    assert ports("config.json", text) == [("declares", "port", str(port))]


CASES = [
    (
        "angular.json",
        '{"projects": {"web": {"architect": {"serve": {"options": {"port": 4300, "host": "0.0.0.0"}, '
        '"configurations": {"production": {"port": 4400}}}}}}}',
        [("listens", "port", "4300"), ("listens", "port", "4400")],
    ),
    (
        "src/proxy.conf.json",
        '{"/api": {"target": "http://localhost:8300", "secure": false}}',
        [("proxies", "", "8300")],
    ),
    (
        "Properties/launchSettings.json",
        '{"profiles": {"web": {"applicationUrl": "https://localhost:7001;http://localhost:5001", '
        '"environmentVariables": {"API_PORT": "8300"}}}}',
        [
            ("listens", "applicationUrl", "7001"),
            ("listens", "applicationUrl", "5001"),
            ("declares", "API_PORT", "8300"),
        ],
    ),
    (
        "appsettings.json",
        '{"Urls": "http://*:5000", "Kestrel": {"Endpoints": {"Http": {"Url": "http://localhost:5002"}}}, '
        '"ConnectionStrings": {"Db": "Host=db;Port=5432;Password=x", "Ms": "Server=sql,1433;"}}',
        [
            ("listens", "Urls", "5000"),
            ("listens", "Url", "5002"),
            ("connects", "ConnectionStrings.Db", "5432"),
            ("connects", "ConnectionStrings.Ms", "1433"),
        ],
    ),
    (
        ".devcontainer/devcontainer.json",
        '{"forwardPorts": [3000, "db:5432"], "portsAttributes": {"3000": {"label": "web"}}, "appPort": "8080:80"}',
        [
            ("publishes", "", "3000"),
            ("connects", "", "5432"),
            ("documents", "", "3000"),
            ("publishes", "", "8080"),
            ("exposes", "", "80"),
        ],
    ),
    (
        "firebase.json",
        '{"emulators": {"auth": {"port": 9099}, "ui": {"enabled": true}}}',
        [("listens", "auth.port", "9099")],
    ),
    (
        "vercel.json",
        '{"rewrites": [{"source": "/api/(.*)", "destination": "http://api:8300/$1"}]}',
        [("proxies", "", "8300")],
    ),
    (
        ".vscode/launch.json",
        '{"configurations": [{"name": "web", "url": "http://localhost:5173", "env": {"API_PORT": "8300"}}]}',
        [("connects", "url", "5173"), ("declares", "API_PORT", "8300")],
    ),
    (
        "app.json",
        '{"env": {"API_PORT": {"value": "8300", "description": "a port"}}}',
        [("declares", "API_PORT", "8300")],
    ),
    (
        "config/default.json",
        '{"server": {"port": 3000}, "cors": {"origins": ["http://localhost:5173"]}, "n": "db:5432"}',
        [("declares", "server.port", "3000"), ("allows", "cors.origins", "5173")],
    ),
]


@pytest.mark.parametrize(("path", "text", "expected"), CASES)
def test_what_the_files_of_tools_say(path: str, text: str, expected: list[tuple[str, str, str]]) -> None:
    assert ports(path, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        '{"port": "Rotterdam", "transport": 3000, "viewport": {"width": 3000}}',
        '{"port": 0, "ports": 70000, "import": 8300}',
        '{"$schema": "http://localhost:3000/schema.json", "homepage": "http://localhost:3000"}',
        '{"docs": "https://example.com/a", "timeout": 3000, "zIndex": 8080, "id": "8080"}',
        '{"time": "12:30", "ratio": "16:9", "image": "redis:7.2"}',
    ],
)
def test_look_alikes_stay_silent(text: str) -> None:
    assert listing(run_extractor("jsonconfig", text, "config.json"), text) == []


def test_environment_names_are_read_under_both_names() -> None:
    text = '{"server": {"port": "API_PORT"}}'
    (found,) = run_extractor("jsonconfig", text, "config/custom-environment-variables.json").occurrences
    assert (found.role, found.name, found.aliases) == (Role.READS, "API_PORT", ("server.port",))


def test_a_repeated_key_is_remarked_and_an_unrelated_one_is_not() -> None:
    text = '{"port": 3000, "a": 1, "port": 3001, "a": 2}'
    (remark,) = run_extractor("jsonconfig", text, "config.json").remarks
    assert (remark.kind, remark.name, remark.value) == ("duplicate-key", "port", "3001")
    assert text[remark.related[0][0].start : remark.related[0][0].end] == "3000"


def test_a_half_written_file_gives_what_it_has_and_its_line() -> None:
    text = '{\n  "port": 3000,\n  "host": "local'
    extraction = run_extractor("jsonconfig", text, "config.json")
    assert [o.name for o in extraction.occurrences if o.kind == "port"] == ["port"]
    assert [problem.line for problem in extraction.problems] == [3]


def test_data_of_a_megabyte_are_named_and_skipped() -> None:
    extraction = run_extractor("jsonconfig", '{"port": 3000, "x": "' + "a" * 1_000_001 + '"}', "config.json")
    assert not extraction.occurrences and extraction.problems[0].line == 0


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("localhost:8300", ["8300"]),
        ("cache:8300,abortConnect=false", ["8300"]),
        ("Server=tcp:db,8300;Database=x", ["8300"]),
        ("Data Source=app.db", []),
        ("Host=db;Time=10:30", []),
    ],
)
def test_connection_strings(written: str, expected: list[str]) -> None:
    text = f'{{"ConnectionStrings": {{"Main": "{written}"}}}}'
    found = run_extractor("jsonconfig", text, "appsettings.json").occurrences
    assert [text[slice(*item.span)] for item in found if item.kind is Kind.PORT] == expected
