"""Which hosts belong to the system at hand rather than to the public Internet."""

from __future__ import annotations

import ipaddress
import re

from portlint import urls

_EXAMPLES = frozenset({"test", "testserver", "example", "x", "foo", "bar", "a", "b", "host", "hostname"})
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*")


def is_local(host: str) -> bool:
    """Whether a host is this machine, a private address or a bare name such as a container's service has."""
    lowered = host.lower().strip("[]")
    if lowered in urls.LOOPBACK or lowered.endswith((".localhost", ".internal", ".local", ".svc")):
        return True
    if lowered in _EXAMPLES:
        return False
    if _BARE.fullmatch(lowered):
        return True
    try:
        return ipaddress.ip_address(lowered).is_private
    except ValueError:
        return False
