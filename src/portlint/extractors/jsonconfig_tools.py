"""What ports, hosts and URLs mean in the JSON files of known tools.

Sources: angular.dev "Workspace configuration" (v17: serve options, proxy); Microsoft Learn "launchSettings.json" and
"Kestrel endpoints" (.NET 8); code.visualstudio.com "Debugging" and "Tasks"; containers.dev "metadata reference";
vercel.com "vercel.json"; firebase.google.com "firebase.json emulators"; devcenter.heroku.com "app.json schema"; Deno
manual "deno.json tasks"; v2.tauri.app "tauri.conf.json"; nodemon README; node-config wiki "Environment variables";
modelcontextprotocol.io "mcpServers"; developers.cloudflare.com "wrangler dev".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from portlint import commands, launches, templates
from portlint.collecting import Collector
from portlint.jsontree import Document, Leaf, Path
from portlint.model import Role
from portlint.text import Fragment
from portlint.values import Literal, Reference

Handler = Callable[[str, Document, Collector], set[Path]]
"""Collects from a document; returns the paths of the leaves it has dealt with."""

_ENVIRONMENTS = frozenset({"env", "environment", "environmentVariables", "containerEnv", "remoteEnv", "vars"})
_COMMANDS = frozenset(
    "beforeDevCommand beforeBuildCommand devCommand startCommand buildCommand startServerCommand exec command "
    "postCreateCommand postStartCommand postAttachCommand onCreateCommand updateContentCommand".split()
)


@lru_cache(maxsize=4096)
def handler_of(path: str) -> Handler | None:
    """The handler for a root-relative path, or ``None`` for a plain settings file."""
    lowered = "/" + path.lower()
    return next((handler for pattern, handler in _HANDLERS if re.search(pattern, lowered)), None)


def _angular(path: str, document: Document, into: Collector) -> set[Path]:
    """``projects.X.architect|targets.serve.options`` and its ``configurations``."""
    taken: set[Path] = set()
    groups: dict[Path, int] = {}
    for leaf in document.leaves:
        if not (leaf.path[-1:] and "serve" in leaf.path and ("options" in leaf.path or "configurations" in leaf.path)):
            continue
        at = leaf.path.index("configurations") if "configurations" in leaf.path else -1
        profile = str(leaf.path[at + 1]) if at != -1 else ""
        label = str(leaf.path[1]) if leaf.path[0] == "projects" and len(leaf.path) > 1 else ""
        group = groups.setdefault(leaf.path[:-1], into.number())
        fields = {"how": "serve options", "tool": "angular", "profile": profile, "label": label, "group": group}
        match leaf.path[-1]:
            case "port" if _is_port(leaf):
                into.port(Role.LISTENS, leaf.expression, name="port", **fields)
            case "host" if leaf.kind == "string":
                into.host(Role.LISTENS, leaf.expression, name="host", **fields)
            case "proxyConfig":
                _relation("includes", path, leaf, into)
            case _:
                continue
        taken.add(leaf.path)
    return taken


def _proxy(path: str, document: Document, into: Collector) -> set[Path]:
    """``{"/api": {"target": "http://localhost:3000"}}``; also the array form with ``context``."""
    taken = set()
    for leaf in document.leaves:
        if leaf.path[-1:] == ("target",) and leaf.kind == "string":
            label = next((str(part) for part in leaf.path if str(part).startswith(("/", "^"))), "")
            into.url(Role.PROXIES, leaf.expression, how="proxy target", label=label)
            taken.add(leaf.path)
    return taken


def _launch_settings(path: str, document: Document, into: Collector) -> set[Path]:
    """.NET ``profiles.X.applicationUrl``: addresses separated by ``;``, where the program listens."""
    taken = _environment(path, document, into)
    for leaf in document.leaves:
        key = leaf.path[-1:] and leaf.path[-1]
        if key == "applicationUrl":
            listen_urls(leaf, into, label=str(leaf.path[1]) if len(leaf.path) > 2 else "")
            taken.add(leaf.path)
        elif key == "sslPort":
            taken.add(leaf.path)
            if _is_port(leaf):
                into.port(Role.LISTENS, leaf.expression, name="sslPort", how="launch profile")
        elif key == "launchUrl":
            taken.add(leaf.path)
    return taken


def listen_urls(leaf: Leaf, into: Collector, **fields: Any) -> None:
    """Addresses separated by ``;`` (ASP.NET Core ``urls``), each one a listener."""
    position = 0
    for part in leaf.value.text.split(";"):
        if part.strip():
            start = position + len(part) - len(part.lstrip())
            piece = leaf.value.cut(start, start + len(part.strip()))
            into.url(
                Role.LISTENS, Literal(piece.text, piece.whole), name=str(leaf.path[-1]), how="launch profile", **fields
            )
        position += len(part) + 1


def _appsettings(path: str, document: Document, into: Collector) -> set[Path]:
    """.NET ``Urls`` and ``Kestrel:Endpoints:X:Url``; connection strings ``Server=db,1433``, ``Host=db;Port=5432``."""
    taken = set()
    for leaf in document.leaves:
        keys = [str(part).lower() for part in leaf.path]
        if keys == ["urls"] or (keys[:2] == ["kestrel", "endpoints"] and keys[-1] == "url"):
            listen_urls(leaf, into)
        elif keys[:1] == ["connectionstrings"] and leaf.kind == "string" and "://" not in leaf.value.text:
            connection_string(leaf.value, ".".join(str(part) for part in leaf.path), into)
        else:
            continue
        taken.add(leaf.path)
    return taken


_BARE = re.compile(r"[A-Za-z][\w.\-]*:[0-9]{2,5}(?=,|$)")
_PAIRS = re.compile(
    r"(?:^|;)\s*(server|data source|host|port)\s*=\s*(?:tcp:)?([^;,\s]+)(?:,\s*([0-9]+))?", re.IGNORECASE
)


def connection_string(fragment: Fragment, name: str, into: Collector) -> None:
    """``key=value;`` pairs that name a database's host and port (ADO.NET, Npgsql, MySqlConnector).

    StackExchange.Redis has ``host:port`` before its options: ``localhost:6379,abortConnect=false``.
    """
    fields: dict[str, Any] = {"name": name, "how": "connection string", "group": into.number()}
    first = _BARE.match(fragment.text)
    if first:
        value = fragment.cut(*first.span())
        into.address(Role.CONNECTS, Literal(value.text, value.whole), **fields)
    for match in _PAIRS.finditer(fragment.text):
        value = fragment.cut(*match.span(2))
        if match.group(1).lower() == "port":
            if value.text.isdigit():
                into.port(Role.CONNECTS, Literal(value.text, value.whole), **fields)
            continue
        if not into.address(Role.CONNECTS, Literal(value.text, value.whole), **fields):
            into.host(Role.CONNECTS, Literal(value.text, value.whole), **fields)
        if match.group(3):
            port = fragment.cut(*match.span(3))
            into.port(Role.CONNECTS, Literal(port.text, port.whole), **fields)


def _environment(path: str, document: Document, into: Collector) -> set[Path]:
    """``env`` objects, commands and programs with arguments, wherever they stand (editors, tools, platforms)."""
    taken: set[Path] = set()
    for leaf in document.leaves:
        if len(leaf.path) < 1 or leaf.kind == "word" or leaf.path in taken:
            continue
        key = leaf.path[-1]
        parent = leaf.path[-2] if len(leaf.path) > 1 else ""
        owner = leaf.path[-3] if len(leaf.path) > 2 else ""
        if parent in _ENVIRONMENTS and isinstance(key, str):
            into.setting(key, templates.parse(leaf.value, templates.BRACES_ONLY), how="env")
        elif owner in _ENVIRONMENTS and key in ("value", "default"):
            into.setting(str(parent), leaf.expression, how="env")
        elif key in ("program", "module", "command", "runtimeExecutable", "cmd") and leaf.kind == "string":
            taken.update(_program(leaf, document, into))
        elif (key in _COMMANDS or parent in (*_COMMANDS, "tasks", "scripts")) and leaf.kind == "string":
            _run(leaf, into)
        elif key == "url" and leaf.path[0] in ("configurations", "mcpServers", "servers"):
            named = document.at(*leaf.path[:-1], "name")
            label = named.value.text if named is not None else str(parent)
            into.url(Role.CONNECTS, leaf.expression, name="url", how="url", label=label)
        elif key in ("envFile", "proxyConfig") and leaf.kind == "string":
            _relation("env_file" if key == "envFile" else "includes", path, leaf, into)
        else:
            continue
        taken.add(leaf.path)
    return taken


def _program(leaf: Leaf, document: Document, into: Collector) -> set[Path]:
    """A program with its ``args`` as a list; ``module`` is a Python module run by name."""
    base = leaf.path[:-1]
    arguments = [*document.children(*base, "runtimeArgs"), *document.children(*base, "args")]
    if not arguments and leaf.path[-1] in ("command", "cmd"):
        _run(leaf, into)
        return set()
    named = document.at(*base, "name") or document.at(*base, "label")
    label = named.value.text if named is not None else ""
    words = [leaf.value, *(found.value for found in arguments)]
    if leaf.path[-1] == "module":
        here = leaf.value.whole.start
        words[:0] = [Fragment(text, here, (here,) * (len(text) + 1)) for text in ("python", "-m")]
    launches.collect(commands.from_words(words), into, label=label)
    return {found.path for found in arguments}


def _run(leaf: Leaf, into: Collector) -> None:
    for command in commands.parse(leaf.value):
        launches.collect(command, into, label=f"command {leaf.path[-1]}")


def _devcontainer(path: str, document: Document, into: Collector) -> set[Path]:
    """``forwardPorts`` and ``appPort`` bring container ports to the host; ``portsAttributes`` names them."""
    taken = _environment(path, document, into)
    labels = {str(leaf.path[1]): leaf.value.text for leaf in document.leaves
              if leaf.path[:1] == ("portsAttributes",) and leaf.path[2:] == ("label",)}  # fmt: skip
    for route, key in document.keys:
        if route[:1] == ("portsAttributes",) and len(route) == 2 and key.text.isdigit():
            into.port(
                Role.DOCUMENTS, Literal(key.text, key.whole), how="portsAttributes", label=labels.get(key.text, "")
            )
    for leaf in document.leaves:
        if leaf.path[:1] in (("forwardPorts",), ("appPort",)):
            _forward(leaf, into, labels.get(leaf.value.text, ""))
            taken.add(leaf.path)
        elif leaf.path[:1] == ("portsAttributes",):
            taken.add(leaf.path)
    return taken


def _forward(leaf: Leaf, into: Collector, label: str) -> None:
    how, group = str(leaf.path[0]), into.number()
    host, colon, port = leaf.value.text.rpartition(":")
    if _is_port(leaf):
        into.port(Role.PUBLISHES, leaf.expression, how=how, label=label, network="host", group=group)
    elif colon and host.isdigit() and port.isdigit():
        first, second = leaf.value.cut(0, len(host)), leaf.value.cut(len(host) + 1, len(leaf.value.text))
        into.port(Role.PUBLISHES, Literal(host, first.whole), how=how, network="host", group=group)
        into.port(Role.EXPOSES, Literal(port, second.whole), how=how, group=group)
    elif colon:
        into.address(Role.CONNECTS, leaf.expression, how=how, label=label, group=group)


def _firebase(path: str, document: Document, into: Collector) -> set[Path]:
    """``emulators.X.port`` and ``host``."""
    taken = set()
    groups: dict[Path, int] = {}
    for leaf in document.leaves:
        match leaf.path:
            case ("emulators", str(name), "port" | "websocketPort") if _is_port(leaf):
                group = groups.setdefault(leaf.path[:2], into.number())
                into.port(Role.LISTENS, leaf.expression, name=f"{name}.port", how="emulator", label=name, group=group)
            case ("emulators", str(name), "host"):
                group = groups.setdefault(leaf.path[:2], into.number())
                into.host(Role.LISTENS, leaf.expression, name=f"{name}.host", how="emulator", label=name, group=group)
            case _:
                continue
        taken.add(leaf.path)
    return taken


def _vercel(path: str, document: Document, into: Collector) -> set[Path]:
    """Rewrites, redirects and routes send requests on."""
    taken = _environment(path, document, into)
    for leaf in document.leaves:
        if leaf.path[-1:] in (("destination",), ("dest",)) and leaf.path[0] in ("rewrites", "routes", "redirects"):
            source = document.at(*leaf.path[:-1], "source") or document.at(*leaf.path[:-1], "src")
            label = source.value.text if source is not None else ""
            into.url(Role.PROXIES, leaf.expression, how=str(leaf.path[0]), label=label)
            taken.add(leaf.path)
    return taken


def _environment_names(path: str, document: Document, into: Collector) -> set[Path]:
    """node-config's custom-environment-variables: each leaf names the variable that overrides the setting there."""
    for leaf in document.leaves:
        if leaf.kind == "string" and re.fullmatch(r"[A-Z][A-Z0-9_]*", leaf.value.text):
            name = ".".join(str(part) for part in leaf.path if part != "__name")
            value = Reference(leaf.value.text, leaf.value.whole)
            into.setting(leaf.value.text, value, Role.READS, aliases=(name,), how="environment override")
    return {leaf.path for leaf in document.leaves}


