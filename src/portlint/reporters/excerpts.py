"""A line of source with carets under a part of it, fitted to the terminal.

Widths are in terminal cells: a Chinese character and an emoji take two, an accent none, a tab is shown as four
blanks. A line that is too long is cut on both sides of the part that is pointed at.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from portlint.reporters.masking import shown

TAB = "    "
_CUT = "..."
_LEAST = 20
_MOST = 4
"""Characters looked at for each cell there is; more would have to be mostly accents."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line as it is shown, and where in it the carets go: first cell from 0, number of cells."""

    text: str
    offset: int
    length: int


def excerpt(line: str, start: int, end: int, width: int) -> Excerpt:
    """Fit ``line`` into ``width`` cells and point at ``line[start:end]``, or at one cell where that is empty."""
    width = max(width, _LEAST)
    start = min(max(start, 0), len(line))
    end = min(max(end, start), len(line))
    # What is farther away than this is cut off in any case, so it need not be measured.
    near = _MOST * width
    skipped, beyond = max(start - near, 0), max(len(line) - start - near, 0)
    line = line[skipped : len(line) - beyond]
    start, end = start - skipped, min(end - skipped, len(line))
    pieces = [_displayed(character) for character in line]
    first, last = _window([cell_len(piece) for piece in pieces], start, end, width)
    before = "".join(pieces[first:start])
    marked = "".join(pieces[start : min(end, last)])
    after = "".join(pieces[max(end, start) : last]) if end <= last else ""
    head = _CUT if skipped or first > 0 else ""
    tail = _CUT if beyond or last < len(line) else ""
    offset = cell_len(head + before)
    return Excerpt(f"{head}{before}{marked}{after}{tail}".rstrip(), offset, max(cell_len(marked), 1))


def _displayed(character: str) -> str:
    return TAB if character == "\t" else shown(character)


def _window(cells: list[int], start: int, end: int, width: int) -> tuple[int, int]:
    """Which characters are shown: all, or the marked ones with a third of the room that is left before them."""
    if sum(cells) <= width:
        return 0, len(cells)
    room = width - 2 * len(_CUT)
    last = start
    while last < end and cells[last] <= room:
        room -= cells[last]
        last += 1
    first = start
    before = room // 3 if sum(cells[last:]) > room - room // 3 else room - sum(cells[last:])
    while first > 0 and cells[first - 1] <= before:
        first -= 1
        before -= cells[first]
        room -= cells[first]
    while last < len(cells) and cells[last] <= room:
        room -= cells[last]
        last += 1
    return first, last
