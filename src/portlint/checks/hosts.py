"""``reaches`` for names: on a compose network a bare host name is a service of that network.

Looked at are the services' own environments and commands, and the configuration files below a compose file in which
other services are reached by name (a proxy's upstreams, an application's settings). Reported only where it is clear
which service was meant: the variable's stem, the URL's scheme, or the one service that has the port.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from portlint import knowledge, names
from portlint.checks.deviation import Deviation
from portlint.linking import Linked
from portlint.linking.points import ANY_ADDRESS, LOOPBACK
from portlint.linking.tree import Place
from portlint.linking.unit import Unit, well_known
from portlint.model import Confidence, Kind, Role

_BARE = re.compile(r"[a-z][a-z0-9_-]*")
_ROLES = (Role.DECLARES, Role.DEFAULTS, Role.CONNECTS, Role.PROBES, Role.PROXIES)
_PLACEHOLDER = re.compile(
    r"your|example|host|hostname|server|domain|proxy|localhost|backend-host|x+|todo|changeme", re.I
)


@dataclass(slots=True)
class _Project:
    """The compose files of one folder and the names that are services there."""

    hosts: set[str] = field(default_factory=set)
    units: dict[int, Unit] = field(default_factory=dict)


def check(linked: Linked) -> Iterator[Deviation]:
    """Find bare host names that are no service of the compose project they stand in."""
    projects = _projects(linked)
    if not projects:
        return
    upstreams = _upstreams(linked)
    reached: dict[str, list[Place]] = defaultdict(list)
    speaking: set[str] = set()
    for place in linked.tree.places:
        if place.kind is Kind.HOST and place.value in linked.units.by_host:
            reached[place.value or ""].append(place)
            speaking.add(place.path)
    for place in linked.tree.places:
        item = place.occurrence
        host = place.value or ""
        if place.kind is not Kind.HOST or item.role not in _ROLES or not _BARE.fullmatch(host) or item.commented:
            continue
        if host in LOOPBACK | ANY_ADDRESS or host in linked.units.by_host or host == item.service.lower():
            continue
        if (place.path, host) in upstreams or _PLACEHOLDER.fullmatch(host):
            continue
        if not _is_network(linked, place):
            continue
        own = (place.path, item.service) in linked.tree.service_places and item.network.startswith("container")
        project = _project_of(place.path, projects)
        if project is None or (not own and not _configures(place)) or place.profile in ("test", "ci"):
            continue
        found = _meant(linked, place, project, own)
        if found is None or host in project.hosts:
            continue
        meant, reason = found
        declared = [linked.tree.service_places[path, service.name] for path, service in meant.services]
        others = [(other, "declares the service") for other in declared]
        others += [(other, "reaches it by its name") for host in sorted(meant.hosts) for other in reached[host]]
        yield Deviation(
            check="reaches",
            setting=f"{meant.name} host (container)",
            kind=Kind.HOST,
            place=place,
            expected=meant.name,
            others=tuple(others),
            confidence=Confidence.MEDIUM
            if own or place.path in speaking or item.role is Role.PROXIES
            else Confidence.LOW,
            reason=f"no service is called {host}; {reason}",
            network=item.network,
        )


def _projects(linked: Linked) -> dict[str, _Project]:
    projects: dict[str, _Project] = defaultdict(_Project)
    for path, service in linked.tree.services:
        if service.kind == "compose":
            project = projects[path.rpartition("/")[0]]
            project.hosts.update({service.name.lower(), *(alias.lower() for alias in service.aliases)})
            unit = linked.units.by_service.get((path, service.name))
            if unit is not None:
                project.units[id(unit)] = unit
    return projects


def _is_network(linked: Linked, place: Place) -> bool:
    """The host is one on a network: ``s3://bucket`` and ``file://x`` name something else."""
    scheme = linked.tree.siblings(place).get(Kind.SCHEME)
    if scheme is None or not scheme.value:
        return True
    known = scheme.value.partition("+")[0]
    return known in ("http", "https", "ws", "wss", "tcp", "udp", "grpc") or known in knowledge.load().by_scheme


def _project_of(path: str, projects: dict[str, _Project]) -> _Project | None:
    folder = path.rpartition("/")[0]
    while folder not in projects:
        if not folder:
            return None
        folder = folder.rpartition("/")[0]
    return projects[folder]


def _upstreams(linked: Linked) -> set[tuple[str, str]]:
    """Names that a proxy's file defines for itself."""
    found = set()
    for place in linked.tree.places:
        if place.role is Role.PROXIES and place.occurrence.label.startswith("upstream "):
            found.add((place.path, place.occurrence.label.split()[1].lower()))
    return found


def _configures(place: Place) -> bool:
    """A configuration file that can be given to a service: a proxy's, or an application's in a settings format."""
    if place.role is Role.PROXIES:
        return True
    return place.role is Role.DECLARES and bool(place.occurrence.url) and not place.occurrence.service


def _meant(linked: Linked, place: Place, project: _Project, own: bool) -> tuple[Unit, str] | None:
    parts = linked.tree.siblings(place)
    scheme = parts.get(Kind.SCHEME)
    table = knowledge.load()
    known = table.by_scheme.get((scheme.value or "").partition("+")[0]) if scheme is not None else None
    mine = list(project.units.values())
    for word in (word.lower() for word in names.stem(place.occurrence.name).split("_") if word):
        units = [unit for unit in mine if word in unit.words]
        if len(units) == 1:
            return units[0], f"{place.occurrence.name} names {units[0].name}"
        known = known or table.by_word.get(word.upper())
    if known is not None:
        units = [unit for unit in mine if set(well_known(unit)) & set(known.ports)]
        return (units[0], f"{units[0].name} is the only such service") if len(units) == 1 else None
    port = parts.get(Kind.PORT)
    if port is None or not port.value or "implied" in port.occurrence.how:
        return None
    units = [unit for unit in mine if port.value in _inside(linked, unit)]
    return (units[0], f"only {units[0].name} has port {port.value}") if len(units) == 1 else None


def _inside(linked: Linked, unit: Unit) -> set[str]:
    point = linked.endpoints.inside[id(unit)]
    return {claim.port for claim in (*point.listens, *point.claims)} | {str(port) for port in point.defaults}
