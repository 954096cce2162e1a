"""The trees that every tool gets: miniature repositories as they are, and with one value changed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from benchmarks.accuracy.sites import LINKED, SEEN, sample, sites
from benchmarks.accuracy.snapshot import take


@dataclass(frozen=True, slots=True)
class Case:
    """A tree, its state before one value was changed (``None`` for one that is taken as it is), and what is wrong."""

    name: str
    root: Path
    before: Path | None
    wanted: frozenset[tuple[str, int]]
    """Path and 1-based line of the places that disagree; for a change, the changed place."""


def fixtures(folder: Path, work: Path, most: int) -> list[Case]:
    """Miniature repositories with the findings that are expected in them, or none; a sample that is always the same."""
    found = [path.parent for path in folder.glob("*/*/repo") if _is_plain(path.parent)]
    cases = []
    for number, case in enumerate(sorted(found, key=_rank)[:most]):
        root = work / f"f{number:03}"
        shutil.copytree(case / "repo", root)
        wanted = frozenset(map(_place, (case / "expected.txt").read_text("utf-8").splitlines()))
        cases.append(Case(f"{case.parent.name}/{case.name}", root, None, wanted))
    return cases


def _is_plain(case: Path) -> bool:
    """Whether a case is what anybody would find by default, today."""
    return not (case / "pending.txt").exists() and not (case / "options.txt").exists()


def _place(line: str) -> tuple[str, int]:
    """Of ``CODE severity path:line setting``."""
    path, _, number = line.split(" ")[2].rpartition(":")
    return path, int(number)


def mutations(folder: Path, work: Path, most: int) -> list[Case]:
    """One value changed where others agree with it, in miniature repositories with nothing to find."""
    cases: list[Case] = []
    found = [path.parent for path in folder.glob("*/*/repo")]
    for case in sorted(found, key=_rank):
        if len(cases) >= most or (case / "expected.txt").read_text("utf-8").strip() or not _is_plain(case):
            continue
        snapshot = take(case / "repo")
        for site in sample([site for site in sites(snapshot) if site.state in (LINKED, SEEN) and site.context], 2):
            before, after = work / f"m{len(cases):03}" / "before", work / f"m{len(cases):03}" / "after"
            shutil.copytree(case / "repo", before)
            shutil.copytree(case / "repo", after)
            text = snapshot.texts[site.path]
            changed = text[: site.start] + _other(site.old) + text[site.end :]
            (after / site.path).write_bytes(changed.encode())
            cases.append(Case(f"{case.name} {site.path}", after, before, frozenset({(site.path, site.line)})))
    return cases[:most]


def _other(value: str) -> str:
    return str(int(value) + 7) if value.isdigit() else f"{value}x9"


def _rank(case: Path) -> bytes:
    return blake2b(f"{case.parent.name}/{case.name}".encode(), digest_size=8).digest()


def files(roots: Sequence[Path], base: Path, *patterns: str) -> list[str]:
    """Files whose names match, below any of the roots, relative to ``base``."""
    found = {path for root in roots for pattern in patterns for path in root.rglob(pattern) if path.is_file()}
    return sorted(path.relative_to(base).as_posix() for path in found)
