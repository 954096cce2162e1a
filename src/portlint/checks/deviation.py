"""What a check finds: a place that deviates, the others it was held against, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

from portlint.linking.tree import Place
from portlint.model import Confidence, Kind, Severity

MOST = 100
"""How many places of one kind a deviation names."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deviation:
    """One place that does not fit. ``others`` are the places it contradicts, most telling first, each with a word."""

    check: str
    setting: str
    kind: Kind
    place: Place
    expected: str
    others: tuple[tuple[Place, str], ...]
    confidence: Confidence
    traits: frozenset[str] = frozenset()
    severity: Severity | None = None
    """Replaces the rule's severity where this case weighs less."""
    reason: str = ""
    network: str = ""
    causes: tuple[tuple[Place, ...], ...] = ()
    """What it is held against: for each of those places itself and where its value comes from."""


def lower(confidence: Confidence) -> Confidence:
    """One step less certain."""
    return Confidence.MEDIUM if confidence is Confidence.HIGH else Confidence.LOW
