"""``usage`` of ports by scripts: a server is started in the background, and nobody looked whether its port is free.

Only what stands before the launch in its own file counts: a program that asks about the port (``lsof``, ``ss``), one
that frees it (``fuser -k``), or a client that tries it (``nc -z``, ``curl``). What asks about a port that is not known
(``lsof -i ":$1"`` in a function) may be about any.
"""

from __future__ import annotations

from collections.abc import Iterator

from portlint.checks.deviation import Deviation
from portlint.linking import Linked
from portlint.linking.tree import Place
from portlint.model import Confidence, Kind, Role
from portlint.values import Reference

_ASKS = (Role.CONNECTS, Role.PROBES)


def check(linked: Linked) -> Iterator[Deviation]:
    """Look at every launch that a script puts into the background."""
    for path, facts in sorted(linked.tree.facts.items()):
        starts = {remark.span for remark in facts.extraction.remarks if remark.kind == "background"}
        if not starts:
            continue
        asked: set[str | None] = set()
        for place in sorted(linked.tree.by_path.get(path, ()), key=lambda place: place.order):
            if place.kind is not Kind.PORT:
                continue
            item = place.occurrence
            if item.how == "port check" or item.role in _ASKS:
                asked.add(place.value)
            elif item.span in starts and item.role in (Role.PASSES, Role.LISTENS) and place.value not in (None, "0"):
                yield from () if asked & {None, place.value} else (_deviation(place),)


def _deviation(place: Place) -> Deviation:
    value = place.occurrence.value
    return Deviation(
        check="usage",
        setting=value.name if isinstance(value, Reference) else place.occurrence.name or f"port {place.value}",
        kind=Kind.PORT,
        place=place,
        expected="",
        others=(),
        confidence=Confidence.MEDIUM,
        traits=frozenset({"unguarded"}),
        reason="nothing before it asks about the port",
    )
