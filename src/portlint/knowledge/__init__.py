"""Facts about programs, images and services: ports, hosts, flags, variables, each with its source.

The data are the ``*.toml`` files beside this module; :mod:`portlint.knowledge.schema` checks them in the tests. They
are read once, on first use.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files


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
    """One of these must be the first plain argument; empty means that none is needed."""
    modules: tuple[str, ...] = ()
    """Names for ``python -m``."""
    port: Option = field(default_factory=Option)
    host: Option = field(default_factory=Option)
    bind: Option = field(default_factory=Option)
    url: Option = field(default_factory=Option)
    switches: tuple[str, ...] = ()
    """Flags of this tool that take no value, so that what follows them is an argument."""


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


@dataclass(frozen=True, slots=True)
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


@lru_cache(maxsize=1)
def load() -> Knowledge:
    """Read the data files."""
    raw: dict[str, list[dict[str, object]]] = {"tool": [], "image": [], "service": []}
    for entry in sorted(files(__name__).iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            for section, rows in tomllib.loads(entry.read_text("utf-8")).items():
                raw[section].extend(rows)
    return index([_tool(row) for row in raw["tool"]], [_image(r) for r in raw["image"]], [_service(r) for r in raw["service"]])


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


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _option(row: object) -> Option:
    if not isinstance(row, dict):
        return Option()
    default = row.get("default", "")
    return Option(
        _strings(row.get("flags")), _strings(row.get("environment")), str(default), bool(row.get("positional", False))
    )


def _tool(row: dict[str, object]) -> Tool:
    return Tool(
        id=str(row["id"]),
        programs=_strings(row.get("programs")),
        source=str(row["source"]),
        subcommands=_strings(row.get("subcommands")),
        modules=_strings(row.get("modules")),
        port=_option(row.get("port")),
        host=_option(row.get("host")),
        bind=_option(row.get("bind")),
        url=_option(row.get("url")),
        switches=_strings(row.get("switches")),
    )


def _ports(value: object) -> tuple[int, ...]:
    return tuple(int(item) for item in value) if isinstance(value, list) else ()


def _image(row: dict[str, object]) -> Image:
    return Image(
        _strings(row["names"]), _ports(row["ports"]), str(row["source"]), _strings(row.get("environment"))
    )


def _service(row: dict[str, object]) -> WellKnown:
    return WellKnown(_strings(row["words"]), _ports(row["ports"]), str(row["source"]), _strings(row.get("schemes")))
