"""What settings files of every kind say: a server's own address, a target, a declared value, a comment, another file.

The formats differ in how a name and its value are written; what the name then means is decided here.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

from portlint import names, urls
from portlint.collecting import Collector
from portlint.model import Kind, Role
from portlint.text import Fragment, Span
from portlint.values import Concatenation, Expression, Literal, Reference, literal_text, span_of

_PORT = re.compile(r"[0-9]{1,5}")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._\-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\]|\*")
_MARK = re.compile(r"[{<@$%(]")
_FIGURES = re.compile(r"[0-9]{2}")

_OTHER_TRADES = frozenset(
    "timeout timeouts retry retries range ranges count max min limit limits size workers interval backlog version "
    "speed baud id delay weight reuse forwarding forward".split()
)
"""Last words of names that hold ``port`` or ``address`` without being one (``port_range``, ``reuse``)."""

_LISTEN_SECTIONS = frozenset(
    "server general http https web main app default uwsgi mysqld mysqld-safe pgbouncer inet_http_server global listen "
    "listener daemon service options api".split()
)
_LISTEN_NAMES = frozenset("port listen bind address addr host listener bind_address".split())
_LISTEN_ANYWHERE = frozenset(
    "listen_port listen_addr listen_address listen_addresses bind_port bind_addr bind_address bind_host listenport "
    "http_port https_port httpport httpsport listen_host listening_port web_port clientport port_http".split()
)


def is_listener(section: str, name: str) -> bool:
    """Whether a setting's name and section say that the program itself listens there (``[server] port``)."""
    flat = name.lower().replace("-", "_").replace(".", "_")
    if flat in _LISTEN_ANYWHERE:
        return True
    return flat in _LISTEN_NAMES and (not section or section.lower() in _LISTEN_SECTIONS)


def is_other_trade(name: str) -> bool:
    """Whether a name ends in a word that makes its number something else than a port."""
    words = names.tokens(name.rpartition(".")[2])
    return bool(words) and (words[-1] in _OTHER_TRADES or words[0] in ("serial", "com", "reuse"))


def declare(
    into: Collector,
    name: str,
    value: Expression,
    *,
    listens: bool = False,
    role: Role = Role.DECLARES,
    **fields: Any,
) -> bool:
    """A named value of a settings file; ``listens`` makes it a server's own address. ``False`` where it is none."""
    if is_other_trade(name):
        into.reads(value)
        return False
    text = literal_text(value)
    if text is not None and names.kind_of(name) is Kind.PORT and not _PORT.fullmatch(text) and _MARK.search(text):
        into.unresolved += 1
        return False
    parts = urls.split_url(value)
    nowhere = parts is not None and parts.port is None and parts.host is not None and literal_text(parts.host) == ""
    if text == "0" or nowhere:  # any free port; sqlite:///app.db, a cluster of nobody yet
        into.reads(value)
        return False
    if listens and endpoint(into, Role.LISTENS, value, name=name, **fields):
        return True
    return into.setting(name, value, Role.LISTENS if listens else role, **fields)


def endpoint(
    into: Collector, role: Role, value: Expression, *, implied: str = "", kind: Kind = Kind.PORT, **fields: Any
) -> bool:
    """An address in any of its forms: ``8080``, ``:8080``, ``*:80``, ``host:port``, ``[::]:80``, ``host``, a URL.

    ``implied`` is the port that a host alone stands for; ``kind`` is what a variable alone is taken for unless its
    name says otherwise. ``False``, and nothing collected, where the value is none of these.
    """
    text, _ = urls.flatten(value)
    if not text.strip("0"):  # port 0: any free one, or none
        return bool(text)
    if _PORT.fullmatch(text):
        into.port(role, value, **fields)
        return True
    if isinstance(value, Reference):
        announced = names.kind_of(value.name)
        if announced is Kind.HOST and "host" not in names.tokens(value.name):  # SITE_ADDRESS may hold ":80" or a URL
            announced = None
        into.add(announced or kind, role, value, **fields)
        if value.operand is not None and value.operator.strip(":") in ("-", "="):
            fields |= {"name": value.name, "how": into.default_how}
            endpoint(into, Role.DEFAULTS, value.operand, kind=kind, **fields)
        return True
    if "://" in text:
        return into.url(role, value, **fields)
    if text.startswith((":", "*:")) and not text.startswith("::"):
        return _after_colon(into, role, value, text, fields)
    if isinstance(value, Concatenation) and isinstance(value.parts[0], Reference) and text[1:2] == "/":
        into.add(Kind.URL, role, value, **fields)  # ${BACKEND_URL}/api
        return True
    if into.address(role, value, **fields):
        return True
    if not text.isdigit() and _HOST.fullmatch(text):
        if implied:
            into.port(role, Literal(implied, span_of(value)), **{**fields, "how": f"implied, {fields.get('how', '')}"})
        into.host(role, value, **fields)
        return True
    return False


def _after_colon(into: Collector, role: Role, value: Expression, text: str, fields: dict[str, Any]) -> bool:
    start = text.index(":") + 1
    port = urls.slice_expression(value, start, len(text))
    known = literal_text(port)
    if known is not None and not _PORT.fullmatch(known):
        return False
    into.port(role, port, **fields)
    return True


def remark(into: Collector, comment: Fragment, name: str = "", **fields: Any) -> None:
    """A comment, handed to :mod:`portlint.prose` where it holds a number that may be a port."""
    if _FIGURES.search(comment.text):
        from portlint import prose

        prose.collect(comment, into, name=name, commented=True, how="comment", **fields)


def command(into: Collector, fragment: Fragment, **fields: Any) -> bool:
    """All that a piece of shell text says; ``False`` where it says nothing."""
    from portlint import commands, launches

    found = False
    for one in commands.parse(fragment):
        found = launches.collect(one, into, **fields) or found
    return found


def environment(into: Collector, words: Fragment, *, how: str, between: str = " ", **fields: Any) -> None:
    """``A=1 "B=2 3" C="4"``: assignments in a row, separated by blanks or by the character ``between``."""
    from portlint import templates

    stop = r"\s" if between == " " else re.escape(between)
    pattern = rf"""["']?(?P<name>[A-Za-z_]\w*)=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<plain>[^{stop}"']*))"""
    if between == " ":
        pattern = rf""""(?P<n2>[A-Za-z_]\w*)=(?P<v2>[^"]*)"|'(?P<n3>[A-Za-z_]\w*)=(?P<v3>[^']*)'|{pattern}"""
    for match in re.finditer(pattern, words.text):
        found = {key: value for key, value in match.groupdict().items() if value is not None}
        name = next(found[key] for key in ("name", "n2", "n3") if key in found)
        group = next(key for key in ("double", "single", "plain", "v2", "v3") if key in found)
        value = templates.parse(words.cut(*match.span(group)), templates.BRACES_ONLY)
        into.setting(name, value, how=how, **fields)


def relate(into: Collector, kind: str, path: str, written: str, span: Span, **fields: Any) -> bool:
    """A relation to a file named in the file ``path``; ``False`` where it is absolute, outside, or not one file."""
    if not written or written.startswith(("/", "~", "http://", "https://")) or re.search(r"[*?$%{}<>|\s]", written):
        return False
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), written.replace("\\", "/")))
    if target.startswith("..") or target == "." or re.match(r"[A-Za-z]:", target):
        return False
    into.relation(kind, target, span, **fields)
    return True
