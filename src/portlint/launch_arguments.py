"""What any program's arguments say: long flags that announce a port, host or URL, and URLs as plain arguments."""

from __future__ import annotations

import re
from typing import Any

from portlint import knowledge, names, urls
from portlint.collecting import Collector
from portlint.launch_programs import Launch
from portlint.launch_servers import put
from portlint.launch_words import HOLE, Flag, Part, parse, shown, web_addresses
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
_SCRIPT_PORT = re.compile(rf"[0-9]{{2,5}}|[{HOLE}]")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_NAMED = re.compile(r"(?!.*(?:linux|gnu|darwin|mingw))[A-Za-z][\w.\-]*")
"""A host name; not the system triple that build tools take as ``--host``."""

_OTHER_TRADES = frozenset("com serial usb display no max min switch".split())
_PROXY_WORDS = frozenset("upstream upstreams proxy".split())
_GO_ADDRESS = frozenset("addr listen bind".split())
_GO_PORT = re.compile(r"-[a-z]{3,}(?:[-.][a-z]+)*")


def collect(launch: Launch, into: Collector, role: Role, fields: dict[str, Any]) -> None:
    """What a program that the knowledge does not know is told; ``role`` is that of addresses it connects to."""
    name = launch.names[0] if launch.names else ""
    name = name.removesuffix(".sh")
    if name in _SPEECH and launch.kind == "program":
        return
    fields = {**fields, "group": into.number()}
    left = launch.rest
    if launch.kind not in ("program", "module") or name not in _SILENT:
        flags, left = parse(launch.rest)
        target = {**fields, "target": shown(launch.word)}
        for flag in flags:
            if flag.value is None:
                continue
            if launch.kind == "script" and flag.name in ("-p", "-P") and _SCRIPT_PORT.fullmatch(flag.value.flat):
                put(into, Kind.PORT, flag.value.value, flag.name, target)
            elif not _flag(flag, flag.value, into, role, target):
                left.append(flag.value)
    web_addresses(_settings(left, into, fields), into, role, fields)


def _settings(words: list[Part], into: Collector, fields: dict[str, Any]) -> list[Part]:
    """Takes out a variable's name and its value given as two arguments: ``set_env API_URL http://localhost:8000``."""
    left: list[Part] = []
    for word in words:
        before = left[-1] if left else None
        if before is not None and _VARIABLE.fullmatch(before.flat) and names.kind_of(before.flat) is not None:
            left.pop()
            if not into.setting(before.flat, word.value, Role.DECLARES, **{**fields, "how": "argument"}):
                left.append(word)
        else:
            left.append(word)
    return left


def _flag(flag: Flag, value: Part, into: Collector, role: Role, fields: dict[str, Any]) -> bool:
    """What one flag says; ``False`` where its value is still to be looked at as a plain argument is."""
    words = names.tokens(flag.name)
    if _PROXY_WORDS.intersection(words):
        return web_addresses([value], into, Role.PROXIES, {**fields, "how": flag.name})
    kind = names.kind_of(flag.name)
    if kind is None:
        return False
    single = not flag.name.startswith("--")
    if flag.name.startswith("-D") and single:
        words, single = names.tokens(flag.name[2:]), False
    if single and not (kind is Kind.PORT and _GO_PORT.fullmatch(flag.name)) and words[0] not in _GO_ADDRESS:
        return False
    own = _is_own(words)
    if kind is Kind.PORT:
        if _PORT_END.fullmatch(value.flat) and words[0] not in _OTHER_TRADES:
            _put(into, kind, value, flag.name, own, role, fields)
    elif kind is Kind.HOST:
        return _host(flag.name, words, value, own, into, role, fields)
    elif kind is Kind.URL:
        return _url(flag.name, words, value, into, role, fields)
    return True


def _is_own(words: tuple[str, ...]) -> bool:
    """Whether a flag speaks of the program's own address, not of one it connects to."""
    before = words[:-1]
    services = knowledge.load().by_word
    return not any(word in _OTHER_WORDS or (word.upper() in services and word not in _OWN_WORDS) for word in before)


def _put(into: Collector, kind: Kind, value: Part, how: str, own: bool, role: Role, fields: dict[str, Any]) -> None:
    if own:
        put(into, kind, value.value, how, fields)
    else:
        into.add(kind, role, value.value, how=how, **fields)


def _host(
    how: str, words: tuple[str, ...], value: Part, own: bool, into: Collector, role: Role, fields: dict[str, Any]
) -> bool:
    """``--host``, ``--bind``, ``--listen``, ``--entrypoints.web.address`` and the like."""
    if urls.split_url(value.value) is not None:
        return False
    last = words[-1]
    named = last in ("host", "hostname")
    listens = own and last in _LISTEN_WORDS
    parts = urls.split_address(value.value)
    if parts is not None and parts.port is not None:
        host = literal_text(parts.host) if parts.host is not None else ""
        # --host db:5432 names somebody else; --listen and --address name oneself, as does a wildcard.
        if not listens or (named and host is not None and not _WILDCARD.fullmatch(host)):
            return into.address(role, value.value, how=how, **fields)
        if parts.host is not None and host != "":
            put(into, Kind.HOST, parts.host, how, fields)
        put(into, Kind.PORT, parts.port, how, fields)
    elif value.literal and value.flat.isdigit():
        if listens and last in ("listen", "bind", "listener") and 1 < len(value.flat) < 6:
            put(into, Kind.PORT, value.value, how, fields)
    elif last in _LISTEN_WORDS and (isinstance(value.value, Reference) or _WILDCARD.fullmatch(value.flat)):
        _put(into, Kind.HOST, value, how, listens, role, fields)
    elif named and value.literal and _NAMED.fullmatch(value.flat):
        into.host(role, value.value, how=how, **fields)
    return True


def _url(how: str, words: tuple[str, ...], value: Part, into: Collector, role: Role, fields: dict[str, Any]) -> bool:
    if words[-1] in ("origin", "origins"):
        role = Role.ALLOWS
    if isinstance(value.value, Reference):
        into.add(Kind.URL, role, value.value, how=how, **fields)
        return True
    return web_addresses([value], into, role, {**fields, "how": how})
