"""``same-launch`` for mappings: several files publish one port of one unit alike.

Compose files that stand for each other, and copies of one Kubernetes Service, are held against each other: the one
file that maps the same container port elsewhere is the odd one, where nothing else speaks of its port.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from portlint.checks.deviation import Deviation
from portlint.linking import Linked
from portlint.linking.points import Endpoint
from portlint.linking.tree import Place
from portlint.linking.unit import Unit
from portlint.model import Confidence, Kind, Role

_MAIN = frozenset({"docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"})


def check(linked: Linked) -> Iterator[Deviation]:
    """Compare how the files of each unit map its ports."""
    for unit in linked.units.all:
        if len(unit.services) < 2:
            continue
        for point in (linked.endpoints.outside[id(unit)], linked.endpoints.cluster[id(unit)]):
            for files in _mapped(linked, unit, point.network).values():
                yield from _compare(point, files)


def _mapped(linked: Linked, unit: Unit, network: str) -> dict[tuple[str, ...], dict[str, list[Place]]]:
    """By the container port behind it, and for a Kubernetes Service its name: what each file publishes."""
    found: dict[tuple[str, ...], dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
    for path, service in unit.services:
        if linked.tree.profiles[path] != "default" or service.profile or "override" in path.rpartition("/")[2]:
            continue
        for place in linked.tree.by_service.get((path, service.name), ()):
            if place.role is not Role.PUBLISHES or place.kind is not Kind.PORT or not place.value:
                continue
            if place.occurrence.network != network or place.profile != "default":
                continue
            inner = [
                other.value
                for other in linked.tree.together(place)
                if other.role in (Role.EXPOSES, Role.PROXIES) and other.kind is Kind.PORT and other.value
            ]
            if len(inner) == 1 and inner[0]:
                object = service.name if service.kind == "service" else ""
                found[inner[0], service.kind, object, place.occurrence.how][path].append(place)
    return found


def _compare(point: Endpoint, files: dict[str, list[Place]]) -> Iterator[Deviation]:
    if len(files) < 2 or any(len(places) > 1 for places in files.values()):
        return
    camps: dict[str, list[Place]] = defaultdict(list)
    for places in files.values():
        camps[places[0].value or ""].append(places[0])
    if len(camps) != 2:
        return
    voices = {
        value: [claim for claim in point.claims if claim.port == value and claim.strength >= 2] for value in camps
    }
    odd = [value for value, places in camps.items() if len(places) == 1 and not voices[value]]
    for value in odd:
        other = next(item for item in camps if item != value)
        place = camps[value][0]
        main = place.path.rpartition("/")[2] in _MAIN and bool(voices[other])
        cluster = point.network == "cluster" and bool(voices[other])
        if len(camps[other]) > 1 or main or cluster:
            others = [(item, "maps the same container port") for item in camps[other]]
            others += [(claim.place, claim.reason) for claim in voices[other]]
            yield _deviation(point, place, other, others)
            return
    folders = {path.rpartition("/")[0] for path in files}
    if len(files) == 2 and len(folders) == 2 and point.network == "host":
        one, two = sorted((places[0] for places in files.values()), key=lambda item: (item.path.count("/"), item.order))
        others = [(two, "maps the same container port")]
        others += [(claim.place, claim.reason) for value in camps for claim in voices[value]]
        yield _deviation(point, one, two.value or "", others)


def _deviation(point: Endpoint, place: Place, expected: str, others: list[tuple[Place, str]]) -> Deviation:
    return Deviation(
        check="same-launch",
        setting=point.name,
        kind=Kind.PORT,
        place=place,
        expected=expected,
        others=tuple(others),
        confidence=Confidence.MEDIUM,
        reason="another file publishes it elsewhere",
    )
