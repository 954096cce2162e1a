"""The folders that an editor has open, each a session; paths are absolute here and root-relative below.

A file that lies in two folders counts in both. Where no folder is open, a file's repository is; where there is none
either, the open files alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from portlint import pipeline
from portlint.config_files import NAMES
from portlint.configuring import BASELINES
from portlint.errors import PortlintError
from portlint.server.documents import key
from portlint.server.positions import Extent, Position, Sheet
from portlint.server.session import Cancelled, Session, State
from portlint.text import Region

Progress = Callable[[int, int], None]


class Folder:
    """One folder with its session and what was last found there."""

    def __init__(self, path: str, options: pipeline.Options, whole: bool) -> None:
        self.path = os.path.normpath(path)
        self._prefixes = {os.path.join(key(place), "") for place in (self.path, os.path.realpath(self.path))}
        self.session = Session(Path(self.path), options, whole=whole)
        self.state: State | None = None
        self.dirty = True
        self.paused = False
        """The first look at it was called off; the next save begins it anew."""
        self.complaint = ""
        """Why its configuration cannot be used."""
        self._sheets: dict[tuple[str, str], Sheet] = {}

    def is_configured_by(self, path: str) -> bool:
        """Whether a file that came, went or changed may have a part in what this folder is checked with.

        A file from another folder upwards may. Where the configuration cannot be used, any file may mend it.
        """
        home, name = os.path.split(path)
        options = self.session.options
        above = any(prefix.startswith(os.path.join(key(home), "")) for prefix in self._prefixes)
        return (
            bool(self.complaint)
            or (above and name in (*NAMES, *BASELINES))
            or (options.baseline is not None and name.endswith(".json"))
            or any(Path(path).is_relative_to(place) for place in options.own_rules)
        )

    def relative(self, path: str) -> str | None:
        """The root-relative path of a file below this folder, else ``None``."""
        for prefix in self._prefixes:
            if key(path).startswith(prefix):
                return path[len(prefix) :].replace(os.sep, "/")
        return None

    def absolute(self, path: str) -> str:
        """The absolute path of a root-relative one."""
        return os.path.normpath(os.path.join(self.path, *path.split("/")))

    def forget(self, path: str) -> None:
        """A file is not what it was."""
        for known in [item for item in self._sheets if item[0] == path]:
            del self._sheets[known]
        self.dirty = True

    def sheet(self, path: str, encoding: str) -> Sheet:
        """The text of a file with its lines."""
        found = self._sheets.get((path, encoding))
        if found is None:
            found = self._sheets[path, encoding] = Sheet(self.session.text(path), encoding)
        return found

    def extent(self, path: str, region: Region, encoding: str) -> Extent:
        """A region as the client counts it. Only where that depends on the text is the text looked at."""
        if encoding == "utf-32":
            return Extent(
                Position(region.line - 1, region.column - 1), Position(region.end_line - 1, region.end_column - 1)
            )
        return self.sheet(path, encoding).extent(region)


class Workspace:
    """All folders. Nothing here knows of the protocol; one thread at a time."""

    def __init__(self, options_for: Callable[[Path], pipeline.Options]) -> None:
        """``options_for`` may raise :class:`PortlintError`, for a configuration that cannot be used."""
        self._options_for = options_for
        self.folders: dict[str, Folder] = {}
        self._buffers: dict[str, tuple[str, str]] = {}
        self.versions: dict[str, int] = {}
        """The versions of the open buffers, by :func:`key` of their paths."""
        self.complaints: list[str] = []
        """What to tell the user, once."""

    def add(self, path: str, *, whole: bool = True) -> Folder:
        """Open a folder; what is open in the editor counts in it at once."""
        folder = self.folders.get(key(os.path.normpath(path)))
        if folder is None:
            folder = Folder(path, pipeline.Options(), whole)
            self._configure(folder)
            self.folders[key(folder.path)] = folder
            for place, text in self._buffers.values():
                inside = folder.relative(place)
                if inside is not None:
                    folder.session.edit(inside, text)
        return folder

    def remove(self, path: str) -> None:
        """Close a folder."""
        self.folders.pop(key(os.path.normpath(path)), None)

    def edit(self, path: str, text: str | None, version: int = 0) -> None:
        """A buffer was opened, changed or, with ``None``, closed."""
        if text is None:
            self._buffers.pop(key(path), None)
            self.versions.pop(key(path), None)
        else:
            self._buffers[key(path)] = (path, text)
            self.versions[key(path)] = version
        for folder, inside in self.of(path):
            folder.session.edit(inside, text)
            folder.forget(inside)

    def touch(self, *paths: str) -> None:
        """Files or folders came, went or changed on disk."""
        for path in paths:
            self._touch(path)

    def _touch(self, path: str) -> None:
        for folder, inside in self.of(path):
            folder.paused = False
            if folder.session.touch(inside):
                folder.forget(inside)
        for folder in self.folders.values():
            if folder.is_configured_by(path):
                self._configure(folder)

    def reconfigure(self) -> None:
        """Read the configuration of every folder anew."""
        for folder in self.folders.values():
            self._configure(folder)

    def relist(self) -> None:
        """Look at all files and configurations again with the next :meth:`analyse`."""
        self.reconfigure()
        for folder in self.folders.values():
            folder.session.stale = True

    def of(self, path: str) -> list[tuple[Folder, str]]:
        """The folders that a file lies in, with its path there; the innermost first."""
        found = [(folder, inside) for folder in self.folders.values() if (inside := folder.relative(path)) is not None]
        return sorted(found, key=lambda item: -len(item[0].path))

    def analyse(self, progress: Callable[[Folder], Progress] | None = None) -> Iterator[Folder]:
        """Bring every folder up to date; yields those whose state is new."""
        for folder in list(self.folders.values()):
            if folder.paused:
                continue
            if folder.session.stale:
                first = progress is not None and folder.state is None
                try:
                    changed = folder.session.refresh(progress(folder) if progress is not None and first else None)
                except Cancelled:
                    folder.paused = True
                    continue
                for path in changed:
                    folder.forget(path)
            if folder.dirty or folder.state is None:
                folder.state = folder.session.state()
                folder.dirty = False
                yield folder

    def _configure(self, folder: Folder) -> None:
        """Read the configuration of a folder; one that cannot be used changes nothing, and is complained of once."""
        before, folder.complaint = folder.complaint, ""
        try:
            if folder.session.configure(self._options_for(Path(folder.path))):
                folder.forget(folder.session.options.policy.path)
        except PortlintError as error:
            folder.complaint = str(error)
            if folder.complaint != before:
                folder.dirty = True
                self.complaints.append(f"{folder.path}: {error}")


def home_of(path: str) -> tuple[str, bool]:
    """The folder to look at for a file that lies in no open one, and whether all of it: the repository around it."""
    for folder in Path(path).parents:
        if (folder / ".git").exists():
            return str(folder), True
    return os.path.dirname(path), False
