"""``agree``: the places of one named setting say one value.

Overriding is what ``.env`` is for, so a default beside an actual ``.env`` weighs little; a default beside another
default, an example or a document weighs much. Values differ for good reasons across profiles and networks; those
never meet here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from portlint import names
from portlint.checks.deviation import MOST, Deviation
from portlint.checks.weighing import WEIGHT, confidence_of, right_value, telling, weaker
from portlint.linking import Linked
from portlint.linking.named import Group, Link
from portlint.linking.points import LOOPBACK
from portlint.linking.tree import Place
from portlint.model import Confidence, Kind, Role
from portlint.policy import PINNED


def check(linked: Linked) -> Iterator[Deviation]:
    """Compare the places of every named setting."""
    inside = _mapped(linked)
    stated: dict[tuple[str, Kind, bool], set[str]] = defaultdict(set)
    for key, group in linked.named.groups.items():
        stated[key[:3]].update(link.place.value or "" for link in group.links if link.place.role is not Role.DOCUMENTS)
    for key in sorted(linked.named.groups, key=str):
        group = linked.named.groups[key]
        if len(group.links) > 1:
            yield from _group(linked, group, inside, stated[key[:3]])


def _mapped(linked: Linked) -> list[tuple[set[str], set[str]]]:
    """For each unit the ports it has on the host and in its container."""
    found = []
    for unit in linked.units.all:
        outer = linked.endpoints.outside[id(unit)]
        inner = linked.endpoints.inside[id(unit)]
        host = {claim.port for claim in outer.listens}
        within = {claim.port for claim in (*inner.listens, *inner.claims)} | {str(port) for port in inner.defaults}
        if host and within:
            found.append((host, within))
    return found


def _group(
    linked: Linked, group: Group, mapped: list[tuple[set[str], set[str]]], stated: set[str]
) -> Iterator[Deviation]:
    """``stated`` are the values that code and configuration of any profile state under the name."""
    links = [link for link in group.links if _counts(link.place) and not _elsewhere(linked, link.place)]
    policy = linked.tree.policy
    links = [link for link in links if not policy.may_differ(group.name, link.place.path)]
    if group.kind is Kind.HOST:
        links = _hosts(links)
    links = _one_network(links, mapped) if group.kind is Kind.PORT else links
    camps: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        camps[link.place.value or ""].append(link)
    if len(camps) < 2 or all(link.place.role is Role.DOCUMENTS for link in links):
        return
    decided = {link.place.value or "" for link in links if _is_decided(linked, group, link.place)}
    right = right_value({value: camps[value] for value in decided} or camps)
    rest = [link for value, camp in camps.items() if value != right for link in camp]
    agreeing = sorted(camps[right], key=telling)
    files = {link.place.path for link in camps[right]}
    for link in sorted(rest, key=lambda link: link.place.order):
        confidence = Confidence.HIGH if decided else confidence_of(group, link, agreeing, files, stated)
        if confidence is None:
            continue
        mirrored = names.is_public(link.place.occurrence.name) and any(
            not names.is_public(other.place.occurrence.name) for other in agreeing
        )
        others = [(other.place, other.reason) for other in agreeing[:MOST]]
        others += [(other.place, "deviates too") for other in rest[:MOST] if other is not link]
        yield Deviation(
            check="agree",
            setting=group.name,
            kind=group.kind,
            place=link.place,
            expected=right,
            others=tuple(others),
            confidence=confidence if decided else weaker(confidence, link.strength),
            traits=frozenset(_traits(link.place, mirrored)),
            reason=link.reason,
        )


def _is_decided(linked: Linked, group: Group, place: Place) -> bool:
    """The configuration says that this place is right."""
    return place.occurrence.how == PINNED or linked.tree.policy.is_source(group.name, place.path)


def _traits(place: Place, mirrored: bool) -> Iterator[str]:
    if mirrored and place.role is not Role.DOCUMENTS:
        yield "mirrored"
    if place.kind is Kind.PATH:
        yield "path"


def _counts(place: Place) -> bool:
    item = place.occurrence
    return bool(place.value) and not item.optional and item.role in WEIGHT


def _elsewhere(linked: Linked, place: Place) -> bool:
    """Part of a URL whose host is a real domain (it differs from one deployment to the next), or a database's name."""
    parts = linked.tree.siblings(place)
    host, scheme = parts.get(Kind.HOST), parts.get(Kind.SCHEME)
    if place.kind is Kind.PATH and scheme is not None and (scheme.value or "") not in ("http", "https"):
        return True
    if host is None or not host.value:
        return False
    return "." in host.value and not re.fullmatch(r"[0-9.]+", host.value)


def _hosts(links: list[Link]) -> list[Link]:
    """Hosts are held against each other only where neither is a loopback or a service's name."""
    return [
        link for link in links if "." in (link.place.value or "") and link.place.value not in LOOPBACK | {"0.0.0.0"}
    ]


def _one_network(links: list[Link], mapped: list[tuple[set[str], set[str]]]) -> list[Link]:
    """Leave out what is said inside a container where the host's value differs because of a port mapping."""
    inner = [link for link in links if link.place.occurrence.network.startswith("container")]
    outer = [link for link in links if link not in inner]
    if not inner or not outer:
        return links
    outside = {link.place.value for link in outer if link.place.role is Role.DECLARES}
    kept = []
    for link in inner:
        value = link.place.value
        if value in outside or not any(value in within and outside & host for host, within in mapped):
            kept.append(link)
    return outer + kept
