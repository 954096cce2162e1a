"""Precision over judged findings, as tables and as JSON."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict

from benchmarks.accuracy.judged import Judged

GROUPS: dict[str, Callable[[Judged], str]] = {
    "confidence": lambda row: row.confidence,
    "severity": lambda row: row.severity,
    "rule": lambda row: row.rule,
    "link evidence": lambda row: row.evidence,
}


def precision(rows: Sequence[Judged]) -> dict[str, dict[str, tuple[int, int]]]:
    """By grouping and group: how many findings are real, of how many."""
    found: dict[str, dict[str, tuple[int, int]]] = {"all": {"all": (sum(bool(row.real) for row in rows), len(rows))}}
    for title, key in GROUPS.items():
        real: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for row in rows:
            total[key(row)] += 1
            real[key(row)] += bool(row.real)
        found[title] = {name: (real[name], total[name]) for name in sorted(total)}
    return found


def text(rows: Sequence[Judged], unjudged: Sequence[Judged] = (), lost: Sequence[Judged] = ()) -> str:
    """Markdown: precision by grouping, the false ones, those to be judged, and real ones that are no longer found."""
    repositories = len({(row.repository, row.commit) for row in [*rows, *unjudged, *lost]})
    parts = [f"{len(rows)} judged findings, {repositories} repositories"]
    for title, groups in precision(rows).items():
        parts.append(f"\n| {title} | real | of | precision |\n|---|---|---|---|")
        for name, (real, total) in groups.items():
            parts.append(f"| {name} | {real} | {total} | {f'{100 * real / total:.0f} %' if total else '-'} |")
    for heading, listed in (
        ("False", [row for row in rows if not row.real]),
        ("Not judged yet", unjudged),
        ("Real, and no longer found", lost),
    ):
        if listed:
            parts.append(f"\n{heading}:\n")
            parts += [
                f"- {row.repository}@{row.commit[:9]} {row.place} {row.rule} {row.severity}/{row.confidence} "
                f"{row.setting} ({row.evidence}){': ' if row.why else ''}{row.why}"
                for row in listed
            ]
    return "\n".join(parts) + "\n"


def as_json(rows: Sequence[Judged], unjudged: Sequence[Judged] = (), lost: Sequence[Judged] = ()) -> str:
    """The same as one object, ASCII only."""
    repositories: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        repositories[f"{row.repository}@{row.commit}"]["real" if row.real else "false"] += 1
    found = {
        "precision": precision(rows),
        "repositories": repositories,
        "unjudged": [asdict(row) for row in unjudged],
        "lost": [asdict(row) for row in lost],
    }
    return json.dumps(found, indent=1) + "\n"
