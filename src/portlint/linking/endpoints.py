"""Endpoints: on which port a unit is reached on a network, and every place that says so.

A unit has two: inside its container (what its program listens on) and on the host (what is published, or what runs
there without a container). ``8300:8288`` joins them and never says that they are equal.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from portlint import names
from portlint.linking.attribution import MEDIUM, STRONG, WEAK, Attribution, Attributor
from portlint.linking.scopes import Scopes
from portlint.linking.tree import Place, Tree, normal
from portlint.linking.units import FRONT_TOOLS, Unit, Units, image_ports, is_settings_file, well_known
from portlint.model import Kind, Role
from portlint.places import HISTORY, compatible
from portlint.values import Literal

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
ANY_ADDRESS = frozenset({"0.0.0.0", "::", "", "*"})
_HOST_ALIASES = frozenset({"host.docker.internal", "gateway.docker.internal"})
_LISTENING = (Role.LISTENS, Role.PASSES)
_PROXY_TOOLS = frozenset({"nginx", "caddy", "apache", "haproxy", "traefik", "httpd"})
_PROXY_IMAGES = frozenset(
    {"nginx", "caddy", "httpd", "haproxy", "traefik", "nginxinc/nginx-unprivileged", "openresty/openresty"}
)
_CODE = (".py", ".js", ".ts", ".tsx", ".jsx", ".mjs", ".go", ".sh", ".rb", ".php", ".java", ".rs", ".json", ".md")
_TOOL_FOLDERS = frozenset(
    "scripts tools tooling hack skills benchmarks bench dev examples .agent .claude .github".split()
)
_OWN_ADDRESS = frozenset("nextauth auth public external site root base app self canonical web".split())
_DEAD = frozenset({"0", "1", "9", "65535"})
"""Ports that are written where nothing is meant to answer."""
_CLAIMING = (Role.CONNECTS, Role.PROXIES, Role.PROBES, Role.ALLOWS, Role.DOCUMENTS, Role.DECLARES, Role.DEFAULTS)


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """One place's word on a port of an endpoint. ``strength``: 3 certain, 2 likely, 1 only a hint."""

    place: Place
    port: str
    reason: str
    strength: int = STRONG
    sources: tuple[Place, ...] = ()


@dataclass(slots=True, eq=False)
class Endpoint:
    """A unit on a network: what it listens on there, and what others say."""

    unit: Unit
    network: str
    listens: list[Claim] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    defaults: tuple[int, ...] = ()
    """What its image listens on when told nothing, where nothing tells it."""
    firm: bool = False
    """Nothing is given to the image that could change its defaults."""
    usual: set[str] = field(default_factory=set)
    """What it listens on where no container's environment says otherwise."""
    unknown: bool = False
    """It listens on something that is not known (an unresolved value), so nothing can be said against a claim."""

    @property
    def name(self) -> str:
        """As a person would say it."""
        return f"{self.unit.name} port ({self.network})"


