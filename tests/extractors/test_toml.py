"""TOML: any program's settings, and the files of known programs."""

from __future__ import annotations

import pytest
from helpers import listing, run_extractor
from hypothesis import given
from hypothesis import strategies as st

from portlint.model import Kind, Role


def facts(text: str, path: str = "config.toml") -> list[str]:
    return listing(run_extractor("toml", text, path), text)


def ports(text: str, path: str) -> list[tuple[str, str]]:
    found = run_extractor("toml", text, path).occurrences
    return [(str(i.role), text[i.span.start : i.span.end]) for i in found if i.kind is Kind.PORT]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("port = 8080\n", "port listens port '8080' how=setting"),
        ("[server]\r\nport = 8081\r\n", "port listens server.port '8081' how=setting"),
        ('server.port = "8082"\n', "port listens server.port '8082' how=setting"),
        ("server = { port = 8083 }\n", "port listens server.port '8083' how=setting"),
        ("[server]\nbind = '0.0.0.0:8084'\n", "port listens server.bind '8084' how=setting"),
        ("[database]\nport = 5432\n", "port declares database.port '5432' how=setting"),
        ('[kafka]\nbrokers = ["a:9092", "b:9093"]\n', "port declares kafka.brokers '9093' how=setting"),
        ('[a]\nurl = """http://x:8085"""\n', "port declares a.url '8085' how=setting"),
        ('[a]\nurl = "http:\\u002f/x:8086"\n', "port declares a.url '8086' how=setting"),
        ('[entryPoints.web]\naddress = ":8087"\n', "port listens entryPoints.web.address '8087' how=setting"),
        (
            '[[http.services.a.loadBalancer.servers]]\nurl = "http://b:8088"\n',
            "port proxies http.services.a.loadBalancer.servers.url '8088' how=setting",
        ),
        ('[a]\nport = "${APP_PORT:-8089}"\n', "port defaults APP_PORT '8089' how=placeholder default"),
    ],
)
def test_settings(text: str, expected: str) -> None:
    assert expected in facts(text)


@pytest.mark.parametrize(
    "text",
    [
        "[server]\ntimeout = 3000\nworkers = 8000\n",
        "port_range = [1, 2]\n",
        'version = "8080"\n',
        'python = "^3.11"\n',
        "port = 0\n",
        "date = 2024-01-01\n",
        'edition = "2021"\n',
    ],
)
def test_look_alikes(text: str) -> None:
    assert facts(text) == []


def test_comments_belong_to_the_setting_beside_or_right_below() -> None:
    text = "# default 8081\nport = 8080 # default 8082\n\n# default 8083\n\n[a]\nb = [\n  'x', # http://c:8084\n]\n"
    documents = [
        (i.name, text[i.span.start : i.span.end])
        for i in run_extractor("toml", text).occurrences
        if i.role is Role.DOCUMENTS and i.kind is Kind.PORT
    ]
    assert ("port", "8081") in documents
    assert ("port", "8082") in documents
    assert ("port", "8083") not in documents
    assert [value for _, value in documents if value == "8084"] == ["8084"]


def test_broken_files_go_on() -> None:
    extraction = run_extractor("toml", "bad = = 3\n[server]\nport = 8080\n[x\n")
    assert extraction.problems[0].line == 1
    assert "port listens server.port '8080' how=setting" in facts("bad = = 3\n[server]\nport = 8080\n[x\n")


FLY = """app = "shop"
[build]
dockerfile = "Dockerfile.prod"
[env]
PORT = "8080"
[processes]
web = "uvicorn x:y --port 8082"
[[services]]
internal_port = 8079
[[services.ports]]
port = 443
[[services.http_checks]]
path = "/health"
[checks.alive]
port = 8083
"""


def test_fly() -> None:
    extraction = run_extractor("toml", FLY, "api/fly.toml")
    assert ports(FLY, "api/fly.toml") == [
        ("declares", "8080"),
        ("listens", "8082"),
        ("exposes", "8079"),
        ("publishes", "443"),
        ("probes", "8083"),
    ]
    inside = {i.network for i in extraction.occurrences if i.role is not Role.PUBLISHES}
    assert inside == {"container:shop"}
    groups = {str(i.role): i.group for i in extraction.occurrences if i.kind is Kind.PORT}
    assert groups["exposes"] == groups["publishes"] != groups["probes"]
    (service,) = extraction.services
    assert (service.name, service.kind, service.build, service.dockerfile) == (
        "shop",
        "platform",
        "api",
        "api/Dockerfile.prod",
    )
    assert "path probes - '/health' how=fly check network=container:shop service=shop" in listing(extraction, FLY)


