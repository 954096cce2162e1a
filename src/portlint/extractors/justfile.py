"""justfile: variables, parameters of recipes, their commands.

Source: the just manual 1.36, "Variables", "Recipe Parameters", "Environment Variables" (``env()``, ``env_var()``,
``env_var_or_default()``), "Settings" (``dotenv-load``), "Imports", "Modules".
"""

from __future__ import annotations

import re

from portlint.collecting import Collector
from portlint.endpoints import command, relate, remark
from portlint.keyvalue import in_shell_form, lines_of
from portlint.model import Extraction, Role
from portlint.text import Fragment
from portlint.values import Expression, Literal, Reference, Unknown, concatenate

_ASSIGNMENT = re.compile(r"(?P<export>export\s+)?(?P<name>[A-Za-z_][\w\-]*)\s*:=\s*(?P<value>.*)")
_RECIPE = re.compile(r"@?(?P<name>[A-Za-z_][\w\-]*)(?P<parameters>(?:\"[^\"]*\"|'[^']*'|[^:\"'])*+):(?!=).*")
_PARAMETER = re.compile(r"[+*$]*([A-Za-z_][\w\-]*)=(\"[^\"]*\"|'[^']*'|[^\s\"']+)")
_PIECE = re.compile(
    r"\s*(?:env(?:_var(?:_or_default)?)?\(\s*['\"](?P<env>\w+)['\"]\s*(?:,\s*(?P<default>\"[^\"]*\"|'[^']*'))?\s*\)"
    r"|\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<name>[A-Za-z_][\w\-]*)(?![\w(\-])|(?P<other>[^+/]+))\s*(?:[+/]|$)"
)
_SETTING = re.compile(r"set\s+(?P<name>dotenv-[a-z]+)\s*(?::=\s*(?P<value>.+))?")
_IMPORT = re.compile(r"(?:import|mod)\??\s+(?:\w+\s+)?['\"](?P<path>[^'\"]+)['\"].*")
_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")
_SHELLS = re.compile(r"#!.*\b(?:ba|z|da|k)?sh\b")


def extract(path: str, text: str) -> Extraction:
    """The occurrences of a justfile; a command is labelled with its recipe."""
    into = Collector("just default")
    recipe, silent = "", False
    above: list[Fragment] = []
    for _, start, end in lines_of(text):
        line = Fragment.slice_of(text, start, end)
        stripped = line.text.strip()
        if line.text[:1] in (" ", "\t") and recipe:
            if stripped.startswith("#!"):
                silent = not _SHELLS.match(stripped)
            elif stripped and not silent:
                _command(into, line, recipe)
            continue
        if stripped.startswith("#"):
            above.append(line.cut(line.text.index("#") + 1, len(line.text)))
            continue
        name = ""
        if stripped:
            assigned = _ASSIGNMENT.fullmatch(line.text)
            found = None if assigned else _RECIPE.fullmatch(line.text)
            if assigned:
                name = assigned.group("name")
                _assign(into, line, assigned)
            elif found:
                recipe, silent = found.group("name"), False
                _parameters(into, line, found)
            else:
                _setting(into, path, line)
        for comment in above:
            remark(into, comment, name, label=recipe if not name and stripped else "")
        above = []
    for comment in above:
        remark(into, comment)
    return into.build()


def _assign(into: Collector, line: Fragment, match: re.Match[str]) -> None:
    name = match.group("name")
    value = line.cut(*match.span("value"))
    mark = re.search(r"[ \t]#[^\"'#]*$", value.text)
    if mark:
        remark(into, value.cut(mark.start() + 2, len(value.text)), name)
        value = value.cut(0, mark.start())
    expression = _expression(value)
    into.bind(name, expression)
    if isinstance(expression, Reference) and expression.operand is not None and not expression.local:
        into.setting(expression.name, expression.operand, Role.DEFAULTS, how="just default")
    if value.text.startswith("`"):
        command(into, value.cut(1, len(value.text.rstrip("`"))), label=name)
    else:
        into.setting(name, expression, how="export" if match.group("export") else "just variable")


def _expression(value: Fragment) -> Expression:
    parts: list[Expression] = []
    position = 0
    while position < len(value.text):
        match = _PIECE.match(value.text, position)
        if match is None or match.end() == position:
            break
        if match.group("env"):
            operand = _quoted(value.cut(*match.span("default"))) if match.group("default") else None
            span = value.span(match.start(), match.end())
            parts.append(Reference(match.group("env"), span, ":-" if operand else "", operand))
        elif match.group("name"):
            parts.append(Reference(match.group("name"), value.span(*match.span("name")), local=True))
        elif match.group("other") is not None:
            parts.append(Unknown(match.group("other"), value.span(*match.span("other")), "just expression"))
        else:
            group = "double" if match.group("double") is not None else "single"
            parts.append(Literal(match.group(group), value.span(*match.span(group))))
        if match.end() > position and value.text[match.end() - 1] == "/" and match.end() < len(value.text):
            parts.append(Literal("/", value.span(match.end() - 1, match.end())))
        position = match.end()
    return concatenate(parts) if parts else Literal("", value.whole)


def _quoted(value: Fragment) -> Expression:
    inner = value.cut(1, len(value.text) - 1)
    return Literal(inner.text, inner.whole)


def _parameters(into: Collector, line: Fragment, match: re.Match[str]) -> None:
    """``dev port="8000":`` gives the recipe's own parameter a default."""
    start = match.start("parameters")
    for found in _PARAMETER.finditer(match.group("parameters")):
        value = line.cut(start + found.start(2), start + found.end(2))
        inner = _quoted(value) if value.text[:1] in ("'", '"') else _expression(value)
        into.setting(found.group(1), inner, Role.DEFAULTS, how="recipe default", label=match.group("name"))


def _command(into: Collector, line: Fragment, recipe: str) -> None:
    start = len(line.text) - len(line.text.lstrip(" \t@-"))
    command(into, in_shell_form(line.cut(start, len(line.text)), _VARIABLE), label=recipe)


def _setting(into: Collector, path: str, line: Fragment) -> None:
    found = _SETTING.fullmatch(line.text.rstrip())
    imported = _IMPORT.fullmatch(line.text)
    if imported:
        relate(into, "includes", path, imported.group("path"), line.span(*imported.span("path")))
    elif found and found.group("name") == "dotenv-load" and found.group("value") != "false":
        relate(into, "sources", path, ".env", line.span(*found.span("name")))
    elif found and found.group("name") in ("dotenv-filename", "dotenv-path") and found.group("value"):
        relate(into, "sources", path, found.group("value").strip("\"'"), line.span(*found.span("value")))
