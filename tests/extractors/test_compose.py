"""Compose files: for every form that says something, a look-alike that says nothing."""

from __future__ import annotations

from typing import Any

import pytest
from helpers import listing, run_extractor

from portlint import launches
from portlint.collecting import Collector
from portlint.commands import Command
from portlint.model import Extraction, Occurrence


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, Any]]]:
    """The commands handed on, instead of what they mean."""
    seen: list[tuple[list[str], dict[str, Any]]] = []

    def collect(command: Command, into: Collector, **fields: Any) -> bool:
        seen.append(([word.text for word in command.words], fields))
        return True

    monkeypatch.setattr(launches, "collect", collect)
    return seen


def read(text: str, path: str = "deploy/compose.yml") -> Extraction:
    return run_extractor("compose", text, path)


def service(body: str, head: str = "services:\n  web:\n") -> str:
    return head + "".join(f"    {line}\n" for line in body.splitlines())


def ports(body: str) -> list[tuple[str, str, str, int]]:
    text = service(body)
    return [
        (item.role.value, text[item.span.start : item.span.end], item.network, item.group)
        for item in read(text).occurrences
        if item.kind == "port"
    ]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("8300:8288", [("publishes", "8300", "host"), ("exposes", "8288", "container:web")]),
        ('"8300:8288/tcp"', [("publishes", "8300", "host"), ("exposes", "8288", "container:web")]),
        ("127.0.0.1:8300:8288", [("publishes", "8300", "host"), ("exposes", "8288", "container:web")]),
        ("'[::1]:8300:8288'", [("publishes", "8300", "host"), ("exposes", "8288", "container:web")]),
        ("8288", [("exposes", "8288", "container:web")]),
        ("22:22", [("publishes", "22", "host"), ("exposes", "22", "container:web")]),
        (
            "{target: 80, published: '8080', protocol: tcp}",
            [("publishes", "8080", "host"), ("exposes", "80", "container:web")],
        ),
        ("{target: 80}", [("exposes", "80", "container:web")]),
        ("http:80:90:100:110", []),
        ("", []),
    ],
)
def test_port_mappings(entry: str, expected: list[tuple[str, str, str]]) -> None:
    found = ports(f"ports:\n  - {entry}")
    assert sorted((role, value, network) for role, value, network, _ in found) == sorted(expected)
    assert len({group for *_, group in found}) <= 1


def test_a_range_has_every_port_and_places_for_its_ends() -> None:
    text = service("ports:\n  - 3000-3002:4000-4002")
    found = [
        (item.role.value, item.value.text, text[item.span.start : item.span.end]) for item in read(text).occurrences
    ]  # type: ignore[union-attr]
    assert found == [
        ("publishes", "3000", "3000"),
        ("publishes", "3001", "3000-3002"),
        ("publishes", "3002", "3002"),
        ("exposes", "4000", "4000"),
        ("exposes", "4001", "4000-4002"),
        ("exposes", "4002", "4002"),
    ]


def test_a_port_with_a_default() -> None:
    text = service('ports:\n  - "${BIND:-127.0.0.1}:${WEB_PORT:-8300}:80"')
    assert [line for line in listing(read(text), text) if line.startswith("port")] == [
        "port publishes - '${WEB_PORT:-8300}' how=compose ports network=host service=web",
        "port reads WEB_PORT '${WEB_PORT:-8300}' network=host service=web",
        "port defaults WEB_PORT '8300' how=compose default network=host service=web",
        "port exposes - '80' how=compose ports network=container:web service=web",
    ]


def test_udp_is_told_apart() -> None:
    text = service("ports:\n  - 53:53/udp\nexpose:\n  - 9000\n  - '9001'")
    assert [item.how for item in read(text).occurrences] == [
        "compose ports udp",
        "compose ports udp",
        "compose expose",
        "compose expose",
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "body",
    [
        "environment:\n  API_PORT: 8300\n  API_NAME: x",
        "environment:\n  - API_PORT=8300\n  - API_NAME=x",
        "environment:\n  - 'API_PORT=8300'",
    ],
)
def test_environment(body: str, newline: str) -> None:
    text = service(body).replace("\n", newline)
    assert listing(read(text), text) == [
        "port declares API_PORT '8300' how=compose environment network=container:web service=web"
    ]


@pytest.mark.parametrize("body", ["environment:\n  API_PORT:\n", "environment:\n  - API_PORT"])
def test_a_variable_without_a_value_is_passed_through(body: str) -> None:
    text = service(body)
    assert listing(read(text), text) == ["port reads API_PORT 'API_PORT' network=container:web service=web"]


def test_a_doubled_dollar_is_no_variable() -> None:
    text = service("environment:\n  API_HOST: $${API_HOST}\n  API_PORT: ${API_PORT:-9000}")
    lines = listing(read(text), text)
    assert not any("reads API_HOST" in line for line in lines)
    assert "port defaults API_PORT '9000' how=compose default network=container:web service=web" in lines


