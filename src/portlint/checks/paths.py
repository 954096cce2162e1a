"""``reaches`` for paths: a health check asks a path that the program serves, where its routes are known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portlint.checks.deviation import Deviation
from portlint.linking import Linked
from portlint.linking.tree import Place
from portlint.linking.unit import Unit
from portlint.model import Confidence, Kind, Role

_HEALTH = re.compile(r"health|ready|readi|live|ping|status|heartbeat|alive", re.IGNORECASE)
_ASKING = (Role.PROBES, Role.CONNECTS)


def check(linked: Linked) -> Iterator[Deviation]:
    """Hold the paths of probes against the routes of their unit and against each other."""
    routes: dict[str, set[str]] = {}
    for place in linked.tree.places:
        if place.kind is Kind.PATH and place.role is Role.LISTENS and place.value and place.profile != "test":
            routes.setdefault(place.component, set()).add(place.value)
    asked: dict[int, list[Place]] = {}
    for place in linked.tree.places:
        if place.kind is not Kind.PATH or place.role not in _ASKING or not place.value:
            continue
        if place.role is Role.CONNECTS and place.profile != "ci":
            continue
        for unit in _units(linked, place):
            asked.setdefault(id(unit), []).append(place)
    for unit in linked.units.all:
        known = {route for component in unit.components for route in _below(routes, component)}
        places = [place for place in asked.get(id(unit), ()) if _HEALTH.search(place.value or "")]
        if known and len(places) > 1:
            yield from _compare(unit, places, known)


def _below(routes: dict[str, set[str]], component: str) -> set[str]:
    found: set[str] = set()
    for folder, mine in routes.items():
        if folder == component or folder.startswith(component and component + "/"):
            found |= mine
    return found


def _units(linked: Linked, place: Place) -> list[Unit]:
    if place.occurrence.network.startswith("container"):
        return linked.units.of_place(place)
    port = linked.tree.siblings(place).get(Kind.PORT)
    found = linked.endpoints.attributor.attribute(port) if port is not None else None
    return list(found.units) if found is not None and len(found.units) == 1 else []


def _served(path: str, routes: set[str]) -> bool:
    return any(path == route or (route != "/" and path.endswith(route)) for route in routes)


def _compare(unit: Unit, places: list[Place], routes: set[str]) -> Iterator[Deviation]:
    good = [place for place in places if _served(place.value or "", routes)]
    bad = [place for place in places if place not in good]
    if not good:
        return
    for place in bad:
        yield Deviation(
            check="reaches",
            setting=f"{unit.name} health path",
            kind=Kind.PATH,
            place=place,
            expected=good[0].value or "",
            others=tuple((other, "asks a path that is served") for other in good),
            confidence=Confidence.MEDIUM,
            traits=frozenset({"probe"}),
            reason=f"{unit.name} registers no such route",
        )
