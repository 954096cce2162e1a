"""No format shows a secret, wherever in the tree or in the report it stands."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from helpers import finding, report, setting
from hypothesis import given, settings
from hypothesis import strategies as st

from portlint import reporters
from portlint.model import Edit, Failure, Fix, Kind, Location, Report, Role
from portlint.reporters import FORMATS, View
from portlint.reporters.quoting import moved, quoted
from portlint.text import Lines, Span

SECRET = st.text("abcdefghijklmnopqrstuvwxyzABCDEFXYZ0123456789_-", min_size=8, max_size=24).map("q7X{}zQ9K".format)
"""What begins and ends as nothing else does, so that a part of it is recognised, too."""
LINES = [
    "DATABASE_URL=postgres://app:{}@db:8300/app",
    "DATABASE_URL: 'postgres://app:{}@db:8300/app'",
    "mysql = root:{}@tcp(db:8300)/x",
    "DB_PASSWORD={}  # port 8300",
    "export API_TOKEN='{} {}' PORT=8300",
    '{{"db_password": "{}", "port": 8300}}',
    '{{"port": 8300, "apiKey": "{}"}}',
    "db_password: {} # 8300",
    "password: str = '{}'; port = 8300",
    "password: SecretStr = Field('{}', description='8300')",
    "os.environ.setdefault('JWT_SECRET', '{}'); port = 8300",
    "serve --port 8300 --password {} --token={}",
    "curl -H 'Authorization: Bearer {}' http://localhost:8300",
    'curl -H "X-Api-Key: {}" http://localhost:8300',
    "curl -u admin:{} http://localhost:8300/",
    "http://localhost:8300/?api_key={}&access_token={}",
    "<password>{}</password><port>8300</port>",
    "auth.secret => '{}', 'port' => 8300",
    "process.env['DB_PASSWORD'] = '{}'; listen(8300)",
    "\tserver.ssl.key-store-password={}\tserver.port=8300",
]


def place_in(text: str, path: str, part: str, value: str, role: Role = Role.DECLARES) -> Location:
    span = Span(text.index(part), text.index(part) + len(part))
    return Location(path=path, region=Lines(text).region(span), span=span, value=value, role=role, network="host")


def renderings(found: Report, root: Path, width: int = 120) -> dict[str, str]:
    view = View(root=root, everything=True, width=width)
    return {form: reporters.render(form, found, view) for form in FORMATS}


@pytest.mark.parametrize("line", LINES)
@settings(max_examples=8, deadline=None)
@given(SECRET, st.sampled_from([30, 60, 200]), st.integers(0, 3))
def test_beside_the_place_of_a_finding(line: str, secret: str, width: int, longer: int) -> None:
    text = "# x\n" + "pad " * 40 * longer + line.replace("{}", secret).replace("{{", "{").replace("}}", "}") + "\n"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.env").write_text(text, encoding="utf-8")
        found = report((finding(place_in(text, "a.env", "8300", "8300")),))
        for form, output in renderings(found, Path(folder), width).items():
            assert "q7X" not in output and "zQ9K" not in output, form


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("DATABASE_URL", "postgres://app:{}@db:5432/x"),
        ("CACHE_URL", "redis://:{}@cache:6379"),
        ("SIGNING_SECRET", "https://hooks/{}"),
        ("WEBHOOK_TOKEN_URL", "https://hooks:443/T0/{}"),
        ("DB_PASSWORD", "{}"),
        ("API_URL", "http://h:80/?api_key={}"),
    ],
)
@settings(max_examples=8, deadline=None)
@given(SECRET)
def test_in_the_values_and_texts_of_a_report(name: str, shape: str, secret: str) -> None:
    value = shape.replace("{}", secret)
    text = f"x = f('{value}')\nOTHER={value}\n"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.py").write_text(text, encoding="utf-8")
        place = place_in(text, "a.py", value, value)
        other = replace(place_in(text, "a.py", f"OTHER={value}", value), how=f"={value}", message=f"is {value}")
        item = finding(
            place,
            other,
            **{"setting": name, "kind": Kind.URL, "message": f"{name} is {value} here"},
            fix=Fix(
                title=f"Write {value}", edits=(Edit(path="a.py", span=Span(0, 1), text=value),), applicability="safe"
            ),
        )
        failure = Failure(path="a.py", line=1, message=f"cannot read {name}={value}")
        found = report((item,), (setting(name, place, other, kind=Kind.URL),), (failure,))
        for form, output in renderings(found, Path(folder)).items():
            assert "q7X" not in output and "zQ9K" not in output, form


@pytest.mark.parametrize(
    "line",
    [
        "TOKEN_SERVICE_PORT=8300",
        "keycloak: 8300  # monkey: 8301",
        "http://localhost:8300/@scope/pkg",
        'INNGEST_PORT="${INNGEST_PORT:-8288}"',
        "command: serve --port 8300 --host 0.0.0.0",
        'ports: ["8300:8288"]',
        "port: int = Field(default=8288, description='8300')",
        "| 服务 | http://localhost:8300/健康 |",
    ],
)
def test_what_is_no_secret_is_quoted_as_it_is(line: str) -> None:
    assert quoted(line, {}) == line


def test_columns_behind_a_secret_move() -> None:
    line = "postgres://app:hunter2@db:5432/app?password=other&x=1"
    fit = quoted(line, {})
    assert fit == "postgres://app:***@db:5432/app?password=***&x=1"
    for part in ("postgres", "db", "5432", "&x"):
        assert fit[moved(line, fit, line.index(part)) :].startswith(part)
    assert moved(line, fit, line.index("hunter2") + 3) == fit.index("***")


@settings(deadline=None)
@given(st.text(max_size=80), st.integers(0, 80))
def test_a_column_stays_within_the_line(text: str, column: int) -> None:
    line = f"{text} token={text} 8300"
    fit = quoted(line, {})
    assert 0 <= moved(line, fit, min(column, len(line))) <= len(fit)


def test_a_long_line_takes_no_long_time() -> None:
    import time

    start = time.process_time()
    for line in ("a-" * 20_000, "a" * 40_000, "token " * 7_000, "x:" * 20_000, '"' * 40_000, "--a " * 10_000):
        quoted(line, {})
    assert time.process_time() - start < 5


def test_the_line_of_a_secret_is_not_quoted_but_that_of_its_port_is(tmp_path: Path) -> None:
    text = "hook = join('https://', 'hooks/q7X')\nTOKEN_SERVICE_PORT=8300\n"
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    joined = place_in(text, "a.py", "join('https://', 'hooks/q7X')", "https://hooks/q7X")
    port = place_in(text, "a.py", "8300", "8300")
    items = (finding(joined, setting="SIGNING_SECRET", kind=Kind.URL), finding(port, setting="TOKEN_SERVICE_PORT"))
    output = renderings(report(items), tmp_path)["full"]
    assert "q7X" not in output and "1 | (not shown: it holds a secret)" in output
    assert "2 | TOKEN_SERVICE_PORT=8300" in output
