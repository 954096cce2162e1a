"""The formats portlint reads: one line in the table, one module each.

A module has ``extract(path, text)``: the root-relative path with ``/`` and the whole decoded text (no byte order mark)
to an :class:`portlint.model.Extraction`. It is pure: same input, same answer. It may raise
:class:`portlint.errors.UnreadableInput`; better is to collect a problem and go on.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from portlint.model import Extraction

Extract = Callable[[str, str], Extraction]


@dataclass(frozen=True, slots=True)
class Format:
    """One file format.

    ``paths`` is matched against the root-relative path in lower case. ``hint`` is a byte pattern that every file worth
    parsing contains (searched without regard to case); ``None`` means that every file is parsed. ``version`` is part
    of the cache key: raise it when the extractor's answers change.
    """

    name: str
    module: str
    paths: str
    hint: str | None = None
    version: int = 1


_ANY = r"port|://|localhost|127\.0\.0\.1|0\.0\.0\.0|host"

FORMATS: tuple[Format, ...] = (
    Format("dotenv", "dotenv", r"(?:.*/)?(?:\.env(?:[.\-_][^/]*)?|[^/]*\.env|\.envrc|[^/]*\.env\.(?:example|sample|template|dist|local)|env[.\-](?:example|sample|template|defaults))"),
    Format("shell", "shell", r".*\.(?:sh|bash|zsh|ksh)", _ANY + r"|:[0-9]{2,5}"),
    Format("python", "python", r".*\.py", r"environ|getenv|field\(|localhost|127\.0\.0\.1|0\.0\.0\.0|://[^/\s]*:[0-9]|[^m]port\W{0,30}[0-9]|\bport\b.{0,40}[0-9]|listen\(|runserver|uvicorn"),
    Format("document", "document", r".*\.(?:md|mdx|markdown|rst|adoc|txt)|(?:.*/)?(?:readme|contributing|install|hacking)[^/]*", _ANY + r"|端口|主机|:[0-9]{2,5}"),
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Format, re.Pattern[str]], ...]:
    return tuple((format, re.compile(format.paths)) for format in FORMATS)


@lru_cache(maxsize=65536)
def format_of(path: str) -> Format | None:
    """The format of a root-relative path, or ``None`` where portlint does not read such files."""
    lowered = path.lower()
    for format, pattern in _patterns():
        if pattern.fullmatch(lowered):
            return format
    return None


@lru_cache(maxsize=None)
def hint_of(name: str) -> re.Pattern[bytes] | None:
    """The byte pattern of a format's :attr:`Format.hint`, compiled."""
    format = next(format for format in FORMATS if format.name == name)
    return None if format.hint is None else re.compile(format.hint.encode(), re.IGNORECASE)


@lru_cache(maxsize=None)
def extractor(name: str) -> Extract:
    """The ``extract`` function of a format; its module is imported only now."""
    format = next(format for format in FORMATS if format.name == name)
    function: Extract = importlib.import_module(f"portlint.extractors.{format.module}").extract
    return function
