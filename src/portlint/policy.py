"""What a project has decided about its own ports, hosts and URLs: the part of the configuration that linking needs.

Paths are relative to the root of the tree, with ``/``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from portlint import knowledge, names, vocabulary
from portlint.globs import NOWHERE, Patterns
from portlint.text import Region, Span

PINNED = "portlint configuration"
"""How a value comes about that the configuration gives a setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Places of a setting that may have another value; ``where`` without patterns means every place."""

    reason: str
    where: Patterns = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """A value that the configuration gives a setting in one profile, and where it says so."""

    value: str
    profile: str
    span: Span
    region: Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided about one setting."""

    name: str
    aliases: tuple[str, ...] = ()
    values: tuple[Pinned, ...] = ()
    source: Patterns = NOWHERE
    """Files whose value counts as right."""
    may_differ: tuple[Difference, ...] = ()
    owner: str = ""
    """The service or folder that listens there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All that was decided. The default is what a project without a configuration has."""

    path: str = ""
    """The configuration file as findings name it: relative to the root."""
    decisions: tuple[Decision, ...] = ()
    profiles: tuple[tuple[Patterns, str], ...] = ()
    components: Patterns = NOWHERE
    generic_names: tuple[str, ...] = ()
    public_prefixes: tuple[str, ...] = ()
    facts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    """Rows of further knowledge: section, and keys with values as in the data files."""
    _by_name: dict[str, Decision] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for decision in self.decisions:
            for name in (decision.name, *decision.aliases):
                self._by_name[_plain(name, self.public_prefixes)] = decision

    @property
    def key(self) -> str:
        """What extraction depends on, for caches; empty where nothing was decided that it depends on."""
        told = self.told()
        return "" if not told else blake2b(told.encode(), digest_size=16).hexdigest()

    def told(self) -> str:
        """What extraction depends on as one line of text, for :func:`from_told`; empty where nothing was decided."""
        told = (self.generic_names, self.public_prefixes, self.facts, [(d.name, d.aliases) for d in self.decisions])
        return json.dumps(told) if any(told) else ""

    def decision(self, name: str) -> Decision | None:
        """What was decided about the setting that a name means."""
        return self._by_name.get(names.canonical(name)) if self._by_name else None

    def profile_of(self, path: str) -> str:
        """The profile that was decided for a path; empty where none was."""
        return next((profile for patterns, profile in self.profiles if patterns.matches(path)), "")

    def folders(self, paths: Iterable[str]) -> set[str]:
        """The folders of the tree that are components because it was decided so."""
        if not self.components.items:
            return set()
        folders = {path.rpartition("/")[0] for path in paths}
        folders |= {"/".join(parts[:depth]) for parts in (f.split("/") for f in folders) for depth in range(len(parts))}
        return {
            folder
            for folder in folders
            if folder
            and self.components.matches(folder)
            # A pattern means all that is below it, too; the component is the topmost folder.
            and not ("/" in folder and self.components.matches(folder.rpartition("/")[0]))
        }

    def is_source(self, name: str, path: str) -> bool:
        """Whether what a file says of a setting is right by decision."""
        decision = self.decision(name)
        return decision is not None and decision.source.matches(path)

    def may_differ(self, name: str, path: str) -> str:
        """The reason why a setting may have another value in a file; empty where it may not."""
        decision = self.decision(name)
        if decision is None:
            return ""
        return next(
            (item.reason for item in decision.may_differ if not item.where.items or item.where.matches(path)), ""
        )

    def owner(self, name: str) -> str:
        """The service or folder that listens where a setting says; empty where that was not decided."""
        decision = self.decision(name)
        return decision.owner if decision is not None else ""

    def mentions(self, data: bytes) -> bool:
        """Whether a file's bytes (UTF-8) name a program that only this project knows."""
        return any(
            word.encode() in data
            for _, row in self.facts
            for key, value in row
            if key in ("programs", "modules")
            for word in value.split()
        )

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Within it, and in this thread, names and tools mean what was decided."""
        if not self.key:
            yield
            return
        words, facts = _meanings(self)
        with vocabulary.using(words), knowledge.using(facts):
            yield

    def words(self) -> vocabulary.Words:
        """What was decided about names."""
        same, distinct = {}, set()
        for decision in self.decisions:
            own = _plain(decision.name, self.public_prefixes)
            distinct.add(own)
            for alias in decision.aliases:
                same[_plain(alias, self.public_prefixes)] = own
        generic = {_plain(name, self.public_prefixes) for name in self.generic_names}
        prefixes = tuple(prefix.upper() for prefix in self.public_prefixes)
        return vocabulary.Words(prefixes, frozenset(generic), frozenset(distinct - generic), same)


def from_told(text: str) -> Policy:
    """The part of a policy that extraction depends on, in another process."""
    if not text:
        return NOTHING_DECIDED
    generic, prefixes, facts, decided = json.loads(text)
    return Policy(
        generic_names=tuple(generic),
        public_prefixes=tuple(prefixes),
        facts=tuple((section, tuple((key, value) for key, value in row)) for section, row in facts),
        decisions=tuple(Decision(name=name, aliases=tuple(aliases)) for name, aliases in decided),
    )


NOTHING_DECIDED = Policy()


@lru_cache(maxsize=16)
def _meanings(policy: Policy) -> tuple[vocabulary.Words, knowledge.Knowledge]:
    own: dict[str, list[dict[str, str]]] = {}
    for section, row in policy.facts:
        own.setdefault(section, []).append(dict(row))
    return policy.words(), (knowledge.extended(own) if own else knowledge.shipped())


def _plain(name: str, prefixes: tuple[str, ...]) -> str:
    """The form of a name in which settings are compared, before other names of it are known."""
    with vocabulary.using(vocabulary.Words(prefixes=tuple(prefix.upper() for prefix in prefixes))):
        return names.canonical(name)
