"""Which files of a tree are read, and by which extractor.

With git, its own list is used: tracked files, and untracked ones that are not ignored; ``.env`` files also when they
are ignored, for they hold the values that run. Elsewhere the tree is walked and ``.gitignore`` is not consulted, but
folders that hold other people's code are left out. Symbolic links are never followed.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from portlint.errors import PortlintError
from portlint.extractors import format_of

MAXIMUM_SIZE = 2_000_000
"""Files larger than this many bytes are named as failures where a person could have written them."""

_FOREIGN = frozenset(
    "node_modules .git .hg .svn .venv venv .tox .nox __pycache__ site-packages bower_components vendor third_party "
    "third-party .next .nuxt .svelte-kit .turbo .cache .mypy_cache .pytest_cache .ruff_cache .gradle .idea .terraform "
    ".yarn .pnpm-store dist-packages".split()
)
_LOCK = re.compile(
    r"(?:.*/)?(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|uv\.lock|poetry\.lock|"
    r"pdm\.lock|pipfile\.lock|cargo\.lock|composer\.lock|gemfile\.lock|go\.sum|flake\.lock|deno\.lock|.*\.lock\.json)"
)
_GENERATED = re.compile(r".*\.(?:min\.(?:js|mjs|cjs|css)|map|bundle\.js|chunk\.js|pb\.go|snap|ipynb|svg|patch|diff)")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read: its root-relative path with ``/`` and the name of its format."""

    path: str
    format: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found: files to read, every path of the tree (for manifests), and why others were skipped."""

    files: tuple[SourceFile, ...]
    paths: tuple[str, ...]
    skipped: tuple[tuple[str, int], ...]


def discover(root: Path, only: Iterable[Path] = ()) -> Discovery:
    """List the files of ``root``; with ``only``, just those below one of these paths."""
    limits = [_relative(root, path) for path in only]
    listed = _git_files(root)
    paths = sorted(set(listed if listed is not None else _walk(root)))
    skipped: Counter[str] = Counter()
    files = []
    for path in paths:
        if limits and not any(limit == "." or path == limit or path.startswith(limit + "/") for limit in limits):
            continue
        lowered = path.lower()
        if _LOCK.fullmatch(lowered):
            skipped["lock file"] += 1
        elif _GENERATED.fullmatch(lowered):
            skipped["generated"] += 1
        elif not _FOREIGN.isdisjoint(lowered.split("/")[:-1]):
            skipped["other people's code"] += 1
        elif (format := format_of(path)) is not None:
            files.append(SourceFile(path, format.name))
        else:
            skipped["no format for it"] += 1
    return Discovery(tuple(files), tuple(paths), tuple(sorted(skipped.items())))


def _relative(root: Path, path: Path) -> str:
    absolute = Path(os.path.abspath(path))
    if not absolute.exists():
        raise PortlintError(f"{path}: no such file or folder")
    try:
        return absolute.relative_to(os.path.abspath(root)).as_posix()
    except ValueError:
        raise PortlintError(f"{path}: not below the root {root}") from None


def _git_files(root: Path) -> list[str] | None:
    """Paths as git lists them, or ``None`` where there is no work tree or no git."""
    if not any((folder / ".git").exists() for folder in (root.absolute(), *root.absolute().parents)):
        return None
    listed = _git(root, "-co", "--exclude-standard")
    ignored = _git(root, "-oi", "--exclude-standard", "--directory")
    if listed is None or (not listed and root.is_dir() and not (root / ".git").exists()):
        return None
    environment = [path for path in ignored or () if ".env" in path.rsplit("/", 1)[-1].lower()]
    return [path for path in listed + environment if _is_plain_file(root / path)]


def _git(root: Path, *options: str) -> list[str] | None:
    try:
        done = subprocess.run(
            ["git", "-c", "core.fsmonitor=false", "ls-files", "-z", *options],
            cwd=root,
            capture_output=True,
            check=True,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return [os.fsdecode(item) for item in done.stdout.split(b"\0") if item and not item.endswith(b"/")]


def _is_plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _walk(root: Path) -> list[str]:
    found = []
    stack = [""]
    while stack:
        folder = stack.pop()
        try:
            entries = list(os.scandir(root / folder if folder else root))
        except OSError:
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_symlink():
                continue
            if entry.is_dir():
                if entry.name.lower() not in _FOREIGN:
                    stack.append(path)
            elif entry.is_file():
                found.append(path)
    return found
