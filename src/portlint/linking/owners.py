"""Whose program a launch starts, where the script stands in another folder than the program.

A start script at the root of a tree launches what lies below it. What it launches says where: the module or file that
the tool is given, or the one folder whose own configuration names the same tool.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from portlint.linking.tree import Place, Tree
from portlint.linking.unit import FRONT_TOOLS
from portlint.model import Role

_LISTENING = (Role.LISTENS, Role.PASSES)
_ENDINGS = (".py", "/__init__.py", ".js", ".ts", ".mjs")


def assign(tree: Tree, paths: Iterable[str]) -> None:
    """Correct the component of every launch outside containers whose program lies in one other component."""
    launches = [
        place
        for place in tree.places
        if place.role in _LISTENING
        and place.occurrence.tool
        and not place.occurrence.service
        and place.occurrence.component is None
        and not place.occurrence.commented
    ]
    if not launches:
        return
    wanted = {place.occurrence.target for place in launches if place.occurrence.target}
    files = _files(paths, {_tail(target) for target in wanted})
    tools: dict[str, set[str]] = defaultdict(set)
    for place in launches:
        if place.occurrence.tool in FRONT_TOOLS and place.component:
            tools[place.occurrence.tool].add(place.component)
    folders = {target: _folders(tree, target, files) for target in wanted}
    for place in launches:
        component = _by_target(place, folders) or _by_tool(place, tools)
        if component is not None and component.startswith(place.component and place.component + "/"):
            place.component = component


def _tail(target: str) -> str:
    """The last part of a module or file name, without ending: ``main`` of ``app.main:app`` and of ``src/main.py``."""
    module = target.partition(":")[0]
    if "/" in module or module.endswith((".py", ".js", ".ts", ".mjs")):
        return module.rpartition("/")[2].rpartition(".")[0]
    return module.rpartition(".")[2]


def _files(paths: Iterable[str], tails: set[str]) -> dict[str, list[str]]:
    """Of all paths those that a target could mean, by their last part without ending."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folder, _, name = path.rpartition("/")
        stem, _, ending = name.rpartition(".")
        if f".{ending}" not in _ENDINGS:
            continue
        stem = folder.rpartition("/")[2] if name == "__init__.py" else stem
        if stem in tails:
            found[stem].append(path)
    return found


def _folders(tree: Tree, target: str, files: dict[str, list[str]]) -> set[str]:
    """The components that hold the file which a target means."""
    module = target.partition(":")[0].removeprefix("./")
    inner = module if "/" in module or _tail(target) == module.rpartition(".")[0] else module.replace(".", "/")
    endings = ("",) if inner.endswith((".py", ".js", ".ts", ".mjs")) else _ENDINGS
    return {
        tree.components.of(path)
        for path in files.get(_tail(target), ())
        for ending in endings
        if path == inner + ending or path.endswith("/" + inner + ending)
    }


def _by_target(place: Place, folders: dict[str, set[str]]) -> str | None:
    found = folders.get(place.occurrence.target, set())
    return next(iter(found)) if len(found) == 1 and place.component not in found else None


def _by_tool(place: Place, tools: dict[str, set[str]]) -> str | None:
    """A frontend's tool, launched from a folder that is no frontend, where one folder below uses the tool."""
    below = tools.get(place.occurrence.tool, set()) if not place.occurrence.target else set()
    return next(iter(below)) if len(below) == 1 and place.component not in below else None
