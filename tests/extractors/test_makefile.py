"""Makefile: variables, recipes, includes."""

from __future__ import annotations

import pytest
from helpers import listing, run_extractor

from portlint.model import Kind, Role
from portlint.values import Literal


def facts(text: str) -> list[str]:
    return listing(run_extractor("makefile", text, "Makefile"), text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("PORT ?= 8000", "port defaults PORT '8000' how=make default"),
        ("PORT := 8000", "port declares PORT '8000' how=make variable"),
        ("PORT = 8000 # the port", "port declares PORT '8000' how=make variable"),
        ("PORT ::= 8000", "port declares PORT '8000' how=make variable"),
        ("export API_PORT=8001", "port declares API_PORT '8001' how=export"),
        ("override HTTP_PORT = 8002", "port declares HTTP_PORT '8002' how=make variable"),
        ("dev: PORT = 8003", "port declares PORT '8003' how=make variable"),
        ("dev: export PORT := 8004", "port declares PORT '8004' how=export"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_variables(line: str, expected: str, end: str) -> None:
    assert expected in facts(line + end)


@pytest.mark.parametrize(
    "line", ["VERSION = 8000", "SUPPORT = 8000", "IMPORTS := 80", "PORT_RANGE = 1-2", "OBJ = a.o b.o"]
)
def test_look_alikes(line: str) -> None:
    assert facts(line + "\n") == []


def test_a_target_specific_value_is_not_the_file_s() -> None:
    extraction = run_extractor("makefile", "PORT = 8000\ndev: PORT = 8001\n")
    assert [value.text for name, value in extraction.bindings if isinstance(value, Literal)] == ["8000"]
    assert [item.label for item in extraction.occurrences] == ["", "dev"]


def test_references_are_make_s() -> None:
    assert "port reads API_PORT '$(API_PORT)'" in facts("URL = http://localhost:$(API_PORT)\n")


def test_recipes_are_commands_of_their_target() -> None:
    text = (
        "serve: deps ## Run\r\n\t@uvicorn app:app \\\r\n\t  --port $(PORT)\r\n\nshell:\n"
        "\tuvicorn app:app --port $$OTHER_PORT\n"
    )
    found = [
        item
        for item in run_extractor("makefile", text).occurrences
        if item.role is Role.READS and item.kind is Kind.PORT
    ]
    assert [(item.name, text[item.span.start : item.span.end], item.label) for item in found] == [
        ("PORT", "$(PORT)", "serve"),
        ("OTHER_PORT", "$$OTHER_PORT", "shell"),
    ]


def test_inline_recipes_and_defines() -> None:
    text = "a: b ; uvicorn x:y --port 5001\ndefine go\n\tuvicorn x:y --port 5002\nendef\n"
    listened = [
        (item.label, item.value.text)
        for item in run_extractor("makefile", text).occurrences
        if item.role is Role.LISTENS and item.kind is Kind.PORT and isinstance(item.value, Literal)
    ]
    assert listened == [("a", "5001"), ("go", "5002")]


def test_includes() -> None:
    text = "-include .env\ninclude common.mk ../../out.mk $(X).mk\n"
    relations = run_extractor("makefile", text, "api/Makefile").relations
    assert [(item.kind, item.path) for item in relations] == [("sources", "api/.env"), ("includes", "api/common.mk")]


def test_comments_name_the_variable_below() -> None:
    assert "port documents PORT '8123' how=comment commented" in facts("# default 8123\nPORT ?= 8000\n")
    assert "port documents PORT '8124' how=comment commented" in facts("PORT ?= 8000  # default 8124\n")


def test_what_is_set_only_where_unset_is_a_default() -> None:
    text = "ifndef PORT\nPORT = 3000\nendif\nAPI_PORT = 3001\nifdef PORT\nOTHER_PORT = 3002\nendif\n"
    assert [(i.name, str(i.role)) for i in run_extractor("makefile", text).occurrences] == [
        ("PORT", "defaults"),
        ("API_PORT", "declares"),
        ("OTHER_PORT", "declares"),
    ]
