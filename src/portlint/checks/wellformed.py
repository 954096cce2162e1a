"""``well-formed``: what one place alone can get wrong about a port, a host or a URL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portlint import names
from portlint.checks.deviation import Deviation
from portlint.knowledge import ports
from portlint.linking import Linked
from portlint.linking.tree import Place
from portlint.model import Confidence, Kind, Role
from portlint.places import HISTORY
from portlint.values import Literal

_SERVING = (Role.LISTENS, Role.PASSES, Role.PUBLISHES)
_CLIENT = (Role.CONNECTS, Role.PROXIES)
_STATED = (Role.DECLARES, Role.DEFAULTS)
_BINDING = frozenset("listen bind listener listeners urls serve addr address advertise".split())
_PLACEHOLDER = re.compile(r"[<>{}\[\]%$*]|^\W*$|^(?:x+|n+|port\w*|your\w*|\w*port)$", re.IGNORECASE)


def check(linked: Linked) -> Iterator[Deviation]:
    """Look at every place by itself."""
    for place in linked.tree.places:
        if (
            place.occurrence.optional
            or place.value is None
            or place.role is Role.READS
            or place.profile in ("test", HISTORY)
        ):
            continue
        if place.kind is Kind.PORT:
            yield from _port(linked, place)
        elif place.kind is Kind.HOST and place.value in ("0.0.0.0", "::"):
            yield from _bind(linked, place)


def _port(linked: Linked, place: Place) -> Iterator[Deviation]:
    value = place.value or ""
    item = place.occurrence
    if not value.isdigit():
        written = item.url and isinstance(item.value, Literal) and not item.commented
        mistyped = not _PLACEHOLDER.search(value) and any(character.isdigit() for character in value)
        if written and mistyped and item.role in (*_CLIENT, *_STATED):
            yield _deviation(place, "malformed-url", f"{value} is no port number", Confidence.HIGH)
        return
    number = int(value)
    if number > 65535:
        confidence = Confidence.MEDIUM if place.role is Role.DOCUMENTS else Confidence.HIGH
        yield _deviation(place, "invalid-port", "ports end at 65535", confidence)
        return
    if not isinstance(item.value, Literal) or item.how == "tool default":
        return
    inside = item.network.startswith("container")
    if place.role in _SERVING and not inside and place.profile in ("default", "development"):
        if number in ports.BROWSER_BLOCKED and _is_http(linked, place):
            yield _deviation(place, "browser-blocked-port", "browsers refuse it", Confidence.HIGH)
        elif (
            0 < number < ports.PRIVILEGED_BELOW
            and place.role is Role.LISTENS
            and item.tool not in ("nginx", "caddy", "")
        ):
            yield _deviation(place, "privileged-port", "it needs privileges on Linux", Confidence.MEDIUM)
        elif number >= 49152 and "udp" not in item.how and item.how != "launch profile":
            yield _deviation(place, "reserved-port", "the system may have given it away", Confidence.MEDIUM)
        return
    asked = item.url and place.role in (*_CLIENT, *_STATED) and "implied" not in item.how and not inside
    if asked and number in ports.BROWSER_BLOCKED and _is_http(linked, place):
        yield _deviation(place, "browser-blocked-port", "browsers refuse it", Confidence.MEDIUM)


def _is_http(linked: Linked, place: Place) -> bool:
    scheme = linked.tree.siblings(place).get(Kind.SCHEME)
    if scheme is not None:
        return (scheme.value or "") in ("http", "https", "ws", "wss")
    return place.role is Role.LISTENS and bool(place.occurrence.tool)


def _bind(linked: Linked, place: Place) -> Iterator[Deviation]:
    item = place.occurrence
    parts = linked.tree.siblings(place)
    scheme = parts.get(Kind.SCHEME)
    if scheme is None or item.commented or not isinstance(item.value, Literal) or place.profile in ("test", "ci"):
        return
    words = set(names.tokens(item.name))
    if item.role in _CLIENT or (item.role in _STATED and item.name and not words & _BINDING):
        yield _deviation(
            place, "bind-as-target", "it means every interface to a server and nothing to a client", Confidence.MEDIUM
        )


def _deviation(place: Place, trait: str, reason: str, confidence: Confidence) -> Deviation:
    return Deviation(
        check="well-formed",
        setting=place.occurrence.name or f"{place.kind} {place.value}",
        kind=place.kind,
        place=place,
        expected="",
        others=(),
        confidence=confidence,
        traits=frozenset({trait}),
        reason=reason,
    )
