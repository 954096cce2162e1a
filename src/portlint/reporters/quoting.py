"""Lines of source for showing: without their passwords and secrets, and with the way from column to column.

A report holds only the values that portlint understands; a quoted line holds whatever stands beside them. So here a
secret is told by the name before it, in every notation that a line of configuration, code or a command has, and when
in doubt something is masked that need not be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from portlint.model import Kind
from portlint.names import kind_of
from portlint.reporters.masking import MASK, is_secret, without_url_passwords

_SECRET = re.compile(r"(?i)passw(?:or)?d|pwd|passphrase|secret|token|api_?key|access_?key|private_?key|credential")
# After a name: a closing quote or bracket, a type (``token: str = ...``), and what assigns.
_ASSIGNS = r"[\"'\]]{0,2}\s{0,40}(?::\s{0,40}[\w.\[\]| ]{1,60}?\s{0,4}(?==))?(?:=>|:=|\?=|[=:])\s{0,40}"
_NAMED = re.compile(
    rf"(?<![\w.-])(?:(?P<key>-{{0,2}}[A-Za-z_$][\w.-]*){_ASSIGNS}"
    rf"|(?P<flag>--?[A-Za-z][\w-]*)\s{{1,40}}"
    rf"|(?P<argument>[\w.-]+)[\"']\s{{0,40}},\s{{0,40}}"
    rf"|(?P<element>[\w.:-]+)>)"
)
_VALUE = re.compile(r"\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?|[^\s\"'&;,)(<]*\(.*|[^\s\"'&;,)<]+")
_HEADER = re.compile(r"(?i)((?:authorization|cookie|x-api-key)[\"']?\s{0,9}[:=]\s{0,9}[\"']?|\bbearer\s{1,9})[^\"']+")
_USER = re.compile(r"(?<!\S)((?:-u|--user)[\s=]{1,40}[\"']?[^\s:\"']+:)[^\s\"']+")


def quoted(line: str, values: Mapping[str, str]) -> str:
    """A line, without its line break, fit to be shown.

    ``values`` maps what is known to hold a secret to what is shown for it.
    """
    for value in sorted(values, key=len, reverse=True):
        if value and value != values[value]:
            line = line.replace(value, values[value])
    line = _HEADER.sub(rf"\1{MASK}", line)
    line = _USER.sub(rf"\1{MASK}", line)
    return _without_named(without_url_passwords(line))


def _without_named(line: str) -> str:
    kept: list[str] = []
    position = 0
    while match := _NAMED.search(line, position):
        kept.append(line[position : match.end()])
        position = match.end()
        name = next(group for group in match.groups() if group)
        value = _VALUE.match(line, position) if _SECRET.search(name) or is_secret(name) else None
        if value is not None:
            kept.append(value.group() if _is_port(name, value.group()) else MASK)
            position = value.end()
    return "".join(kept) + line[position:]


def _is_port(name: str, value: str) -> bool:
    return kind_of(name) is Kind.PORT and value.strip("\"'").isdigit()


def moved(line: str, shown: str, column: int) -> int:
    """Where a 0-based column of ``line`` is in what :func:`quoted` made of it; in a secret: where its mask begins."""
    if line == shown:
        return column
    head = tail = 0
    while head < min(len(line), len(shown)) and line[head] == shown[head]:
        head += 1
    while tail < min(len(line), len(shown)) - head and line[-1 - tail] == shown[-1 - tail]:
        tail += 1
    if column <= head:
        return column
    if column >= len(line) - tail:
        return column - len(line) + len(shown)
    before = after = head
    for piece in shown[head : len(shown) - tail].split(MASK):
        found = line.find(piece, before) if piece else before
        if found < 0 or found > column:
            break
        before, after = found + len(piece), shown.find(piece, after) + len(piece)
        if column <= before:
            return after - (before - column)
    return after
