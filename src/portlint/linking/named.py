"""Settings by name: the places that declare, default, pass or document one variable.

A distinctive name (``INNGEST_PORT``) means one setting in the whole tree; a generic one (``PORT``, ``API_URL``) only
within its component. Public prefixes and styles are stripped. Profiles are never mixed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from portlint import names
from portlint.linking.tree import Place, Tree
from portlint.linking.units import Units
from portlint.model import Kind, Role

_STATING = (Role.DECLARES, Role.DEFAULTS, Role.DOCUMENTS, Role.PASSES, Role.LISTENS)
_SCRIPTS = (".js", ".ts", ".tsx", ".jsx", ".mjs", ".cjs")
_COMPARED = (Kind.PORT, Kind.HOST, Kind.PATH)


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """A place in a setting, why it is there, and how sure that is (3 certain, 2 likely, 1 a hint)."""

    place: Place
    reason: str
    strength: int = 3


@dataclass(slots=True, eq=False)
class Group:
    """The places that speak of one named setting in one scope and profile."""

    name: str
    kind: Kind
    scope: str
    profile: str
    links: list[Link] = field(default_factory=list)
    reads: list[Place] = field(default_factory=list)
    """Places that read the variable without stating a value."""


Key = tuple[str, Kind, bool, str, str]


class Named:
    """All named settings of a tree."""

    def __init__(self, tree: Tree, units: Units) -> None:
        self.tree, self.units = tree, units
        self.groups: dict[Key, Group] = {}
        self._scopes: dict[tuple[str, Kind, bool], set[str]] = defaultdict(set)
        later: list[Place] = []
        for place in tree.places:
            item = place.occurrence
            if not item.name or item.kind not in _COMPARED:
                continue
            if item.role is Role.DOCUMENTS and names.is_generic(item.name):
                later.append(place)
            elif item.role in _STATING or item.role is Role.READS:
                self._add(place, self.scope_of(place), "the same name")
        for place in later:
            self._document(place)
        self._merge_upwards()

    def of(self, place: Place) -> Group | None:
        """The group of a place, if it is in one."""
        return self.groups.get(self._key(place, self.scope_of(place)))

    def scope_of(self, place: Place) -> str:
        """Where a place's name is valid: the whole tree (empty), or a component."""
        item = place.occurrence
        if not item.name.isupper() and item.how in ("constant", "parameter default"):
            return "file:" + place.path  # a variable of the code, not a setting
        if self.tree.policy.decision(item.name) is not None and not names.is_generic(item.name):
            return ""
        if not item.name.isupper() and len(names.tokens(item.name)) == 1 and place.path.endswith(_SCRIPTS):
            return "file:" + place.path  # "port" of some object
        if item.how == "option default" and names.is_generic(item.name) and not item.aliases:
            return "file:" + place.path  # the option of one program
        if not names.is_generic(item.name) and item.name.isupper():
            return ""
        if item.service:
            units = self.units.of_place(place)
            owned = units[0].components if len(units) == 1 else set()
            if len(owned) == 1 and len(self.units.by_component.get(next(iter(owned)), ())) == 1:
                return "folder:" + next(iter(units[0].components))
            return f"service:{place.path}:{item.service}"
        if not place.component and not self.tree.components.rooted and place.path.count("/") > 1:
            return "folder:" + place.path.partition("/")[0]
        return "folder:" + place.component

    def _key(self, place: Place, scope: str) -> Key:
        item = place.occurrence
        return (names.canonical(item.name), item.kind, bool(item.url), scope, place.profile)

    def _add(self, place: Place, scope: str, reason: str, strength: int = 3) -> None:
        key = self._key(place, scope)
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = Group(_bare(place.occurrence.name), place.kind, scope, place.profile)
            self._scopes[key[:3]].add(scope)
        if place.role is Role.READS:
            group.reads.append(place)
        elif place.value:
            group.links.append(Link(place, reason, strength))
        decided = self.tree.policy.decision(place.occurrence.name)
        if decided is not None:
            group.name = decided.name
        elif not names.is_public(place.occurrence.name):
            group.name = place.occurrence.name if place.role is not Role.DOCUMENTS else group.name

    def _document(self, place: Place) -> None:
        key = self._key(place, "")
        scopes = self._scopes.get(key[:3], set())
        own = self.scope_of(place)
        if place.occurrence.url:
            group = self.groups.get((*key[:3], own, key[4]))
            folder = place.path.rpartition("/")[0]
            if group is None or all(link.place.path.rpartition("/")[0] != folder for link in group.links):
                return  # BASE_URL, API_URL: too common to mean the same thing in another folder
            self._add(place, own, "the same name in the same folder")
        elif own in scopes:
            self._add(place, own, "the same name in the same component")
        elif len(scopes) == 1:
            self._add(place, next(iter(scopes)), "the same name, used by one component only", 2)

    def _merge_upwards(self) -> None:
        """A generic name in a folder's ``.env`` belongs to the one component below that reads it."""
        for key in list(self.groups):
            name, kind, part, scope, profile = key
            group = self.groups[key]
            if not scope.startswith("folder:") or group.reads or not group.links:
                continue
            if any(link.place.role is not Role.DECLARES for link in group.links):
                continue
            folder = scope.removeprefix("folder:")
            below = [
                other
                for other in self._scopes[name, kind, part]
                if other.startswith("folder:" + (folder and folder + "/")) and other != scope
            ]
            target = self.groups.get((name, kind, part, below[0], profile)) if len(below) == 1 else None
            if target is not None and not any(link.place.role is Role.DECLARES for link in target.links):
                target.links.extend(
                    Link(link.place, "the only component below that uses the name", 2) for link in group.links
                )
                group.links.clear()


def _bare(name: str) -> str:
    for prefix in names.public_prefixes():
        if name.startswith(prefix) and len(name) > len(prefix):
            return name[len(prefix) :]
    return name
