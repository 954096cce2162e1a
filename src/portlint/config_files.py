"""Which file configures a run: the nearest one from the root of the tree upwards.

In one folder ``.portlint.toml`` comes before ``portlint.toml`` and that before ``pyproject.toml``, and a
``pyproject.toml`` without ``[tool.portlint]`` counts as none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portlint.errors import PortlintError

NAMES = (".portlint.toml", "portlint.toml", "pyproject.toml")
"""File names in the order in which they count."""
LARGEST = 1_000_000
_HELD = re.compile(rb"tool[\"'\s]*\.[\"'\s]*portlint")


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A file that may hold a configuration, and its bytes."""

    path: Path
    data: bytes

    @property
    def within(self) -> tuple[str, ...]:
        """The table that holds the configuration: all of the file, or a part of it."""
        return ("tool", "portlint") if self.path.name == "pyproject.toml" else ()

    @property
    def shown(self) -> str:
        """The path as messages name it: relative to the current folder where it is below it."""
        try:
            return self.path.relative_to(Path.cwd()).as_posix()
        except (ValueError, OSError):
            return str(self.path)


def candidates(root: Path) -> Iterator[ConfigFile]:
    """Files that may configure a tree, nearest first. Raises :class:`PortlintError` for one that cannot be read."""
    base = os.path.abspath(root)
    while True:
        for name in NAMES:
            path = os.path.join(base, name)
            if os.path.isfile(path):
                found = read(Path(path))
                if name != "pyproject.toml" or _HELD.search(found.data):
                    yield found
        above = os.path.dirname(base)
        if above == base:
            return
        base = above


def read(path: Path) -> ConfigFile:
    """A file's bytes. Raises :class:`PortlintError` for one that cannot be read or is too large."""
    file = ConfigFile(path, b"")
    try:
        with open(path, "rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise PortlintError(f"{file.shown}: cannot be read: {error.strerror or error}") from None
    if len(data) > LARGEST:
        raise PortlintError(f"{file.shown}: larger than {LARGEST // 1_000_000} MB; expected a configuration")
    return ConfigFile(path, data)
