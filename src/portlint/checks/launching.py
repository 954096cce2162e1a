"""Which settings a launch should obey: by the words of the tool, or by the script that sets them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from portlint import knowledge, names
from portlint.linking import Launch, Linked
from portlint.linking.named import Group
from portlint.model import Kind, Role

_IDLE = frozenset("dev server start run serve app preview web http the cli node python".split())


def settings_by_word(linked: Linked) -> dict[str, list[Group]]:
    """Port settings that state a value, by each word of their stem."""
    found: dict[str, list[Group]] = defaultdict(list)
    for group in linked.named.groups.values():
        if group.kind is not Kind.PORT or any(link.place.occurrence.url for link in group.links):
            continue
        if any(link.place.role in (Role.DECLARES, Role.DEFAULTS) for link in group.links):
            for word in names.tokens(names.stem(group.name)):
                found[word].append(group)
    return found


def obeyed(launch: Launch, by_word: dict[str, list[Group]]) -> Group | None:
    """The one port setting that bears the tool's name, in the launch's scope and profile."""
    words = _words(launch.tool)
    found: dict[int, Group] = {}
    for word in words:
        for group in by_word.get(word, ()):
            if group.profile != launch.profile and launch.profile != "development":
                continue
            if group.scope and group.scope != f"folder:{launch.component}":
                continue
            stem = names.tokens(names.stem(group.name))
            if set(stem) <= words | _IDLE:
                found[id(group)] = group
    groups = list(found.values())
    return groups[0] if len(groups) == 1 else None


def variables(tool: str) -> Iterable[str]:
    """The environment variables from which a tool takes its port by itself."""
    entry = knowledge.load().by_id.get(tool)
    return (*entry.port.environment, *entry.bind.environment) if entry else ()


def _words(tool: str) -> set[str]:
    entry = knowledge.load().by_id.get(tool)
    labels = (tool, *(entry.programs if entry else ()))
    return {word for label in labels for word in names.tokens(label)} - _IDLE
