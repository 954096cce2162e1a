"""Makefile: variables, the commands of recipes, the files it includes.

Source: GNU make manual 4.4, sections 6 "How to Use Variables" (``?=``, ``:=``, ``+=``, ``$$``, target-specific values,
``export``), 5 "Writing Recipes" (``@``, ``-``, ``+``, joined lines), 3.3 "Including Other Makefiles".
"""

from __future__ import annotations

import re

from portlint import templates
from portlint.collecting import Collector
from portlint.endpoints import command, declare, relate, remark
from portlint.keyvalue import lines_of, trimmed
from portlint.model import Extraction, Role
from portlint.text import Fragment

_ASSIGNMENT = re.compile(
    r"[ \t]*(?P<words>(?:(?:export|override|private|unexport)[ \t]+)*)(?P<name>[A-Za-z_][\w.\-]*)[ \t]*"
    r"(?P<operator>\?=|:{0,3}=|\+=|!=)[ \t]*(?P<value>.*)",
    re.DOTALL,
)
_TARGET = re.compile(r"(?P<target>[^\s:=#][^:=#]*)::?(?![:=])[ \t]*(?P<rest>.*)", re.DOTALL)
_INCLUDE = re.compile(r"[ \t]*-?s?include[ \t]+(.*)")
_VARIABLE = re.compile(r"\$\((?P<paren>[A-Za-z_]\w*)\)|(?P<dollars>\$\$)")
_CONDITION = re.compile(r"(?:ifn?def|ifn?eq|else|endif)\b")
_HOW = {"?=": "make default"}


def extract(path: str, text: str) -> Extraction:
    """The occurrences of a Makefile; a command is labelled with its target."""
    into = Collector("shell default")
    target = unset = ""
    above: list[Fragment] = []
    for logical in _logical_lines(text):
        line = logical.text
        if line.startswith("\t") and target:
            _recipe(into, logical, target)
            continue
        stripped = line.strip()
        if stripped.startswith("#"):
            above.append(logical.cut(line.index("#") + 1, len(line)))
            continue
        if _CONDITION.match(stripped):
            words = stripped.split()
            unset = words[1] if words[0] == "ifndef" and len(words) > 1 else ""
        name = _other(into, path, logical, unset) if stripped else ""
        if stripped.startswith("define "):
            target = stripped.split()[1]
        elif name.startswith(":"):
            target = name[1:]
        for comment in above:
            remark(into, comment, "" if name.startswith(":") else name, label=name[1:] if name[:1] == ":" else "")
        above = []
    for comment in above:
        remark(into, comment)
    return into.build()


def _logical_lines(text: str) -> list[Fragment]:
    """Lines, those joined by a backslash as one verbatim piece."""
    found: list[Fragment] = []
    start = -1
    for _, first, end in lines_of(text):
        start = first if start == -1 else start
        tail = text[first:end]
        if (len(tail) - len(tail.rstrip("\\"))) % 2 == 1:
            continue
        found.append(Fragment.slice_of(text, start, end))
        start = -1
    if start != -1:
        found.append(Fragment.slice_of(text, start, len(text)))
    return found


def _other(into: Collector, path: str, line: Fragment, unset: str) -> str:
    """A line that is no recipe: the name it assigns, ``:target``, or empty. ``unset`` is known to have no value."""
    included = _INCLUDE.fullmatch(line.text)
    if included:
        for match in re.finditer(r"\S+", included.group(1)):
            start = included.start(1) + match.start()
            kind = "sources" if ".env" in match.group() else "includes"
            relate(into, kind, path, match.group(), line.span(start, start + len(match.group())))
        return ""
    assigned = _ASSIGNMENT.fullmatch(line.text)
    if assigned:
        _assign(into, line, assigned, "", unset)
        return assigned.group("name")
    rule = _TARGET.fullmatch(line.text)
    if rule is None or line.text.startswith((" ", "\t")):
        return ""
    target = rule.group("target").strip()
    rest = line.cut(rule.start("rest"), len(line.text))
    assigned = _ASSIGNMENT.fullmatch(rest.text)
    if assigned:
        _assign(into, rest, assigned, target, unset)
    elif ";" in rest.text:  # target: needs ; command
        _recipe(into, rest.cut(rest.text.index(";") + 1, len(rest.text)), target)
    if "#" in rest.text:
        remark(into, rest.cut(rest.text.index("#") + 1, len(rest.text)), label=target)
    return f":{target}"


def _assign(into: Collector, line: Fragment, match: re.Match[str], label: str, unset: str) -> None:
    operator, name = match.group("operator"), match.group("name")
    value = line.cut(*match.span("value"))
    mark = re.search(r"(?:^|[ \t])#", value.text)
    if mark:
        remark(into, value.cut(mark.end(), len(value.text)), name, label=label)
        value = value.cut(0, mark.start())
    value = trimmed(value)
    expression = templates.parse(_unquoted(value), templates.MAKE)
    if operator == "!=":
        command(into, value, label=name)
        return
    if not label:
        into.bind(name, expression)
    if name == unset:
        operator = "?="
    role = Role.DEFAULTS if operator == "?=" else Role.DECLARES
    how = "export" if "export" in match.group("words") else _HOW.get(operator, "make variable")
    settled = declare(into, name, expression, role=role, how=how, label=label)
    if not settled and " " in value.text and not value.text.startswith(("$(", "`")):
        _recipe(into, value, label or name)  # RUN = docker run -p 8080:80


def _unquoted(value: Fragment) -> Fragment:
    text = value.text
    return value.cut(1, len(text) - 1) if re.fullmatch(r"\"[^\"]*\"|'[^']*'", text) else value


def _recipe(into: Collector, line: Fragment, target: str) -> None:
    text = line.text
    start = len(text) - len(text.lstrip("\t @-+"))
    command(into, _as_shell(line.cut(start, len(text))), label=target)


def _as_shell(line: Fragment) -> Fragment:
    """What the shell gets: ``$(X)`` as ``${X}``, ``$$`` as ``$``."""
    parts: list[tuple[str, int]] = []
    position = 0
    for match in _VARIABLE.finditer(line.text):
        parts.extend((line.text[at], line.offset(at)) for at in range(position, match.start()))
        start = line.offset(match.start())
        if match.group("dollars"):
            parts.append(("$", start))
        else:
            first = match.start("paren")
            parts.extend((("$", start), ("{", start + 1)))
            parts.extend((character, line.offset(first + at)) for at, character in enumerate(match.group("paren")))
            parts.append(("}", line.offset(match.end("paren"))))
        position = match.end()
    if not position:
        return line
    parts.extend((line.text[at], line.offset(at)) for at in range(position, len(line.text)))
    return Fragment.pieces(parts, line.offset(len(line.text)))
