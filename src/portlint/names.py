"""Names of settings: their tokens, what kind of value they announce, and when two are the same.

Tokens, not substrings: ``IMPORT_X`` and ``SUPPORT_URL`` hold no port.
"""

from __future__ import annotations

import re
from functools import lru_cache

from portlint.model import Kind
from portlint.vocabulary import Words, as_the_project_says, current

PUBLIC_PREFIXES = (
    "VITE_",
    "NEXT_PUBLIC_",
    "REACT_APP_",
    "NUXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "PUBLIC_",
    "GATSBY_",
    "VUE_APP_",
    "NG_APP_",
    "STORYBOOK_",
    "RAZZLE_",
    "SNOWPACK_PUBLIC_",
)
"""Prefixes that make a variable public to a browser; the name behind them is the setting's."""

_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_UPPER = {code + 32: code for code in _LOWER}  # ASCII only: other letters may change their number with their case
_WORDS = re.compile(
    r"[Nn](?:[Ee][Oo]4[Jj]|8[Nn])(?![a-z])|[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+"
)
# Two words that are often written as one (PGPORT of libpq, REDISHOST, apiurl). Only with heads that are known, for
# "import", "viewport" and "ghost" are one word.
_COMPOUND = re.compile(
    r"(pg|db|redis|mysql|mongo|postgres|rabbitmq|kafka|mqtt|smtp|mail|ftp|ssh|ldap|vnc|socks|web|api|http|https|ssl|tls|"
    r"tcp|udp|grpc|rpc|ws|app|server|client|backend|frontend|admin|ui|gui|proxy|debug|dev|site|base|host|node|target|"
    r"container|remote|listen)(ports?|hosts?|hostname|urls?|uri|addr)"
)

_PORT = frozenset({"port", "ports", "portnumber"})
_HOST = frozenset({"host", "hostname", "ip", "bind", "addr", "address", "listen", "server", "domain"})
_URL = frozenset({"url", "urls", "uri", "uris", "origin", "origins", "endpoint", "endpoints", "dsn", "baseurl", "href"})
_PATH = frozenset({"path", "prefix", "route"})
_NOT_LAST = frozenset({"default", "value", "env", "var", "number", "num", "int", "str", "list", "arg"})
_STRONG = {**dict.fromkeys(_PORT, Kind.PORT), **dict.fromkeys(_URL, Kind.URL), "host": Kind.HOST, "hostname": Kind.HOST}
_QUALIFIERS = frozenset(
    "internal external public private local docker container http https tcp udp grpc ssl tls secure ws wss v "
    "dev development prod production test testing staging api admin web ui backend frontend".split()
)
"""Words behind the one that says the kind: ``API_URL_LOCAL``, ``SMTP_PORT_SSL``, ``DB_HOST_TEST``, ``PORT_2``."""
_OF_A_PORT = frozenset(
    "timeout count id ids name names type types range ranges mapping mappings map retries retry wait interval delay "
    "check checks status state offset step increment enabled disabled open forward forwarding scan scanner mode speed "
    "group security label suffix pattern regex file path dir key field index size length limit info used free taken "
    "available conflict conflicts error process pid".split()
)
"""What follows ``PORT_`` and is no port: ``PORT_TIMEOUT``, ``PORT_RANGE``, ``PORT_NAME``."""
_OTHER_ADDRESSES = frozenset(
    "email mail mac wallet contract street billing shipping memory reply sender recipient home postal hardware".split()
)

_GENERIC_TOKENS = frozenset(
    "port host hostname url uri api app base server service web http https address addr bind listen ip backend "
    "frontend client public origin origins cors allowed domain site endpoint my the default internal external "
    "local dev prod test debug proxy target root path prefix ports hosts urls name container number num default value "
    "tcp udp ssl tls secure listening expose exposed publish published staging production development testing scheme "
    "protocol grpc rpc metrics health healthcheck management v".split()
)


