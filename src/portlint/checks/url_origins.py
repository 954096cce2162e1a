"""``agree`` for the rest of a composition: ``X_URL`` has the host of ``X_HOST`` and the scheme of ``X_SCHEME``.

Only within one file and one service, where a person reads the two beside each other: hosts and schemes differ from one
deployment to the next. A bind or loopback address is not what others call the host, so it is not compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from portlint import names
from portlint.checks.deviation import Deviation
from portlint.checks.url_parts import SAME
from portlint.linking import Linked
from portlint.linking.points import ANY_ADDRESS, LOOPBACK
from portlint.linking.tree import Place
from portlint.linking.unit import Unit
from portlint.model import Confidence, Kind, Role
from portlint.places import HISTORY

_STATES = (Role.DECLARES, Role.DEFAULTS)
_PAIRS = ({"http", "https"}, {"ws", "wss"})
"""Schemes that are two ways to one server; another scheme is another server."""
_ADDRESS = re.compile(r"[0-9.]+|[0-9a-f:]*:[0-9a-f:]+")
_Scope = tuple[str, str, str, Kind]


def check(linked: Linked) -> Iterator[Deviation]:
    """Hold host and scheme of every named URL against the settings of its stem in the same file."""
    stated: dict[_Scope, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
    parts: list[Place] = []
    for place in linked.tree.places:
        item = place.occurrence
        if place.kind not in (Kind.HOST, Kind.SCHEME) or item.role not in _STATES or not item.name.isupper():
            continue
        if item.commented or item.optional or not place.value or place.profile == HISTORY:
            continue
        if item.url:
            parts.append(place)
        else:
            stem = names.stem(item.name)
            if stem:
                stated[_scope(place)][stem].append(place)
    for place in parts:
        settings = stated.get(_scope(place))
        if settings and not place.sources:
            found = _setting(names.stem(place.occurrence.name).split("_"), settings)
            if found is not None and _differ(place, found, linked.units.by_host):
                yield _deviation(place, found)


def _scope(place: Place) -> _Scope:
    return (place.path, place.occurrence.service, place.profile, place.kind)


def _setting(words: list[str], settings: dict[str, list[Place]]) -> Place | None:
    """The one setting whose stem is the longest beginning of a URL's stem."""
    for count in range(len(words), 0, -1):
        if not set(words[count:]) <= SAME:
            return None
        found = settings.get("_".join(words[:count]), [])
        if found:
            return found[0] if len({place.value for place in found}) == 1 else None
    return None


def _differ(place: Place, setting: Place, by_host: Mapping[str, list[Unit]]) -> bool:
    """Names with dots are examples as often as hosts, and one unit may have several names without."""
    mine, its = place.value or "", setting.value or ""
    if place.kind is Kind.SCHEME:
        return mine != its and any({mine, its} == pair for pair in _PAIRS)
    vague = LOOPBACK | ANY_ADDRESS
    if (
        mine == its
        or mine in vague
        or its in vague
        or any(unit in by_host.get(its, ()) for unit in by_host.get(mine, ()))
    ):
        return False
    return all(_ADDRESS.fullmatch(host) for host in (mine, its)) or ("." not in mine and "." not in its)


def _deviation(place: Place, setting: Place) -> Deviation:
    name = setting.occurrence.name
    return Deviation(
        check="agree",
        setting=place.occurrence.name,
        kind=place.kind,
        place=place,
        expected=setting.value or "",
        others=((setting, f"{name} of the same stem"),),
        confidence=Confidence.HIGH,
        traits=frozenset({"url-part"}),
        reason=f"{place.occurrence.name} is made of {name}",
    )
