"""Python: what code says of ports, hosts and URLs, and the look-alikes that say nothing."""

from __future__ import annotations

import pytest
from helpers import run_extractor

from portlint.extractors import worth_parsing
from portlint.model import Extraction, Kind, Occurrence, Role
from portlint.values import Fallback, Literal, Reference, describe


def read(text: str, path: str = "app/main.py") -> Extraction:
    return run_extractor("python", text, path)


def said(text: str, kind: Kind = Kind.PORT, path: str = "app/main.py") -> list[tuple[str, str, str]]:
    """Role, name and the value as written, for one kind."""
    return [
        (item.role.value, item.name, text[item.span.start : item.span.end])
        for item in read(text, path).occurrences
        if item.kind is kind
    ]


def first(text: str, kind: Kind, role: Role, path: str = "app/main.py") -> Occurrence:
    return next(item for item in read(text, path).occurrences if item.kind is kind and item.role is role)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ('os.getenv("WEB_PORT", "8300")', "WEB_PORT"),
        ("os.getenv('WEB_PORT', '8300')", "WEB_PORT"),
        ('int(os.environ.get("WEB_PORT", 8300))', "WEB_PORT"),
        ('environ.get("WEB_PORT", default="8300")', "WEB_PORT"),
        ('os.environ.setdefault("WEB_PORT", "8300")', "WEB_PORT"),
        ('os.environ.get("WEB_PORT") or "8300"', "WEB_PORT"),
        ('os.environ["WEB_PORT"] if "WEB_PORT" in os.environ else 8300', "WEB_PORT"),
        ('config("WEB_PORT", default=8300, cast=int)', "WEB_PORT"),
        ('config("WEB_PORT", cast=int, default=8300)', "WEB_PORT"),
        ('env.int("WEB_PORT", 8300)', "WEB_PORT"),
        ('env("WEB_PORT", default=8300)', "WEB_PORT"),
        ('get_env("WEB_PORT", "8300")', "WEB_PORT"),
        ('getattr(settings, "WEB_PORT", 8300)', "WEB_PORT"),
        ('app.config.get("WEB_PORT", 8300)', "WEB_PORT"),
    ],
)
def test_a_read_with_default_is_the_variables_default(code: str, name: str) -> None:
    text = f"import os\nfrom os import environ\nlisten_on = {code}\n"
    assert ("defaults", name, "8300") in said(text)
    assert all(found == name for _, found, _ in said(text))


@pytest.mark.parametrize(
    "code",
    [
        'os.getenv("MAX_TOKENS", "8300")',
        'os.getenv("SUPPORT", 8300)',
        'os.getenv("REPORT_TIMEOUT", 8300)',
        'monkeypatch.setenv("MAX_TOKENS", "8300")',
        'set_env("IMPORT", "8300")',
        'data.get("port_count", 8300)',
    ],
)
def test_other_reads_are_silent(code: str) -> None:
    assert said(f"import os\nx = {code}\n") == []


def test_a_read_without_default_reads() -> None:
    assert said('import os\nport = os.environ["WEB_PORT"]\n') == [("reads", "WEB_PORT", 'os.environ["WEB_PORT"]')]


def test_the_order_of_fallbacks_is_kept() -> None:
    text = (
        'import os, uvicorn\nport = os.getenv("A_PORT") or os.getenv("B_PORT") or "8300"\nuvicorn.run(app, port=port)\n'
    )
    bound = dict(read(text).bindings)["port"]
    assert isinstance(bound, Fallback)
    assert describe(bound) == "A_PORT, else B_PORT, else 8300"
    assert ("defaults", "B_PORT", "8300") in said(text)


def test_setting_a_variable_declares() -> None:
    assert said('import os\nos.environ["WEB_PORT"] = "8300"\n') == [("declares", "WEB_PORT", "8300")]
    assert said('subprocess.run(cmd, env={**os.environ, "WEB_PORT": "8300"})\n') == [("declares", "WEB_PORT", "8300")]


def test_setting_a_variable_to_its_own_default_is_a_default() -> None:
    text = 'import os\nos.environ["WEB_PORT"] = os.getenv("WEB_PORT", "8300")\n'
    assert ("defaults", "WEB_PORT", "8300") in said(text)
    assert "declares" not in [role for role, _, _ in said(text)]


def test_a_constant_is_named_by_itself_but_a_read_by_its_variable() -> None:
    assert said("WEB_PORT = 8300\n") == [("defaults", "WEB_PORT", "8300")]
    assert said("WEB_PORT: int = 8_300\n") == [("defaults", "WEB_PORT", "8_300")]
    text = 'import os\nPORT = int(os.getenv("WEB_PORT", "8300"))\n'
    assert {name for _, name, _ in said(text)} == {"WEB_PORT"}


