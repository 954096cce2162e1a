"""Programs that connect: HTTP clients, database shells, waiters, tunnels. Their ``-p`` is somebody else's port.

Sources: the manual page or ``--help`` of each program (curl 8, libpq 17, mysql 8.4, redis-cli 7, OpenBSD nc, OpenSSH 9,
kubectl 1.31, Kafka 3.9, wait-on 8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from portlint import urls
from portlint.collecting import Collector
from portlint.launch_programs import Launch
from portlint.launch_servers import put
from portlint.launch_words import HOLE, Part, near_address, parse, web_addresses
from portlint.model import HOST_NETWORK, Kind, Role


@dataclass(frozen=True, slots=True)
class _Client:
    port: frozenset[str] = frozenset()
    host: frozenset[str] = frozenset()
    address: frozenset[str] = frozenset()
    """Flags with ``host:port``, a list of them, or a URL."""
    service: str = ""
    plain: str = ""
    """Plain arguments: ``address`` (``host:port`` or URL), ``pair`` (host and port), ``host``."""
    ignored: frozenset[str] = frozenset()
    """Flags whose value is text for the other side."""


def _client(
    port: str = "", host: str = "", address: str = "", service: str = "", plain: str = "", ignored: str = ""
) -> _Client:
    return _Client(
        frozenset(port.split()),
        frozenset(host.split()),
        frozenset(address.split()),
        service,
        plain,
        frozenset(ignored.split()),
    )


_POSTGRES = _client("-p --port", "-h --host", service="postgres", ignored="-U -d -c -f -U --username --dbname")
_MYSQL = _client("-P --port", "-h --host", service="mysql", ignored="-u --user -e --execute")
_REDIS = _client("-p", "-h", "-u", service="redis", ignored="-a --pass -n")
_MONGO = _client(
    "--port", "--host", "--uri", service="mongodb", plain="address", ignored="-u -p --eval --username --password"
)
_KAFKA = _client("", "", "--bootstrap-server --bootstrap-servers --broker-list", service="kafka")
_HTTP = _client(
    "",
    "",
    "-x --proxy --url",
    plain="address",
    ignored="-H --header -A --user-agent -u --user -o --output -O -m --max-time -w --write-out -X --request "
    "-b --cookie -c -e --referer --retry --retry-delay --connect-timeout -T --timeout -t --tries -n -d --data "
    "--data-raw -F --form -P --data-binary --json",
)
_WAIT = _client(
    "", "", "", plain="address", ignored="-t --timeout -i --interval -d --delay -l --log -c --config -w --window"
)
_MQTT = _client("-p --port", "-h --host", "-L", service="mqtt", ignored="-t -m -u -P")

_CLIENTS: dict[str, _Client] = {
    **dict.fromkeys(
        "psql pg_isready pg_dump pg_dumpall pg_restore createdb dropdb createuser dropuser vacuumdb pgbench pgcli "
        "reindexdb pg_basebackup".split(),
        _POSTGRES,
    ),
    **dict.fromkeys(
        "mysql mysqladmin mysqldump mysqlimport mysqlsh mycli mariadb mariadb-admin mariadb-dump mysqlcheck".split(),
        _MYSQL,
    ),
    **dict.fromkeys("redis-cli valkey-cli redis-benchmark iredis".split(), _REDIS),
    **dict.fromkeys("mongosh mongo mongodump mongorestore mongoexport mongoimport".split(), _MONGO),
    **dict.fromkeys(
        "kafka-topics kafka-console-producer kafka-console-consumer kafka-consumer-groups kafka-configs "
        "kafka-broker-api-versions kafka-acls".split(),
        _KAFKA,
    ),
    **dict.fromkeys(
        "curl wget http https httpie xh ab wrk wrk2 k6 hey siege grpcurl websocat wscat autocannon oha bombardier "
        "lighthouse newman open xdg-open iwr irm invoke-webrequest invoke-restmethod".split(),
        _HTTP,
    ),
    **dict.fromkeys("wait-on wait-port start-server-and-test wait4ports server-test".split(), _WAIT),
    **dict.fromkeys("mosquitto_pub mosquitto_sub".split(), _MQTT),
    "kcat": _client("", "", "-b", service="kafka"),
    "kafkacat": _client("", "", "-b", service="kafka"),
    "telnet": _client(plain="pair"),
    "scp": _client("-P"),
    "sftp": _client("-P"),
    "rsync": _client("--port"),
    "cqlsh": _client(plain="pair", service="cassandra"),
    "clickhouse-client": _client("--port", "-h --host", service="clickhouse"),
    "ldapsearch": _client("-p", "-h", "-H", service="ldap"),
    "rabbitmqadmin": _client("-P --port", "-H --host", service="rabbitmq"),
    "etcdctl": _client("", "", "--endpoints", service="etcd"),
    "s3cmd": _client("", "", "--host"),
    "aws": _client("", "", "--endpoint-url --endpoint"),
    "mc": _client(plain="address"),
    "grpc_health_probe": _client("", "", "-addr --addr"),
    "test-netconnection": _client("-port", "-computername"),
    "nmap": _client("-p"),
    "swaks": _client("-p --port", "-s --server", service="smtp"),
    "localtunnel": _client("-p --port", "-l --local-host"),
    "lt": _client("-p --port", "-l --local-host"),
    "cloudflared": _client("", "", "--url"),
}
NAMES = frozenset((*_CLIENTS, "ssh", "nc", "ncat", "netcat", "kubectl", "ngrok", "docker"))
"""Programs that connect, for telling them from other words."""

_PLACEHOLDER = re.compile(r"[a-z+]+-?[a-z]*:(?://)?(?=[\w.\-]*:?[0-9])")


def collect(launch: Launch, into: Collector, role: Role, fields: dict[str, Any]) -> bool:
    """What a client connects to. ``False`` where the program is no client that is known."""
    name = (launch.names[0] if launch.names else "").removesuffix(".sh")
    if launch.variable and name not in _CLIENTS:
        name = next((other for other in launch.names if other in _CLIENTS), name)
    special = {"ssh": _ssh, "nc": _netcat, "ncat": _netcat, "netcat": _netcat, "kubectl": _kubectl, "ngrok": _ngrok,
               "openssl": _openssl, "oc": _kubectl}.get(name)  # fmt: skip
    if special is not None:
        special(launch.rest, into, role, {**fields, "how": name, "group": into.number()})
        return True
    client = _CLIENTS.get(name)
    if client is None:
        return False
    fields = {**fields, "how": name, "group": into.number()}
    if client.service:
        fields["label"] = " > ".join(filter(None, (fields.get("label", ""), client.service)))
    _connect(client, launch.rest, into, Role.PROXIES if name in ("lt", "localtunnel", "cloudflared") else role, fields)
    return True


def _connect(client: _Client, words: list[Part], into: Collector, role: Role, fields: dict[str, Any]) -> None:
    valued = client.port | client.host | client.address | client.ignored
    flags, plain = parse(_lowered(words, client), valued, greedy=False)
    for flag in flags:
        value = flag.value
        if value is None:
            continue
        if flag.name in client.port and _is_port(value):
            into.port(role, value.value, **fields)
        elif flag.name in client.host:
            if not into.address(role, value.value, **fields) and not web_addresses([value], into, role, fields):
                into.host(role, value.value, **fields)
        elif flag.name in client.address:
            for piece in value.pieces(","):
                address(piece, into, role, fields)
        elif flag.name in ("-H", "--header"):
            _header(value, into, fields)
        else:
            web_addresses([value], into, role, fields)
    if client.plain == "pair":
        pair(plain, into, role, fields)
        return
    for part in plain:
        if not (client.plain == "address" and address(part, into, role, fields)):
            web_addresses([part], into, role, fields)


def _lowered(words: list[Part], client: _Client) -> list[Part]:
    """PowerShell's parameters know no case."""
    if "-computername" not in client.host:
        return words
    return [Part(word.flat.lower(), word.value) if word.is_flag else word for word in words]


