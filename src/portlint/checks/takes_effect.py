"""``takes-effect``: where a setting exists, the launch obeys it.

A launch that is not told the port leaves the tool's own default in effect; one that is told a literal does the same
with that. Either is reported where the setting says something else.
"""

from __future__ import annotations

from collections.abc import Iterator

from portlint import names
from portlint.checks.deviation import Deviation
from portlint.checks.launching import obeyed, settings_by_word, variables
from portlint.linking import Launch, Linked
from portlint.linking.named import Group
from portlint.model import Confidence, Kind, Role
from portlint.values import Literal


def check(linked: Linked) -> Iterator[Deviation]:
    """Hold every launch against the setting it should obey."""
    by_word = settings_by_word(linked)
    for launch in linked.launches:
        place = launch.port
        if place is None or place.value is None or not isinstance(place.occurrence.value, Literal):
            continue
        group = obeyed(launch, by_word)
        if group is None:
            continue
        if place.occurrence.how == "tool default" and _reads_itself(launch, group):
            continue
        yield from _compare(launch, group)


def _reads_itself(launch: Launch, group: Group) -> bool:
    """The tool takes the variable from the environment, so nothing need be passed."""
    wanted = {names.canonical(variable) for variable in variables(launch.tool)}
    return names.canonical(group.name) in wanted


def _compare(launch: Launch, group: Group) -> Iterator[Deviation]:
    place = launch.port
    assert place is not None
    stated = [link for link in group.links if not link.place.occurrence.commented]
    values = [link.place.value for link in stated if link.place.role in (Role.DECLARES, Role.DEFAULTS)]
    if not values or place.value in values:
        return
    others = [(link.place, link.reason) for link in sorted(stated, key=lambda link: link.place.role is Role.DOCUMENTS)]
    others += [(read, "reads the variable") for read in group.reads]
    near = any(other.path == place.path for other, _ in others)
    default = place.occurrence.how == "tool default"
    reason = f"{launch.tool} is not told {group.name}" if default else f"a literal stands where {group.name} belongs"
    yield Deviation(
        check="takes-effect",
        setting=group.name,
        kind=Kind.PORT,
        place=place,
        expected=max(set(values), key=lambda value: (values.count(value), value or "")) or "",
        others=tuple(others),
        confidence=Confidence.HIGH if near or not names.is_generic(group.name) else Confidence.MEDIUM,
        traits=frozenset({"tool-default" if default else "literal"}),
        reason=reason,
    )
