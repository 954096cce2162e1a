"""URLs and addresses as expressions."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portlint import templates, urls
from portlint.text import Fragment, Span
from portlint.values import Expression, Literal, Reference, literal_text, span_of


def parse(text: str) -> Expression:
    return templates.parse(Fragment(text), templates.SHELL)


def said(part: Expression | None, text: str) -> str | None:
    return None if part is None else text[slice(*span_of(part))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://localhost:8000/api", ("http", "localhost", "8000", "/api")),
        ("http://localhost", ("http", "localhost", None, None)),
        ("http://localhost:/x", ("http", "localhost", None, "/x")),
        ("https://[::1]:8443/", ("https", "[::1]", "8443", "/")),
        ("postgresql+asyncpg://u:p@db:5432/app", ("postgresql+asyncpg", "db", "5432", "/app")),
        ("redis://:secret@cache:6379", ("redis", "cache", "6379", None)),
        ("ws://a:1?x=y", ("ws", "a", "1", None)),
        ("http://$HOST:${PORT:-80}/x", ("http", "$HOST", "${PORT:-80}", "/x")),
        ("$SCHEME://a:1", ("$SCHEME", "a", "1", None)),
        ("http://${NAME}.example.org:80${BASE}", ("http", "${NAME}.example.org", "80${BASE}", None)),
        ("http://中.example:80/路", ("http", "中.example", "80", "/路")),
    ],
)
def test_split_url(text: str, expected: tuple[str | None, ...]) -> None:
    parts = urls.split_url(parse(text))
    assert parts is not None
    assert tuple(said(part, text) for part in (parts.scheme, parts.host, parts.port, parts.path)) == expected


@pytest.mark.parametrize("text", ["localhost:8000", "//a:80", "http:/a", "1http://a", "", " http://a", "$X", "a/b"])
def test_no_url(text: str) -> None:
    assert urls.split_url(parse(text)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("localhost:8000", ("localhost", "8000", None)),
        (":8080", ("", "8080", None)),
        ("[::1]:80", ("[::1]", "80", None)),
        ("*:80", ("*", "80", None)),
        ("db:5432/app", ("db", "5432", "/app")),
        ("$H:$P", ("$H", "$P", None)),
        ("0.0.0.0:${P:-80}", ("0.0.0.0", "${P:-80}", None)),
    ],
)
def test_split_address(text: str, expected: tuple[str | None, ...]) -> None:
    parts = urls.split_address(parse(text))
    assert parts is not None
    assert tuple(said(part, text) for part in (parts.host, parts.port, parts.path)) == expected


@pytest.mark.parametrize("text", ["http://a:80", "a:b", "a:800000", "a", "12:30:00", "::1", "a:80:80", "a b:80", ""])
def test_no_address(text: str) -> None:
    assert urls.split_address(parse(text)) is None


SCHEMES = st.sampled_from(["http", "https", "ws", "redis", "postgresql+psycopg", "$SCHEME", "${S:-http}"])
HOSTS = st.sampled_from(
    ["localhost", "127.0.0.1", "[::1]", "api.example.org", "my_service", "$HOST", "${H:-db}", "${A}.x"]
)
PORTS = st.integers(1, 65535).map(str) | st.sampled_from(["$PORT", "${P:-8000}"])
PATHS = st.sampled_from([None, "/", "/api/v1", "/$X/y", "/路"])


@given(SCHEMES, HOSTS, st.none() | PORTS, PATHS, st.sampled_from(["", "u:p@", "$U@"]), st.text("é中 =", max_size=4))
def test_parts_are_where_they_are_written(
    scheme: str, host: str, port: str | None, path: str | None, user: str, before: str
) -> None:
    address = f"{scheme}://{user}{host}" + (f":{port}" if port else "") + (path or "")
    text = before + address
    value = templates.parse(Fragment.slice_of(text, len(before), len(text)))
    parts = urls.split_url(value)
    assert parts is not None
    assert text[slice(*parts.span)] == address
    assert [said(part, text) for part in (parts.scheme, parts.host, parts.port, parts.path)] == [
        scheme,
        host,
        port,
        path,
    ]
    assert (parts.user is None) == (not user)
    if parts.user is not None:
        assert text[slice(*parts.user)] == user[:-1]
    assert [said(found.host, text) for found in urls.find_urls(value)] == [host]


def test_several_urls_in_one_value() -> None:
    text = "http://localhost:3000, https://$DOMAIN:8443;http://b"
    found = urls.find_urls(parse(text))
    assert [said(parts.host, text) for parts in found] == ["localhost", "$DOMAIN", "b"]
    assert [said(parts.port, text) for parts in found] == ["3000", "8443", None]


def test_a_part_of_decoded_text_covers_what_stands_for_it() -> None:
    value = Literal("http://a:80/x", Span(0, 20))
    assert urls.slice_expression(value, 7, 8) == Literal("a", Span(0, 20))
    assert literal_text(urls.slice_expression(value, 3, 3)) == ""


def test_is_variable() -> None:
    assert urls.is_variable(Reference("X", Span(0, 2)))
    assert not urls.is_variable(Literal("X", Span(0, 1))) and not urls.is_variable(None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgres://me:secret@db:5432/x", "postgres://me:***@db:5432/x"),
        ("redis://:secret@cache", "redis://:***@cache"),
        ("http://localhost:8000/a@b", "http://localhost:8000/a@b"),
        ("http://me:p/w@rd@host", "http://me:***@host"),
        ("a http://u:1@h b amqp://u:2x@i", "a http://u:***@h b amqp://u:***@i"),
        ("http://u@h:80", "http://u@h:80"),
        ("http://u:secret and me@x.y", "http://u:secret and me@x.y"),
        ("me@example.org", "me@example.org"),
        ("", ""),
    ],
)
def test_passwords_are_masked(text: str, expected: str) -> None:
    assert urls.without_password(text) == expected


@pytest.mark.parametrize(
    "unit", ["a", "ab12", "a://", "://a:", "http://u:p", "http://a:1,", "a@", ".", ":", "http://a/b:c@"]
)
def test_long_lines_take_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    start = time.perf_counter()
    urls.find_urls(Literal(text, Span(0, len(text))))
    urls.split_address(Literal(text, Span(0, len(text))))
    urls.without_password(text)
    urls.without_password(text + "@")
    assert time.perf_counter() - start < 10
