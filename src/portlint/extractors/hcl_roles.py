"""What attributes of Terraform and Nomad files mean for ports, by their name and the blocks around them.

Sources: Terraform registry documentation of aws 5 (``aws_ecs_task_definition``, ``aws_lb_target_group``,
``aws_lb_listener``, ``aws_security_group``), google 6 (``google_cloud_run_v2_service``), kubernetes 2, docker 3;
Nomad 1.8 "network block".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portlint import names, urls
from portlint.collecting import Collector
from portlint.endpoints import declare, is_other_trade
from portlint.model import HOST_NETWORK, Kind, Role
from portlint.text import Fragment, Span
from portlint.values import Expression, Literal, Reference, Unknown, concatenate

_TEMPLATE = re.compile(r"\$\{\s*(?P<name>[A-Za-z_][\w.\-]*)\s*\}|\$\{[^}]*\}")
_PORT = re.compile(r"[0-9]{1,5}")
_ENVIRONMENTS = frozenset(
    "environment env variables app_settings environment_variables env_vars container_env vars".split()
)
_PROBE = re.compile(r"health_?check|probe|http_?get|tcp_?socket|^check$", re.IGNORECASE)
_RULE = re.compile(r"security_group|firewall|network_acl|security_rule|^(?:in|e)gress$|^allow$|^deny$")
_PUBLIC = re.compile(r"lb_listener$|load_balancer_listener|forwarding_rule|^listener$|^forwarding_rule$")
_TARGET = re.compile(r"target_group|^port_mapping|backend_service")


@dataclass(slots=True)
class Level:
    """A block or object: its name, its labels (``"aws_instance" "web"``), and a number for what it holds together."""

    name: str
    labels: tuple[str, ...] = ()
    group: int = 0
    key: Fragment | None = None
    """The ``name`` of an object with ``name`` and ``value``."""
    value: tuple[Fragment, str] | None = None


def expression(token: Fragment, kind: str) -> Expression:
    """What a token comes to. ``var.x`` and ``local.x`` are variables of the module."""
    if kind == "number":
        return Literal(token.text, token.whole)
    if kind == "word":
        return _named(token.text, token.whole) if "." in token.text else Unknown(token.text, token.whole, "name")
    parts: list[Expression] = []
    position = 0
    for match in _TEMPLATE.finditer(token.text):
        parts.append(Literal(token.text[position : match.start()], token.span(position, match.start())))
        parts.append(_named(match.group("name") or "", token.span(*match.span())))
        position = match.end()
    parts.append(Literal(token.text[position:], token.span(position, len(token.text))))
    return concatenate(parts)


def _named(name: str, span: Span) -> Expression:
    prefix, _, rest = name.partition(".")
    if prefix in ("var", "local") and re.fullmatch(r"[\w\-]+", rest):
        return Reference(rest, span)
    return Unknown(name, span, "attribute of another object")


def tangled(into: Collector, levels: Sequence[Level], name: str) -> None:
    """A value that is more than one simple thing."""
    if names.kind_of(name) is Kind.PORT and not _in_rule(levels):
        into.unresolved += 1


def attribute(into: Collector, levels: Sequence[Level], name: str, token: Fragment, kind: str) -> None:
    """An attribute with one simple value."""
    value = expression(token, kind)
    level = levels[-1]
    if name == "name" and kind == "string":
        level.key = token
    elif name == "value" and level.name != "output":
        level.value = (token, kind)
        return
    if _in_rule(levels):
        return
    fields: dict[str, Any] = {"label": _label(levels), "group": level.group}
    flat = name.lower().replace("_", "")
    if level.name == "variable" and level.labels:
        _variable(into, level.labels[0], name, token, value)
    elif _probe(into, levels, flat, value, fields):
        return
    elif names.kind_of(name) is Kind.PORT or (
        level.name in ("port", "ports") and flat in ("static", "to", "internal", "external")
    ):
        _port(into, levels, name, flat, value, fields)
    elif level.name in _ENVIRONMENTS or level.name == "locals" or not level.name:
        declare(into, name, value, how=level.name or "setting", label=fields["label"])
    elif urls.split_url(value) is not None and level.name not in ("output", "module", "terraform"):
        parts = urls.split_url(value)
        if parts is not None and parts.port is not None:
            into.setting(name, value, Role.DECLARES, how="attribute", label=fields["label"])


def close(into: Collector, level: Level, around: Sequence[Level]) -> None:
    """``{ name = "PORT", value = "8080" }`` is a variable of an environment."""
    if level.key is not None and level.value is not None:
        into.setting(level.key.text, expression(*level.value), how="environment", label=_label([*around, level]))


def _in_rule(levels: Sequence[Level]) -> bool:
    return any(_RULE.search(word) for level in levels for word in (level.name, *level.labels[:1]))


def _label(levels: Sequence[Level]) -> str:
    return next((".".join(level.labels) for level in levels if level.labels), "")


def _variable(into: Collector, name: str, attribute: str, token: Fragment, value: Expression) -> None:
    if attribute == "default":
        declare(into, name, value, role=Role.DEFAULTS, how="variable default")
    elif attribute == "description" and re.search(r"[0-9]{2}", token.text):
        from portlint import prose

        prose.collect(token, into, name=name, how="description")


def _probe(into: Collector, levels: Sequence[Level], flat: str, value: Expression, fields: dict[str, Any]) -> bool:
    if not any(_PROBE.search(level.name) for level in levels):
        return False
    if flat == "path":
        into.path(Role.PROBES, value, how="health check", **fields)
    elif flat == "port":
        if not isinstance(value, Literal) or _PORT.fullmatch(value.text):  # "traffic-port": where the traffic goes
            into.port(Role.PROBES, value, how="health check", **fields)
    else:
        return False
    return True


def _port(
    into: Collector, levels: Sequence[Level], name: str, flat: str, value: Expression, fields: dict[str, Any]
) -> None:
    level = levels[-1]
    resource = next((one.labels[0] for one in levels if one.name == "resource" and one.labels), "")
    if (
        is_other_trade(name)
        or flat in ("fromport", "toport")
        or (isinstance(value, Literal) and not _PORT.fullmatch(value.text))
    ):
        into.reads(value)
    elif flat in ("containerport", "internal") or (level.name == "port" and flat == "to"):
        into.port(Role.EXPOSES, value, how=name, **fields)
    elif flat in ("hostport", "external", "static", "nodeport"):
        # a task's or a node's host port is on some machine; only Docker's and Nomad's is on one that is known
        network = HOST_NETWORK if flat in ("external", "static") else f"public:{fields['label']}"
        into.port(Role.PUBLISHES, value, how=name, network=network, **fields)
    elif flat == "targetport" or (flat == "port" and _TARGET.search(resource)):
        into.port(Role.PROXIES, value, how=name, **fields)
    elif flat == "port" and (_PUBLIC.search(resource) or _PUBLIC.search(level.name)):
        into.port(Role.PUBLISHES, value, how=name, network=f"public:{fields['label']}", **fields)
    elif flat == "port" and level.name == "port" and resource.startswith("kubernetes_service"):
        into.port(Role.PUBLISHES, value, how=name, network="cluster", **fields)
    elif level.name in _ENVIRONMENTS or level.name == "locals" or not level.name:
        declare(into, name, value, how=level.name or "setting", label=str(fields["label"]))
    else:
        declare(
            into,
            ".".join(filter(None, (level.name if not level.labels else "", name))),
            value,
            how="attribute",
            **fields,
        )
