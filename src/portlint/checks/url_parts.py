"""``agree`` for compositions: ``X_URL`` says the port that ``X_PORT`` says.

By reference where it is written so (then it cannot disagree); by stem otherwise: the setting whose stem is the
longest beginning of the URL's stem, in the same scope and profile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from portlint import names
from portlint.checks.deviation import Deviation
from portlint.linking import Linked
from portlint.linking.named import Group, Link
from portlint.linking.points import LOOPBACK
from portlint.model import Confidence, Kind, Role
from portlint.places import HISTORY, TROUBLE

SAME = frozenset("API EVENT EVENTS BASE PUBLIC HTTP HTTPS BACKEND SERVER SERVICE".split())
"""Words that may stand between a service's name and URL without naming another program."""
_STATES = (Role.DECLARES, Role.DEFAULTS)


def check(linked: Linked) -> Iterator[Deviation]:
    """Hold the port of every named URL against the port setting of the same stem."""
    ports: dict[tuple[str, str], list[Group]] = defaultdict(list)
    for group in linked.named.groups.values():
        if group.kind is Kind.PORT and group.links and not any(link.place.occurrence.url for link in group.links):
            stem = names.stem(group.name)
            if stem:
                ports[group.profile, stem].append(group)
    for key in sorted(linked.named.groups, key=str):
        group = linked.named.groups[key]
        if group.kind is not Kind.PORT or not group.links or not group.links[0].place.occurrence.url:
            continue
        if {"origin", "origins", "cors"}.intersection(names.tokens(group.name)):
            continue  # the origin of another program, not this one's address
        for port in _settings(group, ports):
            yield from _compare(linked, group, port)


def _settings(group: Group, ports: dict[tuple[str, str], list[Group]]) -> list[Group]:
    words = names.stem(group.name).split("_")
    for count in range(len(words), 0, -1):
        if not set(words[count:]) <= SAME:
            return []  # X_DASHBOARD_URL is another program's address than X_PORT's
        found = ports.get((group.profile, "_".join(words[:count])), [])
        found = [port for port in found if port.scope == group.scope or not port.scope or not group.scope]
        if found:
            return found if count == len(words) or len(found) == 1 else []
    return []


def _compare(linked: Linked, group: Group, port: Group) -> Iterator[Deviation]:
    stated = [link for link in port.links if link.place.role in _STATES and not link.place.occurrence.commented]
    values = {link.place.value for link in stated}
    if len(values) != 1:
        return  # the port setting itself disagrees; that is its own finding
    expected = next(iter(values)) or ""
    for link in group.links:
        place = link.place
        if place.value == expected or not place.value or place.occurrence.optional or "implied" in place.occurrence.how:
            continue
        if not _comparable(linked, link, stated):
            continue
        if place.sources:
            continue  # written by reference to another setting, so it is made of that one
        if place.profile == HISTORY or not place.occurrence.name.isupper():
            continue
        if place.role is Role.DOCUMENTS and TROUBLE.search(place.occurrence.label):
            continue
        others = [(other.place, f"{port.name} of the same stem") for other in stated]
        exact = names.stem(group.name) == names.stem(port.name)
        beside = any(other.place.path == place.path for other in stated)
        yield Deviation(
            check="agree",
            setting=group.name,
            kind=Kind.PORT,
            place=place,
            expected=expected,
            others=tuple(others),
            confidence=Confidence.HIGH if exact or beside else Confidence.MEDIUM,
            traits=frozenset({"url-part"}),
            reason=f"{group.name} is made of {port.name}",
        )


def _comparable(linked: Linked, link: Link, stated: list[Link]) -> bool:
    """Same network: a loopback URL on the host, or the same service's environment, or the host the setting names."""
    place = link.place
    host = linked.tree.siblings(place).get(Kind.HOST)
    scheme = linked.tree.siblings(place).get(Kind.SCHEME)
    exact = any(names.stem(other.place.occurrence.name) == names.stem(place.occurrence.name) for other in stated)
    if not exact and scheme is not None and (scheme.value or "") not in ("http", "https", "ws", "wss"):
        return False
    item = place.occurrence
    if item.network.startswith("container"):
        return any(other.place.occurrence.service == item.service for other in stated)
    if host is None or host.value is None:
        return True
    return host.value in LOOPBACK | {"0.0.0.0"} and not any(
        other.place.occurrence.network.startswith("container") for other in stated
    )
