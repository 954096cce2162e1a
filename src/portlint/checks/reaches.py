"""``reaches``: whoever speaks of an endpoint names a port that something listens on there.

Host side and container side are two endpoints. A claim that matches any listener of its unit is true, whatever else
listens; a claim that matches none is held against the listeners of a profile it may speak of.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

from portlint import knowledge
from portlint.checks.deviation import MOST, Deviation
from portlint.linking import Linked
from portlint.linking.attribution import nearness
from portlint.linking.endpoints import Claim, Endpoint
from portlint.linking.tree import Place
from portlint.linking.units import Unit
from portlint.model import Confidence, Kind, Role
from portlint.names import stem, tokens
from portlint.places import TROUBLE, compatible

_PROTOCOLS = frozenset("rpc grpc http https ws amqp s3 sql smtp tcp api admin metrics".split())
_WORD = {Role.PUBLISHES: "is published", Role.LISTENS: "listens", Role.PASSES: "listens", Role.EXPOSES: "is exposed"}


def check(linked: Linked) -> Iterator[Deviation]:
    """Hold every claim against the listeners of its endpoint."""
    offered: dict[str, list[Unit]] = defaultdict(list)
    for point in linked.endpoints.outside.values():
        for port in {claim.port for claim in point.listens if claim.strength >= 2}:
            offered[port].append(point.unit)
    for point in linked.endpoints.all():
        if point.network == "container":
            yield from _inside(linked, point)
        elif point.network == "cluster":
            known = {claim.port for claim in point.listens}
            bad = [claim for claim in point.claims if claim.port not in known]
            if bad and point.listens and not point.unknown:
                yield from _report(point, bad, point.listens, [claim for claim in point.claims if claim.port in known])
        else:
            yield from _outside(linked, point, offered)


def _inside(linked: Linked, point: Endpoint) -> Iterator[Deviation]:
    claims = [claim for claim in point.claims if claim.strength >= 2]
    if point.unknown:
        return
    listens = point.listens
    known = {claim.port for claim in listens} | {str(port) for port in point.defaults}
    known |= {
        place.value or ""
        for claim in listens
        if "script" in claim.reason
        for place in linked.tree.by_path[claim.place.path]
        if place.kind is Kind.PORT and place.role in (Role.DECLARES, Role.DEFAULTS)
    }  # an entry script may start more than the programs that are known
    if not known:
        yield from _consensus(point, claims)
        return
    claims = [claim for claim in claims if claim.port not in point.usual or claim.place.occurrence.how != "EXPOSE"]
    bad = [claim for claim in claims if claim.port not in known and not _beside(claim, claims, known, bool(listens))]
    if sum(1 for claim in claims if claim.place.occurrence.how == "containerPort") > 1 and not listens:
        bad = [claim for claim in bad if claim.place.role is not Role.PROBES]  # the list of ports need not be whole
    if not listens and any(service.command for _, service in point.unit.services):
        bad = [claim for claim in bad if claim.place.role is not Role.PROBES]
    if not bad:
        return
    if not listens:
        # only the image's own default speaks: a second voice must confirm that it is in effect
        good = [claim for claim in claims if claim.port in known]
        if not good and point.firm:
            listens = _image_default(linked, point)
        elif not good:
            return
        else:
            listens = good
        if len(point.defaults) > 2:
            bad = [
                replace(claim, strength=1) if claim.place.role in (Role.EXPOSES, Role.PROBES) else claim
                for claim in bad
            ]
    ceiling = Confidence.LOW if _another_listener(point, bad) else Confidence.HIGH
    yield from _report(point, bad, listens, [claim for claim in claims if claim.port in known], ceiling)


def _image_default(linked: Linked, point: Endpoint) -> list[Claim]:
    """The image's default as a claim at the place that names the image."""
    found = []
    for path, service in point.unit.services:
        place = linked.tree.service_places[path, service.name]
        shown = replace(place.occurrence, kind=Kind.PORT, how=f"image default of {service.image}")
        port = str(point.defaults[0])
        found.append(
            Claim(Place(path, shown, place.region, place.profile, place.component, port), port, "image default", 2)
        )
    return found


