"""Reasons for which a claim on another port than the published one is right all the same."""

from __future__ import annotations

from portlint import knowledge
from portlint.linking import Linked
from portlint.linking.points import Claim, Endpoint
from portlint.linking.unit import Unit, nearness, well_known
from portlint.linking.wording import is_visit
from portlint.model import Role
from portlint.names import stem, tokens
from portlint.places import TROUBLE


def offered_nearby(point: Endpoint, claim: Claim, offered: dict[str, list[Unit]]) -> bool:
    """Another unit of the same project, or one no farther from the place, has the port: the place may mean that one.

    Where a text sends people to a frontend, the port of a backend is no excuse.
    """
    mine = nearness(point.unit, claim.place.path)
    visited = point.unit.front and is_visit(claim.place)
    if (
        claim.reason.startswith("it stands in")
        and not visited
        and any(u is not point.unit for u in offered.get(claim.port, ()))
    ):
        return True
    return any(
        _related(unit, point.unit) or nearness(unit, claim.place.path) >= mine
        for unit in offered.get(claim.port, ())
        if unit is not point.unit and not (visited and unit.back)
    )


def _related(one: Unit, other: Unit) -> bool:
    """Two units of one compose project; without compose files it is not known that they are of two."""
    mine = {path.rpartition("/")[0] for path, service in one.services if service.kind == "compose"}
    its = {path.rpartition("/")[0] for path, service in other.services if service.kind == "compose"}
    return not mine or not its or bool(mine & its)


def published_by_another(linked: Linked, point: Endpoint, subject: Claim) -> bool:
    """A mapping of the same project publishes the port for another unit, and for one that the place may mean."""
    visited = point.unit.front and is_visit(subject.place)
    return any(
        claim.port == subject.port and claim.strength >= 3 and _related(other.unit, point.unit)
        for other in linked.endpoints.outside.values()
        if not (visited and other.unit.back)
        for claim in other.listens
        # in a compose file: what that file itself publishes, such as a proxy before the unit
        if not subject.place.occurrence.service or claim.place.path == subject.place.path
    )


def otherwise_explained(linked: Linked, claim: Claim) -> bool:
    """A text under a heading of troubles; a document of a variable's own default; everybody's default in code."""
    place = claim.place
    item = place.occurrence
    if item.role is Role.DOCUMENTS:
        if TROUBLE.search(item.label):
            return True
        group = linked.named.of(place) if item.name else None
        return group is not None and any(
            link.place.value == claim.port and link.place.role is not Role.DOCUMENTS for link in group.links
        )
    if item.role is not Role.DEFAULTS and not (item.name and "MAIL" in stem(item.name)):
        return False
    table = knowledge.load().by_word
    return any(
        claim.port.isdigit() and word.upper() in table and int(claim.port) in table[word.upper()].ports
        for word in tokens(stem(item.name))
    )


def published_beside(linked: Linked, claim: Claim) -> bool:
    """The same document shows a command that publishes or serves this very port."""
    place = claim.place
    if place.role is not Role.DOCUMENTS:
        return False
    return any(
        other.value == claim.port
        and other is not place
        and any(word in other.occurrence.how for word in ("publishes", "listens", "passes"))
        for other in linked.documents
        if other.path == place.path
    )


def somebody_elses(point: Endpoint, claim: Claim) -> bool:
    """A port that well-known software has for itself: a text that names it speaks of that software."""
    if claim.place.role is Role.ALLOWS or (
        claim.place.role is not Role.DOCUMENTS and claim.place.occurrence.name.isupper()
    ):
        return False
    number = int(claim.port) if claim.port.isdigit() else 0
    if number in well_known(point.unit):
        return False
    return number not in (80, 443, 3000, 5000, 8000, 8080, 8081, 8888, 9000) and any(
        number in service.ports for service in knowledge.load().services
    )
