from __future__ import annotations

from dataclasses import replace

import pytest
from helpers import finding, location, report, setting
from hypothesis import given
from hypothesis import strategies as st

from portlint import reporters
from portlint.model import Edit, Failure, Fix, Kind, Role
from portlint.reporters import View
from portlint.reporters.masking import is_secret, masked_text, masked_value, shown
from portlint.text import Span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgres://app:hunter2@db:5432/app", "postgres://app:***@db:5432/app"),
        ("redis://:hunter2@cache:6379", "redis://:***@cache:6379"),
        ("postgres://app:hun@ter2@db/x", "postgres://app:***@db/x"),
        ("postgres://app:hun/ter2@db/x", "postgres://app:***@db/x"),
        ("postgres://app:hunter2,@db/x", "postgres://app:***@db/x"),
        ("root:hunter2@tcp(db:3306)/x", "root:***@tcp(db:3306)/x"),
        ("host=db port=5432 password=hunter2", "host=db port=5432 password=***"),
        ("http://h:80/?api_key=hunter2&x=1", "http://h:80/?api_key=***&x=1"),
        ("http://localhost:8000/@scope/pkg", "http://localhost:8000/@scope/pkg"),
        ("http://a:8000,http://u:hunter2@b:1", "http://a:8000,http://u:***@b:1"),
        ("http://127.0.0.1:8300", "http://127.0.0.1:8300"),
        ("localhost:8300", "localhost:8300"),
        ("git@host:path", "git@host:path"),
    ],
)
def test_text(text: str, expected: str) -> None:
    assert masked_text(text) == expected


@pytest.mark.parametrize(
    ("value", "name", "kind", "expected"),
    [
        ("8300", "TOKEN_SERVICE_PORT", Kind.PORT, "8300"),
        ("auth", "TOKEN_SERVICE_HOST", Kind.HOST, "auth"),
        ("https://hooks:443/T0/B0/hunter2", "WEBHOOK_SECRET_URL", Kind.URL, "https://hooks:443/***"),
        ("/T0/hunter2", "WEBHOOK_SECRET_URL", Kind.PATH, "***"),
        ("hunter2", "DB_PASSWORD", Kind.HOST, "***"),
        ("http://x/hunter2", "API_TOKEN", Kind.URL, "***"),
        ("http://x/y", "KEYCLOAK_URL", Kind.URL, "http://x/y"),
        ("", "API_TOKEN", Kind.URL, ""),
    ],
)
def test_value(value: str, name: str, kind: Kind, expected: str) -> None:
    assert masked_value(value, name, kind) == expected


def test_secrets_are_told_by_words() -> None:
    assert is_secret("API_KEY") and is_secret("dbPassword") and is_secret("jwt-secret")
    assert not is_secret("KEYCLOAK_PORT") and not is_secret("MONKEY_HOST") and not is_secret("TOKENIZER_URL")


@pytest.mark.parametrize("form", reporters.FORMATS)
@pytest.mark.parametrize(
    ("name", "value"), [("DATABASE_URL", "postgres://app:hunter2@db/x"), ("SIGNING_SECRET", "https://h/hunter2")]
)
def test_no_format_shows_a_secret_anywhere(form: str, name: str, value: str) -> None:
    place = location(".env", 1, value, how=f"{name}={value}", message=f"is {value}")
    other = location("compose.yaml", 2, value.replace("h", "g", 1), Role.CONNECTS)
    edit = Edit(path=".env", span=Span(0, 3), text=value)
    item = finding(
        place,
        replace(place, path="other"),
        setting=name,
        kind=Kind.URL,
        message=f"{name} is {value} here",
        fix=Fix(title=f"Write {value}", edits=(edit,), applicability="safe"),
    )
    failure = Failure(path="x", line=1, message=f"cannot read {name}={value}")
    found = report((item,), (setting(name, place, other, kind=Kind.URL),), (failure,))
    output = reporters.render(form, found, View(everything=True))
    assert "***" in output and "hunter2" not in output


def test_what_steers_a_terminal_is_written_out() -> None:
    assert shown("a\x1b[31m\r\nb\u202e\x9b") == "a\\x1b[31m\\r\\nb\\u202e\\x9b"
    assert shown("端口 😀 é") == "端口 😀 é"


@given(st.text())
def test_shown_is_one_line(text: str) -> None:
    assert len(shown(text).splitlines()) <= 1


@pytest.mark.parametrize("form", ["table", "concise", "full", "markdown"])
def test_no_escape_sequence_of_a_file_reaches_the_terminal(form: str) -> None:
    place = location("a\x1b]0;x\x07.env", 1, "\x1b[2J", how="\x1b[1m", message="\x1b")
    bad = finding(place, message="\x1b[2J", setting="\x1b[2J")
    failure = Failure(path="\x1b", line=0, message="\x1b[2J")
    output = reporters.render(form, report((bad,), (setting("\x1b[2J", place),), (failure,)), View(everything=True))
    assert "\x1b" not in output and "\x07" not in output and "\\x1b" in output
