"""``reaches`` inside a container: mappings, probes and other services name a port that its program listens on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

from portlint.checks.deployments import CLUSTER, deployment_of, is_apart
from portlint.checks.deviation import Deviation
from portlint.checks.held import report
from portlint.linking import Linked
from portlint.linking.images import image_name, image_ports
from portlint.linking.points import Claim, Endpoint
from portlint.linking.tree import Place
from portlint.model import Confidence, Kind, Role
from portlint.names import tokens

_PROTOCOLS = frozenset("rpc grpc http https ws amqp s3 sql smtp tcp api admin metrics".split())


def check(linked: Linked) -> Iterator[Deviation]:
    """Hold every claim on a port in a container against what listens there."""
    for point in linked.endpoints.all():
        if point.network == "container":
            yield from _inside(linked, point)


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
    told = any("command" in claim.reason for claim in listens)
    if sum(1 for claim in claims if claim.place.occurrence.how == "containerPort") > 1 and not told:
        claims = [claim for claim in claims if claim.place.role is not Role.PROBES]  # the list need not be whole
    if not known:
        yield from _consensus(point, claims)
        return
    claims = [claim for claim in claims if claim.port not in point.usual or claim.place.occurrence.how != "EXPOSE"]
    claims = [c for c in claims if c.place.profile != "development" or c.port not in point.developed - known]
    bad = [claim for claim in claims if claim.port not in known and not _beside(claim, claims, known, bool(listens))]
    bad += [claim for claim in claims if claim not in bad and _is_another_image(claim, listens)]
    bad = [claim for claim in bad if not _is_of_own_image(point, claim)]
    bad = [claim for claim in bad if not listens or not all(is_apart(claim, listen) for listen in listens)]
    if not listens and any(service.command for _, service in point.unit.services):
        bad = [claim for claim in bad if claim.place.role is not Role.PROBES]
    # the code's own default is exposed, and its environment says another port: the rest belongs to other programs
    bad = [claim for claim in bad if claim.port in point.usual] or bad
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
        if len(point.defaults) > 4:
            return  # software with so many ports has more
        if len(point.defaults) > 2:
            bad = [
                replace(claim, strength=1) if claim.place.role in (Role.EXPOSES, Role.PROBES) else claim
                for claim in bad
            ]
    ceiling = Confidence.LOW if _another_listener(point, bad) else Confidence.HIGH
    yield from report(point, bad, listens, [claim for claim in claims if claim.port in known], ceiling)


def _is_another_image(claim: Claim, listens: list[Claim]) -> bool:
    """``EXPOSE`` in one of several Dockerfiles, whose own command listens elsewhere."""
    own = {listen.port for listen in listens if listen.place.path == claim.place.path}
    return claim.place.occurrence.how == "EXPOSE" and bool(own) and claim.port not in own


def _is_of_own_image(point: Endpoint, claim: Claim) -> bool:
    """A compose file that runs another image than the others: its mapping is about that one."""
    images = {path: service.image for path, service in point.unit.services if service.image and not service.build}
    own = images.get(claim.place.path)
    if own is None or claim.place.role is not Role.EXPOSES:
        return False
    name = image_name(own)
    known = image_ports(own)
    return any(image_name(other) != name for other in images.values()) and (
        not known or int(claim.port) in known if claim.port.isdigit() else False
    )


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
    if any(claim.port in point.usual for claim in bad):
        return False  # it is what the program listens on when its environment says nothing
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
    documented = item.role is Role.DOCUMENTS and "exposes" in item.how
    if item.role is not Role.EXPOSES and not item.how.startswith("targetPort") and not documented:
        return False
    if not certain:
        exposed = {other.port for other in claims if other.place.role is Role.EXPOSES}
        if any(other.port in known - exposed for other in claims if other.place.role is not Role.EXPOSES):
            return False
    return any(
        other.place.path == claim.place.path
        and other.place.occurrence.service == item.service
        and other.place.role is item.role
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
    cluster = [claim for claim in claims if deployment_of(claim.place) == CLUSTER]
    if len(cluster) > 1 and len({claim.port for claim in cluster}) == 1 and len(cluster) < len(claims):
        # the cluster agrees with itself, and so need not with another way to deploy
        claims = [claim for claim in claims if claim not in cluster]
        exposed = [claim for claim in exposed if claim not in cluster]
        ports = {claim.port for claim in exposed}
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
            yield from report(point, bad, first, [claim for claim in claims if claim.port in mine], Confidence.MEDIUM)
            return
    others = [claim for claim in claims if claim.place.role is not Role.EXPOSES and claim.port not in ports]
    if exposed and others:
        yield from report(point, others, exposed, [c for c in claims if c.port in ports], Confidence.MEDIUM)
    elif not exposed and len({claim.port for claim in claims}) > 1:
        counts = Counter(claim.port for claim in claims)
        (top, most), *rest = counts.most_common()
        pair = len(claims) == 2 and _same_protocol(*claims)
        if (most >= 2 or pair) and all(count == 1 for _, count in rest) and len(rest) == 1:
            bad = [claim for claim in claims if claim.port != top]
            good = [claim for claim in claims if claim.port == top]
            yield from report(point, bad, good, good, Confidence.MEDIUM)


def _same_protocol(one: Claim, other: Claim) -> bool:
    """Two clients of one port: one of them is the service's own probe, or both name the same protocol."""
    if (one.place.role is Role.PROBES) != (other.place.role is Role.PROBES):
        return True
    words = [set(tokens(f"{c.place.occurrence.name} {c.place.occurrence.how}")) & _PROTOCOLS for c in (one, other)]
    return bool(words[0] & words[1])
