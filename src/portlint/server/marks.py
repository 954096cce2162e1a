"""What is shown between the lines: resolved values behind references, a count above declarations."""

from __future__ import annotations

from lsprotocol import types

from portlint.linking import Place
from portlint.model import Kind, Location, Role, Setting
from portlint.reporters.masking import masked_value, shown
from portlint.server.diagnostics import Places
from portlint.server.lookup import count
from portlint.values import Literal

COMMAND = "portlint.showPlaces"
"""The command of a code lens, for the client to carry out: URI, position, locations."""
_LONGEST = 60


def hints(places: Places, path: str, wanted: types.Range) -> list[types.InlayHint]:
    """``= 8300`` behind each reference in a range of lines that comes to a known value."""
    state = places.folder.state
    found: dict[tuple[int, int], types.InlayHint] = {}
    for place in state.linked.tree.by_path.get(path, ()) if state is not None else ():
        if not _is_reference(place) or not wanted.start.line < place.region.end_line <= wanted.end.line + 1:
            continue
        end = places.folder.extent(path, place.region, places.encoding).end
        value = shown(masked_value(place.value or "", place.occurrence.name, place.kind))
        found[end] = types.InlayHint(
            types.Position(*end),
            f"= {value if len(value) <= _LONGEST else value[:_LONGEST] + '…'}",
            tooltip=shown("; ".join(place.steps)),
            padding_left=True,
        )
    return [found[end] for end in sorted(found)]


def _is_reference(place: Place) -> bool:
    item = place.occurrence
    if not place.value or not place.steps or isinstance(item.value, Literal):
        return False
    return item.kind is Kind.URL or not item.url


def lenses(places: Places, path: str) -> list[types.CodeLens]:
    """``INNGEST_PORT: 8 places, 2 values`` above each declaration of a setting."""
    state = places.folder.state
    found: dict[tuple[int, str], types.CodeLens] = {}
    for setting in state.settings if state is not None else ():
        for member in setting.members:
            if member.location.path == path and member.location.role is Role.DECLARES:
                place = (member.location.region.line, setting.name)
                found.setdefault(place, _lens(setting, member.location, places))
    return [found[place] for place in sorted(found)]


def _lens(setting: Setting, location: Location, places: Places) -> types.CodeLens:
    where = places.range(location)
    everywhere = [places.location(member.location) for member in setting.members]
    title = shown(f"{setting.name}: {count(setting)}")
    arguments = [places.uri(location.path), where.start, everywhere]
    return types.CodeLens(where, types.Command(title=title, command=COMMAND, arguments=arguments))