@lru_cache(maxsize=65536)
def tokens(name: str) -> tuple[str, ...]:
    """Lower-case words of a name in any style: ``INNGEST_PORT``, ``inngestPort``, ``server.port``, ``--http-port``."""
    words: list[str] = []
    for word in _WORDS.findall(name):
        lowered = word.translate(_LOWER)
        compound = _COMPOUND.fullmatch(lowered)
        words.extend(compound.groups() if compound else (lowered,))
    return tuple(words)


@lru_cache(maxsize=65536)
def kind_of(name: str) -> Kind | None:
    """What kind of value a name announces, or ``None`` where it announces none of ours.

    ``server``, ``address`` and the like announce a host only as a weak hint; the value's shape must agree.
    """
    return _kind_at(tokens(name))[0]


def _kind_at(words: tuple[str, ...]) -> tuple[Kind | None, int]:
    """The kind that the words of a name announce, and the index of the word that does."""
    last = len(words) - 1
    while last > 0 and words[last] in _NOT_LAST:
        last -= 1
    if last < 0:
        return None, -1
    if words[last] in _STRONG:
        return _STRONG[words[last]], last
    if words[last] in _HOST:
        other = words[last] in ("address", "addr") and last > 0 and words[last - 1] in _OTHER_ADDRESSES
        return (None, -1) if other else (Kind.HOST, last)
    behind = last
    while behind > 0 and (words[behind] in _QUALIFIERS or words[behind].isdigit()):
        behind -= 1
    if behind < last and words[behind] in _STRONG:
        return _STRONG[words[behind]], behind
    if words[0] == "port" and not _OF_A_PORT.intersection(words[1:]):
        return Kind.PORT, 0
    return None, -1


@as_the_project_says
def canonical(name: str, words: Words) -> str:
    """A name without public prefix and style, for comparison: ``VITE_INNGEST_PORT`` and ``inngestPort`` are one."""
    bare = "_".join(tokens(_without_prefix(name, words))).translate(_UPPER)
    return words.same.get(bare, bare)


def public_prefixes() -> tuple[str, ...]:
    """The known public prefixes and the project's own."""
    return (*current().prefixes, *PUBLIC_PREFIXES)


def _without_prefix(name: str, words: Words) -> str:
    """Without a public prefix, unless only the kind would be left: ``VITE_PORT`` and ``PORT`` are two settings."""
    upper = name.translate(_UPPER)
    for prefix in (*words.prefixes, *PUBLIC_PREFIXES):
        if upper.startswith(prefix):
            bare = name[len(prefix) :]
            return bare if len(tokens(bare)) > 1 else name
    return name


@as_the_project_says
def is_public(name: str, words: Words) -> bool:
    """Whether a name carries a prefix that makes it public to a browser."""
    return name.translate(_UPPER).startswith((*words.prefixes, *PUBLIC_PREFIXES))


@as_the_project_says
def is_generic(name: str, words: Words) -> bool:
    """Whether a name says nothing about which service it belongs to (``PORT``, ``API_URL``, ``SERVER_PORT``)."""
    if (words.generic or words.distinct) and (known := canonical(name)) in words.generic | words.distinct:
        return known in words.generic
    upper = name.translate(_UPPER)
    prefixes = (*words.prefixes, *PUBLIC_PREFIXES)
    bare = next((name[len(prefix) :] for prefix in prefixes if upper.startswith(prefix)), name)
    return all(word in _GENERIC_TOKENS or word.isdigit() for word in tokens(bare))


@as_the_project_says
def stem(name: str, words_of_project: Words) -> str:
    """The name without the words that say its kind: ``INNGEST`` of ``INNGEST_PORT``; empty for ``PORT``."""
    drop = _PORT | _HOST | _URL | _PATH | _NOT_LAST | {"base", "scheme", "protocol"}
    words = list(tokens(canonical(name)))
    _, at = _kind_at(tuple(words))
    behind = [word for word in words[at + 1 :] if word not in _NOT_LAST] if at >= 0 else []
    words = words[: at + 1] if at >= 0 else words
    while words and words[-1] in drop:
        words.pop()
    return "_".join([*words, *behind]).translate(_UPPER)
