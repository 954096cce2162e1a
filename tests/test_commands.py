"""Commands: where words begin and end, what they come to, and where they run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portlint import commands
from portlint.commands import leaves, limits
from portlint.commands import words as reading
from portlint.commands.model import Command
from portlint.errors import UnreadableInput
from portlint.extractors import shell
from portlint.model import Kind
from portlint.text import Fragment
from portlint.values import Concatenation, Literal, Reference, Unknown, describe, literal_text


def parsed(text: str) -> list[Command]:
    return commands.parse(Fragment(text))


def texts(text: str) -> list[list[str]]:
    return [[word.text for word in command.words] for command in parsed(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uvicorn app:app --port 8000", [["uvicorn", "app:app", "--port", "8000"]]),
        ("a 80 && b 81 || c; d & e | f", [["a", "80"], ["b", "81"], ["c"], ["d"], ["e"], ["f"]]),
        ("docker run \\\n  -p 80:90 \\\n  image", [["docker", "run", "-p", "80:90", "image"]]),
        ("serve > out.log --port 80 2>&1", [["serve", "--port", "80"]]),
        ("serve \"a b\"c --port='80' d\\ e", [["serve", "a bc", "--port=80", "d e"]]),
        ("(a 80; b) & { c; }", [["a", "80"], ["b"], ["c"]]),
        (
            'echo "$(a 80 "$(b 90)")" `c`',
            [["echo", '$(a 80 "$(b 90)")', "`c`"], ["a", "80", "$(b 90)"], ["b", "90"], ["c"]],
        ),
        ("if a 80; then b 81; elif c; then d; else e; fi", [["a", "80"], ["b", "81"], ["c"], ["d"], ["e"]]),
        ("case $1 in a) b 80;; *) c;; esac", [["b", "80"], ["c"]]),
        ("while ! nc -z db 5432; do sleep 1; done", [["nc", "-z", "db", "5432"], ["sleep", "1"]]),
        ("cat <<END | nc db 80 && b\ntext 90\nEND\n", [["cat"], ["nc", "db", "80"], ["b"]]),
        ("[ -z $PORT ] && a", [["a"]]),
        ("", []),
        ("# uvicorn --port 80", []),
    ],
)
def test_words(text: str, expected: list[list[str]]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bash -c 'a 80 && b'", [["a", "80"], ["b"]]),
        ('sh -ec "serve --port $PORT \\"x y\\""', [["serve", "--port", "$PORT", "x y"]]),
        ("nohup bash -lc \"bash -c 'a 80'\" &", [["a", "80"]]),
        ('concurrently -k "npm run a" "serve --port 80"', [["npm", "run", "a"], ["serve", "--port", "80"]]),
        ('gnome-terminal -- bash -c "serve 80"', [["serve", "80"]]),
        ("bash run.sh -c x", [["bash", "run.sh", "-c", "x"]]),
        ("python -c 'print(80)'", [["python", "-c", "print(80)"]]),
        ("docker exec web sh -c 'serve 80'", [["docker", "exec", "web", "sh", "-c", "serve 80"]]),
    ],
)
def test_shell_text_in_words(text: str, expected: list[list[str]]) -> None:
    assert texts(text) == expected


def test_assignments_reach_the_text_that_a_shell_runs() -> None:
    outer, inner = parsed("env A=1 bash -c 'serve 80'")
    assert [(item.name, describe(item.value)) for item in outer.assignments] == [("A", "1")]
    assert outer.words == ()
    assert [word.text for word in inner.words] == ["serve", "80"]


@pytest.mark.parametrize(
    ("text", "directories"),
    [
        ("cd web && a", ["", "web"]),
        ("cd web; cd ../api && a; b", ["", "web", "api", "api"]),
        ("(cd web && a); b", ["", "web", ""]),
        ("cd web && a &\nb", ["", "web", "web"]),
        ("cd $X && a", ["", ""]),
        ("cd web && cd - && a", ["", "web", ""]),
        ("cd /srv/app && a", ["", ""]),
        ("if a; then cd web; b; fi; c", ["", "", "web", ""]),
        ("f() { cd web; a; }; b", ["", "web", ""]),
        ("x=$(cd web && pwd) a 80", ["", "", "web"]),
        ("npm --prefix web run dev", ["web"]),
        ("uv run --directory=api uvicorn x", ["api"]),
        ("npm run x -- --prefix web", [""]),
        ("bash -c 'cd web && a'", ["", "web"]),
    ],
)
def test_directory(text: str, directories: list[str]) -> None:
    assert [command.directory for command in parsed(text)] == directories


def test_assignments() -> None:
    (command,) = parsed("PORT=80 HOST=\"$H\" X='a b' serve Y=1")
    assert [(item.name, item.value) for item in command.assignments] == [
        ("PORT", Literal("80", (5, 7))),
        ("HOST", Reference("H", (14, 16))),
        ("X", Literal("a b", (21, 24))),
    ]
    assert [word.text for word in command.words] == ["serve", "Y=1"]
    (exported,) = parsed("export PORT=80 A B='x'")
    assert exported.words == ()
    assert [item.name for item in exported.assignments] == ["PORT", "B"]


def value_of(word: str) -> object:
    return reading.read_word(Fragment(word)).value


def test_values() -> None:
    assert value_of("'$X'") == Literal("$X", (1, 3))
    assert value_of('"a\\$X"') == Literal("a$X", (1, 5))
    assert value_of("''") == Literal("", (1, 1))
    assert value_of("$'a\\nb'") == Literal("a\nb", (2, 6))
    nested = value_of('"${A:-http://${B:-x}:${C}}"')
    assert isinstance(nested, Reference)
    assert (nested.name, nested.operator) == ("A", ":-")
    assert isinstance(nested.operand, Concatenation)
    assert [type(part).__name__ for part in nested.operand.parts] == ["Literal", "Reference", "Literal", "Reference"]
    assert isinstance(value_of("$(cat port)"), Unknown)
    assert isinstance(value_of("`cat port`"), Unknown)
    assert isinstance(value_of("${unclosed"), Unknown)


def test_positional_parameters() -> None:
    (command,) = parsed("serve --port ${1:-8000} --host $2 ${X:-$3}")
    assert command.words[2].value == Literal("8000", (18, 22))
    assert isinstance(command.words[4].value, Unknown)
    fallback = command.words[5].value
    assert isinstance(fallback, Reference)
    assert isinstance(fallback.operand, Unknown)


@pytest.mark.parametrize(
    "text",
    ["a ${A:-x${B}} 80", 'a "x${A:-y${B:-"q"}}z" 80', 'a 中文 "😀 b" 80', "a 'it'\"'\"'s' 80", "a <(b) > x 80"],
)
def test_bashlex_and_tree_sitter_agree(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spans = reading.lexed_words(text)
    assert spans is not None
    monkeypatch.setattr(leaves, "lexed_words", lambda _: None)
    assert [reading.read_word(Fragment(text[slice(*span)])).text for span in spans] == texts(text)[0]


@pytest.mark.parametrize("text", ["time a 80", 'a "$(b && c)" 80', "a $((1 + 80))", "x=(a 80) b 80", "a {1..80}"])
def test_words_that_bashlex_cannot_read(text: str) -> None:
    assert "80" in str(texts(text))


def test_exec_form() -> None:
    words = [Fragment("uvicorn", 1), Fragment("--port", 11), Fragment("$PORT", 21)]
    command = commands.from_words(words)
    assert [word.span for word in command.words] == [(1, 8), (11, 17), (21, 26)]
    assert command.words[2].value == Reference("PORT", (21, 26))
    assert commands.parse_words(words) == [command]
    inner = commands.parse_words([Fragment("sh", 1), Fragment("-c", 6), Fragment("a 80; b", 12)])
    assert [[word.text for word in item.words] for item in inner] == [["a", "80"], ["b"]]
    assert inner[0].words[1].span == (14, 16)
    assert commands.from_words([]).words == ()


def test_decoded_fragments_keep_their_places() -> None:
    source = '"PORT=80 serve \\"a b\\" --port 81"'
    pieces = [("PORT=80 serve ", 1), ('"', 15), ("a b", 17), ('"', 20), (" --port 81", 22)]
    (command,) = commands.parse(Fragment.pieces(pieces, 32))
    assert source[slice(*command.assignments[0].span)] == "80"
    assert [source[slice(*word.span)] for word in command.words] == ["serve", "a b", "--port", "81"]


SAFE = st.text(alphabet="ab8:=/-.中😀", min_size=1, max_size=6)
QUOTED = st.one_of(
    SAFE,
    st.text(alphabet="a 8$中😀\t;&", max_size=6).map(lambda text: f"'{text}'"),
    st.text(alphabet="a 8中😀\t;&", max_size=6).map(lambda text: f'"{text}"'),
)


@given(st.lists(QUOTED, min_size=1, max_size=5), st.sampled_from([" ", "  ", "\t", " \\\n "]))
def test_spans_are_exact(words: list[str], blank: str) -> None:
    text = "run 80" + blank + blank.join(words)
    (command, *others) = parsed(text)
    assert not others
    assert len(command.words) == len(words) + 2
    for word, source in zip(command.words[2:], words, strict=True):
        inner = source[1:-1] if source[0] in "'\"" else source
        assert text[slice(*word.span)] == inner == word.text
        if source[0] == "'":
            assert literal_text(word.value) == inner


@given(st.text(alphabet="a8 \"'`$(){}[];&|<>\\\n=:-中#!*?~", max_size=40))
def test_nothing_crashes(text: str) -> None:
    for command in parsed(text):
        assert 0 <= command.span.start <= command.span.end <= len(text)
        for word in command.words:
            assert 0 <= word.span.start <= word.span.end <= len(text)


def test_deep_nesting_and_long_chains_end() -> None:
    assert len(parsed(" && ".join(["a 80"] * 3000))) == 3000
    parsed("(" * 500 + "a 80" + ")" * 500)
    parsed("echo " + '"${A:-' * 200 + "80" + '}"' * 200)


def test_a_line_with_thousands_of_redirections_is_left_out_and_named() -> None:
    text = "API_PORT=8000\nrun " + "<a \\\n" * 2_001 + "\nuvicorn x:y --port 81\n# " + "<>" * 999 + "\n"
    found = shell.extract("x.sh", text)
    assert [(item.line, item.message) for item in found.problems] == [(2, limits.REASON)]
    assert {text[slice(*item.span)] for item in found.occurrences if item.kind is Kind.PORT} == {"8000", "81"}
    with pytest.raises(UnreadableInput, match="redirections"):
        commands.parse(Fragment(text))
    assert not shell.extract("x.sh", "run " + "<a " * 999).problems


@given(st.text("<>a\n\\ ", max_size=30))
def test_leaving_lines_out_moves_nothing(text: str) -> None:
    bounded, left_out = limits.bounded(text, 2)
    assert [place for place, mark in enumerate(bounded) if mark == "\n"] == [
        place for place, mark in enumerate(text) if mark == "\n"
    ]
    assert len(bounded) == len(text) and (bounded == text or left_out)
