"""Which client has been told what: diagnostics by file, over all folders, sent where they changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping

from lsprotocol import types

from portlint.server.diagnostics import Found
from portlint.server.documents import Documents, key

Publish = Callable[[types.PublishDiagnosticsParams], None]


class Published:
    """The diagnostics of all folders, and those that the client knows of."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._found: dict[str, Found] = {}
        self._versions: Mapping[str, int] = {}
        self._sent: dict[str, tuple[str, list[types.Diagnostic]]] = {}

    def put(self, folder: str, found: Found, versions: Mapping[str, int]) -> None:
        """What was found in a folder now, in place of what was found before; the versions of the buffers it is of."""
        self._found[folder] = found
        self._versions = versions

    def version(self, path: str) -> int | None:
        """The version of an open file that its diagnostics are of."""
        return self._versions.get(key(path)) if key(path) in self._documents.open else None

    def drop(self, folder: str) -> None:
        """A folder was closed."""
        self._found.pop(folder, None)

    def of(self, path: str) -> list[types.Diagnostic]:
        """All diagnostics of a file; what two folders say alike, once."""
        result: list[types.Diagnostic] = []
        for found in self._found.values():
            result.extend(item for item in found.get(path, ()) if item not in result)
        return result

    def paths(self) -> list[str]:
        """The files that have diagnostics."""
        return sorted({path for found in self._found.values() for path in found})

    def news(self) -> Iterator[types.PublishDiagnosticsParams]:
        """What to send so that the client knows all; files without diagnostics are cleared once."""
        now = {path: self.of(path) for path in self.paths()}
        for path in sorted({*now, *self._sent}):
            items, uri = now.get(path, []), self._documents.uri(path)
            known = self._sent.get(path)
            if known == (uri, items) or (known is None and not items):
                continue
            if known is not None and known[0] != uri:
                yield types.PublishDiagnosticsParams(known[0], [])
            yield types.PublishDiagnosticsParams(uri, items, self.version(path))
            if items:
                self._sent[path] = (uri, items)
            else:
                del self._sent[path]


def result_id(items: list[types.Diagnostic]) -> str:
    """What tells whether a file's diagnostics are those that were sent before."""
    return hashlib.sha256(repr(items).encode("utf-8", "backslashreplace")).hexdigest()[:16]
