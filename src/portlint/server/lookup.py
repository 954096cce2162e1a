"""What stands at a position: places, and the settings that they are part of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from portlint.linking import Place
from portlint.model import Location, Role, Setting
from portlint.names import canonical
from portlint.server.positions import Position
from portlint.server.session import State
from portlint.server.workspace import Folder
from portlint.text import Region

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Hit:
    """The places under the cursor that count most, the settings they are in, and what the cursor is on."""

    places: tuple[Place, ...]
    settings: tuple[Setting, ...]
    region: Region


def at(folder: Folder, path: str, position: Position, encoding: str) -> Hit | None:
    """What stands at a position: the smallest value around it, else the variable whose name it is on."""
    state = folder.state
    if state is None or not position.line >= 0:
        return None
    sheet = folder.sheet(path, encoding)
    offset = sheet.offset(position)
    places = state.linked.tree.by_path.get(path, ())
    covering = [place for place in places if place.occurrence.span.start <= offset <= place.occurrence.span.end]
    if covering:
        size = min(_size(place) for place in covering)
        smallest = tuple(place for place in covering if _size(place) == size)
        related = _settings(state, covering)
        own = _settings(state, smallest)
        return Hit(smallest, own or related, smallest[0].region)
    line = sheet.line(position.line)
    within = offset - sheet.lines.starts[min(position.line, len(sheet.lines.starts) - 1)]
    for match in _WORD.finditer(line):
        if match.start() <= within <= match.end():
            region = Region(position.line + 1, match.start() + 1, position.line + 1, match.end() + 1)
            return _named(state, path, match.group(), region)
    return None


def _named(state: State, path: str, name: str, region: Region) -> Hit | None:
    """The setting of a variable, best by a place that names it on the same line."""
    named = [place for place in state.linked.tree.by_name.get(name, ()) if place.path == path]
    near = [place for place in named if place.region.line <= region.line <= place.region.end_line] or named
    found = _settings(state, near)
    if not found:
        wanted = canonical(name)
        found = tuple(item for item in state.settings if item.name == name or canonical(item.name) == wanted)
        if len(name) < 4 or not found:
            found = ()
    return Hit(tuple(near[:1]), found, region) if near or found else None


def _size(place: Place) -> int:
    return place.occurrence.span.end - place.occurrence.span.start


def _settings(state: State, places: Iterable[Place]) -> tuple[Setting, ...]:
    """The settings that hold one of the places; those of a variable come before those of an endpoint."""
    keys = {(place.path, place.occurrence.span, place.kind) for place in places}
    found = [
        setting
        for setting in state.settings
        if any((member.location.path, member.location.span, setting.kind) in keys for member in setting.members)
    ]
    return tuple(sorted(found, key=lambda setting: " port (" in setting.name))


def declaring(hit: Hit) -> list[Location]:
    """Where the value is stated: the places that a reference takes it from, else the setting's declarations."""
    sources = [source for place in hit.places for source in place.sources]
    if sources:
        return [source.location() for source in sources]
    for roles in ((Role.DECLARES,), (Role.DEFAULTS,), (Role.LISTENS, Role.PUBLISHES)):
        found = [
            member.location for setting in hit.settings for member in setting.members if member.location.role in roles
        ]
        if found:
            return sorted(set(found), key=_likely)
    return []


def _likely(location: Location) -> tuple[bool, str, int]:
    """The values that run come before examples of them."""
    name = location.path.rpartition("/")[2].lower()
    example = any(word in name for word in ("example", "sample", "template", "dist"))
    return (example, location.path, location.span.start)


def count(setting: Setting) -> str:
    """``8 places, 2 values``: what a code lens says, too."""
    values = {member.location.value for member in setting.members if member.location.value}
    return f"{_plural(len(setting.members), 'place')}, {_plural(len(values), 'value')}"


def _plural(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
