""".http files: requests and their variables."""

from __future__ import annotations

import pytest
from helpers import listing, run_extractor

from portlint.model import Kind, Role


def facts(text: str) -> list[str]:
    return listing(run_extractor("httpfile", text, "api.http"), text)


@pytest.mark.parametrize(
    "line",
    [
        "GET http://localhost:8000/x",
        "http://localhost:8000/x",
        "POST http://localhost:8000/x HTTP/1.1",
        "  GET\thttp://localhost:8000/x",
    ],
)
def test_requests(line: str) -> None:
    assert "port connects - '8000' how=request" in facts(f"### list\r\n{line}\r\nAccept: text/plain\r\n")


def test_variables_of_the_file_and_of_the_environment() -> None:
    text = (
        "@host = http://localhost:8000\n@port = 8001\nGET {{host}}/x\n###\n"
        "GET http://a:{{ port }}/y\n###\nGET http://{{$dotenv API_HOST}}:9000/\n"
    )
    extraction = run_extractor("httpfile", text)
    assert [name for name, _ in extraction.bindings] == ["host", "port"]
    found = listing(extraction, text)
    assert "port declares host '8000' how=request variable" in found
    assert "url connects - '{{host}}/x' how=request" in found
    assert "port connects - '{{ port }}' how=request" in found
    assert "host reads API_HOST '{{$dotenv API_HOST}}'" in found


def test_bodies_are_not_read() -> None:
    text = (
        'POST http://a:1/x\nContent-Type: application/json\n\n{"url": "http://b:2"}\n'
        "http://c:3/\n\n###\nGET http://d:4/\n"
    )
    found = run_extractor("httpfile", text).occurrences
    assert [text[i.span.start : i.span.end] for i in found if i.kind is Kind.PORT] == ["1", "4"]


def test_commented_requests_are_documents() -> None:
    found = run_extractor("httpfile", "# GET http://localhost:8000/x\n").occurrences
    assert {i.role for i in found} == {Role.DOCUMENTS}
