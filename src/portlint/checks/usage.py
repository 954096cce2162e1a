"""``usage``: names that are read and declared nowhere, declared and read nowhere, or both but for one word."""

from __future__ import annotations

from collections.abc import Iterator

from portlint import names
from portlint.checks.deviation import Deviation
from portlint.linking import Linked
from portlint.linking.tree import Place
from portlint.model import Confidence, Role


def check(linked: Linked) -> Iterator[Deviation]:
    """Compare what is declared with what is read. Every kind of use in any file counts."""
    declared: dict[str, list[Place]] = {}
    used: dict[str, list[Place]] = {}
    for place in linked.tree.places:
        item = place.occurrence
        if not item.name or item.commented:
            continue
        for name in (item.name, *item.aliases):
            canonical = names.canonical(name)
            if item.role in (Role.READS, Role.DEFAULTS):
                used.setdefault(canonical, []).append(place)
            elif item.role in (Role.DECLARES, Role.DOCUMENTS):
                declared.setdefault(canonical, []).append(place)
    undeclared = {name: places for name, places in used.items() if name not in declared and _environment(places)}
    unused = {name: places for name, places in declared.items() if name not in used and _from_env(places)}
    for name in sorted(undeclared):
        near = _near(name, unused)
        if near:
            yield _deviation(undeclared[name][0], "misnamed", f"{near} is declared instead", unused[near][0])
        else:
            yield _deviation(undeclared[name][0], "undeclared", "no .env, compose file or document names it", None)
    for name in sorted(unused):
        if not _near(name, undeclared):
            yield _deviation(unused[name][0], "unused", "nothing in this tree reads it", None)


def _environment(places: list[Place]) -> bool:
    return any(
        place.role is Role.READS or "getenv" in place.occurrence.how or "env" in place.occurrence.how
        for place in places
    )


def _from_env(places: list[Place]) -> bool:
    return any(".env" in place.path.rpartition("/")[2] for place in places)


def _near(name: str, others: dict[str, list[Place]]) -> str:
    """A name that differs by one added, missing or other word."""
    words = name.split("_")
    found = [
        other
        for other in others
        if len(words) > 1
        and other.count("_")
        and len(set(words) ^ set(other.split("_"))) <= 2
        and set(words) & set(other.split("_")) - {"PORT", "HOST", "URL"}
    ]
    return found[0] if len(found) == 1 else ""


def _deviation(place: Place, trait: str, reason: str, other: Place | None) -> Deviation:
    return Deviation(
        check="usage",
        setting=place.occurrence.name,
        kind=place.kind,
        place=place,
        expected=other.occurrence.name if other else "",
        others=((other, "declared here"),) if other else (),
        confidence=Confidence.MEDIUM,
        traits=frozenset({trait}),
        reason=reason,
    )
