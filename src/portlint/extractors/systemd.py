"""systemd units: the command, its environment, the sockets; Podman's ``.container`` units too.

Sources: systemd.service(5), systemd.exec(5), systemd.socket(5) and systemd.syntax(7) of systemd 255;
podman-systemd.unit(5) of Podman 5 (``PublishPort``).
"""

from __future__ import annotations

import posixpath
import re

from portlint import templates
from portlint.collecting import Collector
from portlint.endpoints import command, endpoint, environment, relate, remark
from portlint.keyvalue import Broken, Comment, Entry, Grammar, scan
from portlint.model import HOST_NETWORK, Extraction, Role, container
from portlint.text import Fragment
from portlint.values import Expression

_GRAMMAR = Grammar(separators="=", comments="#;", inline=False, backslash=True, quotes=False)
_LISTEN = frozenset({"ListenStream", "ListenDatagram", "ListenSequentialPacket"})
_EXEC = re.compile(r"Exec(?:Start|StartPre|StartPost|Reload|Condition)?")
_PUBLISH = re.compile(
    r"(?:(?P<ip>[0-9]+\.[0-9.]+|\[[0-9a-fA-F:]+\]):)?(?:(?P<host>[0-9]+|\$\{[^}]*\}):)?(?P<own>[0-9]+)(?:/\w+)?"
)


def extract(path: str, text: str) -> Extraction:
    """The occurrences of a unit. What runs in a container gets the unit's name as its service."""
    into = Collector("shell default")
    if path.endswith((".container", ".pod")):
        name = posixpath.basename(path).rpartition(".")[0]
        into.defaults = {"service": name, "network": container(name)}
    for item in scan(text, _GRAMMAR):
        if isinstance(item, Broken):
            into.problem(item.line, item.message)
        elif isinstance(item, Comment):
            remark(into, item.text)
        else:
            _entry(into, path, item)
    return into.build()


def _entry(into: Collector, path: str, item: Entry) -> None:
    value = item.value
    if item.name in _LISTEN:
        if not value.text.startswith(("/", "@", "%", "vsock:")):
            into_value = templates.parse(value, templates.PLAIN)
            endpoint(into, Role.LISTENS, into_value, how=item.name)
    elif item.name == "Environment":
        environment(into, value, how="Environment=")
    elif item.name == "EnvironmentFile":
        relate(into, "env_file", path, value.text.lstrip("-"), value.whole)
    elif item.name == "PublishPort":
        _publish(into, value)
    elif _EXEC.fullmatch(item.name):
        prefix = len(value.text) - len(value.text.lstrip("-@:+!|"))
        command(into, value.cut(prefix, len(value.text)), label=item.name)


def _publish(into: Collector, value: Fragment) -> None:
    match = _PUBLISH.fullmatch(value.text)
    if match is None:
        into.unresolved += bool(value.text)
        return
    group = into.number()

    def part(name: str) -> Expression:
        return templates.parse(value.cut(*match.span(name)), templates.BRACES_ONLY)

    into.port(Role.EXPOSES, part("own"), how="PublishPort", group=group)
    if match.group("host"):
        into.port(Role.PUBLISHES, part("host"), how="PublishPort", group=group, network=HOST_NETWORK)
