"""Which files of a tree are read, and by which extractor.

With git, its own list is used: tracked files, and untracked ones that are not ignored; ``.env`` files also when they
are ignored, for they hold the values that run. Elsewhere :mod:`portlint.walking` does the same; folders that hold other
people's code are left out. Symbolic links are never followed.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from portlint import shebang, walking
from portlint.errors import PortlintError
from portlint.extractors import format_of
from portlint.globs import NOWHERE, Patterns
from portlint.model import Failure

MAXIMUM_SIZE = 2_000_000
"""Files larger than this many bytes are named as failures where a person could have written them."""

FOREIGN = frozenset(
    "node_modules .git .hg .svn .venv venv .tox .nox __pycache__ site-packages bower_components vendor third_party "
    "third-party .next .nuxt .svelte-kit .turbo .cache .mypy_cache .pytest_cache .ruff_cache .gradle .idea .terraform "
    ".yarn .pnpm-store dist-packages".split()
)
"""Folders of other people's code, which are not read unless a project says otherwise."""
_HISTORY = frozenset({".git", ".hg", ".svn"})
_OTHERS = "-other people's code"
_OWN = frozenset({"portlint.toml", ".portlint.toml", "portlint-baseline.json", ".portlint-baseline.json"})
_LOCK = re.compile(
    r"(?:.*/)?(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|uv\.lock|poetry\.lock|"
    r"pdm\.lock|pipfile\.lock|cargo\.lock|composer\.lock|gemfile\.lock|go\.sum|flake\.lock|deno\.lock|.*\.lock\.json)"
)
_GENERATED = re.compile(r".*\.(?:min\.(?:js|mjs|cjs|css)|map|bundle\.js|chunk\.js|pb\.go|snap|ipynb|svg|patch|diff)")


