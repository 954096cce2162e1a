"""Continuous integration: GitHub Actions, GitLab CI, Travis, CircleCI, Azure Pipelines, Bitbucket, Drone, Woodpecker.

GitHub "Workflow syntax" and "Metadata syntax" (2025), GitLab "CI/CD YAML syntax reference" 17, CircleCI configuration
2.1, Azure Pipelines YAML schema, Bitbucket Pipelines reference. Everything here has the profile ``ci``.
"""

from __future__ import annotations

import itertools
import posixpath
import re
from dataclasses import dataclass, field, replace
from typing import Any

from portlint import commands, containers, launches, names, yamltree, yamlvalues
from portlint.collecting import Collector
from portlint.model import Extraction, Role, container
from portlint.templates import ACTIONS, MAKE, SHELL, Dialect
from portlint.yamltree import Node
from portlint.yamlvalues import expression, pairs

_VARIABLES = frozenset({"env", "environment", "variables", "global", "matrix"})
_SCRIPTS = frozenset(
    "run script before_script after_script install before_install after_success commands bash pwsh powershell"
    " test_script build_script".split()
)
_COMMANDS_WITHIN = frozenset({"command", "start", "run", "script"})
_WAITS = frozenset({"wait-on", "wait_on", "health-check-url"})
_FOLDERS = ("working-directory", "workingDirectory", "working_directory")
_OF_THE_RUN = re.compile(r"\$\{\{\s*(?:github|runner|job|steps|needs)\.")
_MOST = 8_000
_SERVICE_KEYS = frozenset({"image", "ports", "env", "environment", "options", "alias", "name", "variables"})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the file we are: the variables' dialect, the folder that scripts run in, the service it is about."""

    dialect: Dialect
    component: str | None = None
    service: str = ""
    visited: list[int] = field(default_factory=list)
    """Collections entered so far: aliases may be cyclic, or repeat each other without end."""

    @property
    def fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if self.component is not None:
            fields["component"] = self.component
        if self.service:
            fields |= {"service": self.service, "network": container(self.service)}
        return fields


def extract(path: str, text: str) -> Extraction:
    """All that a workflow says: variables, service containers, scripts."""
    into = Collector(default_how="CI default", profile="ci")
    tree = yamltree.load(text)
    yamlvalues.collect_problems(tree, into)
    lowered = path.lower()
    dialect = ACTIONS if ".github/" in lowered or "/action.y" in "/" + lowered else SHELL
    dialect = MAKE if "azure" in lowered else dialect
    for document in tree.documents:
        _walk(document, _Place(dialect), into, 0)
    yamlvalues.collect_comments(tree, into)
    return into.build()


def _walk(node: Node, place: _Place, into: Collector, depth: int) -> None:
    place.visited.append(node.start)
    if depth > 40 or len(place.visited) > _MOST:
        return
    if node.kind == "seq":
        for child in node.elements():
            _walk(child, place, into, depth + 1)
        return
    place = _moved(node, place)
    for name, _, value in node.items():
        if name == "services" and _are_services(value):
            _services(value, place, into)
        elif name in _VARIABLES and (value.kind != "scalar" or name == "env"):
            _variables(value, place, into, depth)
        elif name in _SCRIPTS or (name == "command" and value.kind == "scalar"):
            _scripts(value, place, into, depth)
        elif name in ("with", "inputs", "parameters"):
            _inputs(value, place, into)
        elif name == "ports" and value.kind == "seq":
            _ports(value, place, into)
        elif value.kind != "scalar":
            _walk(value, place, into, depth + 1)


def _moved(node: Node, place: _Place) -> _Place:
    for key in _FOLDERS:
        folder = node.get(key) or node.get("defaults", "run", key)
        if folder is not None and folder.kind == "scalar":
            text = folder.text.removeprefix("~/project/").removeprefix("${{ github.workspace }}/")
            root = containers.inside_tree("", text)
            return replace(place, component="" if root == "." else root)
    return place


def _are_services(node: Node) -> bool:
    values = [value for _, _, value in node.items()] or node.elements()
    return any(
        value.kind == "map" and any(key in _SERVICE_KEYS for key, _, _ in value.items()) for value in values
    ) or (node.kind == "seq" and any(":" in value.text for value in values))


