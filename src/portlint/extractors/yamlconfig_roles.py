"""What a key path in a settings file means: the program's own port, a probe, a proxy target, a command, or a value."""

from __future__ import annotations

import re

from portlint import names
from portlint.model import Role
from portlint.urls import LOOPBACK

_OWN = frozenset("server http https grpc relay web listener metrics".split())
_LAST = frozenset({"port", "host", "address", "addr", "listen", "bind", "hostname", "http_port", "http-port"})
_LISTEN = re.compile(
    r"(?:.*\.)?(?:listen|bind|bind[_\-]?(?:address|addr|host|port|to)|listen[_\-]?(?:address|addr|host|port|on)|dev_addr)",
    re.IGNORECASE,
)
_ENTRY_POINT = re.compile(r"entry_?points\.[^.]+\.address", re.IGNORECASE)
_PROBE = re.compile(
    r".*(?:readiness|liveness|health)[_\-]?(?:check|probe)?[._\-]?.*\.(?:port|host|path|url)|healthcheckpath|.*\.healthcheckpath",
    re.IGNORECASE,
)
_PROXY = re.compile(r"(?:.*\.)?load_?balancer\.servers\.(?:url|address)|(?:.*\.)?proxy_pass", re.IGNORECASE)
_TARGETS = re.compile(r"(?:.*\.)?static_configs\.targets")
_ORIGINS = frozenset({"origin", "origins", "cors"})
_COMMANDS = frozenset(
    "command cmd cmds startcommand start_command entrypoint exec buildcommand shutdown_command".split()
)
_BUILT_ONLY = frozenset({"buildcommand"})
_PLAIN_URL = re.compile(r"://(?!localhost|127\.|0\.0\.0\.0|\[)[^/\s:$]+\.[a-z]{2,}(?:[/?#\s\"')\]>,]|$)", re.IGNORECASE)


def role_of(name: str, text: str) -> tuple[Role, str]:
    """Role and words for the table of a setting by its key path."""
    lowered = name.lower()
    parts = lowered.split(".")
    if _TARGETS.fullmatch(lowered):
        return Role.CONNECTS, "scrape target"
    if _PROXY.fullmatch(lowered):
        return Role.PROXIES, "proxy target"
    if _PROBE.fullmatch(lowered):
        return Role.PROBES, "probe"
    if set(names.tokens(name)) & _ORIGINS or "allowed_hosts" in lowered or "allowedhosts" in lowered:
        return Role.ALLOWS, "config"
    if _LISTEN.fullmatch(lowered) or _ENTRY_POINT.fullmatch(lowered):
        return Role.LISTENS, "config"
    own = len(parts) == 1 or (len(parts) == 2 and parts[0] in _OWN) or parts[:-1] in (["management", "server"],)
    if own and parts[-1] in _LAST and (names.tokens(parts[-1])[-1] == "port" or _is_own_address(text)):
        return Role.LISTENS, "config"
    return Role.DECLARES, "config"


def _is_own_address(text: str) -> bool:
    host = text.rsplit(":", 1)[0] if text.count(":") == 1 else text
    return host.strip("\"'") in LOOPBACK


def commands_of(name: str, text: str) -> bool:
    """Whether a value is a command line."""
    last = name.rsplit(".", 1)[-1].lower()
    return last in _COMMANDS and last not in _BUILT_ONLY and bool(re.search(r"\s", text.strip()))


def worth(name: str, text: str) -> bool:
    """Whether a value can matter: plain links to sites elsewhere under names that announce nothing cannot."""
    if names.kind_of(name) is not None or "://" not in text:
        return len(text) < 2_000
    return len(text) < 2_000 and _PLAIN_URL.search(text) is None