@pytest.mark.parametrize(
    "code",
    [
        "import report, support\nfrom transport import port\n",
        "REPORT = 8300\n",
        "PORT_TIMEOUT = 8300\n",
        "text = body[:8300]\n",
        "VERSION = (8, 300)\n",
        'PORT = "Shanghai"\n',
        'shipment = {"port": "Shanghai", "berth": 83}\n',
        'SWITCH = {"port": 24, "vlan": 8300}\n',
        "MAX_TOKENS = 8300\n",
        "class M(BaseModel):\n    max_tokens: int = Field(default=8000, le=9000)\n",
        'PORTS_PATTERN = r"port=(\\d{4})"\n',
        "sock.listen(8300)\n",
        "asyncio.run(main())\nsubprocess.run(['ls', '8300'])\n",
        "loop.run(port)\n",
    ],
)
def test_look_alikes_are_silent(code: str) -> None:
    assert said(code) == []


@pytest.mark.parametrize(
    ("code", "host", "port"),
    [
        ('f"http://{HOST}:{PORT}/api"', "{HOST}", "{PORT}"),
        ('"http://" + HOST + ":" + str(PORT) + "/api"', "HOST", "PORT"),
        ('"http://%s:%d/api" % (HOST, PORT)', "HOST", "PORT"),
        ('"http://%(h)s:%(p)s/api" % {"h": HOST, "p": PORT}', "HOST", "PORT"),
        ('"http://{}:{}/api".format(HOST, PORT)', "HOST", "PORT"),
        ('"http://{h}:{p}/api".format(p=PORT, h=HOST)', "HOST", "PORT"),
        ('urlunsplit(("http", f"{HOST}:{PORT}", "api", "", ""))', "{HOST}", "{PORT}"),
        ('URL.build(scheme="http", host=HOST, port=PORT, path="/api")', "HOST", "PORT"),
        ('(f"http://{HOST}"\n    f":{PORT}/api")', "{HOST}", "{PORT}"),
    ],
)
def test_urls_are_put_together(code: str, host: str, port: str) -> None:
    text = f'HOST = "localhost"\nPORT = 8300\nAPI_URL = {code}\n'
    assert ("defaults", "API_URL", host) in said(text, Kind.HOST)
    assert ("defaults", "API_URL", port) in said(text)
    value = first(text, Kind.URL, Role.DEFAULTS).value
    assert describe(value) == "HOST + PORT"
    bound = dict(read(text).bindings)["PORT"]
    assert isinstance(bound, Literal)
    assert text[bound.span.start : bound.span.end] == bound.text == "8300"


def test_a_constant_of_the_file_is_a_local_reference() -> None:
    text = "import uvicorn\nPORT = 8300\nuvicorn.run(app, port=PORT)\n"
    listening = first(text, Kind.PORT, Role.LISTENS)
    assert isinstance(listening.value, Reference)
    assert (listening.value.name, listening.value.local) == ("PORT", True)
    assert [name for name, _ in read(text).bindings] == ["PORT"]


def test_functions_keep_their_names_apart() -> None:
    text = (
        "import uvicorn\ndef one():\n    port = 8300\n    uvicorn.run(app, port=port)\n"
        "def two(port=8400):\n    uvicorn.run(app, port=port)\n"
    )
    assert {name: describe(value) for name, value in read(text).bindings} == {"one.port": "8300", "two.port": "8400"}


def test_a_name_in_its_own_new_value_means_the_old_one() -> None:
    text = (
        'import os, uvicorn\ndef main():\n    port = os.environ.get("WEB_PORT")\n'
        "    port = int(port) if port else 8300\n"
        "    uvicorn.run(app, port=port)\n"
    )
    assert describe(dict(read(text).bindings)["main.port"]) == "WEB_PORT, else 8300"
    assert first(text, Kind.PORT, Role.PASSES).tool == "uvicorn"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('x = "http://localhost:8300/a"\n', "/a"),
        ("x = '''http://localhost:8300/a'''\n", "/a"),
        ('x = rb"no" or r"http://localhost:8300/a"\n', "/a"),
        ('x = "http://localhost" ":8300/a"\n', "/a"),
        ('x = "http://localhost:8300/\\x61"\n', "\\x61"),
        ('# 端口 🚀\nx = "http://localhost:8300/端🚀"\n', "/端🚀"),
        ('def f():\r\n\tx = (f"http://localhost:8300"\r\n\t\t"/a")\r\n', "/a"),
        ('名前 = "🚀"; x = f"{名前}"; y = f"http://localhost:8300/{x}"\n', "/{x}"),
    ],
)
def test_spans_are_exact(text: str, path: str) -> None:
    assert [written for _, _, written in said(text)] == ["8300"]
    assert [written for _, _, written in said(text, Kind.HOST)] == ["localhost"]
    assert said(text, Kind.PATH)[0][2].endswith(path)


def test_messages_document_and_calls_connect() -> None:
    text = 'def f(port=8300):\n    print(f"open http://localhost:{port}")\n    get("http://backend:8400/x")\n'
    assert [(role, written) for role, _, written in said(text)] == [("documents", "{port}"), ("connects", "8400")]


