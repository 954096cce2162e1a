"""The stages joined: discover, extract, resolve and link, check, report. Command line and server call this.

Nothing that is read is run. A file that cannot be read, or an extractor that fails, becomes a failure of that file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portlint.discovery import Discovery, SourceFile, Stamp, discover
from portlint.model import Confidence, Failure, Report, Severity, Summary
from portlint.progress import Progress
from portlint.reading import FileFacts, Outcome, load, oversized
from portlint.rules import Rule

if TYPE_CHECKING:
    from portlint.cache import Cache
    from portlint.linking import Linked


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run is asked for. Codes in ``select`` and ``ignore`` may be prefixes (``PL1``)."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_severity: Severity = Severity.NOTE
    min_confidence: Confidence = Confidence.MEDIUM
    rules: tuple[Rule, ...] | None = None
    jobs: int | None = None
    """How many processes read files; ``None``: as ``PORTLINT_JOBS`` says, else several where that is quicker."""
    cache: bool = True
    """Whether what earlier runs read is used, and kept for later ones."""
    cache_dir: Path | None = None
    """Where it is kept; ``None``: as ``PORTLINT_CACHE_DIR`` says, else in the user's cache folder."""


def run(
    root: Path, paths: Sequence[Path] = (), *, options: Options | None = None, progress: Progress | None = None
) -> Report:
    """Check a tree. ``paths`` limits what is read; paths in the report are relative to ``root``."""
    options, progress = options or Options(), progress or Progress()
    progress.begin("discovering")
    cache = open_cache(root, options)
    found = discover(root, paths, cache.kind_of if cache is not None else None)
    facts, failures, unparsed = extract_all(root, found, options, cache, progress)
    progress.begin("linking")
    return judge(found, facts, failures, unparsed, options)


def judge(
    found: Discovery,
    facts: Mapping[str, FileFacts],
    failures: Sequence[Failure],
    unparsed: int,
    options: Options,
) -> Report:
    """From what the files say to a report; the part of a run that reads nothing."""
    from portlint.linking import link

    return assess(link(facts, found.paths), found, facts, failures, options)


def assess(
    linked: Linked,
    found: Discovery,
    facts: Mapping[str, FileFacts],
    failures: Sequence[Failure],
    options: Options,
    *,
    settings: bool = True,
) -> Report:
    """Check what is linked, and put together the report; ``settings=False`` leaves those out, and uncounted."""
    from portlint import rules
    from portlint.checks import check

    loaded = options.rules if options.rules is not None else rules.load()
    active = rules.active(loaded, options.select, options.ignore)
    findings = check(linked, loaded, active)
    kept = [item for item in findings if _weighty(item.severity, item.confidence, options)]
    agreeing = linked.settings() if settings else ()
    failures = [*found.failures, *failures]
    return Report(
        findings=tuple(kept),
        settings=agreeing,
        failures=tuple(sorted(failures, key=lambda failure: (failure.path, failure.line, failure.message))),
        summary=Summary(
            files=len(found.files),
            skipped=sum(count for _, count in found.skipped),
            settings=len(agreeing),
            occurrences=sum(len(item.extraction.occurrences) for item in facts.values()),
            unresolved=sum(item.extraction.unresolved for item in facts.values()) + linked.unresolved,
            failures=len(failures),
        ),
        skipped=found.skipped,
    )


_SEVERITIES = (Severity.NOTE, Severity.WARNING, Severity.ERROR)
_CONFIDENCES = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)


def _weighty(severity: Severity, confidence: Confidence, options: Options) -> bool:
    return _SEVERITIES.index(severity) >= _SEVERITIES.index(options.min_severity) and _CONFIDENCES.index(
        confidence
    ) >= _CONFIDENCES.index(options.min_confidence)


def open_cache(root: Path, options: Options) -> Cache | None:
    """What earlier runs over a tree have read; ``None`` where that is not wanted or there is no place for it."""
    if not options.cache:
        return None
    from portlint.cache import open_cache

    return open_cache(root, options.cache_dir)


def extract_all(
    root: Path, found: Discovery, options: Options, cache: Cache | None = None, progress: Progress | None = None
) -> tuple[dict[str, FileFacts], list[Failure], int]:
    """Read every file that no earlier run has read. The third value counts the files that hold nothing of ours."""
    progress = progress or Progress()
    progress.begin("reading", len(found.files))
    outcomes = read(root, found.files, options, cache, progress)
    if cache is not None:
        cache.save(found.paths)
    facts, failures = gather(found.files, outcomes)
    return facts, failures, len(found.files) - len(facts)


def read(
    root: Path,
    files: Sequence[SourceFile],
    options: Options,
    cache: Cache | None = None,
    progress: Progress | None = None,
) -> dict[str, Outcome]:
    """The outcome of each file, by path; what ``progress`` raises when it is told ends the work."""
    progress = progress or Progress()
    outcomes: dict[str, Outcome] = {}
    unknown = files if cache is None else _look_up(os.fspath(root), files, cache, outcomes)
    if unknown:
        from portlint import parallel

        progress.begin("reading", len(unknown))
        for file, answer in zip(unknown, parallel.read_all(root, unknown, options.jobs, progress), strict=True):
            outcomes[file.path] = answer.outcome
            if cache is not None and answer.stamp is not None and answer.text is not None:
                cache.remember(file, answer.stamp, answer.key, answer.text)
    return outcomes


def gather(files: Sequence[SourceFile], outcomes: Mapping[str, Outcome]) -> tuple[dict[str, FileFacts], list[Failure]]:
    """What linking is given: facts by path and all failures, both in the order of the files."""
    facts: dict[str, FileFacts] = {}
    failures: list[Failure] = []
    for file in files:
        outcome = outcomes[file.path]
        failures.extend(outcome.failures)
        if outcome.facts is not None:
            facts[file.path] = outcome.facts
    return facts, failures


def _look_up(
    root: str, files: Sequence[SourceFile], cache: Cache, outcomes: dict[str, Outcome]
) -> Sequence[SourceFile]:
    """Fill in what is known of unchanged files, and of changed ones with a content seen before; the rest is left."""
    from portlint.cache import key_of

    unknown = []
    for file in files:
        try:
            stamp = file.stamp or Stamp.of(os.lstat(os.path.join(root, file.path)))
            outcome = oversized(file.path, stamp.size) or cache.unchanged(file, stamp)
            if outcome is None and not cache.empty:
                data, stamp = load(root, file.path)
                key = key_of(file, data)
                outcome = cache.content(file, key)
                if outcome is not None:
                    cache.remember(file, stamp, key)
        except OSError:
            outcome = None
        if outcome is None:
            unknown.append(file)
        else:
            outcomes[file.path] = outcome
    return unknown