class Stamp(NamedTuple):
    """What tells cheaply that a file has not changed: times in nanoseconds, bytes, and the file's own number."""

    modified: int
    changed: int
    size: int
    number: int

    @classmethod
    def of(cls, found: os.stat_result) -> Stamp:
        """The stamp that a ``stat`` call stands for."""
        return cls(found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read: its root-relative path with ``/`` and the name of its format."""

    path: str
    format: str
    stamp: Stamp | None = field(default=None, compare=False)
    """As it was when the file was listed, where that had to be asked anyway."""

    @property
    def size(self) -> int:
        """Bytes, as far as they are known."""
        return self.stamp.size if self.stamp is not None else 0


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found: files to read, every path of the tree (for manifests), and why others were skipped."""

    files: tuple[SourceFile, ...]
    paths: tuple[str, ...]
    skipped: tuple[tuple[str, int], ...]
    failures: tuple[Failure, ...] = ()
    """Folders that could not be listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which of the files that portlint knows are read in a project."""

    include: Patterns = NOWHERE
    """These only; none: all."""
    exclude: Patterns | None = None
    """Instead of the folders of other people's code."""
    extend_exclude: Patterns = NOWHERE

    def reconsider(self, path: str, kind: str) -> str:
        """What :func:`kind_of` says of a path, as the project wants it."""
        if kind[0] == "-" and (self.exclude is None or kind != _OTHERS):
            return kind
        if (
            (self.exclude is not None and self.exclude.matches(path))
            or self.extend_exclude.matches(path)
            or (self.include.items and not self.include.matches(path))
        ):
            return "-excluded by the configuration"
        return kind if kind != _OTHERS else _format_of(path)


ALL = Choice()


def discover(
    root: Path,
    only: Iterable[Path] = (),
    classify: Callable[[str], str] | None = None,
    choice: Choice = ALL,
) -> Discovery:
    """List the files of ``root``; with ``only``, just those below one of these paths.

    ``classify`` may stand in for :func:`kind_of` with answers that are known from before.
    """
    limits = [_relative(root, path) for path in only]
    stamps, failures = _git_files(root) or _walked(root, FOREIGN if choice.exclude is None else _HISTORY)
    paths = sorted(stamps)
    classify = classify or kind_of
    skipped: Counter[str] = Counter()
    files = []
    for path in paths:
        if not _is_wanted(path, limits):
            continue
        kind = classify(path)
        if kind == _UNKNOWN and shebang.may_have(path):
            kind = shebang.format_in(os.path.join(root, path)) or kind
        if choice is not ALL:
            kind = choice.reconsider(path, kind)
        if kind[0] == "-":
            skipped[kind[1:]] += 1
        else:
            files.append(SourceFile(path, kind, stamps[path]))
    failed = tuple(failure for failure in failures if _is_wanted(failure.path, limits))
    return Discovery(tuple(files), tuple(paths), tuple(sorted(skipped.items())), failed)


def _is_wanted(path: str, limits: Sequence[str]) -> bool:
    return not limits or any(limit == "." or path == limit or path.startswith(limit + "/") for limit in limits)


_UNKNOWN = "-no format for it"


def kind_of(path: str) -> str:
    """The name of a path's format, or ``-`` and the reason why such files are not read. The path alone decides.

    Of names that decide nothing, :func:`discover` asks the file's first line.
    """
    lowered = path.lower()
    if _LOCK.fullmatch(lowered):
        return "-lock file"
    if _GENERATED.fullmatch(lowered):
        return "-generated"
    if not FOREIGN.isdisjoint(lowered.split("/")[:-1]):
        return _OTHERS
    return _format_of(path)


def _format_of(path: str) -> str:
    if path.rpartition("/")[2].lower() in _OWN:
        return "-portlint's own"
    format = format_of(path)
    return format.name if format is not None else _UNKNOWN


def _relative(root: Path, path: Path) -> str:
    absolute = Path(os.path.abspath(path))
    if not absolute.exists():
        raise PortlintError(f"{path}: no such file or folder")
    try:
        return absolute.relative_to(os.path.abspath(root)).as_posix()
    except ValueError:
        raise PortlintError(f"{path}: not below the root {root}") from None


def _walked(root: Path, without: Collection[str]) -> tuple[Mapping[str, Stamp | None], list[Failure]]:
    paths, failures = walking.walk(os.fspath(root), without)
    return dict.fromkeys(paths), failures


def _git_files(root: Path) -> tuple[Mapping[str, Stamp | None], list[Failure]] | None:
    """Paths as git lists them and folders it cannot list; ``None`` where there is no work tree or no git."""
    if not any((folder / ".git").exists() for folder in (root.absolute(), *root.absolute().parents)):
        return None
    # Both at once: each walks the whole tree.
    listing, ignoring = _git(root, "-co", "--exclude-standard"), _git(root, "-oi", "--exclude-standard", "--directory")
    (listed, failures), (ignored, _) = _listed(listing), _listed(ignoring)
    if listed is None or (not listed and root.is_dir() and not (root / ".git").exists()):
        return None
    environment = [path for path in ignored or () if walking.is_environment(path.rpartition("/")[2])]
    return _plain_files(root, listed + environment), failures


def _git(root: Path, *options: str) -> subprocess.Popen[bytes] | None:
    try:
        return subprocess.Popen(
            ["git", "-c", "core.fsmonitor=false", "ls-files", "-z", *options],
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Within a hook git points these at its own repository and index. Its warnings are read, so in English.
            env={name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {"LC_ALL": "C"},
        )
    except OSError:
        return None


def _listed(running: subprocess.Popen[bytes] | None) -> tuple[list[str] | None, list[Failure]]:
    """What a running ``git ls-files`` lists, ``None`` where it fails; and folders that it could not look into."""
    if running is None:
        return None, []
    try:
        output, warnings = running.communicate(timeout=60)
    except (OSError, subprocess.SubprocessError):
        running.kill()
        running.communicate()
        return None, []
    if running.returncode != 0:
        return None, []
    return [os.fsdecode(item) for item in output.split(b"\0") if item and not item.endswith(b"/")], _closed(warnings)


_CLOSED = re.compile(r"^warning: could not open directory '(.+?)/?': (.+)$", re.MULTILINE)


def _closed(warnings: bytes) -> list[Failure]:
    """Failures from what git says of folders that it cannot open (git 2.47, ``dir.c``)."""
    found = _CLOSED.findall(os.fsdecode(warnings))
    return [Failure(path=path, line=0, message=f"folder cannot be listed: {reason}") for path, reason in found]


def _plain_files(root: Path, paths: Iterable[str]) -> dict[str, Stamp | None]:
    """The paths that are files: git lists removed ones, links and other repositories too.

    Nothing below a linked folder is one: it may lie outside of the tree.
    """
    base = os.path.join(os.fspath(root), "")
    found: dict[str, Stamp | None] = {}
    folders = {"": True}

    def is_inside(folder: str) -> bool:
        known = folders.get(folder)
        if known is None:
            known = is_inside(folder.rpartition("/")[0]) and not os.path.islink(base + folder)
            folders[folder] = known
        return known

    for path in paths:
        try:
            status = os.lstat(base + path)
        except (OSError, ValueError):
            continue
        if stat.S_ISREG(status.st_mode) and is_inside(path.rpartition("/")[0]):
            found[path] = Stamp.of(status)
    return found
