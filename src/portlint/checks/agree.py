"""``agree``: the places of one named setting say one value.

Overriding is what ``.env`` is for, so a default beside an actual ``.env`` weighs little; a default beside another
default, an example or a document weighs much. Values differ for good reasons across profiles and networks; those
never meet here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from portlint import knowledge, names
from portlint.checks.deviation import MOST, Deviation
from portlint.linking import Linked
from portlint.linking.named import Group, Link
from portlint.linking.points import LOOPBACK, is_own_address
from portlint.linking.tree import Place
from portlint.model import Confidence, Kind, Role
from portlint.places import HISTORY, TROUBLE, profile_of
from portlint.policy import PINNED

_EXAMPLE = re.compile(r"example|sample|template|dist|default", re.IGNORECASE)
_WEIGHT = {Role.DECLARES: 3.0, Role.DEFAULTS: 2.5, Role.DOCUMENTS: 1.0}
_KEYS = frozenset({"config", "setting", "property"})
_OTHER_MODE = re.compile(r"\b(?:prod(?:uction)?|staging|docker|kubernetes|k8s|helm|test(?:s|ing)?|ci)\b", re.IGNORECASE)


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
    right = _right({value: camps[value] for value in decided} or camps)
    rest = [link for value, camp in camps.items() if value != right for link in camp]
    agreeing = sorted(camps[right], key=_telling)
    files = {link.place.path for link in camps[right]}
    for link in sorted(rest, key=lambda link: link.place.order):
        confidence = Confidence.HIGH if decided else _confidence(group, link, agreeing, files, stated)
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
            confidence=confidence if decided else _weaker(confidence, link.strength),
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
    return bool(place.value) and not item.optional and item.role in _WEIGHT


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


def _weight(place: Place) -> float:
    if place.occurrence.commented:
        return 0.5
    weight = _WEIGHT[place.role]
    if place.role is Role.DECLARES and _is_env(place) and not _is_example(place):
        weight = 3.5
    return weight


def _right(camps: dict[str, list[Link]]) -> str:
    """The value that most speaks for: by weight, then by the most telling single place, then by position."""

    def score(value: str) -> tuple[float, float, tuple[int, ...]]:
        weights = [_weight(link.place) for link in camps[value]]
        first = min(link.place.order for link in camps[value])
        return (sum(weights), max(weights), tuple(-ord(character) for character in first[0]))

    return max(sorted(camps), key=score)


def _telling(link: Link) -> tuple[float, tuple[str, int, int]]:
    return (-_weight(link.place), link.place.order)


def _is_env(place: Place) -> bool:
    name = place.path.rpartition("/")[2].lower()
    return ".env" in name or name.startswith("env")


def _is_example(place: Place) -> bool:
    return bool(_EXAMPLE.search(place.path.rpartition("/")[2]))


def _is_override(place: Place) -> bool:
    """An actual ``.env`` or an environment that is there to replace defaults."""
    if place.role is not Role.DECLARES:
        return False
    if place.occurrence.how in ("command prefix", "config environment", "task environment"):
        return True
    return (_is_env(place) and not _is_example(place)) or _in_container(place)


def _confidence(group: Group, link: Link, agreeing: list[Link], files: set[str], stated: set[str]) -> Confidence | None:
    place = link.place
    if place.profile == HISTORY:
        return None
    if _well_known(group, place) and all(_well_known(group, other.place) for other in agreeing):
        return Confidence.LOW  # mail on 25, 587 or 1025: another server, not another port
    if _software_of(place.value) and all(
        _software_of(other.place.value) not in (None, _software_of(place.value)) for other in agreeing
    ):
        return Confidence.LOW  # 3306 or 5432: another database, not another port
    if not any(_is_comparable(place, other.place) for other in agreeing):
        return Confidence.LOW
    solid = [other.place for other in agreeing if other.place.role is not Role.DOCUMENTS]
    if place.role is Role.DOCUMENTS:
        return _document(place, solid, files, stated)
    if place.role is Role.DEFAULTS:
        if _is_code(place) and any(other.path == place.path for other in solid):
            return Confidence.LOW  # branches of one file choose between them
        if all(_is_override(other) or other.role is Role.DOCUMENTS for other in (link.place for link in agreeing)):
            beside = any(link.place.path == place.path and link.place.role is Role.DOCUMENTS for link in agreeing)
            documented = any(link.place.role is Role.DOCUMENTS for link in agreeing) and not _well_known(group, place)
            return Confidence.HIGH if beside else Confidence.MEDIUM if documented else Confidence.LOW
        if _well_known(group, place) and not any(other.role is Role.DEFAULTS for other in solid):
            return Confidence.LOW
        return (
            Confidence.HIGH
            if len(solid) > 1 or any(other.role is Role.DEFAULTS for other in solid)
            else Confidence.MEDIUM
        )
    if any(other.place.path == place.path and other.place.role is place.role for other in agreeing):
        return Confidence.LOW if not _same_scope(place, agreeing) else Confidence.MEDIUM
    if _is_override(place):
        declared = [other for other in solid if other.role is Role.DECLARES]
        if _in_container(place) and all(_in_container(other) and other.path != place.path for other in declared):
            return Confidence.LOW  # two ways to deploy
        if not declared:
            return Confidence.LOW
        return Confidence.MEDIUM
    return Confidence.HIGH if len(solid) > 1 else Confidence.MEDIUM


def _is_code(place: Place) -> bool:
    """A default in a program, which may state another one on another branch; in a file of settings it may not."""
    return place.occurrence.how not in ("shell default", "compose default", "make default")


def _is_comparable(place: Place, other: Place) -> bool:
    """Two programs have two configurations and two constants of one name; a variable is one for both."""
    mine, its = place.occurrence, other.occurrence
    if mine.how == its.how == "constant" and place.kind is Kind.PATH:
        return place.path == other.path
    if mine.how == its.how == "manifest" and not mine.name.isupper():
        return False  # a key of many objects
    if not mine.name.isupper() and ("." in mine.name or (mine.how in _KEYS and its.how in _KEYS)):
        one, two = (path.rpartition("/")[0] for path in (place.path, other.path))
        related = one == two or one.startswith(two and two + "/") or two.startswith(one and one + "/")
        return related and _configuration(place.path) == _configuration(other.path)
    own = is_own_address(mine.name) and _in_container(place) and _in_container(other)
    return not own or (mine.service == its.service and place.path == other.path)


def _configuration(path: str) -> str:
    """The name of a configuration file without the words that say which variant of it this is."""
    words = re.split(r"[._\-]", path.rpartition("/")[2].lower())[:-1]
    return "".join(
        word for word in words if not _EXAMPLE.fullmatch(word) and profile_of(f"config.{word}.json") == "default"
    )


def _same_scope(place: Place, agreeing: Iterable[Link]) -> bool:
    """Whether a value is repeated for different services in one file, which is where one of them is forgotten."""
    return any(
        other.place.path == place.path and other.place.occurrence.service != place.occurrence.service
        for other in agreeing
    )


def _document(place: Place, solid: list[Place], files: set[str], stated: set[str]) -> Confidence | None:
    item = place.occurrence
    if not solid or place.value in stated:
        return None
    if item.commented:
        live = any(other.path == place.path and other.occurrence.name == item.name for other in solid)
        beside = any(other.path == place.path and other.region.line == place.region.line for other in solid)
        return (
            Confidence.LOW
            if live and not beside and place.path.rpartition("/")[2].startswith(".env")
            else Confidence.MEDIUM
        )
    if _OTHER_MODE.search(item.label) or TROUBLE.search(item.label):
        return Confidence.LOW
    if "code block" in item.how:
        return Confidence.LOW if place.path in files else Confidence.MEDIUM
    return Confidence.HIGH if len(solid) > 1 else Confidence.MEDIUM


def _well_known(group: Group, place: Place) -> bool:
    """The value is what everybody's server of that name listens on, so it is a default on purpose."""
    for word in names.tokens(names.stem(group.name)):
        service = knowledge.load().by_word.get(word.upper())
        if service is not None and place.value in {str(port) for port in service.ports}:
            return True
    return False


def _in_container(place: Place) -> bool:
    return place.occurrence.network.startswith("container") or place.occurrence.how == "ConfigMap"


def _software_of(value: str | None) -> str | None:
    """The software that has a port for itself, where there is one."""
    number = int(value) if value and value.isdigit() else 0
    return next(
        (service.words[0] for service in knowledge.load().services if number in service.ports and service.schemes), None
    )


def _weaker(confidence: Confidence, strength: int) -> Confidence:
    if strength >= 3 or confidence is Confidence.LOW:
        return confidence
    return Confidence.MEDIUM if strength == 2 else Confidence.LOW
