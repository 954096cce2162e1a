"""Compose files: services with ports, environment, commands, health checks, labels, mounts and what they extend.

The Compose specification (compose-spec.io, 2025), with the older version 1 form that has services at the top level.
Merge keys are applied, and so is ``extends`` within the file: each service that shares a block states what is in it.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Any

from portlint import yamltree, yamlvalues
from portlint.collecting import Collector
from portlint.extractors import compose_files, compose_runtime
from portlint.model import HOST_NETWORK, Extraction, Role, container
from portlint.templates import COMPOSE
from portlint.text import Span
from portlint.values import Reference
from portlint.yamltree import Node, Tree
from portlint.yamlvalues import expression, known_text

_TOP_LEVEL = frozenset({"version", "name", "volumes", "networks", "configs", "secrets", "include", "services"})
_PROFILES = {
    "dev": "development",
    "develop": "development",
    "development": "development",
    "prod": "production",
    "production": "production",
    "test": "test",
    "tests": "test",
    "testing": "test",
    "e2e": "test",
    "staging": "staging",
    "stage": "staging",
}
_PROXY_VARIABLES = frozenset({"VIRTUAL_PORT"})
_FILE_NAME = re.compile(r"(?:.*/)?(?:[^/]*[.\-_])?(?:compose|stack)(?:[.\-_][^/]*)?\.ya?ml[^/]*")


@dataclass(frozen=True, slots=True)
class Unit:
    """A service as read: its own mapping first, then what it extends in this file."""

    name: str
    key: Span
    layers: tuple[Node, ...]
    network: str
    """Where what the service says of itself is true."""

    def first(self, *path: str) -> Node | None:
        """The value that counts where only one does."""
        return next((found for layer in self.layers if (found := layer.get(*path)) is not None), None)

    def all(self, *path: str) -> list[Node]:
        """The values that add up."""
        return [found for layer in self.layers if (found := layer.get(*path)) is not None]

    @property
    def fields(self) -> dict[str, Any]:
        """Occurrence fields for everything inside the service."""
        return {"service": self.name, "network": self.network}


def extract(path: str, text: str) -> Extraction:
    """All that a compose file says. A file of that name with something else in it is read as plain settings."""
    tree = yamltree.load(text)
    if not is_compose(path, tree):
        from portlint.extractors import yamlconfig

        return yamlconfig.extract_tree(path, tree)
    return extract_tree(path, tree)


def is_compose(path: str, tree: Tree) -> bool:
    """Whether a file holds compose services: by ``services`` with images or builds, or by its name and ``services``."""
    for document in tree.documents:
        found = document.get("services")
        if found is None:
            named = _FILE_NAME.fullmatch(path.lower()) is not None
            if named and (document.get("include") is not None or _looks_like_services(document)):
                return True
        elif found.kind == "map" and (_FILE_NAME.fullmatch(path.lower()) or _looks_like_services(found)):
            return True
    return False


def _looks_like_services(node: Node) -> bool:
    values = [value for _, _, value in node.items() if value.kind == "map"]
    return any(value.get("image") is not None or value.get("build") is not None for value in values)


def extract_tree(path: str, tree: Tree) -> Extraction:
    """All that a parsed compose file says."""
    into = Collector(default_how="compose default")
    yamlvalues.collect_problems(tree, into)
    folder = posixpath.dirname(path)
    places: list[tuple[Span, str]] = []
    for document in tree.documents:
        compose_files.includes(document, folder, into)
        services = document.get("services") or (None if document.get("include") else document)
        if services is None or services.kind != "map":
            continue
        if not tree.problems:
            yamlvalues.repeated(services, into, "services.")
        for unit in _units(services):
            _service(unit, folder, document, into)
            own = unit.layers[0]
            places.append((Span(unit.key.start, max(own.end, unit.key.end)), unit.name))
            if not tree.problems:
                _repeated(own, into)
    yamlvalues.collect_comments(tree, into, sorted(places))
    return into.build()


def _units(services: Node) -> list[Unit]:
    units: list[Unit] = []
    by_name = {name: value for name, _, value in services.items() if value.kind == "map"}
    for name, key, value in services.items():
        if value.kind != "map" or name.startswith("x-"):
            continue
        layers = [value]
        while (base := _base_in_file(layers[-1], by_name)) is not None and base not in layers:
            layers.append(base)
        units.append(Unit(name, key.span, tuple(layers), _network(name, layers)))
    return units


def _base_in_file(node: Node, by_name: dict[str, Node]) -> Node | None:
    extends = node.get("extends")
    if extends is None or extends.get("file") is not None:
        return None
    name = extends if extends.kind == "scalar" else extends.get("service")
    return by_name.get(name.text) if name is not None else None


def _network(name: str, layers: list[Node]) -> str:
    mode = next((found.text for layer in layers if (found := layer.get("network_mode")) is not None), "")
    if mode == "host":
        return HOST_NETWORK
    shared = re.fullmatch(r"(?:service|container):([\w.\-]+)", mode)
    return container(shared.group(1) if shared else name)


def _service(unit: Unit, folder: str, document: Node, into: Collector) -> None:
    image = unit.first("image")
    command = unit.first("command") or unit.first("entrypoint")
    build, dockerfile, stage = compose_files.build(unit.first("build"), folder)
    into.service(
        name=unit.name,
        kind="compose",
        span=unit.key,
        image=known_text(expression(image, COMPOSE)) if image is not None else "",
        build=build,
        dockerfile=dockerfile,
        stage=stage,
        network=HOST_NETWORK if unit.network == HOST_NETWORK else "",
        aliases=_aliases(unit),
        profile=_profile(unit),
        groups=_groups(unit),
        command=command is not None and not command.is_null,
    )
    for arguments in unit.all("build", "args"):
        _variables([arguments], unit, into, "compose build args")
    _variables(unit.all("environment"), unit, into, "compose environment")
    launched = compose_runtime.launched(unit)
    compose_runtime.collect(unit, launched, into)
    compose_files.relations(unit, launched, folder, document, into)


def _aliases(unit: Unit) -> tuple[str, ...]:
    found = [node.text for key in ("container_name", "hostname") for node in unit.all(key)]
    for networks in unit.all("networks"):
        for _, _, settings in networks.items():
            aliases = settings.get("aliases")
            found.extend(alias.text for alias in (aliases.elements() if aliases is not None else []))
    return tuple(dict.fromkeys(name for name in found if name and "$" not in name and name != unit.name))


def _groups(unit: Unit) -> tuple[str, ...]:
    profiles = unit.first("profiles")
    return tuple(sorted(entry.text for entry in (profiles.elements() if profiles is not None else [])))


def _profile(unit: Unit) -> str:
    profiles = unit.first("profiles")
    named = {_PROFILES.get(entry.text.lower(), "") for entry in (profiles.elements() if profiles is not None else [])}
    return named.pop() if len(named) == 1 else ""


def _variables(nodes: list[Node], unit: Unit, into: Collector, how: str) -> None:
    """Of layers that set one variable, the first counts."""
    known: set[str] = set()
    for node in nodes:
        found = yamlvalues.pairs(node)
        for name, value, key in found:
            if name in known:
                continue
            if value is None:
                into.reads(Reference(name, key.whole), **unit.fields)
                continue
            parsed = yamlvalues.parse(value, COMPOSE)
            if name in _PROXY_VARIABLES:
                into.port(Role.PROXIES, parsed, name=name, how="nginx-proxy VIRTUAL_PORT", **unit.fields)
            else:
                into.setting(name, parsed, Role.DECLARES, how=how, **unit.fields)
        known.update(pair.name for pair in found)


def _repeated(service: Node, into: Collector) -> None:
    yamlvalues.repeated(service, into)
    environment = service.get("environment")
    if environment is not None:
        yamlvalues.repeated(environment, into)
        yamlvalues.repeated_pairs(environment, into)
