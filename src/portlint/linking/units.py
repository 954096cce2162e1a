"""What runs on its own: compose services, images, workloads and components, brought together as units.

A unit is known by evidence of ownership, never by its ports: a build context or Dockerfile says which folder a
service runs, a folder says which manifest and code belong to it, a name says which workload is which service.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict

from portlint import names
from portlint.linking import sides, workloads
from portlint.linking.given import given_files, run_inside
from portlint.linking.images import base_name, image_name, purpose
from portlint.linking.tree import Place, Tree
from portlint.linking.unit import DEPLOYMENT, EMPTY_WORDS, SIDE_JOBS, Unit, service_of, well_known
from portlint.model import Kind, Role, Service


class Units:
    """All units of a tree, by service, folder and name."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.all: list[Unit] = []
        self.by_service: dict[tuple[str, str], Unit] = {}
        self.by_component: dict[str, list[Unit]] = defaultdict(list)
        self.by_dockerfile: dict[str, list[Unit]] = defaultdict(list)
        self.by_host: dict[str, list[Unit]] = defaultdict(list)
        self.by_word: dict[str, list[Unit]] = defaultdict(list)
        self.by_tool: dict[str, Unit] = {}
        self.given = given_files(tree)
        self.run_inside = run_inside(tree)
        self._compose()
        self._images()
        workloads.add(self)
        self._components()
        self._adopt()
        self._finish()

    def of_place(self, place: Place) -> list[Unit]:
        """The units that a place is part of: by its service, else by its folder."""
        service = place.occurrence.service
        if not service and place.occurrence.tool in self.by_tool:
            return [self.by_tool[place.occurrence.tool]]
        if service:
            unit = self.by_service.get((place.path, service))
            if unit:
                return [unit]
            if service in self.by_dockerfile:
                return self.by_dockerfile[service]
        return self.of_component(place.component)

    def of_component(self, component: str) -> list[Unit]:
        """The units of a folder, or of the nearest folder above it that has one."""
        while True:
            if component in self.by_component:
                return self.by_component[component]
            if not component:
                return []
            component = component.rpartition("/")[0]

    def new(self, name: str) -> Unit:
        """One more unit, with nothing known of it but a name."""
        unit = Unit(name)
        self.all.append(unit)
        return unit

    def _compose(self) -> None:
        groups: dict[tuple[str, str], Unit] = {}
        for path, service in self.tree.services:
            if service.kind not in ("compose", "platform"):
                continue
            folder = path.rpartition("/")[0]
            sample = self.tree.profiles[path] if self.tree.profiles[path].startswith("sample:") else ""
            owner = self._owner(service, folder)
            key = (service.name, sample)
            unit = groups.get(key)
            if unit is not None and not self._same(unit, service, owner, folder):
                key = (service.name, folder)
                unit = groups.get(key)
            if unit is None:
                unit = groups[key] = self.new(service.name)
            unit.services.append((path, service))
            unit.hosts.update((service.name, *service.aliases))
            if service.image and not service.build:
                unit.images.add(image_name(service.image))
            if owner is not None:
                unit.components.add(owner)
            if service.build or service.dockerfile:
                dockerfile = service.dockerfile or posixpath.normpath(posixpath.join(service.build, "Dockerfile"))
                unit.dockerfiles.add(f"{dockerfile}#{service.stage}" if service.stage else dockerfile)
            self.by_service[path, service.name] = unit

    @staticmethod
    def _same(unit: Unit, service: Service, owner: str | None, folder: str) -> bool:
        """Whether a service of the same name in another compose file is the same service.

        It is in the same folder, where the files override each other, or when it runs the same component; in a folder
        that only holds ways to deploy what is above it, when nothing speaks against it.
        """
        folders = [_folder(path) for path, _ in unit.services]
        if folder in folders:
            return True
        if owner and unit.components:
            return owner in unit.components
        other = folders[0]
        inner, outer = (folder, other) if len(folder) > len(other) else (other, folder)
        rest = inner[len(outer) :].strip("/").lower() if inner.startswith(outer) else ""
        if not rest or not all(part.strip(".") in DEPLOYMENT for part in rest.split("/")):
            return False
        if service.image and unit.images:
            return image_name(service.image) in unit.images
        return True

    def _owner(self, service: Service, folder: str) -> str | None:
        if not service.build and not service.dockerfile:
            return None
        if SIDE_JOBS.intersection(names.tokens(service.name)):
            return None  # it is built from a folder whose server another unit is
        build = "" if service.build in (".", "") else service.build
        candidates = [build]
        if service.dockerfile:
            candidates.insert(0, service.dockerfile.rpartition("/")[0])
        for candidate in candidates:
            if candidate and candidate in self.tree.components.folders:
                return candidate
        wanted = service.name.lower()
        below = [
            component
            for component in self.tree.components.manifests
            if component.startswith(build and build + "/") and component.rpartition("/")[2].lower() == wanted
        ]
        if len(below) == 1 and below[0]:
            return below[0]
        return self.tree.components.of_folder(build)

    def _images(self) -> None:
        dockerfiles: dict[str, list[Service]] = defaultdict(list)
        for path, service in self.tree.services:
            if service.kind == "image":
                dockerfiles[path].append(service)
        built = {dockerfile.partition("#")[0] for unit in self.all for dockerfile in unit.dockerfiles}
        for path in sorted(dockerfiles):
            last = dockerfiles[path][-1]
            if path in built:
                continue
            folder = path.rpartition("/")[0]
            profile = self.tree.profiles[path]
            owners = [unit for unit in self.all if folder in unit.components and folder]
            owners = [
                unit for unit in owners if all(_folder(other.partition("#")[0]) != folder for other in unit.dockerfiles)
            ]
            if len(owners) == 1 and profile in ("default", "development", "production"):
                owners[0].dockerfiles.add(path)
                continue
            same = [
                unit
                for unit in self.all
                if not unit.services
                and folder in unit.components
                and any(purpose(other) == purpose(path) for other in unit.dockerfiles)
            ]
            unit = same[0] if same else self.new(purpose(path) or base_name(folder) or "app")
            unit.dockerfiles.add(path)
            unit.components.add(self.tree.components.of_folder(folder))
            if last.image:
                unit.images.add(image_name(last.image))
        for unit in self.all:
            for dockerfile in unit.dockerfiles:
                self.by_dockerfile[dockerfile].append(unit)
                plain, _, stage = dockerfile.partition("#")
                if stage:
                    self.by_dockerfile[f"{plain}#{stage}"].append(unit)
                    if dockerfiles[plain] and dockerfiles[plain][-1].stage == stage:
                        self.by_dockerfile[plain].append(unit)

    def _components(self) -> None:
        owned = {component for unit in self.all for component in unit.components}
        for place in self.tree.places:
            component, item = place.component, place.occurrence
            if place.role not in (Role.LISTENS, Role.PASSES) or place.kind is not Kind.PORT or item.service:
                continue
            if place.profile not in ("default", "development", "production") or item.commented:
                continue
            if place.path in self.given:
                continue
            if service_of(item.tool) is not None:
                self._tool(item.tool)
            elif component not in owned:
                owned.add(component)
                unit = self.new(base_name(component) or "app")
                unit.components.add(component)

    def _tool(self, tool: str) -> None:
        """A server of others that is started here: the unit of its image, else a unit of its own."""
        if tool not in self.by_tool:
            word = tool.partition("-")[0]
            same = [unit for unit in self.all if unit.infrastructure and word in unit.hosts]
            unit = same[0] if len(same) == 1 else self.new(word)
            unit.tools.add(tool)
            unit.hosts.add(word)
            self.by_tool[tool] = unit

    def _adopt(self) -> None:
        """A compose service whose image nobody else makes runs the one Dockerfile beside the compose file."""
        for unit in self.all:
            if unit.services or len(unit.dockerfiles) != 1:
                continue
            dockerfile = next(iter(unit.dockerfiles))
            folder = dockerfile.rpartition("/")[0]
            candidates = [
                other
                for other in self.all
                if other.infrastructure
                and not well_known(other)
                and any(service.kind == "compose" and _folder(path) == folder for path, service in other.services)
            ]
            words = {word for label in _labels(self.tree, unit) for word in names.tokens(label)}
            named = [
                other
                for other in candidates
                if words.intersection(word for image in other.images for word in names.tokens(base_name(image)))
            ]
            chosen = named if len(named) == 1 else candidates
            if len(chosen) == 1:
                chosen[0].dockerfiles |= unit.dockerfiles
                chosen[0].components |= unit.components
                self.by_dockerfile[dockerfile] = [chosen[0]]
                unit.dockerfiles, unit.components = set(), set()
        self.all = [unit for unit in self.all if unit.services or unit.dockerfiles or unit.components or unit.tools]

    def _finish(self) -> None:
        project = [
            service.name for path, service in self.tree.services if service.kind == "package" and "/" not in path
        ]
        self.project = {word for name in project for word in names.tokens(name)}
        for unit in self.all:
            for component in unit.components:
                self.by_component[component].append(unit)
            for host in unit.hosts:
                self.by_host[host.lower()].append(unit)
            labels = {unit.name, *unit.hosts, *(base_name(component) for component in unit.components)}
            for label in labels:
                unit.words.update(word for word in names.tokens(label) if word not in EMPTY_WORDS)
            for image in unit.images if unit.infrastructure else ():
                unit.words.update(word for word in names.tokens(base_name(image)) if word not in EMPTY_WORDS)
            if SIDE_JOBS.intersection(names.tokens(unit.name)):
                continue  # a variable with a tester's name says what is tested, not where the tester is
            for word in unit.words:
                self.by_word[word].append(unit)
        for place in self.tree.places:
            if place.role in (Role.LISTENS, Role.PASSES) and place.kind is Kind.PORT:
                for unit in self.of_place(place):
                    sides.learn(unit, place.occurrence.tool)
        for unit in self.all:
            sides.decide(unit)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _labels(tree: Tree, unit: Unit) -> list[str]:
    """What a unit's component calls itself: the names in its manifests, and its folder."""
    return [
        *(base_name(component) for component in unit.components),
        *(
            service.name
            for path, service in tree.services
            if service.kind == "package" and _folder(path) in unit.components
        ),
    ]
