"""``unique``: no two services of one compose project publish the same port of the same host address."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from portlint.checks.deviation import Deviation
from portlint.linking import Linked
from portlint.linking.tree import Place
from portlint.model import Confidence, Kind, Role, Service


def check(linked: Linked) -> Iterator[Deviation]:
    """Compare what the services of each compose file publish."""
    published: dict[tuple[str, str, str], list[Place]] = defaultdict(list)
    profiles = {(path, service.name): service for path, service in linked.tree.services}
    for place in linked.tree.places:
        item = place.occurrence
        if (
            item.role is Role.PUBLISHES
            and item.kind is Kind.PORT
            and item.network == "host"
            and item.service
            and place.value
        ):
            host = next((other.value for other in linked.tree.together(place) if other.kind is Kind.HOST), "")
            published[place.path, place.value, host or ""].append(place)
    pairs = Counter(
        (places[0].occurrence.service, other.occurrence.service)
        for places in published.values()
        for other in places[1:]
    )
    for (_, value, _), places in sorted(published.items()):
        first = places[0]
        for other in places[1:]:
            mine, its = first.occurrence.service, other.occurrence.service
            if mine == its or not _together(profiles.get((first.path, mine)), profiles.get((other.path, its))):
                continue
            if _protocol(linked, first) != _protocol(linked, other):
                continue
            yield Deviation(
                check="unique",
                setting=f"host port {value}" if pairs[mine, its] == 1 else f"host ports of {mine} and {its}",
                kind=Kind.PORT,
                place=other,
                expected="another port",
                others=((first, f"published by {mine}"),),
                confidence=Confidence.HIGH,
                reason=f"{mine} publishes it too",
                network="host",
            )


def _together(one: Service | None, other: Service | None) -> bool:
    """Whether two services run at once for certain: none is of a profile, or both are of the same."""
    if one is None or other is None:
        return False
    return one.profile == other.profile and one.groups == other.groups


def _protocol(linked: Linked, place: Place) -> bool:
    return "udp" in place.occurrence.how or any("udp" in other.occurrence.how for other in linked.tree.together(place))
