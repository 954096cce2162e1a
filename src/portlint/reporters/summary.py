"""The closing lines of every report for people: what was found, what was compared, what was not read."""

from __future__ import annotations

from portlint.model import Report, Severity
from portlint.reporters.masking import shown


def counted(number: int, singular: str, plural: str = "") -> str:
    """A number with its noun: ``1 file``, ``2 files``."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def lines(report: Report) -> list[str]:
    """What was found, what that rests on, and each file or line that could not be read."""
    return [closing(report), *failures(report), *gone(report)]


def folded(report: Report, width: int) -> list[str]:
    """The same for a terminal of ``width`` cells."""
    from textwrap import wrap

    return [*wrap(closing(report), max(width, 20)), *failures(report), *gone(report)]


def closing(report: Report) -> str:
    """What was found and what that rests on, in one line."""
    return f"{found(report)}{_left_out(report)} {read(report)}"


def failures(report: Report) -> list[str]:
    """One line for each file, or line of a file, that could not be read."""
    return [
        shown(f"{failure.path}:{failure.line}: not read: {failure.message}")
        if failure.line
        else shown(f"{failure.path}: not read: {failure.message}")
        for failure in sorted(report.failures, key=lambda failure: (failure.path, failure.line, failure.message))
    ]


def found(report: Report) -> str:
    """How many findings there are, in how many settings, and of which severity."""
    if not report.findings:
        return "0 findings."
    parts = []
    for level in Severity:
        number = sum(finding.severity is level for finding in report.findings)
        if number:
            parts.append(counted(number, level.value))
    settings = len({(finding.setting, finding.profile) for finding in report.findings})
    return f"{counted(len(report.findings), 'finding')} in {counted(settings, 'setting')} ({', '.join(parts)})."


def _left_out(report: Report) -> str:
    summary = report.summary
    parts = [f" {summary.suppressed} suppressed."] if summary.suppressed else []
    if summary.known or summary.gone:
        gone = f", {summary.gone} of its entries are gone" if summary.gone else ""
        parts.append(f" {summary.known} in the baseline{gone}.")
    return "".join(parts)


def gone(report: Report) -> list[str]:
    """The entries of the baseline that nothing was found for."""
    lines = [f"gone from the baseline: {item.code} {item.path} {item.value} [{item.setting}]" for item in report.gone]
    more = [f"gone from the baseline: {len(lines) - 20} more"] if len(lines) > 20 else []
    hint = ["Remove them: portlint baseline --prune"] if lines else []
    return [*map(shown, lines[:20]), *more, *hint]


def read(report: Report) -> str:
    """What was read, compared and not understood."""
    summary = report.summary
    skipped = ""
    if summary.skipped:
        reasons = ", ".join(f"{number} {reason}" for reason, number in report.skipped)
        skipped = f", skipped {summary.skipped}" + (f" ({reasons})" if reasons else "")
    return (
        f"Read {counted(summary.files, 'file')}{skipped}; "
        f"compared {counted(summary.settings, 'setting')} ({counted(summary.occurrences, 'place')}); "
        f"{counted(summary.unresolved, 'value')} unresolved; {summary.failures} unreadable."
    )
