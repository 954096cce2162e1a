"""Work is counted, not timed: a tree twice as large takes at most about twice the work, stage by stage.

Counted are the lines of portlint that are executed (``sys.settrace``), which are the same on every machine.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import portlint
from portlint import discovery, parallel, pipeline, reading
from portlint.discovery import discover
from portlint.extractors import FORMATS

PACKAGE = os.path.dirname(portlint.__file__)
GROWTH = 2.3
"""Twice, and some room for what depends on the names in the larger tree."""


def lines(function: Callable[[], Any]) -> Counter[str]:
    """How many lines of portlint run in a call, by the module or folder below the package."""
    counted: Counter[str] = Counter()
    places: dict[str, str | None] = {}

    def place(name: str) -> str | None:
        if name not in places:
            inside = name.startswith(PACKAGE + os.sep)
            places[name] = name[len(PACKAGE) + 1 :].split(os.sep)[0].removesuffix(".py") if inside else None
        return places[name]

    def enter(frame: FrameType, event: str, argument: Any) -> Any:
        where = place(frame.f_code.co_filename)
        if where is None:
            return None

        def step(frame: FrameType, event: str, argument: Any) -> Any:
            if event == "line":
                counted[where] += 1
            return step

        return step

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        function()
    finally:
        sys.settrace(before)
    return counted


def write_services(root: Path, count: int) -> Path:
    """A tree of small services, each with all that speaks of its port."""
    compose = ["services:"]
    for number in range(count):
        name, port = f"svc{number:04}", 10_000 + number
        folder = root / name
        folder.mkdir(parents=True)
        variable = f"{name.upper()}_PORT"
        (folder / ".env").write_text(f"{variable}={port}\n{name.upper()}_URL=http://localhost:{port}/api\n", "utf-8")
        (folder / "Dockerfile").write_text(f"FROM python:3.12\nEXPOSE {port}\nCMD uvicorn app:app --port {port}\n")
        (folder / "app.py").write_text(
            f'import os\n\nport = int(os.getenv("{variable}", "{port + number % 2}"))  # default {port}\n', "utf-8"
        )
        (folder / "README.md").write_text(f"# {name}\n\nOpen http://localhost:{port} after `{variable}={port}`.\n")
        (folder / "start.sh").write_text(f'export {variable}="${{{variable}:-{port}}}"\nuvicorn app:app --port 1\n')
        (folder / "plain.py").write_text("def nothing():\n    return 1\n", "utf-8")
        compose += [f"  {name}:", f"    build: ./{name}", f'    ports: ["{port}:{port}"]']
    (root / "compose.yaml").write_text("\n".join(compose) + "\n", "utf-8")
    return root


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_services(tmp_path_factory.mktemp("small"), 20)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_services(tmp_path_factory.mktemp("large"), 40)


def run(root: Path) -> None:
    pipeline.run(root, options=pipeline.Options(cache=False, jobs=1))


def both(small: Path, large: Path) -> tuple[Counter[str], Counter[str]]:
    """The lines executed for two trees, each seen before, so that neither pays for what is remembered by name."""
    run(small)
    run(large)
    return lines(lambda: run(small)), lines(lambda: run(large))


def test_twice_the_tree_is_twice_the_work(small: Path, large: Path) -> None:
    one, two = both(small, large)
    assert {"pipeline", "discovery", "extractors", "linking", "checks"} <= set(one)
    grown = {name: (one[name], two[name]) for name in two if two[name] > one[name] * GROWTH + 200}
    assert not grown, f"lines executed in the small and the large tree: {grown}"
    assert two.total() > one.total() * 1.5, "the larger tree was not read"


def test_many_occurrences_in_one_file_are_linear_too(tmp_path: Path) -> None:
    def tree(count: int) -> Path:
        root = tmp_path / str(count)
        root.mkdir()
        (root / ".env").write_text("".join(f"UNIT{n:04}_PORT={9000 + n}\n" for n in range(count)), "utf-8")
        (root / "docs.md").write_text(
            "# Ports\n\n| name | port |\n|---|---|\n"
            + "".join(f"| unit{n:04} | http://localhost:{9000 + n} |\n" for n in range(count)),
            "utf-8",
        )
        (root / "run.sh").write_text("".join(f'export UNIT{n:04}_PORT="{9000 + n}"\n' for n in range(count)), "utf-8")
        return root

    small, large = tree(150), tree(300)
    one, two = both(small, large)
    grown = {name: (one[name], two[name]) for name in two if two[name] > one[name] * GROWTH + 200}
    assert not grown, f"lines executed in the small and the large tree: {grown}"


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.env", "UNIT{n}_PORT=80{n}\n"),
        ("a.sh", 'export UNIT{n}_PORT="${{UNIT{n}_PORT:-80{n}}}"\n'),
        ("a.py", 'PORT_{n} = os.getenv("UNIT{n}_PORT", "http://localhost:80{n}")  # port 80{n}\n'),
        ("a.ts", 'const a{n} = process.env.UNIT{n}_PORT ?? "http://localhost:80{n}"; // 端口 80{n}\n'),
        ("a.md", "- unit{n}: http://localhost:80{n} 端口\n"),
        ("a.toml", "unit{n}_port = 80{n}\n"),
        ("a.yaml", "unit{n}_port: 80{n}\n"),
        ("nginx.conf", "server {{ listen 80{n}; location / {{ proxy_pass http://unit{n}:80{n}; }} }}\n"),
        ("Makefile", "run{n}:\n\tuvicorn app:app --port 80{n}\n"),
        ("Dockerfile", "EXPOSE 80{n}\n"),
    ],
)
def test_a_file_twice_as_long_is_twice_the_work(path: str, line: str) -> None:
    format = discovery.format_of(path)
    assert format is not None
    file = discovery.SourceFile(path, format.name)

    def text(count: int) -> bytes:
        head = "FROM a\n" if path == "Dockerfile" else ""
        return (head + "".join(line.format(n=n) for n in range(10, 10 + count))).encode()

    def work(count: int) -> int:
        data = text(count)
        return lines(lambda: reading.understand(file, data)).total()

    work(40)
    one, two = work(150), work(300)
    assert one > 150, "nothing was read"
    assert two <= one * GROWTH + 200, f"{one} lines executed, then {two}"


def test_each_file_is_read_once_and_parsed_only_for_a_reason(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[str] = Counter()

    def counted(module: Any, name: str) -> None:
        original = getattr(module, name)

        def call(*arguments: Any) -> Any:
            calls[name] += 1
            return original(*arguments)

        monkeypatch.setattr(module, name, call)

    counted(parallel, "load")
    counted(parallel, "understand")
    counted(reading, "_extract")
    counted(discovery.os, "lstat")
    run(small)
    files = len(discover(small).files)
    assert calls["load"] == calls["understand"] == files == 20 * 6 + 1
    assert calls["_extract"] == files - 20  # plain.py
    assert calls["lstat"] <= files


def test_a_file_is_listed_with_one_question_to_the_system(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[str] = Counter()
    for name in ("stat", "lstat"):
        original = getattr(os, name)

        def call(path: Any, *arguments: Any, name: str = name, original: Any = original, **named: Any) -> Any:
            calls[name] += str(path).startswith(str(small) + os.sep)
            return original(path, *arguments, **named)

        monkeypatch.setattr(os, name, call)
    paths = [f"svc{number:04}/{name}" for number in range(20) for name in ("app.py", ".env")]
    monkeypatch.setattr(discovery, "_listed", lambda running: (paths if running else None, []))
    monkeypatch.setattr(discovery, "_git", lambda root, *options: "-co" in options)
    (small / ".git").mkdir(exist_ok=True)
    try:
        assert len(discover(small).files) == 40
    finally:
        (small / ".git").rmdir()
    assert calls["stat"] + calls["lstat"] <= 40 + 20 + 3  # files, folders (are they links?), .git


def test_every_hint_finds_what_it_did_in_any_case() -> None:
    from portlint.extractors import worth_parsing

    for format in FORMATS:
        assert worth_parsing(format.name, b"SERVER_PORT = 8000\nHTTP://LOCALHOST:8000\n") or format.name in (
            "packagejson",
            "systemd",
        )
    for text in (
        b"os.environ[x]",
        b"getenv(x)",
        b"import uvicorn",
        b"hypercorn x",
        b"runserver",
        b"0.0.0.0",
        b"x.port ",
    ):
        assert worth_parsing("python", b"import a\n" + text), text
    for text in (b"import x", b"environment", b"observer", b"1.0.0.1", b"corner", b"hosted", b"export_x = 1"):
        assert not worth_parsing("python", b"import a\n" + text), text
    for text in (b"process.env.X", b"import.meta.env", b"app.get('/x')", b'router.post("/x")', b"127.0.0.1"):
        assert worth_parsing("javascript", text), text
    for text in (b"map.get('/x')", b"environment", b"10.0.0.1", b"import a from 'b'"):
        assert not worth_parsing("javascript", text), text
