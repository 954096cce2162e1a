"""Accepted findings: a file of fingerprints with words for people, a finding a line, sorted, so that it merges well."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from portlint.errors import PortlintError
from portlint.model import Accepted, Finding
from portlint.reporters.masking import masked_text, masked_value

VERSION = 1
KEYS = ("fingerprint", "code", "setting", "path", "value", "message")
"""What an entry holds."""
_LARGEST = 64_000_000


def load(path: Path) -> tuple[Accepted, ...]:
    """The entries of a baseline. Raises :class:`PortlintError` for one that cannot be read, or of a newer version."""
    try:
        if path.stat().st_size > _LARGEST:
            raise PortlintError(f"{path}: larger than {_LARGEST // 1_000_000} MB; expected a baseline")
        raw: Any = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise PortlintError(f"{path}: cannot be read: {error.strerror or error}") from None
    except json.JSONDecodeError as error:
        raise PortlintError(f"{path}:{error.lineno}: not valid JSON: {error.msg}") from None
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise PortlintError(f"{path}: expected a baseline, UTF-8 JSON as 'portlint baseline' writes it") from None
    version = raw.get("version") if isinstance(raw, dict) else None
    if type(version) is not int or version < 1:
        raise PortlintError(f'{path}: expected a baseline with "version": {VERSION}')
    if version > VERSION:
        raise PortlintError(f"{path}: version {version}; this portlint reads up to {VERSION}: update portlint")
    findings = raw.get("findings")
    if not isinstance(findings, list):
        raise PortlintError(f"{path}: findings: expected a list")
    return tuple(_entry(path, number, item) for number, item in enumerate(findings, 1))


def _entry(path: Path, number: int, item: Any) -> Accepted:
    for key in KEYS:
        if not isinstance(item, dict) or not isinstance(item.get(key), str):
            raise PortlintError(f"{path}: findings[{number}].{key}: expected a text")
    return Accepted(**{key: item[key] for key in KEYS})


def entries(findings: Iterable[Finding]) -> list[Accepted]:
    """What a baseline holds of findings: an entry for each place that deviates."""
    return [
        Accepted(
            fingerprint=fingerprint,
            code=finding.code,
            setting=finding.setting,
            path=place.path,
            value=masked_value(place.value, finding.setting, finding.kind),
            message=masked_text(finding.message),
        )
        for finding in findings
        for fingerprint, place in finding.fingerprints
    ]


def text(accepted: Iterable[Accepted]) -> str:
    """A baseline as text: an entry a line, by path, code and setting."""
    unique = {item.fingerprint: item for item in accepted}
    ordered = sorted(
        unique.values(), key=lambda item: (item.path, item.code, item.setting, item.value, item.fingerprint)
    )
    rows = [json.dumps({key: getattr(item, key) for key in KEYS}, ensure_ascii=False) for item in ordered]
    body = ",\n".join(f"  {row}" for row in rows)
    return (
        f'{{\n "version": {VERSION},\n "findings": [\n{body}\n ]\n}}\n'
        if rows
        else (f'{{\n "version": {VERSION},\n "findings": []\n}}\n')
    )


def write(path: Path, accepted: Sequence[Accepted]) -> None:
    """Put a baseline in place at once: the old one or the new one, never half. Raises :class:`PortlintError`."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text(accepted), encoding="utf-8", newline="\n", errors="surrogateescape")
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise PortlintError(f"{path}: cannot be written: {error.strerror or error}") from None
