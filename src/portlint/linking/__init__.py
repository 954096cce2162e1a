"""From occurrences to settings: names, flow and ownership link; values never do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portlint.linking import owners
from portlint.linking.endpoints import Endpoints
from portlint.linking.launches import Launch, launches
from portlint.linking.named import Group, Named
from portlint.linking.points import Endpoint
from portlint.linking.scopes import Scopes
from portlint.linking.tree import Facts, Place, Tree, build
from portlint.linking.units import Units
from portlint.model import Kind, Member, Role, Setting
from portlint.policy import NOTHING_DECIDED, Policy


@dataclass(frozen=True, slots=True)
class Linked:
    """A tree with everything that must agree brought together."""

    tree: Tree
    scopes: Scopes
    units: Units
    named: Named
    endpoints: Endpoints
    launches: tuple[Launch, ...]
    unresolved: int
    documents: tuple[Place, ...]
    """The ports that documents speak of."""

    def settings(self) -> tuple[Setting, ...]:
        """All settings with at least two places, by name, for reports."""
        found = [_of_group(group) for group in self.named.groups.values() if len(group.links) + len(group.reads) > 1]
        found += [_of_endpoint(point) for point in self.endpoints.all() if len(point.listens) + len(point.claims) > 1]
        return tuple(sorted(found, key=lambda setting: (setting.name, setting.kind, _first(setting))))


def link(facts: Mapping[str, Facts], paths: Iterable[str], policy: Policy = NOTHING_DECIDED) -> Linked:
    """Index, resolve and link all that the files say. ``paths`` are all paths of the tree, for its manifests."""
    paths = tuple(paths)
    tree = build(facts, paths, policy)
    owners.assign(tree, paths)
    scopes = Scopes(tree)
    unresolved = scopes.resolve_all()
    units = Units(tree)
    named = Named(tree, units)
    endpoints = Endpoints(tree, scopes, units)
    documents = tuple(place for place in tree.places if place.role is Role.DOCUMENTS and place.kind is Kind.PORT)
    return Linked(tree, scopes, units, named, endpoints, tuple(launches(tree)), unresolved, documents)


def _first(setting: Setting) -> tuple[str, int]:
    location = setting.members[0].location
    return (location.path, location.span.start)


def _member(place: Place, reason: str, network: str = "") -> Member:
    resolution = "; ".join(place.steps)
    return Member(location=place.location(network=network), link=reason, profile=place.profile, resolution=resolution)


def _of_group(group: Group) -> Setting:
    members = [(link.place, link.reason) for link in group.links] + [
        (place, "reads the variable") for place in group.reads
    ]
    members.sort(key=lambda item: item[0].order)
    return Setting(name=group.name, kind=group.kind, members=tuple(_member(place, reason) for place, reason in members))


def _of_endpoint(point: Endpoint) -> Setting:
    network = "host" if point.network == "host" else f"container:{point.unit.name}"
    members = sorted([*point.listens, *point.claims], key=lambda claim: claim.place.order)
    return Setting(
        name=point.name, kind=Kind.PORT, members=tuple(_member(claim.place, claim.reason, network) for claim in members)
    )


__all__ = ["Endpoint", "Facts", "Group", "Launch", "Linked", "Place", "link"]
