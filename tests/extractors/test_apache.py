"""Apache httpd: listeners, virtual hosts, proxies."""

from __future__ import annotations

import pytest
from helpers import listing, run_extractor

from portlint.model import Kind, Role
from portlint.values import Literal


def facts(text: str) -> list[str]:
    return listing(run_extractor("apache", text, "httpd/site.conf"), text)


def ports(text: str, role: Role) -> list[str]:
    found = run_extractor("apache", text).occurrences
    return [
        item.value.text
        for item in found
        if item.kind is Kind.PORT and item.role is role and isinstance(item.value, Literal)
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Listen 8080", ["8080"]),
        ("listen 0.0.0.0:8081 https", ["8081"]),
        ("Listen [::]:8082", ["8082"]),
        ("<VirtualHost *:8083>\n</VirtualHost>", ["8083"]),
        ("<VirtualHost _default_:443 *:8084>\n</VirtualHost>", ["443", "8084"]),
        ("ServerName api.example.org:8085", ["8085"]),
        ("<VirtualHost *>\n</VirtualHost>", []),
        ("ListenBackLog 511", []),
        ("#Listen 12.34.56.78:80", []),
    ],
)
def test_what_is_listened_on(line: str, expected: list[str]) -> None:
    assert ports(line, Role.LISTENS) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ProxyPass /api http://localhost:3000/api retry=0", ["3000"]),
        ('ProxyPass "/" "http://app/"', ["80"]),
        ("ProxyPass /x \\\r\n  http://app:3001/", ["3001"]),
        ("ProxyPassMatch ^/(.*)$ http://app:3002/$1", ["3002"]),
        ("RewriteRule ^/ws/(.*) ws://localhost:3003/$1 [P,L]", ["3003"]),
        ('SetHandler "proxy:fcgi://php:9000"', ["9000"]),
        ("BalancerMember http://n1:8009 route=1", ["8009"]),
        ("ProxyPass / balancer://cluster/", []),
        ("ProxyPass /x !", []),
        ("RewriteRule ^ https://%{HTTP_HOST}:8443%{REQUEST_URI} [R]", []),
        ("ProxyTimeout 3000", []),
    ],
)
def test_targets(line: str, expected: list[str]) -> None:
    assert ports(line, Role.PROXIES) == expected


def test_labels_and_variables() -> None:
    text = (
        'Define BACKEND http://localhost:3333\n<Location "/x">\nProxyPass ${BACKEND}/\n'
        "</Location>\nSetEnv API_PORT 4444\n"
    )
    found = run_extractor("apache", text).occurrences
    assert {item.label for item in found if item.role is Role.PROXIES} == {"Location /x"}
    assert "port declares BACKEND '3333' how=Define" in facts(text)
    assert "port declares API_PORT '4444' how=SetEnv" in facts(text)


def test_origins() -> None:
    assert ports('Header set Access-Control-Allow-Origin "http://localhost:5173"', Role.ALLOWS) == ["5173"]


def test_broken_sections() -> None:
    assert run_extractor("apache", "Listen 80\n</VirtualHost>\nListen 81\n").problems[0].line == 2
    assert ports("<VirtualHost *:80>\nListen 81\n", Role.LISTENS) == ["80", "81"]