def _another_listener(point: Endpoint, bad: list[Claim]) -> bool:
    """Two files agree on several ports, and the code found listens on none: some other program in there does."""
    if any("command" in claim.reason and claim.place.occurrence.how != "tool default" for claim in point.listens):
        return False
    files: dict[str, set[str]] = defaultdict(set)
    for claim in bad:
        if claim.place.role is Role.EXPOSES:
            files[claim.port].add(claim.place.occurrence.how)
    return len(files) > 1 and any(len(found) > 1 for found in files.values())


def _beside(claim: Claim, claims: list[Claim], known: set[str], certain: bool = True) -> bool:
    """One of several exposed ports, another of which is the one that is listened on.

    Beside an image's well-known ports it may be one more, unless a client asks for one that is not exposed.
    """
    item = claim.place.occurrence
    if item.role is not Role.EXPOSES:
        return False
    if not certain:
        exposed = {other.port for other in claims if other.place.role is Role.EXPOSES}
        if any(other.port in known - exposed for other in claims if other.place.role is not Role.EXPOSES):
            return False
    return any(
        other.place.path == claim.place.path
        and other.place.occurrence.service == item.service
        and other.place.role is Role.EXPOSES
        and other.place.occurrence.how.removesuffix(" udp") == item.how.removesuffix(" udp")
        and other.port in known
        for other in claims
    )


def _consensus(point: Endpoint, claims: list[Claim]) -> Iterator[Deviation]:
    """Nobody knows what listens: a mapping is held against the clients, else the one client against the others."""
    if all(claim.place.role is Role.DOCUMENTS for claim in claims):
        return
    exposed = [claim for claim in claims if claim.place.role is Role.EXPOSES]
    ports = {claim.port for claim in exposed}
    profiles: dict[str, set[str]] = defaultdict(set)
    for claim in exposed:
        profiles[claim.place.profile].add(claim.port)
    if len(profiles) > 1 and all(len(found) == 1 for found in profiles.values()):
        return  # each profile agrees with itself
    by_how: dict[str, list[Claim]] = defaultdict(list)
    for claim in exposed:
        by_how[f"{claim.place.path}\0{claim.place.occurrence.how}"].append(claim)
    if len(by_how) > 1 and len(ports) > 1:
        first = max(by_how.values(), key=lambda camp: (len({c.port for c in camp}) == 1, len(camp)))
        mine = {claim.port for claim in first}
        bad = [claim for claim in exposed if claim.port not in mine and not _beside(claim, exposed, mine)]
        if bad:
            yield from _report(point, bad, first, [claim for claim in claims if claim.port in mine], Confidence.MEDIUM)
            return
    others = [claim for claim in claims if claim.place.role is not Role.EXPOSES and claim.port not in ports]
    if exposed and others:
        yield from _report(point, others, exposed, [c for c in claims if c.port in ports], Confidence.MEDIUM)
    elif not exposed and len({claim.port for claim in claims}) > 1:
        counts = Counter(claim.port for claim in claims)
        (top, most), *rest = counts.most_common()
        pair = len(claims) == 2 and _same_protocol(*claims)
        if (most >= 2 or pair) and all(count == 1 for _, count in rest) and len(rest) == 1:
            bad = [claim for claim in claims if claim.port != top]
            good = [claim for claim in claims if claim.port == top]
            yield from _report(point, bad, good, good, Confidence.MEDIUM)


def _same_protocol(one: Claim, other: Claim) -> bool:
    """Two clients of one port: one of them is the service's own probe, or both name the same protocol."""
    if (one.place.role is Role.PROBES) != (other.place.role is Role.PROBES):
        return True
    words = [set(tokens(f"{c.place.occurrence.name} {c.place.occurrence.how}")) & _PROTOCOLS for c in (one, other)]
    return bool(words[0] & words[1])


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
        compose = bool(published) and linked.endpoints.attributor.in_compose(claim.place)
        if claim.port in (published if compose else ports) or claim.strength < 2:
            continue
        if claim.place.role is Role.ALLOWS and claim.place.path in allowed:
            continue
        if not _named(claim) and not compose and _offered_nearby(point, claim, offered):
            continue
        if compose and claim.strength < 3 and _published_anywhere(linked, claim.port):
            continue
        if (
            _published_beside(linked, claim)
            or _otherwise_explained(linked, claim)
            or (claim.strength < 3 and _somebody_elses(claim))
        ):
            continue
        alternative = claim.port in documented and claim.strength < 3 and claim.place.role is not Role.DOCUMENTS
        bad.append(replace(claim, strength=1) if alternative else claim)
    for profile in sorted({claim.place.profile for claim in bad}):
        mine = [claim for claim in bad if claim.place.profile == profile]
        right = _comparable(profile, point.listens)
        good = [claim for claim in point.claims if claim.port in ports and compatible(profile, claim.place.profile)]
        if right and mine:
            yield from _report(point, mine, right, good)


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
        yield from _report(point, bad, served, same, Confidence.MEDIUM)


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


