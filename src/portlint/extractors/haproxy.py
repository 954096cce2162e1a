"""HAProxy: what each frontend binds, where each backend's servers are, and how they are checked.

Source: HAProxy Configuration Manual 2.8, sections 2.2 "Quoting and escaping", 2.3 "Environment variables", 4.2 "bind",
"server", "option httpchk", 5.2 "port".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from portlint import templates
from portlint.collecting import Collector
from portlint.endpoints import endpoint, remark
from portlint.keyvalue import lines_of
from portlint.model import Extraction, Kind, Role
from portlint.text import Fragment
from portlint.values import Expression

_WORD = re.compile(r"\"((?:\\.|[^\"\\])*)\"|'([^']*)'|(\#.*)|((?:\\.|[^\s#])+)")
_SECTIONS = frozenset(
    "global defaults frontend backend listen peers resolvers mailers program userlist cache ring fcgi-app".split()
)
_SOCKETS = ("/", "unix@", "abns@", "fd@", "sockpair@", "abstract@")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-]+(?::[0-9]+)?")


@dataclass(slots=True)
class _File:
    path: str
    into: Collector
    section: str = ""
    name: str = ""

    @property
    def label(self) -> str:
        return f"{self.section} {self.name}".strip()

    def value(self, word: Fragment) -> Expression:
        return templates.parse(word, _DIALECT)


_DIALECT = templates.Dialect(bare=True, operators=True)


def extract(path: str, text: str) -> Extraction:
    """The occurrences of an HAProxy configuration."""
    into = Collector("HAProxy default")
    file = _File(path, into)
    for _, start, end in lines_of(text):
        line = Fragment.slice_of(text, start, end)
        words: list[Fragment] = []
        for match in _WORD.finditer(line.text):
            if match.lastindex == 3:
                remark(into, line.cut(match.start(3) + 1, match.end(3)), label=file.label)
                break
            words.append(line.cut(*match.span(match.lastindex or 0)))
        if not words:
            continue
        name = words[0].text
        if name in _SECTIONS:
            file.section, file.name = name, words[1].text if len(words) > 1 else ""
            if name in ("listen", "frontend") and len(words) > 2:  # the address on the line itself, before 1.6
                _bind(file, words[1:])
        elif name in _HANDLERS and len(words) > 1:
            _HANDLERS[name](file, words)
    return into.build()


def _bind(file: _File, words: list[Fragment]) -> None:
    group = file.into.number()
    for match in re.finditer(r"[^,]+", words[1].text):
        address = words[1].cut(*match.span())
        if address.text.startswith(_SOCKETS):
            continue
        for prefix in ("ipv4@", "ipv6@", "quic4@", "quic6@", ":::"):
            if address.text.startswith(prefix):
                address = address.cut(len(prefix) - (prefix == ":::"), len(address.text))
        if not endpoint(
            file.into, Role.LISTENS, file.value(address), tool="haproxy", how="bind", group=group, label=file.label
        ):
            file.into.unresolved += 1


def _server(file: _File, words: list[Fragment]) -> None:
    at = 3 if words[0].text == "server-template" else 2
    if len(words) <= at or words[at].text.startswith(_SOCKETS):
        return
    group = file.into.number()
    label = " > ".join(filter(None, (file.label, words[1].text)))
    role = Role.CONNECTS if file.section in ("peers", "resolvers", "mailers") else Role.PROXIES
    value = file.value(words[at])
    if not endpoint(file.into, role, value, kind=Kind.URL, how=words[0].text, group=group, label=label):
        file.into.unresolved += 1
    for option, word in zip(words[at + 1 :], words[at + 2 :], strict=False):
        if option.text == "port":
            file.into.port(Role.PROBES, file.value(word), how="check port", group=group, label=label)


def _option(file: _File, words: list[Fragment]) -> None:
    """``option httpchk GET /health`` and ``http-check send meth GET uri /health``."""
    if words[0].text == "option" and words[1].text != "httpchk":
        return
    for index, word in enumerate(words[2:], 2):
        if word.text.startswith("/") and len(word.text) > 1:
            file.into.path(Role.PROBES, file.value(word), how="httpchk", label=file.label)
            return
        if word.text == "port" and len(words) > index + 1:
            file.into.port(Role.PROBES, file.value(words[index + 1]), how="http-check port", label=file.label)


def _header(file: _File, words: list[Fragment]) -> None:
    names = [word.text.lower() for word in words]
    if "access-control-allow-origin" in names:
        for word in words[names.index("access-control-allow-origin") + 1 :]:
            for match in _ORIGIN.finditer(word.text):
                value = file.value(word.cut(*match.span()))
                file.into.url(Role.ALLOWS, value, how="Access-Control-Allow-Origin", label=file.label)


def _redirect(file: _File, words: list[Fragment]) -> None:
    for word in words[1:]:
        if re.match(r"https?://[^%\[]", word.text):
            file.into.url(Role.CONNECTS, file.value(word), how="redirect", label=file.label)


def _environment(file: _File, words: list[Fragment]) -> None:
    if len(words) > 2:
        file.into.setting(words[1].text, file.value(words[2]), how=words[0].text)


_HANDLERS: dict[str, Callable[[_File, list[Fragment]], None]] = {
    "bind": _bind,
    "server": _server,
    "server-template": _server,
    "option": _option,
    "http-check": _option,
    "tcp-check": _option,
    "redirect": _redirect,
    "http-response": _header,
    "setenv": _environment,
    "presetenv": _environment,
}
