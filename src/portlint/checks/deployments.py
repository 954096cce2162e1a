"""Kubernetes and compose are two ways to deploy one program, each with an environment of its own."""

from __future__ import annotations

from portlint.linking.points import Claim
from portlint.linking.tree import Place

CLUSTER, COMPOSE = "cluster", "compose"
_MANIFEST = frozenset({"env", "containerPort", "service port", "nodePort"})


def deployment_of(place: Place) -> str:
    """The deployment that a place configures: its manifest's, its compose file's or ``.env``'s; or none, as in code."""
    item = place.occurrence
    name = place.path.rpartition("/")[2].lower()
    if name.endswith((".yml", ".yaml", ".tpl")):
        if "compose" in name:
            return COMPOSE
        if (
            item.how in _MANIFEST
            or item.how.startswith("targetPort")
            or item.network.startswith(("container", "cluster"))
        ):
            return CLUSTER
    return COMPOSE if name.startswith(".env") or name.endswith(".env") else ""


def apart(one: Place, other: Place) -> bool:
    """Two places of two deployments need not agree."""
    return {deployment_of(one), deployment_of(other)} == {CLUSTER, COMPOSE}


def is_apart(claim: Claim, listen: Claim) -> bool:
    """A claim in one deployment, and a listener that has its port from the environment of the other."""
    return any(apart(claim.place, place) for place in (listen.place, *listen.sources))
