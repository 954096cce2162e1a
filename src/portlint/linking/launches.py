"""Launches: the commands and calls that start a program, each with the ports and hosts it is given."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from portlint.linking.tree import Place, Tree
from portlint.model import Kind, Role


@dataclass(frozen=True, slots=True, eq=False)
class Launch:
    """One launch of a program. ``port`` and ``host`` may be the tool's own default (``how`` says so)."""

    tool: str
    target: str
    path: str
    component: str
    profile: str
    service: str
    port: Place | None
    host: Place | None


def launches(tree: Tree) -> list[Launch]:
    """All launches of known tools, documents left out."""
    found: dict[tuple[str, int], list[Place]] = defaultdict(list)
    for place in tree.places:
        item = place.occurrence
        if (
            item.role in (Role.LISTENS, Role.PASSES)
            and item.tool
            and item.group
            and not item.commented
            and not item.url
        ):
            found[place.path, item.group].append(place)
    result = []
    for (path, _), places in found.items():
        first = places[0]
        ports = [place for place in places if place.kind is Kind.PORT]
        hosts = [place for place in places if place.kind is Kind.HOST]
        result.append(
            Launch(
                first.occurrence.tool,
                first.occurrence.target,
                path,
                first.component,
                first.profile,
                first.occurrence.service,
                ports[0] if ports else None,
                hosts[0] if hosts else None,
            )
        )
    return result
