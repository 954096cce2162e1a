"""Python source and the places of its nodes, in code points of the file.

``ast`` counts lines from 1 and columns in UTF-8 bytes of the line (Python reference, ``ast`` "lineno", "col_offset");
its lines end like those of :class:`portlint.text.Lines`.
"""

from __future__ import annotations

import ast
import warnings

from portlint.text import ByteOffsets, Lines, Span

_SHORT = 500
"""Up to this length counting a line's characters anew costs less than a table of them."""


class Source:
    """A piece of Python that was parsed, and where it stands in the file.

    ``code`` is what ``ast`` saw, ``base`` the offset in the file of its first character (which may lie one before the
    piece where a parenthesis was put around it).
    """

    def __init__(self, code: str, base: int = 0) -> None:
        self.code = code
        self.base = base
        self.starts = Lines(code).starts
        """The offset in ``code`` at which each line begins."""
        self._ascii = code.isascii()
        self._columns: dict[int, ByteOffsets | bytes] = {}

    def offset(self, line: int, column: int) -> int:
        """The offset in ``code`` of a line and a byte column as ``ast`` gives them."""
        start = self.starts[line - 1]
        if self._ascii:
            return start + column
        columns = self._columns.get(line)
        if columns is None:
            end = self.starts[line] if line < len(self.starts) else len(self.code)
            piece = self.code[start:end]
            if piece.isascii():
                return start + column
            columns = piece.encode() if len(piece) < _SHORT else ByteOffsets(piece)
            self._columns[line] = columns
        if isinstance(columns, bytes):
            return start + len(columns[:column].decode("utf-8", "ignore"))
        return start + columns.codepoint(column)

    def _bounds(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.offset(node.lineno, node.col_offset), self.offset(end_line, end_column)

    def span(self, node: ast.expr | ast.stmt) -> Span:
        """Where a node stands in the file."""
        start, end = self._bounds(node)
        return Span(self.base + start, self.base + end)

    def text(self, node: ast.expr | ast.stmt) -> str:
        """A node as written."""
        start, end = self._bounds(node)
        return self.code[start:end]


def parse_module(code: str) -> ast.Module:
    """A whole file. Raises ``SyntaxError`` (or ``ValueError``, ``RecursionError``, ``MemoryError``) as ``ast`` does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


def parse_inner(code: str, start: int) -> tuple[ast.expr, Source] | None:
    """An expression within an f-string, ``start`` its offset in the file; ``None`` where ``ast`` refuses it."""
    wrapped = f"({code})"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(wrapped, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree.body, Source(wrapped, start - 1)
