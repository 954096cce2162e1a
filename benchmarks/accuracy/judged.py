"""Findings on public repositories that a person has read and called true or false, kept as data in ``judged.jsonl``.

A line is an object: ``repository`` (owner/name), ``commit`` (or its beginning), ``fingerprint``, ``rule``,
``severity``, ``confidence``, ``evidence`` (the kind of link), ``setting``, ``place``, ``real`` and ``why``.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.accuracy.reporting import evidence
from portlint import pipeline
from portlint.model import Confidence, Finding, Report, Severity

DATA = Path(__file__).with_name("judged.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One finding and what it turned out to be; ``real`` is ``None`` for one that nobody has judged yet."""

    repository: str
    commit: str
    fingerprint: str
    rule: str
    severity: str
    confidence: str
    evidence: str
    setting: str
    place: str
    real: bool | None = None
    why: str = ""


def load(path: Path = DATA) -> list[Judged]:
    """All judged findings. Raises ``ValueError`` with the line number for a line that is none."""
    rows = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            row = Judged(**json.loads(line))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path.name}:{number}: {error}") from None
        if not isinstance(row.real, bool) or not row.why:
            raise ValueError(f"{path.name}:{number}: 'real' must be true or false, and 'why' must say why")
        rows.append(row)
    return rows


def dump(rows: Iterable[Judged]) -> str:
    """Rows as lines of ASCII JSON."""
    return "".join(json.dumps(asdict(row)) + "\n" for row in rows)


def identify(root: Path, known: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """Which of the known repositories and commits a checkout is: by git, else by its name ``owner+name@commit``."""
    name, _, commit = root.name.partition("@")
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "rev-parse", "HEAD"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        name, commit = "", done.stdout.strip()
    for repository, start in known:
        if len(commit) >= 7 and (commit.startswith(start) or start.startswith(commit)):
            return repository, start
    return (name.replace("+", "/", 1), commit) if "+" in name and commit else None


def findings(root: Path, repository: str, commit: str) -> list[Judged]:
    """The errors and warnings that portlint shows by default in a checkout, not yet judged."""
    report = pipeline.run(root, options=pipeline.Options(cache=False, min_confidence=Confidence.MEDIUM))
    return [
        Judged(
            repository=repository,
            commit=commit,
            fingerprint=finding.fingerprint,
            rule=finding.code,
            severity=str(finding.severity),
            confidence=str(finding.confidence),
            evidence=_evidence(report, finding),
            setting=finding.setting,
            place=f"{finding.location.path}:{finding.location.region.line}",
        )
        for finding in report.findings
        if finding.severity is not Severity.NOTE
    ]


def compare(
    shown: Sequence[Judged], judged: Sequence[Judged], looked: Collection[tuple[str, str]]
) -> tuple[list[Judged], list[Judged], list[Judged]]:
    """What is shown now and was judged (as it is shown now), what was never judged, and real ones that are gone.

    ``looked`` are the repositories and commits that were looked at, also those in which nothing is shown.
    """
    known = {(row.repository, row.commit, row.fingerprint): row for row in judged}
    again, unjudged = [], []
    for row in shown:
        verdict = known.pop((row.repository, row.commit, row.fingerprint), None)
        if verdict is None:
            unjudged.append(row)
        else:
            again.append(Judged(**{**asdict(row), "real": verdict.real, "why": verdict.why}))
    return again, unjudged, [row for key, row in known.items() if row.real and key[:2] in looked]


def _evidence(report: Report, finding: Finding) -> str:
    spot = (finding.location.path, finding.location.span)
    for setting in report.settings:
        if setting.name == finding.setting:
            for member in setting.members:
                if (member.location.path, member.location.span) == spot:
                    return evidence(member.link)
    return "-"
