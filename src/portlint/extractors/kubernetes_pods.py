"""Pods within Kubernetes workloads: container ports, environment, commands, probes.

A port may be named instead of numbered (Kubernetes API, ``ContainerPort.name``); names are bound as constants.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Any

from portlint import containers, launches, templates, yamlvalues
from portlint.collecting import Collector
from portlint.commands import Command, Word
from portlint.model import HOST_NETWORK, Role, container
from portlint.templates import MAKE, PLAIN
from portlint.text import Span
from portlint.values import Literal, Reference, Unknown
from portlint.yamltree import Node
from portlint.yamlvalues import expression, known_text

_LABELS = frozenset(
    "app name service component run k8s-app app.kubernetes.io/name app.kubernetes.io/component"
    " io.kompose.service".split()
)
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def template_of(manifest: Node) -> Node | None:
    """The node with ``metadata`` and ``spec`` of the pods that a manifest makes, or ``None``."""
    for path in (("spec", "template"), ("spec", "jobTemplate", "spec", "template"), ()):
        node = manifest.get(*path) if path else manifest
        if node is not None and any(node.get("spec", key) is not None for key in ("containers", "initContainers")):
            return node
    return None


def _containers(template: Node) -> Iterator[Node]:
    for key in ("containers", "initContainers"):
        listed = template.get("spec", key)
        yield from (node for node in (listed.elements() if listed is not None else []) if node.kind == "map")


def named_ports(manifests: Iterable[Node]) -> dict[str, Node]:
    """Container ports of all workloads of a file by their names; a name that stands for two numbers is left out."""
    found: dict[str, Node] = {}
    ambiguous: set[str] = set()
    for manifest in manifests:
        template = template_of(manifest)
        for node in _containers(template) if template is not None else []:
            for name, number in _own_names(node).items():
                if name in found and found[name].text != number.text:
                    ambiguous.add(name)
                found[name] = number
    return {name: number for name, number in found.items() if name not in ambiguous}


def _own_names(node: Node) -> dict[str, Node]:
    found: dict[str, Node] = {}
    ports = node.get("ports")
    for entry in ports.elements() if ports is not None else []:
        name, number = entry.get("name"), entry.get("containerPort")
        if name is not None and number is not None:
            found[name.text] = number
    return found


def label_values(labels: Node) -> list[str]:
    """The values of labels that name an application."""
    return [
        value.text
        for name, _, value in labels.items()
        if name in _LABELS and value.kind == "scalar" and "{{" not in value.text
    ]


def port(role: Role, node: Node, by_name: dict[str, Node], into: Collector, **fields: Any) -> None:
    """A port given by number, by template or by the name of a container port."""
    value = expression(node, PLAIN)
    if isinstance(value, Literal) and not value.text.isdigit():
        number = by_name.get(value.text)
        if number is None:
            into.port(role, Unknown(value.text, value.span, "no port of this name in the file"), **fields)
            return
        binding = f"port {value.text} at {number.start}"
        into.bind(binding, expression(number, PLAIN))
        value = Reference(binding, value.span, local=True)
    into.port(role, value, **fields)


def workload(manifest: Node, template: Node, name: str, into: Collector) -> None:
    """A workload's service and all that its containers say."""
    network = container(name)
    host_network = template.get("spec", "hostNetwork")
    if host_network is not None and host_network.text == "true":
        network = HOST_NETWORK
    labels = [node for owner in (template, manifest) if (node := owner.get("metadata", "labels")) is not None]
    own = template.get("spec", "containers")
    first = next((node for node in (own.elements() if own is not None else []) if node.kind == "map"), None)
    main = first.get("name") if first is not None else None
    aliases = [value for node in labels for value in label_values(node)]
    aliases += [main.text] if main is not None and "{{" not in main.text else []
    title = manifest.get("metadata", "name")
    into.service(
        name=name,
        kind="workload",
        span=title.span if title is not None else Span(manifest.start, manifest.start),
        image=_image(first),
        network=HOST_NETWORK if network == HOST_NETWORK else "",
        aliases=tuple(alias for alias in dict.fromkeys(aliases) if alias and alias != name),
        command=first is not None and (first.get("command") or first.get("args")) is not None,
    )
    for node in _containers(template):
        _container(node, into, {"service": name, "network": network})


