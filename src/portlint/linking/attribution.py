"""Whose address a loopback URL is: the evidence around it, strongest first.

Values never decide. A variable's stem, a label, a path, a scheme, the side of a proxy and the folder do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from portlint import knowledge, names
from portlint.linking.tree import Place, Tree
from portlint.linking.units import BACK_WORDS, FRONT_WORDS, Unit, Units, well_known
from portlint.model import Kind, Role

_BACK_PATHS = re.compile(r"/(?:api|docs|redoc|openapi|swagger|graphql|healthz?|health-?check|v\d+|admin|rpc|ws)\b", re.I)
STRONG, MEDIUM, WEAK = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Attribution:
    """The units that an address may belong to, how strong the evidence is, and what it is."""

    units: tuple[Unit, ...]
    strength: int
    reason: str


NOBODY = Attribution((), 0, "")


class Attributor:
    """Attributes loopback addresses to the units that have a place on the host's network."""

    def __init__(self, tree: Tree, units: Units, present: Iterable[Unit]) -> None:
        self.tree = tree
        self.units = units
        self.present = list(present)
        self._set = set(self.present)
        self._front = [unit for unit in self.present if unit.front]
        self._back = [unit for unit in self.present if unit.back]

    def attribute(self, place: Place) -> Attribution:
        """Whose address the URL or address around a port is."""
        parts = self.tree.siblings(place)
        for evidence in (self._by_scheme, self._by_name, self._by_role):
            found = evidence(place, parts)
            if found.units:
                return found
        if place.role is Role.DOCUMENTS or place.profile == "ci":
            return self._by_text(place, parts)
        found = self._by_path(parts)
        return found if found.units else self._by_folder(place)

    def _by_scheme(self, place: Place, parts: dict[Kind, Place]) -> Attribution:
        scheme = parts.get(Kind.SCHEME)
        if scheme is None or not scheme.value:
            return NOBODY
        service = knowledge.load().by_scheme.get(scheme.value.partition("+")[0])
        if service is None:
            return NOBODY
        found = [unit for unit in self.present if set(well_known(unit)) & set(service.ports)]
        return self._of(found, STRONG if len(found) == 1 else WEAK, f"its scheme is {scheme.value}://")

    def _by_name(self, place: Place, parts: dict[Kind, Place]) -> Attribution:
        name = place.occurrence.name
        stem = names.stem(name) if name else ""
        if not stem:
            return NOBODY
        words = [word.lower() for word in stem.split("_")]
        return self._by_words(words, f"{name} names it")

    def _by_words(self, words: Iterable[str], reason: str) -> Attribution:
        words = list(words)
        scores: dict[int, int] = {}
        exact: dict[int, Unit] = {}
        for word in words:
            for unit in self.units.by_word.get(word, ()):
                if unit in self._set:
                    exact[id(unit)] = unit
                    scores[id(unit)] = scores.get(id(unit), 0) + 1
        if exact:
            best = max(scores.values())
            found = [exact[key] for key, score in scores.items() if score == best]
            return self._of(found, STRONG if len(found) == 1 else MEDIUM, reason)
        for word in words:
            service = knowledge.load().by_word.get(word.upper())
            if service is not None:
                kin = [unit for unit in self.present if set(well_known(unit)) & set(service.ports)]
                return self._of(kin, MEDIUM if len(kin) == 1 else 0, reason)
        if FRONT_WORDS.intersection(words) and not BACK_WORDS.intersection(words):
            return self._of(self._front, MEDIUM, reason)
        if BACK_WORDS.intersection(words):
            return self._of(self._back, MEDIUM, reason)
        return NOBODY

    def _by_role(self, place: Place, parts: dict[Kind, Place]) -> Attribution:
        if place.role is Role.ALLOWS:
            return self._of(self._front, MEDIUM, "an allowed origin is where a frontend is served")
        own = set(self.units.of_component(place.component))
        if place.role is Role.PROXIES:
            others = [unit for unit in self._back if unit not in own]
            return self._of(others, MEDIUM, "a development proxy forwards to the backend")
        if place.role is Role.CONNECTS and own and all(unit.front for unit in own):
            return self._of(self._back, MEDIUM, "frontend code calls the backend")
        if place.occurrence.name and names.is_public(place.occurrence.name):
            return self._of(self._back, MEDIUM, "a browser-side variable points at the backend")
        return NOBODY

    def _by_text(self, place: Place, parts: dict[Kind, Place]) -> Attribution:
        segments = [segment for segment in place.occurrence.label.split(" > ") if segment]
        for depth, segment in enumerate(reversed(segments)):
            text = re.sub(r"\S*://\S*|\[[^\]]*\]\([^)]*\)", lambda match: match.group().partition("](")[0], segment)
            words = [word for word in names.tokens(text) if len(word) > 1]
            if len(words) > 60:
                continue
            found = self._by_words(words, f'the text says "{text.strip()[:60]}"')
            if found.units:
                return Attribution(found.units, found.strength if depth == 0 else min(found.strength, MEDIUM), found.reason)
        found = self._by_path(parts)
        if found.units:
            return found
        found = self._by_folder(place)
        if found.units:
            return found
        if len(self.present) == 1:
            return self._of(self.present, MEDIUM, "nothing else in the tree is reached from the host")
        visible = [unit for unit in self.present if not unit.infrastructure]
        if len(visible) == 1:
            return self._of(visible, MEDIUM, "no other program of this tree is reached from the host")
        return NOBODY

    def _by_path(self, parts: dict[Kind, Place]) -> Attribution:
        path = parts.get(Kind.PATH)
        if path is not None and path.value and _BACK_PATHS.match(path.value):
            return self._of(self._back, MEDIUM if len(self._back) == 1 else WEAK, f"the path {path.value}")
        return NOBODY

    def _by_folder(self, place: Place) -> Attribution:
        if not place.component:
            return NOBODY
        own = [unit for unit in self.units.of_component(place.component) if unit in self._set]
        if not any(place.component in unit.components for unit in own):
            return NOBODY
        return self._of(own, MEDIUM if len(own) == 1 else WEAK, f"it stands in {place.component}/")

    @staticmethod
    def _of(units: Iterable[Unit], strength: int, reason: str) -> Attribution:
        found = tuple(units)
        return Attribution(found, strength, reason) if found and strength else NOBODY
