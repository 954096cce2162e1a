"""Outcomes as tables for people (Markdown) and as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict

from benchmarks.accuracy.mutating import CAUGHT, ELSEWHERE, MISSED, PLACE, QUIET, Outcome
from benchmarks.accuracy.sites import ACROSS, LINKED, SEEN, UNSEEN
from portlint.model import Kind

RESULTS = (CAUGHT, QUIET, PLACE, ELSEWHERE, MISSED)
STATES = (LINKED, ACROSS, SEEN, UNSEEN)
GROUPS: dict[str, Callable[[Outcome], str]] = {
    "state": lambda outcome: outcome.site.state,
    "file kind": lambda outcome: outcome.site.file_kind,
    "role": lambda outcome: outcome.site.role or "-",
    "link evidence": lambda outcome: evidence(outcome.site.link),
    "how many other places agree": lambda outcome: _several(len(outcome.site.others)),
    "rule": lambda outcome: outcome.rule or "-",
    "value": lambda outcome: outcome.site.kind,
    "tree": lambda outcome: outcome.tree,
}


_EVIDENCE = (
    (r"^its host is .*", "its host is a service"),
    (r"^its scheme is .*", "its scheme is a service's"),
    (r"^the path .*", "the path of a route"),
    (r"^the text says .*", "the text says"),
    (r"^it stands in .*", "it stands in a component"),
    (r"^\S+ names it$", "a variable names it"),
    (r"^\S+ reads \S+$", "a tool reads the variable"),
)


def evidence(link: str) -> str:
    """The kind of a link's reason: names, paths and texts in it are left out."""
    for pattern, name in _EVIDENCE:
        if re.fullmatch(pattern, link, re.DOTALL):
            return name
    return link or "-"


def _several(count: int) -> str:
    return str(count) if count < 4 else "4 and more"


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


def misses(outcomes: Sequence[Outcome], most: int = 12, most_others: int = 6) -> str:
    """What was not found, by class: state, value, evidence, file kind, role and result; some of each."""
    classes: dict[tuple[int, bool, bool, str, str, str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.result != CAUGHT:
            site = outcome.site
            link = evidence(site.link)
            plain = site.kind != Kind.PORT
            key = (STATES.index(site.state), plain, not site.context, link, site.file_kind, site.role, outcome.result)
            classes[key].append(outcome)
    parts = ["\n# Not found, by class\n"]
    order = sorted(classes.items(), key=lambda entry: (entry[0][:3], -len(entry[1]), entry[0]))
    for (state, plain, bare, link, kind, role, result), members in order:
        note = ", not a port" if plain else ", the line does not speak of a port" if bare else ""
        parts.append(f"\n### {STATES[state]}{note}: {link}: {kind}, {role or '-'}: {result} ({len(members)})\n")
        if len(members) > most:
            parts.append(f"({most} of {len(members)} shown)\n")
        for outcome in members[:: -(-len(members) // most)]:
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
