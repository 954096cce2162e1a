"""Servers that the knowledge knows: what they are told to listen on, or do when they are told nothing."""

from __future__ import annotations

import re
from typing import Any

from portlint import knowledge, names, urls
from portlint.collecting import Collector
from portlint.commands import Assignment
from portlint.knowledge import Tool
from portlint.launch_programs import Launch
from portlint.launch_words import HOLE, Flag, Part, parse, shown, web_addresses
from portlint.model import Kind, Role
from portlint.values import Expression, Literal, Reference, Unknown, literal_text

_HELP = frozenset(("--version", "--help"))
_SOLE_HELP = frozenset(("-v", "-V", "-h", "version", "help"))
_DIGITS = re.compile(r"[0-9]{1,6}")
_HOSTLIKE = re.compile(rf"[A-Za-z0-9*+\[{HOLE}][A-Za-z0-9_.:\-\]%{HOLE}]*|::")
_WHOLE = {"port": Kind.PORT, "host": Kind.HOST, "hostname": Kind.HOST, "ip": Kind.HOST}
"""What a variable alone stands for where an address may stand, by its name's last word; else for the whole address."""

_ALL_ADDRESSES = re.compile(rf"(?P<host>\+|\*|\[?::\]?|0):(?P<port>[0-9]{{1,5}}|[{HOLE}])")


def tools_of(launch: Launch) -> tuple[Tool, ...]:
    """The tools a launch may be, by its program's, module's or variable's name."""
    facts = knowledge.load()
    index = facts.by_module if launch.kind == "module" else facts.by_program
    for name in launch.names:
        found = index.get(name, ())
        if found:
            return found
    if launch.variable:
        # INNGEST_DEV_EXE: a first word alone is believed only where a subcommand confirms it.
        for name in launch.names:
            found = index.get(name.partition("-")[0], ())
            if found and all(tool.subcommands for tool in found):
                return found
    return ()


def collect(launch: Launch, assignments: list[Assignment], into: Collector, fields: dict[str, Any]) -> bool | None:
    """What a known server listens on. ``None`` where the program is not known, ``False`` where it serves nothing."""
    tools = tools_of(launch)
    if not tools:
        return None
    found = False
    group = 0
    for tool in tools:
        parsed = _match(tool, launch.rest)
        if parsed is None:
            continue
        flags, plain = parsed
        group = group or into.number()
        target = _target(tool, launch, flags, plain)
        _Server(tool, launch, into, {**fields, "tool": tool.id, "target": target, "group": group}).collect(
            flags, plain, assignments
        )
        found = True
    return found


def _match(tool: Tool, rest: list[Part]) -> tuple[list[Flag], list[Part]] | None:
    """Flags, and plain arguments behind the subcommand, if these words make the tool serve."""
    if len(rest) == 1 and rest[0].flat in _SOLE_HELP:
        return None
    options = (tool.port, tool.host, tool.bind, tool.url)
    valued = {flag for option in options for flag in option.flags} | set(tool.unix)
    valued.update(flag for flag in tool.configured_by if flag != "*")
    valued.difference_update(tool.switches)
    verbs = {sub.split()[0] for sub in tool.subcommands} | set(tool.excluded)
    flags, plain = parse(rest, valued, tool.switches, verbs)
    given = {flag.name for flag in flags}
    if given & _HELP or given & set(tool.excluded_flags) or (tool.needs and not given & set(tool.needs)):
        return None
    if plain and plain[0].flat in tool.excluded:
        return None
    if not tool.subcommands:
        return flags, plain
    for subcommand in tool.subcommands:
        words = subcommand.split()
        if [part.flat for part in plain[: len(words)]] == words:
            return flags, plain[len(words) :]
    return None


