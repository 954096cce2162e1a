"""``same-launch``: two launches of one program in one component are given the same port and host."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from portlint import knowledge
from portlint.checks.deviation import Deviation
from portlint.linking import Launch, Linked
from portlint.linking.listeners import is_tooling
from portlint.linking.tree import Place
from portlint.model import Confidence, Kind, Role, Severity
from portlint.names import tokens

_CONFIGURED = frozenset("nginx caddy apache haproxy traefik httpd supervisord".split())
"""Programs that listen where each configuration file says; two files are two servers."""
_PRODUCTION = frozenset({"prod", "production", "staging"})
_PROFILES = ("default", "development")


def check(linked: Linked) -> Iterator[Deviation]:
    """Compare the launches of each program outside containers."""
    programs: dict[tuple[str, str, str, str], list[Launch]] = defaultdict(list)
    told = _told_by_environment(linked)
    for launch in linked.launches:
        if (
            is_tooling(launch.path)
            or launch.profile not in _PROFILES
            or launch.tool in _CONFIGURED
            or _is_production(launch)
        ):
            continue
        if not launch.service or launch.target:
            programs[launch.tool, launch.target, launch.component, launch.profile].append(launch)
    for (tool, _, component, _), group in sorted(programs.items()):
        if len(group) > 1:
            name = f"{tool} launch" + (f" in {component}" if component else "")
            yield from _ports(name, [item for item in group if not _is_mapped(linked, item)])
            inside = linked.units.run_inside
            group = [item for item in group if not item.service and item.path not in inside]
            yield from _hosts(name, [item for item in group if (item.path, item.tool) not in told])


def _is_production(launch: Launch) -> bool:
    """The target or function that the launch stands in is for production."""
    place = launch.port or launch.host
    return place is not None and bool(_PRODUCTION.intersection(tokens(place.occurrence.label)))


def _is_mapped(linked: Linked, launch: Launch) -> bool:
    """Outside containers on the very port that is published for the container: a mapping joins the two."""
    if launch.service or launch.port is None:
        return False
    units = linked.units.of_place(launch.port)
    published = {
        claim.port
        for unit in units
        for claim in linked.endpoints.outside[id(unit)].listens
        if claim.place.role is Role.PUBLISHES
    }
    return launch.port.value in published


def _told_by_environment(linked: Linked) -> set[tuple[str, str]]:
    """Files that set the variable from which a tool takes its host, each with the tool."""
    tools = {launch.tool for launch in linked.launches}
    found: set[tuple[str, str]] = set()
    for tool in tools:
        entry = knowledge.load().by_id.get(tool)
        for variable in (*entry.host.environment, *entry.bind.environment) if entry else ():
            found.update((place.path, tool) for place in linked.tree.by_name.get(variable, ()) if place.value)
    return found


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
    told = [item for item in group if item.host is not None and item.host.occurrence.how.startswith("-")]
    told = [item for item in told if item.host is not None and item.host.value]
    untold = [
        item
        for item in group
        if item not in told
        and item.port is not None
        and "bind" not in item.port.occurrence.how
        and (item.host is None or item.host.occurrence.how == "tool default")
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
