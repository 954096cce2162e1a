"""What earlier runs read, kept by content: an unchanged file is not read again, a known content is not parsed again.

One file for each tree, lines of plain text: a header with the fingerprint of this portlint and a digest of all that
follows; the paths with their formats, and for each file its stamp and the key of its content; then a line for each
content. A damaged, foreign or older file counts as absent, and it is replaced at once or not at all.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from portlint import cache_folder, discovery
from portlint.codec import NOTHING_TEXT, decode
from portlint.discovery import SourceFile, Stamp
from portlint.fingerprint import fingerprint
from portlint.reading import NOTHING, Outcome

KEPT_DAYS = 14
"""How long the content of a file is kept that has another content now (a branch that one comes back to)."""

_HEADER = "portlint cache 1"
_RACY = 2_000_000_000
"""A file that changed so many nanoseconds before it was read may change again and keep its times: coarse clocks."""
_LARGEST = 512_000_000


def key_of(file: SourceFile, data: bytes) -> str:
    """What a file's outcome depends on: format, path and bytes."""
    known = blake2b(f"{file.format}\0{file.path}\0".encode("utf-8", "surrogateescape"), digest_size=16)
    known.update(data)
    return known.hexdigest()


class Cache:
    """The cache of one tree, in memory; :meth:`save` writes it where something new came in."""

    def __init__(self, root: Path, folder: Path, decided: str = "") -> None:
        """``decided`` is the key of the policy that files are read under."""
        self.path = cache_folder.file_for(root, folder)
        self.today = int(time.time() // 86400)
        self._fingerprint = fingerprint() + decided
        self._kinds: dict[str, str] = {}
        self._files: dict[str, tuple[Stamp | None, str]] = {}
        self._contents: dict[str, tuple[int, str]] = {}
        self._changed = False
        self._load()

    @property
    def empty(self) -> bool:
        """Whether no earlier run left anything."""
        return not self._contents

    def kind_of(self, path: str) -> str:
        """What :func:`portlint.discovery.kind_of` says of a path."""
        kind = self._kinds.get(path)
        if kind is None:
            kind = self._kinds[path] = discovery.kind_of(path)
            self._changed = True
        return kind

    def unchanged(self, file: SourceFile, stamp: Stamp) -> Outcome | None:
        """The outcome of a file whose stamp is the one that it was read with."""
        known = self._files.get(file.path)
        if known is None or known[0] != stamp:
            return None
        return self.content(file, known[1])

    def content(self, file: SourceFile, key: str) -> Outcome | None:
        """The outcome of a content that was seen before."""
        known = self._contents.get(key)
        if known is None:
            return None
        day, text = known
        if day != self.today:
            self._contents[key] = (self.today, text)
        try:
            return NOTHING if text == NOTHING_TEXT else decode(file.path, text)
        except ValueError:
            del self._contents[key]
            return None

    def remember(self, file: SourceFile, stamp: Stamp, key: str, text: str | None = None) -> None:
        """Keep what a file was read as; without ``text`` the content of the key is known already."""
        settled = time.time_ns() - max(stamp.modified, stamp.changed) > _RACY
        self._files[file.path] = (stamp if settled else None, key)
        if text is not None:
            self._contents[key] = (self.today, text)
        self._changed = True

    def save(self, paths: Iterable[str]) -> None:
        """Write what is worth keeping of the tree with these paths; a folder that cannot be written is no error."""
        if not self._changed:
            self._touch()
            return
        rows: list[list[str | int]] = []
        used = set()
        for path in paths:
            if (kind := self._kinds.get(path)) is None:
                continue
            known = self._files.get(path)
            rows.append([path, kind] if known is None else [path, kind, known[1], *(known[0] or ())])
            if known is not None:
                used.add(known[1])
        oldest = self.today - KEPT_DAYS
        lines = [json.dumps(rows, separators=(",", ":"))]
        lines += [
            f"{key} {day} {text}"
            for key, (day, text) in self._contents.items()
            if key in used or (day >= oldest and text != NOTHING_TEXT)
        ]
        body = "\n".join(lines).encode("ascii")
        if cache_folder.write(self.path, self._header(body) + body):
            cache_folder.prune(self.path.parent, self.path)
        self._changed = False

    def _touch(self) -> None:
        """Note that the cache is in use, once a day, so that it is not removed for its age."""
        with contextlib.suppress(OSError):
            if time.time() - os.stat(self.path).st_mtime > 86400:
                os.utime(self.path)

    def _header(self, body: bytes) -> bytes:
        digest = blake2b(body, digest_size=16).hexdigest()
        return f"{_HEADER} {self._fingerprint} {digest}\n".encode()

    def _load(self) -> None:
        try:
            with open(self.path, "rb") as stream:
                if os.fstat(stream.fileno()).st_size > _LARGEST:
                    return
                header, body = stream.readline(400), stream.read()
        except OSError:
            return
        if header != self._header(body):
            return
        try:
            first, *rest = body.decode("ascii").split("\n")
            kinds: dict[str, str] = {}
            files: dict[str, tuple[Stamp | None, str]] = {}
            for path, kind, *known in json.loads(first):
                kinds[path] = kind
                if known:
                    files[path] = (Stamp._make(known[1:]) if len(known) > 1 else None, known[0])
            contents: dict[str, tuple[int, str]] = {}
            for line in rest:
                key, day, text = line.split(" ", 2)
                contents[key] = (int(day), text)
        except (ValueError, TypeError, AttributeError, RecursionError):
            return
        self._kinds, self._files, self._contents = kinds, files, contents


def open_cache(root: Path, folder: Path | None = None, decided: str = "") -> Cache | None:
    """The cache of a tree; ``None`` where there is no place for one or portlint's sources cannot be read."""
    place = folder if folder is not None else cache_folder.default_folder()
    if place is None:
        return None
    try:
        return Cache(root, place, decided)
    except OSError:
        return None
