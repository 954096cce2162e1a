"""Python: what opens a server, what connects, what registers a path, what is run."""

from __future__ import annotations

from typing import Any

import pytest
from helpers import run_extractor
from hypothesis import given
from hypothesis import strategies as st

from portlint import launches
from portlint.collecting import Collector
from portlint.commands import Command
from portlint.model import Extraction, Kind, Occurrence, Role
from portlint.values import Literal, describe, literal_text


def read(text: str, path: str = "app/main.py") -> Extraction:
    return run_extractor("python", text, path)


def said(text: str, kind: Kind = Kind.PORT, path: str = "app/main.py") -> list[tuple[str, str]]:
    return [
        (item.role.value, text[item.span.start : item.span.end])
        for item in read(text, path).occurrences
        if item.kind is kind
    ]


def one(text: str, role: Role, kind: Kind = Kind.PORT) -> Occurrence:
    return next(item for item in read(text).occurrences if item.role is role and item.kind is kind)


@pytest.mark.parametrize(
    "code",
    [
        'import uvicorn\nuvicorn.run(app, host="0.0.0.0", port=8300)',
        'from uvicorn import run\nrun("app.main:app", host="0.0.0.0", port=8300)',
        'from flask import Flask\napp = Flask(__name__)\napp.run("0.0.0.0", port=8300) if 0 else app.run(port=8300)',
        'web.run_app(app, host="0.0.0.0", port=8300)',
        "waitress.serve(app, port=8300)",
        'waitress.serve(app, listen="0.0.0.0:8300")',
        'from http.server import HTTPServer\nHTTPServer(("", 8300), H).serve_forever()',
        'import socketserver\nsocketserver.TCPServer(("127.0.0.1", 8300), H)',
        'sock.bind(("0.0.0.0", 8300))',
        "import asyncio\nasyncio.start_server(cb, '127.0.0.1', 8300)",
        'server.add_insecure_port("[::]:8300")',
        "import tornado.web\napp.listen(8300)",
        "from gevent.pywsgi import WSGIServer\nWSGIServer(('', 8300), app)",
        "from wsgiref.simple_server import make_server\nmake_server('', 8300, app)",
        "reactor.listenTCP(8300, factory)",
        "demo.launch(server_port=8300)",
        'socketio.run(app, host="0.0.0.0", port=8300)',
    ],
)
def test_servers_listen(code: str) -> None:
    assert said(code + "\n")[-1] == ("listens", "8300")


@pytest.mark.parametrize(
    "code",
    [
        "sock.bind(8300)",
        "query.bind(('a', 'b'))",
        "sock.listen(8300)",
        "app.run(8300)",
        "runner.run(task, 8300)",
        "rocket.launch(8300)",
        'server.add_insecure_port("unix:/tmp/x")',
    ],
)
def test_other_calls_of_the_same_name_are_silent(code: str) -> None:
    assert said(code + "\n") == []


def test_a_launch_that_says_nothing_has_the_tools_default() -> None:
    item = one("import uvicorn\nuvicorn.run('app.main:app')\n", Role.LISTENS)
    assert (item.how, item.tool, item.target) == ("tool default", "uvicorn", "app.main:app")
    assert said("import uvicorn\nuvicorn.run(app, **options)\n") == []


def test_one_call_is_one_group() -> None:
    found = read('uvicorn.run(a, host="h", port=1111)\nuvicorn.run(b, host="h", port=2222)\n').occurrences
    groups = [item.group for item in found]
    assert len(groups) == 4
    assert groups[0] == groups[1] != groups[2] == groups[3]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("settings.WEB_PORT", "WEB_PORT"),
        ("self.settings.web_port", "WEB_PORT"),
        ("get_settings().web_port", "WEB_PORT"),
        ("settings.web.port", "WEB_PORT"),
        ('int(os.environ["WEB_PORT"])', "WEB_PORT"),
        ('app.config["WEB_PORT"]', "WEB_PORT"),
    ],
)
def test_a_listener_told_by_a_setting_passes_it(value: str, name: str) -> None:
    found = read(f"import os, uvicorn\nuvicorn.run(app, port={value})\n").occurrences
    assert [(item.role, item.name) for item in found if item.kind is Kind.PORT] in (
        [(Role.PASSES, ""), (Role.READS, name)],
        [(Role.READS, name), (Role.PASSES, "")],
    )


def test_gunicorn_configuration() -> None:
    text = 'bind = "0.0.0.0:8300"\nworkers = 8000\n'
    assert said(text, path="conf/gunicorn.conf.py") == [("listens", "8300")]
    assert said(text, path="conf/shelf.py") == []


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ('redis.Redis(host="cache", port=6380)', "redis.Redis"),
        ('client = KafkaProducer(bootstrap_servers="kafka:6380")', "KafkaProducer"),
        ('client = KafkaProducer(bootstrap_servers=["kafka:6380"])', "KafkaProducer"),
        ('socket.create_connection(("cache", 6380))', "socket.create_connection"),
        ('asyncpg.connect(user="u", host="db", port="6380")', "asyncpg.connect"),
    ],
)
def test_clients_connect(code: str, label: str) -> None:
    item = one(code + "\n", Role.CONNECTS)
    assert (item.label, said(code)[0]) == (label, ("connects", "6380"))


