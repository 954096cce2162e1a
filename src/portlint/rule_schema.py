"""What a rule is, and the words that rule files may use."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

from portlint.model import Kind, Role, Severity

CHECKS = ("agree", "reaches", "same-launch", "takes-effect", "usage", "unique", "remark", "well-formed", "suppression")
"""Kinds of comparison, each a module of :mod:`portlint.checks`; but for suppressions, which are judged last."""

NETWORKS = ("host", "container", "cluster")
"""The networks a rule can select: the part of a place's network before the colon."""

TRAITS = (
    *("mirrored", "url-part", "path", "tool-default", "literal", "probe", "host-missing", "environment"),
    *("image-default", "undeclared", "unused", "misnamed", "unguarded", "duplicate-key", "loader-dependent"),
    *("invalid-port", "privileged-port", "reserved-port", "browser-blocked-port", "malformed-url"),
    *("bind-as-target", "loopback-in-container", "unused-suppression", "unknown-suppression"),
)
"""What a check may say about a deviating place, beside its role, kind and network."""

PLACEHOLDERS = ("setting", "value", "how", "expected", "places", "network", "reason")
"""What a rule's message may name in braces."""

CODE = re.compile(r"[A-Z]{2,5}[0-9]{3}")
NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One use of one or more checks. An empty selection stands for everything."""

    code: str
    name: str
    severity: Severity
    checks: tuple[str, ...]
    enabled: bool
    roles: tuple[Role, ...]
    kinds: tuple[Kind, ...]
    networks: tuple[str, ...]
    traits: tuple[str, ...]
    """At least one of these must hold for the place."""
    message: str
    fix: str
    summary: str
    page: str
    """The Markdown behind the front matter."""


def unknown_placeholders(message: str) -> list[str]:
    """What a message has in braces that is none of :data:`PLACEHOLDERS`; the whole message if its braces are odd."""
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(message) if name is not None]
    except ValueError:
        return [message]
    return [name for name in names if name not in PLACEHOLDERS]
