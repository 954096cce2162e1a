"""What any program's arguments say: long flags that announce a port, host or URL, and URLs as plain arguments."""

from __future__ import annotations

import re
from typing import Any

from portlint import knowledge, names, urls
from portlint.collecting import Collector
from portlint.launch_servers import put
from portlint.launch_words import HOLE, Flag, Part, parse, shown
from portlint.launch_wrappers import Launch
from portlint.model import Kind, Role
from portlint.values import Reference, literal_text

_SILENT = frozenset(
    "echo printf cat grep egrep fgrep rg ag sed awk gawk test [ [[ true false : cd ls rm cp mv mkdir touch chmod chown "
    "ln find tar zip unzip git hub gh svn hg configure cmake make ninja gcc g++ clang cargo rustup rustc go gofmt pip "
    "pip3 pipx easy_install apt apt-get apk yum dnf brew pacman choco winget scoop gem composer npm pnpm yarn bun "
    "poetry pdm conda mamba systemctl service journalctl read set unset local declare readonly alias which type man "
    "ssh-keygen ssh-keyscan openssl keytool useradd usermod adduser groupadd passwd date sleep wait trap exit return "
    "shift source eval let expr seq sort uniq head tail cut tr wc tee diff basename dirname realpath readlink log "
    "pytest tox ruff black mypy flake8 eslint prettier tsc jest vitest mocha terraform pulumi ansible ansible-playbook "
    "helm kustomize gcloud az heroku fly flyctl railway esptool esptool.py avrdude arduino-cli picocom minicom stty "
    "pkill killall kill pgrep ps top".split()
)
"""Programs whose flags and arguments set no address of a program that is started here."""

_SPEECH = frozenset("echo printf cat grep egrep fgrep rg ag sed awk gawk log git hub gh pip pip3 pkill pgrep".split())
"""Of these not even URLs count: what they handle is text, or a package."""