def _image(node: Node | None) -> str:
    image = node.get("image") if node is not None else None
    return known_text(expression(image, PLAIN)) if image is not None else ""


def _container(node: Node, into: Collector, fields: dict[str, Any]) -> None:
    listed = node.get("ports")
    for entry in listed.elements() if listed is not None else []:
        inner, outer = entry.get("containerPort"), entry.get("hostPort")
        group = into.number()
        udp = (
            " udp" if entry.get("protocol") is not None and getattr(entry.get("protocol"), "text", "") == "UDP" else ""
        )
        if inner is not None:
            into.port(Role.EXPOSES, expression(inner, PLAIN), how="containerPort" + udp, group=group, **fields)
        if outer is not None:
            host = {**fields, "network": HOST_NETWORK}
            into.port(Role.PUBLISHES, expression(outer, PLAIN), how="hostPort" + udp, group=group, **host)
    _environment(node, into, fields)
    for command in _launched(node):
        launches.collect(command, into, **fields)
        script = containers.entry_script(command)
        if script is not None:
            guess = posixpath.basename(script.text)
            into.relation("runs", guess, script.span, service=fields["service"], inside=script.text)
    for kind in _PROBES:
        probe = node.get(kind)
        if probe is not None:
            _probe(kind, probe, _own_names(node), into, fields)


def _environment(node: Node, into: Collector, fields: dict[str, Any]) -> None:
    listed = node.get("env")
    seen: dict[str, Node] = {}
    for entry in listed.elements() if listed is not None else []:
        name, value = entry.get("name"), entry.get("value")
        if name is None:
            continue
        if value is not None:
            into.setting(name.text, expression(value, MAKE), Role.DECLARES, how="env", **fields)
            if name.text in seen:
                yamlvalues.repeat(into, name.text, seen[name.text], value)
            seen.setdefault(name.text, value)
            continue
        for source in ("configMapKeyRef", "secretKeyRef"):
            key = entry.get("valueFrom", source, "key")
            if key is not None:
                into.setting(name.text, Reference(key.text, key.span), Role.DECLARES, how=source, **fields)


def _launched(node: Node) -> list[Command]:
    program, arguments = node.get("command"), node.get("args")
    words = [word for part in (program, arguments) if part is not None for word in part.elements()]
    fragments = [word.fragment for word in words if word.kind == "scalar"]
    image = posixpath.basename(_image(node).split("@")[0]).split(":")[0] if program is None else ""
    found = containers.with_program(image, containers.exec_form(fragments))
    if len(found) != 1 or not any("$(" in word.text for word in found[0].words):
        return found
    by_start = {fragment.whole.start: fragment for fragment in fragments}
    changed = tuple(
        Word(word.text, templates.parse(by_start[word.span.start], MAKE), word.span)
        if "$(" in word.text and word.span.start in by_start
        else word
        for word in found[0].words
    )
    return [Command(changed, found[0].assignments, found[0].span, found[0].directory)]


def _probe(kind: str, probe: Node, own: dict[str, Node], into: Collector, fields: dict[str, Any]) -> None:
    shared = {**fields, "group": into.number(), "how": kind}
    for action in ("httpGet", "tcpSocket", "grpc"):
        asked = probe.get(action)
        if asked is None:
            continue
        number, path, host = asked.get("port"), asked.get("path"), asked.get("host")
        if number is not None and number.kind == "scalar":
            port(Role.PROBES, number, own, into, **shared)
        if path is not None and path.kind == "scalar":
            into.path(Role.PROBES, expression(path, PLAIN), **shared)
        if host is not None and host.kind == "scalar":
            into.host(Role.PROBES, expression(host, PLAIN), **shared)
    script = probe.get("exec", "command")
    if script is not None:
        words = [word.fragment for word in script.elements() if word.kind == "scalar"]
        for command in containers.exec_form(words):
            launches.collect(command, into, role=Role.PROBES, **fields)
