"""package.json: scripts, the development proxy, ``config`` and the settings that tools keep in it.

Fields: docs.npmjs.com "package.json" (v10: ``scripts``, ``config``); Create React App "Proxying API Requests"
(``proxy``); nodemon README (``nodemonConfig``). Dependencies, ``jest.testURL`` and addresses of the project's home say
nothing of ports.
"""

from __future__ import annotations

import posixpath
import re

from portlint import commands, launches
from portlint.collecting import Collector
from portlint.jsontree import Document, Leaf, scan, span_of_key
from portlint.model import Extraction, Role
from portlint.text import Lines

_DEVELOPMENT = ("dev", "start", "serve")


def extract(path: str, text: str) -> Extraction:
    """What a package.json says; a broken one gives what could be read, and a problem with its line."""
    into = Collector()
    document = scan(text)
    if document.problem is not None:
        into.problem(Lines(text).position(document.problem)[0], "not valid JSON from here")
    _package(path, document, into)
    for leaf in document.leaves:
        match leaf.path:
            case ("scripts", str(name)) if leaf.kind == "string":
                run_script(leaf, name, into)
            case ("proxy",) if leaf.kind == "string":
                into.url(Role.PROXIES, leaf.expression, name="proxy", how="proxy")
            case ("proxy", str(route), "target"):
                into.url(Role.PROXIES, leaf.expression, how="proxy target", label=route)
            case ("config", str(name)):
                into.setting(name, leaf.expression, how="npm config", aliases=(f"npm_package_config_{name}",))
            case ("nodemonConfig", "env", str(name)):
                into.setting(name, leaf.expression, how="nodemon env")
            case ("nodemonConfig", "exec"):
                run_script(leaf, "nodemon", into)
    return into.build()


def run_script(leaf: Leaf, name: str, into: Collector) -> None:
    """The commands of one script; its name says which profile they belong to."""
    fragment = leaf.value
    for command in commands.parse(fragment):
        launches.collect(command, into, label=f"script {name}", profile=profile_of(name))


def profile_of(name: str) -> str:
    """The profile that a script's name announces: ``test:e2e``, ``start:prod``; empty for ``dev`` and ``start``."""
    words = set(re.split(r"[^a-z0-9]+", name.lower()))
    if words & {"test", "tests", "e2e", "cypress", "playwright"}:
        return "test"
    if words & {"prod", "production"}:
        return "production"
    return "staging" if words & {"staging", "stage"} else ""


def _package(path: str, document: Document, into: Collector) -> None:
    folder = posixpath.dirname(path) or "."
    name = document.at("name")
    runs = next((leaf for leaf in document.below("scripts") if str(leaf.path[-1]).split(":")[0] in _DEVELOPMENT), None)
    if name is None and runs is None:
        return
    known = name.value.text if name is not None and name.kind == "string" and name.value.text else ""
    span = name.value.whole if name is not None else span_of_key(runs) if runs is not None else None
    if span is not None:
        into.service(
            name=known or posixpath.basename(folder) or folder,
            kind="package",
            span=span,
            build=folder,
            command=runs is not None,
        )
