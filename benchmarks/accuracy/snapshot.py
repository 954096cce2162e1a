"""A tree read once, to be judged again with one file changed: unchanged files keep what was read of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portlint import pipeline, rules
from portlint.discovery import Discovery, SourceFile, discover
from portlint.model import Confidence, Failure, Report, Severity
from portlint.reading import FileFacts, load, understand

OPTIONS = pipeline.Options(min_severity=Severity.NOTE, min_confidence=Confidence.LOW, cache=False)
"""Everything is asked for; what people see by default is told apart afterwards."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a tree before anything is changed in it."""

    name: str
    found: Discovery
    files: Mapping[str, SourceFile]
    facts: Mapping[str, FileFacts]
    texts: Mapping[str, str]
    """Decoded, without byte order mark, as portlint's spans count; only of files that are UTF-8."""
    numbers: frozenset[str]
    """Every run of digits that stands anywhere in the texts."""
    failures: Sequence[Failure]
    options: pipeline.Options
    report: Report


def take(root: Path) -> Snapshot:
    """Read and judge a tree. Raises ``OSError`` where the root cannot be listed."""
    options = pipeline.Options(
        min_severity=OPTIONS.min_severity,
        min_confidence=OPTIONS.min_confidence,
        cache=False,
        rules=tuple(rules.load()),
    )
    found = discover(root)
    facts, failures, unparsed = pipeline.extract_all(root, found, options)
    texts = {file.path: text for file in found.files if (text := _text(root, file.path)) is not None}
    return Snapshot(
        name=root.name if root.name != "repo" else f"{root.parent.parent.name}/{root.parent.name}",
        found=found,
        files={file.path: file for file in found.files},
        facts=facts,
        texts=texts,
        numbers=frozenset(number for text in texts.values() for number in re.findall(r"[0-9]{2,5}", text)),
        failures=failures,
        options=options,
        report=pipeline.judge(found, facts, failures, unparsed, options),
    )


def edited(snapshot: Snapshot, path: str, start: int, end: int, new: str) -> Report:
    """The report of the tree with ``new`` in the place of the code points ``start`` to ``end`` of one file."""
    text = snapshot.texts[path]
    outcome = understand(snapshot.files[path], (text[:start] + new + text[end:]).encode("utf-8", "surrogateescape"))
    facts = dict(snapshot.facts)
    facts.pop(path, None)
    if outcome.facts is not None:
        facts[path] = outcome.facts
    unparsed = len(snapshot.found.files) - len(facts)
    return pipeline.judge(snapshot.found, facts, snapshot.failures, unparsed, snapshot.options)


def _text(root: Path, path: str) -> str | None:
    try:
        return load(str(root), path)[0].decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
