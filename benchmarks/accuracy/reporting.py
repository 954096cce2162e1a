"""Outcomes as tables for people (Markdown) and as JSON."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict

from benchmarks.accuracy.mutating import CAUGHT, ELSEWHERE, MISSED, PLACE, QUIET, Outcome
from benchmarks.accuracy.sites import ACROSS, LINKED, SEEN, UNSEEN

RESULTS = (CAUGHT, QUIET, PLACE, ELSEWHERE, MISSED)
STATES = (LINKED, ACROSS, SEEN, UNSEEN)
GROUPS: dict[str, Callable[[Outcome], str]] = {
    "state": lambda outcome: outcome.site.state,
    "file kind": lambda outcome: outcome.site.file_kind,
    "role": lambda outcome: outcome.site.role or "-",
    "link evidence": lambda outcome: outcome.site.link or "-",
    "rule": lambda outcome: outcome.rule or "-",
    "value": lambda outcome: outcome.site.kind,
    "tree": lambda outcome: outcome.tree,
}


def figures(outcomes: Sequence[Outcome]) -> dict[str, dict[str, dict[str, int]]]:
    """How often each result came about: by grouping and by group; ``linked`` sites alone except for ``state``."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for title, key in GROUPS.items():
        groups: dict[str, Counter[str]] = defaultdict(Counter)
        for outcome in outcomes:
            if title == "state" or outcome.site.state == LINKED:
                groups[key(outcome)][outcome.result] += 1
        found[title] = dict(sorted(groups.items()))
    return {title: {name: dict(counts) for name, counts in groups.items()} for title, groups in found.items()}


def text(outcomes: Sequence[Outcome]) -> str:
    """Markdown tables, one a grouping."""
    parts = []
    for title, groups in figures(outcomes).items():
        note = "" if title == "state" else " (places of one setting and profile)"
        parts.append(f"\n## By {title}{note}\n")
        parts += _table(title, groups.items())
    for state in STATES[1:]:
        groups = defaultdict(Counter)
        for outcome in outcomes:
            if outcome.site.state == state and outcome.site.context:
                groups[f"{outcome.site.file_kind}, {outcome.site.role or '-'}"][outcome.result] += 1
        if groups:
            parts.append(f"\n## {state.capitalize()}, on lines that speak of a port, by file kind and role\n")
            parts += _table("file kind, role", sorted(groups.items()))
    return "\n".join(parts) + "\n"


def _table(title: str, groups: Iterable[tuple[str, dict[str, int]]]) -> list[str]:
    rows = [f"| {title} | n | {' | '.join(RESULTS)} | caught |", "|---" * (len(RESULTS) + 3) + "|"]
    for name, counts in groups:
        total = sum(counts.values())
        share = f"{100 * counts.get(CAUGHT, 0) / total:.0f} %"
        rows.append(f"| {name} | {total} | {' | '.join(str(counts.get(item, 0)) for item in RESULTS)} | {share} |")
    return rows


def misses(outcomes: Sequence[Outcome], most_others: int = 6) -> str:
    """What was not found, by class: state, file kind, role and result."""
    classes: dict[tuple[int, bool, str, str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.result != CAUGHT:
            site = outcome.site
            key = (STATES.index(site.state), not site.context, site.file_kind, site.role, outcome.result)
            classes[key].append(outcome)
    parts = []
    for (state, plain, kind, role, result), members in sorted(classes.items()):
        note = ", line does not speak of a port" if plain else ""
        parts.append(f"\n### {STATES[state]}{note}: {kind}, {role or '-'}: {result} ({len(members)})\n")
        for outcome in members:
            site = outcome.site
            parts.append(f"- {outcome.tree} {site.path}:{site.line}  {site.old} -> {outcome.new}  {site.kind}")
            parts.append(f"      {outcome.text}")
            said = "; ".join(filter(None, (", ".join(site.settings) or site.name, site.link, site.how)))
            if said:
                parts.append(f"      is: {said}")
            more = len(site.others) - most_others
            others = ", ".join(f"{path}:{line}" for path, line in site.others[:most_others])
            parts.append(f"      agrees with: {others}{f' and {more} more' if more > 0 else ''}")
            if outcome.rule:
                parts.append(f"      named by: {outcome.rule} {outcome.confidence} {outcome.setting}")
            parts += [f"      elsewhere: {item}" for item in outcome.elsewhere[:4]]
    return "\n".join(parts) + "\n"


def as_json(outcomes: Sequence[Outcome]) -> str:
    """Figures and all outcomes as one object, ASCII only."""
    return json.dumps({"figures": figures(outcomes), "outcomes": [asdict(item) for item in outcomes]}, indent=1) + "\n"
