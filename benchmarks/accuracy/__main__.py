"""The command line: ``python -m benchmarks.accuracy mutate|score|bench``; see the README beside it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

from benchmarks.accuracy import judged, reporting, scoring
from benchmarks.accuracy.mutating import Outcome, mutate
from benchmarks.accuracy.sites import sample, sites
from benchmarks.accuracy.snapshot import take


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for; status 2 for a path that is no folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    change = commands.add_parser("mutate", help="change one value at a time and look whether it is found")
    change.add_argument("paths", type=_folder, nargs="+", metavar="PATH", help="the root of a checkout")
    change.add_argument("--most", type=int, default=200, help="how many values of a tree are changed (default: 200)")
    change.add_argument("--jobs", type=int, default=1, help="how many trees are worked on at once (default: 1)")
    change.add_argument("--misses", action="store_true", help="list what was not found, by class")
    change.add_argument("--json", type=Path, metavar="FILE", help="write all outcomes and figures there")
    score = commands.add_parser("score", help="precision over judged findings; with PATHs, over what is found now")
    score.add_argument("paths", type=_folder, nargs="*", metavar="PATH", help="a checkout of a judged commit")
    score.add_argument("--data", type=Path, default=judged.DATA, help="the judged findings (default: judged.jsonl)")
    score.add_argument("--unjudged", type=Path, metavar="FILE", help="write findings that nobody has judged there")
    score.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    bench = commands.add_parser("bench", help="run the scorer of a shared sample")
    bench.add_argument("folder", type=_folder, help="the folder of the sample, with its score.py")
    bench.add_argument("rest", nargs=argparse.REMAINDER, help="passed on to the scorer: --mirror MIRROR ...")
    given = parser.parse_args(arguments)
    if given.command == "mutate":
        return _mutate(given.paths, given)
    return _score(given.paths, given) if given.command == "score" else _bench(given.folder, given.rest)


def _folder(text: str) -> Path:
    path = Path(text).resolve()
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text}: no such folder")
    return path


def _mutate(paths: Sequence[Path], given: argparse.Namespace) -> int:
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(given.jobs) as pool:
        for line, mine in pool.map(_tree, paths, repeat(given.most)):
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
    snapshot = take(path)
    every = sites(snapshot)
    mine = list(mutate(snapshot, sample(every, most)))
    return f"{snapshot.name}: {len(mine)} of {len(every)} sites changed, {time.perf_counter() - begin:.1f} s", mine


def _score(paths: Sequence[Path], given: argparse.Namespace) -> int:
    rows = judged.load(given.data)
    unjudged: list[judged.Judged] = []
    lost: list[judged.Judged] = []
    if paths:
        known = sorted({(row.repository, row.commit) for row in rows})
        looked = {judged.identify(path, known) or (path.name, "unknown"): path for path in paths}
        shown = [row for identity, path in looked.items() for row in judged.findings(path, *identity)]
        rows, unjudged, lost = judged.compare(shown, rows, looked)
    print(scoring.text(rows, unjudged, lost))
    if given.unjudged:
        given.unjudged.write_text(judged.dump(unjudged), encoding="utf-8")
    if given.json:
        given.json.write_text(scoring.as_json(rows, unjudged, lost), encoding="utf-8")
    return 0


def _bench(folder: Path, rest: Sequence[str]) -> int:
    """The sample's own scorer, with this portlint; its status is passed on."""
    command = [sys.executable, str(folder / "score.py"), "--portlint", f"{sys.executable} -m portlint", *rest]
    return subprocess.run(command).returncode


if __name__ == "__main__":
    sys.exit(main())