def test_netlify() -> None:
    text = (
        '[dev]\nport = 8888\ntargetPort = 3000\n[[redirects]]\nfrom = "/api/*"\n'
        'to = "http://localhost:8000/api/:splat"\n[context.production.environment]\n'
        'API_PORT = "443"\n'
    )
    assert ports(text, "netlify.toml") == [
        ("listens", "8888"),
        ("proxies", "3000"),
        ("proxies", "8000"),
        ("declares", "443"),
    ]
    assert {i.label for i in run_extractor("toml", text, "netlify.toml").occurrences if i.how == "redirects"} == {
        "/api/*"
    }
    assert {i.profile for i in run_extractor("toml", text, "netlify.toml").occurrences if i.name == "API_PORT"} == {
        "production"
    }


def test_wrangler() -> None:
    text = (
        'compatibility_date = "2024-01-01"\n[dev]\nport = 8787\n[vars]\n'
        'API_URL = "http://localhost:3000"\n[env.staging.vars]\nAPI_URL = "http://x:3001"\n'
    )
    assert ports(text, "wrangler.toml") == [("listens", "8787"), ("declares", "3000"), ("declares", "3001")]
    assert [i.profile for i in run_extractor("toml", text, "wrangler.toml").occurrences if i.kind is Kind.PORT] == [
        "",
        "",
        "staging",
    ]


def test_railway() -> None:
    text = '[deploy]\nstartCommand = "uvicorn x:y --port 8000"\nhealthcheckPath = "/health"\nhealthcheckTimeout = 300\n'
    assert ports(text, "railway.toml") == [("listens", "8000")]
    assert "path probes - '/health' how=healthcheckPath" in facts(text, "railway.toml")


PYPROJECT = """[project]
urls = {home = "https://x:80"}
[tool.poe.tasks]
dev = "uvicorn app:app --port 8000"
serve = {cmd = "uvicorn \\"app:app\\" --port 8001", env = {PORT = "8002"}}
[tool.pdm.scripts]
start = {shell = "uvicorn a:b --port 8003"}
[tool.hatch.envs.default.scripts]
run = ["uvicorn a:b --port 8004"]
[tool.pytest.ini_options]
env = ["API_PORT=8005"]
timeout = 8006
[tool.mine]
port = 8007
[tool.ruff]
line-length = 120
[[tool.uv.index]]
url = "https://pypi:8008/simple"
"""


def test_pyproject() -> None:
    found = [value for _, value in ports(PYPROJECT, "pyproject.toml")]
    assert found == ["8000", "8001", "8002", "8003", "8004", "8005", "8007"]
    labels = {i.label for i in run_extractor("toml", PYPROJECT, "pyproject.toml").occurrences if i.role is Role.LISTENS}
    assert labels == {"dev", "serve", "start", "run"}


def test_tasks_of_mise() -> None:
    text = (
        '[tools]\nnode = "20"\n[env]\nAPI_PORT = "8000"\n_.file = ".env"\n[tasks.dev]\n'
        'run = "uvicorn x:y --port 8001"\n'
    )
    assert ports(text, "mise.toml") == [("declares", "8000"), ("listens", "8001")]
    assert [i.path for i in run_extractor("toml", text, "api/mise.toml").relations] == ["api/.env"]


def test_rocket_and_streamlit() -> None:
    text = "[default]\nport = 8000\n[release]\nport = 80\nworkers = 16\n"
    assert [
        (i.profile, text[i.span.start : i.span.end]) for i in run_extractor("toml", text, "Rocket.toml").occurrences
    ] == [("", "8000"), ("production", "80")]
    assert ports("[server]\nport = 8501\nmaxUploadSize = 200\n", "app/.streamlit/config.toml") == [("listens", "8501")]


@given(st.text("端口🚀 \t#='[", max_size=20), st.integers(1, 65535))
def test_spans_hold_after_anything(noise: str, port: int) -> None:
    text = f'# {noise.strip()}\r\n名 = "{noise}"\r\ntext = "{noise}"\r\n[server]\r\nport\t=\t{port}\r\n'.replace(
        "\t=", " ="
    )
    values = [
        text[i.span.start : i.span.end] for i in run_extractor("toml", text).occurrences if i.role is Role.LISTENS
    ]
    assert values == [str(port)]
