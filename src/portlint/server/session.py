"""One tree, kept between changes: only what changed is read again, everything is linked anew.

Nothing that linking makes is carried over from one state of the tree to the next, so a report is that of a full run
over files whose contents are those of the open buffers. Not for use by two threads at once.
"""

from __future__ import annotations

import os
import stat
import subprocess
import time
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from portlint import pipeline, shebang, walking
from portlint.discovery import Discovery, SourceFile, Stamp, discover, kind_of
from portlint.linking import Linked, link
from portlint.model import Report, Setting
from portlint.pinned import with_pinned
from portlint.progress import Progress
from portlint.reading import FileFacts, Outcome, load, oversized, understand, unreadable

_SETTLED = 2_000_000_000
"""A file that changed so many nanoseconds before it was read may change again and keep its times."""


class _Told(Progress):
    """A progress that is told on at once."""

    def __init__(self, tell: Callable[[int, int], None], files: int) -> None:
        self._tell, self._files = tell, files
        super().__init__()

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "done":
            self._tell(value, self._files)


class Cancelled(Exception):
    """What a progress raises to end a :meth:`Session.refresh`."""


@dataclass(frozen=True)
class State:
    """What a tree says at one moment. ``paths`` are all its files, also those that are not read.

    The report is one without settings: findings are wanted after every change, settings when somebody asks.
    """

    root: Path
    facts: Mapping[str, FileFacts]
    linked: Linked
    report: Report
    paths: frozenset[str]

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """All settings of the tree."""
        with self.linked.tree.policy.in_force():
            return self.linked.settings()

    def whole(self) -> Report:
        """The report as a full run gives it."""
        summary = replace(self.report.summary, settings=len(self.settings))
        return replace(self.report, settings=self.settings, summary=summary)