def test_shared_blocks_speak_for_each_service() -> None:
    text = (
        "x-env: &env\n  DB_PORT: 5432\n  DB_HOST: db\n"
        "services:\n  a:\n    image: x\n    environment: *env\n  b:\n    image: y\n    environment:\n"
        "      <<: *env\n      DB_HOST: other\n"
    )
    found = [(item.service, item.name, text[item.span.start : item.span.end]) for item in read(text).occurrences]
    assert sorted(found) == [
        ("a", "DB_HOST", "db"),
        ("a", "DB_PORT", "5432"),
        ("b", "DB_HOST", "other"),
        ("b", "DB_PORT", "5432"),
    ]


def test_an_unused_shared_block_says_nothing() -> None:
    assert read("x-env: &env\n  DB_PORT: 5432\nservices:\n  a:\n    image: x\n").occurrences == ()


def test_extends_within_the_file() -> None:
    text = (
        "services:\n  base:\n    image: x\n    environment:\n      A_PORT: 1111\n      B_PORT: 2222\n"
        "  web:\n    extends: base\n    environment:\n      A_PORT: 3333\n  again:\n    extends: {service: again}\n"
    )
    found = [(item.service, item.name, text[item.span.start : item.span.end]) for item in read(text).occurrences]
    assert sorted(found) == [
        ("base", "A_PORT", "1111"),
        ("base", "B_PORT", "2222"),
        ("web", "A_PORT", "3333"),
        ("web", "B_PORT", "2222"),
    ]
    assert [entry.image for entry in read(text).services] == ["x", "x", ""]


def test_files_a_service_is_tied_to() -> None:
    text = (
        "include:\n  - ../common/compose.yml\n  - path: [a.yml, b.yml]\n"
        "configs:\n  site:\n    file: ./site.conf\n"
        "services:\n  web:\n    extends: {file: base.yml, service: app}\n"
        "    env_file:\n      - .env\n      - {path: ../.env.local, required: false}\n"
        "      - ${ENV_FILE:-.env.dev}\n      - /etc/env\n"
        "    volumes:\n      - ./nginx.conf:/etc/nginx/nginx.conf:ro\n      - data:/data\n      - /etc/x:/x\n"
        "      - ../../../out:/out\n"
        "      - {type: bind, source: ./conf/app.yml, target: /app.yml}\n"
        "      - {type: volume, source: data, target: /d}\n"
        "    configs:\n      - {source: site, target: /etc/site.conf}\n"
    )
    found = [(item.kind, item.path, item.service, item.inside) for item in read(text).relations]
    assert found == [
        ("includes", "common/compose.yml", "", ""),
        ("includes", "deploy/a.yml", "", ""),
        ("includes", "deploy/b.yml", "", ""),
        ("env_file", "deploy/.env", "web", ""),
        ("env_file", ".env.local", "web", ""),
        ("env_file", "deploy/.env.dev", "web", ""),
        ("extends", "deploy/base.yml", "web", "app"),
        ("mounts", "deploy/nginx.conf", "web", "/etc/nginx/nginx.conf"),
        ("mounts", "deploy/conf/app.yml", "web", "/app.yml"),
        ("mounts", "deploy/site.conf", "web", "/etc/site.conf"),
    ]
    for item in read(text).relations:
        assert text[item.span.start : item.span.end].strip("./") in text


@pytest.mark.usefixtures("launched")
def test_what_a_service_is() -> None:
    text = (
        "services:\n  web:\n    build:\n      context: ../web\n      dockerfile: docker/Dockerfile.dev\n"
        "      target: dev\n"
        "    image: ${REGISTRY:-me}/web:1\n    container_name: web_1\n    hostname: www\n    profiles: [dev]\n"
        "    command: ['x']\n"
        "    networks:\n      default:\n        aliases: [api.local]\n  db:\n    build: .\n    network_mode: host\n"
        "    profiles: [gpu]\n"
        "    ports: ['5432:5432']\n"
    )
    web, db = read(text).services
    assert (web.image, web.build, web.dockerfile, web.stage) == ("me/web:1", "web", "web/docker/Dockerfile.dev", "dev")
    assert (web.aliases, web.profile, web.command, web.network) == (
        ("web_1", "www", "api.local"),
        "development",
        True,
        "",
    )
    assert (db.build, db.dockerfile, db.network, db.profile, db.command) == (
        "deploy",
        "deploy/Dockerfile",
        "host",
        "",
        False,
    )
    assert {item.network for item in read(text).occurrences} == {"host"}


