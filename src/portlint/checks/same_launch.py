"""``same-launch``: two launches of one program in one component are given the same port and host."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from portlint.checks.deviation import Deviation
from portlint.linking import Launch, Linked
from portlint.linking.tree import Place
from portlint.model import Confidence, Kind, Role, Severity

_CONFIGURED = frozenset("nginx caddy apache haproxy traefik httpd supervisord".split())
"""Programs that listen where each configuration file says; two files are two servers."""
_PROFILES = ("default", "development")


def check(linked: Linked) -> Iterator[Deviation]:
    """Compare the launches of each program outside containers."""
    programs: dict[tuple[str, str, str, str], list[Launch]] = defaultdict(list)
    for launch in linked.launches:
        if launch.profile in _PROFILES and launch.tool not in _CONFIGURED and (not launch.service or launch.target):
            programs[launch.tool, launch.target, launch.component, launch.profile].append(launch)
    yield from _mappings(linked)
    for (tool, _, component, _), group in sorted(programs.items()):
        if len(group) > 1:
            name = f"{tool} launch" + (f" in {component}" if component else "")
            yield from _ports(name, group)
            yield from _hosts(name, group)


def _mappings(linked: Linked) -> Iterator[Deviation]:
    """Compose files in different folders that map the same container port of one unit to different host ports."""
    for unit in linked.units.all:
        mapped: dict[str, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
        for path, service in unit.services:
            if linked.tree.profiles[path] != "default" or service.profile:
                continue
            for place in linked.tree.by_service.get((path, service.name), ()):
                if place.role is Role.PUBLISHES and place.kind is Kind.PORT and place.value:
                    inner = [
                        p.value for p in linked.tree.together(place) if p.role is Role.EXPOSES and p.kind is Kind.PORT
                    ]
                    if len(inner) == 1 and inner[0]:
                        mapped[inner[0]][path.rpartition("/")[0]].append(place)
        for folders in mapped.values():
            if len(folders) == 2 and all(len(places) == 1 for places in folders.values()):
                one, other = sorted(
                    (places[0] for places in folders.values()), key=lambda place: (place.path.count("/"), place.order)
                )
                if one.value != other.value:
                    claims = linked.endpoints.outside[id(unit)].claims
                    others = [(other, "maps the same container port")]
                    others += [
                        (claim.place, claim.reason) for claim in claims if claim.port in (one.value, other.value)
                    ]
                    yield _deviation(
                        f"{unit.name} port (host)",
                        Kind.PORT,
                        one,
                        other.value or "",
                        others,
                        Confidence.MEDIUM,
                        "another compose file publishes it elsewhere",
                    )


def _ports(name: str, group: list[Launch]) -> Iterator[Deviation]:
    """Explicit ports in different files; several in one file are alternatives."""
    told = [item.port for item in group if item.port is not None and item.port.value and _explicit(item.port)]
    files: dict[str, set[str]] = defaultdict(set)
    for place in told:
        files[place.path].add(place.value or "")
    if len(files) < 2 or any(len(values) > 1 for values in files.values()):
        return
    counts: dict[str, list[Place]] = defaultdict(list)
    for place in told:
        counts[place.value or ""].append(place)
    if len(counts) != 2:
        return
    right = max(sorted(counts), key=lambda value: len({place.path for place in counts[value]}))
    for value, places in sorted(counts.items()):
        if value != right:
            sources = [source for place in counts[right] for source in place.sources]
            others = [(place, "launches the same program") for place in counts[right]]
            others += [(source, "states the value") for source in sources]
            yield _deviation(
                name, Kind.PORT, places[0], right, others, Confidence.MEDIUM, "another launch passes another port"
            )


def _hosts(name: str, group: list[Launch]) -> Iterator[Deviation]:
    group = [item for item in group if not item.service]
    told = [item for item in group if item.host is not None and item.host.occurrence.how.startswith("-")]
    told = [item for item in told if item.host is not None and item.host.value]
    untold = [
        item for item in group if item not in told and item.port is not None and "bind" not in item.port.occurrence.how
    ]
    if not told or not untold:
        return
    place = untold[0].port
    assert place is not None
    others = [(item.host, "passes the host") for item in told if item.host is not None]
    others += [(item.port, "passes no host either") for item in untold[1:] if item.port is not None]
    yield _deviation(
        name,
        Kind.HOST,
        place,
        others[0][0].value or "",
        others,
        Confidence.HIGH,
        "only the other launch passes a host",
        Severity.NOTE,
        frozenset({"host-missing"}),
    )


def _explicit(place: Place) -> bool:
    return place.occurrence.how != "tool default"


def _deviation(
    name: str,
    kind: Kind,
    place: Place,
    expected: str,
    others: list[tuple[Place, str]],
    confidence: Confidence,
    reason: str,
    severity: Severity | None = None,
    traits: frozenset[str] = frozenset(),
) -> Deviation:
    return Deviation(
        check="same-launch",
        setting=name,
        kind=kind,
        place=place,
        expected=expected,
        others=tuple(others),
        confidence=confidence,
        severity=severity,
        traits=traits,
        reason=reason,
    )