class Endpoints:
    """All endpoints of a tree, with their claims attributed."""

    def __init__(self, tree: Tree, scopes: Scopes, units: Units) -> None:
        self.tree, self.scopes, self.units = tree, scopes, units
        self.inside: dict[int, Endpoint] = {}
        self.outside: dict[int, Endpoint] = {}
        self.cluster: dict[int, Endpoint] = {}
        self.unattributed: list[Place] = []
        self._manifests = {path for path, service in tree.services if service.kind in ("workload", "service")}
        self._code: dict[str, list[Place]] = defaultdict(list)
        self._files: dict[str, list[Place]] = defaultdict(list)
        hosts = {unit.name.lower() for unit in units.all if unit.services}
        self._served: dict[str, list[Place]] = defaultdict(list)
        for place in tree.places:
            served = _file_stem(place.path)
            if (
                place.role in _LISTENING
                and place.kind is Kind.PORT
                and served in hosts
                and is_settings_file(place.path)
                and served not in place.component.split("/")
            ):
                # Spring Cloud Config serves <application>.yml to the application of that name
                self._served[served].append(place)
                continue
            if place.role in _LISTENING and place.kind is Kind.PORT and not place.occurrence.commented:
                self._files[place.path].append(place)
                outside = not place.occurrence.service and place.path not in units.given
                if outside and place.profile in ("default", "development", "production"):
                    self._code[place.component].append(place)
        self._hosts: dict[tuple[str, str, Role, str], str | None] = {}
        for place in tree.places:
            item = place.occurrence
            if item.kind is Kind.HOST and item.name and not item.url:
                self._hosts.setdefault((place.path, item.service, item.role, names.stem(item.name)), place.value)
        for unit in units.all:
            self.inside[id(unit)] = self._inside(unit)
            self.outside[id(unit)] = self._outside(unit)
            self.cluster[id(unit)] = self._cluster(unit)
        present = [unit for unit in units.all if self.outside[id(unit)].listens]
        published = [
            unit for unit in present if any(claim.strength >= STRONG for claim in self.outside[id(unit)].listens)
        ]
        prefixes = {
            names.tokens(source.occurrence.name)[0]
            for unit in published
            for claim in self.outside[id(unit)].listens
            for source in claim.sources
            if names.tokens(source.occurrence.name)
        }
        self.attributor = Attributor(tree, units, published, present, prefixes)
        self._claims()

    def all(self) -> list[Endpoint]:
        """Every endpoint that something listens on or speaks of."""
        both = [
            point
            for unit in self.units.all
            for point in (self.inside[id(unit)], self.outside[id(unit)], self.cluster[id(unit)])
        ]
        return [point for point in both if point.listens or point.claims]

    def _inside(self, unit: Unit) -> Endpoint:
        point = Endpoint(unit, "container")
        environment = [service.name for _, service in unit.services] + sorted(unit.dockerfiles)
        listens = [place for path, service in unit.services for place in self._of_service(path, service.name)]
        reason = "its command"
        if not listens and not any(service.command for _, service in unit.services):
            listens, reason = self._of_image(unit)
        base = self._base_ports(unit) if not listens and not any(s.command for _, s in unit.services) else ()
        mounted = self._mounted(unit)
        if mounted:
            listens, reason = [*listens, *mounted], "a configuration file it is given"
        if base and not listens:
            own = [place for place in self._in_code(unit, inside=True) if place.occurrence.tool in _PROXY_TOOLS]
            listens, reason = own, "its configuration file"
        elif not listens and not unit.infrastructure:
            listens, reason = self._in_code(unit, inside=True), "code that listens"
        self._add_listens(point, listens, environment, reason)
        for place in self._served.get(unit.name.lower(), ()):
            if place.component not in unit.components and place.value:
                point.listens.append(Claim(place, place.value, "the configuration server's file of its name", MEDIUM))
        for path, service in unit.services:
            for place in self.tree.by_service.get((path, service.name), ()):
                if self._own_listener(place, unit):
                    point.listens.append(Claim(place, place.value or "", "its own environment names it", MEDIUM))
        if not point.listens and not point.unknown:
            point.defaults = base or well_known(unit)
            point.firm = bool(point.defaults) and self._untouched(unit)
        return point

    def _base_ports(self, unit: Unit) -> tuple[int, ...]:
        """What the image that a unit's last stage is made from listens on by itself (``FROM nginx``, no CMD)."""
        for path, service in self.tree.services:
            if service.kind == "image" and service.image and path in unit.dockerfiles and not service.command:
                found = image_ports(service.image)
                if found and not service.stage.startswith("build"):
                    return found
        return ()

    def _untouched(self, unit: Unit) -> bool:
        """No command, no file and no port variable is given to a unit's image."""
        for path, service in unit.services:
            facts = self.tree.facts[path]
            given = any(
                relation.service == service.name
                and (relation.kind == "env_file" or (relation.kind == "mounts" and _settles(relation.inside)))
                for relation in facts.extraction.relations
            )
            told = any(
                place.kind in (Kind.PORT, Kind.URL) and place.role is Role.DECLARES
                for place in self.tree.by_service.get((path, service.name), ())
            )
            if given or told or service.command or service.build or service.kind != "compose":
                return False
        return bool(unit.services)

    def _add_listens(self, point: Endpoint, found: Iterable[Place], environment: list[str], reason: str) -> None:
        explicit = {place.occurrence.tool for place in found if place.occurrence.how != "tool default"}
        for place in found:
            item = place.occurrence
            if item.how == "tool default":
                if item.tool in explicit:
                    continue
                told = self._told_by_environment(item.aliases, environment)
                if told is not None:
                    point.listens.append(Claim(told, told.value or "", f"{item.tool} reads {told.occurrence.name}"))
                    continue
            text, sources = self.scopes.in_service(item.value, place.path, environment)
            if text is None or not text.strip().isdigit():
                point.unknown = True
                continue
            point.listens.append(Claim(place, normal(Kind.PORT, text), reason, STRONG, sources))
            if sources and place.value and place.value != text.strip():
                point.usual.add(place.value)

    def _told_by_environment(self, variables: Iterable[str], environment: list[str]) -> Place | None:
        for service in environment:  # a service's own environment comes before its image's
            for variable in variables:
                for place in self.tree.by_name.get(variable, ()):
                    item = place.occurrence
                    if (
                        item.service == service
                        and item.role is Role.DECLARES
                        and place.value
                        and place.kind is Kind.PORT
                    ):
                        return place
        return None

    def _of_service(self, path: str, service: str) -> list[Place]:
        return [
            place
            for place in self.tree.by_service.get((path, service), ())
            if place.role in _LISTENING and place.kind is Kind.PORT and not place.occurrence.commented
        ]

    def _of_image(self, unit: Unit) -> tuple[list[Place], str]:
        for dockerfile in sorted(unit.dockerfiles):
            path = dockerfile.partition("#")[0]
            found = self._of_service(path, dockerfile) or self._of_service(path, path)
            if found:
                return found, "the image's command"
            facts = self.tree.facts.get(path)
            for relation in facts.extraction.relations if facts else ():
                if relation.kind == "runs":
                    scripts = self._script(relation.path, path)
                    if scripts:
                        return scripts, "the image's entry script"
        return [], ""

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

    def _mounted(self, unit: Unit) -> list[Place]:
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
                    )
        return list(dict.fromkeys(found))

    def _below(self, path: str, folder: bool) -> list[str]:
        """The file itself, or the files in a mounted folder; a copied folder holds far more than configuration."""
        if path in self._files:
            return [path]
        if path in (".", "") or not folder:
            return []
        return [file for file in self._files if file.startswith(path + "/") and file.count("/") <= path.count("/") + 2]

    def _in_code(self, unit: Unit, *, inside: bool = False) -> list[Place]:
        """What the unit's own code and scripts listen on; units that share a folder leave it to the one with a port."""
        found: list[Place] = []
        for component in sorted(unit.components):
            sharing = [other for other in self.units.by_component.get(component, ()) if self._has_mapping(other)]
            if sharing and unit not in sharing:
                continue
            found.extend(
                place
                for place in self._code.get(component, ())
                if len(sharing) < 2 or (place.occurrence.tool in FRONT_TOOLS) == unit.front
                if not (inside and place.path.lower().endswith("launchsettings.json"))
            )
        proxies = [place for place in found if place.occurrence.tool in _PROXY_TOOLS]
        if inside:
            return (
                proxies
                if proxies and unit.images & _PROXY_IMAGES
                else [p for p in found if p not in proxies] or proxies
            )
        return [place for place in found if place not in proxies]

    def _has_mapping(self, unit: Unit) -> bool:
        return any(
            place.role in (Role.PUBLISHES, Role.EXPOSES)
            for path, service in unit.services
            for place in self.tree.by_service.get((path, service.name), ())
        )

    def _own_listener(self, place: Place, unit: Unit) -> bool:
        item = place.occurrence
        if place.kind is not Kind.PORT or item.role is not Role.DECLARES or not place.value or not item.url:
            return False
        host = self.tree.siblings(place).get(Kind.HOST)
        words = names.tokens(item.name)
        if "advertised" in words or "advertise" in words:
            return False  # what clients are told; whether something listens there is for the others to say
        return "listeners" in words and (host is None or host.value in unit.hosts | ANY_ADDRESS | LOOPBACK)

    def _outside(self, unit: Unit) -> Endpoint:
        point = Endpoint(unit, "host")
        shared = False
        for path, service in unit.services:
            shared |= service.network == "host"
            for place in self.tree.by_service.get((path, service.name), ()):
                if place.role is Role.PUBLISHES and place.kind is Kind.PORT and place.occurrence.network == "host":
                    if place.value is None:
                        point.unknown = True
                    else:
                        point.listens.append(Claim(place, place.value, "published", STRONG, place.sources))
        if shared:
            point.listens.extend(self.inside[id(unit)].listens)
        explicit: set[str] = set()
        runs = self._in_code(unit) if not unit.infrastructure else []
        for place in runs:
            if place.occurrence.how != "tool default":
                explicit.add(place.occurrence.tool)
        for place in runs:
            default = place.occurrence.how == "tool default"
            if default and place.occurrence.tool in explicit:
                continue
            if place.value is None:
                point.unknown |= not point.listens
            else:
                strength = WEAK if default or _is_tooling(place) else MEDIUM
                point.listens.append(Claim(place, place.value, "runs without a container", strength, place.sources))
        return point

    def _cluster(self, unit: Unit) -> Endpoint:
        """What the unit's Kubernetes Services offer to the cluster: not always what its container listens on."""
        point = Endpoint(unit, "cluster")
        for path, service in unit.services:
            for place in self.tree.by_service.get((path, service.name), ()) if service.kind == "service" else ():
                if place.role is Role.PUBLISHES and place.occurrence.network == "cluster" and place.kind is Kind.PORT:
                    point.unknown |= place.value is None
                    if place.value is not None:
                        point.listens.append(Claim(place, place.value, "the Service's port", STRONG, place.sources))
        return point

    def _claims(self) -> None:
        listeners = {
            id(claim.place) for point in (*self.inside.values(), *self.outside.values()) for claim in point.listens
        }
        for place in self.tree.places:
            item = place.occurrence
            if place.kind is not Kind.PORT or place.value is None or item.role in _LISTENING or id(place) in listeners:
                continue
            if place.profile == HISTORY or place.value in _DEAD:
                continue
            if place.sources and not item.url and item.role is not Role.EXPOSES and not item.service:
                continue  # it follows a setting, which is held against the others itself
            if item.network == "cluster" and item.role is Role.PROXIES:
                host = next((other.value for other in self.tree.together(place) if other.kind is Kind.HOST), None)
                for unit in self._nearest(self.units.by_host.get(host or item.service, []), place):
                    if self.cluster[id(unit)].listens:
                        claim = Claim(place, place.value, "its backend is that Service", STRONG, place.sources)
                        self.cluster[id(unit)].claims.append(claim)
                continue
            if item.role is Role.EXPOSES or (item.role is Role.PROXIES and not item.url and item.service):
                self._claim_inside(place, self._mapping_of(place), "its own mapping")
            elif item.role is Role.DOCUMENTS and item.network.startswith("container:") and not item.url:
                if not item.optional and ("exposes" in item.how or item.how in ("text", "table", "comment")):
                    self._claim_inside(
                        place, self._documented(place), "a document's mapping into the container", MEDIUM
                    )
            elif item.role in _CLAIMING and not item.optional:
                self._claim_address(place)

    def _mapping_of(self, place: Place) -> list[Unit]:
        item = place.occurrence
        known = not item.service or (place.path, item.service) in self.units.by_service
        if known or item.service in self.units.by_dockerfile:
            return self.units.of_place(place)
        return self._documented(place) if "docker run" in item.how or "podman" in item.how else []

    def _documented(self, place: Place) -> list[Unit]:
        """The unit whose container a document maps a port into: by name, else the one that is built here."""
        named = self.units.by_host.get(place.occurrence.service.lower(), [])
        if place.occurrence.service and named:
            return self._nearest(named, place)
        built = [unit for unit in self.units.all if unit.dockerfiles]
        words = set(names.tokens(place.occurrence.service))
        if any(words & unit.words for unit in self.units.all if unit.infrastructure):
            return []
        called = [unit for unit in built if words & unit.words]
        if len(called) == 1:
            return called
        return built if len(built) == 1 and place.profile == "default" else []

    def _claim_inside(self, place: Place, units: Iterable[Unit], reason: str, strength: int = STRONG) -> None:
        for unit in units:
            self.inside[id(unit)].claims.append(Claim(place, place.value or "", reason, strength, place.sources))

    def _claim_address(self, place: Place) -> None:
        host = self._host_of(place)
        item = place.occurrence
        if place.profile == "test" and (not item.name.isupper() or "implied" in item.how):
            return  # what tests connect to is made up unless a setting says it
        if item.commented and not _is_env_file(place.path):
            return
        if (
            item.role is Role.DOCUMENTS
            and re.search(r"code block: .*(?:declares|defaults)$", item.how)
            and not item.name.isupper()
        ):
            return  # a sample of data
        if host is None:
            self._claim_either(place)
            return
        if host in self.units.by_host and host not in LOOPBACK:
            units = self._nearest(self.units.by_host[host], place)
            for unit in units:
                cluster = self.cluster[id(unit)]
                composed = any(service.kind == "compose" for _, service in unit.services)
                if cluster.listens and (not composed or place.path in self._manifests):
                    cluster.claims.append(Claim(place, place.value or "", f"its host is {host}", STRONG, place.sources))
                else:
                    self._claim_inside(place, [unit], f"its host is {host}")
            return
        if host in LOOPBACK or (host in ANY_ADDRESS and item.role is Role.PROBES):
            if item.network.startswith("container") and not is_for_browsers(item.name):
                if is_own_address(item.name) and item.role is Role.DECLARES and host in LOOPBACK:
                    self._claim_own(place)
                elif item.role is Role.PROBES:
                    self._claim_inside(place, self.units.of_place(place), "it asks its own container")
                return
        elif host not in _HOST_ALIASES:
            return
        if place.path in self.units.run_inside and item.role is Role.CONNECTS:
            return
        found: Attribution = self.attributor.attribute(place)
        if not isinstance(item.value, Literal) and found.strength < STRONG:
            return  # it follows a setting, which is held against the others itself
        placeholder = item.role in (Role.DOCUMENTS, Role.CONNECTS, Role.ALLOWS)
        implied = "implied" in item.how and placeholder and not self.attributor.in_compose(place)
        for unit in found.units:
            strength = WEAK if implied or len(found.units) > 1 else found.strength
            self.outside[id(unit)].claims.append(Claim(place, place.value or "", found.reason, strength))
        if not found.units:
            self.unattributed.append(place)

    def _claim_own(self, place: Place) -> None:
        """A service that is told its own address as people reach it: where it is published."""
        units = [unit for unit in self.units.of_place(place) if self.outside[id(unit)].listens]
        for unit in units if len(units) == 1 else ():
            if any(listen.strength >= STRONG for listen in self.outside[id(unit)].listens):
                claim = Claim(place, place.value or "", "its own address as people reach it", MEDIUM, place.sources)
                self.outside[id(unit)].claims.append(claim)

    def _claim_either(self, place: Place) -> None:
        """A bare port (``port 8000``, ``WEB_PORT=9000``): on the host or in the container, whichever has it."""
        item = place.occurrence
        text = item.role is Role.DOCUMENTS and not item.name and not item.commented and item.how in ("text", "table")
        stated = item.role in (Role.DECLARES, Role.DEFAULTS) and bool(item.name) and not item.url and not item.commented
        if not text and not stated:
            return
        found = self.attributor.attribute(place) if text else self.attributor.by_stem(item.name)
        if len(found.units) != 1 or found.strength < MEDIUM:
            return
        unit = found.units[0]
        inner, outer = self.inside[id(unit)], self.outside[id(unit)]
        inside = {claim.port for claim in inner.listens} | {str(port) for port in inner.defaults}
        inside |= {claim.port for claim in inner.claims if claim.place.role is Role.EXPOSES}
        point = (
            inner if place.value in inside and not any(place.value == claim.port for claim in outer.listens) else outer
        )
        if point is outer and (inner.unknown or outer.unknown or not outer.listens):
            if inner.unknown or outer.listens or not (inside or inner.claims):
                return
            point = inner
        if any(source is place for claim in (*inner.listens, *outer.listens) for source in claim.sources):
            return
        point.claims.append(Claim(place, place.value or "", found.reason, min(found.strength, MEDIUM)))

    def _host_of(self, place: Place) -> str | None:
        """The host beside a port: in its URL, in its command, or in the variable of the same stem beside it."""
        item = place.occurrence
        if item.url:
            host = self.tree.siblings(place).get(Kind.HOST)
            return host.value if host is not None else ""
        for other in self.tree.together(place) if item.group else ():
            if other.kind is Kind.HOST and not other.occurrence.url:
                return other.value
        if item.role is Role.PROBES:
            return ""
        if item.name and item.role in (Role.DECLARES, Role.DEFAULTS, Role.CONNECTS, Role.PROXIES):
            stem = names.stem(item.name)
            return self._hosts.get((place.path, item.service, item.role, stem)) if stem else None
        return None

    @staticmethod
    def _nearest(units: list[Unit], place: Place) -> list[Unit]:
        """Of several units with one name, the one whose files stand closest to the place."""
        if len(units) < 2:
            return units

        def distance(unit: Unit) -> int:
            best = 0
            for path, _ in unit.services:
                shared = 0
                for one, other in zip(path.split("/")[:-1], place.path.split("/")[:-1], strict=False):
                    if one != other:
                        break
                    shared += 1
                best = max(best, shared)
            return best

        top = max(distance(unit) for unit in units)
        nearest = [unit for unit in units if distance(unit) == top]
        return nearest if len(nearest) == 1 else []


