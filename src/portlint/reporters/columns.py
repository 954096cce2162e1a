"""Columns of text for people, fitted to the terminal; also where Chinese takes two cells.

Plain ASCII apart from the texts themselves. Nothing is cut: what does not fit is folded.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from rich.box import Box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_RULED = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
_GAP = 2
_STEPS = (24, 14, 10, 7)


def canvas(width: int, color: bool) -> Console:
    """A console that writes into memory and heeds neither markup nor the environment."""
    return Console(
        file=StringIO(),
        width=max(width, 20),
        force_terminal=color,
        force_jupyter=False,
        color_system="standard" if color else None,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )


def written(console: Console) -> str:
    """What was printed on a :func:`canvas`, without the blanks at line ends."""
    assert isinstance(console.file, StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().split("\n"))


def grid(headings: Sequence[str], rows: Sequence[Sequence[Text]], width: int) -> Table:
    """A table no wider than ``width``. The first column, a path people copy, is folded last."""
    room = width - (_GAP + 1) * (len(headings) - 1)
    table = Table(box=_RULED, show_edge=False, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
    for heading, size in zip(headings, _fitted(*_measured(headings, rows), room), strict=True):
        table.add_column(Text(heading), overflow="fold", width=size)
    for row in rows:
        table.add_row(*row)
    return table


def fits(headings: Sequence[str], rows: Sequence[Sequence[Text]], width: int) -> bool:
    """Whether a :func:`grid` of that width reads well: the first two columns whole, the others in two lines or so."""
    longest, words = _measured(headings, rows)
    rest = [max(word, min(whole * 2 // 3, _STEPS[0])) for word, whole in zip(words[2:], longest[2:], strict=True)]
    return sum((*longest[:2], *rest)) + (_GAP + 1) * (len(headings) - 1) <= width


def stacked(headings: Sequence[str], rows: Sequence[Sequence[Text]], width: int) -> Group:
    """For a narrow terminal: the first cell of each row on a line of its own, the others in columns below it."""
    rest = [[Text(heading, style="dim") for heading in headings[1:]], *(row[1:] for row in rows)]
    sizes = _fitted(*_measured(headings[1:], [row[1:] for row in rows]), width - _GAP * len(headings))
    lines: list[RenderableType] = []
    for first, cells in zip((Text(headings[0], style="dim"), *(row[0] for row in rows)), rest, strict=True):
        below = Table(box=None, show_header=False, padding=(0, _GAP, 0, 0), pad_edge=False)
        for size in sizes:
            below.add_column(overflow="fold", width=size)
        below.add_row(*cells)
        lines += [first, indented(below)]
        if len(lines) == 2:
            lines.append(Text("-" * width, style="dim"))
    return Group(*lines)


def _measured(headings: Sequence[str], rows: Sequence[Sequence[Text]]) -> tuple[list[int], list[int]]:
    """For each column the cells of its longest text and of its longest word."""
    columns = [(heading, *(row[index].plain for row in rows)) for index, heading in enumerate(headings)]
    longest = [max(map(cell_len, column)) for column in columns]
    return longest, [max(cell_len(word) for cell in column for word in cell.split() or [""]) for column in columns]


def _fitted(longest: Sequence[int], words: Sequence[int], width: int) -> list[int]:
    """Column widths that add up to ``width`` at most.

    Columns of several words give first while no word is broken; then, in steps, the widest, and the first one last.
    """
    widths = list(longest)
    for index in sorted(range(1, len(widths)), key=lambda i: words[i] - longest[i]):
        widths[index] = max(widths[index] - max(sum(widths) - width, 0), words[index])
    for least in _STEPS:
        for index in (*sorted(range(1, len(widths)), key=lambda i: -longest[i]), 0):
            excess = sum(widths) - width
            if excess > 0 and (index or least == _STEPS[-1]):
                widths[index] = max(widths[index] - excess, min(widths[index], least))
    return widths


def indented(content: RenderableType) -> Padding:
    """Content two cells to the right."""
    return Padding(content, (0, 0, 0, _GAP))


def columns(headings: Sequence[str], rows: Sequence[Sequence[str]], *, width: int, color: bool) -> str:
    """Rows of plain text as one table."""
    console = canvas(width, color)
    console.print(grid(headings, [[Text(cell) for cell in row] for row in rows], width))
    return written(console)
