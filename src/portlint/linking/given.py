"""Files that are true inside a container: what it is given by a mount or a copy, and what it runs."""

from __future__ import annotations

from portlint.extractors import format_of
from portlint.linking.tree import Tree

_SETTINGS_FORMATS = frozenset("nginx caddyfile apache haproxy conf ini toml yamlconfig properties".split())


def given_files(tree: Tree) -> set[str]:
    """Configuration files that a container is given by a mount or a copy: what they say is true inside it."""
    found: set[str] = set()
    mounted: set[str] = set()
    for file in tree.facts.values():
        for relation in file.extraction.relations:
            if relation.kind in ("mounts", "copies"):
                (mounted if relation.kind == "mounts" else found).add(relation.path)
    found |= mounted
    code = tree.components.manifests
    folders = {path for path in mounted if path not in tree.by_path and path not in ("", ".") and path not in code}
    if folders:
        for path in tree.by_path:
            folder = path.rpartition("/")[0]
            if folder in folders:
                found.add(path)
    return {path for path in found if is_settings_file(path)}


def run_inside(tree: Tree) -> set[str]:
    """Files that run in a container: a loopback address in them is that container."""
    return {
        relation.path
        for file in tree.facts.values()
        for relation in file.extraction.relations
        if relation.kind in ("runs", "copies") and relation.service
    }


def is_settings_file(path: str) -> bool:
    """A file in a format of settings, as servers are given them; not code, scripts or documents."""
    format = format_of(path)
    return format is not None and format.name in _SETTINGS_FORMATS
