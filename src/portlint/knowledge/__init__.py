"""Facts about programs, images and services: ports, hosts, flags, variables, each with its source.

The data are the ``*.toml`` files beside this module; :mod:`portlint.knowledge.schema` describes their form and checks
them in the tests. They are read once, on first use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Option:
    """How a tool is told one value. ``default`` is what it uses when told nothing, or empty where it has none."""

    flags: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    default: str = ""
    positional: bool = False
    """The value may stand as a plain argument (``runserver 8000``, ``http.server 8000``)."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A server or client that people launch. ``bind`` is ``host:port`` in one option; ``url`` points elsewhere."""

    id: str
    programs: tuple[str, ...]
    """Base names of the executable, without ``.exe`` and the like."""
    source: str
    """Manual or source file that states the facts, with the version it was read in."""
    subcommands: tuple[str, ...] = ()
    """One of these must be the first plain argument (or arguments: ``server start``); empty: none is needed."""
    modules: tuple[str, ...] = ()
    """Names for ``python -m``."""
    port: Option = field(default_factory=Option)
    host: Option = field(default_factory=Option)
    bind: Option = field(default_factory=Option)
    url: Option = field(default_factory=Option)
    switches: tuple[str, ...] = ()
    """Flags of this tool that take no value, so that what follows them is an argument."""
    needs: tuple[str, ...] = ()
    """Without one of these flags the program serves nothing (``php -S``, ``vault server -dev``)."""
    excluded: tuple[str, ...] = ()
    """First plain arguments with which the program serves nothing (``vite build``)."""
    excluded_flags: tuple[str, ...] = ()
    """Flags with which the program serves nothing (``locust --headless``)."""
    unix: tuple[str, ...] = ()
    """Flags that bind a socket file or inherited descriptor, or otherwise replace the port, and take a value."""
    bare_host: str = ""
    """What the host flag means without a value (``vite --host``)."""
    configuration: tuple[str, ...] = ()
    """Patterns (fnmatch) of files in the repository that can set port and host, so that the default may not hold."""
    configured_by: tuple[str, ...] = ()
    """Flags that name a configuration file (``*``: a plain argument does): with them the default is not certain."""


@dataclass(frozen=True, slots=True)
class Image:
    """A container image and the ports that its program listens on when told nothing."""

    names: tuple[str, ...]
    """Repository names without registry and tag (``postgres``, ``bitnami/redis``)."""
    ports: tuple[int, ...]
    source: str
    environment: tuple[str, ...] = ()
    """Variables of the image that change the (first) port."""


@dataclass(frozen=True, slots=True)
class WellKnown:
    """A service by the words that name it in variables and URLs (``POSTGRES``, ``postgresql://``)."""

    words: tuple[str, ...]
    ports: tuple[int, ...]
    source: str
    schemes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """All facts, indexed."""

    tools: tuple[Tool, ...]
    images: tuple[Image, ...]
    services: tuple[WellKnown, ...]
    by_id: dict[str, Tool]
    by_program: dict[str, tuple[Tool, ...]]
    by_module: dict[str, tuple[Tool, ...]]
    by_image: dict[str, Image]
    by_word: dict[str, WellKnown]
    by_scheme: dict[str, WellKnown]


def data_files() -> list[Path]:
    """The data files, in the order they are read."""
    return sorted(Path(__file__).parent.glob("*.toml"))


_current: ContextVar[Knowledge | None] = ContextVar("knowledge", default=None)


@contextmanager
def using(facts: Knowledge) -> Iterator[None]:
    """Within it, and in this thread, these are the facts."""
    token = _current.set(facts)
    try:
        yield
    finally:
        _current.reset(token)


def load() -> Knowledge:
    """All facts: those of the data files, or what :func:`using` says."""
    return _current.get() or shipped()


def extended(own: Mapping[str, Sequence[Mapping[str, str]]]) -> Knowledge:
    """The shipped facts and a project's own, by section; a tool with the id of a shipped one replaces it."""
    facts = shipped()
    tools = [_tool(row) for row in own.get("tool", ())]
    replaced = {tool.id for tool in tools}
    return index(
        [*tools, *(tool for tool in facts.tools if tool.id not in replaced)],
        [*facts.images, *map(_image, own.get("image", ()))],
        [*facts.services, *map(_service, own.get("service", ()))],
    )


