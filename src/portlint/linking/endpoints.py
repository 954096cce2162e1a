"""Endpoints: on which port a unit is reached on a network, and every place that says so.

A unit has two: inside its container (what its program listens on) and on the host (what is published, or what runs
there without a container); a third in a Kubernetes cluster, where its Services offer ports of their own.
"""

from __future__ import annotations

from collections.abc import Iterable

from portlint import names
from portlint.linking.attribution import Attributor
from portlint.linking.claims import Claims
from portlint.linking.listeners import PROXY_TOOLS, Listeners, is_tooling
from portlint.linking.points import ANY_ADDRESS, LOOPBACK, MEDIUM, STRONG, WEAK, Claim, Endpoint
from portlint.linking.scopes import Scopes
from portlint.linking.tree import Place, Tree, normal
from portlint.linking.unit import Unit, service_of, well_known
from portlint.linking.units import Units
from portlint.model import Kind, Occurrence, Role

_SECONDARY = frozenset({"console", "metrics", "admin", "management", "debug", "inspect"})


class Endpoints:
    """All endpoints of a tree, with their claims attributed."""

    def __init__(self, tree: Tree, scopes: Scopes, units: Units) -> None:
        self.tree, self.scopes, self.units = tree, scopes, units
        self.listeners = Listeners(tree, units)
        self.inside = {id(unit): self._inside(unit) for unit in units.all}
        self.outside = {id(unit): self._outside(unit) for unit in units.all}
        self.cluster = {id(unit): self._cluster(unit) for unit in units.all}
        self.attributor = self._attributor()
        Claims(tree, units, self.attributor, self.inside, self.outside, self.cluster).collect()

    def all(self) -> list[Endpoint]:
        """Every endpoint that something listens on or speaks of."""
        both = [
            point
            for unit in self.units.all
            for point in (self.inside[id(unit)], self.outside[id(unit)], self.cluster[id(unit)])
        ]
        return [point for point in both if point.listens or point.claims]

    def _attributor(self) -> Attributor:
        present = [unit for unit in self.units.all if self.outside[id(unit)].listens]
        published = [
            unit for unit in present if any(claim.strength >= STRONG for claim in self.outside[id(unit)].listens)
        ]
        prefixes = {
            names.tokens(source.occurrence.name)[0]
            for unit in published
            for claim in self.outside[id(unit)].listens
            for source in claim.sources
            if names.tokens(source.occurrence.name)
        }
        return Attributor(self.tree, self.units, published, present, prefixes)

    def _inside(self, unit: Unit) -> Endpoint:
        point = Endpoint(unit, "container")
        listens = [place for path, service in unit.services for place in self.listeners.of_service(path, service.name)]
        reason = "its command"
        if not listens and not any(service.command for _, service in unit.services):
            listens, reason = self.listeners.of_image(unit)
        base = self.listeners.base_ports(unit) if not listens and not any(s.command for _, s in unit.services) else ()
        mounted = self.listeners.mounted(unit)
        if mounted:
            listens, reason = [*listens, *mounted], "a configuration file it is given"
        if base and not listens:
            own = [place for place in self.listeners.in_code(unit, inside=True) if place.occurrence.tool in PROXY_TOOLS]
            listens, reason = own, "its configuration file"
        elif not listens and not unit.infrastructure:
            listens, reason = self.listeners.in_code(unit, inside=True), "code that listens"
        self._add_listens(point, listens, reason)
        point.developed.update(place.value for place in self.listeners.in_code(unit) if place.value)
        for place in self.listeners.served(unit):
            if place.value:
                point.listens.append(Claim(place, place.value, "the configuration server's file of its name", MEDIUM))
        for path, service in unit.services:
            for place in self.tree.by_service.get((path, service.name), ()):
                if self._own_listener(place, unit):
                    point.listens.append(Claim(place, place.value or "", "its own environment names it", MEDIUM))
        if point.listens and all(_is_secondary(claim.place.occurrence) for claim in point.listens):
            point.defaults = well_known(unit)  # the console is told where to listen, the server is not
        if not point.listens and not point.unknown:
            point.defaults = base or well_known(unit)
            point.firm = bool(point.defaults) and self._untouched(unit)
        return point

    def _untouched(self, unit: Unit) -> bool:
        """No command, no file and no port variable is given to a unit's image."""
        for path, service in unit.services:
            facts = self.tree.facts[path]
            given = any(
                relation.service == service.name
                and (relation.kind == "env_file" or (relation.kind == "mounts" and _settles(relation.inside)))
                for relation in facts.extraction.relations
            )
            told = any(
                place.kind in (Kind.PORT, Kind.URL) and place.role is Role.DECLARES
                for place in self.tree.by_service.get((path, service.name), ())
            )
            if given or told or service.command or service.build or service.kind != "compose":
                return False
        return bool(unit.services)

    def _add_listens(self, point: Endpoint, found: Iterable[Place], reason: str) -> None:
        explicit = {place.occurrence.tool for place in found if place.occurrence.how != "tool default"}
        environments = _environments(point.unit)
        for place in found:
            item = place.occurrence
            if item.how == "tool default":
                if item.tool in explicit:
                    continue
                told = [place for names in environments for place in self._told_by_environment(item.aliases, names)]
                for setting in dict.fromkeys(told):
                    why = f"{item.tool} reads {setting.occurrence.name}"
                    point.listens.append(Claim(setting, setting.value or "", why))
                if told:
                    continue
            results = [self.scopes.in_service(item.value, place.path, names) for names in environments]
            known = {text.strip(): sources for text, sources in results if text is not None and text.strip().isdigit()}
            if not known:
                point.unknown = True
                continue
            given = {text: sources for text, sources in known.items() if any(s.occurrence.service for s in sources)}
            for text, sources in (given or known).items():
                point.listens.append(Claim(place, normal(Kind.PORT, text), reason, STRONG, sources))
                if sources and place.value and place.value != text:
                    point.usual.add(place.value)

    def _told_by_environment(self, variables: Iterable[str], environment: list[tuple[str, str]]) -> list[Place]:
        """The nearest place that sets one of the variables: a service's own environment comes before its image's."""
        for owner in environment:
            for variable in variables:
                for place in self.tree.by_name.get(variable, ()):
                    item = place.occurrence
                    stated = item.role is Role.DECLARES and place.kind is Kind.PORT and place.value
                    if (place.path, item.service) == owner and stated:
                        return [place]
        return []

    def _own_listener(self, place: Place, unit: Unit) -> bool:
        item = place.occurrence
        if place.kind is not Kind.PORT or item.role is not Role.DECLARES or not place.value or not item.url:
            return False
        host = self.tree.siblings(place).get(Kind.HOST)
        words = names.tokens(item.name)
        if "advertised" in words or "advertise" in words:
            return False  # what clients are told; whether something listens there is for the others to say
        return "listeners" in words and (host is None or host.value in unit.hosts | ANY_ADDRESS | LOOPBACK)

    def _outside(self, unit: Unit) -> Endpoint:
        point = Endpoint(unit, "host")
        shared = False
        for path, service in unit.services:
            shared |= service.network == "host"
            for place in self.tree.by_service.get((path, service.name), ()):
                if place.role is Role.PUBLISHES and place.kind is Kind.PORT and place.occurrence.network == "host":
                    if place.value is None:
                        point.unknown = True
                    else:
                        point.listens.append(Claim(place, place.value, "published", STRONG, place.sources))
        if shared:
            point.listens.extend(self.inside[id(unit)].listens)
        explicit: set[str] = set()
        published = bool(point.listens)
        runs = self.listeners.in_code(unit) if unit.tools or not unit.infrastructure else []
        for place in runs:
            if place.occurrence.how != "tool default":
                explicit.add(place.occurrence.tool)
        for place in runs:
            default = place.occurrence.how == "tool default"
            if (default and place.occurrence.tool in explicit) or (published and ".vscode/" in place.path):
                continue
            if place.value is None:
                point.unknown |= not point.listens
            else:
                strength = WEAK if default or is_tooling(place.path) else MEDIUM
                point.listens.append(Claim(place, place.value, "runs without a container", strength, place.sources))
        return point

    def _cluster(self, unit: Unit) -> Endpoint:
        """What the unit's Kubernetes Services offer to the cluster: not always what its container listens on."""
        point = Endpoint(unit, "cluster")
        for path, service in unit.services:
            for place in self.tree.by_service.get((path, service.name), ()) if service.kind == "service" else ():
                if place.role is Role.PUBLISHES and place.occurrence.network == "cluster" and place.kind is Kind.PORT:
                    point.unknown |= place.value is None
                    if place.value is not None:
                        point.listens.append(Claim(place, place.value, "the Service's port", STRONG, place.sources))
        return point


def _is_secondary(item: Occurrence) -> bool:
    """A second listener of a server (``temporal-ui``, ``--console-address``), which says nothing of the first."""
    main, dash, _ = item.tool.partition("-")
    return bool(_SECONDARY.intersection(names.tokens(item.how))) or (bool(dash) and service_of(main) is not None)


def _environments(unit: Unit) -> list[list[tuple[str, str]]]:
    """The environments in which a unit's program runs, one for each service: the service's own, then its image's."""
    image = [(dockerfile.partition("#")[0], dockerfile) for dockerfile in sorted(unit.dockerfiles)]
    return [[(path, service.name), *image] for path, service in unit.services] or [image]


def _settles(inside: str) -> bool:
    """A path in a container where settings are kept."""
    return (
        inside.startswith(("/etc", "/config", "/conf"))
        or "conf" in inside.rpartition("/")[2]
        or "." in inside.rpartition("/")[2]
    )