def _header(value: Part, into: Collector, fields: dict[str, Any]) -> None:
    if re.match(r"(?i)(?:origin|referer):", value.flat):
        web_addresses([value], into, Role.DOCUMENTS, {**fields, "how": "Origin header"})


def address(part: Part, into: Collector, role: Role, fields: dict[str, Any]) -> bool:
    """A URL, ``host:port``, ``tcp:host:port`` or ``host:port/path`` to connect to."""
    if web_addresses([part], into, role, fields):
        return True
    if "://" in part.flat:
        return False
    match = _PLACEHOLDER.match(part.flat)
    if match and match.group().rstrip(":/") in ("tcp", "http", "https", "http-get", "https-get", "http-head"):
        part = part.cut(match.end())
        if part.flat.isdigit():
            into.port(role, part.value, **fields)
            return True
    if part.flat.startswith(":") and re.fullmatch(rf":(?:[0-9]{{2,5}}|[{HOLE}])(?:/\S*)?", part.flat):
        into.port(role, part.cut(1, len(part.flat.partition("/")[0])).value, **fields)
        return True
    return near_address(part) and into.address(role, part.value, **fields)


def pair(plain: list[Part], into: Collector, role: Role, fields: dict[str, Any]) -> bool:
    """A host and a port as two arguments: ``nc db 5432``."""
    for host, port in pairwise(plain):
        if _is_port(port) and re.fullmatch(rf"[A-Za-z0-9{HOLE}][\w.\-:{HOLE}]*", host.flat) and not host.flat.isdigit():
            into.host(role, host.value, **fields)
            into.port(role, port.value, **fields)
            return True
    return False


