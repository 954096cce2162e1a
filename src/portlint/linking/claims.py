"""Who says what of an endpoint: mappings, clients, probes, proxies, allowed origins and documents.

``8300:8288`` joins two networks and never says that they are equal, so each place is told to one endpoint only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from portlint import knowledge, names
from portlint.linking.attribution import Attribution, Attributor
from portlint.linking.listeners import LISTENING
from portlint.linking.points import (
    ANY_ADDRESS,
    LOOPBACK,
    MEDIUM,
    STRONG,
    WEAK,
    Claim,
    Endpoint,
    is_for_browsers,
    is_own_address,
)
from portlint.linking.tree import Place, Tree
from portlint.linking.unit import Unit, nearest
from portlint.linking.units import Units
from portlint.model import Kind, Role
from portlint.places import HISTORY
from portlint.values import Literal

_HOST_ALIASES = frozenset({"host.docker.internal", "gateway.docker.internal"})
_DEAD = frozenset({"0", "1", "9", "65535"})
"""Ports that are written where nothing is meant to answer."""
_CLAIMING = (Role.CONNECTS, Role.PROXIES, Role.PROBES, Role.ALLOWS, Role.DOCUMENTS, Role.DECLARES, Role.DEFAULTS)


class Claims:
    """Tells every claiming place to the endpoint that it speaks of."""

    def __init__(
        self,
        tree: Tree,
        units: Units,
        attributor: Attributor,
        inside: Mapping[int, Endpoint],
        outside: Mapping[int, Endpoint],
        cluster: Mapping[int, Endpoint],
    ) -> None:
        """``inside``, ``outside`` and ``cluster`` hold each unit's endpoint by the unit's identity; they are filled."""
        self.tree, self.units, self.attributor = tree, units, attributor
        self.inside, self.outside, self.cluster = inside, outside, cluster
        self._manifests = {path for path, service in tree.services if service.kind in ("workload", "service")}
        self._hosts: dict[tuple[str, str, Role, str], str | None] = {}
        for place in tree.places:
            item = place.occurrence
            if item.kind is Kind.HOST and item.name and not item.url:
                self._hosts.setdefault((place.path, item.service, item.role, names.stem(item.name)), place.value)

    def collect(self) -> None:
        """Go through all places once."""
        listeners = {
            id(claim.place) for point in (*self.inside.values(), *self.outside.values()) for claim in point.listens
        }
        for place in self.tree.places:
            item = place.occurrence
            if place.kind is not Kind.PORT or place.value is None or item.role in LISTENING or id(place) in listeners:
                continue
            if place.profile == HISTORY or place.value in _DEAD:
                continue
            if place.sources and not item.url and item.role is not Role.EXPOSES and not item.service:
                continue  # it follows a setting, which is held against the others itself
            if item.network == "cluster" and item.role is Role.PROXIES:
                host = next((other.value for other in self.tree.together(place) if other.kind is Kind.HOST), None)
                for unit in _one_nearest(self.units.by_host.get(host or item.service, []), place):
                    if self.cluster[id(unit)].listens:
                        claim = Claim(place, place.value, "its backend is that Service", STRONG, place.sources)
                        self.cluster[id(unit)].claims.append(claim)
                continue
            if item.role is Role.EXPOSES or (item.role is Role.PROXIES and not item.url and item.service):
                self._claim_inside(place, self._mapping_of(place), "its own mapping")
            elif item.role is Role.DOCUMENTS and item.network.startswith("container:") and not item.url:
                if not item.optional and ("exposes" in item.how or item.how in ("text", "table", "comment")):
                    self._claim_inside(
                        place, self._documented(place), "a document's mapping into the container", MEDIUM
                    )
            elif item.role in _CLAIMING and not item.optional:
                self._claim_address(place)

    def _mapping_of(self, place: Place) -> list[Unit]:
        item = place.occurrence
        known = not item.service or (place.path, item.service) in self.units.by_service
        if known or item.service in self.units.by_dockerfile:
            return self.units.of_place(place)
        return self._documented(place) if "docker run" in item.how or "podman" in item.how else []

    def _documented(self, place: Place) -> list[Unit]:
        """The unit whose container a document maps a port into: by name, else the one that is built here."""
        named = self.units.by_host.get(place.occurrence.service.lower(), [])
        if place.occurrence.service and named:
            return _one_nearest(named, place)
        built = [unit for unit in self.units.all if unit.dockerfiles]
        words = set(names.tokens(place.occurrence.service))
        known = knowledge.load().by_word
        if any(word.upper() in known for word in words) or any(
            words & unit.words for unit in self.units.all if unit.infrastructure
        ):
            return []
        called = [unit for unit in built if words & unit.words]
        if len(called) == 1:
            return called
        return built if len(built) == 1 and place.profile == "default" else []

    def _claim_inside(self, place: Place, units: Iterable[Unit], reason: str, strength: int = STRONG) -> None:
        for unit in units:
            if place.occurrence.how.startswith("traefik label") and any("traefik" in image for image in unit.images):
                continue  # its own dashboard, which no port is asked for
            self.inside[id(unit)].claims.append(Claim(place, place.value or "", reason, strength, place.sources))

    def _claim_address(self, place: Place) -> None:
        host = self._host_of(place)
        item = place.occurrence
        if place.profile == "test" and (not item.name.isupper() or "implied" in item.how):
            return  # what tests connect to is made up unless a setting says it
        if item.commented and not _is_env_file(place.path):
            return
        if (
            item.role is Role.DOCUMENTS
            and re.search(r"code block: .*(?:declares|defaults)$", item.how)
            and not item.name.isupper()
        ):
            return  # a sample of data
        if host is None:
            self._claim_either(place)
            return
        if host in self.units.by_host and host not in LOOPBACK:
            if "implied" in item.how and place.path.endswith((".java", ".kt")):
                return  # the name of an application; a registry knows its port
            units = _one_nearest(self.units.by_host[host], place)
            for unit in units:
                cluster = self.cluster[id(unit)]
                composed = any(service.kind == "compose" for _, service in unit.services)
                if cluster.listens and (not composed or place.path in self._manifests):
                    cluster.claims.append(Claim(place, place.value or "", f"its host is {host}", STRONG, place.sources))
                else:
                    self._claim_inside(place, [unit], f"its host is {host}")
            return
        if host in LOOPBACK or (host in ANY_ADDRESS and item.role is Role.PROBES):
            if item.network.startswith("container") and not is_for_browsers(item.name):
                if is_own_address(item.name) and item.role is Role.DECLARES and host in LOOPBACK:
                    self._claim_own(place)
                elif item.role is Role.PROBES:
                    self._claim_inside(place, self.units.of_place(place), "it asks its own container")
                return
        elif host not in _HOST_ALIASES:
            return
        if place.path in self.units.run_inside and item.role is Role.CONNECTS:
            return
        found: Attribution = self.attributor.attribute(place)
        if not isinstance(item.value, Literal) and found.strength < STRONG:
            return  # it follows a setting, which is held against the others itself
        placeholder = item.role in (Role.DOCUMENTS, Role.CONNECTS, Role.ALLOWS)
        implied = "implied" in item.how and placeholder and not self.attributor.in_compose(place)
        for unit in found.units:
            strength = WEAK if implied or len(found.units) > 1 else found.strength
            self.outside[id(unit)].claims.append(Claim(place, place.value or "", found.reason, strength))

    def _claim_own(self, place: Place) -> None:
        """A service that is told its own address as people reach it: where it is published."""
        units = [unit for unit in self.units.of_place(place) if self.outside[id(unit)].listens]
        for unit in units if len(units) == 1 else ():
            published = [listen for listen in self.outside[id(unit)].listens if listen.strength >= STRONG]
            if published:
                claim = Claim(place, place.value or "", "its own address as people reach it", MEDIUM, place.sources)
                self.outside[id(unit)].claims.append(claim)

    def _claim_either(self, place: Place) -> None:
        """A bare port (``port 8000``, ``WEB_PORT=9000``): on the host or in the container, whichever has it."""
        item = place.occurrence
        text = item.role is Role.DOCUMENTS and not item.name and not item.commented and item.how in ("text", "table")
        stated = item.role in (Role.DECLARES, Role.DEFAULTS) and bool(item.name) and not item.url and not item.commented
        if not text and not stated:
            return
        found = self.attributor.attribute(place) if text else self.attributor.by_stem(item.name)
        if len(found.units) != 1 or found.strength < MEDIUM:
            return
        unit = found.units[0]
        inner, outer = self.inside[id(unit)], self.outside[id(unit)]
        inside = {claim.port for claim in inner.listens} | {str(port) for port in inner.defaults}
        inside |= {claim.port for claim in inner.claims if claim.place.role is Role.EXPOSES}
        point = (
            inner if place.value in inside and not any(place.value == claim.port for claim in outer.listens) else outer
        )
        if point is outer and (inner.unknown or outer.unknown or not outer.listens):
            if inner.unknown or outer.listens or not (inside or inner.claims):
                return
            point = inner
        if any(source is place for claim in (*inner.listens, *outer.listens) for source in claim.sources):
            return
        point.claims.append(Claim(place, place.value or "", found.reason, min(found.strength, MEDIUM)))

    def _host_of(self, place: Place) -> str | None:
        """The host beside a port: in its URL, in its command, or in the variable of the same stem beside it."""
        item = place.occurrence
        if item.url:
            host = self.tree.siblings(place).get(Kind.HOST)
            return host.value if host is not None else ""
        for other in self.tree.together(place) if item.group else ():
            if other.kind is Kind.HOST and not other.occurrence.url:
                return other.value
        if item.role is Role.PROBES:
            return ""
        if item.name and item.role in (Role.DECLARES, Role.DEFAULTS, Role.CONNECTS, Role.PROXIES):
            stem = names.stem(item.name)
            return self._hosts.get((place.path, item.service, item.role, stem)) if stem else None
        return None


def _one_nearest(units: list[Unit], place: Place) -> list[Unit]:
    """Of several units with one name, the one whose files stand closest to the place."""
    if len(units) < 2:
        return units
    found = nearest(units, place.path)
    return list(found) if len(found) == 1 else []


def _is_env_file(path: str) -> bool:
    return ".env" in path.rpartition("/")[2].lower()
