"""``takes-effect``: where a setting exists, the launch and the health check obey it.

A launch that is not told the port leaves the tool's own default in effect; one that is told a literal does the same
with that. Either is reported where the setting says something else, and a literal also where it happens to say the
same, if it stands right beside the setting: the next change of the setting has no effect there.
"""

from __future__ import annotations

from collections.abc import Iterator

from portlint import names
from portlint.checks.deviation import Deviation
from portlint.checks.launching import Settings, variables
from portlint.linking import Launch, Linked
from portlint.linking.named import Group
from portlint.linking.points import Claim, Endpoint
from portlint.linking.tree import Place
from portlint.model import Confidence, Kind, Role
from portlint.places import HISTORY
from portlint.values import Literal

_CODE = (".py", ".js", ".ts", ".mjs", ".cjs", ".mts", ".go", ".rb", ".php", ".rs", ".java", ".kt", ".cs")
_PROFILES = ("default", "development", "production")


def check(linked: Linked) -> Iterator[Deviation]:
    """Hold every launch, listener and probe against the setting it should obey."""
    settings = Settings(linked)
    seen: set[int] = set()
    for launch in linked.launches:
        place = launch.port
        if place is None or place.value is None or not isinstance(place.occurrence.value, Literal):
            continue
        seen.add(id(place))
        group = settings.of_tool(launch)
        sure = group is not None
        if group is None and place.profile in _PROFILES and _only_listener(linked, place):
            group = settings.of_unit(place)
        if group is None or (place.occurrence.how == "tool default" and _reads_itself(launch, group)):
            continue
        yield from _compare(place, group, launch.tool, sure)
    for point in linked.endpoints.outside.values():
        yield from _code(settings, point, seen)
    for point in linked.endpoints.inside.values():
        yield from _probes(linked, point)


def _reads_itself(launch: Launch, group: Group) -> bool:
    """The tool takes the variable from the environment, so nothing need be passed."""
    wanted = {names.canonical(variable) for variable in variables(launch.tool)}
    return names.canonical(group.name) in wanted


def _only_listener(linked: Linked, place: Place) -> bool:
    """Nothing else of its unit listens elsewhere."""
    units = linked.units.of_place(place)
    listens = linked.endpoints.outside[id(units[0])].listens if len(units) == 1 else ()
    return all(claim.port == place.value or claim.place.role is Role.PUBLISHES for claim in listens)


def _code(settings: Settings, point: Endpoint, seen: set[int]) -> Iterator[Deviation]:
    """A program's own literal, where it is all that the unit listens on and nothing reads the setting."""
    listens = [claim for claim in point.listens if claim.place.role in (Role.LISTENS, Role.PASSES)]
    if len({claim.port for claim in listens}) != 1 or any(claim.sources for claim in listens):
        return
    for claim in listens:
        place = claim.place
        if id(place) in seen or place.profile not in _PROFILES or not isinstance(place.occurrence.value, Literal):
            continue
        if claim.strength < 2 or place.role is Role.PASSES or not place.path.endswith(_CODE):
            continue
        group = settings.of_unit(place)
        if group is not None and not group.reads:
            yield from _compare(place, group, "the program", False)


def _probes(linked: Linked, point: Endpoint) -> Iterator[Deviation]:
    """A literal in the health check of an image whose program takes its port from a variable."""
    settings = [setting for listen in point.listens if (setting := _variable(listen)) is not None]
    for claim in point.claims:
        place = claim.place
        image = place.occurrence.service
        if place.role is not Role.PROBES or image not in linked.units.by_dockerfile:
            continue
        if not isinstance(place.occurrence.value, Literal):
            continue
        own = settings or ([] if point.listens else _environment(linked, place))
        for setting in own[:1]:
            if setting.value == claim.port:
                yield _deviation(place, setting)


def _environment(linked: Linked, probe: Place) -> list[Place]:
    """``ENV PORT`` of the same image: what is listened on is not seen, yet nothing else is the variable for."""
    places = linked.tree.by_service.get((probe.path, probe.occurrence.service), ())
    return [
        place
        for place in places
        if place.role is Role.DECLARES and place.kind is Kind.PORT and names.tokens(place.occurrence.name) == ("port",)
    ]


def _variable(listen: Claim) -> Place | None:
    """The place that gives a listener its port by a variable that whoever runs the image may set."""
    for place in (listen.place, *listen.sources):
        item = place.occurrence
        if item.name and names.kind_of(item.name) is Kind.PORT and item.role in (Role.DECLARES, Role.DEFAULTS):
            return place
    return None


def _compare(place: Place, group: Group, tool: str, sure: bool) -> Iterator[Deviation]:
    stated = [link for link in group.links if not link.place.occurrence.commented and link.place.profile != HISTORY]
    values = [link.place.value for link in stated if link.place.role in (Role.DECLARES, Role.DEFAULTS)]
    default = place.occurrence.how == "tool default"
    beside = any(link.place.path == place.path and link.place.role in (Role.DECLARES, Role.DEFAULTS) for link in stated)
    if place.occurrence.how == f"{group.name}=":
        return  # the place is itself one that sets the variable
    if not values or (place.value in values and (default or not beside)):
        return
    others = [(link.place, link.reason) for link in sorted(stated, key=lambda link: link.place.role is Role.DOCUMENTS)]
    others += [(read, "reads the variable") for read in group.reads]
    near = any(other.path == place.path for other, _ in others)
    expected = max(set(values), key=lambda value: (values.count(value), value or "")) or ""
    reason = f"{tool} is not told {group.name}" if default else f"a literal stands where {group.name} belongs"
    yield Deviation(
        check="takes-effect",
        setting=group.name,
        kind=Kind.PORT,
        place=place,
        expected=expected,
        others=tuple(others),
        confidence=Confidence.HIGH if sure and (near or not names.is_generic(group.name)) else Confidence.MEDIUM,
        traits=frozenset({"tool-default" if default else "literal"}),
        reason=reason,
    )


def _deviation(probe: Place, setting: Place) -> Deviation:
    name = setting.occurrence.name
    return Deviation(
        check="takes-effect",
        setting=name,
        kind=Kind.PORT,
        place=probe,
        expected=setting.value or "",
        others=((setting, "what the program listens on"),),
        confidence=Confidence.MEDIUM,
        traits=frozenset({"literal"}),
        reason=f"a literal stands where {name} belongs",
    )
