"""Which places say on which port a unit's program listens: its commands, image, scripts, configuration and code."""

from __future__ import annotations

from collections import defaultdict

from portlint.linking.given import is_settings_file
from portlint.linking.images import base_name, image_name, image_ports
from portlint.linking.tree import Place, Tree
from portlint.linking.unit import DEV_SERVERS, FRONT_TOOLS, Unit, well_known
from portlint.linking.units import Units
from portlint.model import Kind, Role
from portlint.names import tokens

_DEVELOPING = frozenset({"dev", "develop", "development", "watch", "preview", "storybook"})
_RUNTIMES = frozenset({"node", "bun", "deno"})
_TOOL_FOLDERS = frozenset(
    "scripts tools tooling hack skills benchmarks bench dev examples .agent .claude .github".split()
)
LISTENING = (Role.LISTENS, Role.PASSES)
PROXY_TOOLS = frozenset({"nginx", "caddy", "apache", "haproxy", "traefik", "httpd"})
_PROXY_IMAGES = frozenset(
    {"nginx", "caddy", "httpd", "haproxy", "traefik", "nginxinc/nginx-unprivileged", "openresty/openresty"}
)


class Listeners:
    """The listening places of a tree, by file, folder and application."""

    def __init__(self, tree: Tree, units: Units) -> None:
        self.tree, self.units = tree, units
        self._code: dict[str, list[Place]] = defaultdict(list)
        self._tools: dict[str, list[Place]] = defaultdict(list)
        self._files: dict[str, list[Place]] = defaultdict(list)
        self._served: dict[str, list[Place]] = defaultdict(list)
        self._bases = _bases(tree)
        self._images = {
            (path, service.name): base_name(image_name(service.image))
            for path, service in tree.services
            if service.kind == "compose" and service.image and not service.build
        }
        hosts = {unit.name.lower() for unit in units.all if unit.services}
        for place in tree.places:
            if place.role not in LISTENING or place.kind is not Kind.PORT:
                continue
            served = _file_stem(place.path)
            if served in hosts and is_settings_file(place.path) and served not in place.component.split("/"):
                # Spring Cloud Config serves <application>.yml to the application of that name
                self._served[served].append(place)
                continue
            if not place.occurrence.commented:
                self._files[place.path].append(place)
                outside = not place.occurrence.service and place.path not in units.given
                if outside and place.profile in ("default", "development", "production"):
                    tool = place.occurrence.tool
                    (self._tools[tool] if tool in units.by_tool else self._code[place.component]).append(place)

    def served(self, unit: Unit) -> list[Place]:
        """What a configuration server's file of the unit's name says, from outside the unit's own folders."""
        return [place for place in self._served.get(unit.name.lower(), ()) if place.component not in unit.components]

    def base_ports(self, unit: Unit) -> tuple[int, ...]:
        """What the image that a unit's last stage is made from listens on by itself (``FROM nginx``, no CMD)."""
        return next((self._bases[path] for path in sorted(unit.dockerfiles) if path in self._bases), ())

    def of_service(self, path: str, service: str) -> list[Place]:
        """The ports that the commands of one service or image stage state."""
        image = self._images.get((path, service), "")
        return [
            place
            for place in self.tree.by_service.get((path, service), ())
            if place.role in LISTENING and place.kind is Kind.PORT and not place.occurrence.commented
            # behind an entrypoint of somebody's image, "serve" is a word of that program
            if place.occurrence.tool != "serve" or not image or image in _RUNTIMES
        ]

    def of_image(self, unit: Unit) -> tuple[list[Place], str]:
        """What the commands or the entry scripts of a unit's images listen on, and which of them say so."""
        listens: list[Place] = []
        reason = ""
        for dockerfile in sorted(unit.dockerfiles):
            path = dockerfile.partition("#")[0]
            found = self.of_service(path, dockerfile) or self.of_service(path, path)
            if found:
                reason = "the image's command"
            else:
                found = self._entry(path)
                reason = reason or ("the image's entry script" if found else "")
            listens.extend(found)
        return list(dict.fromkeys(listens)), reason

    def _entry(self, path: str) -> list[Place]:
        facts = self.tree.facts.get(path)
        for relation in facts.extraction.relations if facts else ():
            if relation.kind == "runs":
                scripts = self._script(relation.path, path)
                if scripts:
                    return scripts
        return []

    def _script(self, wanted: str, dockerfile: str) -> list[Place]:
        """The listeners of an entry script, found by its path, or by its base name below the Dockerfile's folder."""
        if wanted in self._files:
            return self._files[wanted]
        folder = dockerfile.rpartition("/")[0]
        base = wanted.rpartition("/")[2]
        near = [
            path for path in self._files if path.rpartition("/")[2] == base and path.startswith(folder and folder + "/")
        ]
        return self._files[near[0]] if len(near) == 1 else []

    def mounted(self, unit: Unit) -> list[Place]:
        """What the configuration files that a unit's container is given listen on."""
        found: list[Place] = []
        sources = [(path, service.name) for path, service in unit.services]
        sources += [(dockerfile.partition("#")[0], dockerfile) for dockerfile in sorted(unit.dockerfiles)]
        for path, service in sources:
            facts = self.tree.facts.get(path)
            for relation in facts.extraction.relations if facts else ():
                if relation.kind in ("mounts", "copies") and relation.service == service:
                    found.extend(
                        place
                        for file in self._below(relation.path, relation.kind == "mounts")
                        for place in self._files[file]
                        if not place.occurrence.service and _configuration(file, place)
                        if place.occurrence.tool or not (unit.infrastructure and well_known(unit))
                    )
        return list(dict.fromkeys(found))

    def _below(self, path: str, folder: bool) -> list[str]:
        """The file itself, or the files in a mounted folder; a copied folder holds far more than configuration."""
        if path in self._files:
            return [path]
        if path in (".", "") or not folder:
            return []
        return [file for file in self._files if file.startswith(path + "/") and file.count("/") <= path.count("/") + 2]

    def in_code(self, unit: Unit, *, inside: bool = False) -> list[Place]:
        """What the unit's own code and scripts listen on; units that share a folder leave it to the one with a port."""
        scripts = self._scripts(unit) if inside else set()
        found = [place for tool in sorted(unit.tools) for place in self._tools.get(tool, ())]
        for component in sorted(unit.components):
            sharing = [other for other in self.units.by_component.get(component, ()) if self._has_mapping(other)]
            if sharing and unit not in sharing:
                continue
            found.extend(
                place
                for place in self._code.get(component, ())
                if len(sharing) < 2 or (place.occurrence.tool in FRONT_TOOLS) == unit.front
                if not (inside and unit.dockerfiles and _is_for_developers(place, scripts))
            )
        proxies = [place for place in found if place.occurrence.tool in PROXY_TOOLS]
        if inside:
            return (
                proxies
                if proxies and unit.images & _PROXY_IMAGES
                else [p for p in found if p not in proxies] or proxies
            )
        return [place for place in found if place not in proxies]

    def _scripts(self, unit: Unit) -> set[str]:
        """The package scripts that a unit's containers start, as far as they launch a server themselves."""
        owners = [(path, service.name) for path, service in unit.services]
        owners += [(dockerfile.partition("#")[0], dockerfile) for dockerfile in unit.dockerfiles]
        named = {
            relation.inside
            for path, service in owners
            if path in self.tree.facts
            for relation in self.tree.facts[path].extraction.relations
            if relation.kind == "script" and relation.service == service
        }
        known = {
            place.occurrence.label.removeprefix("script ")
            for component in unit.components
            for place in self._code.get(component, ())
        }
        return named & known

    def _has_mapping(self, unit: Unit) -> bool:
        return any(
            place.role in (Role.PUBLISHES, Role.EXPOSES)
            for path, service in unit.services
            for place in self.tree.by_service.get((path, service.name), ())
        )


