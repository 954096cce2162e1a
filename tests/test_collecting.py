"""What extractors write into: kinds from names and shapes, parts of URLs, defaults and reads."""

from __future__ import annotations

import pytest

from portlint import templates
from portlint.collecting import Collector
from portlint.model import Kind, Role
from portlint.text import Fragment, Span
from portlint.values import Expression, Fallback, Literal, Reference, Unknown


def parse(text: str) -> Expression:
    return templates.parse(Fragment(text))


def said(into: Collector, text: str) -> list[str]:
    return [
        f"{item.kind} {item.role} {item.name or '-'} {text[item.span.start : item.span.end]}"
        for item in into.build().occurrences
        if item.kind is not Kind.SCHEME
    ]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("API_PORT", "8000", ["port declares API_PORT 8000"]),
        ("API_PORT", " 8000 ", ["port declares API_PORT  8000 "]),
        ("API_PORT", "auto", []),
        ("API_ADDRESS", "8300:80", []),
        ("PORT_TIMEOUT", "30", []),
        ("VIEWPORT", "1024", []),
        ("DB_HOST", "db", ["host declares DB_HOST db"]),
        ("DB_HOST", "true", []),
        ("DB_HOST", "5", []),
        ("MAIL_SERVER", "smtp.example.org", ["host declares MAIL_SERVER smtp.example.org"]),
        ("MAIL_SERVER", "postfix", []),
        ("BIND_ADDRESS", "0.0.0.0", ["host declares BIND_ADDRESS 0.0.0.0"]),
        ("EMAIL_ADDRESS", "a.b", []),
        ("BASE_URL", "/api", ["path declares BASE_URL /api"]),
        ("BASE_URL", "/", []),
        ("BASE_URL", "api", []),
        ("COLOR", "8000", []),
        (
            "ANYTHING",
            "http://a:80/x",
            [
                "host declares ANYTHING a",
                "path declares ANYTHING /x",
                "port declares ANYTHING 80",
                "url declares ANYTHING http://a:80/x",
            ],
        ),
        (
            "REDIS",
            "cache:6379",
            ["host declares REDIS cache", "port declares REDIS 6379", "url declares REDIS cache:6379"],
        ),
        ("IMAGE", "redis:6379", []),
        ("START_TIME", "localhost:10", []),
        ("SEARCH", "$PATH:$HOME/bin", []),
        ("TITLE", "chapter:12", []),
    ],
)
def test_a_setting_has_the_kind_of_its_name_and_shape(name: str, text: str, expected: list[str]) -> None:
    into = Collector()
    taken = into.setting(name, parse(text))
    assert sorted(said(into, text)) == sorted(expected)
    assert taken == bool(expected)


def test_its_own_default_is_a_default_and_another_name_is_read() -> None:
    text = "${API_PORT:-8000}"
    into = Collector("shell default")
    assert into.setting("API_PORT", parse(text))
    assert said(into, text) == ["port defaults API_PORT 8000"]
    assert into.occurrences[0].how == "shell default"
    into = Collector("shell default")
    assert into.setting("PORT", parse(text), how="export")
    assert said(into, text) == [
        f"port declares PORT {text}",
        f"port reads API_PORT {text}",
        "port defaults API_PORT 8000",
    ]
    assert {item.role: item.how for item in into.occurrences} == {
        Role.DECLARES: "export",
        Role.READS: "",
        Role.DEFAULTS: "shell default",
    }


def test_parts_of_a_url_share_a_number_and_read_their_variables() -> None:
    text = "http://$DB_HOST:${DB_PORT:-5432}/x"
    into = Collector()
    assert into.url(Role.CONNECTS, parse(text), group=into.number())
    found = {(item.kind, item.role): item for item in into.build().occurrences}
    own = [found[kind, Role.CONNECTS] for kind in (Kind.URL, Kind.HOST, Kind.PORT, Kind.PATH, Kind.SCHEME)]
    assert len({item.url for item in own}) == 1 and own[0].url
    assert found[Kind.HOST, Role.READS].name == "DB_HOST" and found[Kind.PORT, Role.READS].name == "DB_PORT"
    default = found[Kind.PORT, Role.DEFAULTS]
    assert text[slice(*default.span)] == "5432" and default.url == 0
    assert {item.group for item in found.values()} == {1}


@pytest.mark.parametrize(
    ("text", "port"),
    [("http://a", "80"), ("https://a/x", "443"), ("redis://a", None), ("http://", "80"), ("$S://a", None)],
)
def test_a_scheme_implies_its_port(text: str, port: str | None) -> None:
    into = Collector()
    assert into.url(Role.CONNECTS, parse(text))
    ports = [item for item in into.occurrences if item.kind is Kind.PORT]
    assert [item.value.text for item in ports if isinstance(item.value, Literal)] == ([port] if port else [])
    assert all(item.how.startswith("implied by") for item in ports)


