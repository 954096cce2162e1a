"""INI files: sections, interpolation, supervisor, uWSGI, tox."""

from __future__ import annotations

import pytest
from helpers import listing, run_extractor
from hypothesis import given
from hypothesis import strategies as st

from portlint.model import Kind, Role
from portlint.values import Literal


def facts(text: str) -> list[str]:
    return listing(run_extractor("ini", text, "app.ini"), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[server]\nhttp_port = 3000 ; the port\n", "port listens server.http_port '3000' how=setting"),
        ("port=3001\n", "port listens port '3001' how=setting"),
        ("[server]\r\nport: '3002'\r\n", "port listens server.port '3002' how=setting"),
        ("[db]\nport = 5432\n", "port declares db.port '5432' how=setting"),
        ("[db]\nhost = localhost\n", "host declares db.host 'localhost' how=setting"),
        ("[pgbouncer]\nlisten_port = 6432\n", "port listens pgbouncer.listen_port '6432' how=setting"),
        ("[client]\nport = 3306\n", "port connects client.port '3306' how=setting"),
        ("[server]\nbind = 0.0.0.0:8003\n", "port listens server.bind '8003' how=setting"),
        (
            "[app]\nurls =\n  http://localhost:8004\n  http://localhost:8005\n",
            "port declares app.urls '8005' how=setting",
        ),
    ],
)
def test_settings(text: str, expected: str) -> None:
    assert expected in facts(text)


@pytest.mark.parametrize(
    "line",
    [
        "port_range = 8000",
        "ip_local_port_range = 1024 65535",
        "timeout = 3000",
        "workers = 8000",
        "port = 0",
        "version = 8080",
        "serial_port = 3",
        "reuse_port = 1",
        "transport = 80",
    ],
)
def test_look_alikes(line: str) -> None:
    assert facts(f"[server]\n{line}\n") == []


def test_interpolation_is_followed_within_the_file() -> None:
    text = (
        "[DEFAULT]\nport = 8000\n[web]\nhost = 0.0.0.0\nurl = http://%(host)s:%(port)s/x\n"
        "other = http://a:%(ENV_API_PORT)s\n"
    )
    extraction = run_extractor("ini", text)
    assert [(name, value.text) for name, value in extraction.bindings if isinstance(value, Literal)] == [
        ("DEFAULT.port", "8000"),
        ("web.host", "0.0.0.0"),
    ]
    assert "port declares web.url '%(port)s' how=setting" in listing(extraction, text)
    assert "port reads API_PORT '%(ENV_API_PORT)s'" in listing(extraction, text)


def test_supervisor() -> None:
    text = (
        "[inet_http_server]\nport = 127.0.0.1:9001\n[program:web]\n"
        "command=uvicorn app:app --port %(ENV_PORT)s\n  --host 0.0.0.0\n"
        'environment=PORT="3000",API_URL="http://api:8000"\n[program:api]\n'
        "environment=PORT=3001\n[include]\nfiles = conf.d/a.conf /etc/x.conf\n"
    )
    extraction = run_extractor("ini", text, "deploy/supervisord.conf")
    found = [
        (i.role, i.service, text[i.span.start : i.span.end]) for i in extraction.occurrences if i.kind is Kind.PORT
    ]
    assert (Role.LISTENS, "", "9001") in found
    assert (Role.PASSES, "web", "%(ENV_PORT)s") in found
    assert (Role.DECLARES, "web", "3000") in found
    assert (Role.DECLARES, "web", "8000") in found
    assert (Role.DECLARES, "api", "3001") in found
    assert [i.path for i in extraction.relations] == ["deploy/conf.d/a.conf"]


def test_uwsgi() -> None:
    text = (
        "[uwsgi]\nhttp = :8000\nsocket = 127.0.0.1:3031\nhttps = :8443,a.crt,a.key\n"
        "socket = /run/x.sock\nhttp-to = 127.0.0.1:8001\nhttp = :$(PORT)\nworkers = 8\n"
        "buffer-size = 8192\n"
    )
    found = [
        (i.role, text[i.span.start : i.span.end]) for i in run_extractor("ini", text).occurrences if i.kind is Kind.PORT
    ]
    assert found == [
        (Role.LISTENS, "8000"),
        (Role.LISTENS, "3031"),
        (Role.LISTENS, "8443"),
        (Role.PROXIES, "8001"),
        (Role.LISTENS, "$(PORT)"),
        (Role.READS, "$(PORT)"),
    ]


def test_tox() -> None:
    text = "[testenv]\nsetenv =\n  API_PORT = 8001\ncommands =\n  uvicorn x:y --port 8000\n"
    found = [
        (i.profile, text[i.span.start : i.span.end])
        for i in run_extractor("ini", text, "tox.ini").occurrences
        if i.kind is Kind.PORT
    ]
    assert found == [("test", "8001"), ("test", "8000")]


def test_a_template_and_a_file_are_no_url() -> None:
    assert facts("[alembic]\nsqlalchemy.url = sqlite:///data/app.db\n") == []
    assert facts("[alembic]\nsqlalchemy.url = driver://user:pass@localhost/dbname\n") == []


def test_nested_yaml_in_a_conf_file() -> None:
    assert "port listens port '27017' how=setting" in facts("net:\n  port: 27017\n  bindIp: 127.0.0.1\n")


def test_comments() -> None:
    assert "port documents server.http_port '3001' how=comment commented" in facts(
        "[server]\n; default 3001\nhttp_port = 3000\n"
    )


def test_broken_headers_are_named() -> None:
    extraction = run_extractor("ini", "[server\nport = 80\n")
    assert [problem.line for problem in extraction.problems] == [1]
    assert extraction.occurrences


@given(st.text("端口🚀 \t;#'\"%[", max_size=20), st.integers(1, 65535))
def test_spans_hold_after_anything(noise: str, port: int) -> None:
    text = f"# {noise}\r\n[server]\r\nname = {noise}\r\nport\t=\t{port}\r\n"
    values = [text[i.span.start : i.span.end] for i in run_extractor("ini", text).occurrences if i.role is Role.LISTENS]
    assert values == [str(port)]
