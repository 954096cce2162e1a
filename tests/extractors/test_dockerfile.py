"""Dockerfiles: stages, settings, ports, commands, and syntax that hides things."""

from __future__ import annotations

from typing import Any

import pytest
from helpers import listing, run_extractor

from portlint import launches
from portlint.collecting import Collector
from portlint.commands import Command
from portlint.extractors import format_of
from portlint.model import Extraction

Launched = list[tuple[list[str], dict[str, Any]]]


@pytest.fixture(autouse=True)
def launched(monkeypatch: pytest.MonkeyPatch) -> Launched:
    """The commands handed on, instead of what they mean."""
    seen: Launched = []

    def collect(command: Command, into: Collector, **fields: Any) -> bool:
        seen.append(([word.text for word in command.words], fields))
        return True

    monkeypatch.setattr(launches, "collect", collect)
    return seen


def read(text: str, path: str = "api/Dockerfile") -> Extraction:
    return run_extractor("dockerfile", text, path)


def lines(text: str, path: str = "api/Dockerfile") -> list[str]:
    return [line.replace(f" network=container:{path} service={path}", "") for line in listing(read(text, path), text)]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("EXPOSE 8000", ["8000"]),
        ("expose 8000", ["8000"]),
        ("EXPOSE 8000 9000/tcp", ["8000", "9000"]),
        ("EXPOSE 8000 \\\n# why\n\n  9000", ["8000", "9000"]),
        ('EXPOSE "8000"', ["8000"]),
        ("EXPOSE\t8000", ["8000"]),
        ("EXPOSE 8000-8001", ["8000", "8001"]),
        ("EXPOSE $PORT", ["$PORT"]),
        ("EXPOSE", []),
        ("EXPOSE abc", []),
        ("# EXPOSE", []),
        ("RUN <<EOF\nEXPOSE 8000\nEOF\nEXPOSE 9000", ["9000"]),
        ("COPY <<-'END' /x\nEXPOSE 8000\n\tEND\nEXPOSE 9000", ["9000"]),
        ("RUN echo \\\n  EXPOSE 8000", []),
    ],
)
def test_expose(body: str, expected: list[str], newline: str) -> None:
    text = f"FROM x\n{body}\n".replace("\n", newline)
    found = [item for item in read(text).occurrences if item.role == "exposes"]
    assert [text[item.span.start : item.span.end] for item in found] == expected
    assert {item.network for item in found} <= {"container:api/Dockerfile"}


def test_what_is_not_a_port_counts_as_unresolved_and_udp_is_told_apart() -> None:
    assert read("FROM x\nEXPOSE abc\n").unresolved == 1
    assert [item.how for item in read("FROM x\nEXPOSE 53/udp 80\n").occurrences] == ["EXPOSE udp", "EXPOSE"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("ENV PORT=8000", ["port declares PORT '8000' how=ENV"]),
        ("ENV PORT 8000", ["port declares PORT '8000' how=ENV"]),
        ('ENV PORT="8000" NAME=x', ["port declares PORT '8000' how=ENV"]),
        ("ENV A=b \\\n    PORT='8000'", ["port declares PORT '8000' how=ENV"]),
        ("ARG PORT=8000", ["port defaults PORT '8000' how=ARG"]),
        ("ARG PORT", []),
        ("ARG PORT=8000\nENV PORT=$PORT", ["port defaults PORT '8000' how=ARG"]),
        ("ENV IMPORT_X=8000", []),
        ("LABEL port=8000", []),
    ],
)
def test_variables(body: str, expected: list[str]) -> None:
    assert lines(f"FROM x\n{body}\n") == expected


def test_the_escape_directive_changes_what_continues_a_line() -> None:
    text = "# escape=`\nFROM x\nENV A=C:\\\nENV PORT=1 `\n  API_PORT=8000\n"
    assert [line.split()[2:4] for line in lines(text)] == [["PORT", "'1'"], ["API_PORT", "'8000'"]]


def test_an_argument_before_the_first_stage() -> None:
    text = "ARG VERSION=3.12\nARG API_PORT=8000\nFROM python:${VERSION}-slim\n"
    assert read(text).services[0].image == "python:3.12-slim"
    assert lines(text) == ["port defaults API_PORT '8000' how=ARG"]