def test_what_is_no_url_or_address_is_refused_and_leaves_nothing() -> None:
    into = Collector()
    assert not into.url(Role.CONNECTS, parse("localhost:80"))
    assert not into.address(Role.CONNECTS, parse("localhost"))
    assert into.build().occurrences == ()


def test_several_urls_are_taken_apart_one_by_one() -> None:
    text = "see http://a:1, http://$B:2"
    into = Collector()
    assert into.setting("CORS_ORIGINS", parse(text), Role.ALLOWS)
    assert [line for line in said(into, text) if line.startswith(("port", "url"))] == [
        "url allows CORS_ORIGINS http://a:1",
        "port allows CORS_ORIGINS 1",
        "url allows CORS_ORIGINS http://$B:2",
        "port allows CORS_ORIGINS 2",
    ]
    assert len({item.url for item in into.occurrences if item.kind is Kind.URL}) == 2


def test_a_fallback_is_a_setting_for_each_of_its_options() -> None:
    text = "$API_PORT 8000"
    value = Fallback((Reference("API_PORT", Span(0, 9)), Literal("8000", Span(10, 14))))
    into = Collector()
    assert into.setting("PORT", value)
    assert said(into, text) == [
        "port declares PORT $API_PORT",
        "port reads API_PORT $API_PORT",
        "port declares PORT 8000",
    ]


def test_the_same_occurrence_is_kept_once() -> None:
    into = Collector()
    for _ in range(2):
        into.port(Role.LISTENS, parse("8000"), name="PORT")
    into.port(Role.LISTENS, parse("8000"), name="PORT", service="web")
    assert [item.service for item in into.build().occurrences] == ["", "web"]


def test_what_is_not_understood_is_counted_never_dropped() -> None:
    into = Collector()
    assert into.setting("API_PORT", parse("$(port)"))
    assert into.unresolved == 1
    assert isinstance(into.occurrences[0].value, Unknown)


def test_local_references_are_not_read_from_the_environment() -> None:
    into = Collector()
    into.port(Role.LISTENS, Reference("PORT", Span(0, 4), local=True))
    assert [item.role for item in into.occurrences] == [Role.LISTENS]


def test_merging_renumbers_and_fills_only_what_is_empty() -> None:
    part = Collector(service="web")
    part.port(Role.LISTENS, parse("8000"), group=part.number())
    part.url(Role.CONNECTS, parse("http://a:1"))
    part.unresolved = 2
    into = Collector()
    first = into.number()
    into.merge(part.build(), service="other", label="heading")
    assert {item.service for item in into.occurrences} == {"web"}
    assert {item.label for item in into.occurrences} == {"heading"}
    numbers = {number for item in into.occurrences for number in (item.group, item.url) if number}
    assert first not in numbers and len(numbers) == 2
    assert into.number() not in numbers
    assert into.unresolved == 2


def test_occurrences_come_in_the_order_of_the_file() -> None:
    into = Collector()
    into.port(Role.LISTENS, Literal("2", Span(9, 10)))
    into.port(Role.LISTENS, Literal("1", Span(1, 2)))
    assert [item.span.start for item in into.build().occurrences] == [1, 9]


@pytest.mark.parametrize("written", ["8o80", "80a0", "300O", "-8080", "8080x"])
def test_a_mistyped_port_is_a_remark(written: str) -> None:
    into = Collector()
    into.setting("API_PORT", parse(written))
    assert [(item.kind, item.value) for item in into.remarks] == [("invalid-port", written)]


@pytest.mark.parametrize("written", ["ttyS0", "COM3", "-1", "2-1", "auto", "80", "8080/tcp", "1.2.3", "abcd", ""])
def test_what_no_port_was_meant_by_is_none(written: str) -> None:
    into = Collector()
    into.setting("API_PORT", parse(written))
    assert not into.remarks


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("http://http://a:80", True),
        ("https://http://a", True),
        ("http:/a:8000", True),
        ("http:a:8000", True),
        ("http://a/http://b", False),
        ("http:", False),
        ("https:/a", False),
        ("mailto:a@b", False),
    ],
)
def test_a_url_that_is_none_is_a_remark(written: str, found: bool) -> None:
    into = Collector()
    into.setting("API_URL", parse(written))
    assert [item.kind for item in into.remarks] == ["malformed-url"] * found
