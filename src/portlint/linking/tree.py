"""The whole repository as places: every occurrence in its file, with profile, component and resolved value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from portlint import places
from portlint.model import Extraction, Kind, Location, Occurrence, Role, Service
from portlint.policy import NOTHING_DECIDED, Policy
from portlint.text import Region
from portlint.urls import without_password
from portlint.values import Literal


class Facts(Protocol):
    """What linking needs of a file."""

    @property
    def path(self) -> str:
        """Root-relative path with ``/``."""
        ...

    @property
    def extraction(self) -> Extraction:
        """What the file says."""
        ...

    @property
    def regions(self) -> tuple[Region, ...]:
        """One region for each occurrence."""
        ...

    @property
    def remark_regions(self) -> tuple[tuple[Region, ...], ...]:
        """For each remark its region and those of the related places."""
        ...

    @property
    def service_regions(self) -> tuple[Region, ...]:
        """One region for each service."""
        ...


@dataclass(slots=True, eq=False)
class Place:
    """An occurrence in its file. ``value`` is what it comes to, or ``None`` where that is not known."""

    path: str
    occurrence: Occurrence
    region: Region
    profile: str
    component: str
    value: str | None = None
    steps: tuple[str, ...] = ()
    sources: tuple[Place, ...] = ()
    """The places that the value came from, where it was a reference."""

    @property
    def kind(self) -> Kind:
        """What the value is."""
        return self.occurrence.kind

    @property
    def role(self) -> Role:
        """What the place does with it."""
        return self.occurrence.role

    @property
    def order(self) -> tuple[str, int, int]:
        """Order of reports: path, then position."""
        return (self.path, self.occurrence.span.start, self.occurrence.span.end)

    def location(self, message: str = "", network: str = "") -> Location:
        """The place as a finding names it."""
        item = self.occurrence
        return Location(
            path=self.path,
            region=self.region,
            span=item.span,
            value=without_password(self.value or ""),
            role=item.role,
            network=network or item.network or "host",
            how=item.how,
            message=message,
        )


@dataclass(slots=True)
class Tree:
    """All places, indexed for linking. Building it is linear in the number of occurrences."""

    facts: Mapping[str, Facts]
    components: places.Components
    places: list[Place] = field(default_factory=list)
    by_path: dict[str, list[Place]] = field(default_factory=dict)
    by_name: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    """By exact variable name, in any style as written."""
    parts: dict[tuple[str, int], dict[Kind, Place]] = field(default_factory=lambda: defaultdict(dict))
    """The parts of each URL: by path and the ``url`` number."""
    groups: dict[tuple[str, int], list[Place]] = field(default_factory=lambda: defaultdict(list))
    services: list[tuple[str, Service]] = field(default_factory=list)
    by_service: dict[tuple[str, str], list[Place]] = field(default_factory=lambda: defaultdict(list))
    service_places: dict[tuple[str, str], Place] = field(default_factory=dict)
    """Where each service is declared, as a place that states its name."""
    profiles: dict[str, str] = field(default_factory=dict)
    policy: Policy = NOTHING_DECIDED

    def siblings(self, place: Place) -> dict[Kind, Place]:
        """The parts of the URL that a place belongs to, itself included; empty for a place that is not in one."""
        number = place.occurrence.url
        return self.parts.get((place.path, number), {}) if number else {}

    def together(self, place: Place) -> list[Place]:
        """The places of the same command, mapping or probe, itself included."""
        number = place.occurrence.group
        return self.groups.get((place.path, number), []) if number else [place]


def build(facts: Mapping[str, Facts], paths: Iterable[str], policy: Policy = NOTHING_DECIDED) -> Tree:
    """Index all occurrences; values are resolved afterwards."""
    paths = tuple(paths)
    tree = Tree(facts, places.Components(paths, policy.folders(paths)), policy=policy)
    for path in sorted(facts):
        file = facts[path]
        profile = policy.profile_of(path) or places.profile_of(path)
        component = tree.components.of(path)
        tree.profiles[path] = profile
        for service, region in zip(file.extraction.services, file.service_regions, strict=True):
            tree.services.append((path, service))
            tree.service_places.setdefault((path, service.name), _declared(path, service, region, profile, component))
        mine = tree.by_path.setdefault(path, [])
        for item, region in zip(file.extraction.occurrences, file.regions, strict=True):
            place = Place(
                path=path,
                occurrence=item,
                region=region,
                profile=item.profile or profile,
                component=component if item.component is None else tree.components.of_folder(item.component),
            )
            mine.append(place)
            tree.places.append(place)
            if item.name:
                tree.by_name[item.name].append(place)
                for alias in item.aliases:
                    tree.by_name[alias].append(place)
            if item.url:
                tree.parts[path, item.url].setdefault(item.kind, place)
            if item.service:
                tree.by_service[path, item.service].append(place)
            if item.group:
                tree.groups[path, item.group].append(place)
    return tree


def _declared(path: str, service: Service, region: Region, profile: str, component: str) -> Place:
    item = Occurrence(
        kind=Kind.HOST,
        role=Role.DECLARES,
        value=Literal(service.name, service.span),
        span=service.span,
        how=f"{service.kind} service" + (f", image {service.image}" if service.image else ""),
        service=service.name,
    )
    return Place(path, item, region, service.profile or profile, component, service.name)


def normal(kind: Kind, value: str) -> str:
    """A value in the form in which it is compared."""
    value = value.strip()
    if kind is Kind.PORT:
        return str(int(value)) if value.isdigit() else value
    if kind in (Kind.HOST, Kind.SCHEME):
        return value.lower().strip("[]")
    return value.rstrip("/") if kind in (Kind.URL, Kind.PATH) else value
