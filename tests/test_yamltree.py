"""Exact places of YAML scalars, templates hidden from the parser, and input that must not blow up."""

from __future__ import annotations

import sys

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portlint import yamltext, yamltree, yamlvalues
from portlint.templates import BRACES_ONLY
from portlint.values import Literal, Reference, Unknown
from portlint.yamltree import Node, load


def value_at(text: str, *path: str) -> Node:
    found = load(text).documents[0].get(*path)
    assert found is not None
    return found


def written(text: str, node: Node) -> str:
    return text[node.span.start : node.span.end]


@pytest.mark.parametrize(
    ("text", "value", "raw"),
    [
        ("a: 8080\n", "8080", "8080"),
        ("a: 8080", "8080", "8080"),
        ("a: 12:30\n", "12:30", "12:30"),
        ("a: &x 8080 # c\n", "8080", "8080"),
        ("a: !!str 8080\n", "8080", "8080"),
        ('a: &x !!str "8080"\n', "8080", "8080"),
        ("a: '80''80'\n", "80'80", "80''80"),
        ('a: "http:\\/\\/x:80"\n', "http://x:80", "http:\\/\\/x:80"),
        ('a: "\\x38\\u0030\\U0001F600"\n', "80\U0001f600", "\\x38\\u0030\\U0001F600"),
        ("a: one\r\n   two\r\n", "one two", "one\r\n   two"),
        ('a: "one\\\n   two  \n\n   three"\n', "onetwo\nthree", "one\\\n   two  \n\n   three"),
        ("端口: 中😀8080\n", "中😀8080", "中😀8080"),
        ("a:\t8080\n", "8080", "8080"),
        ("a: ''\n", "", ""),
        ("a:\n", "", ""),
    ],
)
def test_value_and_place(text: str, value: str, raw: str) -> None:
    node = next(inner for _, _, inner in load(text).documents[0].items())
    assert node.text == value
    assert written(text, node) == raw


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("header", ["|", ">", "|-", ">+", "|2", "| # 9999"])
def test_every_word_of_a_block_scalar_has_its_place(newline: str, header: str) -> None:
    text = newline.join(["a:", f"  b: {header}", "    one $X two", "      端口=8080 😀", "", "    last", "c: 1", ""])
    node = value_at(text, "a", "b")
    fragment = node.fragment
    for word in ("one", "$X", "two", "端口=8080", "😀", "last"):
        at = fragment.text.index(word)
        span = fragment.span(at, at + len(word))
        assert text[span.start : span.end] == word
    assert "9999" not in fragment.text


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12), min_size=1, max_size=5),
    st.sampled_from(["'", '"', "|", None]),
)
def test_words_of_any_dumped_text_are_found_where_they_stand(lines: list[str], style: str | None) -> None:
    value = "\n".join(lines)
    text = yaml.safe_dump({"k": {"v": value}}, default_style=style, allow_unicode=True, width=20)
    tree = load(text)
    assert not tree.problems
    node = next(inner for _, _, outer in tree.documents[0].items() for _, _, inner in outer.items())
    fragment = node.fragment
    assert fragment.text == value
    for word in {word for line in lines for word in line.split() if word.isalnum() and word.isascii()}:
        at = value.index(word)
        span = fragment.span(at, at + len(word))
        assert text[span.start : span.end].replace("\\\n", "").split()[0].startswith(word[0])


@settings(max_examples=200, deadline=None)
@given(st.text("ab:- \n\t[]{}&*!|>'\"#%@`?<$\\0", max_size=60))
def test_no_text_makes_it_raise_and_no_place_leaves_the_text(text: str) -> None:
    tree = load(text)
    for document in tree.documents:
        for _, _, leaf in yamltree.leaves(document):
            span = leaf.span
            assert 0 <= span.start <= span.end <= len(text)
    list(yamltext.comments(tree.source, []))


def test_merge_keys_own_keys_win_and_first_merge_wins() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\nd: {<<: *b, '<<': 4}\n"
    items = {name: node.text for name, _, node in value_at(text, "c").items()}
    assert items == {"x": "3", "y": "1", "z": "2"}
    assert written(text, value_at(text, "c", "z")) == "2"


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a, *a, 1]\n",
        "a: &a {<<: *a, b: *a}\n",
        "a: &a0 [x, x]\n" + "".join(f"b{i}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(40)),
        "".join(f"b{i}: &a{i + 1} {{<<: *a{i}, k{i}: 1}}\n" for i in range(3000)),
        "".join(f"b{i}: &a{i + 1} {{x: *a{i}}}\n" for i in range(3000)),
        "[" * 100_000,
        "[ " * 100_000,
        "- " * 100_000,
        "{a: " * 50_000,
    ],
)
def test_cyclic_and_exploding_input_ends_soon(text: str) -> None:
    load("a: &a [*a, 1")  # what is loaded once
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        tree = load(text)
        leaves = sum(1 for document in tree.documents for _ in yamltree.leaves(document))
    finally:
        sys.setprofile(None)
    assert leaves < 100_000
    assert calls < 300_000 + 100 * len(text)


def test_leaves_give_paths_and_leave_long_lists_out() -> None:
    text = "a:\n  b: [1, 2]\n  c: [" + "3, " * 300 + "]\nd: 4\n"
    found = [(".".join(path), node.text) for path, _, node in yamltree.leaves(load(text).documents[0])]
    assert found == [("a.b", "1"), ("a.b", "2"), ("d", "4")]


