"""The command line: ``python -m benchmarks.peers``; prints one table."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.peers.calling import PORTLINT, CannotRun, call, install
from benchmarks.peers.cases import Case, fixtures, mutations
from benchmarks.peers.tools import TOOLS, Said, Tool

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
_ABOUT = re.compile(r"port|host|url|address|interface|://|:\d{2,5}\b", re.IGNORECASE)


@dataclass(slots=True)
class Row:
    """A line of the table; ``note`` says why a tool did not run, or what it said."""

    tool: str
    version: str = "-"
    found: list[int] = field(default_factory=lambda: [0, 0])
    """Disagreements found in the miniature repositories, and changed values."""
    false: int = 0
    other: int = 0
    seconds: float = 0.0
    note: str = ""
    ran: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Install, run and compare; a tool that cannot run is a line that says why."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--cases", type=int, default=80, help="miniature repositories taken as they are (default: 80)")
    parser.add_argument("--mutations", type=int, default=40, help="values changed one at a time (default: 40)")
    parser.add_argument("--timeout", type=float, default=120, help="seconds for each call of a tool (default: 120)")
    parser.add_argument("--tools", type=Path, metavar="FOLDER", help="where tools are installed, and kept")
    parser.add_argument("--only", nargs="+", metavar="TOOL", choices=[tool.name for tool in TOOLS])
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        work = Path(folder).resolve()
        cases = [
            *fixtures(FIXTURES, work / "cases", given.cases),
            *mutations(FIXTURES, work / "cases", given.mutations),
        ]
        tools = (given.tools or work / "tools").resolve()
        rows = []
        for tool in TOOLS:
            if not given.only or tool.name in given.only:
                print(f"{tool.name} ...", file=sys.stderr, flush=True)
                rows.append(compare(tool, cases, work / "cases", tools, given.timeout))
    print(table(rows, cases))
    return 0


def compare(tool: Tool, cases: Sequence[Case], base: Path, tools: Path, seconds: float) -> Row:
    """Install a tool, let it look at all cases and count."""
    row = Row(tool.name)
    try:
        command: Sequence[str] = PORTLINT
        if tool.registry:
            folder = tools / f"{tool.registry}-{tool.name}"
            command = (str(install(tool.registry, tool.name, tool.executable, folder, max(seconds, 300))),)
        row.version = _version(tool, command, tools)
        said: dict[Path, set[Said]] = defaultdict(set)
        begin = time.perf_counter()
        for root, report in tool.look(command, cases, base, seconds):
            said[root].add(report)
        row.seconds = time.perf_counter() - begin
    except CannotRun as error:
        row.note = str(error)
        return row
    except (KeyError, TypeError, ValueError) as error:
        row.note = f"its output has another form than expected: {error!r}"
        return row
    row.ran = True
    _count(row, said, cases)
    return row


def _version(tool: Tool, command: Sequence[str], tools: Path) -> str:
    if tool.registry == "npm":
        package = tools / f"npm-{tool.name}" / "node_modules" / tool.name / "package.json"
        found = re.search(r'"version":\s*"([^"]+)"', package.read_text("utf-8")) if package.exists() else None
        return found[1] if found else "-"
    if tool.registry:
        python = Path(command[0]).with_name("python")
        text = call([python, "-m", "pip", "show", tool.name], Path.cwd(), 60).output
    else:
        text = call([*command, "--version"], Path.cwd(), 60).output
    found = re.search(r"\d+\.\d+(?:\.\d+)?", text)
    return found[0] if found else "-"


def _count(row: Row, said: Mapping[Path, set[Said]], cases: Sequence[Case]) -> None:
    kinds: Counter[str] = Counter()
    for case in cases:
        before = said.get(case.before, set()) if case.before is not None else set()
        reports = said.get(case.root, set()) - before
        about = [report for report in reports if _ABOUT.search(report.text)]
        row.other += len(reports) - len(about)
        named = {(report.path, report.line) for report in about}
        files = {report.path for report in about if report.line == 0}
        hits = {spot for spot in case.wanted if spot in named or spot[0] in files}
        row.found[case.before is not None] += len(hits)
        if not hits and about:
            row.false += 1
            kinds.update({report.text.split()[0] for report in about})
    row.note = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common(3))


def table(rows: Sequence[Row], cases: Sequence[Case]) -> str:
    """Markdown: what was found, in how many trees something was said that is not so, and how long it took."""
    wrong = sum(len(case.wanted) for case in cases if case.before is None)
    changed = sum(case.before is not None for case in cases)
    trees = sum(case.before is None for case in cases)
    lines = [
        f"{trees} miniature repositories with {wrong} places that disagree, {changed} values changed one at a time\n",
        f"| tool | version | found of {wrong} | changes found of {changed} | false | other remarks | seconds | note |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if row.ran:
            figures = f"{row.found[0]} | {row.found[1]} | {row.false} | {row.other} | {row.seconds:.1f}"
        else:
            figures = "- | - | - | - | -"
        lines.append(f"| {row.tool} | {row.version} | {figures} | {row.note or '-'} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
