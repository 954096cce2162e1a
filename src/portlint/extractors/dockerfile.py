"""Dockerfiles: stages with what they set, expose, run and probe.

Dockerfile reference (docs.docker.com/reference/dockerfile, 2025). A stage that starts from an earlier one has its
settings too: they are stated again for it, at the same places.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import Any

from portlint import commands, containers, launches, prose, templates
from portlint.collecting import Collector
from portlint.commands import Command
from portlint.containers import inside_tree
from portlint.extractors import dockerfile_syntax as syntax
from portlint.extractors.dockerfile_syntax import Instruction
from portlint.model import Extraction, Role, container
from portlint.templates import DOCKERFILE
from portlint.text import Fragment, Lines, Span
from portlint.values import Reference

_FROM = re.compile(r"(?P<image>\S+)(?:\s+as\s+(?P<stage>\S+))?", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{2}")
_LAST_COUNTS = frozenset({"CMD", "ENTRYPOINT", "HEALTHCHECK"})


@dataclass(slots=True)
class Stage:
    """One build stage: its own instructions, and the earlier stage it starts from."""

    name: str
    image: str
    span: Span
    base: Stage | None = None
    service: str = ""
    own: list[Instruction] = field(default_factory=list)

    def effective(self) -> list[Instruction]:
        """Inherited instructions first; of CMD, ENTRYPOINT and HEALTHCHECK only the last one counts."""
        chain: list[Stage] = []
        stage: Stage | None = self
        while stage is not None and len(chain) < 20:
            chain.append(stage)
            stage = stage.base
        found = [instruction for stage in reversed(chain) for instruction in stage.own]
        last = {instruction.name: instruction for instruction in found}
        own = {id(instruction) for instruction in self.own}
        reset = any(instruction.name == "ENTRYPOINT" for instruction in self.own)
        return [
            instruction
            for instruction in found
            if instruction.name not in _LAST_COUNTS
            or (
                last[instruction.name] is instruction
                and not (instruction.name == "CMD" and reset and id(instruction) not in own)
            )
        ]


def extract(path: str, text: str) -> Extraction:
    """All that a Dockerfile says."""
    into = Collector(default_how="Dockerfile default")
    instructions, comments, problems = syntax.parse(text)
    lines = Lines(text)
    for offset, message in problems:
        into.problem(lines.position(offset)[0], message)
    arguments: dict[str, str] = {}
    stages = _stages(path, instructions, arguments, into)
    for stage in stages:
        _service(stage, path, into)
        _stage(stage, path, into)
    owners = {id(instruction): stage.service for stage in stages for instruction in stage.own}
    for comment in comments:
        if not _DIGITS.search(comment.text.text):
            continue
        following = instructions[comment.before] if comment.before < len(instructions) else None
        name, service = "", ""
        if following is not None:
            service = owners.get(id(following), "")
            if following.name in ("ENV", "ARG"):
                name = next((name for name, _ in syntax.assignments(following.arguments)), "")
        prose.collect(comment.text, into, name=name, service=service, commented=True, how="comment")
    return into.build()


def _stages(path: str, instructions: list[Instruction], arguments: dict[str, str], into: Collector) -> list[Stage]:
    stages: list[Stage] = []
    for instruction in instructions:
        if instruction.name == "FROM":
            match = _FROM.fullmatch(instruction.arguments.text)
            image = _with_arguments(match.group("image"), arguments) if match else ""
            base = next((stage for stage in stages if stage.name and stage.name.lower() == image.lower()), None)
            name = (match.group("stage") or "") if match else ""
            stages.append(Stage(name, "" if base else image, instruction.arguments.whole, base))
        elif stages:
            stages[-1].own.append(instruction)
        elif instruction.name == "ARG":
            for name, value in syntax.assignments(instruction.arguments):
                arguments[name] = value.text
                parsed = templates.parse(value, DOCKERFILE)
                into.setting(name, parsed, Role.DEFAULTS, how="ARG", service=path, network=container(path))
    for index, stage in enumerate(stages):
        stage.service = path if index == len(stages) - 1 else f"{path}#{stage.name or index}"
    return stages


def _with_arguments(image: str, arguments: dict[str, str]) -> str:
    def known(match: re.Match[str]) -> str:
        name = match.group(1) or match.group(2)
        return arguments.get(name) or (match.group(3) or match.group())

    return re.sub(r"\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})", known, image)


def _service(stage: Stage, path: str, into: Collector) -> None:
    root, names = stage, {instruction.name for instruction in stage.effective()}
    while root.base is not None:
        root = root.base
    into.service(
        name=stage.service,
        kind="image",
        span=stage.span,
        image=root.image,
        dockerfile=path,
        stage=stage.name,
        command=bool(names & {"CMD", "ENTRYPOINT"}),
    )


def _stage(stage: Stage, path: str, into: Collector) -> None:
    fields: dict[str, Any] = {"service": stage.service, "network": container(stage.service)}
    found = stage.effective()
    set_later: dict[str, int] = {}
    for index, instruction in enumerate(found):
        if instruction.name == "ENV":
            set_later.update((name, index) for name, _ in syntax.assignments(instruction.arguments))
    own = {id(instruction) for instruction in stage.own}
    for index, instruction in enumerate(found):
        overridden: set[str] = set()
        if instruction.name == "ENV" and id(instruction) not in own:
            names = (name for name, _ in syntax.assignments(instruction.arguments))
            overridden = {name for name in names if set_later[name] > index}
        _instruction(instruction, into, fields, overridden)
    launched = _launched(found)
    for command in launched:
        launches.collect(command, into, **fields)
    copies = _copies(found, path, stage.service, into)
    folder = next((i.arguments.text for i in reversed(found) if i.name == "WORKDIR"), "/")
    for command in launched:
        script = containers.entry_script(command)
        if script is not None:
            inside = posixpath.normpath(posixpath.join(folder, script.text))
            guess = _source(inside, copies) or inside_tree(posixpath.dirname(path), script.text)
            guess = guess or posixpath.basename(script.text)
            into.relation("runs", guess, script.span, service=stage.service, inside=script.text)


def _instruction(instruction: Instruction, into: Collector, fields: dict[str, Any], overridden: set[str]) -> None:
    arguments = instruction.arguments
    match instruction.name:
        case "ENV" | "ARG":
            role = Role.DECLARES if instruction.name == "ENV" else Role.DEFAULTS
            for name, value in syntax.assignments(arguments):
                parsed = templates.parse(value, DOCKERFILE)
                if name in overridden or (isinstance(parsed, Reference) and parsed.name == name and not parsed.operand):
                    continue
                into.setting(name, parsed, role, how=instruction.name, **fields)
        case "EXPOSE":
            for word in syntax.words(arguments):
                _exposed(syntax.unquoted(word), into, fields)
        case "HEALTHCHECK":
            _probe(arguments, into, fields)


def _exposed(word: Fragment, into: Collector, fields: dict[str, Any]) -> None:
    port, separator, protocol = word.text.partition("/")
    value = templates.parse(word.cut(0, len(port)) if separator and "$" not in protocol else word, DOCKERFILE)
    how = "EXPOSE udp" if protocol.lower() == "udp" else "EXPOSE"
    containers.ports(Role.EXPOSES, value, into, how=how, **fields)


def _probe(arguments: Fragment, into: Collector, fields: dict[str, Any]) -> None:
    text = arguments.text
    if text[:3].upper() != "CMD":
        return
    rest = arguments.cut(3 + len(text[3:]) - len(text[3:].lstrip()), len(text))
    for command in _commands(rest):
        launches.collect(command, into, role=Role.PROBES, **fields)


def _commands(arguments: Fragment) -> list[Command]:
    words = syntax.json_words(arguments)
    return containers.exec_form(words) if words is not None else commands.parse(arguments)


def _launched(found: list[Instruction]) -> list[Command]:
    """ENTRYPOINT in exec form takes CMD as its arguments; in shell form CMD counts for nothing."""
    by_name = {instruction.name: instruction.arguments for instruction in found}
    entrypoint, command = by_name.get("ENTRYPOINT"), by_name.get("CMD")
    if entrypoint is None:
        return _commands(command) if command is not None else []
    first = syntax.json_words(entrypoint)
    if first is None:
        return commands.parse(entrypoint)
    second = syntax.json_words(command) if command is not None else []
    script = containers.exec_form(first)
    if second and script and containers.entry_script(script[-1]) is not None and not second[0].text.startswith("-"):
        return [*script, *containers.exec_form(second)]  # an entry script ends with exec "$@"
    return containers.exec_form([*first, *(second or [])])


def _copies(found: list[Instruction], path: str, service: str, into: Collector) -> list[tuple[str, str]]:
    """Source in the context and place in the image, of files of this tree."""
    copies: list[tuple[str, str]] = []
    folder = "/"
    for instruction in found:
        if instruction.name == "WORKDIR":
            folder = posixpath.join(folder, instruction.arguments.text)
        if instruction.name not in ("COPY", "ADD") or any(name == "from" for name, _ in instruction.flags):
            continue
        words = syntax.json_words(instruction.arguments) or syntax.words(instruction.arguments)
        if len(words) < 2:
            continue
        target = _target(folder, words[-1].text, several=len(words) > 2)
        for source in words[:-1]:
            copies.append((source.text, target))
            if source.text.startswith("<<") or posixpath.normpath(source.text) == ".":
                continue
            context = source.text.lstrip("/") or "."
            places = (inside_tree(posixpath.dirname(path), context), inside_tree("", context))
            for place in dict.fromkeys(place for place in places if place):
                into.relation("copies", place, source.whole, service=service, inside=target)
    return copies


def _target(folder: str, written: str, *, several: bool) -> str:
    """A place in the image; it ends with ``/`` where it is a folder for certain."""
    whole = posixpath.normpath(posixpath.join(folder, written))
    is_folder = several or written.endswith("/") or posixpath.basename(written) in (".", "..")
    return whole if not is_folder or whole == "/" else whole + "/"


def _source(inside: str, copies: list[tuple[str, str]]) -> str | None:
    """The file of the context that a path in the image is a copy of."""
    for source, target in reversed(copies):
        source = source.lstrip("/")
        base = posixpath.basename(source.rstrip("/"))
        if target == inside or (target.endswith("/") and target + base == inside):
            return inside_tree("", source)
        if inside.startswith(target.rstrip("/") + "/"):
            rest = inside[len(target.rstrip("/")) + 1 :]
            if "." in base and base not in (".", "..") and base != rest:
                continue
            return inside_tree("", rest if base == rest else posixpath.join(source, rest))
    return None
