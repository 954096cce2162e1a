"""The stages joined: discover, extract, resolve and link, check, report. Command line and server call this.

Nothing that is read is run. A file that cannot be read, or an extractor that fails, becomes a failure of that file.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from portlint import changes
from portlint.changes import Changes
from portlint.discovery import ALL, Choice, Discovery, SourceFile, Stamp, discover
from portlint.globs import Patterns
from portlint.model import Accepted, Confidence, Failure, Finding, Report, Severity, Summary, Suppressed
from portlint.pinned import with_pinned
from portlint.policy import NOTHING_DECIDED, Policy
from portlint.progress import Progress
from portlint.reading import FileFacts, Outcome, load, oversized
from portlint.rules import Rule
from portlint.sifting import BASELINE, IGNORED, Sieve, Silence

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
    extend_select: tuple[str, ...] = ()
    severities: tuple[tuple[str, Severity], ...] = ()
    """Rules, named as in ``select``, with the severity that their findings have; the most exact one counts."""
    per_file_ignores: tuple[tuple[Patterns, tuple[str, ...]], ...] = ()
    """Files, and the rules that are not reported in them."""
    own_rules: tuple[Path, ...] = ()
    """Files and folders with rules, beside those of portlint."""
    choice: Choice = ALL
    """Which files are read."""
    silences: tuple[Silence, ...] = ()
    """Findings that are left out on purpose."""
    baseline: tuple[Accepted, ...] | None = None
    """Findings that were accepted earlier; ``None``: there is no baseline."""
    changed: Changes | None = None
    """Show findings only that touch these lines; ``None``: all."""
    policy: Policy = NOTHING_DECIDED
    """What the project has decided about its settings."""


def run(
    root: Path, paths: Sequence[Path] = (), *, options: Options | None = None, progress: Progress | None = None
) -> Report:
    """Check a tree. ``paths`` limits what is read; paths in the report are relative to ``root``."""
    options, progress = options or Options(), progress or Progress()
    progress.begin("discovering")
    cache = open_cache(root, options)
    found = discover(root, paths, cache.kind_of if cache is not None else None, options.choice)
    facts, failures, unparsed = extract_all(root, found, options, cache, progress)
    progress.begin("linking")
    return judge(found, facts, failures, unparsed, options, not paths)


def judge(
    found: Discovery,
    facts: Mapping[str, FileFacts],
    failures: Sequence[Failure],
    unparsed: int,
    options: Options,
    whole: bool = True,
) -> Report:
    """From what the files say to a report; the part of a run that reads nothing.

    ``whole``: nothing of the tree was left out, so that what is not found is not there.
    """
    from portlint.linking import link

    with options.policy.in_force():
        linked = link(with_pinned(facts, options.policy), found.paths, options.policy)
    return assess(linked, found, facts, failures, options, whole=whole)


def assess(
    linked: Linked,
    found: Discovery,
    facts: Mapping[str, FileFacts],
    failures: Sequence[Failure],
    options: Options,
    *,
    settings: bool = True,
    whole: bool = True,
) -> Report:
    """Check what is linked, and put together the report; ``settings=False`` leaves those out, and uncounted."""
    from portlint import rules
    from portlint.checks import check

    loaded = options.rules if options.rules is not None else rules.load(options.own_rules)
    active = rules.active(loaded, options.select, options.ignore, options.extend_select)
    levels = rules.levels(loaded, options.severities)
    with options.policy.in_force():
        sieve = _sieve(facts, options)
        findings = check(linked, loaded, active, sieve.judge)
        findings += sieve.useless(loaded, active, whole)
        agreeing = linked.settings() if settings else ()
    findings = [replace(item, severity=levels.get(item.code, item.severity)) for item in findings]
    weighty = [
        item
        for item in findings
        if _weighty(item.severity, item.confidence, options)
        and (options.changed is None or changes.touches(item, options.changed))
    ]
    suppressed = tuple(_silenced(weighty))
    known = sum(item.kind == BASELINE for item in suppressed)
    gone = _gone(options, findings, active) if whole else ()
    failures = [*found.failures, *failures]
    return Report(
        findings=tuple(item for item in weighty if item.suppression is None),
        settings=agreeing,
        failures=tuple(sorted(failures, key=lambda failure: (failure.path, failure.line, failure.message))),
        summary=Summary(
            files=len(found.files),
            skipped=sum(count for _, count in found.skipped),
            settings=len(agreeing),
            occurrences=sum(len(item.extraction.occurrences) for item in facts.values()),
            unresolved=sum(item.extraction.unresolved for item in facts.values()) + linked.unresolved,
            failures=len(failures),
            suppressed=len(suppressed) - known,
            known=known,
            gone=len(gone),
        ),
        skipped=found.skipped,
        suppressed=suppressed,
        gone=gone,
    )


def _sieve(facts: Mapping[str, FileFacts], options: Options) -> Sieve:
    return Sieve(
        directives={path: file.directives for path, file in facts.items() if file.directives},
        silences=options.silences,
        per_file_ignores=options.per_file_ignores,
        baseline={item.fingerprint: item for item in options.baseline or ()},
        policy=options.policy,
    )


def _silenced(findings: Sequence[Finding]) -> Iterator[Suppressed]:
    for item in findings:
        if item.suppression is not None and item.suppression is not IGNORED:
            yield Suppressed(finding=item, kind=item.suppression.kind, reason=item.suppression.reason)


def _gone(options: Options, findings: Sequence[Finding], active: Collection[str]) -> tuple[Accepted, ...]:
    """What the baseline holds and no active rule finds any more, suppressed or not."""
    found = {fingerprint for item in findings for fingerprint, _ in item.fingerprints}
    return tuple(item for item in options.baseline or () if item.fingerprint not in found and item.code in active)


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

    return open_cache(root, options.cache_dir, options.policy.key)


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
        answers = parallel.read_all(root, unknown, options.jobs, progress, options.policy)
        for file, answer in zip(unknown, answers, strict=True):
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
