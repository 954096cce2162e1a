"""Commands that look at or open a port without using it: ``lsof -i :8000``, ``fuser 8000/tcp``, ``ufw allow 8000``.

Sources: lsof(8), fuser(1), ss(8), ufw(8), firewall-cmd(1), iptables(8), netsh advfirewall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from portlint.collecting import Collector
from portlint.launch_programs import Launch
from portlint.launch_words import HOLE, Part
from portlint.model import Role

_P = rf"(?P<port>[0-9]{{1,5}}|[{HOLE}])"
_LSOF = re.compile(rf"(?:-[A-Za-z]*i)?(?:[46])?(?:(?:tcp|TCP|udp|UDP)(?=[:@]))?(?:@[\w.]+)?:{_P}")
_FUSER = re.compile(rf"{_P}/(?:tcp|udp)")
_SEARCHED = re.compile(
    rf"(?:\\?[:.]){_P}(?:\\b|\\s|\$|\s|>)*|(?:[ds]port\s*={{1,2}}\s*):?{_P.replace('port', 'other')}"
)
_RULE = re.compile(rf"{_P}(?:/(?:tcp|udp))?")
_PARAMETER = re.compile(
    rf"(?i)(?:--add-port|--remove-port|localport|--dport|--sport|--dports)=\"?{_P}(?:/(?:tcp|udp))?"
)

_SEARCHERS = frozenset("grep egrep fgrep rg findstr select-string ss netstat".split())
_FIREWALLS = frozenset("ufw firewall-cmd iptables ip6tables netsh new-netfirewallrule".split())


def collect(launch: Launch, into: Collector, fields: dict[str, Any]) -> bool:
    """Ports that a command asks about or opens. ``False`` where the program is none of these."""
    name = launch.names[0] if launch.names else ""
    if name in _FIREWALLS:
        _put(_firewall(name, launch.rest), into, "firewall", fields)
    elif name == "lsof":
        _put(_matches(_LSOF, launch.rest), into, "port check", fields)
    elif name == "fuser":
        _put(_fuser(launch.rest), into, "port check", fields)
    elif name in _SEARCHERS:
        _put(_matches(_SEARCHED, launch.rest), into, "port check", fields)
    elif name in ("kill-port", "fkill", "cross-port-killer", "port-kill"):
        _put(_plain(launch.rest), into, "port check", fields)
    elif name == "get-nettcpconnection":
        _put(_after(launch.rest, ("-localport",)), into, "port check", fields)
    else:
        return False
    return True


def _put(parts: Iterator[Part], into: Collector, how: str, fields: dict[str, Any]) -> None:
    group = into.number()
    for part in parts:
        into.port(Role.DOCUMENTS, part.value, **{**fields, "how": how, "group": group})


def _matches(pattern: re.Pattern[str], words: list[Part]) -> Iterator[Part]:
    for word in words:
        match = pattern.fullmatch(word.flat)
        if match:
            for name in pattern.groupindex:
                if match.group(name):
                    yield word.cut(*match.span(name))


def _plain(words: list[Part]) -> Iterator[Part]:
    for word in words:
        match = re.fullmatch(rf":?{_P}", word.flat)
        if match:
            yield word.cut(*match.span("port"))


def _fuser(words: list[Part]) -> Iterator[Part]:
    if any(word.flat in ("tcp", "udp") for word in words):
        yield from _plain(words)
    yield from _matches(_FUSER, words)


def _after(words: list[Part], flags: tuple[str, ...]) -> Iterator[Part]:
    for flag, value in pairwise(words):
        if flag.flat.lower() in flags:
            yield from _matches(_RULE, list(value.pieces(",")))


def _firewall(name: str, words: list[Part]) -> Iterator[Part]:
    yield from _matches(_PARAMETER, words)
    yield from _after(words, ("--dport", "--dports", "--sport", "-localport", "port", "--add-port", "--remove-port"))
    if name == "ufw":
        verb = next(
            (index for index, word in enumerate(words) if word.flat in ("allow", "deny", "reject", "limit")), None
        )
        if verb is not None and verb + 1 < len(words) and words[verb + 1].flat != "in":
            yield from _matches(_RULE, words[verb + 1 : verb + 2])
