"""HAProxy: binds, servers, checks."""

from __future__ import annotations

import pytest
from helpers import run_extractor

from portlint.model import Kind, Role
from portlint.values import Literal


def ports(text: str, role: Role) -> list[str]:
    found = run_extractor("haproxy", text, "haproxy.cfg").occurrences
    return [
        item.value.text
        for item in found
        if item.kind is Kind.PORT and item.role is role and isinstance(item.value, Literal)
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("bind *:80", ["80"]),
        ("bind :81,:::82", ["81", "82"]),
        ("bind 0.0.0.0:443 ssl crt /etc/x.pem", ["443"]),
        ("bind ipv4@127.0.0.1:83", ["83"]),
        ("bind /run/x.sock", []),
        ("maxconn 3000", []),
        ("timeout client 5000", []),
    ],
)
def test_binds(line: str, expected: list[str]) -> None:
    assert ports(f"frontend web\r\n\t{line}\r\n", Role.LISTENS) == expected


def test_a_listen_section_may_have_its_address_on_the_line() -> None:
    assert ports("listen stats :8404\n  mode http\n", Role.LISTENS) == ["8404"]


def test_servers_and_their_checks() -> None:
    text = (
        "backend api\n  option httpchk GET /healthz\n  server a app:8000 check port 8001 inter 2000\n"
        '  server b "${B_HOST}:${B_PORT}" maxconn 3000\n  server c unix@/x\n  server-template w 3 web:8003 check\n'
    )
    extraction = run_extractor("haproxy", text)
    assert ports(text, Role.PROXIES) == ["8000", "8003"]
    assert ports(text, Role.PROBES) == ["8001"]
    assert {item.name for item in extraction.occurrences if item.role is Role.READS} == {"B_HOST", "B_PORT"}
    assert [text[i.span.start : i.span.end] for i in extraction.occurrences if i.kind is Kind.PATH] == ["/healthz"]
    assert {item.label for item in extraction.occurrences if item.how == "server"} == {
        "backend api > a",
        "backend api > b",
    }