_LISTEN_WORDS = frozenset("listen listener listening bind addr address addresses interface ip host hostname".split())
_OWN_WORDS = frozenset(
    "server http https web app api grpc ui admin metrics debug debugger listen listening bind main backend frontend "
    "http2 rest rpc ws websocket tcp udp inspect internal external my management health console dashboard dev".split()
)
_OTHER_WORDS = frozenset(
    "remote target upstream proxy peer db database dest destination client broker forward source master leader cache "
    "smtp mail email queue connect to backend-host".split()
)
_PORT_END = re.compile(rf"[0-9]{{1,6}}|.*[{HOLE}].*")
_WILDCARD = re.compile(r"0\.0\.0\.0|127(?:\.[0-9]+){3}|localhost|\*|\[?::1?\]?|[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_NAMED = re.compile(r"(?!.*(?:linux|gnu|darwin|mingw))[A-Za-z][\w.\-]*")
"""A host name; not the system triple that build tools take as ``--host``."""

_GO_PORT = re.compile(r"-[a-z]{3,}(?:[-.][a-z]+)*")
_LOCAL_NAME = re.compile(r"(?:.*\.)?(?:localhost|local|internal|lan|svc|test)")


def collect(launch: Launch, into: Collector, role: Role, fields: dict[str, Any]) -> None:
    """What a program that the knowledge does not know is told; ``role`` is that of addresses it connects to."""
    name = launch.names[0] if launch.names else ""
    name = name.removesuffix(".sh")
    if name in _SPEECH and launch.kind == "program":
        return
    group = into.number()
    fields = {**fields, "group": group}
    if launch.kind != "program" or name not in _SILENT:
        flags, _ = parse(launch.rest)
        target = shown(launch.word)
        for flag in flags:
            if flag.value is not None:
                _flag(flag, flag.value, into, role, {**fields, "target": target})
    web_addresses(launch.rest, into, role, fields)


def _flag(flag: Flag, value: Part, into: Collector, role: Role, fields: dict[str, Any]) -> None:
    kind = names.kind_of(flag.name)
    words = names.tokens(flag.name)
    if kind is None or not words:
        return
    single = not flag.name.startswith("--")
    if flag.name.startswith("-D") and single:
        words, single = names.tokens(flag.name[2:]), False
    if (
        single
        and not (kind is Kind.PORT and _GO_PORT.fullmatch(flag.name))
        and words[0] not in ("addr", "listen", "bind")
    ):
        return
    own = _is_own(words)
    if kind is Kind.PORT:
        if not _PORT_END.fullmatch(value.flat) or _is_unrelated(words):
            return
        _put(into, kind, value, flag.name, own, role, fields)
    elif kind is Kind.HOST:
        _host(flag.name, words, value, own, into, role, fields)
    elif kind is Kind.URL:
        _url(flag.name, words, value, into, role, fields)


def _is_own(words: tuple[str, ...]) -> bool:
    """Whether a flag speaks of the program's own address, not of one it connects to."""
    before = words[:-1]
    services = knowledge.load().by_word
    return not any(word in _OTHER_WORDS or (word.upper() in services and word not in _OWN_WORDS) for word in before)


def _is_unrelated(words: tuple[str, ...]) -> bool:
    return words[0] in ("com", "serial", "usb", "display", "no", "max", "min", "switch")


def _put(into: Collector, kind: Kind, value: Part, how: str, own: bool, role: Role, fields: dict[str, Any]) -> None:
    if own:
        put(into, kind, value.value, how, fields)
    else:
        into.add(kind, role, value.value, how=how, **fields)


def _host(
    how: str, words: tuple[str, ...], value: Part, own: bool, into: Collector, role: Role, fields: dict[str, Any]
) -> None:
    """``--host``, ``--bind``, ``--listen``, ``--entrypoints.web.address`` and the like."""
    if urls.split_url(value.value) is not None:
        return
    last = words[-1]
    listens = own and last in _LISTEN_WORDS
    parts = urls.split_address(value.value)
    if parts is not None and parts.port is not None:
        host = literal_text(parts.host) if parts.host is not None else ""
        # --host db:5432 names somebody else; --listen and --address name oneself, as does a wildcard.
        listens = listens and (last not in ("host", "hostname") or host is None or bool(_WILDCARD.fullmatch(host)))
        if not listens:
            into.address(role, value.value, how=how, **fields)
            return
        if parts.host is not None and host != "":
            put(into, Kind.HOST, parts.host, how, fields)
        put(into, Kind.PORT, parts.port, how, fields)
    elif value.literal and value.flat.isdigit():
        if listens and last in ("listen", "bind", "listener") and 1 < len(value.flat) < 6:
            put(into, Kind.PORT, value.value, how, fields)
    elif isinstance(value.value, Reference) or _WILDCARD.fullmatch(value.flat):
        if last in _LISTEN_WORDS:
            _put(into, Kind.HOST, value, how, listens, role, fields)
    elif last in ("host", "hostname") and value.literal and _NAMED.fullmatch(value.flat):
        into.host(role, value.value, how=how, **fields)


def _url(how: str, words: tuple[str, ...], value: Part, into: Collector, role: Role, fields: dict[str, Any]) -> None:
    if "origin" in words[-1] or "origins" in words[-1]:
        role = Role.ALLOWS
    elif "proxy" in words or "upstream" in words:
        role = Role.PROXIES
    if isinstance(value.value, Reference):
        into.add(Kind.URL, role, value.value, how=how, **fields)
        return
    web_addresses([value], into, role, {**fields, "how": how})


def web_addresses(words: list[Part], into: Collector, role: Role, fields: dict[str, Any]) -> bool:
    """Every URL in the words that may be of this repository: loopback, a port, a short host name or a variable."""
    found = False
    for word in words:
        if "://" not in word.flat:
            continue
        for parts, match in zip(urls.find_urls(word.value), urls.URL_PATTERN.finditer(word.flat), strict=True):
            if is_near(parts):
                one = urls.slice_expression(word.value, *match.span())
                into.url(role, one, **{"how": "argument", **fields})
                found = True
    return found


def is_near(parts: urls.UrlParts) -> bool:
    """Whether a URL may point into this repository, not at some site."""
    scheme = literal_text(parts.scheme) if parts.scheme is not None else None
    if parts.host is None or scheme in ("file", "git", "s3", "gs", "docker", "oci", "data", "chrome"):
        return False
    host = literal_text(parts.host)
    if parts.port is not None or host is None:
        return True
    if not host:
        return False
    return host.lower() in urls.LOOPBACK or "." not in host or bool(_LOCAL_NAME.fullmatch(host.lower()))


def near_address(part: Part) -> bool:
    """Whether a plain argument is ``host:port`` with or without a path (``localhost:8000/health``)."""
    parts = urls.split_address(part.value)
    if parts is None or parts.host is None:
        return False
    host = literal_text(parts.host)
    return host is None or bool(re.search(r"[A-Za-z]|[0-9]\.[0-9]", host))
