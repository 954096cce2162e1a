"""``*.conf``: recognised by content, and the ``key value`` family."""

from __future__ import annotations

import pytest
from helpers import listing, run_extractor

from portlint.model import Kind, Role


def facts(text: str, path: str = "x.conf") -> list[str]:
    return listing(run_extractor("conf", text, path), text)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("default.conf", "server {\n  listen 81;\n}\n", "port listens - '81' how=listen"),
        ("site.conf", "<VirtualHost *:82>\n</VirtualHost>\n", "port listens - '82' how=VirtualHost"),
        ("lb.conf", "frontend web\n  bind *:83\n", "port listens - '83' how=bind"),
        ("app.conf", "appname = x\nhttpport = 84\n", "port listens httpport '84' how=setting"),
        ("redis.conf", "port 6380\nmaxclients 10000\n", "port listens port '6380' how=setting"),
        (
            "application.conf",
            "ktor {\n  deployment {\n    port = 85\n  }\n}\n",
            "port listens ktor.deployment.port '85' how=setting",
        ),
        ("application.conf", "server {\n  port = 86\n}\n", "port listens server.port '86' how=setting"),
        (
            "application.conf",
            "play.server.http.port = 87\na { b = 1 }\n",
            "port listens play.server.http.port '87' how=setting",
        ),
        ("logstash.conf", "input { beats { port => 5044 } }\n", "port listens input.beats.port '5044' how=setting"),
        (
            "supervisord.conf",
            "[inet_http_server]\nport=127.0.0.1:9001\n",
            "port listens inet_http_server.port '9001' how=setting",
        ),
        ("postgresql.conf", "port = 5433\t\t# (change requires restart)\n", "port listens port '5433' how=setting"),
    ],
)
def test_recognised_by_content(path: str, text: str, expected: str) -> None:
    assert expected in facts(text, path)
    assert expected in facts(text.replace("\n", "\r\n"), path)


def test_redis() -> None:
    text = (
        "# port 6380\nport 6379\nbind 127.0.0.1 -::1\nreplicaof main 6381\ntimeout 3000\n"
        "tcp-backlog 511\nmaxmemory 0\nsave 900 1\n"
    )
    found = [i for i in run_extractor("conf", text, "redis.conf").occurrences if i.kind is Kind.PORT]
    assert [(i.role, text[i.span.start : i.span.end]) for i in found if not i.commented] == [
        (Role.LISTENS, "6379"),
        (Role.CONNECTS, "6381"),
    ]


def test_hidden_services() -> None:
    text = (
        "HiddenServiceDir /var/lib/tor/shop/\nHiddenServicePort 80 127.0.0.1:3355\n"
        "HiddenServicePort 81\nSocksPort auto\nControlPort 9051\n"
    )
    found = [i for i in run_extractor("conf", text, "torrc").occurrences if i.kind is Kind.PORT]
    assert [(i.role, text[i.span.start : i.span.end], i.network) for i in found] == [
        (Role.PUBLISHES, "80", "onion:shop"),
        (Role.PROXIES, "3355", ""),
        (Role.PROXIES, "81", ""),
        (Role.PUBLISHES, "81", "onion:shop"),
        (Role.LISTENS, "9051", ""),
    ]


def test_mosquitto() -> None:
    text = "listener 1883 0.0.0.0\nlistener 9001\nprotocol websockets\naddress broker:1884\nmax_queued_messages 1000\n"
    found = [i for i in run_extractor("conf", text, "mosquitto.conf").occurrences if i.kind is Kind.PORT]
    assert [(i.role, text[i.span.start : i.span.end]) for i in found] == [
        (Role.LISTENS, "1883"),
        (Role.LISTENS, "9001"),
        (Role.CONNECTS, "1884"),
    ]


def test_substitutions_of_hocon() -> None:
    text = (
        "ktor.deployment {\n  port = 8080 // default 8081\n  port = ${?APP_PORT}\n}\n"
        'include "base.conf"\nhosts = ["http://a:81", "http://b:82"]\n'
    )
    found = facts(text, "src/application.conf")
    assert "port reads APP_PORT '${?APP_PORT}'" in found
    assert "port documents ktor.deployment.port '8081' how=comment commented" in found
    assert "port declares hosts '82' how=setting" in found
    assert [i.path for i in run_extractor("conf", text, "src/application.conf").relations] == ["src/base.conf"]


@pytest.mark.parametrize("text", ["", "\n", "{", "}}}\n", "a {\n", "port\n", '"', "[x\n"])
def test_broken_files_do_not_crash(text: str) -> None:
    assert facts(text) == []
