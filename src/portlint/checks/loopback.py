"""``reaches`` for loopback addresses inside containers: there, ``localhost`` is the container itself.

Reported where another service of the same compose project has the port and this one has not, and where the address is
not for a browser.
"""

from __future__ import annotations

from collections.abc import Iterator

from portlint.checks.deviation import Deviation
from portlint.linking import Linked
from portlint.linking.points import LOOPBACK, is_for_browsers, is_own_address
from portlint.linking.unit import Unit
from portlint.model import Confidence, Kind, Role


def check(linked: Linked) -> Iterator[Deviation]:
    """Find services that are told to look for another service in themselves."""
    for place in linked.tree.places:
        item = place.occurrence
        if (
            place.kind is not Kind.HOST
            or place.value not in LOOPBACK
            or item.role not in (Role.DECLARES, Role.CONNECTS)
        ):
            continue
        unit = linked.units.by_service.get((place.path, item.service))
        if unit is None or not item.network.startswith("container") or "compose" not in place.path.lower():
            continue
        if is_for_browsers(item.name) or is_own_address(item.name) or not item.url:
            continue
        port = linked.tree.siblings(place).get(Kind.PORT)
        if port is None or not port.value or _has(linked, unit, port.value):
            continue
        folder = place.path.rpartition("/")[0]
        others = [
            other
            for other in linked.units.all
            if other is not unit
            and any(path.rpartition("/")[0] == folder for path, _ in other.services)
            and _has(linked, other, port.value)
        ]
        if len(others) != 1:
            continue
        meant = others[0]
        declared = [linked.tree.service_places[path, service.name] for path, service in meant.services]
        yield Deviation(
            check="reaches",
            setting=item.name or f"{meant.name} host (container)",
            kind=Kind.HOST,
            place=place,
            expected=meant.name,
            others=tuple((other, "declares the service") for other in declared),
            confidence=Confidence.MEDIUM,
            traits=frozenset({"loopback-in-container"}),
            reason=f"{place.value} is the container of {item.service} itself; port {port.value} is in {meant.name}",
            network=item.network,
        )


def _has(linked: Linked, unit: Unit, port: str) -> bool:
    point = linked.endpoints.inside[id(unit)]
    return port in {claim.port for claim in (*point.listens, *point.claims)} | {
        str(number) for number in point.defaults
    }