class Session:
    """The files of one tree as they are on disk, and above them the buffers of an editor."""

    def __init__(self, root: Path, options: pipeline.Options, *, whole: bool = True) -> None:
        """``whole=False``: the files on disk are left alone, and the tree is what is open."""
        self.root, self.options, self.whole = root, options, whole
        self._disk = Discovery((), (), ())
        self._read: dict[str, tuple[Stamp | None, Outcome]] = {}
        self._buffers: dict[str, tuple[str, Outcome | None]] = {}
        self._formats: dict[str, str] = {}
        self._ignored: dict[str, bool] = {}
        self._paths: frozenset[str] = frozenset()
        self.stale = True
        """Whether the list of files is no longer to be trusted."""
        self._outdated = False
        """Whether what was read was read under other decisions than the options now hold."""
        self._last: tuple[tuple[object, ...], State] | None = None
        self._outside: set[str] = set()
        """Paths that are there, and that no listing shows."""

    def refresh(self, progress: Callable[[int, int], None] | None = None) -> set[str]:
        """List the files anew and read those that are new or have changed. The paths that came, went or changed.

        ``progress`` is told how many of how many have been read; what it raises ends the work and changes nothing.
        """
        read = {} if self._outdated else self._read
        cache = pipeline.open_cache(self.root, self.options) if not read and self.whole else None
        found = discover(self.root, choice=self.options.choice) if self.whole else self._disk
        now = {file.path: self._stamp(file) for file in found.files}
        known = {
            path: read[path]
            for path, stamp in now.items()
            if stamp is not None and path in read and read[path][0] == stamp
        }
        unknown = [file for file in found.files if file.path not in known]
        begin = time.time_ns()
        told = _Told(progress, len(unknown)) if progress is not None else None
        outcomes = pipeline.read(self.root, unknown, self.options, cache, told)
        if cache is not None:
            cache.save(found.paths)
        for path, outcome in outcomes.items():
            known[path] = (_trusted(now[path], begin) if outcome.lasting else None, outcome)
        before, paths = {path: outcome for path, (_, outcome) in self._read.items()}, frozenset(found.paths)
        changed = {path for path, outcome in outcomes.items() if before.get(path) != outcome} | (paths ^ self._paths)
        self._disk, self._read, self._paths = found, known, paths
        self.stale = self._outdated = False
        self._formats = {file.path: file.format for file in found.files}
        self._ignored.clear()
        self._outside = {path for path in self._outside if path not in self._paths and not _holds(path, found.paths)}
        return changed

    def touch(self, path: str) -> bool:
        """A file or folder may have changed on disk; whether :meth:`state` may answer otherwise than before.

        Where something came or went, :attr:`stale` is set, and a :meth:`refresh` will tell.
        """
        if not self.whole:
            return False
        if path.rpartition("/")[2] == ".gitignore":
            self._outside.clear()
            self.stale = True
        elif not os.path.lexists(self.root / path):
            self._outside.discard(path)
            self.stale |= path in self._paths or _holds(path, self._disk.paths)
        elif path not in self._paths or not _is_file(self.root / path):
            self.stale |= path not in self._outside
            self._outside.add(path)
        elif shebang.may_have(path):
            self.stale = True  # its first line may name another format now
        elif path in self._read:
            self._read[path] = self._load(path)
            return path not in self._buffers
        return self.stale

    def _load(self, path: str) -> tuple[Stamp | None, Outcome]:
        begin = time.time_ns()
        try:
            data, stamp = load(str(self.root), path)
        except OSError as error:
            return None, unreadable(path, error)
        text, outcome = self._buffers.get(path, ("", None))
        if outcome is None or _encoded(text) != data:
            outcome = oversized(path, stamp.size) or self._understand(SourceFile(path, self._kind(path)), data)
        return _trusted(stamp, begin), outcome

    def _kind(self, path: str) -> str:
        """The format of a path, as its first line said when it was listed where its name does not say it."""
        return self._formats.get(path) or self.options.choice.reconsider(path, kind_of(path))

    def _understand(self, file: SourceFile, data: bytes) -> Outcome:
        return oversized(file.path, len(data)) or understand(file, data, self.options.policy)

    def configure(self, options: pipeline.Options) -> bool:
        """From now on the tree is checked with these options; whether they are others than before.

        Where other files are read than before, or names and tools mean something else, :attr:`stale` is set.
        """
        before, self.options = self.options, options
        if options.policy.key != before.policy.key:
            self._outdated = self.stale = True
            self._buffers = {path: (text, None) for path, (text, _) in self._buffers.items()}
        self.stale |= options.choice != before.choice
        return options != before

    def edit(self, path: str, text: str | None) -> None:
        """A buffer was opened or changed, or with ``None`` closed: from now on the file on disk counts again."""
        if path not in self._paths:
            self.touch(path)
        if text is None:
            self._buffers.pop(path, None)
            self.touch(path)
        elif path not in self._buffers or self._buffers[path][0] != text:
            self._buffers[path] = (text, None)

    def text(self, path: str) -> str:
        """What a file holds now, from its buffer or from disk; empty where it cannot be read."""
        if path in self._buffers:
            return self._buffers[path][0]
        try:
            data, _ = load(str(self.root), path)
        except OSError:
            return ""
        wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        return data.decode("utf-16" if wide else "utf-8-sig", "replace")

    def state(self) -> State:
        """Link and check the tree as it is now; the last state again where no file says anything else than then."""
        found, outcomes = self._present()
        basis = (found.files, found.paths, outcomes, self.options)
        if self._last is None or self._last[0] != basis:
            self._last = (basis, self._linked(found, outcomes))
        return self._last[1]

    def _linked(self, found: Discovery, outcomes: dict[str, Outcome]) -> State:
        facts, failures = pipeline.gather(found.files, outcomes)
        with self.options.policy.in_force():
            pinned = with_pinned(facts, self.options.policy)
            linked = link(pinned, found.paths, self.options.policy)
        report = pipeline.assess(linked, found, facts, failures, self.options, settings=False, whole=self.whole)
        return State(self.root, pinned, linked, report, frozenset(found.paths))

    def _present(self) -> tuple[Discovery, dict[str, Outcome]]:
        """The files of the tree with the buffers above them."""
        outcomes = {path: outcome for path, (_, outcome) in self._read.items()}
        added = []
        for path, (text, outcome) in self._buffers.items():
            kind = self._kind(path)
            if kind[0] == "-" or (path not in outcomes and not self._admits(path)):
                continue
            file = SourceFile(path, kind)
            if outcome is None:
                outcome = self._understand(file, _encoded(text))
                self._buffers[path] = (text, outcome)
            if path not in outcomes:
                added.append(file)
            outcomes[path] = outcome
        return (_with(self._disk, added) if added else self._disk), outcomes

    def _admits(self, path: str) -> bool:
        """Whether a file that no listing has shown is part of the tree: it is new, and git would not ignore it."""
        if not self.whole:
            return True
        if os.path.lexists(self.root / path):
            return False
        if path not in self._ignored:
            self._ignored[path] = _is_ignored(self.root, path)
        return not self._ignored[path]

    def _stamp(self, file: SourceFile) -> Stamp | None:
        if file.stamp is not None:
            return file.stamp
        try:
            return Stamp.of(os.lstat(self.root / file.path))
        except OSError:
            return None


def _with(found: Discovery, added: Iterable[SourceFile]) -> Discovery:
    files, paths = list(found.files), list(found.paths)
    for file in added:
        insort(files, file, key=lambda item: item.path)
        if file.path not in paths:
            insort(paths, file.path)
    return replace(found, files=tuple(files), paths=tuple(paths))


def _encoded(text: str) -> bytes:
    """A buffer as a file; half of a surrogate pair is no character, and no reason to fail."""
    return text.encode("utf-8", "replace")


def _holds(folder: str, paths: Sequence[str]) -> bool:
    """Whether one of the sorted paths is below a folder."""
    index = bisect_left(paths, folder + "/")
    return index < len(paths) and paths[index].startswith(folder + "/")


def _is_file(path: Path) -> bool:
    """Whether there is a file, and not a link to one."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def _trusted(stamp: Stamp | None, read: int) -> Stamp | None:
    """A stamp, unless the file changed so shortly before it was read that it may change again and keep it."""
    settled = stamp is not None and read - max(stamp.modified, stamp.changed) > _SETTLED
    return stamp if settled else None


def _is_ignored(root: Path, path: str) -> bool:
    """Whether git ignores a path; outside of a repository, whether a ``.gitignore`` says so."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    folder, _, name = path.rpartition("/")
    # Files of environments are read although they are ignored, but not those in folders that are.
    place = f"./{folder}/" if ".env" in name.lower() else path
    try:
        done = subprocess.run(
            ["git", "check-ignore", "-q", "--", place],
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=10,
        )
        if done.returncode in (0, 1):
            return done.returncode == 0
    except (OSError, subprocess.SubprocessError):
        pass
    return walking.leaves_out(str(root), path)
