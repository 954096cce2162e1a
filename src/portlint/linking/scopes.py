"""The scope of each place: in which tables its variables are looked up, and so what its value is.

Order, nearest first: constants of the file; assignments in the same file; files it sources; the environment of its
container (compose environment, env files, Dockerfile ENV and ARG); ``.env`` files from its folder up to the root; and
for a distinctive name, the one place in the tree that states it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from portlint import names
from portlint.linking.tree import Place, Tree, normal
from portlint.model import Kind, Role
from portlint.resolving import Binding, Lookup, resolve
from portlint.values import Expression, Literal, Reference

_EXAMPLE = ("example", "sample", "template", "dist", "default")
_STATES = (Role.DECLARES, Role.DEFAULTS)


class Scopes:
    """Resolves the places of a tree. Look-ups are by index; each place is resolved once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._constants: dict[str, dict[str, Expression]] = {}
        self._assigned: dict[str, dict[str, list[Place]]] = {}
        self._environment: dict[tuple[str, str], dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
        self._files: dict[str, list[str]] = defaultdict(list)
        self._everywhere: dict[str, list[Place]] = {}
        self._lookups: dict[tuple[str, str], Lookup[Place]] = {}
        self._env_files: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._sources: dict[str, list[str]] = defaultdict(list)
        for path in tree.by_path:
            name = path.rpartition("/")[2].lower()
            if _is_env_file(name) and tree.profiles[path] in ("default", "development"):
                self._files[path.rpartition("/")[0]].append(path)
        for folder in self._files:
            self._files[folder].sort(key=lambda path: (_rank(path), path))
        for path, file in tree.facts.items():
            for relation in file.extraction.relations:
                if relation.kind == "env_file":
                    self._env_files[path, relation.service].append(relation.path)
                elif relation.kind == "sources":
                    self._sources[path].append(relation.path)
        for place in tree.places:
            item = place.occurrence
            if item.name and item.service and item.role is Role.DECLARES and item.network.startswith("container"):
                self._environment[place.path, item.service][item.name].append(place)

    def resolve_all(self) -> int:
        """Give every place its value; the number of places that stay unresolved."""
        unresolved = 0
        for place in self.tree.places:
            if place.role is Role.READS:
                continue
            value = place.occurrence.value
            if isinstance(value, Literal):
                place.value = normal(place.kind, value.text)
                continue
            found = resolve(value, self.lookup(place.path, place.occurrence.service))
            if found.text is None:
                unresolved += place.kind is not Kind.URL
                place.steps = (found.reason,)
            else:
                place.value = normal(place.kind, found.text)
                place.steps, place.sources = found.steps, found.sources
        return unresolved

    def lookup(self, path: str, service: str = "") -> Lookup[Place]:
        """The scope of a file, or of a service in it."""
        key = (path, service)
        if key not in self._lookups:
            self._lookups[key] = self._make(path, service)
        return self._lookups[key]

    def in_service(
        self, value: Expression, path: str, services: Sequence[tuple[str, str]]
    ) -> tuple[str | None, tuple[Place, ...]]:
        """What an expression of a file comes to inside a container whose environment is that of ``services``.

        ``services`` are a service of a compose file and the image stages behind it, each as file and name.
        """
        inner = self.lookup(path)

        def look(name: str, local: bool) -> Sequence[Binding[Place]]:
            found: list[Binding[Place]] = []
            if not local:
                for service in services:
                    for place in self._environment.get(service, {}).get(name, ()):
                        found.append(self._binding(place))
            return [*found, *inner(name, local)]

        outcome = resolve(value, look)
        return outcome.text, outcome.sources

    def _make(self, path: str, service: str) -> Lookup[Place]:
        def look(name: str, local: bool) -> Sequence[Binding[Place]]:
            if local:
                value = self._bound(path).get(name)
                if value is not None:
                    return [Binding(value, None, "a constant of this file")]
                return [self._binding(place) for place in self._imported(path, name)]
            found: list[Place] = []
            found.extend(self._in_file(path, name, service))
            for source in self._sources.get(path, ()):
                found.extend(self._in_file(source, name, ""))
            for source in self._env_files.get((path, service), ()) if service else ():
                found.extend(self._in_file(source, name, ""))
            if not found:
                found.extend(self._from_env_files(path, name))
            if not found and not names.is_generic(name):
                found.extend(self._anywhere(name))
            return [self._binding(place) for place in found]

        return look

    def _binding(self, place: Place) -> Binding[Place]:
        where = f"{place.path}:{place.region.line}"
        return Binding(place.occurrence.value, place, where, self.lookup(place.path, place.occurrence.service))

    def _bound(self, path: str) -> dict[str, Expression]:
        if path not in self._constants:
            file = self.tree.facts.get(path)
            self._constants[path] = dict(file.extraction.bindings) if file else {}
        return self._constants[path]

    def _imported(self, path: str, name: str) -> list[Place]:
        """What the same component states under a name that this file must have from elsewhere."""
        component = self.tree.components.of(path)
        stated = [
            place
            for place in self.tree.by_name.get(name, ())
            if place.component == component
            and place.path != path
            and place.role in _STATES
            and not place.occurrence.service
            and not place.occurrence.commented
            and place.profile in ("default", "development")
            and _whole(place)
        ]
        files = {place.path for place in stated}
        return stated if len(files) == 1 else []

    def _in_file(self, path: str, name: str, service: str) -> list[Place]:
        table = self._assigned.get(path)
        if table is None:
            table = {}
            for place in self.tree.by_path.get(path, ()):
                item = place.occurrence
                if item.name and item.role in _STATES and not item.commented and _whole(place):
                    table.setdefault(item.name, []).append(place)
            self._assigned[path] = table
        found = table.get(name, [])
        if not path.lower().endswith((".yml", ".yaml")):
            same = [place for place in found if place.occurrence.service == service] or found
            return sorted(same, key=lambda place: place.role is not Role.DECLARES)
        # compose interpolates from the shell and .env, never from a service's own environment
        return [place for place in found if not place.occurrence.service]

    def _from_env_files(self, path: str, name: str) -> list[Place]:
        folder = path.rpartition("/")[0]
        while True:
            for file in self._files.get(folder, ()):
                if file != path:
                    found = self._in_file(file, name, "")
                    if found:
                        return found
            if not folder:
                return []
            folder = folder.rpartition("/")[0]

    def _anywhere(self, name: str) -> list[Place]:
        if name not in self._everywhere:
            stated = [
                place
                for place in self.tree.by_name.get(name, ())
                if place.role in _STATES
                and _whole(place)
                and not place.occurrence.commented
                and place.profile in ("default", "development")
                and not isinstance(place.occurrence.value, Reference)
            ]
            stated.sort(key=lambda place: (place.role is not Role.DECLARES, place.order))
            self._everywhere[name] = stated[:4]
        return self._everywhere[name]


def _whole(place: Place) -> bool:
    """The place states the whole value of its name, not a part of its URL."""
    return place.kind is Kind.URL or not place.occurrence.url


def _is_env_file(name: str) -> bool:
    return name.startswith(".env") or name.endswith(".env")


def _rank(path: str) -> int:
    name = path.rpartition("/")[2].lower()
    if any(word in name for word in _EXAMPLE):
        return 2
    return 0 if name == ".env" else 1
