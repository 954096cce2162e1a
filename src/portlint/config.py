"""The configuration of a run, as plain values: found, read, and checked against the rules that there are.

Validation takes longer than a small run, so what came of a file's bytes is kept beside the caches of trees.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from portlint import __version__, cache_folder
from portlint.config_files import ConfigFile, candidates, read
from portlint.config_policy import policy_of
from portlint.errors import PortlintError
from portlint.globs import NOWHERE, Patterns
from portlint.model import Confidence, Severity
from portlint.policy import NOTHING_DECIDED, Policy
from portlint.sifting import Silence
from portlint.text import Region, Span

_KEPT = "portlint configuration 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What a configuration says; ``None`` where it says nothing. The default is that of a tree without one."""

    file: ConfigFile | None = None
    keys: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """As written and checked, by key."""
    include: Patterns = NOWHERE
    exclude: Patterns | None = None
    extend_exclude: Patterns = NOWHERE
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[Patterns, tuple[str, ...]], ...] = ()
    severities: tuple[tuple[str, Severity], ...] = ()
    min_severity: Severity | None = None
    min_confidence: Confidence | None = None
    suppress: tuple[Silence, ...] = ()
    rules: tuple[Path, ...] = ()
    baseline: Path | None = None
    cache: bool | None = None
    cache_dir: Path | None = None
    policy: Policy = NOTHING_DECIDED

    def complaint(self, path: Sequence[str | int], problem: str) -> PortlintError:
        """An error about a key, with file and line."""
        from portlint.config_reading import complaint

        assert self.file is not None
        return PortlintError(complaint(self.file, path, problem))


NONE = Configuration()


def load(root: Path, *, given: Path | None = None, keep: Path | None = None) -> Configuration:
    """The configuration of a tree: the file ``given``, else the nearest one from ``root`` upwards.

    ``keep`` is the folder where what was validated is kept; ``None``: nowhere. Raises :class:`PortlintError`.
    """
    if given is not None:
        file = read(given)
        plain = _plain(file, keep)
        if plain is None:
            raise PortlintError(f"{file.shown}: expected a table [tool.portlint]")
        return _configuration(file, plain, root)
    for file in candidates(root):
        plain = _plain(file, keep)
        if plain is not None:
            return _configuration(file, plain, root)
    return NONE


def _plain(file: ConfigFile, keep: Path | None) -> dict[str, Any] | None:
    path = keep / f"{_key(file)}.config" if keep is not None else None
    if path is not None:
        known = _kept(path)
        if known is not None:
            return known[0]
    from portlint import config_reading

    plain = config_reading.read(file)
    if path is not None:
        body = json.dumps([plain], separators=(",", ":")).encode("ascii")
        cache_folder.write(path, _header(body) + body)
    return plain


def _key(file: ConfigFile) -> str:
    """What the outcome depends on: the bytes, which table of them counts, and the code that reads it."""
    known = blake2b(f"{__version__} {file.within} ".encode(), digest_size=16)
    for name in ("config_model", "config_reading", "toml_places", "globs"):
        with open(os.path.join(os.path.dirname(__file__), f"{name}.py"), "rb") as stream:
            known.update(stream.read())
    known.update(file.data)
    return known.hexdigest()


def _header(body: bytes) -> bytes:
    return f"{_KEPT} {blake2b(body, digest_size=16).hexdigest()}\n".encode()


def _kept(path: Path) -> list[dict[str, Any] | None] | None:
    try:
        with open(path, "rb") as stream:
            header, body = stream.readline(200), stream.read()
    except OSError:
        return None
    if header != _header(body):
        return None
    found: list[dict[str, Any] | None] = json.loads(body)
    return found


def _configuration(file: ConfigFile, plain: dict[str, Any], root: Path) -> Configuration:
    home, root = file.path.resolve().parent, root.resolve()
    # Patterns are relative to the file's folder, if the tree is within it.
    before = root.relative_to(home).as_posix() + "/" if root.is_relative_to(home) and root != home else ""
    get = plain.get

    def patterns(items: Sequence[str]) -> Patterns:
        return Patterns(tuple(items), before)

    return Configuration(
        file=file,
        keys={key: value for key, value in plain.items() if key},
        include=patterns(get("include", ())),
        exclude=patterns(plain["exclude"]) if get("exclude") is not None else None,
        extend_exclude=patterns(get("extend-exclude", ())),
        select=tuple(plain["select"]) if get("select") is not None else None,
        extend_select=tuple(get("extend-select", ())),
        ignore=tuple(get("ignore", ())),
        per_file_ignores=tuple(
            (patterns([pattern]), tuple(rules)) for pattern, rules in get("per-file-ignores", {}).items()
        ),
        severities=tuple((rule, Severity(level)) for rule, level in get("severity", {}).items()),
        min_severity=Severity(plain["min-severity"]) if get("min-severity") else None,
        min_confidence=Confidence(plain["min-confidence"]) if get("min-confidence") else None,
        suppress=tuple(
            Silence(
                rules=tuple(item["rules"]),
                paths=patterns(item.get("paths", ())),
                setting=item.get("setting") or "",
                reason=item["reason"],
                span=Span(*place[:2]),
                region=Region(*place[2:]),
            )
            for item, place in zip(get("suppress", ()), plain[""]["suppress"], strict=True)
        ),
        rules=tuple(home / path for path in get("rules", ())),
        baseline=home / plain["baseline"] if get("baseline") else None,
        cache=get("cache"),
        cache_dir=home / plain["cache-dir"] if get("cache-dir") else None,
        policy=policy_of(plain, patterns, os.path.relpath(file.path.resolve(), root).replace(os.sep, "/")),
    )