def test_stages(launched: Launched) -> None:
    text = (
        "FROM --platform=$X node:20 AS base\nENV PORT=3000\nEXPOSE 3000\nCMD node a.js\n"
        "FROM base AS dev\nCMD npm run dev\nFROM base\nENV PORT=4000\n"
    )
    services = [(item.name, item.image, item.stage, item.command) for item in read(text).services]
    assert services == [
        ("api/Dockerfile#base", "node:20", "base", True),
        ("api/Dockerfile#dev", "node:20", "dev", True),
        ("api/Dockerfile", "node:20", "", True),
    ]
    ports = [
        (item.service, text[item.span.start : item.span.end])
        for item in read(text).occurrences
        if item.role == "declares"
    ]
    assert sorted(ports) == [
        ("api/Dockerfile", "4000"),
        ("api/Dockerfile#base", "3000"),
        ("api/Dockerfile#dev", "3000"),
    ]
    assert [words for words, _ in launched[:3]] == [["node", "a.js"], ["npm", "run", "dev"], ["node", "a.js"]]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('CMD ["uvicorn", "app:app", "--port", "8000"]', [["uvicorn", "app:app", "--port", "8000"]]),
        ("CMD uvicorn app:app --port 8000", [["uvicorn", "app:app", "--port", "8000"]]),
        ("CMD uvicorn app:app \\\n  # port\n  --port 8000", [["uvicorn", "app:app", "--port", "8000"]]),
        ('CMD ["sh", "-c", "uvicorn --port $PORT"]', [["uvicorn", "--port", "$PORT"]]),
        ('ENTRYPOINT ["uvicorn"]\nCMD ["--port", "8000"]', [["uvicorn", "--port", "8000"]]),
        ('ENTRYPOINT ["./entrypoint.sh"]\nCMD ["uvicorn", "a"]', [["./entrypoint.sh"], ["uvicorn", "a"]]),
        ("ENTRYPOINT uvicorn\nCMD ignored", [["uvicorn"]]),
        ("CMD old --port 1\nCMD new", [["new"]]),
        ("RUN npm start -- --port 3000", []),
        ("CMD", []),
    ],
)
def test_commands(launched: Launched, body: str, expected: list[list[str]]) -> None:
    read(f"FROM x\n{body}\n")
    assert [words for words, _ in launched] == expected


def test_health_checks(launched: Launched) -> None:
    read("FROM x\nHEALTHCHECK --interval=5s --timeout=3s \\\n  CMD curl -f http://localhost:8000/health || exit 1\n")
    assert [words for words, _ in launched] == [["curl", "-f", "http://localhost:8000/health"], ["exit", "1"]]
    assert {fields["role"] for _, fields in launched} == {"probes"}
    launched.clear()
    read("FROM x\nHEALTHCHECK NONE\n")
    assert launched == []


@pytest.mark.parametrize(
    ("body", "path", "inside"),
    [
        (
            'COPY docker/entry.sh /usr/bin/entry.sh\nENTRYPOINT ["/usr/bin/entry.sh"]',
            "docker/entry.sh",
            "/usr/bin/entry.sh",
        ),
        ('COPY docker/entry.sh /usr/bin/\nENTRYPOINT ["/usr/bin/entry.sh"]', "docker/entry.sh", "/usr/bin/entry.sh"),
        ('WORKDIR /app\nCOPY . .\nCMD ["./start.sh"]', "start.sh", "./start.sh"),
        ("WORKDIR /app\nCOPY . /app\nCMD python -u scripts/run.py", "scripts/run.py", "scripts/run.py"),
        ('CMD ["bash", "/opt/x/start.sh"]', "start.sh", "/opt/x/start.sh"),
    ],
)
def test_entry_scripts(body: str, path: str, inside: str) -> None:
    found = [item for item in read(f"FROM x\n{body}\n").relations if item.kind == "runs"]
    assert [(item.path, item.inside, item.service) for item in found] == [(path, inside, "api/Dockerfile")]


def test_copies_from_the_context_only() -> None:
    text = (
        "FROM a AS b\nFROM c\nCOPY --from=b /x /y\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\nCOPY ../../../x /y\n"
    )
    found = [(item.kind, item.path, item.inside) for item in read(text).relations]
    assert found == [
        ("copies", "api/nginx.conf", "/etc/nginx/conf.d/default.conf"),
        ("copies", "nginx.conf", "/etc/nginx/conf.d/default.conf"),
    ]


def test_comments() -> None:
    text = "FROM x\n# default port 8288\nENV API_PORT=8300\n# docker run -p 8000:8000\nEXPOSE 8300\n# 2\n"
    found = [item for item in read(text).occurrences if item.role == "documents"]
    assert ("API_PORT", "8288") in {(item.name, text[item.span.start : item.span.end]) for item in found}
    assert all(item.commented for item in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "FROM",
        "EXPOSE 1\n",
        "FROM a AS\n",
        "FROM a\n\\",
        "FROM a\nRUN <<EOF\nnever ends",
        "???\nFROM a\nEXPOSE 80",
    ],
)
def test_odd_files(text: str) -> None:
    read(text)


def test_what_is_no_instruction_is_a_problem() -> None:
    found = read("FROM a\n??? 8000\nEXPOSE 80\n")
    assert [problem.line for problem in found.problems] == [2]
    assert len(found.occurrences) == 1


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("Dockerfile", True),
        ("a/Dockerfile.dev", True),
        ("a/dev.Dockerfile", True),
        ("Containerfile", True),
        ("docker/api-dockerfile", True),
        ("Dockerfile.md", False),
        ("docs/dockerfile.py", False),
        (".dockerignore", False),
        ("Dockerfile.dockerignore", False),
    ],
)
def test_names(path: str, is_one: bool) -> None:
    found = format_of(path)
    assert (found is not None and found.name == "dockerfile") is is_one
