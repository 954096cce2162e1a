"""Port numbers that operating systems and browsers treat specially, each with its source."""

from __future__ import annotations

HIGHEST = 65535
"""The largest port: 16 bits (RFC 9293 section 3.1)."""

PRIVILEGED_BELOW = 1024
"""Ports below need root or ``CAP_NET_BIND_SERVICE`` on Linux (ip(7), ``net.ipv4.ip_unprivileged_port_start``), and on
macOS since 10.14 only where a server binds one address, not all of them."""

EPHEMERAL = (
    ("Linux hands out 32768 to 60999 to outgoing connections", 32768, 60999),
    ("IANA's dynamic range, which Windows and macOS hand out to outgoing connections, is 49152 to 65535", 49152, 65535),
)
"""Ranges, both ends included, from which systems take ports for outgoing connections, so that a server may find its
port in use. Linux: Documentation/networking/ip-sysctl, ``ip_local_port_range`` default. IANA: RFC 6335 section 6.
Windows since Vista: Microsoft support articles 929851 and 832017. Hyper-V and WinNAT take blocks of 100 ports for
themselves, others at every start, and not only from that range (microsoft/WSL issue 5306, docker/for-win issue 3171:
from 1025 and 2480 on), so no list can be given: ``netsh int ipv4 show excludedportrange protocol=tcp`` tells."""

BROWSER_BLOCKED = frozenset(
    (
        *(1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95),
        *(101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179),
        *(389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587),
        *(601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061),
        *(6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
    )
)
"""Ports that no browser (and no other client that follows the Fetch standard, such as Node's ``fetch``) opens over
HTTP: WHATWG Fetch, "Port blocking", the table of bad ports, as of 2026-07, without its port 0."""


def ephemeral(port: int) -> str:
    """Why a port may be taken by an outgoing connection before a server binds it, or an empty string."""
    return next((reason for reason, first, last in EPHEMERAL if first <= port <= last), "")
