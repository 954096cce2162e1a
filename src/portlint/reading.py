"""One file of the tree: its bytes, and what its extractor says of them, with every place found.

:func:`understand` is pure: the same format, path and bytes give the same answer, so it may run in another process and
its answer may be kept (:mod:`portlint.cache`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from portlint import directives
from portlint.directives import Directive
from portlint.discovery import MAXIMUM_SIZE, SourceFile, Stamp
from portlint.errors import UnreadableInput
from portlint.extractors import extractor, worth_parsing
from portlint.model import Extraction, Failure, Problem
from portlint.policy import NOTHING_DECIDED, Policy
from portlint.text import Lines, Region


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file's extraction with the 1-based region of each occurrence, relation-ready for linking."""

    path: str
    extraction: Extraction
    regions: tuple[Region, ...]
    remark_regions: tuple[tuple[Region, ...], ...]
    service_regions: tuple[Region, ...] = ()
    directives: tuple[Directive, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file: ``facts`` is ``None`` where nothing in it is for us, or it could not be read."""

    facts: FileFacts | None = None
    failures: tuple[Failure, ...] = ()
    lasting: bool = True
    """The same bytes would give this again: it did not fail for a reason outside of the file."""


NOTHING = Outcome()


def oversized(path: str, size: int) -> Outcome | None:
    """The failure of a file that has too many bytes to be read, else ``None``."""
    if size <= MAXIMUM_SIZE:
        return None
    return _failed(path, f"larger than {MAXIMUM_SIZE // 1_000_000} MB")


def unreadable(path: str, error: OSError) -> Outcome:
    """The failure of a file that the system does not let us read."""
    return replace(_failed(path, f"cannot be read: {error.strerror or error}"), lasting=False)


def load(root: str, path: str) -> tuple[bytes, Stamp]:
    """A file's bytes, and its stamp from before they were read. Raises ``OSError``."""
    with open(os.path.join(root, path), "rb", buffering=0) as stream:
        stamp = Stamp.of(os.fstat(stream.fileno()))
        return (stream.read() if stamp.size <= MAXIMUM_SIZE else b""), stamp


def understand(file: SourceFile, data: bytes, policy: Policy = NOTHING_DECIDED) -> Outcome:
    """What the bytes of one file say, in a project that has decided what its names and tools mean."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    told = wide or directives.MARK in data
    if not told and not worth_parsing(file.format, data) and not policy.mentions(data):
        return NOTHING
    with policy.in_force():
        return _understand(file, data)


def _understand(file: SourceFile, data: bytes) -> Outcome:
    text = _decode(file.path, data)
    if isinstance(text, Outcome):
        return text
    extraction, lasting = _extract(file, text)
    failures = tuple(
        Failure(path=file.path, line=problem.line, message=problem.message) for problem in extraction.problems
    )
    facts = locate(file.path, text, extraction)
    if directives.MARK.decode() in text:
        facts = replace(facts, directives=directives.find(file.format, file.path, text))
    return Outcome(facts, failures, lasting)


def extract_text(file: SourceFile, text: str) -> Extraction:
    """What one file says; whatever goes wrong in its extractor is a problem of that file."""
    return _extract(file, text)[0]


def _extract(file: SourceFile, text: str) -> tuple[Extraction, bool]:
    try:
        return extractor(file.format)(file.path, text), True
    except UnreadableInput as error:
        return Extraction(problems=(Problem(line=error.line, message=error.message),)), True
    except RecursionError:
        return Extraction(problems=(Problem(line=0, message="nested too deeply"),)), False
    except Exception as error:  # a crash in one extractor must not end the run
        message = f"internal error in the {file.format} extractor: {error!r}"
        return Extraction(problems=(Problem(line=0, message=message),)), False


def locate(path: str, text: str, extraction: Extraction) -> FileFacts:
    """Give every occurrence its line and column, so that nothing later needs the text."""
    if extraction.problems:
        extraction = replace(extraction, problems=())
    if not extraction.occurrences and not extraction.remarks and not extraction.services:
        return FileFacts(path, extraction, (), ())
    lines = Lines(text)
    return FileFacts(
        path,
        extraction,
        tuple(lines.region(item.span) for item in extraction.occurrences),
        tuple(
            (lines.region(remark.span), *(lines.region(span) for span, _, _ in remark.related))
            for remark in extraction.remarks
        ),
        tuple(lines.region(service.span) for service in extraction.services),
    )


def _failed(path: str, message: str, line: int = 0) -> Outcome:
    return Outcome(None, (Failure(path=path, line=line, message=message),))


def _decode(path: str, data: bytes) -> str | Outcome:
    """UTF-8, or UTF-16 where a byte order mark says so."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\0" in data:
        return _failed(path, "binary file")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _failed(path, f"not valid {encoding.removesuffix('-sig')} text", line)
