"""The files a compose service is tied to: build context, env files, mounts, configs, scripts, what it extends."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from portlint import containers
from portlint.collecting import Collector
from portlint.commands import Command
from portlint.containers import inside_tree
from portlint.templates import COMPOSE
from portlint.yamltree import Node
from portlint.yamlvalues import expression, known_text

if TYPE_CHECKING:
    from portlint.extractors.compose import Unit

_SHORT_MOUNT = re.compile(r"(?P<source>\.{1,2}/?[^:]*|[^:/~$][^:]*/[^:]*):(?P<target>/[^:]*)(?::[\w,]+)?")


def build(node: Node | None, folder: str) -> tuple[str, str, str]:
    """Build context and Dockerfile, relative to the root, and the target stage; empty where not known."""
    if node is None or node.is_null:
        return "", "", ""
    if node.kind == "scalar":
        context, dockerfile, stage = known_text(expression(node, COMPOSE)), "", ""
    else:
        context = _text(node.get("context")) or "."
        dockerfile, stage = _text(node.get("dockerfile")), _text(node.get("target"))
    root = inside_tree(folder, context)
    if root is None or (node.kind == "map" and node.get("dockerfile_inline") is not None):
        return root or "", "", stage
    return root, inside_tree(root, dockerfile or "Dockerfile") or "", stage


def includes(document: Node, folder: str, into: Collector) -> None:
    """The compose files that a file includes."""
    included = document.get("include")
    if included is None:
        return
    for entry in included.elements() or [included]:
        paths = entry.get("path") if entry.kind == "map" else entry
        for node in _one_or_more(paths):
            _relate("includes", node, folder, into)
        for node in _one_or_more(entry.get("env_file")):
            _relate("env_file", node, folder, into)


def relations(unit: Unit, launched: list[Command], folder: str, document: Node, into: Collector) -> None:
    """Every file that one service uses."""
    for files in unit.all("env_file"):
        for node in _one_or_more(files):
            _relate("env_file", node.get("path") if node.kind == "map" else node, folder, into, unit.name)
    _extends(unit, folder, into)
    for volumes in unit.all("volumes"):
        for node in volumes.elements():
            _mount(node, unit, folder, into)
    for configs in unit.all("configs"):
        for node in configs.elements():
            _config(node, unit, folder, document, into)
    context = build(unit.first("build"), folder)[0]
    for command in launched:
        script = containers.entry_script(command)
        if script is not None:
            guess = inside_tree(context or folder, script.text) or posixpath.basename(script.text)
            into.relation("runs", guess, script.span, service=unit.name, inside=script.text)


def _extends(unit: Unit, folder: str, into: Collector) -> None:
    extends = unit.layers[-1].get("extends")
    file = extends.get("file") if extends is not None else None
    if extends is not None and file is not None:
        base = extends.get("service")
        _relate("extends", file, folder, into, unit.name, base.text if base is not None else unit.name)


def _mount(node: Node, unit: Unit, folder: str, into: Collector) -> None:
    if node.kind == "map":
        target = node.get("target")
        if node.get("source") is not None and target is not None and _text(node.get("type")) in ("bind", ""):
            source = node.get("source")
            if source is not None and "/" in source.text:
                _relate("mounts", source, folder, into, unit.name, _text(target))
        return
    fragment = node.fragment
    match = _SHORT_MOUNT.fullmatch(known_text(expression(node, COMPOSE)))
    if match is None:
        return
    path = inside_tree(folder, match.group("source"))
    if path is not None:
        end = fragment.text.find(":")
        span = fragment.span(0, end) if fragment.text[:end] == match.group("source") else fragment.whole
        into.relation("mounts", path, span, service=unit.name, inside=match.group("target"))


def _config(node: Node, unit: Unit, folder: str, document: Node, into: Collector) -> None:
    name = node if node.kind == "scalar" else node.get("source")
    if name is None:
        return
    file = document.get("configs", name.text, "file")
    if file is not None:
        target = node.get("target")
        _relate("mounts", file, folder, into, unit.name, _text(target) or "/" + name.text)


def _relate(kind: str, node: Node | None, folder: str, into: Collector, service: str = "", inside: str = "") -> None:
    if node is None or node.kind != "scalar":
        return
    path = inside_tree(folder, _text(node))
    if path is not None:
        into.relation(kind, path, node.span, service=service, inside=inside)


def _one_or_more(node: Node | None) -> list[Node]:
    if node is None or node.is_null:
        return []
    return node.elements() if node.kind == "seq" else [node]


def _text(node: Node | None) -> str:
    return known_text(expression(node, COMPOSE)) if node is not None and node.kind == "scalar" else ""
