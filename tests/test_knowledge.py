"""The data files keep to their form, and the look-up tables find what people write."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from portlint import knowledge
from portlint.knowledge import Option, Tool, index, schema

FILES = knowledge.data_files()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_keeps_to_the_schema(path: Path) -> None:
    read = schema.File.model_validate(tomllib.loads(path.read_text("utf-8")))
    assert read.tool or read.image or read.service


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_quick_reader_reads_what_toml_says(path: Path) -> None:
    text = path.read_text("utf-8")
    expected = [(section, row) for section, rows in tomllib.loads(text).items() for row in rows]
    assert knowledge.rows(text) == expected
    assert knowledge.rows(text.replace("\n", "\r\n")) == expected


def test_there_is_enough_of_each() -> None:
    facts = knowledge.load()
    assert len(facts.tools) >= 250
    assert len(facts.images) >= 60
    assert len(facts.services) >= 25


def test_nothing_is_said_twice() -> None:
    facts = knowledge.load()
    names = [name for image in facts.images for name in image.names]
    words = [word for service in facts.services for word in service.words]
    schemes = [scheme for service in facts.services for scheme in service.schemes]
    for each in ([tool.id for tool in facts.tools], names, words, schemes):
        assert sorted(each) == sorted(set(each))
    assert all(word == word.upper() for word in words)
    assert all(name == name.lower() and ":" not in name for name in names)
    assert not [name for name in names if "." in name.partition("/")[0]], "names are without registry"


def test_two_tools_of_one_program_differ_in_subcommand_or_flags() -> None:
    for tools in knowledge.load().by_program.values():
        said = [
            (tool.subcommands, tool.excluded, tool.needs, tool.port.flags, tool.bind.flags, tool.port.default)
            for tool in tools
        ]
        assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("program", "default", "flag", "variable"),
    [
        ("uvicorn", "8000", "--port", "UVICORN_PORT"),
        ("gunicorn", "8000", None, "PORT"),
        ("flask", "5000", "-p", "FLASK_RUN_PORT"),
        ("manage.py", "8000", None, None),
        ("streamlit", "8501", "--server.port", "STREAMLIT_SERVER_PORT"),
        ("next", "3000", "-p", "PORT"),
        ("ng", "4200", "--port", None),
        ("inngest", "8288", "--port", None),
        ("redis-server", "6379", "--port", None),
        ("postgres", "5432", "-p", "PGPORT"),
        ("ollama", "11434", None, None),
        ("php", "", None, None),
        ("quasar", "", "--port", None),
        ("prisma", "", "--port", None),
        ("datasette", "8001", "-p", None),
        ("quart", "5000", "-p", "QUART_RUN_PORT"),
        ("docusaurus", "3000", "-p", "PORT"),
        ("pgadmin4", "5050", None, "PGADMIN_INT_PORT"),
        ("marimo", "2718", "-p", None),
    ],
)
def test_what_a_program_does(program: str, default: str, flag: str | None, variable: str | None) -> None:
    (tool,) = knowledge.load().by_program[program]
    assert tool.port.default == default
    assert flag is None or flag in tool.port.flags
    assert (variable in tool.port.environment) if variable else not tool.port.environment


@pytest.mark.parametrize(
    ("tool", "default"),
    [("rails", ""), ("webpack-serve", ""), ("strapi", ""), ("temporal", "localhost")],
)
def test_where_a_program_listens_is_said_only_if_it_is_always_so(tool: str, default: str) -> None:
    assert knowledge.load().by_id[tool].host.default == default


def test_a_flag_after_which_the_default_is_not_certain() -> None:
    by_id = knowledge.load().by_id
    assert "--shardsvr" in by_id["mongodb"].configured_by
    assert "--mode" in by_id["mitmproxy"].configured_by
    assert by_id["pocketbase"].configured_by == ("*",)


def test_one_program_may_be_several_tools() -> None:
    assert {tool.id for tool in knowledge.load().by_program["vite"]} == {"vite", "vite-preview"}
    assert {tool.id for tool in knowledge.load().by_program["minio"]} == {"minio", "minio-console"}


def test_modules_images_words_and_schemes() -> None:
    facts = knowledge.load()
    assert [tool.port.default for tool in facts.by_module["http.server"]] == ["8000"]
    assert facts.by_image["postgres"].ports == (5432,)
    assert facts.by_image["rabbitmq"].ports == (5672, 15672)
    assert facts.by_image["dpage/pgadmin4"].environment == ("PGADMIN_LISTEN_PORT",)
    assert facts.by_image["nextcloud"].ports == (80, 9000), "apache and fpm images"
    assert facts.by_image["bitnami/postgresql"].environment == ("POSTGRESQL_PORT_NUMBER",)
    assert facts.by_image["berriai/litellm"].environment == (), "its command line gives the port"
    assert facts.by_word["PG"] is facts.by_word["POSTGRES"] is facts.by_scheme["postgresql"]
    assert {25, 465, 587, 1025, 2525} <= set(facts.by_word["SMTP"].ports)
    assert facts.by_scheme["rediss"].ports == (6379,)
    assert 33060 in facts.by_scheme["mysqlx"].ports
    assert "IMPORT" not in facts.by_word


def test_a_default_that_a_file_may_change_says_which_file() -> None:
    by_id = knowledge.load().by_id
    assert "vite.config.*" in by_id["vite"].configuration
    assert "gunicorn.conf.py" in by_id["gunicorn"].configuration
    assert by_id["redis"].configured_by == ("*",)


def test_an_option_line() -> None:
    row = {
        "id": "x",
        "programs": "x y",
        "subcommands": "server start, dev",
        "port": "-p --port $X_PORT 80",
        "source": "s",
    }
    (tool,) = index([knowledge._tool(row)], [], []).tools
    assert tool.programs == ("x", "y")
    assert tool.subcommands == ("server start", "dev")
    assert tool.port == Option(("-p", "--port"), ("X_PORT",), "80")
    assert tool.host == Option()


GOOD = {"id": "x", "programs": "x", "port": "--port 80", "source": "x manual 1.0"}


def test_a_good_row() -> None:
    schema.ToolRow.model_validate(GOOD)


@pytest.mark.parametrize(
    "change",
    [
        {"port": "--port 0"},
        {"port": "--port 65536"},
        {"port": "--port 80 81"},
        {"port": "--port --port"},
        {"port": "--port http"},
        {"port": ""},
        {"host": "--host somewhere.example"},
        {"host": "--port"},
        {"bind": "-b 127.0.0.1:80"},
        {"switches": "--port"},
        {"switches": "reload"},
        {"source": "x"},
        {"source": "the website of x"},
        {"programs": ""},
        {"flags": "--port"},
        {"id": 1},
    ],
)
def test_a_bad_row(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        schema.ToolRow.model_validate({**GOOD, **change})


@pytest.mark.parametrize("ports", ["", "0", "80 x", "70000"])
def test_bad_ports(ports: str) -> None:
    for model, key in ((schema.ImageRow, "names"), (schema.ServiceRow, "words")):
        model.model_validate({key: "x", "ports": "80", "source": "x manual 1.0"})
        with pytest.raises(ValidationError):
            model.model_validate({key: "x", "ports": ports, "source": "x manual 1.0"})


def test_loading_is_quick() -> None:
    """Measured 6 ms; the limit leaves room for a busy machine."""
    best = 1.0
    for _ in range(5):
        knowledge.shipped.cache_clear()
        start = time.process_time()
        knowledge.load()
        best = min(best, time.process_time() - start)
    assert best < 0.015


def test_look_up_tables_hold_every_name() -> None:
    tool = Tool(id="t", programs=("a", "b"), source="s", modules=("m",))
    facts = index([tool], [], [])
    assert facts.by_program == {"a": (tool,), "b": (tool,)}
    assert facts.by_module == {"m": (tool,)}
    assert facts.by_id == {"t": tool}
