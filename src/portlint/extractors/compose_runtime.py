"""What a compose service does when it runs: ports, command, health check, labels."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from portlint import commands, containers, launches
from portlint.collecting import Collector
from portlint.commands import Command
from portlint.model import Role
from portlint.templates import COMPOSE
from portlint.text import Fragment
from portlint.values import Literal
from portlint.yamltree import Node
from portlint.yamlvalues import expression, known_text, pairs, parse

if TYPE_CHECKING:
    from portlint.extractors.compose import Unit

_TRAEFIK_PORT = re.compile(
    r"traefik\.(?:\w+\.services\.[^.]+\.loadbalancer\.server\.)?port|traefik\..*\.port", re.IGNORECASE
)
_UPSTREAMS = re.compile(r"\{\{\s*upstreams(?:\s+https?)?\s+(?P<port>[0-9]{1,5})\s*\}\}")


def collect(unit: Unit, launched: list[Command], into: Collector) -> None:
    """Ports, command, health check and labels of one service."""
    for node in unit.all("ports"):
        for entry in node.elements() or ([node] if node.kind == "scalar" else []):
            _published(entry, unit, into)
    for node in unit.all("expose"):
        for entry in node.elements():
            value = expression(entry, COMPOSE)
            containers.ports(Role.EXPOSES, value, into, how="compose expose", **unit.fields)
    containers.collect_commands(launched, into, **unit.fields)
    test = unit.first("healthcheck", "test")
    if test is not None and unit.first("healthcheck", "disable") is None:
        for command in _test(test):
            launches.collect(command, into, role=Role.PROBES, **unit.fields)
    for node in (*unit.all("labels"), *unit.all("deploy", "labels")):
        _labels(node, unit, into)


def _published(entry: Node, unit: Unit, into: Collector) -> None:
    if entry.kind == "scalar":
        if not entry.is_null:
            value = expression(entry, COMPOSE)
            containers.port_mapping(value, into, unit.name, unit.network, "compose ports")
        return
    target, published, address = entry.get("target"), entry.get("published"), entry.get("host_ip")
    how = "compose ports udp" if getattr(entry.get("protocol"), "text", "") == "udp" else "compose ports"
    fields = {"service": unit.name, "group": into.number(), "how": how}
    if address is not None:
        into.host(Role.PUBLISHES, expression(address, COMPOSE), network="host", **fields)
    if published is not None and not published.is_null:
        containers.ports(Role.PUBLISHES, expression(published, COMPOSE), into, network="host", **fields)
    if target is not None:
        containers.ports(Role.EXPOSES, expression(target, COMPOSE), into, network=unit.network, **fields)


def launched(unit: Unit) -> list[Command]:
    """The commands a service runs; arguments without a program belong to the image's own."""
    entrypoint, command = unit.first("entrypoint"), unit.first("command")
    if entrypoint is not None and command is not None and entrypoint.kind == command.kind == "seq":
        return containers.exec_form(_words([*entrypoint.elements(), *command.elements()]))
    image = unit.first("image")
    name = known_text(expression(image, COMPOSE)) if image is not None else ""
    program = posixpath.basename(name.split("@")[0]).split(":")[0] if entrypoint is None else ""
    found: list[Command] = []
    for node in (entrypoint, command):
        if node is None or node.is_null:
            continue
        if node.kind == "seq":
            found.extend(containers.exec_form(_words(node.elements())))
        elif node.kind == "scalar":
            found.extend(commands.parse(undollar(node.fragment)))
    return containers.with_program(program, found)


def _test(test: Node) -> list[Command]:
    if test.kind == "scalar":
        return commands.parse(undollar(test.fragment))
    words = _words(test.elements())
    if not words or words[0].text == "NONE":
        return []
    if words[0].text == "CMD-SHELL":
        return [command for word in words[1:2] for command in commands.parse(word)]
    return containers.exec_form(words[1:] if words[0].text == "CMD" else words)


def _words(nodes: list[Node]) -> list[Fragment]:
    return [undollar(node.fragment) for node in nodes if node.kind == "scalar"]


def undollar(fragment: Fragment) -> Fragment:
    """What the container is given: compose turns ``$$`` into ``$``."""
    text = fragment.text
    if "$$" not in text:
        return fragment
    kept: list[int] = []
    position = 0
    while position < len(text):
        position += 1 if text.startswith("$$", position) else 0
        kept.append(position)
        position += 1
    offsets = (*(fragment.offset(index) for index in kept), fragment.offset(len(text)))
    return Fragment("".join(text[index] for index in kept), offsets[0], offsets)


def _labels(node: Node, unit: Unit, into: Collector) -> None:
    for name, fragment, _ in pairs(node):
        if fragment is None:
            continue
        value = parse(fragment, COMPOSE)
        upstreams = _UPSTREAMS.search(fragment.text)
        if _TRAEFIK_PORT.fullmatch(name):
            containers.ports(Role.PROXIES, value, into, how="traefik label", **unit.fields)
        elif upstreams is not None and name.startswith("caddy"):
            port = expression_of(fragment.cut(*upstreams.span("port")))
            into.port(Role.PROXIES, port, how="caddy label", **unit.fields)
        elif "Host(" not in fragment.text and "`" not in fragment.text:
            role = Role.ALLOWS if "origin" in name.lower() else Role.DECLARES
            into.setting(name, value, role, how="label", **unit.fields)


def expression_of(fragment: Fragment) -> Literal:
    """Plain text as an expression."""
    return Literal(fragment.text, fragment.whole)
