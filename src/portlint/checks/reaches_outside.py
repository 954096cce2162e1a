"""``reaches`` from outside: whoever speaks of a unit on the host or in a cluster names a port that is offered there.

A claim that matches any listener of its unit is true, whatever else listens; one that matches none is held against
the listeners of a profile it may speak of, unless something else explains it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from portlint.checks import excuses
from portlint.checks.deviation import Deviation
from portlint.checks.held import report
from portlint.linking import Linked
from portlint.linking.points import Claim, Endpoint
from portlint.linking.unit import Unit
from portlint.model import Confidence, Role
from portlint.places import compatible


def check(linked: Linked) -> Iterator[Deviation]:
    """Hold every claim on the host's or the cluster's ports against what is offered there."""
    offered: dict[str, list[Unit]] = defaultdict(list)
    for point in linked.endpoints.outside.values():
        for port in {claim.port for claim in point.listens if claim.strength >= 2}:
            offered[port].append(point.unit)
    for point in linked.endpoints.all():
        if point.network == "host":
            yield from _outside(linked, point, offered)
        elif point.network == "cluster" and point.listens and not point.unknown:
            known = {claim.port for claim in point.listens}
            bad = [claim for claim in point.claims if claim.port not in known]
            yield from report(point, bad, point.listens, [claim for claim in point.claims if claim.port in known])


def _outside(linked: Linked, point: Endpoint, offered: dict[str, list[Unit]]) -> Iterator[Deviation]:
    if point.unknown:
        return
    ports = {claim.port for claim in point.listens}
    allowed = _allowed_files(point, ports)
    bad = []
    published = {claim.port for claim in point.listens if claim.strength >= 3}
    documented = {claim.port for claim in point.claims if claim.place.role is Role.DOCUMENTS}
    yield from _dev_server(point)
    for claim in point.claims:
        beside = _beside(point, claim) or _of_profile(point, claim)
        compose = bool(published) and (linked.endpoints.attributor.in_compose(claim.place) or bool(beside))
        if claim.strength < 2 or claim.port in (beside or (published if compose else ports)):
            continue
        if claim.place.role is Role.ALLOWS and claim.place.path in allowed:
            continue
        vague = not _named(claim) or "implied" in claim.place.occurrence.how
        if vague and not compose and excuses.offered_nearby(point, claim, offered):
            continue
        if compose and claim.strength < 3 and excuses.published_by_another(linked, point, claim):
            continue
        if (
            excuses.published_beside(linked, claim)
            or excuses.otherwise_explained(linked, claim)
            or ((claim.strength < 3 or claim.place.role is Role.DOCUMENTS) and excuses.somebody_elses(point, claim))
        ):
            continue
        alternative = claim.port in documented and claim.strength < 3 and claim.place.role is not Role.DOCUMENTS
        bad.append(replace(claim, strength=1) if alternative else claim)
    for profile in sorted({claim.place.profile for claim in bad}):
        mine = [claim for claim in bad if claim.place.profile == profile]
        right = _comparable(profile, point.listens)
        good = [claim for claim in point.claims if claim.port in ports and compatible(profile, claim.place.profile)]
        if right and mine:
            yield from report(point, mine, right, good)


def _of_profile(point: Endpoint, claim: Claim) -> set[str]:
    """What files of the claim's own profile publish, where it is one of its own (``.env.development``)."""
    profile = claim.place.profile
    if profile != "development" or claim.place.role is Role.DOCUMENTS:
        return set()
    return {claim.port for claim in point.listens if claim.strength >= 3 and claim.place.profile == profile}


def _beside(point: Endpoint, claim: Claim) -> set[str]:
    """What the compose file of a place publishes for the unit: other files and hosts are not what it speaks of."""
    if not claim.place.occurrence.service:
        return set()
    path = claim.place.path
    return {item.port for item in point.listens if item.place.path == path and item.place.role is Role.PUBLISHES}


def _dev_server(point: Endpoint) -> Iterator[Deviation]:
    """A test runner's web server is the one it starts itself, never the published one."""
    served = [claim for claim in point.listens if claim.strength == 2]
    ports = {claim.port for claim in point.listens if claim.strength <= 2} if served else set()
    bad = [
        claim
        for claim in point.claims
        if claim.place.occurrence.name.startswith("webServer") and ports and claim.port not in ports
    ]
    if bad:
        same = [
            claim for claim in point.claims if claim.port == bad[0].port and claim not in bad and claim.strength >= 2
        ]
        yield from report(point, bad, served, same, Confidence.MEDIUM)


def _comparable(profile: str, listens: list[Claim]) -> list[Claim]:
    found = [claim for claim in listens if compatible(profile, claim.place.profile)]
    if profile in ("ci", "test"):
        found = found or [claim for claim in listens if claim.place.profile in ("default", "development")]
    return sorted(found, key=lambda claim: (-claim.strength, claim.place.order))


def _named(claim: Claim) -> bool:
    """The claim names its unit so clearly that another unit's port there is wrong, not merely elsewhere."""
    if claim.place.role is Role.ALLOWS:
        return claim.place.profile in ("default", "development")
    return claim.strength >= 3 and claim.place.role is not Role.DOCUMENTS and claim.place.profile not in ("ci", "test")


def _allowed_files(point: Endpoint, ports: set[str]) -> set[str]:
    """Files whose list of allowed origins already holds a right one: the rest of the list is generosity."""
    return {claim.place.path for claim in point.claims if claim.place.role is Role.ALLOWS and claim.port in ports}
