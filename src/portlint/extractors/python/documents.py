"""Comments and docstrings: what stands in Python for people."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right

from portlint import prose
from portlint.extractors.python import emitting
from portlint.extractors.python.context import Context
from portlint.text import Fragment

_TELLING = re.compile(r"[0-9]{2}|localhost")
_MAY_TELL = re.compile(r"#[^\r\n]*?(?:[0-9]{2}|localhost)")
STRINGS_AND_COMMENTS = (
    r"#[^\r\n]*"
    r"|[fFrRtT]{0,2}\"{3}[^\"\\]*(?:(?:\\.|\"(?!\"\"))[^\"\\]*)*(?:\"{3}|\Z)"
    r"|[fFrRtT]{0,2}'{3}[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:'{3}|\Z)"
    r"|[fFrRtT]{0,2}\"[^\"\\\r\n]*(?:\\.[^\"\\\r\n]*)*(?:\"|(?=[\r\n])|\Z)"
    r"|[fFrRtT]{0,2}'[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*(?:'|(?=[\r\n])|\Z)"
)
"""For ``re.DOTALL``. What is not closed ends with its line, or with the text where the quotes are triple."""

_TOKEN = re.compile(STRINGS_AND_COMMENTS, re.DOTALL)


def docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, context: Context) -> None:
    """The docstring of a module, class or function."""
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr):
        label = "" if isinstance(node, ast.Module) else node.name
        emitting.text(first.value, context, how="docstring", label=label)


def comments(context: Context) -> None:
    """The comments that may speak of a port, host or URL, each with the setting beside or below it."""
    code, starts = context.source.code, context.source.starts
    if not _MAY_TELL.search(code):
        return
    for match in _TOKEN.finditer(code):
        comment = match.group()
        if comment[0] != "#" or not _TELLING.search(comment):
            continue
        line = bisect_right(starts, match.start())
        own_line = not code[starts[line - 1] : match.start()].strip()
        name = context.owners.get(_below(line, code, starts) if own_line else line, "")
        first = match.end() - len(comment.lstrip("#"))
        fragment = Fragment.slice_of(code, first, match.end())
        prose.collect(fragment, context.into, name=name, commented=True, how="comment")


def _below(line: int, code: str, starts: list[int]) -> int:
    """The 1-based line that a comment on a line of its own belongs to: the next that is no comment, within reach."""
    for following in range(line, min(line + 20, len(starts))):
        if not code.startswith("#", starts[following] + _indent(code, starts[following])):
            return following + 1
    return 0


def _indent(code: str, start: int) -> int:
    end = start
    while code[end : end + 1] in (" ", "\t"):
        end += 1
    return end - start
