"""Times runs of portlint, and of tools that only search, over trees of several sizes; see the README beside it."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generate import generate

PATTERN = "port|localhost|://"
_LEFT_OUT = {"PYTHONDONTWRITEBYTECODE", "PORTLINT_JOBS", "PORTLINT_CACHE_DIR"}
"""Without bytecode files every process would compile portlint anew, which no installed portlint does."""
PORTLINT = [sys.executable, "-m", "portlint"]


def main() -> None:
    """Measure what the arguments ask for and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, nargs="+", default=[1000, 5000, 10_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--tree", type=Path, nargs="+", default=[])
    given = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {_load()}, medians of {given.runs} runs")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        generate(work / "first", 100)  # a first run writes bytecode files
        _run([*PORTLINT, "check", "--no-cache", "--exit-zero"], work / "first")
        shutil.rmtree(work / "first")
        _start(work, given.runs)
        for tree in given.tree:
            _tree(tree.resolve(), work / "cache", given.runs)
        for files in [] if given.tree else given.files:
            root = work / str(files)
            generate(root, files)
            _tree(root, work / "cache", given.runs)
            shutil.rmtree(root)


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def _start(work: Path, runs: int) -> None:
    empty = work / "empty"
    empty.mkdir()
    print("\nstart")
    _row("python -c pass", lambda: _run([sys.executable, "-c", "pass"], empty), runs)
    _row("portlint --version", lambda: _run([*PORTLINT, "--version"], empty), runs)
    _row("portlint check, empty tree", lambda: _run([*PORTLINT, "check", "--no-cache"], empty), runs)


def _tree(root: Path, cache: Path, runs: int) -> None:
    count = sum(len(files) for _, _, files in os.walk(root))
    print(f"\n{root.name}: {count} files")
    check = [*PORTLINT, "check", "--exit-zero", "--format", "json"]
    for jobs in ("1", ""):
        name = f"cold, {'1 process' if jobs else 'processes as it likes'}"
        _row(name, lambda jobs=jobs: _run([*check, "--no-cache"], root, PORTLINT_JOBS=jobs), runs)  # type: ignore[misc]
    time.sleep(2.1)  # files that were just written are not trusted by their times
    _run([*check, "--cache-dir", str(cache)], root)
    _row("warm", lambda: _run([*check, "--cache-dir", str(cache)], root), runs)
    if shutil.which("git"):
        search = ["git", "grep", "--no-index", "-IcE", PATTERN]
        _row("git grep --no-index", lambda: _run(search, root), runs)
    else:
        print("  git is not installed")
    if shutil.which("rg"):
        _row("rg", lambda: _run(["rg", "-c", "--hidden", PATTERN], root), runs)
    else:
        print("  ripgrep is not installed")
    _memory([*check, "--no-cache"], root)


def _run(command: list[str], root: Path, **environment: str) -> None:
    variables = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    done = subprocess.run(
        command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**variables, **environment}
    )
    if done.returncode > 1:
        sys.exit(f"{command}: status {done.returncode}\n{done.stderr.decode(errors='replace')}")


def _row(name: str, call: Callable[[], None], runs: int) -> None:
    taken = []
    for _ in range(runs):
        begin = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begin)
    print(f"  {name:32} {statistics.median(taken):8.3f} s   ({min(taken):.3f} to {max(taken):.3f})", flush=True)


def _memory(command: list[str], root: Path) -> None:
    """The largest resident size of any one process of a run; POSIX only."""
    if sys.platform == "win32":
        print("  memory: not measured on this system")
        return
    code = (
        "import resource,subprocess,sys;subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], cwd=root, capture_output=True, text=True, check=True)
    unit = 1_000_000 if sys.platform == "darwin" else 1_000
    print(f"  {'memory, largest process':32} {int(done.stdout) / unit:8.0f} MB")


if __name__ == "__main__":
    main()
