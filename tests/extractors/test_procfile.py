"""Procfile: processes and their commands."""

from __future__ import annotations

from helpers import run_extractor

from portlint.model import Kind, Role


def test_each_process_is_labelled() -> None:
    text = (
        "web: gunicorn app:app --bind 0.0.0.0:$PORT\r\n# api: uvicorn x:y --port 9000\r\n"
        "api: uvicorn x:y --port 8000\r\n"
    )
    found = run_extractor("procfile", text, "Procfile").occurrences
    ports = [
        (i.label, i.role, text[i.span.start : i.span.end]) for i in found if i.kind is Kind.PORT and not i.commented
    ]
    assert ("api", Role.LISTENS, "8000") in ports
    assert ("web", Role.PASSES, "$PORT") in ports
    assert not [port for port in ports if "9000" in port[2]]


def test_broken_lines_are_named() -> None:
    extraction = run_extractor("procfile", "web uvicorn\nworker: celery\n")
    assert [problem.line for problem in extraction.problems] == [1]
    assert extraction.occurrences == ()
