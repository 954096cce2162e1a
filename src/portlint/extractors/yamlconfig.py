"""YAML settings of any program: Spring, Rails, Helm values, OpenAPI servers, Prometheus, Traefik, mkdocs and the rest.

Also the entrance for YAML files whose name does not say what they are: manifests and compose files go to their own
extractors. Sources: Spring Boot 3 "Externalized Configuration", Rails guide "Configuring a Database", OpenAPI 3.1
"Server Object", Prometheus 2 ``static_configs``, Traefik 3 file provider, Render blueprint, App Engine ``app.yaml``.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from typing import Any

from portlint import commands, containers, names, yamltree, yamlvalues
from portlint.collecting import Collector
from portlint.extractors.yamlconfig_roles import commands_of, role_of, worth
from portlint.model import Extraction, Kind, Role
from portlint.templates import BRACES_ONLY, SPRING, Dialect
from portlint.yamltree import Node, Tree
from portlint.yamlvalues import expression, pairs

_SKIPPED = re.compile(
    r"(?:.*/)?(?:(?:locales?|i18n|translations?|lang|cassettes|__snapshots__|node_modules)/.*"
    r"|[^/]*lock\.ya?ml|\.pre-commit-config\.ya?ml|dependabot\.ya?ml|codecov\.ya?ml|crowdin\.ya?ml"
    r"|pnpm-workspace\.ya?ml|\.github/issue_template/.*|mkdocs\.ya?ml\.nav)"
)
_PROFILES = {"development": "development", "dev": "development", "test": "test", "testing": "test"}
_PROFILES |= {"production": "production", "prod": "production", "staging": "staging", "local": "development"}
_SHARED = frozenset({"default", "defaults", "common", "shared", "base"})
_SPRING_FILE = re.compile(r"(?:.*/)?(?:application|bootstrap)(?:-[\w\-]+)?\.ya?ml[^/]*")
_COLON_DEFAULT = re.compile(r"\$\{[A-Za-z_][\w.\-]*:[^-=?+}]")
_ENVIRONMENTS = frozenset({"env", "environment", "env_variables", "envvars", "variables", "vars", "env_vars"})
_FOLDERS = ("working_dir", "working-directory", "dir", "rootDir", "cwd")
_LONGEST_LIST = 200
_DEPTH = 60


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the file we are."""

    dialect: Dialect
    name: str = ""
    profile: str = ""
    component: str | None = None
    passive: str = ""
    """Why nothing here listens: a Helm chart's values are passed on, a database's sections are a client's."""

    @property
    def fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {"profile": self.profile} if self.profile else {}
        return fields if self.component is None else {**fields, "component": self.component}


def extract(path: str, text: str) -> Extraction:
    """All that a YAML file says, by its own extractor where its content shows what it is."""
    if _SKIPPED.fullmatch(path.lower()):
        return Extraction()
    tree = yamltree.load(text)
    from portlint.extractors import compose, kubernetes

    if kubernetes.is_manifest(tree):
        return kubernetes.extract_tree(path, tree)
    if compose.is_compose(path, tree):
        return compose.extract_tree(path, tree)
    return extract_tree(path, tree)


def extract_tree(path: str, tree: Tree) -> Extraction:
    """All that parsed settings say."""
    into = Collector(default_how="config default")
    yamlvalues.collect_problems(tree, into)
    spring = _SPRING_FILE.fullmatch(path.lower()) is not None
    for document in tree.documents:
        spring = spring or document.get("spring") is not None
        values = re.fullmatch(r"values[^/]*", posixpath.basename(path.lower())) is not None
        dialect = SPRING if spring or _COLON_DEFAULT.search(tree.source.text) else BRACES_ONLY
        place = _Place(dialect, profile=_activated(document) if spring else "", passive="values" if values else "")
        if document.get("openapi") is not None or document.get("swagger") is not None:
            _openapi(document, place, into)
        else:
            _Walk(into).document(document, place)
        if not tree.problems and tree.source.masked is tree.source.text:
            _repeated(document, "", into, set())
    yamlvalues.collect_comments(tree, into)
    return into.build()


def _activated(document: Node) -> str:
    """The profile that a Spring document is for."""
    for path in (
        ("spring", "config", "activate", "on-profile"),
        ("spring", "profiles"),
        ("spring.config.activate.on-profile",),
        ("spring.profiles",),
    ):
        node = document.get(*path)
        if node is not None and node.kind == "scalar" and node.text:
            return _PROFILES.get(node.text.lower(), node.text.lower())
    return ""