def _offered_nearby(point: Endpoint, claim: Claim, offered: dict[str, list[Unit]]) -> bool:
    """Another unit of the same project, or one no farther from the place, has the port: the place may mean that one."""
    mine = nearness(point.unit, claim.place.path)
    return any(
        _related(unit, point.unit) or nearness(unit, claim.place.path) >= mine
        for unit in offered.get(claim.port, ())
        if unit is not point.unit
    )


def _related(one: Unit, other: Unit) -> bool:
    """Two units of one compose project; without compose files it is not known that they are of two."""
    mine = {path.rpartition("/")[0] for path, service in one.services if service.kind == "compose"}
    its = {path.rpartition("/")[0] for path, service in other.services if service.kind == "compose"}
    return not mine or not its or bool(mine & its)


def _published_anywhere(linked: Linked, port: str) -> bool:
    return any(
        claim.port == port and claim.strength >= 3
        for point in linked.endpoints.outside.values()
        for claim in point.listens
    )


def _otherwise_explained(linked: Linked, claim: Claim) -> bool:
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


def _published_beside(linked: Linked, claim: Claim) -> bool:
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


def _somebody_elses(claim: Claim) -> bool:
    """A port that well-known software has for itself: a text that names it speaks of that software."""
    if claim.place.role is Role.ALLOWS or (claim.place.role is not Role.DOCUMENTS and claim.place.occurrence.name):
        return False
    number = int(claim.port) if claim.port.isdigit() else 0
    return number not in (80, 443, 3000, 5000, 8000, 8080, 8081, 8888, 9000) and any(
        number in service.ports for service in knowledge.load().services
    )


def _report(
    point: Endpoint,
    bad: list[Claim],
    listens: list[Claim],
    good: list[Claim],
    ceiling: Confidence = Confidence.HIGH,
) -> Iterator[Deviation]:
    """One deviation for each wrong claim; one listener against many agreeing claims is itself the wrong one."""
    sources = {id(source) for claim in listens for source in claim.sources}
    bad = [claim for claim in bad if id(claim.place) not in sources]
    if not bad:
        return
    right = [claim for claim in listens if claim.strength >= 2] or listens
    expected = ", ".join(dict.fromkeys(claim.port for claim in right))
    values = {claim.port for claim in bad}
    if len(values) == 1 and len(bad) > 1 and len({claim.port for claim in right}) == 1 and not good and len(right) == 1:
        others = [(claim.place, claim.reason) for claim in bad]
        others += [(source, "states the value") for source in right[0].sources]
        yield _deviation(point, right[0], next(iter(values)), others, ceiling)
        return
    common = [(other.place, _WORD.get(other.place.role, other.reason)) for other in right]
    common += [(source, "states the value") for other in right for source in other.sources]
    common = [*common[:MOST], *((other.place, other.reason) for other in good[:MOST])]
    shown = bad[:MOST]  # a list for each claim: of all of them it would be quadratic
    for claim in bad:
        others = [*common, *((other.place, "deviates too") for other in shown if other is not claim)]
        others += [(source, "states the value") for source in claim.sources]
        yield _deviation(point, claim, expected, others, ceiling)


def _deviation(
    point: Endpoint, claim: Claim, expected: str, others: list[tuple[Place, str]], ceiling: Confidence
) -> Deviation:
    document = claim.place.role is Role.DOCUMENTS
    confidence = (
        Confidence.LOW
        if claim.strength < 2 or ceiling is Confidence.LOW
        else Confidence.MEDIUM
        if claim.strength < 3 or document
        else ceiling
    )
    unique = {id(place): (place, word) for place, word in reversed(others)}
    ordered = [unique.pop(id(place)) for place, _ in others if id(place) in unique]
    return Deviation(
        check="reaches",
        setting=point.name,
        kind=claim.place.kind,
        place=claim.place,
        expected=expected,
        others=tuple(ordered),
        confidence=confidence,
        reason=claim.reason,
        network="host" if point.network == "host" else f"container:{point.unit.name}",
    )