@pytest.mark.usefixtures("launched")
def test_labels() -> None:
    text = service(
        "labels:\n  - traefik.http.services.web.loadbalancer.server.port=8000\n"
        "  - traefik.http.routers.web.rule=Host(`a.example.com`)\n"
        "  - traefik.enable=true\n  - com.example.port-count=3\ndeploy:\n  labels:\n"
        "    caddy.reverse_proxy: '{{upstreams 8001}}'"
    )
    assert listing(read(text), text) == [
        "port proxies - '8000' how=traefik label network=container:web service=web",
        "port proxies - '8001' how=caddy label network=container:web service=web",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("command: uvicorn app:app --port 8000", [["uvicorn", "app:app", "--port", "8000"]]),
        ('command: ["uvicorn", "app:app", "--port", "8000"]', [["uvicorn", "app:app", "--port", "8000"]]),
        ('command: ["sh", "-c", "a --port 1 && b"]', [["a", "--port", "1"], ["b"]]),
        ("command: >\n  a\n  --port 8000\n", [["a", "--port", "8000"]]),
        ("image: registry/redis:7\ncommand: --port 6380", [["redis", "--port", "6380"]]),
        ("command:\n  - --entrypoints.web.address=:80", [["traefik", "--entrypoints.web.address=:80"]]),
        ('entrypoint: ["a"]\ncommand: ["-p", "1"]', [["a", "-p", "1"]]),
        ("command: []", []),
        ("command:", []),
    ],
)
def test_commands(launched: list[tuple[list[str], dict[str, Any]]], body: str, expected: list[list[str]]) -> None:
    read(service(body))
    assert [words for words, _ in launched] == expected
    assert all(fields == {"service": "web", "network": "container:web"} for _, fields in launched)


def test_an_escaped_dollar_reaches_the_command(launched: list[tuple[list[str], dict[str, Any]]]) -> None:
    read(service('command: a --port "$$PORT"'))
    assert launched[0][0] == ["a", "--port", "$PORT"]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("curl -f localhost:80", [["curl", "-f", "localhost:80"]]),
        ("['CMD', 'curl', 'localhost:80']", [["curl", "localhost:80"]]),
        ("['CMD-SHELL', 'curl localhost:80 || exit 1']", [["curl", "localhost:80"], ["exit", "1"]]),
        ("['NONE']", []),
    ],
)
def test_health_checks(launched: list[tuple[list[str], dict[str, Any]]], test: str, expected: list[list[str]]) -> None:
    read(service(f"healthcheck:\n  test: {test}"))
    assert [words for words, _ in launched] == expected
    assert all(fields["role"] == "probes" for _, fields in launched)


@pytest.mark.usefixtures("launched")
def test_an_entry_script_is_named() -> None:
    found = read(service("build: ../api\ncommand: ['bash', './start.sh']")).relations
    assert [(item.kind, item.path, item.inside) for item in found] == [("runs", "api/start.sh", "./start.sh")]
    assert read(service("command: ['bash', '-lc', 'true']")).relations == ()


def test_comments() -> None:
    text = service(
        "environment:\n  # API_PORT=8288\n  API_PORT: 8300 # default 8300\n# ports:\n#   - '9000:9000'\n# extra:\n"
        "image: x:1 # x:2.8080"
    )
    found: list[Occurrence] = [item for item in read(text).occurrences if item.role == "documents"]
    assert {text[item.span.start : item.span.end] for item in found} == {"8288", "8300"}
    assert all(item.commented and item.name == "API_PORT" and item.service == "web" for item in found)


def test_a_key_set_twice_is_remarked() -> None:
    text = service("environment:\n  API_PORT: 8300\n  API_PORT: 8301\n  X: 1")
    (remark,) = read(text).remarks
    assert (remark.kind, remark.name, remark.value, remark.related[0][1]) == (
        "duplicate-key",
        "API_PORT",
        "8301",
        "8300",
    )
    listed = service("environment:\n  - API_PORT=8300\n  - API_PORT=8301")
    assert [item.name for item in read(listed).remarks] == ["API_PORT"]


def test_half_written_files() -> None:
    text = 'services:\n  web:\n    image: x\n    ports:\n      - "80:80\n  db:\n    ports:\n      - 5432:5432\n'
    text += "    environment:\n\t  X_PORT: 1\n"
    found = read(text)
    assert found.problems[0].line == 5
    assert "5432" in {text[item.span.start : item.span.end] for item in found.occurrences}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "services:\n",
        "services: 3\n",
        "services:\n  a:\n  b: 4\n",
        "services:\n  a:\n    ports: x\n    environment: 3\n    build: []\n",
        "- a\n",
    ],
)
def test_odd_files(text: str) -> None:
    read(text)


def test_version_1_files_have_services_at_the_top() -> None:
    text = "web:\n  image: x\n  ports: ['80:8080']\n"
    assert [item.name for item in read(text, "docker-compose.yml").services] == ["web"]
    assert read("web:\n  title: x\n  ports: ['80:8080']\n", "docker-compose.yml").services == ()


def test_a_file_of_another_name_is_known_by_its_content() -> None:
    text = service("image: x\nports: ['80:8080']")
    assert [item.role.value for item in run_extractor("yamlconfig", text, "deploy/stack.yml").occurrences] == [
        "publishes",
        "exposes",
    ]
    other = "services:\n  web:\n    url: http://localhost:80\n"
    assert run_extractor("yamlconfig", other, "deploy/other.yml").services == ()
