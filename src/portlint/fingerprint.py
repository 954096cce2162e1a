"""What this portlint would answer differently from another: its own sources, Python's version, its libraries'.

Contents and not times are compared, so that a cache that was carried to a fresh machine (as build services do) still
counts, and one from before an edit never does. Reading and hashing the sources takes about 5 ms.
"""

from __future__ import annotations

import os
import sys
from hashlib import blake2b

_AFTER_EXTRACTION = frozenset({"checks", "linking", "reporters", "__pycache__"})
"""Folders whose code sees extractions but does not make them."""
_LIBRARIES = ("bashlex-", "libcst-", "pyromark-", "python_dotenv-", "pyyaml-", "tree_sitter")


def fingerprint() -> str:
    """32 hexadecimal digits; equal only where the same bytes are read the same way."""
    known = blake2b(sys.version.encode(), digest_size=16)
    for path in _sources(os.path.dirname(os.path.abspath(__file__))):
        with open(path, "rb") as stream:
            data = stream.read()
        known.update(b"\0%s %d\0" % (os.path.basename(path).encode(), len(data)))
        known.update(data)
    for name in _libraries():
        known.update(b"\0" + name.encode())
    return known.hexdigest()


def _sources(folder: str) -> list[str]:
    found, stack = [], [folder]
    while stack:
        with os.scandir(stack.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    if entry.name not in _AFTER_EXTRACTION:
                        stack.append(entry.path)
                elif entry.name.endswith((".py", ".toml")):
                    found.append(entry.path)
    return sorted(found)


def _libraries() -> list[str]:
    """The names of the installed distributions that extractors use, with their versions (``x-1.2.dist-info``)."""
    found: set[str] = set()
    for folder in sys.path:
        try:
            names = os.listdir(folder) if folder else []
        except OSError:
            continue
        found.update(
            name.lower() for name in names if name.endswith(".dist-info") and name.lower().startswith(_LIBRARIES)
        )
    return sorted(found)
