"""What containers run, shared by compose, Dockerfile and Kubernetes: exec forms, entry scripts, port mappings.

Port syntax: Compose specification "ports", Docker CLI ``-p``; exec form: Dockerfile reference "CMD".
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

from portlint import commands, launches
from portlint.collecting import Collector
from portlint.commands import Command, Word
from portlint.model import HOST_NETWORK, Role
from portlint.text import Fragment, Span
from portlint.urls import flatten, slice_expression
from portlint.values import Expression, Literal, Unknown, literal_text, span_of

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_INTERPRETERS = _SHELLS | {"python", "python3", "node", "ruby", "perl", "php", "bun", "deno", "tsx", "ts-node"}
_WRAPPERS = frozenset({"exec", "tini", "/sbin/tini", "dumb-init", "/usr/bin/dumb-init", "--", "nohup", "/init"})
_SCRIPT = re.compile(r"[\w./\-]+\.(?:sh|bash|py|js|mjs|cjs|ts|rb|pl|php)")
_ENTRY = re.compile(r"\.{0,2}/(?:[\w.\-]+/)*[\w.\-]*(?:entry|start|run|boot|init|launch|serve)[\w\-]*")
_PORTS = re.compile(
    r"(?:(?P<ip>\[[0-9a-fA-F:.]+\]|[^:\[\]]+):)?(?:(?P<published>[^:]*):)?(?P<target>[^:/]+)(?:/(?P<protocol>\w+))?"
)
_RANGE = re.compile(r"([0-9]{1,5})-([0-9]{1,5})")
_LONGEST_RANGE = 30


def exec_form(words: list[Fragment]) -> list[Command]:
    """The commands of a list of words; the script of ``sh -c`` is read as shell text."""
    texts = [word.text for word in words]
    for index in range(len(texts) - 2):
        shell = posixpath.basename(texts[index]) in _SHELLS
        if shell and texts[index + 1].startswith("-") and "c" in texts[index + 1]:
            return commands.parse(words[index + 2])
    return [commands.from_words(words)] if words else []


def with_program(program: str, found: list[Command]) -> list[Command]:
    """Commands that are arguments only get the image's own program in front."""
    completed: list[Command] = []
    for command in found:
        if any(word.text.lower().startswith("--entrypoints.") for word in command.words):
            program = "traefik"  # no other program has this flag; override files do not repeat the image
        if program and command.words and command.words[0].text.startswith("-"):
            at = Span(command.words[0].span.start, command.words[0].span.start)
            word = Word(program, Literal(program, at), at)
            command = Command((word, *command.words), command.assignments, command.span, command.directory)
        completed.append(command)
    return completed


def collect_commands(found: list[Command], into: Collector, **fields: Any) -> None:
    """All that commands say of ports, hosts and URLs; ``fields`` hold for each."""
    for command in found:
        launches.collect(command, into, **fields)


def entry_script(command: Command) -> Word | None:
    """The script of this tree, probably, that a command starts."""
    words = list(command.words)
    while words and words[0].text in _WRAPPERS:
        words.pop(0)
    interpreted = False
    for word in words[:4]:
        if word.text.startswith("-"):
            continue
        if _SCRIPT.fullmatch(word.text) or _ENTRY.fullmatch(word.text):
            return word
        if interpreted or posixpath.basename(word.text) not in _INTERPRETERS:
            return None
        interpreted = True
    return None


def inside_tree(folder: str, path: str) -> str | None:
    """A path written relative to a folder as a root-relative one; ``None`` where it leaves the tree or is unknown."""
    if not path or path[0] in "/~" or "$" in path or "{" in path or "://" in path or "\\" in path:
        return None
    normal = posixpath.normpath(posixpath.join(folder, path))
    return None if normal == ".." or normal.startswith("../") else normal


def port_mapping(value: Expression, into: Collector, service: str, inner: str, how: str, **fields: Any) -> None:
    """``[[IP:]PUBLISHED:]TARGET[/PROTOCOL]``; ``inner`` is the network inside the container."""
    text, _ = flatten(value)
    match = _PORTS.fullmatch(text)
    if match is None:
        into.unresolved += 1
        return
    group = into.number()
    shared = {**fields, "service": service, "group": group}
    spans = {name: match.span(name) for name in ("ip", "published", "target") if match.group(name)}
    if "ip" in spans and match.group("published") is None:
        spans["published"] = spans.pop("ip")
    how = f"{how} udp" if match.group("protocol") == "udp" else how
    parts = {name: slice_expression(value, *span) for name, span in spans.items()}
    if "ip" in parts:
        into.host(Role.PUBLISHES, parts["ip"], network=HOST_NETWORK, how=how, **shared)
    if "published" in parts:
        ports(Role.PUBLISHES, parts["published"], into, network=HOST_NETWORK, how=how, **shared)
    ports(Role.EXPOSES, parts["target"], into, network=inner, how=how, **shared)


def ports(role: Role, value: Expression, into: Collector, **fields: Any) -> None:
    """A port or a range of ports (``3000-3005``): each port of a range, the first and last with their own places."""
    text = literal_text(value)
    if text is None:
        if not isinstance(value, Unknown) and len(flatten(value)[0]) > 1 and "-" in flatten(value)[0]:
            return _open_range(role, value, into, fields)
        return into.port(role, value, **fields)
    match = _RANGE.fullmatch(text)
    if match is None:
        if text.isdigit():
            into.port(role, value, **fields)
        else:
            into.unresolved += 1
        return
    first, last = int(match.group(1)), int(match.group(2))
    into.port(role, slice_expression(value, *match.span(1)), **fields)
    if last - first <= _LONGEST_RANGE:
        for number in range(first + 1, last):
            between = span_of(value)
            into.port(role, Literal(str(number), between), span=between, **fields)
    else:
        into.unresolved += 1
    if last > first:
        into.port(role, slice_expression(value, *match.span(2)), **fields)


def _open_range(role: Role, value: Expression, into: Collector, fields: dict[str, Any]) -> None:
    """``${FIRST}-${LAST}``."""
    text, _ = flatten(value)
    position = 0
    for piece in text.split("-"):
        if piece:
            into.port(role, slice_expression(value, position, position + len(piece)), **fields)
        position += len(piece) + 1