@pytest.mark.parametrize(
    "url",
    ["https://example.com/x", "http://www.w3.org/2000/svg", "vscode://file/x", "project://x", "http://test/x"],
)
def test_urls_of_others_are_silent(url: str) -> None:
    assert said(f'get("{url}")\n', Kind.URL) == []


def test_comments_beside_and_above_are_about_the_setting() -> None:
    text = "WEB_PORT = 8300  # default 8288\n\n# default 8289\nAPI_PORT = 8400\n"
    assert said(text) == [
        ("defaults", "WEB_PORT", "8300"),
        ("documents", "WEB_PORT", "8288"),
        ("documents", "API_PORT", "8289"),
        ("defaults", "API_PORT", "8400"),
    ]


def test_a_number_sign_in_a_string_is_no_comment() -> None:
    text = 'x = "a # port 8288"\ny = """\n# WEB_PORT=8288\n"""\n'
    assert said(text) == []
    assert said(text + "# WEB_PORT=8288\n") == [("documents", "WEB_PORT", "8288")]


def test_docstrings_document() -> None:
    text = '"""Run and open http://localhost:8300/docs."""\n\ndef f():\n    """Nothing here, 12 times."""\n'
    assert said(text) == [("documents", "", "8300")]


def test_what_depends_on_a_condition_is_unresolved() -> None:
    text = "PORT = 8300 if debug else 80\n"
    assert said(text) == []
    assert read(text).unresolved == 1


@pytest.mark.parametrize("text", ["PORT = 8300\nprint 'x'\n", "PORT = 8300\nfoo(\n", "PORT = 8300\n\x00 = ("])
def test_a_file_that_nothing_parses_is_a_problem_and_goes_on(text: str) -> None:
    found = read(text)
    assert found.problems
    assert said(text) == [("defaults", "PORT", "8300")]
    assert found.unresolved == 1


@pytest.mark.parametrize(
    "newer",
    ["type Alias = int", "def first[T](x: T) -> T: return x", 'x = f"{a["k"]} {\'端\'}"', "class A[T]:\n    pass"],
)
def test_newer_syntax_is_read_around(newer: str) -> None:
    text = f"# 端口\nAPI_PORT = 8200\n{newer}\nWEB_PORT = 8300\n"
    assert not read(text).problems
    assert [name for _, name, _ in said(text)] == ["API_PORT", "WEB_PORT"]
    assert [written for _, _, written in said(text)] == ["8200", "8300"]


@pytest.mark.parametrize(
    ("line", "matters"),
    [
        (b'PORT = int(os.environ["PORT"])', True),
        (b"    DB_PORT: int = Field(default=5432)", True),
        (b'URL = f"http://{HOST}:{PORT}"', True),
        (b'    "bootstrap.servers": "kafka:9092",', True),
        (b'    "HOST": "db",', True),
        (b'@app.get("/health")', True),
        (b"import uvicorn", True),
        (b'p.add_argument("--web-port", type=int, default=8300)', True),
        (b"from report import export", False),
        (b'"""Import 2000 rows; see https://docs.python.org/3/."""', False),
        (b"support = 8000", False),
    ],
)
def test_the_hint_lets_through_what_matters(line: bytes, matters: bool) -> None:
    assert worth_parsing("python", line) is matters


@pytest.mark.parametrize(
    "deep",
    [
        "x = " + "(" * 5000 + "1" + ")" * 5000,
        "x = " + "[" * 5000,
        "x = " + "not " * 20000 + "1 2",
        "x = 1 2\ny = " + "-" * 20000 + "1",
        "x = 1 2\ny = a" + ".b(1)" * 20000,
        "x = 1 2\ny = a" + "[0]" * 20000,
        'x = 1 2\ny = f"{' + "(" * 5000 + ")" * 5000 + '}"',
        "x = 1" + " + 1" * 5000,
        "x = a" + ".b(1)" * 700,
        "if a: pass\n" + "elif b: pass\n" * 700,
        "x = " + "'a' " * 5000,
        'x = """' + '\\"' * 20000,
        "x = 1 2 " + '\\"' * 20000,
    ],
)
def test_deep_and_long_expressions_neither_crash_nor_take_long(deep: str) -> None:
    assert ("defaults", "PORT", "8300") in said("PORT = 8300\n" + deep + "\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "PORT or local PORT"),  # a setting called so, else that module's constant
        ("INNGEST_PORT", "INNGEST_PORT"),
    ],
)
def test_a_constant_of_another_module(name: str, value: str) -> None:
    text = f"import uvicorn\nfrom a import {name}\nuvicorn.run(x, port={name}, host='localhost')\n"
    found = [item.value for item in read(text).occurrences if item.kind is Kind.PORT and item.role is Role.PASSES]
    assert [_forms(item) for item in found] == [value]


def _forms(value: object) -> str:
    assert isinstance(value, Reference)
    own = f"local {value.name}" if value.local else value.name
    return f"{own} or {_forms(value.operand)}" if value.operand is not None else own
