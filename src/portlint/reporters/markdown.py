"""Consistency tables in GitHub Flavored Markdown, for the comment on a pull request and the summary of a CI step.

A comment takes 65,536 characters (both GitHub's interface and its API), a step summary 1 MiB. What would not fit is
left out by whole settings, the least important ones, and the last line says how many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from portlint.model import Finding, Report, Severity
from portlint.reporters import View, summary
from portlint.reporters.masking import masked, shown
from portlint.reporters.rows import Block, Row, Status, blocks

COMMENT = 65_536
"""The most characters of a comment on GitHub."""
_RESERVE = 2_000
_SIGNS = {Severity.ERROR: ":x:", Severity.WARNING: ":warning:", Severity.NOTE: ":information_source:"}
_SPECIAL = re.compile(r"[\\`*\[\]<>|&~$]|(?<![^\W_])_|_(?![^\W_])")
_REFERENCE = re.compile(r"@(?=\w)|#(?=\d)")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^\s,()|]+)")


def render(report: Report, view: View) -> str:
    """One table a setting, the reasons below it, and what was read; never longer than the reader takes."""
    report = masked(report)
    room = (view.limit or COMMENT) - _RESERVE
    head = f"## portlint: {summary.found(report).rstrip('.')}\n"
    parts, used, left = [head], len(head), 0
    found = blocks(report, everything=view.everything)
    for block in found:
        text = "\n".join(_block(block)) + "\n"
        # Services count bytes or UTF-16 units; bytes are never fewer.
        size = len(text.encode("utf-8", "replace")) + 1
        if left or used + size > room:
            left += 1
            continue
        parts.append(text)
        used += size
    if left:
        parts.append(f"{summary.counted(left, 'more setting')} did not fit here; `portlint .` shows all.\n")
    parts.append(_closing(report, room - used))
    return "\n".join(parts)


def _block(block: Block) -> Iterator[str]:
    about = f" [{block.about}]" if block.about else ""
    yield f"### {code(shown(block.name))}{text(about)}"
    yield ""
    yield "| place | value | how it comes about | status |"
    yield "| :-- | :-- | :-- | :-- |"
    for row in block.rows:
        yield f"| {code(row.place)} | {code(row.value)} | {text(row.how)} | {_status(row)} |"
    yield ""
    if block.hidden:
        yield f"and {summary.counted(block.hidden, 'more place')} that agree"
        yield ""
    for finding in block.findings:
        yield f"- {_reason(finding)}"


def _status(row: Row) -> str:
    return f"{_SIGNS[row.severity]} {text(row.status)}" if row.kind is Status.DEVIATES else text(row.status)


def _reason(finding: Finding) -> str:
    doubt = "" if finding.confidence == "high" else f" ({finding.confidence} confidence)"
    return f"**{text(finding.code)} {text(finding.rule)}**{doubt}: {text(shown(finding.message))}"


def _closing(report: Report, room: int) -> str:
    lines = [summary.read(report)]
    failures = summary.failures(report)
    kept: list[str] = []
    for failure in failures:
        room -= len(failure.encode("utf-8", "replace")) * 2
        if room < 0:
            break
        kept.append(f"- {text(failure)}")
    if kept:
        lines += ["", *kept]
    if len(kept) < len(failures):
        lines += ["", f"and {summary.counted(len(failures) - len(kept), 'more file')} not read"]
    return "\n".join(lines) + "\n"


def text(given: str) -> str:
    """Text that shows as it is: nothing in it is markup, becomes a link, mentions a person or refers to an issue."""
    parts = _URL.split(given)
    return "".join(code(part) if index % 2 else _plain(part) for index, part in enumerate(parts))


def _plain(given: str) -> str:
    escaped = _SPECIAL.sub(lambda match: "\\" + match.group(), given)
    return _REFERENCE.sub(lambda match: f"{match.group()}<!-- -->", escaped)


def code(given: str) -> str:
    """A code span, also in a table; empty where there is nothing to show."""
    if not given:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", given)), default=0) + 1)
    padding = " " if given.startswith("`") or given.endswith("`") else ""
    return fence + padding + given.replace("|", "\\|") + padding + fence
