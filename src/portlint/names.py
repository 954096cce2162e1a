"""Names of settings: their tokens, what kind of value they announce, and when two are the same.

Tokens, not substrings: ``IMPORT_X`` and ``SUPPORT_URL`` hold no port.
"""

from __future__ import annotations

import re
from functools import lru_cache

from portlint.model import Kind

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

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+")

_PORT = frozenset({"port", "ports", "portnumber"})
_HOST = frozenset({"host", "hostname", "ip", "bind", "addr", "address", "listen", "server", "domain"})
_URL = frozenset({"url", "urls", "uri", "uris", "origin", "origins", "endpoint", "endpoints", "dsn", "baseurl", "href"})
_PATH = frozenset({"path", "prefix", "route"})
_NOT_LAST = frozenset({"default", "value", "env", "var", "number", "num", "int", "str", "list", "arg"})

_GENERIC_TOKENS = frozenset(
    "port host hostname url uri api app base server service web http https address addr bind listen ip backend "
    "frontend client public origin origins cors allowed domain site endpoint my the default internal external "
    "local dev prod test debug proxy target root path prefix ports hosts urls name container".split()
)


@lru_cache(maxsize=65536)
def tokens(name: str) -> tuple[str, ...]:
    """Lower-case words of a name in any style: ``INNGEST_PORT``, ``inngestPort``, ``server.port``, ``--http-port``."""
    return tuple(word.lower() for word in _WORDS.findall(name))


@lru_cache(maxsize=65536)
def kind_of(name: str) -> Kind | None:
    """What kind of value a name announces, or ``None`` where it announces none of ours.

    ``server``, ``address`` and the like announce a host only as a weak hint; the value's shape must agree.
    """
    words = list(tokens(name))
    while len(words) > 1 and words[-1] in _NOT_LAST:
        words.pop()
    for last in words[-1:]:
        if last in _PORT:
            return Kind.PORT
        if last in _URL:
            return Kind.URL
        if last in _HOST:
            return Kind.HOST
    if "port" in words and (words[0] == "port" or words[-1] in {"http", "https", "tcp", "udp", "grpc", "external"}):
        return Kind.PORT
    return None


@lru_cache(maxsize=65536)
def canonical(name: str) -> str:
    """A name without public prefix and style, for comparison: ``VITE_INNGEST_PORT`` and ``inngestPort`` are one."""
    upper = name.upper()
    for prefix in PUBLIC_PREFIXES:
        if upper.startswith(prefix) and len(name) > len(prefix):
            name = name[len(prefix) :]
            break
    return "_".join(tokens(name)).upper()


def is_public(name: str) -> bool:
    """Whether a name carries a prefix that makes it public to a browser."""
    return name.upper().startswith(PUBLIC_PREFIXES)


@lru_cache(maxsize=65536)
def is_generic(name: str) -> bool:
    """Whether a name says nothing about which service it belongs to (``PORT``, ``API_URL``, ``SERVER_PORT``)."""
    return all(word in _GENERIC_TOKENS or word.isdigit() for word in tokens(canonical(name)))


@lru_cache(maxsize=65536)
def stem(name: str) -> str:
    """The name without the words that say its kind: ``INNGEST`` of ``INNGEST_PORT``; empty for ``PORT``."""
    drop = _PORT | _HOST | _URL | _PATH | _NOT_LAST | {"base", "scheme", "protocol"}
    words = list(tokens(canonical(name)))
    while words and words[-1] in drop:
        words.pop()
    return "_".join(words).upper()
