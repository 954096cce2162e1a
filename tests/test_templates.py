"""Variables in text: every dialect's forms, and what looks like one and is none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portlint import templates
from portlint.templates import Dialect
from portlint.text import Fragment
from portlint.values import Concatenation, Expression, Literal, Reference, Unknown, span_of, walk

DIALECTS = {name: value for name, value in vars(templates).items() if isinstance(value, Dialect)}


def show(value: Expression) -> str:
    """``[X]`` a variable, ``[X:-d]`` with its default, ``<text>`` unknown, all else literal."""
    match value:
        case Literal(text=text):
            return text
        case Reference(name=name, operator=operator, operand=operand):
            return f"[{name}{operator}{show(operand) if operand is not None else ''}]"
        case Concatenation(parts=parts):
            return "".join(show(part) for part in parts)
        case Unknown(text=text):
            return f"<{text}>"
        case _:
            raise AssertionError(value)


@pytest.mark.parametrize(
    ("dialect", "text", "expected"),
    [
        ("SHELL", "$X", "[X]"),
        ("SHELL", "${X}", "[X]"),
        ("SHELL", "$X_Y-z", "[X_Y]-z"),
        ("SHELL", "http://$HOST:${PORT}/", "http://[HOST]:[PORT]/"),
        ("SHELL", "${X:-8000}", "[X:-8000]"),
        ("SHELL", '${X:-"8000"}', "[X:-8000]"),
        ("SHELL", "${X:-'8000'}", "[X:-8000]"),
        ("SHELL", "${X-8000}", "[X-8000]"),
        ("SHELL", "${X:=8000}", "[X:=8000]"),
        ("SHELL", "${X:?no port}", "[X:?no port]"),
        ("SHELL", "${X:+y}", "[X:+y]"),
        ("SHELL", "${X:-}", "[X:-]"),
        ("SHELL", "${X:-${Y:-8000}}", "[X:-[Y:-8000]]"),
        ("SHELL", "${X:-http://${H:-localhost}:${P:-80}/}", "[X:-http://[H:-localhost]:[P:-80]/]"),
        ("SHELL", '${X:-"http://${H}"}', "[X:-http://[H]]"),
        ("SHELL", "${X:-{a}}", "[X:-{a}]"),
        ("SHELL", r"\$X", "$X"),
        ("SHELL", r"\\$X", r"\[X]"),
        ("SHELL", "$", "$"),
        ("SHELL", "US$ 80", "US$ 80"),
        ("SHELL", "$(port)", "<$(port)>"),
        ("SHELL", "$((8000 + 1))", "<$((8000 + 1))>"),
        ("SHELL", "${X:-$(port)}", "[X:-<$(port)>]"),
        ("SHELL", "$1", "<$1>"),
        ("SHELL", "${X:0:4}", "<${X:0:4}>"),
        ("SHELL", "${X%%:*}", "<${X%%:*}>"),
        ("SHELL", "${#X}", "<${#X}>"),
        ("SHELL", "${X[0]}", "<${X[0]}>"),
        ("SHELL", "${}", "<${}>"),
        ("SHELL", "a${X", "a<${X>"),
        ("SHELL", "a$(x", "a<$(x>"),
        ("SHELL", "%X%", "%X%"),
        ("DOTENV", "http://$H:${P:-80}", "http://[H]:[P:-80]"),
        ("DOTENV", r"pa\$word", "pa$word"),
        ("DOCKERFILE", "${X:-80}", "[X:-80]"),
        ("DOCKERFILE", "$X:${Y:+z}", "[X]:[Y:+z]"),
        ("COMPOSE", "$$X", "$X"),
        ("COMPOSE", "$${X:-80}", "${X:-80}"),
        ("COMPOSE", "$$$X", "$[X]"),
        ("COMPOSE", "${X:-$$}", "[X:-$]"),
        ("COMPOSE", "${HOST_PORT:-8300}:${PORT}", "[HOST_PORT:-8300]:[PORT]"),
        ("COMPOSE", r"\$X", r"\[X]"),
        ("MAKE", "$(X):${Y}", "[X]:[Y]"),
        ("MAKE", "$X", "$X"),
        ("MAKE", "$$X", "$X"),
        ("MAKE", "$$(X)", "$(X)"),
        ("MAKE", "$(shell port)", "<$(shell port)>"),
        ("MAKE", "$(X", "<$(X>"),
        ("MAKE", "${X:-80}", "<${X:-80}>"),
        ("BRACES_ONLY", "$X ${Y:-$Z}", "$X [Y:-$Z]"),
        ("SYSTEMD", "$X ${Y} $$Z", "[X] [Y] $Z"),
        ("SYSTEMD", "${X:-80}", "<${X:-80}>"),
        ("SPRING", "${server.port:8080}", "[server.port:-8080]"),
        ("SPRING", "${X:http://a:80}", "[X:-http://a:80]"),
        ("SPRING", "${X:${Y:80}}", "[X:-[Y:-80]]"),
        ("SPRING", "${my-port}", "[my-port]"),
        ("SPRING", "${X:}", "[X:-]"),
        ("SPRING", "#{X} $X", "#{X} $X"),
        ("BATCH", "%H%:%P%", "[H]:[P]"),
        ("BATCH", "http://!H!:!P!/", "http://[H]:[P]/"),
        ("BATCH", "100% of %X", "100% of %X"),
        ("BATCH", "%%X%%", "%X%"),
        ("BATCH", "%X:~0,4%", "<%X:~0,4%>"),
        ("BATCH", "Done! At $X", "Done! At $X"),
        ("CADDY", "{$X}", "[X]"),
        ("CADDY", "{$X:8080}", "[X:-8080]"),
        ("CADDY", "{$X:http://{$H:a}:80}", "[X:-http://[H:-a]:80]"),
        ("CADDY", "{X} {$} {$X", "{X} {$} {$X"),
        ("CADDY", "a {$X:b", "a <{$X:b>"),
        ("ACTIONS", "${{ env.X }}", "[X]"),
        ("ACTIONS", "${{env.X}}", "[X]"),
        ("ACTIONS", "${{ env.X || '3000' }}", "[X:-3000]"),
        ("ACTIONS", "${{ inputs.port || 3000 }}", "[port:-3000]"),
        ("ACTIONS", "${{ vars.X || env.Y || '80' }}", "[X:-[Y:-80]]"),
        ("ACTIONS", "http://a:${{ matrix.port }}/", "http://a:[port]/"),
        ("ACTIONS", "${{ github.sha }}", "<${{ github.sha }}>"),
        ("ACTIONS", "${{ '80' || env.X }}", "<${{ '80' || env.X }}>"),
        ("ACTIONS", "${{ env.X || }}", "<${{ env.X || }}>"),
        ("ACTIONS", "${{ env.X && '1' }}", "<${{ env.X && '1' }}>"),
        ("ACTIONS", "${{ env.X", "<${{ env.X>"),
        ("ACTIONS", "$X ${Y:-1}", "[X] [Y:-1]"),
        ("POWERSHELL", "$env:X ${env:Y} $ENV:Z", "[X] [Y] [Z]"),
        ("POWERSHELL", "$script:X-${global:Y}-$Z", "[X]-[Y]-[Z]"),
        ("POWERSHELL", "$(Get-Port)", "<$(Get-Port)>"),
        ("PLAIN", "$X {$X} %X%", "$X {$X} %X%"),
    ],
)
def test_forms(dialect: str, text: str, expected: str) -> None:
    assert show(templates.parse(Fragment("--" + text, 0).cut(2, 2 + len(text)), DIALECTS[dialect])) == expected


SNIPPETS = st.lists(
    st.sampled_from(
        [
            "$",
            "${",
            "}",
            "$(",
            ")",
            "${{",
            "}}",
            "{$",
            "X",
            "env.X",
            ":-",
            ":",
            "%",
            "!",
            "\\",
            "\n",
            "'",
            '"',
            "||",
            "中😀",
            " 80",
        ]
    ),
    max_size=14,
).map("".join)


@pytest.mark.parametrize("name", DIALECTS)
@given(text=SNIPPETS | st.text(max_size=30))
def test_it_never_raises_and_every_part_stands_where_it_says(name: str, text: str) -> None:
    file = "é=" + text
    value = templates.parse(Fragment.slice_of(file, 2, len(file)), DIALECTS[name])
    parts = value.parts if isinstance(value, Concatenation) else (value,)
    position = 2
    for part in parts:
        span = span_of(part)
        assert file[position : span.start].replace("\\\n", "") == ""
        position = span.end
        if isinstance(part, Unknown) or (isinstance(part, Literal) and len(part.text) == span.end - span.start):
            assert file[span.start : span.end] == part.text
        elif isinstance(part, Reference):
            assert part.name in file[span.start : span.end]
    assert file[position:].replace("\\\n", "") == ""
    for part in walk(value):
        assert 2 <= span_of(part).start <= span_of(part).end <= len(file)


@given(text=SNIPPETS)
def test_text_without_variables_is_itself(text: str) -> None:
    plain = text.replace("$", "").replace("{", "")
    assert templates.parse(Fragment(plain), templates.COMPOSE) == Literal(plain, Fragment(plain).whole)


def test_spans_of_decoded_text_are_those_of_the_file() -> None:
    file = r"http:\/\/${HOST}:80"
    fragment = Fragment.pieces([("http:", 0), ("/", 5), ("/", 7), ("${HOST}:80", 9)], len(file))
    value = templates.parse(fragment)
    assert isinstance(value, Concatenation)
    assert [file[slice(*span_of(part))] for part in value.parts] == [r"http:\/\/", "${HOST}", ":80"]


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize(
    "unit",
    [
        "$",
        "${",
        "${A:-",
        "$(",
        "{$A:",
        "{$A",
        "${{ ",
        "%a:",
        "!a",
        "\\$",
        "$A ",
        "${A:-'",
        "${A$(",
        "${A}}",
        "${{ env.A || ",
    ],
)
def test_junk_takes_linear_time(name: str, unit: str) -> None:
    start = time.perf_counter()
    for _ in walk(templates.parse(Fragment(unit * 30_000), DIALECTS[name])):
        pass
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("name", ["SHELL", "SPRING", "CADDY"])
def test_deep_nesting_ends_as_unknown(name: str) -> None:
    opening = {"SHELL": "${A:-", "SPRING": "${A:", "CADDY": "{$A:"}[name]
    value = templates.parse(Fragment(opening * 5_000 + "80" + "}" * 5_000), DIALECTS[name])
    assert any(isinstance(part, Unknown) and part.reason == "nested too deeply" for part in walk(value))
    shallow = templates.parse(Fragment(opening * 20 + "80" + "}" * 20), DIALECTS[name])
    assert [part.text for part in walk(shallow) if isinstance(part, Literal)] == ["80"]


@pytest.mark.parametrize(
    ("text", "default"),
    [("${X:-'}'}", "}"), ('${X:-"}"}', "}"), ("${X:-it's}", "it's"), ("${X-'}", "'"), ("${X:-'a}b'}c'}", "a}b")],
)
def test_a_quoted_default_may_hold_a_brace(text: str, default: str) -> None:
    value = templates.parse(Fragment(text))
    first = value.parts[0] if isinstance(value, Concatenation) else value
    assert isinstance(first, Reference) and isinstance(first.operand, Literal)
    assert first.operand.text == default