def _target(tool: Tool, launch: Launch, flags: list[Flag], plain: list[Part]) -> str:
    jar = next((flag.value for flag in flags if flag.name == "-jar" and flag.value is not None), None)
    if jar is not None:
        return shown(jar)
    if tool.port.positional or tool.bind.positional:
        return shown(launch.word) if launch.kind == "file" else ""
    if plain and not tool.subcommands and plain[0].flat in ("dev", "serve", "start"):
        plain = plain[1:]
    return shown(plain[0]) if plain else ""


class _Server:
    """One launch of one tool, while its words are read."""

    def __init__(self, tool: Tool, launch: Launch, into: Collector, fields: dict[str, Any]) -> None:
        self.tool = tool
        self.launch = launch
        self.into = into
        self.fields = fields
        self.has_port = self.has_host = self.replaced = False

    def collect(self, flags: list[Flag], plain: list[Part], assignments: list[Assignment]) -> None:
        tool = self.tool
        for flag in flags:
            self._flag(flag)
        for part in plain:
            if tool.bind.positional and _is_bind(part):
                self.bind(part, "argument")
            elif tool.port.positional and _is_port(part):
                self.port(part, "argument")
            else:
                self._others([part], "argument")
        for assignment in assignments:
            self._environment(assignment)
        uncertain = any(flag.name in tool.configured_by for flag in flags) or (
            "*" in tool.configured_by and bool(plain)
        )
        if not uncertain and not self.replaced:
            self._defaults(open_ended=any(_is_rest(part) for part in self.launch.rest))

    def _flag(self, flag: Flag) -> None:
        tool, value = self.tool, flag.value
        if flag.name in tool.unix:
            self.replaced = True
        elif value is None:
            if flag.name in tool.host.flags and tool.bare_host:
                self.host(Part(tool.bare_host, Literal(tool.bare_host, flag.word.span)), flag.name)
        elif flag.name in tool.port.flags:
            self.port(value, flag.name)
        elif flag.name in tool.host.flags:
            self.host(value, flag.name)
        elif flag.name in tool.bind.flags:
            self.bind(value, flag.name)
        elif flag.name in tool.url.flags:
            self._url(value, flag.name)
        elif not self._nested(value):
            self._others([value], flag.name)

    def _others(self, parts: list[Part], how: str) -> None:
        """Addresses of other programs that a server is told (``celery --broker redis://...``)."""
        web_addresses(parts, self.into, Role.CONNECTS, {**self.fields, "how": how})

    def _nested(self, value: Part) -> bool:
        """Arguments for the program inside one argument: ``--args='--server.port=8081'``."""
        if "port" in value.flat and value.flat.lstrip("-").startswith(("server.", "Dserver.")):
            for part in value.pieces(" ,"):
                name, equals, _ = part.flat.partition("=")
                if equals and name in self.tool.port.flags:
                    self.port(part.cut(len(name) + 1), name)
            return True
        return False

    def _environment(self, assignment: Assignment) -> None:
        tool, name = self.tool, assignment.name
        part, how = Part.of(assignment.value), f"{name}="
        if name in tool.port.environment and not self.has_port:
            self.port(part, how)
            # The tool's own host goes with its own port: gunicorn takes 0.0.0.0 with $PORT.
            self.has_host = self.has_host or bool(tool.bind.flags)
        elif name in tool.host.environment and not self.has_host:
            self.host(part, how)
        elif name in tool.bind.environment and not (self.has_host or self.has_port):
            self.bind(part, how)

    def _defaults(self, open_ended: bool) -> None:
        tool, span = self.tool, self.launch.word.span
        if open_ended:
            self.into.unresolved += bool(tool.port.default and not self.has_port)
            return
        for kind, option, known in ((Kind.PORT, tool.port, self.has_port), (Kind.HOST, tool.host, self.has_host)):
            if option.default and not known:
                aliases = option.environment + tool.bind.environment
                value = Literal(option.default, span)
                self.into.add(kind, Role.LISTENS, value, how="tool default", aliases=aliases, **self.fields)

    def port(self, part: Part, how: str) -> None:
        """A port, or what turns out to be an address."""
        if part.literal and not _DIGITS.fullmatch(part.flat):
            self.bind(part, how)
            return
        self._put(Kind.PORT, part.value, how)
        self.has_port = True

    def host(self, part: Part, how: str) -> None:
        """A host; ``host:port`` where somebody wrote that."""
        if urls.split_address(part.value) is not None:
            self.bind(part, how)
        elif _HOSTLIKE.fullmatch(part.flat):
            self._put(Kind.HOST, part.value, how)
            self.has_host = True

    def bind(self, part: Part, how: str) -> None:
        """An address in any spelling: ``8000``, ``:8000``, ``host:8000``, ``tcp://...``, ``unix:...``, a list."""
        for piece in part.pieces(",;"):
            self._bind(piece, how)

    def _bind(self, part: Part, how: str) -> None:
        if part.flat.startswith(("unix:", "fd:", "/", "./", "@")) or part.flat.endswith(".sock"):
            self.replaced = True
            return
        if _DIGITS.fullmatch(part.flat):
            self.port(part, how)
            return
        everywhere = _ALL_ADDRESSES.fullmatch(part.flat)
        parts = None if everywhere else urls.split_url(part.value) or urls.split_address(part.value)
        if everywhere:
            self._put(Kind.HOST, part.cut(*everywhere.span("host")).value, how)
            self._put(Kind.PORT, part.cut(*everywhere.span("port")).value, how)
            self.has_host = self.has_port = True
        elif parts is not None:
            if parts.host is not None and literal_text(parts.host) != "":
                self._put(Kind.HOST, parts.host, how)
            self.has_host = True
            if parts.port is not None:
                self._put(Kind.PORT, parts.port, how)
                self.has_port = True
        elif isinstance(part.value, Reference):
            last = names.tokens(part.value.name)[-1:]
            whole = _WHOLE.get(last[0], Kind.URL) if last else Kind.URL
            self._put(whole, part.value, how)
            self.has_port = self.has_port or whole is not Kind.HOST
            self.has_host = self.has_host or whole is not Kind.PORT
        elif part.literal and _HOSTLIKE.fullmatch(part.flat):
            self._put(Kind.HOST, part.value, how)
            self.has_host = True
        else:
            self.into.unresolved += 1
            self.has_port = True

    def _url(self, part: Part, how: str) -> None:
        role = Role.PROXIES if "proxy" in self.tool.id else Role.CONNECTS
        fields = {**self.fields, "how": how}
        known = self.into.url(role, part.value, **fields) or self.into.address(role, part.value, **fields)
        if not known and not part.literal:
            self.into.add(Kind.URL, role, part.value, **fields)

    def _put(self, kind: Kind, value: Expression, how: str) -> None:
        put(self.into, kind, value, how, self.fields)


def put(into: Collector, kind: Kind, value: Expression, how: str, fields: dict[str, Any]) -> None:
    """A server's own port or host: listens if it is written out, passes if a variable gives it."""
    role = Role.LISTENS if literal_text(value) is not None else Role.PASSES
    if isinstance(value, Unknown) and not re.search(r"[A-Za-z0-9]", value.text):
        return
    into.add(kind, role, value, how=how, **fields)


def _is_rest(part: Part) -> bool:
    """``"$@"``: whoever calls the script may give any flags."""
    return isinstance(part.value, Unknown) and re.search(r"\$\{?[@*]|\[[@*]\]", part.value.text) is not None


def _is_port(part: Part) -> bool:
    return _DIGITS.fullmatch(part.flat) is not None or re.fullmatch(f"[{HOLE}]", part.flat) is not None


def _is_bind(part: Part) -> bool:
    return _is_port(part) or bool(_ALL_ADDRESSES.fullmatch(part.flat)) or urls.split_address(part.value) is not None
