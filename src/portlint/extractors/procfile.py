"""Procfile: one command for every kind of process.

Source: Heroku Dev Center "The Procfile"; foreman and honcho read ``Procfile.dev`` and the like the same way.
"""

from __future__ import annotations

import re

from portlint.collecting import Collector
from portlint.endpoints import command, remark
from portlint.keyvalue import lines_of
from portlint.model import Extraction
from portlint.text import Fragment

_PROCESS = re.compile(r"\s*([A-Za-z0-9_.\-]+):\s*(.*?)\s*")


def extract(path: str, text: str) -> Extraction:
    """The occurrences of the commands; a command is labelled with its process (``web``)."""
    into = Collector("shell default")
    for number, start, end in lines_of(text):
        line = Fragment.slice_of(text, start, end)
        if line.text.lstrip().startswith("#"):
            remark(into, line.cut(line.text.index("#") + 1, len(line.text)))
            continue
        match = _PROCESS.fullmatch(line.text)
        if match:
            command(into, line.cut(*match.span(2)), label=match.group(1))
        elif line.text.strip():
            into.problem(number, "not of the form 'process: command'")
    return into.build()