def _is_port(leaf: Leaf) -> bool:
    return leaf.value.text.isdigit() and 0 < int(leaf.value.text) <= 65535


def _relation(kind: str, path: str, leaf: Leaf, into: Collector) -> None:
    written = leaf.value.text.replace("${workspaceFolder}/", "")
    base = "" if written != leaf.value.text else posixpath.dirname(path)
    target = posixpath.normpath(posixpath.join(base, written))
    if not target.startswith(("..", "/")) and "$" not in target:
        into.relation(kind, target, leaf.value.whole)


_HANDLERS: tuple[tuple[str, Handler], ...] = (
    (r"/(?:angular|workspace|project)\.json$", _angular),
    (r"/(?:src/)?proxy[^/]*\.json$", _proxy),
    (r"/launchsettings\.json$", _launch_settings),
    (r"/appsettings[^/]*\.json$", _appsettings),
    (r"/(?:\.?devcontainer(?:/[^/]+)?/)?\.?devcontainer\.json$", _devcontainer),
    (r"/firebase\.json$", _firebase),
    (r"/(?:vercel|now)\.json$", _vercel),
    (r"/custom-environment-variables\.json$", _environment_names),
    (
        r"/(?:launch|tasks|app|nodemon|denon|deno|tauri\.conf|mcp|\.mcp|railway|wrangler|composer|lighthouserc)\.jsonc?$",
        _environment,
    ),
)