def _services(node: Node, place: _Place, into: Collector) -> None:
    entries = [(name, key, value) for name, key, value in node.items()]
    for element in node.elements():
        image = element if element.kind == "scalar" else element.get("name") or element.get("image")
        if image is not None and image.kind == "scalar":
            alias = element.get("alias") or element.get("name") if element.kind == "map" else None
            short = posixpath.basename(image.text.split("@")[0]).split(":")[0]
            name = alias.text if alias is not None and "/" not in alias.text and ":" not in alias.text else short
            entries.append((name, image, element))
    for name, key, value in entries:
        image = value if value.kind == "scalar" else value.get("image") or value.get("name")
        text = image.text if image is not None else ""
        into.service(name=name, kind="compose", span=key.span, image=text, profile="ci")
        inner = replace(place, service=name, component=None)
        if value.kind == "map":
            for variables in ("env", "environment", "variables"):
                if (given := value.get(variables)) is not None:
                    _variables(given, inner, into, 0)
            if (ports := value.get("ports")) is not None:
                _ports(ports, inner, into)
            options = value.get("options")
            if options is not None and options.kind == "scalar":
                _options(options, inner, into)


def _options(node: Node, place: _Place, into: Collector) -> None:
    """``--health-cmd "redis-cli -p 6380 ping"``."""
    for command in commands.parse(node.fragment):
        words = list(command.words)
        for flag, word in itertools.pairwise(words):
            if flag.text == "--health-cmd":
                start, end = word.span.start - node.fragment.start, word.span.end - node.fragment.start
                if node.fragment.offsets is None and 0 <= start <= end:
                    for probe in commands.parse(node.fragment.cut(start, end)):
                        launches.collect(probe, into, role=Role.PROBES, **place.fields)


def _ports(node: Node, place: _Place, into: Collector) -> None:
    for entry in node.elements():
        if entry.kind == "scalar" and not entry.is_null:
            value = expression(entry, place.dialect)
            network = container(place.service) if place.service else ""
            containers.port_mapping(value, into, place.service, network, "CI service ports")


def _variables(node: Node, place: _Place, into: Collector, depth: int) -> None:
    if node.kind == "scalar":
        _scripts(node, place, into, depth)  # Travis: env: A=1 B=2
        return
    place.visited.append(node.start)
    if len(place.visited) > _MOST:
        return
    for name, value, _ in pairs(node):
        if value is not None and name and not _OF_THE_RUN.search(value.text):
            parsed = yamlvalues.parse(value, place.dialect)
            into.setting(name, parsed, Role.DECLARES, how="CI variable", **place.fields)
    for name, _, below in node.items():
        if below.kind == "map":  # GitLab: NAME: {value: x, description: y}
            inner = below.get("value")
            if inner is not None and inner.kind == "scalar":
                parsed = expression(inner, place.dialect)
                into.setting(name, parsed, Role.DECLARES, how="CI variable", **place.fields)
            elif depth < 40 and name in _VARIABLES:
                _variables(below, place, into, depth + 1)
        elif below.kind == "seq" and depth < 40:
            _variables(below, place, into, depth + 1)
    for element in node.elements():
        if element.kind == "scalar" and "=" in element.text and " " in element.text.strip():
            _scripts(element, place, into, depth)


def _scripts(node: Node, place: _Place, into: Collector, depth: int) -> None:
    if node.kind == "scalar":
        containers.collect_commands(commands.parse(node.fragment), into, **place.fields)
        return
    place.visited.append(node.start)
    if depth > 40 or len(place.visited) > _MOST:
        return
    for element in node.elements():
        _scripts(element, place, into, depth + 1) if element.kind == "scalar" else _walk(
            element, place, into, depth + 1
        )
    if node.kind == "map":
        inner = _moved(node, place)
        for name, _, value in node.items():
            if name in _COMMANDS_WITHIN and value.kind == "scalar":
                _scripts(value, inner, into, depth + 1)
            elif value.kind != "scalar" or name in _VARIABLES:
                _variables(value, inner, into, depth + 1) if name in _VARIABLES else _walk(
                    value, inner, into, depth + 1
                )


def _inputs(node: Node, place: _Place, into: Collector) -> None:
    place = _moved(node, place)
    for name, _, value in node.items():
        if value.kind == "map":
            default = value.get("default")
            if default is not None and default.kind == "scalar":
                into.setting(name, expression(default, place.dialect), Role.DEFAULTS, how="input default")
        elif value.kind != "scalar":
            continue
        elif name in _WAITS:
            into.setting(name, expression(value, place.dialect), Role.PROBES, how=name, **place.fields)
        elif name in _COMMANDS_WITHIN:
            _scripts(value, place, into, 0)
        elif names.kind_of(name) is not None or "localhost" in value.text or "127.0.0.1" in value.text:
            into.setting(name, expression(value, place.dialect), Role.DECLARES, how="CI input", **place.fields)
