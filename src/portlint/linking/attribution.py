"""Whose address a loopback URL is: the evidence around it, strongest first.

Values never decide. A variable's stem, a label, a path, a scheme, the side of a proxy and the folder do. Evidence that
the address is somebody else's (a variable of another software, a text about it) ends the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portlint import knowledge, names, prose_languages
from portlint.linking.points import MEDIUM, STRONG, WEAK, is_own_address
from portlint.linking.tree import Place, Tree
from portlint.linking.unit import (
    BACK_WORDS,
    FRONT_WORDS,
    SIDE_JOBS,
    Unit,
    is_software,
    nearest,
    speaks_no_http,
    well_known,
)
from portlint.linking.units import Units
from portlint.linking.wording import OWN, VISIT, Composed, around, plain, words_of
from portlint.model import Kind, Role

_BACK_PATHS = re.compile(
    r"/(?:api|docs|redoc|openapi|swagger|graphql|healthz?|health-?check|v\d+|admin|rpc|ws)(?![a-z])", re.I
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """The units that an address may belong to, how strong the evidence is, and what it is.

    No unit with a reason means that the address belongs to something outside this tree.
    """

    units: tuple[Unit, ...]
    strength: int
    reason: str


_CALLING = (Role.CONNECTS, Role.DEFAULTS, Role.DECLARES)
_CONSOLE = frozenset({"dashboard", "ui", "console"})
NOBODY = Attribution((), 0, "")
FOREIGN = Attribution((), STRONG, "another software's address")


class Attributor:
    """Attributes loopback addresses to the units that have a place on the host's network."""

    def __init__(
        self, tree: Tree, units: Units, published: Iterable[Unit], present: Iterable[Unit], prefixes: Iterable[str]
    ) -> None:
        """``published`` are units with a port mapping; ``present`` those and all that run without a container.

        ``prefixes`` are first words of the variables that state published ports: the project's own.
        """
        self.prefixes = frozenset(prefixes)
        self.tree = tree
        self.units = units
        self.published = list(published)
        self.present = list(present)
        self.in_compose = Composed(tree)

    def attribute(self, place: Place) -> Attribution:
        """Whose address the URL or address around a port is."""
        parts = self.tree.siblings(place)
        present: Sequence[Unit] = self.published if self.in_compose(place) and self.published else self.present
        if place.role is Role.DOCUMENTS:
            present = self._project(place, present)
        for found in self._evidence(place, parts, present):
            if len(found.units) > 1:
                near = nearest(found.units, place.path)
                if len(near) == 1:
                    return Attribution(near, MEDIUM, found.reason)
            if found.units or found.reason:
                return found
        return NOBODY

    def _project(self, place: Place, present: Sequence[Unit]) -> Sequence[Unit]:
        """The units of the project that a document stands in, where the tree is a collection of projects."""
        folder = place.path.rpartition("/")[0]
        while folder:
            mine = [unit for unit in present if any(path.startswith(folder + "/") for path, _ in unit.services)]
            if mine:
                return mine
            folder = folder.rpartition("/")[0]
        return present

    def _evidence(self, place: Place, parts: dict[Kind, Place], present: Sequence[Unit]) -> Iterable[Attribution]:
        yield self._by_scheme(parts, present)
        if place.role is Role.ALLOWS or {"origin", "origins", "cors"}.intersection(names.tokens(place.occurrence.name)):
            yield self._origin(place, present)
        yield self._by_name(place, parts, present)
        yield self._by_role(place, present)
        if place.role is Role.DOCUMENTS or place.profile == "ci":
            yield self._by_text(place, parts, present)
        yield self._by_path(parts, present)
        yield self._by_folder(place, present)
        yield self._alone(place, present)

    def _by_scheme(self, parts: dict[Kind, Place], present: Sequence[Unit]) -> Attribution:
        scheme = parts.get(Kind.SCHEME)
        if scheme is None or not scheme.value:
            return NOBODY
        service = knowledge.load().by_scheme.get(scheme.value.partition("+")[0])
        if service is None:
            return NOBODY
        found = [unit for unit in present if set(well_known(unit)) & set(service.ports)]
        return (
            self._of(found, STRONG if len(found) == 1 else WEAK, f"its scheme is {scheme.value}://")
            if found
            else FOREIGN
        )

    def _origin(self, place: Place, present: Sequence[Unit]) -> Attribution:
        """An allowed origin is where a frontend is served; in a compose file, where one is published."""
        if place.occurrence.network.startswith("container"):
            present = self.published
        front = [unit for unit in present if unit.front]
        if front:
            return self._of(front, MEDIUM, "an allowed origin is where a frontend is served")
        present = [unit for unit in present if not unit.infrastructure]
        return (
            self._of(present, MEDIUM, "the only published address")
            if len(present) == 1
            and present[0].back
            and (any(unit.front for unit in self.units.all) or place.occurrence.network)
            else FOREIGN
        )

    def by_stem(self, name: str) -> Attribution:
        """The unit that a port variable's stem names, every word of it accounted for."""
        if owner := self.tree.policy.owner(name):
            return self._pinned(owner)
        words = [word.lower() for word in names.stem(name).split("_") if word]
        left = [word for word in words if word not in self.units.project and word not in self.prefixes]
        if not left or names.is_generic(name):
            return NOBODY
        found = [unit for unit in self.units.by_word.get(left[-1], ()) if set(left) <= unit.words]
        return self._of(found, MEDIUM, f"{name} names it") if len(found) == 1 else NOBODY

    def _pinned(self, owner: str) -> Attribution:
        """The units that the configuration means by a service, a host name or a folder."""
        found = [
            unit for unit in self.units.all if owner == unit.name or owner in unit.hosts or owner in unit.components
        ]
        return self._of(found, STRONG, "the configuration names its owner") if found else FOREIGN

    def _by_name(self, place: Place, parts: dict[Kind, Place], present: Sequence[Unit]) -> Attribution:
        name = place.occurrence.name
        if name and (owner := self.tree.policy.owner(name)):
            return self._pinned(owner)
        stem = names.stem(name) if name else ""
        if not stem:
            return NOBODY
        if name.startswith("server."):
            return NOBODY  # a key of a tool's own configuration
        words = [word.lower() for word in stem.split("_")]
        if "http" in (parts[Kind.SCHEME].value or "" if Kind.SCHEME in parts else ""):
            present = [unit for unit in present if not speaks_no_http(unit)]
        words = [word for word in words if word not in SIDE_JOBS]
        words = [word for word in words if word not in self.units.project] or words
        if not words:
            return NOBODY
        found = self._by_words(words, f"{name} names it", present)
        if found.units or found.reason:
            return found
        if "." in name and not found.units:
            return NOBODY
        variable = name.isupper() and names.kind_of(name) is not None
        own = words[0] in self.units.project or words[0] in self.prefixes or names.is_generic(words[0])
        return FOREIGN if variable and not own else NOBODY

    def _by_words(self, words: Sequence[str], reason: str, present: Sequence[Unit]) -> Attribution:
        scores: dict[int, int] = {}
        exact: dict[int, Unit] = {}
        for word in words:
            for unit in self.units.by_word.get(word, ()):
                if unit in present:
                    exact[id(unit)] = unit
                    scores[id(unit)] = scores.get(id(unit), 0) + 1
        if exact:
            last = words[-1] if reason.endswith("names it") else ""
            if last in ("frontend", "backend") and not any(last in unit.words for unit in exact.values()):
                return self._by_class([last], reason, present)
            for key, unit in exact.items():
                scores[key] += last in unit.words
            best = max(scores.values())
            found = [exact[key] for key, score in scores.items() if score == best]
            return self._of(found, STRONG if len(found) == 1 else MEDIUM, reason)
        for word in words:
            service = knowledge.load().by_word.get(word.upper())
            if service is not None:
                kin = [unit for unit in present if set(well_known(unit)) & set(service.ports)]
                return self._of(kin, MEDIUM, reason) if len(kin) == 1 else FOREIGN
        if not names.is_generic(words[0]) and words[0] not in self.units.project:
            return NOBODY
        return self._by_class(words, reason, present)

    def _by_class(self, words: Iterable[str], reason: str, present: Sequence[Unit]) -> Attribution:
        told = set(words)
        if told & {"backend"} and not any(unit.back for unit in present) and any(unit.back for unit in self.units.all):
            return FOREIGN  # it is there, yet on which port is not known
        if told & FRONT_WORDS and not told & BACK_WORDS:
            return self._of([unit for unit in present if unit.front], MEDIUM, reason)
        if told & BACK_WORDS and not told & FRONT_WORDS:
            return self._of([unit for unit in present if unit.back], MEDIUM, reason)
        return NOBODY

    def _by_role(self, place: Place, present: Sequence[Unit]) -> Attribution:
        back = [unit for unit in present if unit.back]
        own = set(self.units.of_component(place.component))
        if place.path.endswith(".vscode/launch.json"):
            return self._of(
                [unit for unit in present if unit.front], MEDIUM, "the debugger's browser opens the frontend"
            )
        if place.role is Role.PROXIES:
            label = [word for word in names.tokens(plain(place.occurrence.label)) if word != "upstream"]
            named = self._by_words(label, f"it forwards {place.occurrence.label}", present) if label else NOBODY
            if named.units or FRONT_WORDS.intersection(label):
                return named if named.units else FOREIGN
            return self._of(
                [unit for unit in back if unit not in own], MEDIUM, "a development proxy forwards to the backend"
            )
        if place.role is Role.CONNECTS and own and all(unit.front for unit in own) and place.profile != "test":
            return self._of(back, MEDIUM, "frontend code calls the backend")
        if place.occurrence.name and names.is_public(place.occurrence.name):
            return self._of(back, MEDIUM, "a browser-side variable points at the backend")
        return NOBODY

    def _by_text(self, place: Place, parts: dict[Kind, Place], present: Sequence[Unit]) -> Attribution:
        segments = [segment for segment in place.occurrence.label.split(" > ") if segment]
        url = parts.get(Kind.URL)
        http = url is not None and not _is_foreign_scheme(parts)
        visible = [unit for unit in present if not (http and speaks_no_http(unit))]
        for depth, segment in enumerate(reversed(segments)):
            before, after = around(segment, place) if depth == 0 else (segment, "")
            for text in (before, after):
                words = words_of(text)
                if not words:
                    continue
                nearest = list(reversed(words)) if depth == 0 and text is before else words
                found = self._first_named(nearest[:40], f'the text says "{plain(segment).strip()[:60]}"', visible)
                settled = depth == 0 or (not found.units and len(words) < 6)
                if settled and (found.units or found.reason):
                    return found
                if found.units:
                    return Attribution(found.units, min(found.strength, MEDIUM), found.reason)
            words = [*names.tokens(plain(segment)), *prose_languages.meant(segment)]
            console = self._console(words, segments, visible)
            if console.units:
                return console
            found = self._by_class(words, f'the text says "{plain(segment).strip()[:60]}"', visible)
            if len(found.units) == 1 or (found.units and not self._by_folder(place, visible).units):
                return found
            if depth == 0 and {"frontend", "backend"}.intersection(words):
                return FOREIGN  # it speaks of one that is not here
            if depth == 0:
                found = self._by_path(parts, visible)
                if found.units:
                    return found
                above = [other for other in segments if other != segment]
                if above:  # "visit" says less than the heading right above
                    heading = above[-1]
                    found = self._first_named(words_of(heading), f'the heading says "{plain(heading)[:60]}"', visible)
                    if found.units:
                        return Attribution(found.units, min(found.strength, MEDIUM), found.reason)
                front = [unit for unit in visible if unit.front]
                if VISIT.intersection(words) and len(front) == 1:
                    return self._of(front, MEDIUM, "the text says to visit it")
                shown = [unit for unit in visible if unit in self.published]
                if VISIT.intersection(words) and len(shown) == 1 and not front:
                    return self._of(shown, MEDIUM, "the text says to visit the one published address")
        return NOBODY

    def _console(self, words: Sequence[str], segments: Sequence[str], visible: Sequence[Unit]) -> Attribution:
        """A dashboard below a heading that names other software is that software's, not the project's frontend."""
        if not _CONSOLE.intersection(words) or FRONT_WORDS.intersection(words) - _CONSOLE:
            return NOBODY
        for heading in reversed(segments):
            found = self._first_named(words_of(heading), f'the heading says "{plain(heading)[:60]}"', visible)
            if found.units and all(unit.infrastructure for unit in found.units):
                return Attribution(found.units, min(found.strength, MEDIUM), found.reason)
        return NOBODY

    def _first_named(self, words: Sequence[str], reason: str, present: Sequence[Unit]) -> Attribution:
        """The unit or software that the nearest telling word names."""
        table = knowledge.load()
        for word in words:
            units = [unit for unit in self.units.by_word.get(word, ()) if unit in present]
            if len(units) == 1:
                return self._of(units, STRONG, reason)
        for word in words:
            named = self.units.by_word.get(word, ())
            if (named and all(is_software(unit, word) for unit in named)) or word in ("database", "db"):
                return FOREIGN
            if word.upper() in table.by_word and word not in ("mail", "email", "http", "dns", "ssh"):
                service = table.by_word[word.upper()]
                kin = [unit for unit in present if set(well_known(unit)) & set(service.ports)]
                return self._of(kin, MEDIUM, reason) if len(kin) == 1 else FOREIGN
        return NOBODY

    def _by_path(self, parts: dict[Kind, Place], present: Sequence[Unit]) -> Attribution:
        path = parts.get(Kind.PATH)
        if path is not None and path.value and _BACK_PATHS.match(path.value):
            back = [unit for unit in present if unit.back]
            return self._of(back, MEDIUM, f"the path {path.value}")
        return NOBODY

    def _by_folder(self, place: Place, present: Sequence[Unit]) -> Attribution:
        if not place.component or _calls_another(place):
            return NOBODY
        own = [unit for unit in self.units.of_component(place.component) if unit in present]
        if not any(place.component in unit.components for unit in own):
            return NOBODY
        elsewhere = place.role is Role.DOCUMENTS and not place.path.rpartition("/")[2].lower().startswith("readme")
        return self._of(own, WEAK if elsewhere else MEDIUM, f"it stands in {place.component}/")

    def _alone(self, place: Place, present: Sequence[Unit]) -> Attribution:
        if place.role is Role.DOCUMENTS and not self._speaks_of_this(place):
            return NOBODY
        if len(present) == 1:
            return self._of(present, MEDIUM, "nothing else in the tree is reached from the host")
        if len(self.published) == 1 and place.profile in ("test", "ci") and place.occurrence.name:
            return self._of(self.published, MEDIUM, "nothing else in the tree is published")
        own = [unit for unit in present if not unit.infrastructure]
        if len(own) == 1 and place.role is Role.DOCUMENTS:
            return self._of(own, MEDIUM, "no other program of this tree is reached from the host")
        return NOBODY

    def _speaks_of_this(self, place: Place) -> bool:
        """Whether a text is about this project's own program: it says to visit, run or ask it."""
        if "connects" in place.occurrence.how or self.in_compose(place):
            return True
        text = place.occurrence.label.rpartition(" > ")[2]
        words = {*names.tokens(text), *prose_languages.meant(text)}
        return bool(words & (VISIT | OWN | self.units.project))

    def _of(self, units: Iterable[Unit], strength: int, reason: str) -> Attribution:
        """Of several, those with a mapping count before those that merely can be run."""
        found = list(units)
        if len(found) > 1:
            found = [unit for unit in found if unit in self.published] or found
        if not found:
            return NOBODY
        return Attribution(tuple(found), strength if len(found) == 1 else WEAK, reason)


def _calls_another(place: Place) -> bool:
    """Code and settings of a program hold the addresses of others, unless they are named as its own or test it."""
    if place.role not in _CALLING or place.profile in ("test", "ci") or is_own_address(place.occurrence.name):
        return False
    return re.match(r"(?:playwright|cypress|wdio|vitest)\b", place.path.rpartition("/")[2]) is None


def _is_foreign_scheme(parts: dict[Kind, Place]) -> bool:
    scheme = parts.get(Kind.SCHEME)
    return scheme is not None and (scheme.value or "") not in ("http", "https", "ws", "wss")
