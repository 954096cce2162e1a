"""What shell text may hold so that it is parsed in reasonable time.

tree-sitter-bash 0.25 takes time with the square of the redirections of one command: 1 s for 5,000, 11 s for 20,000.
"""

from __future__ import annotations

import re

MOST_REDIRECTIONS = 2_000
"""How many ``<`` and ``>`` one line may hold, lines that a backslash joins counted as one."""

REASON = f"one command has more than {MOST_REDIRECTIONS:,} redirections"

_LINE = re.compile(r"(?:[^\n\\]+|\\(?:.|\Z))*+(?:\n|(?=\Z))", re.DOTALL)
_MARK = re.compile(r"[^\n]")


def bounded(text: str, most: int = MOST_REDIRECTIONS) -> tuple[str, tuple[int, ...]]:
    """The text with blanks for lines that hold too many redirections, and the offsets at which those begin."""
    if text.count("<") + text.count(">") <= most:
        return text, ()
    kept: list[str] = []
    left_out: list[int] = []
    for match in _LINE.finditer(text):
        line = match.group()
        if line.count("<") + line.count(">") > most:
            left_out.append(match.start())
            line = _MARK.sub(" ", line)
        kept.append(line)
    return "".join(kept), tuple(left_out)
