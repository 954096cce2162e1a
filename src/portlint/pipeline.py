"""The stages joined: discover, extract, resolve and link, check, report. Command line and server call this.

Nothing that is read is run. A file that cannot be read, or an extractor that fails, becomes a failure of that file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from portlint.discovery import MAXIMUM_SIZE, Discovery, SourceFile, discover
from portlint.errors import UnreadableInput
from portlint.extractors import extractor, worth_parsing
from portlint.model import Confidence, Extraction, Failure, Problem, Report, Severity, Summary
from portlint.rules import Rule
from portlint.text import Lines, Region

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run is asked for. Codes in ``select`` and ``ignore`` may be prefixes (``PL1``)."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_severity: Severity = Severity.NOTE
    min_confidence: Confidence = Confidence.MEDIUM
    rules: tuple[Rule, ...] | None = None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file's extraction with the 1-based region of each occurrence, relation-ready for linking."""

    path: str
    extraction: Extraction
    regions: tuple[Region, ...]
    remark_regions: tuple[tuple[Region, ...], ...]
    service_regions: tuple[Region, ...] = ()


def run(root: Path, paths: Sequence[Path] = (), *, options: Options | None = None) -> Report:
    """Check a tree. ``paths`` limits what is read; paths in the report are relative to ``root``."""
    options = options or Options()
    found = discover(root, paths)
    facts, failures, unparsed = extract_all(root, found.files)
    return judge(found, facts, failures, unparsed, options)


def judge(
    found: Discovery,
    facts: Mapping[str, FileFacts],
    failures: Sequence[Failure],
    unparsed: int,
    options: Options,
) -> Report:
    """From what the files say to a report; the part of a run that reads nothing."""
    from portlint import rules
    from portlint.checks import check
    from portlint.linking import link

    linked = link(facts, found.paths)
    loaded = options.rules if options.rules is not None else rules.load()
    active = rules.active(loaded, options.select, options.ignore)
    findings = check(linked, loaded, active)
    kept = [item for item in findings if _weighty(item.severity, item.confidence, options)]
    settings = linked.settings()
    return Report(
        findings=tuple(kept),
        settings=settings,
        failures=tuple(sorted(failures, key=lambda failure: (failure.path, failure.line, failure.message))),
        summary=Summary(
            files=len(found.files),
            skipped=sum(count for _, count in found.skipped),
            settings=len(settings),
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


def extract_all(root: Path, files: Iterable[SourceFile]) -> tuple[dict[str, FileFacts], list[Failure], int]:
    """Read every file. The third value counts the files that hold nothing of ours, by their bytes."""
    facts: dict[str, FileFacts] = {}
    failures: list[Failure] = []
    unparsed = 0
    for file in files:
        text = _read(root, file, failures)
        if text is None:
            unparsed += 1
            continue
        extraction = extract_text(file, text)
        failures.extend(
            Failure(path=file.path, line=problem.line, message=problem.message) for problem in extraction.problems
        )
        facts[file.path] = locate(file.path, text, extraction)
    return facts, failures, unparsed


def extract_text(file: SourceFile, text: str) -> Extraction:
    """What one file says; whatever goes wrong in its extractor is a problem of that file."""
    try:
        return extractor(file.format)(file.path, text)
    except UnreadableInput as error:
        return Extraction(problems=(Problem(line=error.line, message=error.message),))
    except RecursionError:
        return Extraction(problems=(Problem(line=0, message="nested too deeply"),))
    except Exception as error:  # a crash in one extractor must not end the run
        return Extraction(problems=(Problem(line=0, message=f"internal error in the {file.format} extractor: {error!r}"),))


def locate(path: str, text: str, extraction: Extraction) -> FileFacts:
    """Give every occurrence its line and column, so that nothing later needs the text."""
    if not extraction.occurrences and not extraction.remarks and not extraction.services:
        return FileFacts(path, extraction, (), ())
    lines = Lines(text)
    return FileFacts(
        path,
        replace(extraction, problems=()),
        tuple(lines.region(item.span) for item in extraction.occurrences),
        tuple(
            (lines.region(remark.span), *(lines.region(span) for span, _, _ in remark.related))
            for remark in extraction.remarks
        ),
        tuple(lines.region(service.span) for service in extraction.services),
    )


def _read(root: Path, file: SourceFile, failures: list[Failure]) -> str | None:
    """The decoded text, or ``None`` where there is nothing in it for us (or a failure was noted)."""
    path = root / file.path
    try:
        if path.stat().st_size > MAXIMUM_SIZE:
            failures.append(Failure(path=file.path, line=0, message=f"larger than {MAXIMUM_SIZE // 1_000_000} MB"))
            return None
        data = path.read_bytes()
    except OSError as error:
        failures.append(Failure(path=file.path, line=0, message=f"cannot be read: {error.strerror or error}"))
        return None
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not wide and not worth_parsing(file.format, data):
        return None
    return _decode(file.path, data, failures)


def _decode(path: str, data: bytes, failures: list[Failure]) -> str | None:
    """UTF-8, or UTF-16 where a byte order mark says so."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\0" in data:
        failures.append(Failure(path=path, line=0, message="binary file"))
        return None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        failures.append(Failure(path=path, line=line, message=f"not valid {encoding.removesuffix('-sig')} text"))
        return None
