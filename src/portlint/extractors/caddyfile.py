"""Caddyfile: site addresses, proxy targets and their health checks, allowed origins, global ports.

Sources: Caddy 2 documentation "Caddyfile Concepts: Addresses" (a host without a port is served on 443, with
``http://`` on 80), "Global options", "reverse_proxy", "php_fastcgi", "import".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from portlint import blocks, templates, urls
from portlint.blocks import Blocks, Directive
from portlint.collecting import Collector
from portlint.endpoints import endpoint, relate, remark
from portlint.model import Extraction, Kind, Role
from portlint.text import Fragment
from portlint.values import Expression, Reference, literal_text

_RUNTIME = re.compile(r"\{env\.([A-Za-z_]\w*)\}")
_PLACEHOLDER = re.compile(r"\{[a-z_][\w.\-]*\}")
_MATCHER = ("/", "@", "*")
_ROUTES = frozenset({"handle", "handle_path", "route", "handle_errors"})
_PROXIES = frozenset({"reverse_proxy", "forward_auth", "php_fastcgi", "proxy", "to"})


class _File:
    """One file on its way: named matchers, snippets, and whether HTTPS is automatic."""

    def __init__(self, path: str, into: Collector, tree: Blocks) -> None:
        self.path = path
        self.into = into
        self.groups: dict[Directive, int] = {}
        self.matchers: dict[str, str] = {}
        self.snippets: set[str] = set()
        self.plain = False
        for directive in tree.directives:
            name = directive.name
            if name.startswith("@") and len(directive.words) > 2 and directive.words[1].text == "path":
                self.matchers.setdefault(name, directive.words[2].text)
            elif name.startswith("(") and name.endswith(")"):
                self.snippets.add(name[1:-1])
            elif name == "auto_https" and directive.words[-1].text == "off":
                self.plain = True

    def value(self, word: Fragment) -> Expression:
        """What a word comes to: ``{$X:default}`` is put in when the file is read, ``{env.X}`` when it is used."""
        match = _RUNTIME.fullmatch(word.text)
        return Reference(match.group(1), word.whole) if match else templates.parse(word, templates.CADDY)

    def label(self, directive: Directive) -> str:
        """``site api.example > /api/*``: the blocks around a directive and its own matcher, outermost first."""
        named: list[str] = []
        for around in (directive, *directive.ancestors()):
            words = [word.text for word in around.words]
            if len(words) > 1 and words[1].startswith(("/", "@")) and (around.name in _ROUTES | _PROXIES):
                named.append(self.matchers.get(words[1], words[1]))
            elif around is not directive and around.parent is None and words and re.search(r"[a-z]{2}\.", words[0]):
                named.append(f"site {words[0]}")
        return " > ".join(reversed(named))


def extract(path: str, text: str) -> Extraction:
    """The occurrences of a Caddyfile or of a part that another one imports."""
    into = Collector("Caddyfile default")
    tree = blocks.caddy(text)
    file = _File(path, into, tree)
    alone = not any(directive.block for directive in tree.directives if directive.parent is None)
    for number, directive in enumerate(tree.directives):
        handler = _HANDLERS.get(directive.name)
        if directive.name.startswith("@") or (directive.parent and directive.parent.name in ("header", "@cors")):
            _header(file, directive)
        elif handler:
            handler(file, directive)
        elif directive.parent is None and (directive.block or (alone and not number)):
            _site(file, directive)
    for comment in tree.comments:
        remark(into, comment)
    for line, message in tree.problems:
        into.problem(line, message)
    return into.build()


def _site(file: _File, directive: Directive) -> None:
    if not directive.words or directive.name.startswith(("(", "&(", "@")):
        return
    group = file.into.number()
    file.groups[directive] = group
    for word in directive.words:
        for address in re.finditer(r"(?:\{\$[^{}]*\}|[^,\s{]|\{)+", word.text):
            _address(file, word.cut(*address.span()), group)


def _address(file: _File, word: Fragment, group: int) -> None:
    value = file.value(word)
    text, _ = urls.flatten(value)
    fields: dict[str, Any] = {"tool": "caddy", "how": "site address", "group": group}
    if isinstance(value, Reference):
        endpoint(file.into, Role.LISTENS, value, kind=Kind.URL, **fields)
    elif "://" in text:
        parts = urls.split_url(value)
        if parts is not None and parts.port is not None and literal_text(parts.host or value) == "":
            file.into.port(Role.LISTENS, parts.port, **fields)
        elif text != "http://" and text != "https://":
            file.into.url(Role.LISTENS, value, **fields)
    elif endpoint(file.into, Role.LISTENS, value, implied="80" if file.plain else "443", **fields):
        return
    elif not (_PLACEHOLDER.search(text) or "/" in text or "*" in text):
        file.into.unresolved += 1


def _proxy(file: _File, directive: Directive) -> None:
    words = list(directive.words[1:])
    if directive.name == "to":
        if not (directive.parent and directive.parent.name in _PROXIES):
            return
    elif words and (words[0].text.startswith(_MATCHER)) and not words[0].text.startswith("*:"):
        words = words[1:]
    label = file.label(directive)
    for word in words:
        if word.text.startswith(("unix/", "unix:", "unix+", "fd/")):
            continue
        value = file.value(word)
        if not endpoint(file.into, Role.PROXIES, value, implied="80", kind=Kind.URL, how=directive.name, label=label):
            file.into.unresolved += 1


def _health(file: _File, directive: Directive) -> None:
    if len(directive.words) < 2 or directive.parent is None:
        return
    value = file.value(directive.words[1])
    fields: dict[str, Any] = {"how": directive.name, "label": file.label(directive.parent)}
    if directive.name == "health_port":
        file.into.port(Role.PROBES, value, **fields)
    else:
        file.into.path(Role.PROBES, value, **fields)


def _own_port(file: _File, directive: Directive) -> None:
    if len(directive.words) > 1 and directive.words[1].text != "off":
        value = file.value(directive.words[1])
        if not endpoint(file.into, Role.LISTENS, value, tool="caddy", how=directive.name, label=directive.name):
            file.into.unresolved += 1


def _header(file: _File, directive: Directive) -> None:
    words = directive.words
    for index, word in enumerate(words[:-1]):
        name = word.text.lstrip("+-?>@").lower()
        if name == "access-control-allow-origin" or (name == "origin" and index and words[0].text.startswith("@")):
            for value in words[index + 1 :]:
                text = file.value(value)
                if "://" in value.text and not _PLACEHOLDER.search(value.text):
                    file.into.url(Role.ALLOWS, text, how=word.text.lstrip("+-?>"))
                else:
                    file.into.reads(text)


def _redirect(file: _File, directive: Directive) -> None:
    for word in directive.words[1:]:
        if "://" in word.text:
            clean = word.cut(0, re.match(r"(?:\{\$[^{}]*\}|[^{])*", word.text).end())  # type: ignore[union-attr]
            parts = urls.split_url(file.value(clean))
            if parts is not None and parts.host is not None and literal_text(parts.host) != "":
                file.into.url(Role.CONNECTS, file.value(clean), how="redir", label=file.label(directive))
            elif re.search(r"\}:([0-9]+)", word.text):
                match = re.search(r"\}:([0-9]+)", word.text)
                assert match is not None
                file.into.port(Role.CONNECTS, file.value(word.cut(*match.span(1))), how="redir")


def _import(file: _File, directive: Directive) -> None:
    if len(directive.words) > 1 and directive.words[1].text not in file.snippets:
        word = directive.words[1]
        if "/" in word.text or "." in word.text:
            relate(file.into, "includes", file.path, word.text, word.whole)


_HANDLERS: dict[str, Callable[[_File, Directive], None]] = {
    **dict.fromkeys(_PROXIES, _proxy),
    "health_uri": _health,
    "health_path": _health,
    "health_port": _health,
    "http_port": _own_port,
    "https_port": _own_port,
    "admin": _own_port,
    "header": _header,
    "redir": _redirect,
    "import": _import,
}