@lru_cache(maxsize=1)
def shipped() -> Knowledge:
    """Read the data files."""
    raw: dict[str, list[dict[str, str]]] = {"tool": [], "image": [], "service": []}
    for path in data_files():
        for section, row in rows(path.read_text("utf-8")):
            raw[section].append(row)
    return index(map(_tool, raw["tool"]), map(_image, raw["image"]), map(_service, raw["service"]))


_LINE = re.compile(r"^(?:\[\[(\w+)\]\]|(\w+) = '([^'\n]*)')\r?$", re.MULTILINE)


def rows(text: str) -> list[tuple[str, dict[str, str]]]:
    """The rows of a data file, each with its section.

    Reads the part of TOML that the data files keep to, ten times faster than ``tomllib``; a test holds the two equal.
    """
    found: list[tuple[str, dict[str, str]]] = []
    row: dict[str, str] = {}
    for section, key, value in _LINE.findall(text):
        if section:
            row = {}
            found.append((section, row))
        else:
            row[key] = value
    return found


def index(tools: Iterable[Tool], images: Iterable[Image], services: Iterable[WellKnown]) -> Knowledge:
    """Look-up tables over facts."""
    tools, images, services = tuple(tools), tuple(images), tuple(services)
    programs: dict[str, list[Tool]] = {}
    modules: dict[str, list[Tool]] = {}
    for tool in tools:
        for program in tool.programs:
            programs.setdefault(program, []).append(tool)
        for module in tool.modules:
            modules.setdefault(module, []).append(tool)
    return Knowledge(
        tools=tools,
        images=images,
        services=services,
        by_id={tool.id: tool for tool in tools},
        by_program={name: tuple(found) for name, found in programs.items()},
        by_module={name: tuple(found) for name, found in modules.items()},
        by_image={name: image for image in images for name in image.names},
        by_word={word: service for service in services for word in service.words},
        by_scheme={scheme: service for service in services for scheme in service.schemes},
    )


_NONE = Option()


def _option(line: str) -> Option:
    """An option from its line: ``--port -p $PORT 8000``, ``*`` for a plain argument."""
    if not line:
        return _NONE
    flags, environment, default, positional = [], [], "", False
    for word in line.split():
        if word[0] == "-":
            flags.append(word)
        elif word[0] == "$":
            environment.append(word[1:])
        elif word == "*":
            positional = True
        else:
            default = word
    return Option(tuple(flags), tuple(environment), default, positional)


def _words(row: Mapping[str, str], key: str) -> tuple[str, ...]:
    line = row.get(key)
    return tuple(line.split()) if line else ()


def _tool(row: Mapping[str, str]) -> Tool:
    line = row.get
    return Tool(
        id=row["id"],
        programs=_words(row, "programs"),
        source=row["source"],
        subcommands=tuple(part.strip() for part in line("subcommands", "").split(",") if part),
        modules=_words(row, "modules"),
        port=_option(line("port", "")),
        host=_option(line("host", "")),
        bind=_option(line("bind", "")),
        url=_option(line("url", "")),
        switches=_words(row, "switches"),
        needs=_words(row, "needs"),
        excluded=_words(row, "excluded"),
        excluded_flags=_words(row, "excluded_flags"),
        unix=_words(row, "unix"),
        bare_host=line("bare_host", ""),
        configuration=_words(row, "configuration"),
        configured_by=_words(row, "configured_by"),
    )


def _ports(row: Mapping[str, str]) -> tuple[int, ...]:
    return tuple(int(port) for port in row["ports"].split())


def _image(row: Mapping[str, str]) -> Image:
    return Image(_words(row, "names"), _ports(row), row["source"], _words(row, "environment"))


def _service(row: Mapping[str, str]) -> WellKnown:
    return WellKnown(_words(row, "words"), _ports(row), row["source"], _words(row, "schemes"))
