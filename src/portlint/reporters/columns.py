"""Columns of text for people, fitted to the terminal; also where Chinese takes two cells.

Plain ASCII apart from the texts themselves. Nothing is cut: what does not fit is folded.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from rich.box import Box
from rich.cells import cell_len
from rich.console import Console, RenderableType
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
    longest = [max(cell_len(heading), *(row[i].cell_len for row in rows)) for i, heading in enumerate(headings)]
    words = [
        max(cell_len(word) for cell in (heading, *(row[i].plain for row in rows)) for word in cell.split() or [""])
        for i, heading in enumerate(headings)
    ]
    table = Table(box=_RULED, show_edge=False, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
    for heading, size in zip(headings, _fitted(longest, words, width - (_GAP + 1) * (len(headings) - 1)), strict=True):
        table.add_column(Text(heading), overflow="fold", width=size)
    for row in rows:
        table.add_row(*row)
    return table


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
