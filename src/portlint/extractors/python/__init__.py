"""Python: settings classes, environment reads, constants, options, servers, clients, routes, comments.

``ast`` finds the places, libcst reads the string tokens that ``ast`` cannot place (:mod:`.strings`) and the files
whose syntax is newer than the running Python (:mod:`.broken`).
"""

from __future__ import annotations

import ast

from portlint.collecting import Collector
from portlint.extractors.python import broken, documents
from portlint.extractors.python.context import Context
from portlint.extractors.python.source import Source, parse_module
from portlint.extractors.python.walking import Walk
from portlint.model import Extraction


def extract(path: str, text: str) -> Extraction:
    """All that a Python file says of ports, hosts and URLs; what cannot be read is a problem or counted unresolved."""
    into = Collector("getenv default")
    code = text.replace("\x00", " ")
    try:
        tree = parse_module(code)
    except SyntaxError as error:
        line, message = error.lineno or 0, error.msg
        repaired = broken.around(code)
    except (ValueError, RecursionError, MemoryError) as error:
        line, message = 0, str(error) or type(error).__name__
        repaired = None
    else:
        return _collected(path, tree, code, into)
    if repaired is None:
        into.problem(line, f"not parsed as Python: {message}")
        broken.guess(code, into)
        return into.build()
    tree, code, left_out = repaired
    into.unresolved += left_out
    return _collected(path, tree, code, into)


def _collected(path: str, tree: ast.Module, code: str, into: Collector) -> Extraction:
    context = Context(path, Source(code), into)
    try:
        Walk(context, tree).run(tree)
    except RecursionError:
        into.problem(0, "nested too deeply to be read to its end")
    documents.comments(context)
    context.publish_bindings()
    return into.build()