@pytest.mark.parametrize(
    ("text", "line", "kept"),
    [
        ("a: 1\nb:\n\tc: 2\nd: 3\n", 3, {"a": "1", "d": "3"}),
        ('a: 1\nb: "open\nc: 3\n', 2, {"a": "1", "c": "3"}),
        ("a: 1\nb: [1, 2\n", 2, {"a": "1"}),
        ("a: 1\nb: x: y\nc: 3\n", 2, {"a": "1", "c": "3"}),
        ("a: 1\nb: @x\nc: 3\n", 2, {"a": "1", "c": "3"}),
    ],
)
def test_a_broken_line_is_named_and_the_rest_is_read(text: str, line: int, kept: dict[str, str]) -> None:
    tree = load(text)
    assert tree.problems[0][0] == line
    read = {name: node.text for name, _, node in tree.documents[0].items()}
    assert kept.items() <= read.items()


def test_a_key_one_column_off_keeps_what_is_below_it_apart() -> None:
    text = "p:\n  a:\n    port: 1\n    x:\n      y: 2\n   b:\n    port: 3\n  c: 4\n"
    tree = load(text)
    assert [line for line, _ in tree.problems] == [6]
    found = {
        ".".join(path): text[node.span.start : node.span.end] for path, _, node in yamltree.leaves(tree.documents[0])
    }
    assert found == {"p.a.port": "1", "p.a.x.y": "2", "p.b.port": "3", "p.c": "4"}


def test_what_stands_below_a_line_left_out_is_left_out_too() -> None:
    tree = load("p:\n  a:\n    port: 1\n  @b:\n    port: 3\n  c: 4\n")
    found = {".".join(path): node.text for path, _, node in yamltree.leaves(tree.documents[0])}
    assert found == {"p.a.port": "1", "p.c": "4"}


def test_documents_after_a_broken_one_are_read() -> None:
    tree = load("a: 1\n---\nb: [1\n---\nc: 3\n")
    assert [line for line, _ in tree.problems] == [3] or tree.problems
    assert [document.get("c") is not None for document in tree.documents][-1]
    assert tree.documents[0].get("a") is not None


def test_good_yaml_has_no_problem() -> None:
    assert load("a: 1\n---\nb: '2'\n...\n---\n- c\n").problems == []


def test_template_lines_vanish_and_template_values_stay_readable() -> None:
    text = (
        "{{- if .Values.on }}\nport: {{ .Values.service.port }}\n{{- end }}{{/* x */}}\nname: x-{{ .Release.Name }}\n"
        'quoted: "{{ .Values.a }}:{{ .Values.b }}"\nblock: |\n  listen {{ .Values.c }};\n'
    )
    tree = load(text)
    assert tree.problems == []
    assert {name: node.text for name, _, node in tree.documents[0].items()} == {
        "port": "{{ .Values.service.port }}",
        "name": "x-{{ .Release.Name }}",
        "quoted": "{{ .Values.a }}:{{ .Values.b }}",
        "block": "listen {{ .Values.c }};\n",
    }


def test_workflow_expressions_are_plain_yaml() -> None:
    assert value_at("a: ${{ env.X }}\n", "a").text == "${{ env.X }}"
    assert load("a: ${{ env.X }}\n").source.masked == "a: ${{ env.X }}\n"


@pytest.mark.parametrize(
    ("text", "name", "default"),
    [
        ("{{ .Values.service.port }}", "service.port", None),
        ("{{- .Values.port | quote -}}", "port", None),
        ("{{ .Values.port | default 8080 | int }}", "port", "8080"),
        ("{{ default 8080 .Values.port }}", "port", "8080"),
        ("{{ app_port | default('9000') }}", "app_port", "9000"),
        ("{{ env_var('DB_HOST', 'localhost') }}", "DB_HOST", "localhost"),
        ('<%= ENV["PORT"] %>', "PORT", None),
        ("<%= ENV['PORT'] || 5432 %>", "PORT", "5432"),
        ('<%= ENV.fetch("PORT", 5432) %>', "PORT", "5432"),
        ('<%= ENV.fetch("DB_HOST") { "localhost" } %>', "DB_HOST", "localhost"),
    ],
)
def test_template_expressions(text: str, name: str, default: str | None) -> None:
    node = value_at(f"a: {text}\n", "a")
    parsed = yamlvalues.expression(node, BRACES_ONLY)
    assert isinstance(parsed, Reference)
    assert parsed.name == name
    assert (parsed.operand.text if isinstance(parsed.operand, Literal) else None) == default
    if isinstance(parsed.operand, Literal):
        assert f"a: {text}\n"[parsed.operand.span.start : parsed.operand.span.end] == default


@pytest.mark.parametrize("text", ['{{ include "x" . }}', "{{ .Release.Name }}", "{{ end }}", "<%= foo.bar(1) %>"])
def test_other_template_expressions_are_unknown(text: str) -> None:
    assert isinstance(yamlvalues.expression(value_at(f"a: {text}\n", "a"), BRACES_ONLY), Unknown)


def test_comments_are_found_outside_scalars_only() -> None:
    text = "# top\na: 'x # no' # yes\nb: |\n  # no\n  y\n# own\nc: a#no\n"
    tree = load(text)
    inside = sorted((node.start, node.end) for node in yamltree.scalars(tree) if "#" in text[node.start : node.end])
    assert [text[start:end] for start, end in yamltext.comments(tree.source, inside)] == ["# top", "# yes", "# own"]


def test_duplicates() -> None:
    node = load("a: 1\nb: 2\na: 3\n<<: {}\n<<: {}\n").documents[0]
    assert [(name, first.text, last.text) for name, first, last in node.duplicates()] == [("a", "1", "3")]