def _is_port(part: Part) -> bool:
    return re.fullmatch(rf"[0-9]{{1,5}}|[{HOLE}]", part.flat) is not None


def _netcat(words: list[Part], into: Collector, role: Role, fields: dict[str, Any]) -> None:
    flags, plain = parse(words, ("-w", "-p", "-s", "-i", "-X", "-x", "-e", "-c", "-q", "-G"), _netcat_switches(words))
    clusters = "".join(flag.name[1:] for flag in flags if not flag.name.startswith("--"))
    if "l" in clusters or any(flag.name == "--listen" for flag in flags):
        ports = [flag.value for flag in flags if flag.name.endswith("p") and flag.value is not None]
        own = {key: value for key, value in fields.items() if key != "how"}
        for part in [*ports, *plain]:
            if _is_port(part):
                put(into, Kind.PORT, part.value, "nc -l", own)
        return
    if not pair(plain, into, role, fields):
        for part in plain:
            address(part, into, role, fields)


def _netcat_switches(words: list[Part]) -> set[str]:
    """Netcat's clusters of letters (``-zv``, ``-lk``) that do not end in a letter with a value."""
    return {
        word.flat for word in words if re.fullmatch(r"-[A-Za-z46]+", word.flat) and word.flat[-1] not in "wpsiXxecqG"
    }


def _ssh(words: list[Part], into: Collector, role: Role, fields: dict[str, Any]) -> None:
    flags, plain = parse(
        words, tuple(f"-{letter}" for letter in "pLRDiloFJEcmbBWwSQ"), tuple(f"-{x}" for x in "NfTtvqCAaXxn46gkKyYGMs")
    )
    for flag in flags:
        if flag.value is None:
            continue
        if flag.name == "-p" and _is_port(flag.value):
            into.port(role, flag.value.value, **fields)
            if plain:
                into.host(role, plain[0].cut(plain[0].flat.rfind("@") + 1).value, **fields)
        elif flag.name in ("-L", "-R"):
            pieces = list(flag.value.pieces(":"))
            if len(pieces) in (3, 4) and _is_port(pieces[-1]) and _is_port(pieces[-3]):
                if flag.name == "-L":
                    _forward(into, pieces[-3], pieces[-2], pieces[-1], role, {**fields, "how": "ssh -L"})
                else:
                    into.host(role, pieces[-2].value, **{**fields, "how": "ssh -R"})
                    into.port(role, pieces[-1].value, **{**fields, "how": "ssh -R"})


def _forward(into: Collector, local: Part, host: Part | None, remote: Part, role: Role, fields: dict[str, Any]) -> None:
    """A tunnel: its own port is opened on this host, the other one is connected to elsewhere."""
    into.port(Role.PUBLISHES, local.value, **{**fields, "network": fields.get("network") or HOST_NETWORK})
    if host is not None:
        into.host(role, host.value, **fields)
    into.port(role, remote.value, **fields)


def _kubectl(words: list[Part], into: Collector, role: Role, fields: dict[str, Any]) -> None:
    _, plain = parse(words, ("-n", "--namespace", "--context", "--address", "-c", "-f", "-l"), ("-it", "-i", "-t"))
    if plain and plain[0].flat == "port-forward" and len(plain) > 2:
        service = plain[1].flat.rpartition("/")[2] if plain[1].literal else ""
        named = {**fields, "how": "port-forward", "service": fields.get("service") or service}
        for part in plain[2:]:
            ports = list(part.pieces(":"))
            if all(_is_port(port) for port in ports) and len(ports) <= 2:
                _forward(into, ports[0], None, ports[-1], role, {**named, "group": into.number()})
    else:
        web_addresses(words, into, role, fields)


def _ngrok(words: list[Part], into: Collector, role: Role, fields: dict[str, Any]) -> None:
    _, plain = parse(words, ("--domain", "--url", "--hostname", "--region", "--config"))
    if len(plain) > 1 and plain[0].flat in ("http", "tcp", "tls"):
        if _is_port(plain[1]):
            into.port(Role.PROXIES, plain[1].value, **fields)
        else:
            address(plain[1], into, Role.PROXIES, fields)


def _openssl(words: list[Part], into: Collector, role: Role, fields: dict[str, Any]) -> None:
    flags, _ = parse(words)
    for flag in flags:
        if flag.name == "-connect" and flag.value is not None:
            address(flag.value, into, role, fields)


def awaited(parts: list[Part], into: Collector, role: Role, fields: dict[str, Any]) -> None:
    """Addresses that a wrapper waits for before it starts its command."""
    for part in parts:
        if not address(part, into, role, {**fields, "how": "wait", "group": into.number()}) and "://" not in part.flat:
            pieces = urls.split_address(part.value)
            if pieces is not None:
                into.address(role, part.value, **{**fields, "how": "wait", "group": into.number()})
