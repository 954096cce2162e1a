"""What prose says of ports, hosts and URLs, and what only looks like it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portlint import prose, prose_languages
from portlint.collecting import Collector
from portlint.model import Kind, Occurrence, Role
from portlint.text import Fragment
from portlint.values import Literal


def read(text: str, name: str = "", **fields: object) -> list[Occurrence]:
    into = Collector()
    prose.collect(Fragment(text), into, name=name, **fields)
    return list(into.build().occurrences)


def ports(text: str, name: str = "") -> list[str]:
    return [text[o.span.start : o.span.end] for o in read(text, name) if o.kind is Kind.PORT]


def certain(text: str, name: str = "") -> list[str]:
    return [text[o.span.start : o.span.end] for o in read(text, name) if o.kind is Kind.PORT and not o.optional]


def named(text: str, name: str = "") -> set[tuple[str, str]]:
    return {(o.name, text[o.span.start : o.span.end]) for o in read(text, name) if o.kind is Kind.PORT}


@pytest.mark.parametrize(
    "text",
    [
        "port 8300",
        "Port: 8300",
        "the port is 8300",
        "on port `8300`.",
        "on **port** 8300",
        "Ports 8300",
        "port was 8300",
        "(port 8300)",
        "The server listens on 8300.",
        "It listens on :8300",
        "Now running on `8300`",
        "port number 8300",
        "TCP port 8300 is open",
        "8300/tcp",
        "the 8300 port",
        "run it with --port 8300",
        "run it with --port=8300",
        "--http-port 8300",
        "Der Standardport ist 8300.",
        "en el puerto 8300",
        "El puerto es `8300`",
        "na porta 8300",
        "на порту 8300",
        "ポート番号は 8300",
        "8300番ポート",
        "포트 8300 에서",
        "8300번 포트",
        "連接埠 8300",
        "端口 8300",
        "端口为 8300",
        "端口号：8300",
        "8300 端口",
        "8300端口",
        "默认端口 8300",
        "端口配置已统一为 `8300`",
        "监听在 8300",
        "open http://localhost:8300/docs",
        "open localhost:8300",
        "open 127.0.0.1:8300, please",
        "bind 0.0.0.0:8300",
        "connect to the service at `db:8300`",
        "# NAME_PORT=8300",
        "server.port=8300",
        "`A_PORT` | 8300",
        "Set `A_PORT` to 8300",
    ],
)
def test_one_port_is_found(text: str) -> None:
    assert ports(text) == ["8300"]


@pytest.mark.parametrize(
    "text",
    [
        "version 8300",
        "v8.3.0 of python 3.11",
        "at 12:30 on 2023-10-12",
        "see issue #8300 and PR 8301",
        "8000 MB of memory",
        "call 555-8300",
        "src/app.py:1200 and main.go:8300",
        "image redis:7 or postgres:16.2",
        "port to Windows 10",
        "import 8000 rows",
        "support 8000 users",
        "report 2023",
        "the airport has 8300 seats, and port 8300",
        "port 8300 of the switch",
        "rsa:2048",
        "ratio 16:10, slice [:8000]",
        "das Portal 8300",
        "la porte 8300",
        "Portugal 2023",
        "импорт 8300",
        "レポート 8300",
        "default 3600",
        "TIMEOUT (default 3600)",
        "it runs on 3000 machines",
        "serves at 1200 requests a second",
        "交换机 端口 8300",
        "默认 3600 秒",
        "Error: listen EADDRINUSE: address already in use :::3000",
        "https://github.com/a/b and http://example.com/",
        '<a href="https://example.org">x</a>',
        "curl http://localhost:<port>/x",
        "port 5",
        "port 2.5",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_look_alikes_are_silent(text: str) -> None:
    assert ports(text) == []


def test_lists_of_ports() -> None:
    assert ports("ports 8300, 8301 and `8302`") == ["8300", "8301", "8302"]
    assert ports("端口 8300、8301 和 8302") == ["8300", "8301", "8302"]


def test_a_port_out_of_range_is_kept_after_the_word() -> None:
    assert ports("port 80800") == ["80800"]
    assert ports("it is 80800") == []


@pytest.mark.parametrize(
    "text",
    [
        "default: 8300",
        "default 8300",
        "Defaults to `8300`",
        "(default `8300`)",
        "[default=8300]",
        "default is 8300",
        "8300 by default",
        "默认 8300",
        "默认为8300",
        "默认8300避免保留问题",
        "默认值：8300",
    ],
)
def test_a_bare_default_needs_a_port_setting(text: str) -> None:
    assert named(text, "INNGEST_PORT") == {("INNGEST_PORT", "8300")}
    assert ports(text) == []
    assert ports(text, "CACHE_TTL") == []


def test_a_bare_default_after_the_word_port() -> None:
    assert ports("Backend port (default: 8200)") == ["8200"]


def test_the_explicit_name_wins() -> None:
    assert named("`POSTGRES_PORT`: port of the database (default: 5432)") == {("POSTGRES_PORT", "5432")}
    assert named("must match VITE_API_PORT (port 8200)", "API_PORT") == {("VITE_API_PORT", "8200")}
    assert named("端口（通过环境变量INNGEST_PORT配置，默认8300）", "") == {("INNGEST_PORT", "8300")}
    assert named("`PORT` (default 8300), `CACHE_TTL` (default 3600)") == {("PORT", "8300")}


def test_only_the_first_plain_port_is_about_the_setting() -> None:
    assert named("inngest on port 8300, backend on port 8200", "INNGEST_PORT") == {
        ("INNGEST_PORT", "8300"),
        ("", "8200"),
    }


def test_urls_end_where_a_reader_would_end_them() -> None:
    for text, url in (
        ("见 http://localhost:8300/docs。", "http://localhost:8300/docs"),
        ("（http://127.0.0.1:3000）", "http://127.0.0.1:3000"),
        ("[x](http://localhost:3000/a_(b)), y", "http://localhost:3000/a_(b)"),
        ("[http://localhost:3000](http://localhost:3000)", "http://localhost:3000"),
        ("<http://localhost:3000>.", "http://localhost:3000"),
        ('"http://localhost:3000";', "http://localhost:3000"),
        ("**http://localhost:3000**", "http://localhost:3000"),
        ("http://backend/api, or", "http://backend/api"),
        ("http://localhost:${INNGEST_PORT:-8300}（端口）", "http://localhost:${INNGEST_PORT:-8300}"),
    ):
        found = {text[o.span.start : o.span.end] for o in read(text) if o.kind is Kind.URL}
        assert found == {url}, text


def test_both_urls_of_a_link_are_places() -> None:
    found = read("[http://localhost:3000](http://localhost:3000)")
    assert len([o for o in found if o.kind is Kind.PORT]) == 2


def test_a_placeholder_host_leaves_the_port() -> None:
    found = read("http://<your-host>:8300/x and http://your-server-ip:8301")
    assert [(o.kind, o.value.text) for o in found if isinstance(o.value, Literal)] == [
        (Kind.PORT, "8300"),
        (Kind.PORT, "8301"),
    ]


def test_mappings_have_two_networks() -> None:
    found = read("docker run -p 8300:8288 x")
    assert [(o.network, o.group > 0) for o in found] == [("host", True), ("container:", True)]
    assert len({o.group for o in found}) == 1


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("maps port 80 of the proxy service container to port 8080 of the host", ["container:", "host"]),
        ("container port 80, host port 8080", ["container:", "host"]),
        ("容器端口 80，宿主机端口 8080", ["container:", "host"]),
        ("port 80 of the API", [""]),
    ],
)
def test_the_side_of_a_mapping_in_words(text: str, networks: list[str]) -> None:
    assert [o.network for o in read(text)] == networks


def test_hosts() -> None:
    assert [o.kind for o in read("主机 127.0.0.1")] == [Kind.HOST]
    assert [o.name for o in read("default 127.0.0.1", "API_HOST")] == ["API_HOST"]
    assert read("see 127.0.0.1") == []
    assert read("API_HOST: The public URL 12") == []


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("If port 8000 is taken, use port 8080.", ["8000"]),
        ("Use port 8080 if 8000 is in use", []),
        ("如果 8300 端口被占用，可改为 8301 端口", ["8300"]),
        ("port, e.g. port 8080", []),
        ("Change the port to 8080", []),
        ("use port 8001 instead", []),
        ("port 8001 instead of port 8000", ["8001"]),
        ("changed from port 8288 to port 8300", ["8300"]),
        ("The port was 8288", []),
        ("formerly port 8288", []),
        ("no longer on port 8288", []),
        ("Before v2 the port was 8000", []),
        ("Until version 2 it listened on port 8000.", []),
        ("It listened on port 8000 until v2.1", []),
        ("In version 1.x and earlier it listens on port 8000", []),
        ("older versions: in older versions port 8000", []),
        ("旧版本使用端口 8000", []),
        ("2.0 版本之前端口为 8000", []),
        ("Since version 2 it listens on port 8300", ["8300"]),
        ("Version 2 listens on port 8300", ["8300"]),
        ("Before you start, open port 8300", ["8300"]),
        ("wait until port 8300 is open", ["8300"]),
        ("ports 8000-8010", []),
        ("端口范围 8262-8361", []),
        ("端口由 8288 改为 8300", []),
        ("已将端口改为 8300", ["8300"]),
        ("例如端口 8080", []),
        ("旧端口 8288", []),
        ("端口（避免与常用端口 3000、5173 冲突）", []),
        ("为避免冲突使用端口 8300", ["8300"]),
        ("avoid port 3000 and 5173", []),
        ("To avoid conflicts it listens on port 8300", ["8300"]),
        ("To avoid conflicts, use port 8300", ["8300"]),
        ("The server was started on port 8000.", ["8000"]),
        ("If you're using Docker, open http://localhost:8000", ["8000"]),
        ("启动之前，打开 http://localhost:8000", ["8000"]),
        ("accessible from http://localhost:3000", ["3000"]),
        ("Port 8000 is used to connect to port 5432", ["8000", "5432"]),
    ],
)
def test_alternatives_and_the_past_are_optional(text: str, sure: list[str]) -> None:
    assert certain(text) == sure
    assert len(ports(text)) >= max(len(sure), 1)


def test_roles_and_fields() -> None:
    found = read("PORT=${PORT:-8300}", commented=True, how="comment", label="x")
    assert found and {o.role for o in found} == {Role.DOCUMENTS}
    assert all(o.commented and o.label == "x" for o in found)


@given(st.text(alphabet="aé中😀\t \n\r。", max_size=12), st.text(alphabet="é中😀 \n）", max_size=6))
def test_spans_are_exact(before: str, after: str) -> None:
    text = f"{before} 端口 8300 http://localhost:8301/中 NAME_PORT=8302 {after}"
    found = [o for o in read(text) if isinstance(o.value, Literal) and o.how != "implied by http://"]
    assert {o.value.text for o in found if o.kind is Kind.PORT and isinstance(o.value, Literal)} >= {"8301", "8302"}
    for o in found:
        assert isinstance(o.value, Literal) and text[o.span.start : o.span.end] == o.value.text


def test_escapes_keep_their_place() -> None:
    into = Collector()
    prose.collect(Fragment.pieces([("port ", 10), ("8", 15), ("3", 21), ("00", 22)], 24), into)
    assert [(o.span.start, o.span.end) for o in into.occurrences] == [(15, 24)]


@pytest.mark.parametrize(
    "unit", ["port 8300 ", "a_b ", "port " * 20 + "\n", "((((", "http://localhost:8300/(( ", "NAME_PORT "]
)
def test_cost_is_linear(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.perf_counter()
        read(text)
        return time.perf_counter() - start

    seconds(2_000)
    small, large = seconds(8_000), seconds(64_000)
    assert large < 40 * small + 0.2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("浏览器访问 http://127.0.0.1:8300", {"visit"}),
        ("服务默认监听 8300 端口", {"running"}),
        ("Nach dem Start http://localhost:8300 öffnen.", {"visit"}),
        ("Ouvrez http://localhost:8300", {"visit"}),
        ("Abre http://localhost:8300", {"visit"}),
        ("El servidor escucha en el puerto 8300", {"running"}),
        ("Acesse http://localhost:8300", {"visit"}),
        ("Откройте http://localhost:8300", {"visit"}),
        ("http://localhost:8300 にアクセス", {"visit"}),
        ("http://localhost:8300 에 접속", {"visit"}),
        ("The report is at http://localhost:8300", set()),
        ("Datenbank: localhost:5432", set()),
        ("数据库：localhost:5432", set()),
        ("", set()),
    ],
)
def test_what_sentences_in_other_languages_say(text: str, words: set[str]) -> None:
    assert prose_languages.meant(text) == words
