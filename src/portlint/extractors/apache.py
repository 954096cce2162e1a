"""Apache httpd: ports and virtual hosts, proxy targets, allowed origins; ``.htaccess`` files too.

Sources: Apache HTTP Server 2.4 documentation of mpm_common (``Listen``), core (``<VirtualHost>``, ``Define``),
mod_proxy, mod_rewrite (flag ``P``), mod_headers, mod_env; "Configuration Files" (lines joined by a backslash).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from portlint import templates, urls
from portlint.collecting import Collector
from portlint.endpoints import endpoint, relate, remark
from portlint.keyvalue import joined, lines_of, trimmed
from portlint.model import Extraction, Kind, Role
from portlint.text import Fragment
from portlint.values import Expression, literal_text

_WORD = re.compile(r"\"((?:\\.|[^\"\\])*)\"|'([^']*)'|((?:\\.|[^\s\"'])[^\s]*)")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-]+(?::[0-9]+)?")
_LABELLED = ("location", "locationmatch", "proxy")


@dataclass(slots=True)
class _File:
    path: str
    into: Collector
    sections: list[tuple[str, str]] = field(default_factory=list)

    def value(self, word: Fragment) -> Expression:
        return templates.parse(word, templates.BRACES_ONLY)

    def label(self, own: str = "") -> str:
        named = [f"{tag} {value}" for tag, value in self.sections if tag.lower() in _LABELLED]
        return " > ".join([*named, own] if own else named)


def extract(path: str, text: str) -> Extraction:
    """The occurrences of an Apache configuration, a virtual host, or an ``.htaccess`` file."""
    into = Collector("Apache default")
    file = _File(path, into)
    rows = list(lines_of(text))
    index = 0
    while index < len(rows):
        number, start, end = rows[index]
        index += 1
        taken = [Fragment.slice_of(text, start, end)]
        while taken[-1].text.endswith("\\") and index < len(rows):
            taken[-1] = taken[-1].cut(0, len(taken[-1].text) - 1)
            taken.append(Fragment.slice_of(text, rows[index][1], rows[index][2]))
            index += 1
        _line(file, number, trimmed(joined(taken)))
    if file.sections:
        into.problem(0, f"<{file.sections[-1][0]}> is never closed")
    return into.build()


def _line(file: _File, number: int, line: Fragment) -> None:
    if line.text.startswith("#"):
        remark(file.into, line.cut(1, len(line.text)))
        return
    if line.text.startswith("</"):
        if file.sections:
            file.sections.pop()
        else:
            file.into.problem(number, f"{line.text} without an opening line")
        return
    opened = line.text.startswith("<")
    body = line.cut(1, len(line.text) - line.text.endswith(">")) if opened else line
    words = [body.cut(*match.span(match.lastindex or 0)) for match in _WORD.finditer(body.text)]
    if not words:
        return
    name = words[0].text.lower()
    if opened:
        if len(file.sections) < 50:
            file.sections.append((words[0].text, words[1].text if len(words) > 1 else ""))
        if name == "virtualhost":
            _listen(file, words)
    elif name in _HANDLERS and len(words) > 1:
        _HANDLERS[name](file, words)


def _listen(file: _File, words: list[Fragment]) -> None:
    group = file.into.number()
    virtual = words[0].text.lower() == "virtualhost"
    for word in words[1:] if virtual else words[1:2]:
        value = file.value(word)
        text, _ = urls.flatten(value)
        if virtual and (":" not in text or text.rpartition(":")[2] == "*"):
            continue
        if text.startswith("_default_:"):
            value = urls.slice_expression(value, len("_default_"), len(text))
        if not endpoint(file.into, Role.LISTENS, value, tool="apache", how=words[0].text, group=group):
            file.into.unresolved += 1


def _server_name(file: _File, words: list[Fragment]) -> None:
    for word in words[1:]:
        value = file.value(word)
        if "*" in word.text or file.into.address(Role.LISTENS, value, tool="apache", how=words[0].text):
            continue
        if re.fullmatch(r"[A-Za-z0-9.\-]+|\$\{\w+\}", word.text):
            file.into.host(Role.LISTENS, value, tool="apache", how=words[0].text)


def _proxy(file: _File, words: list[Fragment]) -> None:
    path = words[1].text if words[1].text.startswith(("/", "^")) else ""
    for word in words[1:]:
        _target(file, word, words[0].text, file.label(path))


def _target(file: _File, word: Fragment, how: str, label: str) -> None:
    text = word.text
    if re.match(r"unix:[^|]*\|", text) or text.startswith(("balancer://", "unix:")):
        return
    if text.startswith("proxy:"):
        word = word.cut(6, len(text))
    whole = re.match(r"(?:\$\{[^{}]*\}|[^$%])*", word.text)
    clean = word.cut(0, whole.end() if whole else len(word.text))
    value = file.value(clean)
    if "://" in clean.text:
        parts = urls.split_url(value)
        if parts is not None and parts.host is not None and literal_text(parts.host) != "":
            file.into.url(Role.PROXIES, value, how=how, label=label)
        else:
            file.into.unresolved += 1
    elif re.fullmatch(r"\$\{\w+\}(?:/\S*)?", clean.text):
        endpoint(file.into, Role.PROXIES, file.value(clean), kind=Kind.URL, how=how, label=label)


def _rewrite(file: _File, words: list[Fragment]) -> None:
    if len(words) < 3 or "://" not in words[2].text:
        return
    flags = words[3].text.upper().strip("[]").split(",") if len(words) > 3 else []
    if "P" in flags:
        _target(file, words[2], "RewriteRule", file.label(words[1].text))


def _handler(file: _File, words: list[Fragment]) -> None:
    if words[1].text.startswith("proxy:"):
        _target(file, words[1], "SetHandler", file.label())


def _redirect(file: _File, words: list[Fragment]) -> None:
    for word in words[1:]:
        if re.match(r"https?://[^%$/]", word.text):
            value = file.value(word)
            file.into.url(Role.CONNECTS, value, how=words[0].text, label=file.label())


def _header(file: _File, words: list[Fragment]) -> None:
    names = [word.text.lower().rstrip(":") for word in words]
    if "access-control-allow-origin" in names:
        for word in words[names.index("access-control-allow-origin") + 1 :]:
            for match in _ORIGIN.finditer(word.text):
                value = file.value(word.cut(*match.span()))
                file.into.url(Role.ALLOWS, value, how="Access-Control-Allow-Origin", label=file.label())
            file.into.reads(file.value(word))


def _environment(file: _File, words: list[Fragment]) -> None:
    if len(words) > 2 and words[1].text.replace("_", "a").isalnum():
        file.into.setting(words[1].text, file.value(words[2]), how=words[0].text)


def _include(file: _File, words: list[Fragment]) -> None:
    relate(file.into, "includes", file.path, words[1].text, words[1].whole)


_HANDLERS: dict[str, Callable[[_File, list[Fragment]], None]] = {
    "listen": _listen,
    "servername": _server_name,
    "serveralias": _server_name,
    "proxypass": _proxy,
    "proxypassreverse": _proxy,
    "proxypassmatch": _proxy,
    "balancermember": _proxy,
    "fcgiproxy": _proxy,
    "rewriterule": _rewrite,
    "sethandler": _handler,
    "redirect": _redirect,
    "redirectpermanent": _redirect,
    "redirectmatch": _redirect,
    "header": _header,
    "setenv": _environment,
    "define": _environment,
    "include": _include,
    "includeoptional": _include,
}
