"""Commands kept in JavaScript configuration: pm2 applications, Playwright's ``webServer``.

Sources: pm2.keymetrics.io "Ecosystem File" (``script``, ``args``, ``env``, ``env_production``); playwright.dev
"webServer".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portlint import commands, launches
from portlint.extractors.javascript_expressions import pairs_of
from portlint.extractors.javascript_source import Source
from portlint.text import Fragment

if TYPE_CHECKING:
    from tree_sitter import Node

_ENVIRONMENTS = {"env": "", "env_production": "production", "env_development": "development", "env_test": "test"}


def collect(node: Node, source: Source) -> None:
    """The commands and environments of one object of a pm2 or Playwright configuration."""
    if source.tool not in ("pm2", "playwright"):
        return
    found = dict(pairs_of(node, source.reader))
    command = found.get("command")
    if command is not None and command.type in ("string", "template_string"):
        _run(_inside(command, source), source)
        source.take(command)
    if source.tool != "pm2":
        return
    script, arguments = found.get("script"), found.get("args")
    name = found.get("name")
    label = source.reader.fragment(name).text if name is not None and name.type == "string" else ""
    if script is not None and script.type == "string":
        words = [_inside(script, source)]
        if arguments is not None and arguments.type == "array":
            words += [_inside(child, source) for child in arguments.named_children if child.type == "string"]
        elif arguments is not None and arguments.type == "string":
            words += _split(_inside(arguments, source))
        launches.collect(commands.from_words(words), source.into, label=label)
        for taken in (script, arguments):
            if taken is not None:
                source.take(taken)
    for key, profile in _ENVIRONMENTS.items():
        given = found.get(key)
        if given is not None and given.type == "object":
            for variable, value in pairs_of(given, source.reader):
                if value.type in ("string", "number", "template_string"):
                    source.into.setting(
                        variable, source.reader.value(value), how="pm2 env", profile=profile, label=label
                    )
            source.take(given)


def _inside(node: Node, source: Source) -> Fragment:
    fragment = source.reader.fragment(node)
    return fragment if node.type == "string" else fragment.cut(1, max(len(fragment.text) - 1, 1))


def _split(fragment: Fragment) -> list[Fragment]:
    words: list[Fragment] = []
    position = 0
    for word in fragment.text.split():
        start = fragment.text.index(word, position)
        position = start + len(word)
        words.append(fragment.cut(start, position))
    return words


def _run(fragment: Fragment, source: Source) -> None:
    for command in commands.parse(fragment):
        launches.collect(command, source.into, label="webServer")
