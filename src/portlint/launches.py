"""What a command means for ports: servers launched, clients that connect, port mappings, environment passed.

Facts about the programs come from :mod:`portlint.knowledge`. The parts: :mod:`portlint.launch_wrappers` finds the
programs that really run, then each is a container engine, a port check, a client, a known server, or any program.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

from portlint import commands, launch_arguments, launch_checks, launch_clients, launch_containers, launch_servers
from portlint.collecting import Collector
from portlint.commands import Assignment, Command
from portlint.launch_programs import Launch
from portlint.launch_words import Part, assignment, parts_of
from portlint.launch_wrappers import unwrap
from portlint.model import Role
from portlint.text import Fragment
from portlint.values import Concatenation, Literal, span_of

_ESCAPES = '"\\$`'
_ESCAPED = re.compile(r'["\\$`]')
_DEEPEST = 5
"""How many commands within commands are followed (``sh -c "docker exec x sh -c ..."``)."""


def collect(command: Command, into: Collector, **fields: Any) -> bool:
    """Put into ``into`` all that a command says of ports, hosts and URLs; ``False`` where it says nothing.

    ``fields`` are :class:`portlint.model.Occurrence` fields that hold for the whole command (service, network, label).
    Two more are understood: ``role``, that of the addresses a client connects to (a health check passes ``PROBES``),
    and ``base``, the root-relative folder that the command runs in: with it ``cd x &&`` gives the component, and
    ``--env-file`` a relation.
    """
    role = fields.pop("role", None) or Role.CONNECTS
    base = fields.pop("base", None)
    before = len(into.occurrences)
    if command.directory and base is not None and not fields.get("component"):
        fields["component"] = _folder(base, command.directory, fields.get("component"))
    _assignments(command.assignments, into, "command prefix" if command.words else "assignment", fields)
    _words(parts_of(command.words), list(command.assignments), into, role, base, fields, 0)
    return len(into.occurrences) > before


def _folder(base: str, directory: str, otherwise: Any) -> Any:
    path = posixpath.normpath(posixpath.join(base, directory))
    if path.startswith(("..", "/")):
        return otherwise
    return "" if path == "." else path


def _assignments(assignments: Any, into: Collector, how: str, fields: dict[str, Any]) -> None:
    for one in assignments:
        into.setting(one.name, one.value, Role.DECLARES, how=how, **fields)


def _words(
    words: list[Part],
    assignments: list[Assignment],
    into: Collector,
    role: Role,
    base: str | None,
    fields: dict[str, Any],
    depth: int,
) -> None:
    if words and words[0].flat.lower() in ("set", "export", "setx"):
        given = [one for one in map(assignment, words[1:]) if one is not None]
        _assignments(given, into, words[0].flat.lower(), fields)
        return
    found = unwrap(words, launch_clients.NAMES)
    _assignments(found.assignments, into, "command prefix", fields)
    assignments = assignments + found.assignments
    if found.directory and base is not None:
        fields = {**fields, "component": _folder(base, found.directory, fields.get("component"))}
    launch_clients.awaited(found.awaited, into, role, fields)
    for launch in found.launches:
        _launch(launch, assignments, into, role, base, fields, depth)
    for part in found.inner:
        if depth < _DEEPEST:
            _inner(part, assignments, into, role, base, fields, depth)


def _launch(
    launch: Launch,
    assignments: list[Assignment],
    into: Collector,
    role: Role,
    base: str | None,
    fields: dict[str, Any],
    depth: int,
) -> None:
    inside = launch_containers.collect(launch, into, base, fields)
    if inside is not None:
        if inside.words and depth < _DEEPEST:
            _words(inside.words, list(inside.assignments), into, role, base, inside.fields, depth + 1)
        return
    if launch.kind == "program" and launch.names[:1] in (("make",), ("gmake",), ("just",), ("task",)):
        given = [one for one in map(assignment, launch.rest) if one is not None]
        _assignments(given, into, "make variable", fields)
    if launch.kind == "program" and launch_checks.collect(launch, into, fields):
        return
    if launch.kind == "script" and fields.get("service") and fields.get("network"):
        into.relation("script", "", span_of(launch.word.value), service=fields["service"], inside=launch.word.flat)
    served = launch_servers.collect(launch, assignments, into, fields) if launch.kind != "script" else None
    if served:
        return
    if launch.kind != "program" or not launch_clients.collect(launch, into, role, fields):
        launch_arguments.collect(launch, into, role, fields)


def _inner(
    part: Part,
    assignments: list[Assignment],
    into: Collector,
    role: Role,
    base: str | None,
    fields: dict[str, Any],
    depth: int,
) -> None:
    """A command given as one quoted argument."""
    fragment = _fragment(part)
    if fragment is None:
        into.unresolved += 1
        return
    for command in commands.parse(fragment):
        _assignments(command.assignments, into, "command prefix" if command.words else "assignment", fields)
        known = assignments + list(command.assignments)
        _words(parts_of(command.words), known, into, role, base, fields, depth + 1)


def _fragment(part: Part) -> Fragment | None:
    """The text of a quoted argument with the way back to its place, or ``None`` where that cannot be told.

    An expression does not keep the text of a variable, but its length in the file, which is that in the word.
    """
    pieces: list[tuple[str, int]] = []
    values = part.value.parts if isinstance(part.value, Concatenation) else (part.value,)
    index = end = 0
    for value in values:
        start, end = span_of(value)
        if not isinstance(value, Literal):
            pieces.append((part.text[index : index + end - start], start))
            index += end - start
            continue
        escapes = end - start - len(value.text)
        if escapes and escapes != len(_ESCAPED.findall(value.text)):
            return None
        for character in value.text if escapes else (value.text,):
            pieces.append((character, start))
            start += 1 + (character in _ESCAPES) if escapes else len(character)
        index += len(value.text)
    known = part.text or ("" if any(not isinstance(value, Literal) for value in values) else part.flat)
    return Fragment.pieces(pieces, end) if pieces and "".join(text for text, _ in pieces) == known else None
