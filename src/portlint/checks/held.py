"""Wrong claims as deviations: each against the listeners of its endpoint, or one listener against all its clients."""

from __future__ import annotations

from collections.abc import Iterator

from portlint.checks.deviation import MOST, Deviation
from portlint.linking.points import Claim, Endpoint
from portlint.linking.tree import Place
from portlint.model import Confidence, Role

_WORD = {Role.PUBLISHES: "is published", Role.LISTENS: "listens", Role.PASSES: "listens", Role.EXPOSES: "is exposed"}


def report(
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
    stated = [claim for claim in bad if "implied" not in claim.place.occurrence.how]
    guessed = point.network == "host" and right[0].place.occurrence.how == "tool default"
    if (
        stated
        and not guessed
        and len(values) == 1
        and len(bad) > 1
        and len({claim.port for claim in right}) == 1
        and not good
        and len(right) == 1
    ):
        others = [(claim.place, claim.reason) for claim in bad]
        others += [(source, "states the value") for source in right[0].sources]
        yield _deviation(point, right[0], next(iter(values)), others, ceiling)
        return
    causes = tuple((other.place, *other.sources) for other in right)
    common = [(other.place, _WORD.get(other.place.role, other.reason)) for other in right]
    common += [(source, "states the value") for other in right for source in other.sources]
    common = [*common[:MOST], *((other.place, other.reason) for other in good[:MOST])]
    shown = bad[:MOST]  # a list for each claim: of all of them it would be quadratic
    for claim in bad:
        others = [*common, *((other.place, "deviates too") for other in shown if other is not claim)]
        others += [(source, "states the value") for source in claim.sources]
        yield _deviation(point, claim, expected, others, ceiling, causes)


def _deviation(
    point: Endpoint,
    claim: Claim,
    expected: str,
    others: list[tuple[Place, str]],
    ceiling: Confidence,
    causes: tuple[tuple[Place, ...], ...] = (),
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
        causes=causes,
        network="host" if point.network == "host" else f"container:{point.unit.name}",
    )
