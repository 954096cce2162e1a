"""``*.conf`` files: the content says which program they are for; then ``key value`` files such as redis.conf and torrc.

Sources: redis.conf of Redis 7.2 and sentinel.conf; mosquitto.conf(5) 2.0; torrc in tor(1) 0.4.8; squid.conf
``http_port`` 6; openvpn(8) 2.6; privoxy ``listen-address`` 3.0.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

from portlint import templates
from portlint.collecting import Collector
from portlint.endpoints import endpoint, is_listener, relate, remark
from portlint.keyvalue import Broken, Comment, Entry, Grammar, scan
from portlint.model import Extraction, Role
from portlint.text import Fragment
from portlint.values import Literal

_NGINX = re.compile(
    r"^[ \t]*(?:server|upstream\s+\S+|location\s[^;{}\n]+|map\s[^;{}\n]+|http|stream|events)\s*\{"
    r"|^[ \t]*(?:proxy|fastcgi|uwsgi|grpc)_(?:pass|set_header|param)\b"
    r"|^[ \t]*(?:add_header|listen|set|include)\s[^\n=]*;",
    re.MULTILINE,
)
_ENDED = re.compile(r";[ \t]*(?:#.*|\}[ \t]*)?\r?$", re.MULTILINE)
_APACHE = re.compile(
    r"^[ \t]*(?:<(?:VirtualHost|Directory|Location|IfModule|IfDefine|Proxy|Files)\b|ProxyPass|ServerName\s"
    r"|Listen\s+[\d.:*\[]"
    r"|Rewrite(?:Engine|Rule|Cond)\s|Header\s+\w+\s+set\b|Header\s+set\b|LoadModule\s|SetEnv\s)",
    re.MULTILINE,
)
_HAPROXY = re.compile(
    r"^(?:frontend|backend|listen|defaults)\b[^\n={]*\n(?:[ \t]*\n|[ \t]+#.*\n)*[ \t]+[a-z]", re.MULTILINE
)
_BRACED = re.compile(r"^[ \t]*[\w.\-\"]+[ \t]*[=:]?[ \t]*\{", re.MULTILINE)
_ASSIGNED = re.compile(r"^[ \t]*[\w.\-:]+[ \t]*[=:](?!//)", re.MULTILINE)
_SPACED = re.compile(r"^[ \t]*[A-Za-z][\w.\-]*[ \t]+[^\s=:{]", re.MULTILINE)

_GRAMMAR = Grammar(separators=" ", comments="#;")
_PORTS = frozenset(
    "port tls-port http_port https_port socksport controlport orport dirport dnsport transport_port httptunnelport "
    "listen-address listen_port listen_address extorport".split()
)
_NO_PORT = frozenset({"auto", "0", "default"})


def extract(path: str, text: str) -> Extraction:
    """The occurrences of a ``.conf`` file, read as what it looks like."""
    if _HAPROXY.search(text):
        from portlint.extractors import haproxy

        return haproxy.extract(path, text)
    if _APACHE.search(text):
        from portlint.extractors import apache

        return apache.extract(path, text)
    if _NGINX.search(text) and _ENDED.search(text):
        from portlint.extractors import nginx

        return nginx.extract(path, text)
    if _BRACED.search(text) and not re.search(r"^\[[^\]\n]+\][ \t]*\r?$", text, re.MULTILINE):
        from portlint.extractors import hocon

        return hocon.extract(path, text)
    if len(_ASSIGNED.findall(text)) >= len(_SPACED.findall(text)) or re.search(r"^\[\w", text, re.MULTILINE):
        from portlint.extractors import ini

        return ini.extract(path, text)
    return _spaced(path, text)


def _spaced(path: str, text: str) -> Extraction:
    into = Collector("template default")
    base = posixpath.basename(path).lower()
    tool = next((name for name in ("redis", "sentinel", "mosquitto", "torrc", "squid") if name in base), "")
    tool = {"sentinel": "redis", "torrc": "tor"}.get(tool, tool)
    folder = ""
    for item in scan(text, _GRAMMAR):
        if isinstance(item, Broken):
            into.problem(item.line, item.message)
        elif isinstance(item, Comment):
            remark(into, item.text, item.name)
        elif item.name.lower() == "hiddenservicedir":
            folder = item.value.text
        elif item.name.lower() == "hiddenserviceport":
            _hidden_service(into, item, folder)
        else:
            _entry(into, path, item, tool)
    return into.build()


def _words(item: Entry) -> list[Fragment]:
    return [item.value.cut(*match.span()) for match in re.finditer(r"\S+", item.value.text)]


def _entry(into: Collector, path: str, item: Entry, tool: str) -> None:
    name, words = item.name.lower(), _words(item)
    if not words:
        return
    value = templates.parse(words[0], templates.BRACES_ONLY)
    fields: dict[str, Any] = {"name": item.name, "how": "setting"}
    if name in _PORTS and words[0].text.lower() not in _NO_PORT and not words[0].text.startswith(("unix:", "/")):
        if not endpoint(into, Role.LISTENS, value, tool=tool, **fields):
            into.unresolved += 1
    elif name in ("listener", "listen"):
        _listener(into, words, tool, item.name)
    elif name in ("bind", "bind_address", "bind-address"):
        for word in words:
            clean = word.cut(word.text.startswith("-"), len(word.text))
            endpoint(into, Role.LISTENS, templates.parse(clean, templates.BRACES_ONLY), tool=tool, **fields)
    elif name in ("replicaof", "slaveof", "remote") or (name == "sentinel" and words[0].text == "monitor"):
        at = 2 if name == "sentinel" else 0
        _host_and_port(into, words[at : at + 2], item.name)
    elif name == "address" and ":" in words[0].text:
        endpoint(into, Role.CONNECTS, value, **fields)
    elif name.startswith("forward") and len(words) > 1 and words[1].text != ".":
        endpoint(into, Role.PROXIES, templates.parse(words[1], templates.BRACES_ONLY), label=words[0].text, **fields)
    elif name in ("include", "include_dir"):
        relate(into, "includes", path, words[0].text, words[0].whole)
    elif is_listener("", name):
        endpoint(into, Role.LISTENS, value, tool=tool, **fields)
    else:
        into.setting(item.name, templates.parse(item.value, templates.BRACES_ONLY), how="setting")


def _listener(into: Collector, words: list[Fragment], tool: str, name: str) -> None:
    """``listener 1883 0.0.0.0``: the port, then the address."""
    group = into.number()
    for word in words[:2]:
        value = templates.parse(word, templates.BRACES_ONLY)
        if not word.text.startswith("/"):
            endpoint(into, Role.LISTENS, value, name=name, how="setting", tool=tool, group=group)


def _host_and_port(into: Collector, words: list[Fragment], name: str) -> None:
    if len(words) == 2 and re.fullmatch(r"[0-9]{1,5}|\$\{\w+\}", words[1].text):
        group = into.number()
        into.host(
            Role.CONNECTS, templates.parse(words[0], templates.BRACES_ONLY), name=name, how="setting", group=group
        )
        into.port(
            Role.CONNECTS, templates.parse(words[1], templates.BRACES_ONLY), name=name, how="setting", group=group
        )


def _hidden_service(into: Collector, item: Entry, folder: str) -> None:
    """``HiddenServicePort VIRTUAL [TARGET]``; without a target it is 127.0.0.1 and the same port."""
    words = _words(item)
    group = into.number()
    network = f"onion:{posixpath.basename(folder.rstrip('/'))}"
    if not words or not words[0].text.isdigit():
        into.unresolved += 1
        return
    virtual = Literal(words[0].text, words[0].whole)
    into.port(Role.PUBLISHES, virtual, how=item.name, group=group, network=network)
    if len(words) == 1:
        into.port(Role.PROXIES, virtual, how=item.name, group=group)
    elif not words[1].text.startswith("unix:"):
        value = templates.parse(words[1], templates.BRACES_ONLY)
        if not endpoint(into, Role.PROXIES, value, how=item.name, group=group):
            into.unresolved += 1
