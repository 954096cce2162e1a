"""Values that the configuration gives to settings, as places of the configuration file: linked by name like any other.

Who disagrees with one is wrong by decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from portlint.collecting import Collector
from portlint.endpoints import declare
from portlint.model import Extraction, Occurrence
from portlint.policy import PINNED, Pinned, Policy
from portlint.reading import FileFacts
from portlint.text import Region
from portlint.values import Literal

_ELSEWHERE = 1_000_000
"""Added to the numbers of URLs, so that they differ from those of the same file's other occurrences."""


def with_pinned(facts: Mapping[str, FileFacts], policy: Policy) -> Mapping[str, FileFacts]:
    """The facts of a tree, and those of its configuration file."""
    found: list[tuple[Occurrence, Region]] = []
    values = [(decision.name, pinned) for decision in policy.decisions for pinned in decision.values]
    for number, (name, pinned) in enumerate(values, 1):
        into = Collector()
        declare(into, name, Literal(pinned.value, pinned.span), how=PINNED, profile=pinned.profile)
        for item in into.build().occurrences:
            url = item.url and item.url + number * _ELSEWHERE
            found.append((replace(item, url=url), _region(item, pinned)))
    if not found:
        return facts
    known = facts.get(policy.path, FileFacts(policy.path, Extraction(), (), ()))
    occurrences = (*known.extraction.occurrences, *(item for item, _ in found))
    mine = replace(
        known,
        extraction=replace(known.extraction, occurrences=occurrences),
        regions=(*known.regions, *(region for _, region in found)),
    )
    return {**facts, policy.path: mine}


def _region(item: Occurrence, pinned: Pinned) -> Region:
    """Where a part of a value stands; a value is on one line."""
    line, column = pinned.region.line, pinned.region.column - pinned.span.start
    return Region(line, column + item.span.start, line, column + item.span.end)
