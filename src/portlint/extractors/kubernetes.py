"""Kubernetes manifests and Helm templates: workloads, services, routes, ConfigMaps.

Kubernetes API reference v1.31 (core/v1, apps/v1, batch/v1, networking.k8s.io/v1 and v1beta1), Gateway API v1, Knative
serving v1, Traefik IngressRoute, Istio VirtualService, Helm 3 templates, kustomize. Patches are partial manifests and
are read the same way.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from portlint import names, nested, yamltree, yamlvalues
from portlint.collecting import Collector
from portlint.extractors import kubernetes_pods as pods
from portlint.model import HOST_NETWORK, Extraction, Role
from portlint.templates import PLAIN
from portlint.text import Fragment, Span
from portlint.values import Literal, Reference
from portlint.yamltree import Node, Tree
from portlint.yamlvalues import expression

_CLUSTER = "cluster"
_NOTHING_OF_OURS = frozenset(
    "CustomResourceDefinition Role ClusterRole RoleBinding ClusterRoleBinding ServiceAccount Namespace NetworkPolicy"
    " PersistentVolume PersistentVolumeClaim StorageClass PodDisruptionBudget HorizontalPodAutoscaler"
    " PrometheusRule ServiceMonitor PodMonitor LimitRange ResourceQuota PriorityClass".split()
)
_VARIABLE = re.compile(r"\{\{-?\s*\$(?P<name>\w+)\s*:=\s*\$?\.Values\.(?P<value>[\w.]+)\s*-?\}\}")
_TEMPLATED = re.compile(r"\{\{.*?\}\}")


def extract(path: str, text: str) -> Extraction:
    """All that the manifests of a file say."""
    return extract_tree(path, yamltree.load(text))


def is_manifest(tree: Tree) -> bool:
    """Whether any document has both ``apiVersion`` and ``kind``."""
    return any(
        document.get("apiVersion") is not None and document.get("kind") is not None for document in tree.documents
    )


def extract_tree(path: str, tree: Tree) -> Extraction:
    """All that parsed manifests say."""
    into = Collector(default_how="template default")
    yamlvalues.collect_problems(tree, into)
    for match in _VARIABLE.finditer(text := tree.source.text):
        span = Span(*match.span("value"))
        into.bind(match.group("name"), Reference(text[span.start : span.end], span))
    manifests = [manifest for document in tree.documents for manifest in _manifests(document)]
    places: list[tuple[Span, str]] = []
    named_ports = pods.named_ports(manifests)
    for manifest in manifests:
        kind = _text(manifest.get("kind"))
        if kind in _NOTHING_OF_OURS:
            continue
        name = name_of(manifest, path)
        places.append((Span(manifest.start, manifest.end), name))
        template = pods.template_of(manifest)
        if template is not None:
            pods.workload(manifest, template, name, into)
        elif kind == "Service":
            _service(manifest, name, named_ports, into)
        elif kind in ("ConfigMap", "Secret"):
            _config_map(manifest, name, into)
        elif kind == "Kustomization":
            _kustomization(manifest, into)
        else:
            _routes(manifest, name, into)
    yamlvalues.collect_comments(tree, into, places)
    return into.build()


def _manifests(document: Node) -> Iterator[Node]:
    if _text(document.get("kind")).endswith("List") and document.get("items") is not None:
        items = document.get("items")
        yield from (item for item in (items.elements() if items is not None else []) if item.kind == "map")
    elif document.kind == "map":
        yield document


def _text(node: Node | None) -> str:
    return node.text if node is not None and node.kind == "scalar" else ""


def name_of(manifest: Node, path: str) -> str:
    """The manifest's name; in a chart template the chart's name stands for what the template computes."""
    name = _text(manifest.get("metadata", "name"))
    if "{{" not in name:
        return name or posixpath.basename(path).split(".")[0]
    folders = path.split("/")
    chart = folders[folders.index("templates") - 1] if "templates" in folders[1:] else ""
    return _TEMPLATED.sub(chart, name).strip("-") or posixpath.basename(path).split(".")[0]


def _service(manifest: Node, name: str, named_ports: dict[str, Node], into: Collector) -> None:
    selector = manifest.get("spec", "selector")
    into.service(
        name=name,
        kind="service",
        span=_name_span(manifest),
        aliases=tuple(dict.fromkeys(pods.label_values(selector))) if selector is not None else (),
    )
    listed = manifest.get("spec", "ports")
    for entry in listed.elements() if listed is not None else []:
        port, target, node_port = entry.get("port"), entry.get("targetPort"), entry.get("nodePort")
        fields: dict[str, Any] = {"service": name, "group": into.number()}
        udp = " udp" if _text(entry.get("protocol")) == "UDP" else ""
        if port is not None:
            into.port(Role.PUBLISHES, expression(port, PLAIN), network=_CLUSTER, how="service port" + udp, **fields)
        if node_port is not None:
            value = expression(node_port, PLAIN)
            into.port(Role.PUBLISHES, value, network=HOST_NETWORK, how="nodePort" + udp, **fields)
        how = "targetPort" if target is not None else "targetPort (same as port)"
        inner = target or port
        if inner is not None:
            pods.port(Role.PROXIES, inner, named_ports, into, how=how + udp, **fields)


def _name_span(manifest: Node) -> Span:
    name = manifest.get("metadata", "name")
    return name.span if name is not None else Span(manifest.start, manifest.start)


def _routes(manifest: Node, name: str, into: Collector) -> None:
    """Backends of Ingress, HTTPRoute, IngressRoute, VirtualService; other kinds by the names of their keys."""
    found = False
    stack: list[tuple[Node, Node | None]] = [(manifest, None)]
    budget = 5_000
    while stack and budget:
        node, path = stack.pop()
        budget -= 1
        if node.kind == "map":
            path = node.get("path") if _text(node.get("path")).startswith("/") else path
            found = _backend(node, path, into) or found
            stack.extend((value, path) for _, _, value in reversed(node.items()) if value.kind != "scalar")
        else:
            stack.extend((child, path) for child in reversed(node.elements()))
    spec = manifest.get("spec")
    if not found and spec is not None:
        for keys, _, leaf in yamltree.leaves(spec):
            dotted = ".".join(keys)
            if names.kind_of(dotted) is not None:
                into.setting(dotted, expression(leaf, PLAIN), Role.DECLARES, how="manifest", label=name)


def _backend(node: Node, path: Node | None, into: Collector) -> bool:
    target = node.get("serviceName") or node.get("host") or node.get("name")
    port = node.get("servicePort") or node.get("port")
    if target is None or port is None or target.kind != "scalar":
        return False
    if port.kind == "map":
        port = port.get("number") or port.get("name")
    if port is None or port.kind != "scalar" or ("." in target.text and node.get("host") is None):
        return False
    service = "" if "{{" in target.text else target.text.split(".")[0]
    fields: dict[str, Any] = {"service": service, "network": _CLUSTER, "group": into.number(), "how": "route backend"}
    into.host(Role.PROXIES, expression(target, PLAIN), **fields)
    value = expression(port, PLAIN)
    if isinstance(value, Literal) and not value.text.isdigit():
        into.unresolved += 1
        return True
    into.port(Role.PROXIES, value, **fields)
    if path is not None and path.text != "/":
        into.path(Role.PROXIES, expression(path, PLAIN), **fields)
    return True


def _config_map(manifest: Node, name: str, into: Collector) -> None:
    for key in ("data", "stringData"):
        data = manifest.get(key)
        if data is None or (key == "data" and _text(manifest.get("kind")) == "Secret"):
            continue
        if data.kind == "map":
            yamlvalues.repeated(data, into)
        for entry, _, value in data.items():
            if value.kind != "scalar":
                continue
            if value.style in ("|", ">") or "\n" in value.value:
                _embedded(entry, value.fragment, name, into)
            else:
                how = "ConfigMap" if key == "data" else "Secret"
                into.setting(entry, expression(value, PLAIN), Role.DECLARES, how=how, label=name)


def _embedded(entry: str, fragment: Fragment, name: str, into: Collector) -> None:
    found = nested.extract(entry, fragment)
    if found is not None:
        into.merge(found, label=name)


def _kustomization(manifest: Node, into: Collector) -> None:
    for kind in ("configMapGenerator", "secretGenerator"):
        generators = manifest.get(kind)
        for generator in generators.elements() if generators is not None else []:
            for name, value, _ in yamlvalues.pairs(generator.get("literals")):
                if value is not None:
                    parsed = yamlvalues.parse(value, PLAIN)
                    into.setting(name, parsed, Role.DECLARES, how=kind, label=_text(generator.get("name")))
