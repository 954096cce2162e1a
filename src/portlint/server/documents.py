"""The editor's buffers: what is open, in which version, with every change applied.

A client may send changes of a document that it never opened, versions that go backwards or ranges outside of the
text; the first are ignored, the second applied in the order of their arrival, the third cut to the text.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from portlint.server.positions import Extent, Sheet


@dataclass(slots=True)
class Document:
    """An open buffer. ``path`` is absolute; ``uri`` is written as the client writes it."""

    uri: str
    path: str
    version: int
    text: str


class Documents:
    """All open buffers, by absolute path."""

    def __init__(self) -> None:
        self.open: dict[str, Document] = {}

    def did_open(self, uri: str, version: int, text: str) -> Document | None:
        """A buffer was opened, or opened again; ``None`` for one that is not a file."""
        path = to_path(uri)
        if path is None:
            return None
        document = self.open[key(path)] = Document(uri, path, version, text)
        return document

    def did_change(
        self, uri: str, version: int, changes: Iterable[tuple[Extent | None, str]], encoding: str
    ) -> Document | None:
        """Changes in the order in which they were made; one without a range replaces the whole text."""
        document = self.of(uri)
        if document is None:
            return None
        for extent, text in changes:
            if extent is None:
                document.text = text
                continue
            sheet = Sheet(document.text, encoding)
            start, end = sorted((sheet.offset(extent.start), sheet.offset(extent.end)))
            document.text = document.text[:start] + text + document.text[end:]
        document.version = version
        return document

    def did_close(self, uri: str) -> Document | None:
        """A buffer was closed."""
        path = to_path(uri)
        return self.open.pop(key(path), None) if path is not None else None

    def of(self, uri: str) -> Document | None:
        """The open buffer of a URI."""
        path = to_path(uri)
        return self.open.get(key(path)) if path is not None else None

    def uri(self, path: str) -> str:
        """The URI of an absolute path, as the client writes it where it has the file open."""
        document = self.open.get(key(path))
        return document.uri if document is not None else to_uri(path)


def key(path: str) -> str:
    """What tells files apart: on Windows neither case nor the direction of slashes."""
    return os.path.normcase(path)


def to_path(uri: str) -> str | None:
    """The absolute path of a ``file:`` URI, else ``None``."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    path = unquote(parts.path)
    if parts.scheme != "file" or not path or "\0" in path:
        return None
    if parts.netloc and parts.netloc != "localhost":
        path = f"//{parts.netloc}{path}"
    elif path[2:3] == ":" and path[1:2].isalpha():
        path = path[1:]  # /c:/folder
    return os.path.normpath(path)


def to_uri(path: str) -> str:
    """The ``file:`` URI of an absolute path; drive letters small and unescaped, as most clients write them."""
    path = path.replace(os.sep, "/")
    if path.startswith("//"):
        host, _, rest = path[2:].partition("/")
        return f"file://{host}/{quote(rest)}"
    if path[1:2] == ":":
        return f"file:///{path[0].lower()}:{quote(path[2:])}"
    return f"file://{quote(path)}"
