"""INI files and their kin: supervisor, uWSGI, tox, Alembic, MySQL, PHP, and programs' own ``name = value`` files.

Sources: Python 3.12 ``configparser`` (``%(name)s``); Supervisor 4 "Configuration File" (``%(ENV_X)s``,
``environment=A="1",B="2"``); uWSGI 2.0 "Configuring uWSGI" (``$(X)``); tox 4 "Configuration"
(``commands``, ``setenv``).
"""

from __future__ import annotations

import re
from typing import Any

from portlint import templates
from portlint.collecting import Collector
from portlint.endpoints import command, declare, endpoint, environment, is_listener, relate, remark
from portlint.keyvalue import Broken, Comment, Entry, Grammar, in_shell_form, scan
from portlint.model import Extraction, Role
from portlint.text import Fragment
from portlint.values import Concatenation, Expression, Literal, Reference, Unknown, concatenate, literal_text

_GRAMMAR = Grammar(indented=True)
_INTERPOLATION = re.compile(r"%\((\w[\w.\-]*)\)[sd]")
_FROM_ENVIRONMENT = re.compile(r"%\(ENV_(\w+)\)s")
_NESTED = re.compile(r"^[A-Za-z]\w*:[ \t]*\r?\n(?:[ \t]*#.*\n)*[ \t]+[\w\-]+:[ \t]", re.MULTILINE)
_UWSGI = templates.Dialect(bare=False, operators=False, parentheses=True)
_UWSGI_LISTEN = frozenset("http http-socket https https-socket socket uwsgi-socket fastcgi-socket http-router".split())
_UWSGI_PROXY = frozenset({"http-to", "fastrouter-to", "http-socket-to"})
_PROGRAM = ("program:", "fcgi-program:", "eventlistener:")
_SILENT = frozenset({"metadata", "options.extras_require", "flake8", "isort", "mypy", "coverage:run", "bumpversion"})
_CLIENT = frozenset({"client", "supervisorctl", "mysql", "mysqldump"})


def extract(path: str, text: str) -> Extraction:
    """The occurrences of an INI file; settings are named ``section.name``."""
    into = Collector("interpolation default")
    # mongod.conf and the like are flat enough YAML: there a deeper line is a setting of its own
    items = list(scan(text, Grammar() if _NESTED.search(text) else _GRAMMAR))
    known = {(item.section, item.name) for item in items if isinstance(item, Entry)}
    used = set(_INTERPOLATION.findall(text))
    for item in items:
        if isinstance(item, Broken):
            into.problem(item.line, item.message)
        elif item.section in _SILENT:
            continue
        elif isinstance(item, Comment):
            remark(into, item.text, _full(item.section, item.name) if item.name else "")
        else:
            value = _value(item.value, item.section, known)
            if item.name in used:
                into.bind(_full(item.section, item.name), value)
            _entry(into, path, item, value)
    return into.build()


def _full(section: str, name: str) -> str:
    return f"{section}.{name}" if section else name


def _value(word: Fragment, section: str, known: set[tuple[str, str]]) -> Expression:
    dialect = _UWSGI if section == "uwsgi" else templates.BRACES_ONLY
    parts: list[Expression] = []
    position = 0
    for match in _INTERPOLATION.finditer(word.text):
        if match.start() > position:
            parts.extend(_parts(templates.parse(word.cut(position, match.start()), dialect)))
        name, span = match.group(1), word.span(*match.span())
        home = next((place for place in (section, "DEFAULT") if (place, name) in known), None)
        if name.startswith("ENV_"):
            parts.append(Reference(name[4:], span))
        elif home is not None:
            parts.append(Reference(_full(home, name), span, local=True))
        else:
            parts.append(Unknown(match.group(), span, "interpolation"))
        position = match.end()
    if position < len(word.text) or not parts:
        parts.extend(_parts(templates.parse(word.cut(position, len(word.text)), dialect)))
    return concatenate(parts)


def _parts(value: Expression) -> tuple[Expression, ...]:
    return value.parts if isinstance(value, Concatenation) else (value,)


def _entry(into: Collector, path: str, item: Entry, value: Expression) -> None:
    section, name = item.section, item.name
    if section.startswith(_PROGRAM):
        _program(into, item)
    elif section.startswith("testenv") or section == "tox":
        _tox(into, item)
    elif section == "uwsgi":
        _uwsgi(into, item, value)
    elif section == "include" and name == "files":
        for match in re.finditer(r"\S+", item.raw.text):
            relate(into, "includes", path, match.group(), item.raw.span(*match.span()))
    elif (literal_text(value) or "").startswith("driver://"):
        return  # Alembic's template, never filled in
    else:
        fields: dict[str, Any] = {"how": "setting", "tool": "mysql" if section == "mysqld" else ""}
        if section.lower() in _CLIENT:
            into.setting(_full(section, name), value, Role.CONNECTS, how="setting")
        elif section == "inet_http_server" and name == "port":
            endpoint(into, Role.LISTENS, value, name=_full(section, name), how="setting", tool="supervisord")
        else:
            _declare_all(into, item, value, fields)


def _declare_all(into: Collector, item: Entry, value: Expression, fields: dict[str, Any]) -> None:
    """One value, or one on each line."""
    name = _full(item.section, item.name)
    listens = is_listener(item.section, item.name)
    if len(item.lines) == 1:
        declare(into, name, value, listens=listens, **fields)
        return
    for line in item.lines:
        if line.text:
            declare(into, name, templates.parse(line, templates.BRACES_ONLY), listens=listens, **fields)


def _program(into: Collector, item: Entry) -> None:
    # Programs of one container have variables of their own, so each is a service.
    program = item.section.partition(":")[2]
    if item.name == "command":
        command(into, in_shell_form(item.raw, _FROM_ENVIRONMENT), label=f"program {program}", service=program)
    elif item.name == "environment":
        environment(into, item.raw, how="environment=", between=",", label=f"program {program}", service=program)


def _tox(into: Collector, item: Entry) -> None:
    for line in item.lines:
        if item.name.startswith("commands") and line.text:
            command(into, line.cut(line.text[:1] in ("-", "!"), len(line.text)), label=item.section, profile="test")
        elif item.name in ("setenv", "set_env"):
            name, equals, _ = line.text.partition("=")
            if equals:
                start = len(name) + 1
                start += len(line.text[start:]) - len(line.text[start:].lstrip())
                value = templates.parse(line.cut(start, len(line.text)), templates.BRACES_ONLY)
                into.setting(name.strip(), value, how="setenv", profile="test")


def _uwsgi(into: Collector, item: Entry, value: Expression) -> None:
    fields: dict[str, Any] = {"name": _full(item.section, item.name), "how": item.name}
    if item.name in _UWSGI_LISTEN:
        text = literal_text(value) or ""
        first = text.partition(",")[0]
        if first != text and isinstance(value, Literal):  # https = :8443,cert,key
            value = Literal(first, item.value.cut(0, len(first)).whole)
        if not text.startswith(("/", "@")) and not text.endswith(".sock"):
            endpoint(into, Role.LISTENS, value, tool="uwsgi", **fields)
    elif item.name in _UWSGI_PROXY:
        endpoint(into, Role.PROXIES, value, **fields)
    elif item.name == "env":
        environment(into, item.raw, how="env =")
    elif item.name.startswith(("attach-daemon", "smart-attach-daemon", "exec-")):
        command(into, item.value, label=item.name)
    else:
        into.reads(value)
