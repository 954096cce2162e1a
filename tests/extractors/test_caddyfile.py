"""Caddyfile: site addresses, targets, probes, placeholders."""

from __future__ import annotations

import pytest
from helpers import listing, run_extractor

from portlint.model import Kind, Role
from portlint.values import Literal


def facts(text: str) -> list[str]:
    return listing(run_extractor("caddyfile", text, "web/Caddyfile"), text)


def ports(text: str, role: Role) -> list[str]:
    found = run_extractor("caddyfile", text).occurrences
    return [
        item.value.text
        for item in found
        if item.kind is Kind.PORT and item.role is role and isinstance(item.value, Literal)
    ]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (":8080", ["8080"]),
        ("http://localhost:3000", ["3000"]),
        ("http://:8999", ["8999"]),
        ("localhost:81, example.org:82", ["81", "82"]),
        ("a.example:81,\n\tb.example:82", ["81", "82"]),
        ("example.org", ["443"]),
        ("http://example.org", ["80"]),
        ("{$SITE::8123}", ["8123"]),
        ("(snippet)", []),
    ],
)
def test_site_addresses(address: str, expected: list[str]) -> None:
    text = f"{address} {{\n\trespond 9999\n}}\n"
    listened = [*ports(text, Role.LISTENS), *ports(text, Role.DEFAULTS)]
    assert listened == expected


def test_a_site_without_braces() -> None:
    assert ports("localhost:2015\n\nreverse_proxy 127.0.0.1:9000\n", Role.LISTENS) == ["2015"]


def test_without_automatic_https_a_host_is_on_80() -> None:
    assert ports("{\n\tauto_https off\n}\nexample.org {\n}\n", Role.LISTENS) == ["80"]


def test_global_ports() -> None:
    text = "{\n\thttp_port 8081\n\tadmin localhost:2020\n}\n:80 {\n}\n"
    assert ports(text, Role.LISTENS) == ["8081", "2020", "80"]
    assert ports("{\n\tadmin off\n}\n", Role.LISTENS) == []


def test_targets_in_every_place() -> None:
    text = (
        ":80 {\n\thandle_path /api/* {\n\t\treverse_proxy app:8000 http://b:8001 unix//run/x {\n\t\t\tto c:8002 :8003\n"
        "\t\t\thealth_uri /health\n\t\t\thealth_port 8085\n\t\t}\n\t}\n"
        "\treverse_proxy /ws/* localhost:9001\n\tphp_fastcgi php:9000\n}\n"
    )
    assert ports(text, Role.PROXIES) == ["8000", "8001", "8002", "8003", "9001", "9000"]
    assert ports(text, Role.PROBES) == ["8085"]
    assert "path probes - '/health' how=health_uri" in facts(text)
    labels = [item.label for item in run_extractor("caddyfile", text).occurrences if item.role is Role.PROXIES]
    assert set(labels) == {"/api/*", "/ws/*", ""}


def test_a_named_matcher_is_labelled_with_its_path() -> None:
    text = ":80 {\n\t@ws path /socket/*\n\treverse_proxy @ws localhost:9001\n}\n"
    proxied = [item.label for item in run_extractor("caddyfile", text).occurrences if item.role is Role.PROXIES]
    assert set(proxied) == {"/socket/*"}


def test_variables() -> None:
    found = facts(":{$PORT:8080} {\n\treverse_proxy {$BACKEND:app:8000} {env.OTHER_URL}\n}\n")
    assert "port defaults PORT '8080' how=Caddyfile default" in found
    assert "port defaults BACKEND '8000' how=Caddyfile default" in found
    assert "url reads OTHER_URL '{env.OTHER_URL}'" in found


def test_origins_in_headers_and_matchers() -> None:
    text = (
        ":80 {\n\theader Access-Control-Allow-Origin http://localhost:5173\n\theader {\n"
        "\t\tAccess-Control-Allow-Origin http://localhost:5174\n\t}\n"
        "\t@o header Origin http://localhost:5175\n\theader X-Up http://localhost:5176\n}\n"
    )
    assert ports(text, Role.ALLOWS) == ["5173", "5174", "5175"]


def test_look_alikes_stay_silent() -> None:
    text = (
        ':80 {\n\trespond "call 5000"\n\ttry_files {path} /index.html\n\troot * /srv/8080\n'
        "\tencode gzip\n\t@x path *.php\n}\n"
    )
    assert [line for line in facts(text) if "'80'" not in line] == []


def test_imports() -> None:
    text = "(common) {\n}\n:80 {\n\timport common\n\timport sites/a.caddy\n\timport /etc/x.caddy\n}\n"
    assert [item.path for item in run_extractor("caddyfile", text, "web/Caddyfile").relations] == ["web/sites/a.caddy"]


def test_broken() -> None:
    extraction = run_extractor("caddyfile", ":80 {\n\treverse_proxy app:8000\n")
    assert extraction.problems
    assert ports(":80 {\n\treverse_proxy app:8000\n", Role.PROXIES) == ["8000"]


def test_spans_with_crlf_tabs_and_wide_characters() -> None:
    text = '# 端口 🚀\r\n:8080 {\r\n\treverse_proxy "应用:8000" app:8001\r\n}\r\n'
    values = [
        text[item.span.start : item.span.end]
        for item in run_extractor("caddyfile", text).occurrences
        if item.kind is Kind.PORT
    ]
    assert values[0] == "8080"
    assert values[-1] == "8001"
