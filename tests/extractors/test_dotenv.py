"""Environment files: what they declare, what their comments say, where loaders disagree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portlint.extractors import format_of
from portlint.extractors.dotenv import extract
from portlint.model import Extraction, Kind, Role
from portlint.values import Literal


def declared(text: str, path: str = ".env") -> list[tuple[str, str, str]]:
    return [
        (o.name, o.kind.value, text[o.span.start : o.span.end])
        for o in extract(path, text).occurrences
        if o.role is Role.DECLARES and o.kind in (Kind.PORT, Kind.HOST, Kind.URL) and not o.how.startswith("implied")
    ]


def remarks(text: str, kind: str) -> list[str]:
    return [remark.message for remark in extract(".env", text).remarks if remark.kind == kind]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_forms_of_a_value(newline: str) -> None:
    lines = [
        "A_PORT=8300",
        "export B_PORT=8301",
        'C_PORT="8302"',
        "D_PORT='8303'",
        "E_PORT=8304 # comment",
        "\tF_PORT=8305\t# 中文 😀",
        "'G_PORT'=8306",
        "H_PORT=",
        "I_PORT=8308",
    ]
    found = [(name, value) for name, _, value in declared(newline.join(lines))]
    expected = {"A": 8300, "B": 8301, "C": 8302, "D": 8303, "E": 8304, "F": 8305, "G": 8306, "I": 8308}
    assert found == [(f"{letter}_PORT", str(number)) for letter, number in expected.items()]


def test_kinds_and_how() -> None:
    text = "HOST=0.0.0.0\nAPI_URL=http://api:8000/v1\nDEBUG=8000\nTIMEOUT=3000\nSUPPORT_LEVEL=8300\n"
    assert declared(text) == [("HOST", "host", "0.0.0.0"), *declared(text)[1:]]
    assert {name for name, _, _ in declared(text)} == {"HOST", "API_URL"}
    assert {o.how for o in extract("a/b.env", "PORT=8300").occurrences} == {"b.env"}


def test_interpolation_and_nested_defaults() -> None:
    text = 'URL="http://${H:-localhost}:${P:-8300}/x"\n'
    found = [(o.role, o.name, text[o.span.start : o.span.end]) for o in extract(".env", text).occurrences]
    assert (Role.DEFAULTS, "P", "8300") not in found, "P announces no port by its name alone"
    assert (Role.DECLARES, "URL", "${P:-8300}") in found
    text = "A_PORT=${B_PORT:-${C_PORT:-8300}}\n"
    found = [(o.role, o.name, text[o.span.start : o.span.end]) for o in extract(".env", text).occurrences]
    assert (Role.DEFAULTS, "C_PORT", "8300") in found
    assert any(name == "B_PORT" and role is Role.READS for role, name, _ in found)


def test_single_quotes_are_literal() -> None:
    text = "API_URL='http://localhost:8300/${X}'"
    urls = [o.value for o in extract(".env", text).occurrences if o.kind is Kind.URL]
    assert [type(value) for value in urls] == [Literal]


def test_multi_line_values_do_not_shift_what_follows() -> None:
    text = 'KEY="-----BEGIN\nPORT=1234\n-----END"\nA_PORT=8300\n'
    assert declared(text) == [("A_PORT", "port", "8300")]


def test_comments_above_beside_and_commented_out() -> None:
    text = "# Inngest, default 8288\nINNGEST_PORT=8300  # 默认8301\n#OLD_PORT=8302\n# API_PORT = 8303\n"
    found = [
        (o.name, text[o.span.start : o.span.end], o.commented)
        for o in extract(".env", text).occurrences
        if o.role is Role.DOCUMENTS
    ]
    assert found == [
        ("INNGEST_PORT", "8288", True),
        ("INNGEST_PORT", "8301", True),
        ("OLD_PORT", "8302", True),
        ("API_PORT", "8303", True),
    ]


def test_a_comment_after_a_blank_line_is_about_nothing() -> None:
    text = "# default 8288\n\nINNGEST_PORT=8300\n# default 8289"
    assert [o.name for o in extract(".env", text).occurrences if o.role is Role.DOCUMENTS] == []


@pytest.mark.parametrize(
    ("head", "label"),
    [
        ("# --- Backend ---\n", "Backend"),
        ("# ======\n# Backend\n# ======\n", "Backend"),
        ("#### Backend ####\n", "Backend"),
        ("# Backend\n", "Backend"),
        ("# [Backend]\n", "Backend"),
        ("# see the manual: it explains all of this.\n", ""),
    ],
)
def test_section_comments_are_labels(head: str, label: str) -> None:
    found = extract(".env", head + "A_PORT=8300\nB_PORT=8301\n").occurrences
    assert [o.label for o in found] == [label, label]


def test_a_plain_title_ends_at_the_blank_line() -> None:
    found = extract(".env", "# Backend\nA_PORT=8300\n\nB_PORT=8301\n").occurrences
    assert [o.label for o in found] == ["Backend", ""]


def test_duplicate_keys_say_whether_they_differ() -> None:
    text = "A_PORT=1\nA_PORT=2\nB_PORT=3\nB_PORT=3\nSECRET=abc\nSECRET=abd\n"
    found = [remark for remark in extract(".env", text).remarks if remark.kind == "duplicate-key"]
    assert [remark.name for remark in found] == ["A_PORT", "B_PORT", "SECRET"]
    assert "another value" in found[0].message and "the same" in found[1].message
    assert text[slice(*found[0].related[0][0])] == "1" and found[0].value == "2"
    assert "abd" not in repr(found[2]) and "abc" not in repr(found[2])
    assert remarks("A_PORT=1\nB_PORT=1\n# A_PORT=2\n", "duplicate-key") == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("API_URL=http://a:1/#/x", "reads 'http://a:1/'"),
        ("API_PORT='${PORT}'", "python-dotenv expands"),
        ("API_PORT=`8300`", "backticks"),
        ("API_PORT: 8300", "'NAME: value'"),
        ("API_PORT = 8300", "spaces around '='"),
        ("API_PORT= 8300", "spaces around '='"),
        ("CORS_ORIGINS=http://a:1, http://b:2", "first space"),
        ("API_PORT=$PORT", "only ${NAME}"),
        ("API_PORT=${PORT:?no port}", "knows only"),
        ("API_PORT=${PORT-8300}", "knows only"),
        ("API_PORT=${PORT:-${B}}", "first '}'"),
        ('API_URL="http://a:1\\tx"', "decode escapes"),
        ("API_PORT", "no '='"),
    ],
)
def test_where_loaders_disagree(line: str, says: str) -> None:
    found = remarks(line + "\n", "loader-dependent")
    assert len(found) == 1 and says in found[0]


@pytest.mark.parametrize(
    "line",
    [
        "API_PORT=8300",
        'API_PORT="8300"',
        "API_PORT='8300'",
        "API_PORT=8300 # a comment",
        "API_PORT=${PORT}",
        "API_PORT=${PORT:-8300}",
        "API_URL=http://${H:-a}:${P:-1}/",
        "PASSWORD=a#b c",
        "NAME = x",
        "FLAG",
        "SECRET='${X}'",
    ],
)
def test_where_loaders_agree_or_nobody_cares(line: str) -> None:
    assert remarks(line + "\n", "loader-dependent") == []


def test_values_are_read_where_only_some_loaders_do() -> None:
    assert declared("API_PORT: 8300\nB_PORT=`8301`\n") == [("API_PORT", "port", "8300"), ("B_PORT", "port", "8301")]


@pytest.mark.parametrize(
    "value", ["<port>", "{{ port }}", "<%= port %>", "__PORT__", "your_port", "changeme", "xxx", "", "@PORT@"]
)
def test_placeholders_are_no_values(value: str) -> None:
    assert declared(f"A_PORT={value}\nA_HOST={value}\nB_PORT=8300\n") == [("B_PORT", "port", "8300")]


def test_a_placeholder_within_a_url_leaves_the_rest() -> None:
    assert ("API_URL", "port", "8300") in declared("API_URL=http://<host>:8300/x")
    assert ("API_URL", "port", "8300") in declared("API_URL=http://{{ host }}:8300/x")


def test_bad_lines_are_problems_and_the_rest_is_read() -> None:
    text = 'A_PORT=8300\nthis is no line\n\x00\x01\x02\nB="open\n{{- if .X }}\nC_PORT=8301\n'
    found = extract(".env", text)
    assert [problem.line for problem in found.problems] == [2, 3, 4]
    assert [name for name, _, _ in declared(text)] == ["A_PORT", "C_PORT"]


def test_problems_are_not_endless() -> None:
    assert len(extract(".env", "no line here\n" * 1000).problems) <= 20


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        (".env", True),
        ("a/.env.production", True),
        (".env-template", True),
        ("env.example", True),
        ("docker.env", True),
        (".flaskenv", True),
        (".envrc", True),
        ("deploy/env-defaults", True),
        ("src/vite-env.d.ts", False),
        ("src/env.ts", False),
        (".env.patch", False),
        (".env.backup", False),
        ("venv/pyvenv.cfg", False),
        ("docs/environment.md", False),
    ],
)
def test_which_files(path: str, ours: bool) -> None:
    found = format_of(path)
    assert (found is not None and found.name == "dotenv") is ours


def test_envrc_loads_other_files() -> None:
    found: Extraction = extract("a/.envrc", "dotenv\nsource_env ../b/.envrc\nexport A_PORT=8300\n")
    assert {(r.kind, r.path) for r in found.relations} >= {("sources", "a/.env"), ("sources", "b/.envrc")}
    assert any(o.name == "A_PORT" for o in found.occurrences)


names = st.sampled_from(["A_PORT", "B_HOST", "C_URL", "export D_PORT", "X"])
values = st.sampled_from(
    ["8300", "'8300'", '"http://中:8300/é"', "http://localhost:1 # 默认 8300", "${A:-8300}", '"a\nb"']
)
ends = st.sampled_from(["\n", "\r\n", "\n\n", " \n", "\n# 端口 8300 😀\n", "\n#P_PORT=8301\r\n"])


@given(st.lists(st.tuples(names, values, ends), max_size=8))
def test_spans_are_exact(lines: list[tuple[str, str, str]]) -> None:
    text = "".join(f"{name}={value}{end}" for name, value, end in lines)
    for o in extract(".env", text).occurrences:
        if isinstance(o.value, Literal) and not o.how.startswith("implied"):
            assert text[o.span.start : o.span.end] == o.value.text


@given(st.text(max_size=80))
def test_never_raises(text: str) -> None:
    extract(".env", text)