def agrees(claim: Claim, listens: Iterable[Claim]) -> bool:
    """Whether a claim names a port that something listens on, in a profile it may speak of."""
    return any(claim.port == listen.port for listen in listens)


def comparable(claim: Claim, listens: Iterable[Claim]) -> list[Claim]:
    """The listeners that a claim can be held against: those of its profile, the default's where it has none."""
    found = [listen for listen in listens if compatible(claim.place.profile, listen.place.profile)]
    return found


def _configuration(path: str, place: Place) -> bool:
    """A server's own configuration file, not code that happens to lie in a copied folder."""
    return is_settings_file(path) and place.occurrence.tool not in ("vite", "vite-preview")


def _is_tooling(place: Place) -> bool:
    """A program of the developers' own (a recorder, a mock), not the one that the component is."""
    folders = place.path.lower().split("/")[:-1]
    return bool(_TOOL_FOLDERS.intersection(folders)) and place.path.endswith((".py", ".js", ".ts", ".mjs"))


def is_for_browsers(name: str) -> bool:
    """A variable that a container hands on to a browser, where localhost is the host: public ones and origins."""
    return names.is_public(name) or bool({"origin", "origins", "cors"}.intersection(names.tokens(name)))


def _file_stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0].lower()


def _is_env_file(path: str) -> bool:
    return ".env" in path.rpartition("/")[2].lower()


def is_own_address(name: str) -> bool:
    """A variable that tells a web application its own public address (``NEXTAUTH_URL``, ``SITE_URL``)."""
    words = names.tokens(name)
    return bool(words) and words[-1] in ("url", "uri", "domain") and bool(_OWN_ADDRESS.intersection(words[:-1]))


def _settles(inside: str) -> bool:
    """A path in a container where settings are kept."""
    return (
        inside.startswith(("/etc", "/config", "/conf"))
        or "conf" in inside.rpartition("/")[2]
        or "." in inside.rpartition("/")[2]
    )
