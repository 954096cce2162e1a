"""How much a place of a named setting weighs, and how sure it is that a deviating one is wrong.

Overriding is what ``.env`` is for, so a default beside an actual ``.env`` weighs little; a default beside another
default, an example or a document weighs much.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from portlint import knowledge, names
from portlint.checks.deployments import apart
from portlint.linking.named import Group, Link
from portlint.linking.points import is_own_address
from portlint.linking.tree import Place
from portlint.model import Confidence, Kind, Role
from portlint.places import HISTORY, TROUBLE, profile_of

_EXAMPLE = re.compile(r"example|sample|template|dist|default", re.IGNORECASE)
_KEYS = frozenset({"config", "setting", "property"})
WEIGHT = {Role.DECLARES: 3.0, Role.DEFAULTS: 2.5, Role.DOCUMENTS: 1.0}
_ALL_DOCUMENTS = 2.4
_OTHER_MODE = re.compile(r"\b(?:prod(?:uction)?|staging|docker|kubernetes|k8s|helm|test(?:s|ing)?|ci)\b", re.IGNORECASE)


def _weight(place: Place) -> float:
    if place.occurrence.commented:
        return 0.5
    weight = WEIGHT[place.role]
    if place.role is Role.DECLARES and _is_env(place) and not _is_example(place):
        weight = 3.5
    return weight


def right_value(camps: dict[str, list[Link]]) -> str:
    """The value that most speaks for: by weight, then by the most telling single place, then by position.

    Documents copy from each other: however many there are, they weigh less than one place that takes effect.
    """

    def score(value: str) -> tuple[float, float, tuple[int, ...]]:
        documents = [_weight(link.place) for link in camps[value] if link.place.role is Role.DOCUMENTS]
        solid = [_weight(link.place) for link in camps[value] if link.place.role is not Role.DOCUMENTS]
        first = min(link.place.order for link in camps[value])
        total = sum(solid) + min(sum(documents), _ALL_DOCUMENTS)
        return (total, max(documents + solid), tuple(-ord(character) for character in first[0]))

    return max(sorted(camps), key=score)


def telling(link: Link) -> tuple[float, tuple[str, int, int]]:
    """The order in which places are named: the heaviest first."""
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


def confidence_of(
    group: Group, link: Link, agreeing: list[Link], files: set[str], stated: set[str]
) -> Confidence | None:
    """How sure it is that a place is wrong where ``agreeing`` say otherwise; ``None`` where nothing is to be said.

    ``files`` hold an agreeing place; ``stated`` are the values that code and configuration of any profile state.
    """
    place = link.place
    if place.profile == HISTORY:
        return None
    if _well_known(group, place) and all(_well_known(group, other.place) for other in agreeing):
        return Confidence.LOW  # mail on 25, 587 or 1025: another server, not another port
    if _software_of(place.value) and all(
        _software_of(other.place.value) not in (None, _software_of(place.value)) for other in agreeing
    ):
        return Confidence.LOW  # 3306 or 5432: another database, not another port
    agreeing = [other for other in agreeing if _is_comparable(place, other.place)]
    if not agreeing:
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
    if apart(place, other):
        return False
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
    if _OTHER_MODE.search(item.label) or TROUBLE.search(item.label) or _is_usual(place):
        return Confidence.LOW
    if "code block" in item.how:
        return Confidence.LOW if place.path in files else Confidence.MEDIUM
    return Confidence.HIGH if len(solid) > 1 else Confidence.MEDIUM


def _is_usual(place: Place) -> bool:
    """A document that shows software where everybody has it, or a site without a port: somebody's own server."""
    return _software_of(place.value) is not None or (bool(place.occurrence.url) and place.value in ("80", "443"))


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


def weaker(confidence: Confidence, strength: int) -> Confidence:
    """A confidence that is no higher than the link is strong."""
    if strength >= 3 or confidence is Confidence.LOW:
        return confidence
    return Confidence.MEDIUM if strength == 2 else Confidence.LOW
