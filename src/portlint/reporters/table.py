"""The default output: one consistency table for each setting that disagrees, and what was read."""

from __future__ import annotations

import shlex

from rich.console import Console
from rich.text import Text

from portlint.model import Finding, Report, Severity
from portlint.reporters import View, summary
from portlint.reporters.columns import canvas, fits, grid, indented, stacked, written
from portlint.reporters.masking import masked, shown
from portlint.reporters.rows import Block, Row, Status, blocks

_SEVERITY_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}
_HEADINGS = ("place", "value", "how it comes about", "status")


def render(report: Report, view: View) -> str:
    """Tables for people; with ``view.everything`` also of the settings that agree."""
    report = masked(report)
    console = canvas(view.width, view.color)
    found = blocks(report, everything=view.everything)
    for block in found:
        _print_block(console, block, view.width)
    if report.findings:
        first = found[0].findings[0]
        setting = shlex.quote(shown(first.setting))
        hint = f"More: portlint explain {first.code} (the rule), portlint explain {setting} (the setting)."
        console.print(Text(hint, style="dim"), soft_wrap=not view.wrap)
    for line in summary.lines(report):
        console.print(Text(line), soft_wrap=not view.wrap)
    return written(console)


def _print_block(console: Console, block: Block, width: int) -> None:
    title = Text(shown(block.name), style="bold")
    title.append(f" [{block.about}]" if block.about else "", style="not bold dim")
    console.print(title)
    rows = [_cells(row) for row in block.rows]
    layout = grid if fits(_HEADINGS, rows, width - 2) else stacked
    console.print(indented(layout(_HEADINGS, rows, width - 2)))
    if block.hidden:
        console.print(indented(Text(f"and {summary.counted(block.hidden, 'more place')} that agree", style="dim")))
    for finding in block.findings:
        console.print(indented(_reason(finding)))
    console.print()


def _cells(row: Row) -> list[Text]:
    if row.kind is Status.DEVIATES:
        style = _SEVERITY_STYLES[row.severity]
    else:
        style = "green" if row.kind is Status.AGREES else "dim"
    return [Text(row.place), Text(row.value, style=style), Text(row.how), Text(row.status, style=style)]


def _reason(finding: Finding) -> Text:
    text = Text(f"{finding.code} {finding.rule}", style=_SEVERITY_STYLES[finding.severity])
    doubt = "" if finding.confidence == "high" else f" ({finding.confidence} confidence)"
    text.append(f"{doubt}: {shown(finding.message)}", style="not bold default")
    return text
