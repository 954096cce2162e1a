"""``.http`` and ``.rest`` files: requests for people to send by hand.

Sources: VS Code REST Client documentation 0.25 (``@name = value``, ``{{name}}``, ``{{$dotenv X}}``,
``{{$processEnv X}}``); JetBrains "HTTP request in Editor specification".
"""

from __future__ import annotations

import re

from portlint.collecting import Collector
from portlint.endpoints import remark
from portlint.keyvalue import lines_of, trimmed
from portlint.model import Extraction, Kind, Role
from portlint.text import Fragment
from portlint.values import Expression, Literal, Reference, Unknown, concatenate

_ASSIGNMENT = re.compile(r"\s*@([A-Za-z_][\w.\-]*)\s*=\s*(.*?)\s*")
_METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT|TRACE|WEBSOCKET|GRPC|GRAPHQL"
_METHOD = re.compile(rf"\s*(?:{_METHODS})\s+")
_VERSION = re.compile(r"\sHTTP/[\d.]+\s*$")
_HOST = re.compile(r"(?i)(?:host|origin)\s*:\s*(\S+)\s*")
_VARIABLE = re.compile(r"\{\{\s*(?:(\$dotenv|\$processEnv)\s+%?)?(\$?[\w.\-]+)\s*\}\}")


def extract(path: str, text: str) -> Extraction:
    """The occurrences of a file of requests. Request bodies are not read."""
    into = Collector()
    known = set(re.findall(r"^\s*@([A-Za-z_][\w.\-]*)\s*=", text, re.MULTILINE))
    head = True
    for _, start, end in lines_of(text):
        line = Fragment.slice_of(text, start, end)
        stripped = line.text.strip()
        if stripped.startswith(("#", "//")):
            head = head or stripped.startswith("###")
            mark = len(line.text) - len(line.text.lstrip(" \t#/"))
            remark(into, line.cut(mark, len(line.text)))
            continue
        assigned = _ASSIGNMENT.fullmatch(line.text)
        if assigned:
            value = _expression(line.cut(*assigned.span(2)), known)
            into.bind(assigned.group(1), value)
            into.setting(assigned.group(1), value, how="request variable")
            continue
        request = _request(line) if head else None
        header = None if request else _HOST.fullmatch(stripped)
        if request:
            _target(into, request, known)
            head = False
        elif header and header.group(1)[:1] != "{":
            at = line.text.index(header.group(1))
            into.address(Role.CONNECTS, _expression(line.cut(at, at + len(header.group(1))), known), how="header")
    return into.build()


def _request(line: Fragment) -> Fragment | None:
    """The URL of a request line; the method may be left out."""
    method = _METHOD.match(line.text)
    rest = trimmed(line.cut(method.end() if method else 0, len(line.text)))
    version = _VERSION.search(rest.text, max(len(rest.text) - 20, 0))
    rest = trimmed(rest.cut(0, version.start())) if version else rest
    known = "://" in rest.text or rest.text.startswith("{{") if method else rest.text.startswith(("http", "{{"))
    return rest if known and not re.search(r"\s", _VARIABLE.sub("", rest.text)) else None


def _target(into: Collector, url: Fragment, known: set[str]) -> None:
    value = _expression(url, known)
    if into.url(Role.CONNECTS, value, how="request"):
        return
    into.add(Kind.URL, Role.CONNECTS, value, how="request")


def _expression(word: Fragment, known: set[str]) -> Expression:
    parts: list[Expression] = []
    position = 0
    for match in _VARIABLE.finditer(word.text):
        parts.append(Literal(word.text[position : match.start()], word.span(position, match.start())))
        span, name = word.span(*match.span()), match.group(2)
        if match.group(1) or (name not in known and not name.startswith("$")):
            parts.append(Reference(name, span))
        elif name in known:
            parts.append(Reference(name, span, local=True))
        else:
            parts.append(Unknown(match.group(), span, "generated value"))
        position = match.end()
    parts.append(Literal(word.text[position:], word.span(position, len(word.text))))
    return concatenate(parts)