@pytest.mark.parametrize(
    "code",
    [
        "Shipment(port=6380)",
        'Ship(port="Rotterdam", host="x")',
        "SwitchPort(port=24)",
        "redis.Redis(host=host, port=url.port)",
        "retry(timeout=6380)",
    ],
)
def test_arguments_of_another_trade_are_silent(code: str) -> None:
    assert said(code + "\n") == []


def test_routes() -> None:
    text = (
        'router = APIRouter(prefix="/api")\n@router.get("/health")\ndef a(): ...\n'
        '@app.post("/x")\nasync def b(): ...\n@cache.get("not a path")\ndef c(): ...\n@app.get("")\ndef d(): ...\n'
    )
    assert said(text, Kind.PATH) == [("listens", "/api"), ("listens", "/health"), ("listens", "/x")]
    values = [item.value for item in read(text).occurrences]

    assert [literal_text(value) for value in values] == ["/api", "/api/health", "/x"]


def test_django_routes() -> None:
    text = (
        "from django.urls import path\n"
        'urlpatterns = [path("health/", view), path("a/<int:x>", view), path("b/", include("c"))]\n'
    )
    assert said(text, Kind.PATH) == [("listens", "health/")]
    assert said('import os\nos.path("health/")\n', Kind.PATH) == []


def test_commands_are_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def collect(command: Command, into: Collector, **fields: Any) -> bool:
        seen.append([word.text for word in command.words])
        return True

    monkeypatch.setattr(launches, "collect", collect)
    read(
        'import os, subprocess\nPORT = 8300\nsubprocess.run(["uvicorn", "app:app", "--port", str(PORT)])\n'
        'os.system(f"flask run --port {PORT}")\nsubprocess.Popen(["serve", "-l", os.environ["WEB_PORT"]])\n'
    )
    assert seen == [
        ["uvicorn", "app:app", "--port", "8300"],
        ["flask", "run", "--port", "8300"],
        ["serve", "-l", "${WEB_PORT}"],
    ]


_TEXT = st.text(alphabet="ab端🚀é\t \r\n#'\"\\{}:/$%", max_size=40)


@given(_TEXT, _TEXT, st.integers(1, 65535), st.sampled_from(["\n", "\r\n"]))
def test_spans_survive_whatever_stands_around(before: str, after: str, port: int, newline: str) -> None:
    lines = [
        f'a = {before!r}; b = f"{{a}}端"',
        f'WEB_URL = f"http://{{a}}🚀x:{port}/" {after!r}' if after.isalnum() else f'WEB_URL = "http://web:" "{port}"',
        f"API_PORT = {port}",
    ]
    text = newline.join(lines) + newline
    written = [text[item.span.start : item.span.end] for item in read(text).occurrences if item.kind is Kind.PORT]
    assert written == [str(port), str(port)]


@given(st.text(max_size=200))
def test_nothing_crashes(text: str) -> None:
    read("PORT = 8300\n" + text)


def test_time_grows_with_length() -> None:
    import time

    line = 'x = call(a, b="http://localhost:8300", c=f"http://{h}:8301/端")\n'

    def seconds(count: int) -> float:
        text = line * count
        begin = time.process_time()
        read(text)
        return time.process_time() - begin

    seconds(10)
    assert seconds(1600) < 12 * max(seconds(400), 0.01)


def test_a_prefix_may_be_a_setting() -> None:
    text = (
        'from config import config\nrouter = APIRouter(prefix=config.api_prefix)\n@router.get("/ping")\ndef a(): ...\n'
    )
    assert said(text, Kind.PATH) == [("listens", "/ping")]
    assert describe(one(text, Role.LISTENS, Kind.PATH).value) == "API_PREFIX"
    text = 'class Config(BaseSettings):\n    api_prefix: str = "/api"\n    name_prefix: str = "/x"\n'
    assert [(item.name, item.role) for item in read(text).occurrences] == [("API_PREFIX", Role.DEFAULTS)]


def test_routes_that_are_registered_by_calls() -> None:
    text = (
        "import inngest.fast_api\napp.add_api_route('/health', health)\napp.router.add_route('GET', '/live', live)\n"
        "app.add_url_rule('/ping', view_func=ping)\n"
        "inngest.fast_api.serve(app, client, [], serve_path='/api/jobs')\n"
    )
    found = [item for item in read(text).occurrences if item.kind is Kind.PATH and item.role is Role.LISTENS]
    assert [text[slice(*item.span)] for item in found] == ["/health", "/live", "/ping", "/api/jobs"]


def test_an_adapter_without_a_path_serves_its_default() -> None:
    found = [item for item in read("import inngest.flask\ninngest.flask.serve(app, c, [])\n").occurrences]
    assert [(item.role, item.value.text, item.how) for item in found if isinstance(item.value, Literal)] == [
        (Role.LISTENS, "/api/inngest", "inngest default")
    ]


def test_what_registers_no_route() -> None:
    text = "serve('/tmp', serve_path='/x')\nwaitress.serve(app)\nadd_route(a, 'b')\nmap.add_route('harbour', '12')\n"
    assert not [item for item in read(text).occurrences if item.kind is Kind.PATH]
