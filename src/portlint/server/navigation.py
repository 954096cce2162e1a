"""Definition, references and document links."""

from __future__ import annotations

from lsprotocol import types

from portlint.model import Role
from portlint.server.diagnostics import Places, to_range
from portlint.server.lookup import at, declaring
from portlint.server.positions import Position

_FILES = frozenset({"sources", "env_file", "includes", "extends", "mounts", "copies", "runs"})


def definition(places: Places, path: str, position: Position) -> list[types.Location]:
    """The places that state the value at a position, most likely first."""
    hit = at(places.folder, path, position, places.encoding)
    return _unique([places.location(location) for location in declaring(hit)]) if hit is not None else []


def references(places: Places, path: str, position: Position, *, declarations: bool) -> list[types.Location]:
    """All places of the settings at a position; ``declarations=False`` leaves out those that declare it."""
    hit = at(places.folder, path, position, places.encoding)
    if hit is None:
        return []
    found = [member.location for setting in hit.settings for member in setting.members]
    if not found:
        found = [place.location() for place in hit.places]
    kept = [item for item in found if declarations or item.role is not Role.DECLARES]
    return _unique([places.location(item) for item in kept])


def links(places: Places, path: str, *, tooltips: bool) -> list[types.DocumentLink]:
    """The files of the tree that a file names: what it sources, loads, mounts, copies, includes or runs."""
    state = places.folder.state
    facts = state.facts.get(path) if state is not None else None
    if state is None or facts is None:
        return []
    sheet = places.folder.sheet(path, places.encoding)
    found = {}
    for relation in facts.extraction.relations:
        if relation.kind in _FILES and relation.path in state.paths and relation.span.end <= len(sheet.text):
            region = sheet.lines.region(relation.span)
            found[relation.span, relation.path] = types.DocumentLink(
                to_range(places.folder.extent(path, region, places.encoding)),
                target=places.uri(relation.path),
                tooltip=f"{relation.path} ({relation.kind.replace('_', ' ')})" if tooltips else None,
            )
    return [found[key] for key in sorted(found)]


def _unique(locations: list[types.Location]) -> list[types.Location]:
    result: list[types.Location] = []
    for location in locations:
        if location not in result:
            result.append(location)
    return result