def _openapi(document: Node, place: _Place, into: Collector) -> None:
    servers = document.get("servers")
    for server in servers.elements() if servers is not None else []:
        url = server.get("url")
        if url is not None and url.kind == "scalar":
            into.setting("servers.url", expression(url, place.dialect), Role.DOCUMENTS, how="openapi servers")
    host = document.get("host")
    if host is not None and host.kind == "scalar":
        into.setting("host", expression(host, place.dialect), Role.DOCUMENTS, how="openapi host")


def _repeated(node: Node, prefix: str, into: Collector, seen: set[int], depth: int = 0) -> None:
    """Keys set twice, where either value is a setting of ours."""
    if id(node) in seen or node.kind == "scalar" or depth > _DEPTH:
        return
    seen.add(id(node))
    for name, first, last in node.duplicates():
        whole = prefix + name
        if names.kind_of(whole) is not None and first.kind == last.kind == "scalar":
            yamlvalues.repeat(into, whole, first, last)
    for name, _, value in node.items():
        _repeated(value, f"{prefix}{name}.", into, seen, depth + 1)


class _Walk:
    """One walk over a document; what aliases repeat is visited a limited number of times."""

    def __init__(self, into: Collector) -> None:
        self.into = into
        self.seen: set[int] = set()
        self.revisits = 5_000
        self.depth = 0

    def document(self, node: Node, place: _Place) -> None:
        """A document; sections named after environments are profiles."""
        keys = {name for name, _, _ in node.items()}
        sections = len(keys & set(_PROFILES)) >= 2
        for name, key, value in node.items():
            if sections and value.kind == "map" and (name in _PROFILES or name in _SHARED):
                self.mapping(value, replace(place, profile=_PROFILES.get(name, ""), passive="config"))
            else:
                self.entry(name, key, value, place)
        for child in node.elements():
            self.node(child, place)

    def node(self, node: Node, place: _Place) -> None:
        """A value below ``place.name``."""
        if id(node) in self.seen:
            self.revisits -= 1
            if self.revisits < 0:
                return
        self.seen.add(id(node))
        if node.kind == "scalar":
            self.leaf(node, place)
        elif self.depth < _DEPTH:
            self.depth += 1
            if node.kind == "map":
                self.mapping(node, place)
            elif len(node.children) <= _LONGEST_LIST:
                for child in node.elements():
                    self.node(child, place)
            self.depth -= 1

    def mapping(self, node: Node, place: _Place) -> None:
        """The entries of a mapping."""
        for key in _FOLDERS:
            folder = node.get(key)
            if folder is not None and folder.kind == "scalar":
                root = containers.inside_tree("", folder.text)
                place = replace(place, component="" if root == "." else root) if root else place
        name, value = node.get("name") or node.get("key"), node.get("value")
        if name is not None and value is not None and name.kind == value.kind == "scalar":
            self.into.setting(name.text, expression(value, place.dialect), how="config", **place.fields)
            return
        for text, key_node, below in node.items():
            self.entry(text, key_node, below, place)

    def entry(self, name: str, key: Node, value: Node, place: _Place) -> None:
        """One key with its value."""
        if name.lower() in _ENVIRONMENTS and value.kind != "scalar":
            for pair in pairs(value):
                if pair.value is not None:
                    parsed = yamlvalues.parse(pair.value, place.dialect)
                    self.into.setting(pair.name, parsed, how="config environment", **place.fields)
            return
        self.node(value, replace(place, name=f"{place.name}.{name}" if place.name else name))

    def leaf(self, node: Node, place: _Place) -> None:
        """A scalar with its whole key path."""
        if node.is_null or node.text == "0":  # 0: any free port, or none
            return
        if commands_of(place.name, node.text):
            containers.collect_commands(commands.parse(node.fragment), self.into, **place.fields)
            return
        value = expression(node, place.dialect)
        if not worth(place.name, node.text):
            self.into.reads(value, **place.fields)
            return
        role, how = (Role.DECLARES, place.passive) if place.passive else role_of(place.name, node.text)
        fields = {"name": place.name, "how": how, **place.fields}
        if how == "scrape target" and self.into.address(role, value, **fields):
            return
        if role is Role.PROBES and node.text.startswith("/") and names.kind_of(place.name) is not Kind.PORT:
            self.into.path(role, value, **fields)
            return
        del fields["name"]
        self.into.setting(place.name, value, role, **fields)