def _is_for_developers(place: Place, scripts: set[str]) -> bool:
    """A launch profile, or a script of a package that no container starts: what runs outside containers only."""
    if place.path.lower().endswith("launchsettings.json"):
        return True
    if place.path.rpartition("/")[2] != "package.json":
        return False
    name = place.occurrence.label.removeprefix("script ")
    if not scripts and place.occurrence.tool in DEV_SERVERS and place.occurrence.how == "tool default":
        return True
    return name not in scripts if scripts else bool(_DEVELOPING.intersection(tokens(name)))


def _configuration(path: str, place: Place) -> bool:
    """A server's own configuration file, not code that happens to lie in a copied folder."""
    return is_settings_file(path) and place.occurrence.tool not in ("vite", "vite-preview")


def _file_stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0].lower()


def _bases(tree: Tree) -> dict[str, tuple[int, ...]]:
    """By Dockerfile: what the image that its last stage is made from listens on by itself (``FROM nginx``, no CMD)."""
    found: dict[str, tuple[int, ...]] = {}
    for path, service in tree.services:
        if service.kind == "image" and service.image and not service.command and not service.stage.startswith("build"):
            ports = image_ports(service.image)
            if ports:
                found.setdefault(path, ports)
    return found


def is_tooling(path: str) -> bool:
    """A program of the developers' own (a recorder, a mock), not the one that the component is."""
    folders = path.lower().split("/")[:-1]
    return bool(_TOOL_FOLDERS.intersection(folders)) and path.endswith((".py", ".js", ".ts", ".mjs"))
