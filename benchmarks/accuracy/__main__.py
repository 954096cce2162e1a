"""The command line: ``python -m benchmarks.accuracy mutate PATH...``."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

from benchmarks.accuracy import reporting
from benchmarks.accuracy.mutating import Outcome, mutate
from benchmarks.accuracy.sites import sample, sites
from benchmarks.accuracy.snapshot import take


def main() -> int:
    """Run what the arguments ask for; status 2 for a path that is no folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    change = commands.add_parser("mutate", help="change one value at a time and look whether it is found")
    change.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="the root of a checkout")
    change.add_argument("--most", type=int, default=200, help="how many values of a tree are changed (default: 200)")
    change.add_argument("--jobs", type=int, default=1, help="how many trees are worked on at once (default: 1)")
    change.add_argument("--misses", action="store_true", help="list what was not found, by class")
    change.add_argument("--json", type=Path, metavar="FILE", help="write all outcomes and figures there")
    given = parser.parse_args()
    for path in given.paths:
        if not path.is_dir():
            parser.error(f"{path}: no such folder")
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(given.jobs) as pool:
        for line, mine in pool.map(_tree, given.paths, repeat(given.most)):
            print(line, file=sys.stderr, flush=True)
            outcomes += mine
    print(reporting.text(outcomes))
    if given.misses:
        print(reporting.misses(outcomes))
    if given.json:
        given.json.write_text(reporting.as_json(outcomes), encoding="utf-8")
    return 0


def _tree(path: Path, most: int) -> tuple[str, list[Outcome]]:
    begin = time.perf_counter()
    snapshot = take(path.resolve())
    every = sites(snapshot)
    mine = list(mutate(snapshot, sample(every, most)))
    return f"{snapshot.name}: {len(mine)} of {len(every)} sites changed, {time.perf_counter() - begin:.1f} s", mine


if __name__ == "__main__":
    sys.exit(main())
