"""Which settings a listening program should obey: by the words of the tool, or by the unit that it is part of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from portlint import knowledge, names
from portlint.extractors import format_of
from portlint.linking import Launch, Linked
from portlint.linking.named import Group
from portlint.linking.tree import Place
from portlint.linking.unit import BACK_WORDS, FRONT_WORDS, Unit
from portlint.model import Kind, Role

_IDLE = frozenset("dev server start run serve app preview web http the cli node python".split())


class Settings:
    """Port settings that state a value, by the words of their stem and by the unit that they name."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._by_word: dict[str, list[Group]] = defaultdict(list)
        self._by_unit: dict[int, list[Group]] = defaultdict(list)
        self._published = {
            id(source)
            for point in linked.endpoints.outside.values()
            for claim in point.listens
            if claim.place.role is Role.PUBLISHES
            for source in claim.sources
        }
        own = [unit for unit in linked.units.all if not unit.infrastructure]
        for group in linked.named.groups.values():
            if group.kind is not Kind.PORT or any(link.place.occurrence.url for link in group.links):
                continue
            if not any(link.place.role in (Role.DECLARES, Role.DEFAULTS) for link in group.links):
                continue
            words = names.tokens(names.stem(group.name))
            for word in words:
                self._by_word[word].append(group)
            unit = self._unit(group, words, own)
            if unit is not None:
                self._by_unit[id(unit)].append(group)

    def of_tool(self, launch: Launch) -> Group | None:
        """The one port setting that bears the tool's name, in the launch's scope and profile."""
        words = _words(launch.tool)
        found: dict[int, Group] = {}
        for word in words:
            for group in self._by_word.get(word, ()):
                if group.profile != launch.profile and launch.profile != "development":
                    continue
                if group.scope and group.scope != f"folder:{launch.component}":
                    continue
                if set(names.tokens(names.stem(group.name))) <= words | _IDLE:
                    found[id(group)] = group
        port = launch.port
        groups = [g for g in found.values() if port is not None and self._reaches(port, g) and _is_near(port, g)]
        return groups[0] if len(groups) == 1 else None

    def of_unit(self, place: Place) -> Group | None:
        """The one port setting that names the unit a listener is part of, where the listener can see it."""
        units = self.linked.units.of_place(place)
        if len(units) != 1:
            return None
        groups = [
            group
            for group in self._by_unit.get(id(units[0]), ())
            if group.profile == place.profile or place.profile == "development"
        ]
        groups = [group for group in groups if self._reaches(place, group)]
        read = [read for group in groups for read in group.reads if read.component == place.component]
        if place.occurrence.how == "tool default" and read:
            return None  # its configuration reads the setting
        return groups[0] if len(groups) == 1 else None

    def _unit(self, group: Group, words: tuple[str, ...], own: list[Unit]) -> Unit | None:
        units = self.linked.units
        if not words:
            folder = group.scope.removeprefix("folder:")
            mine = units.by_component.get(folder, []) if group.scope.startswith("folder:") else []
            return mine[0] if len(mine) == 1 and group.name == "PORT" else None
        left = [word for word in words if word not in units.project and word not in _IDLE]
        if not left:
            mine = own
        elif set(left) <= BACK_WORDS:
            mine = [unit for unit in own if unit.back]
        elif set(left) <= FRONT_WORDS:
            mine = [unit for unit in own if unit.front]
        else:
            mine = [unit for unit in own if set(left) <= unit.words]
        return mine[0] if len(mine) == 1 else None

    def _reaches(self, place: Place, group: Group) -> bool:
        """Whether the program could see the setting: it is given to its container, or it is not for a mapping only."""
        item = place.occurrence
        units = self.linked.units
        if not item.service and any(link.place.path == place.path for link in group.links):
            return True
        if item.service or item.network.startswith("container") or place.path in units.run_inside:
            mine = {id(unit) for unit in units.of_place(place)}
            return any(
                link.place.occurrence.service and mine & {id(unit) for unit in units.of_place(link.place)}
                for link in group.links
                if link.place.role is Role.DECLARES
            )
        seen = [
            link.place
            for link in group.links
            if not link.place.occurrence.service and (link.place.path == place.path or not _is_private(link.place))
        ]
        return bool(seen) and not any(id(link.place) in self._published for link in group.links)


def _is_near(place: Place, group: Group) -> bool:
    """Some place of the setting stands in the launch's component, or in a folder above or below it."""
    mine = place.component + "/" if place.component else ""
    folders = {link.place.component for link in group.links} | {read.component for read in group.reads}
    return any(mine.startswith(folder + "/" if folder else "") or folder.startswith(mine) for folder in folders)


def _is_private(place: Place) -> bool:
    """A variable that no other program sees: one of make, a constant of the code."""
    format = format_of(place.path)
    return (format is not None and format.name == "makefile") or place.occurrence.how == "constant"


def variables(tool: str) -> Iterable[str]:
    """The environment variables from which a tool takes its port by itself."""
    entry = knowledge.load().by_id.get(tool)
    return (*entry.port.environment, *entry.bind.environment) if entry else ()


def _words(tool: str) -> set[str]:
    entry = knowledge.load().by_id.get(tool)
    labels = (tool, *(entry.programs if entry else ()))
    return {word for label in labels for word in names.tokens(label)} - _IDLE
