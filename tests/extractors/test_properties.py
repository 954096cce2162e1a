""".properties: Spring, Quarkus, Kafka, escapes, documents."""

from __future__ import annotations

import pytest
from helpers import listing, run_extractor

from portlint.model import Kind, Role


def facts(text: str) -> list[str]:
    return listing(run_extractor("properties", text, "src/application.properties"), text)


@pytest.mark.parametrize(
    "line", ["server.port=8080", "server.port = 8080", "server.port:8080", "server.port 8080", "\tserver.port\t=\t8080"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_separators(line: str, end: str) -> None:
    assert facts(line + end) == ["port listens server.port '8080' how=property"]


def test_placeholders() -> None:
    found = facts("server.port=${APP_PORT:8080}\nspring.datasource.url=jdbc:postgresql://${DB_HOST:db}:5432/x\n")
    assert "port defaults APP_PORT '8080' how=placeholder default" in found
    assert "port listens server.port '${APP_PORT:8080}' how=property" in found
    assert "host defaults DB_HOST 'db' how=placeholder default" in found
    assert "port declares spring.datasource.url '5432' how=property" in found


def test_documents_have_profiles() -> None:
    text = (
        "server.port=8080\n#---\nspring.config.activate.on-profile=prod\nserver.port=80\n"
        "#---\nserver.port=8081\n%dev.quarkus.http.port=8082\n"
    )
    found = run_extractor("properties", text).occurrences
    assert [(text[i.span.start : i.span.end], i.profile) for i in found] == [
        ("8080", ""),
        ("80", "production"),
        ("8081", ""),
        ("8082", "development"),
    ]


def test_escapes_keep_the_places_of_the_rest() -> None:
    text = "api.url=http\\://b\\u00fcro.example\\:8443/x\n"
    found = {i.kind: text[i.span.start : i.span.end] for i in run_extractor("properties", text).occurrences}
    assert (found[Kind.PORT], found[Kind.PATH], found[Kind.SCHEME]) == ("8443", "/x", "http")


def test_listeners_of_kafka() -> None:
    text = "listeners=PLAINTEXT://:9092,CONTROLLER://:9093\nadvertised.listeners=PLAINTEXT://localhost:9094\n"
    found = [
        (i.role, text[i.span.start : i.span.end])
        for i in run_extractor("properties", text).occurrences
        if i.kind is Kind.PORT
    ]
    assert found == [(Role.LISTENS, "9092"), (Role.LISTENS, "9093"), (Role.DECLARES, "9094")]


def test_paths_and_joined_lines() -> None:
    assert "path listens server.servlet.context-path '/api' how=property" in facts("server.servlet.context-path=/api\n")
    assert "port declares db.port '5432' how=property" in facts("a=b,\\\n   c\ndb.port=5432\n")


@pytest.mark.parametrize(
    "line",
    [
        "server.port=0",
        "port.range=1-2",
        "max.port.retries=90",
        "import.x=8080",
        "error.port=Port is 8080!",
        "version=8080",
    ],
)
def test_look_alikes(line: str) -> None:
    assert [fact for fact in facts(line + "\n") if fact.startswith("port")] == []


def test_what_a_build_fills_in_is_unresolved() -> None:
    assert run_extractor("properties", "server.port=@app.port@\n").unresolved == 1


def test_comments() -> None:
    assert "port documents server.port '8081' how=comment commented" in facts("! default 8081\nserver.port=8080\n")
