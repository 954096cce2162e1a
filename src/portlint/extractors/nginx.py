"""nginx: servers and what they listen on, upstreams, proxy targets, allowed origins.

Sources: nginx.org documentation of ngx_http_core_module (``listen``), ngx_http_upstream_module, ngx_http_proxy_module
(nginx 1.27).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from portlint import blocks, urls
from portlint.blocks import Directive
from portlint.collecting import Collector
from portlint.endpoints import endpoint, relate, remark
from portlint.extractors.nginx_values import PASSES, File, is_unknown, until_own_variable
from portlint.model import Extraction, Kind, Role
from portlint.text import Fragment
from portlint.values import Literal, Reference, Unknown, literal_text

_NUMBERED = re.compile(r"[0-9]{2,5}")


def extract(path: str, text: str) -> Extraction:
    """The occurrences of an nginx configuration, a part of one, or a template for one."""
    into = Collector("template default")
    tree = blocks.nginx(text)
    file = File(path, into, tree)
    # "${LISTEN}" alone stands for directives that are not known
    hidden = {directive.parent for directive in tree.directives if directive.name.startswith(("$", "{"))}
    for directive in tree.directives:
        if directive.name == "server" and directive in hidden:
            continue
        handler = _HANDLERS.get(directive.name)
        if handler:
            handler(file, directive)
        elif directive.parent and directive.parent.name == "map":
            _map_entry(file, directive)
    for comment in tree.comments:
        remark(into, comment)
    for line, message in tree.problems:
        into.problem(line, message)
    return into.build()


def _listen(file: File, directive: Directive) -> None:
    if len(directive.words) < 2 or directive.words[1].text.startswith("unix:"):
        return
    group = file.listening.get(directive.parent, 0) if directive.parent else 0
    value = file.value(directive.words[1], directive)
    fields: dict[str, Any] = {"tool": "nginx", "how": "listen", "group": group, "label": file.label(directive)}
    if not endpoint(file.into, Role.LISTENS, value, implied="80", **fields):
        file.into.unresolved += 1


def _server(file: File, directive: Directive) -> None:
    if directive.block:
        around = [block.name for block in directive.ancestors()]
        # Without "listen", *:80 is used; a file that is included may hold one.
        if directive not in file.listening and directive not in file.included and set(around) <= {"http"}:
            word = directive.words[0]
            file.into.port(Role.LISTENS, Literal("80", word.whole), tool="nginx", how="tool default")
    elif directive.parent and directive.parent.name == "upstream" and len(directive.words) > 1:
        word = directive.words[1]
        if word.text.startswith("unix:"):
            return
        value = file.value(word, directive)
        label = file.label(directive)
        if not endpoint(file.into, Role.PROXIES, value, implied="80", how="upstream", label=label):
            file.into.unresolved += 1


def _pass(file: File, directive: Directive) -> None:
    if len(directive.words) < 2 or "unix:" in directive.words[1].text:
        return
    into, value = file.into, until_own_variable(file.value(directive.words[1], directive))
    fields: dict[str, Any] = {"how": directive.name, "label": file.label(directive)}
    parts = urls.split_url(value)
    if isinstance(value, Unknown) or (parts and not parts.port and is_unknown(parts.host)):
        into.unresolved += 1
        return
    if isinstance(value, Reference):
        into.add(Kind.URL, Role.PROXIES, value, **fields)
        return
    authority = parts.host if parts and not parts.port else value if parts is None else None
    host = literal_text(authority) if authority else None
    if host in file.upstreams or isinstance(authority, Reference):
        # The upstream's servers, or the variable, say where this leads: the scheme implies no port here.
        if host:
            fields["label"] = " > ".join(filter(None, (fields["label"], f"upstream {host}")))
        into.add(Kind.URL, Role.PROXIES, value, **fields)
        if parts and parts.path and literal_text(parts.path) != "/":
            into.path(Role.PROXIES, parts.path, **fields)
        return
    implied = "" if directive.name not in ("proxy_pass", "grpc_pass") or parts else "80"
    if not endpoint(into, Role.PROXIES, value, implied=implied, **fields):
        into.unresolved += 1


def _set(file: File, directive: Directive) -> None:
    if len(directive.words) != 3:
        return
    name = directive.words[1].text.strip("${}")
    value = file.value(directive.words[2], directive)
    file.into.bind(file.variables.get((name, directive.parent), f"${name}"), value)
    target = until_own_variable(value)
    parts = urls.split_url(target) or urls.split_address(target)
    if parts is None or "$uri" in directive.words[2].text:
        return
    if parts.host is None or isinstance(parts.host, Unknown) or literal_text(parts.host) in file.upstreams:
        return
    endpoint(file.into, Role.PROXIES, target, how="set", name=name, label=file.label(directive))


def _server_name(file: File, directive: Directive) -> None:
    group = file.listening.get(directive.parent, 0) if directive.parent else 0
    for word in directive.words[1:]:
        if re.fullmatch(r"(?:[A-Za-z0-9\-]+\.)+[A-Za-z0-9\-]+|localhost", word.text):
            file.into.host(Role.LISTENS, Literal(word.text, word.whole), tool="nginx", how="server_name", group=group)
        elif "$" in word.text:
            value = file.value(word, directive)
            if isinstance(value, Reference):
                file.into.host(Role.LISTENS, value, tool="nginx", how="server_name", group=group)


def _add_header(file: File, directive: Directive) -> None:
    if len(directive.words) < 2:
        return
    header, word = directive.words[1].text.lower(), directive.words[min(len(directive.words) - 1, 2)]
    value = file.value(word, directive)
    if header.startswith("access-control-allow-origin"):
        how, role = "Access-Control-Allow-Origin", Role.ALLOWS
    elif "content-security-policy" in header:
        how, role = "Content-Security-Policy", Role.CONNECTS
    else:
        return
    text, _ = urls.flatten(value)
    for match in urls.URL_PATTERN.finditer(text):
        if role is Role.ALLOWS or match.group("port"):
            file.into.url(role, urls.slice_expression(value, *match.span()), how=how, label=file.label(directive))


def _redirect(file: File, directive: Directive) -> None:
    for word in directive.words[1:]:
        if "://" not in word.text:
            continue
        value = until_own_variable(file.value(word, directive))
        parts = urls.split_url(value)
        if parts is None or parts.host is None:
            continue
        role = Role.PROXIES if directive.name == "proxy_redirect" else Role.CONNECTS
        fields: dict[str, Any] = {"how": directive.name, "label": file.label(directive)}
        if is_unknown(parts.host):  # $host: only the port is said here
            if parts.port is not None and not isinstance(parts.port, Unknown):
                file.into.port(role, parts.port, **fields)
        elif literal_text(parts.host) not in file.upstreams:
            file.into.url(role, value, **fields)


def _if(file: File, directive: Directive) -> None:
    """``if ($http_origin = "http://localhost:3000")``; a pattern is seen, not understood."""
    if len(directive.words) < 4 or directive.words[1].text.lstrip("(") != "$http_origin":
        return
    word = directive.words[3]
    word = word.cut(0, len(word.text.rstrip(")\"'"))) if directive.words[2].text == "=" else word
    _origin(file, directive, word, pattern="~" in directive.words[2].text)


def _map_entry(file: File, directive: Directive) -> None:
    around = directive.parent
    if around and len(around.words) > 1 and around.words[1].text == "$http_origin":
        _origin(file, directive, directive.words[0], pattern=directive.name.startswith("~"))
    elif around and len(around.words) > 2 and around.words[2].text.lstrip("$") in file.passed and directive.words[1:]:
        value = file.value(directive.words[-1], directive)
        parts = urls.split_url(value) or urls.split_address(value)
        if parts and parts.port is not None:
            endpoint(file.into, Role.PROXIES, value, how="map", label=directive.name)


def _origin(file: File, directive: Directive, word: Fragment, *, pattern: bool) -> None:
    if not pattern:
        file.into.url(Role.ALLOWS, file.value(word, directive), how="$http_origin")
    elif _NUMBERED.search(word.text):
        file.into.unresolved += 1


def _include(file: File, directive: Directive) -> None:
    if len(directive.words) > 1:
        word = directive.words[1]
        relate(file.into, "includes", file.path, word.text, word.whole)


_HANDLERS: dict[str, Callable[[File, Directive], None]] = {
    "listen": _listen,
    "server": _server,
    "set": _set,
    "server_name": _server_name,
    "add_header": _add_header,
    "more_set_headers": _add_header,
    "return": _redirect,
    "rewrite": _redirect,
    "proxy_redirect": _redirect,
    "if": _if,
    "include": _include,
    **dict.fromkeys(PASSES, _pass),
}
