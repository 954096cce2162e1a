"""Shell scripts: for every form that says something, a look-alike that says nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portlint import launches
from portlint.collecting import Collector
from portlint.commands import Command
from portlint.extractors import shell
from portlint.model import Kind, Role
from portlint.values import describe


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], list[str], dict[str, Any]]]:
    """The commands handed on: their words, what those come to, and the fields."""
    seen: list[tuple[list[str], list[str], dict[str, Any]]] = []

    def collect(command: Command, into: Collector, **fields: Any) -> bool:
        words = [word.text for word in command.words]
        seen.append((words, [describe(word.value) for word in command.words], fields))
        return False

    monkeypatch.setattr(launches, "collect", collect)
    return seen


def said(text: str, path: str = "run.sh", *roles: Role) -> list[str]:
    """The ports and hosts that a script says: role, name, value as written, how."""
    found = shell.extract(path, text)
    return [
        f"{item.role} {item.name} {text[item.span.start : item.span.end]} {item.how}".strip()
        for item in found.occurrences
        if item.kind in (Kind.PORT, Kind.HOST) and (item.role in roles if roles else item.role is not Role.READS)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PORT=8300", ["declares PORT 8300 shell assignment"]),
        ("export PORT=8300 HOST='localhost'", ["declares PORT 8300 export", "declares HOST localhost export"]),
        ("readonly API_PORT=\"8300\"", ["declares API_PORT 8300 shell assignment"]),
        ("PORT=${PORT:-8300}", ["defaults PORT 8300 shell default"]),
        (': "${API_PORT:=8300}"', ["defaults API_PORT 8300 shell default"]),
        ("if true; then\n\texport PORT=8300\nfi", ["declares PORT 8300 export"]),
        ("IMPORT_X=8300", []),
        ("TIMEOUT=8300", []),
        ("PORT=", []),
        ("PORT=$(cat port)", ["declares PORT $(cat port) shell assignment"]),
        ('[ "$PORT" = 8300 ] && true', []),
        ('if [[ $PORT == "8300" ]]; then true; fi', []),
        ("PORTS=(8000 8001)", []),
        ("declare -A PORTS=([api]=8000)", ["declares PORTS[api] 8000 shell assignment"]),
        ('export PATH="$PATH:$HOME/bin"', []),
        ("API_PORT=8300 # x\r\nexport DB_HOST=db.internal\r\n",
         ["declares API_PORT 8300 shell assignment", "declares DB_HOST db.internal export"]),
    ],
)  # fmt: skip
def test_assignments(text: str, expected: list[str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        'if [ -z "$PORT" ]; then PORT=8000; fi',
        'if [ -z "${PORT:-}" ]; then\n  export PORT=8000\nfi',
        '[ -z "$PORT" ] && PORT=8000',
        '[ -n "$PORT" ] || PORT=8000',
        "[[ -z ${PORT+x} ]] && PORT=8000",
        'test -z "$PORT" && export PORT=8000',
        'if [ "$PORT" = "" ]; then PORT=8000; fi',
        "if [ x$PORT = x ]; then PORT=8000; fi",
        'if ! [ -n "$PORT" ]; then PORT=8000; fi',
        'if [ -n "$PORT" ]; then true; else PORT=8000; fi',
        'if a; then b; elif [ -z "$PORT" ]; then PORT=8000; fi',
        "[[ ! -v PORT ]] && PORT=8000",
        "PORT=${1:-8000}",
        'PORT="${1:-${PORT:-8000}}"',
        "if [ $# -eq 0 ]; then PORT=8000; fi",
    ],
)
def test_conditional_assignments_are_defaults(text: str) -> None:
    assert said(text) == ["defaults PORT 8000 shell default"]


@pytest.mark.parametrize(
    "text",
    [
        'if [ -z "$HOST" ]; then PORT=8000; fi',
        'if [ -n "$PORT" ]; then PORT=8000; fi',
        '[ -z "$PORT" ] || PORT=8000',
        '[ -z "$PORT" ]; PORT=8000',
        'if [ -z "$PORT" ]; then true; else PORT=8000; fi',
        "if [ $# -gt 0 ] && [ -f x ]; then true; else true; fi; PORT=8000",
    ],
)
def test_other_conditions_make_no_default(text: str) -> None:
    assert said(text) == ["declares PORT 8000 shell assignment"]


def test_parameter_without_default_is_unresolved() -> None:
    found = shell.extract("run.sh", "PORT=$1\n")
    assert (found.occurrences, found.unresolved) == ((), 1)


@pytest.mark.parametrize(
    ("text", "profiles"),
    [
        ('if [ "$NODE_ENV" = "production" ]; then PORT=80; else PORT=81; fi', ["production", ""]),
        ('if [ "$APP_ENV" != "prod" ]; then PORT=80; else PORT=81; fi', ["", "production"]),
        ('case "$1" in dev) PORT=80;; staging|stage) PORT=81;; dev|prod) PORT=82;; esac',
         ["development", "staging", ""]),
        ('[[ $ENVIRONMENT == test ]] && PORT=80', ["test"]),
        ('case "$(uname)" in dev) PORT=80;; esac', [""]),
        ('if [ "$NAME" = "production" ]; then PORT=80; fi', [""]),
    ],
)  # fmt: skip
def test_profiles(text: str, profiles: list[str]) -> None:
    found = shell.extract("run.sh", text).occurrences
    assert [item.profile for item in found if item.role is Role.DECLARES] == profiles


START = """
start() {
  local port=$1
  export PORT=$port
  serve --port "$port"
  log_info "at http://localhost:$port/x"
}
web() { local port=3000; serve --port $port; }
start "$API_PORT"
web
"""


def test_parameters_of_functions_are_followed(launched: list[tuple[list[str], list[str], dict[str, Any]]]) -> None:
    found = shell.extract("run.sh", START).occurrences
    assert [item[1] for item in launched if item[0][0] == "serve"] == [
        ["serve", "--port", "API_PORT"],
        ["serve", "--port", "3000"],
    ]
    assert [(item.name, describe(item.value)) for item in found if item.role is Role.DECLARES] == [("PORT", "API_PORT")]
    documented = [item for item in found if item.role is Role.DOCUMENTS and item.kind is Kind.PORT]
    assert [describe(item.value) for item in documented] == ["API_PORT"]
    assert {item.name for item in found if item.role is Role.READS} == {"API_PORT"}


def test_two_different_calls_leave_a_parameter_unknown(
    launched: list[tuple[list[str], list[str], dict[str, Any]]],
) -> None:
    shell.extract("run.sh", "f() { local port=$1; serve --port $port; }\nf $A_PORT\nf $B_PORT\n")
    assert launched[0][1] == ["serve", "--port", "$1"]
    launched.clear()
    shell.extract("run.sh", "g() { serve $1; }\nf() { g $1; }\ng $A_PORT\nf $A_PORT\nf $B_PORT\n")
    assert launched[0][1] == ["serve", "$1"]
    launched.clear()
    shell.extract("run.sh", "g() { serve $1; }\nf() { g $1; }\ng $A_PORT\nf $A_PORT\n")
    assert launched[0][1] == ["serve", "A_PORT"]


def test_long_chains_of_calls_and_circles_end(launched: list[tuple[list[str], list[str], dict[str, Any]]]) -> None:
    chain = "".join(f'f{i}() {{ local port=$1; f{i + 1} "$port"; f0 "$port"; }}\n' for i in range(8))
    shell.extract("run.sh", chain + 'f8() { local port=$1; serve --port "$port"; }\nf0 "$API_PORT"\n')
    assert ["serve", "--port", "API_PORT"] in [item[1] for item in launched]
    doubling = "".join(f'g{i}() {{ g{i + 1} "$1$1"; }}\n' for i in range(40))
    shell.extract("run.sh", doubling + "g0 $PORT\ng39 8000 port\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('exe=""\nif a; then exe="$D/inngest.exe"; fi\nnohup "$exe" dev &', ["nohup", "inngest.exe", "dev"]),
        ('("$UVICORN_BIN" app:app)', ["uvicorn", "app:app"]),
        ('CMD="uvicorn app:app --port 80"\n$CMD --reload', ["uvicorn", "app:app", "--port", "80", "--reload"]),
        ('CMD="uvicorn app:app"\neval "$CMD"', ["uvicorn", "app:app"]),
        ('A=(uvicorn app:app)\nA+=(--port 80)\nexec "${A[@]}" x', ["exec", "uvicorn", "app:app", "--port", "80", "x"]),
        ("PY=$(command -v python3)\n$PY -m http.server", ["python3", "-m", "http.server"]),
        ('"$SOMETHING" dev', ["$SOMETHING", "dev"]),
        ("env A=1 uvicorn \\\n  --port 80", ["env", "A=1", "uvicorn", "--port", "80"]),
    ],
)
def test_program_variables(
    text: str, words: list[str], launched: list[tuple[list[str], list[str], dict[str, Any]]]
) -> None:
    shell.extract("run.sh", text)
    assert launched[-1][0] == words


@pytest.mark.parametrize(
    ("path", "text", "component"),
    [
        ("run.sh", "cd api && serve 80", "api"),
        ("scripts/run.sh", "cd api && serve 80", "api"),
        ("scripts/run.sh", "cd ../api && serve 80", "api"),
        ("web/run.sh", "cd api && serve 80", "web/api"),
        ("scripts/run.sh", 'cd "$(dirname "$0")/../api" && serve 80', "api"),
        ("a/b/run.sh",
         'D="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\nR=$(dirname "$D")\ncd "$R/api"\nserve 80', "a/api"),
        ("a/run.sh", 'cd "$(git rev-parse --show-toplevel)"\nserve 80', ""),
        ("run.sh", "cd ../.. && serve 80", None),
        ("run.sh", "cd $X && serve 80", None),
    ],
)  # fmt: skip
def test_component(
    path: str, text: str, component: str | None, launched: list[tuple[list[str], list[str], dict[str, Any]]]
) -> None:
    shell.extract(path, text)
    assert launched[-1][2].get("component") == component


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('echo "Running at http://localhost:8300"', ["documents  localhost message", "documents  8300 message"]),
        ('printf "port 8300\\n"', ["documents  8300 message"]),
        ("cat <<EOF\nOpen http://localhost:8300/x\nEOF\n", ["documents  localhost message", "documents  8300 message"]),
        ('read -p "Port [8080]: " PORT', ["documents PORT 8080 message"]),
        ('echo "took 8300 ms"', []),
        ('grep "http://localhost:8300" x', []),
    ],
)
def test_messages(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_colours_are_no_part_of_a_message() -> None:
    text = 'echo -e "${GREEN}http://localhost:8300${NC} \\033[0;32m"'
    ports = [item for item in shell.extract("run.sh", text).occurrences if item.kind is Kind.PORT]
    assert [text[slice(*item.span)] for item in ports] == ["8300"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cat > .env <<EOF\nPORT=8300\nEOF\n", ["declares PORT 8300 .env"]),
        ("cat <<'EOF' | sudo tee .env >/dev/null\nPORT=8300\nEOF\n", ["declares PORT 8300 .env"]),
        ('echo "PORT=8300" >> .env', ["declares PORT 8300 .env"]),
        ("{\n  echo PORT=8300\n} > .env", ["declares PORT 8300 .env"]),
        ("bash <<'EOF'\nPORT=8300\nEOF\n", ["declares PORT 8300 shell assignment"]),
        ("cat > notes.txt <<EOF\nPORT=$X\nEOF\n", []),
        ("ssh host <<'EOF'\nPORT=8300\nEOF\n", []),
    ],
)
def test_written_files(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_heredoc_places_with_carriage_returns() -> None:
    text = "# é😀\r\ncat > api/.env <<EOF\r\nPORT=8300\r\nURL=http://a:81/x\r\nEOF\r\n"
    found = shell.extract("run.sh", text).occurrences
    ports = [item for item in found if item.kind is Kind.PORT]
    assert [(text[slice(*item.span)], item.component) for item in ports] == [("8300", "api"), ("81", "api")]


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        (". ./.env", [("sources", "api/.env", "./.env")]),
        ('source "lib/x.sh"', [("sources", "api/lib/x.sh", "lib/x.sh")]),
        ("set -a; . ../.env; set +a", [("sources", ".env", "../.env")]),
        ('source "$(dirname "$0")/x.sh"', [("sources", "api/x.sh", '$(dirname "$0")/x.sh')]),
        ("export $(grep -v '^#' .env | xargs)", [("sources", "api/.env", ".env")]),
        ("docker compose --env-file ../p.env up", [("env_file", "p.env", "../p.env")]),
        ("bash ./x.sh & exec python main.py", [("runs", "api/x.sh", "./x.sh"), ("runs", "api/main.py", "main.py")]),
        (". ../../x.sh; . /etc/x; . ~/x; . $X", []),
    ],
)
def test_relations(text: str, relations: list[tuple[str, str, str]]) -> None:
    found = shell.extract("api/run.sh", text).relations
    assert [(item.kind, item.path, text[slice(*item.span)]) for item in found] == relations


def test_comments_know_their_setting() -> None:
    text = (
        "#!/bin/bash\n# the default is 8000\n# really, default 8001\nPORT=9 # default 8002\n\n# default 8003\n\nX=1\n"
    )
    found = [item for item in shell.extract("run.sh", text).occurrences if item.commented]
    assert [(item.name, text[slice(*item.span)], item.how) for item in found] == [
        ("PORT", "8000", "comment"),
        ("PORT", "8001", "comment"),
        ("PORT", "8002", "comment"),
    ]


def test_reads() -> None:
    text = 'if lsof -i ":${API_PORT:-8000}"; then\n [ "$API_PORT" = 1 ] && for x in $DB_HOST; do :; done\nfi\n'
    assert said(text, "run.sh", Role.READS, Role.DEFAULTS) == [
        "reads API_PORT ${API_PORT:-8000}",
        "defaults API_PORT 8000 shell default",
        "reads API_PORT $API_PORT",
        "reads DB_HOST $DB_HOST",
    ]
    assert said("echo '$API_PORT'", "run.sh", Role.READS) == []


def test_half_written_script() -> None:
    found = shell.extract("run.sh", 'PORT=8300\nif [ -z "$X" ]; then\n  API_PORT=8301\n')
    assert {item.name for item in found.occurrences} >= {"PORT"}
    assert shell.extract("run.sh", "((((((( port 8300 }}}").problems[0].line == 1
    assert shell.extract("run.sh", "").occurrences == ()


@given(st.text(alphabet="aP=8$\"'{}():;\n\r#\\-[]<>|&E中😀 ", max_size=60))
def test_nothing_crashes(text: str) -> None:
    found = shell.extract("a/run.sh", "PORT=8300\n" + text)
    for item in found.occurrences:
        assert 0 <= item.span.start <= item.span.end <= len(text) + 10


@given(st.text(alphabet="é中😀 \t", max_size=8), st.sampled_from(["\n", "\r\n"]), st.integers(10, 65535))
def test_spans_are_exact(noise: str, end: str, port: int) -> None:
    text = f"# {noise}{end}\tPORT='{port}'{end}export X_URL=\"http://h:{port}/p\" # {noise}{end}"
    ports = [item for item in shell.extract("run.sh", text).occurrences if item.kind is Kind.PORT]
    assert [text[slice(*item.span)] for item in ports] == [str(port)] * 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("uvicorn a:b --port 8300 &", 1),
        ("nohup uvicorn a:b --port 8300 > x 2>&1 &", 1),
        ("(cd a && uvicorn a:b --port 8300) &", 1),
        ("{ uvicorn a:b --port 8300; } &", 1),
        ("cd a && uvicorn a:b --port 8300 & wait", 1),
        ("uvicorn a:b --port 8300 | tee x &", 1),
        ("uvicorn a:b --port 8300", 0),
        ("uvicorn a:b --port 8300 && true", 0),
        ("uvicorn a:b --port 8300 &> x", 0),
        ("sleep 1 & uvicorn a:b --port 8300", 0),
        ("check_port 8300 && uvicorn a:b --port 8300 &", 0),
        ("f() { uvicorn a:b --port 8300; }\nsleep 1 &", 0),
    ],
)
def test_servers_in_the_background_are_remarked(text: str, found: int) -> None:
    remarks = shell.extract("run.sh", text + "\n").remarks
    assert [text[slice(*item.span)] for item in remarks if item.kind == "background"] == ["8300"] * found
