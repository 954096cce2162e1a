"""A unit: one program or group of programs that listens as one, and the words that tell units apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from portlint import knowledge, names
from portlint.knowledge import WellKnown
from portlint.linking.images import image_ports
from portlint.model import Service

FRONT_WORDS = frozenset("frontend front web webapp client ui website site dashboard www spa portal".split())
PERHAPS_FRONT = frozenset("web www site portal".split())
"""Words of a frontend that a program serving its own pages bears, too."""
BACK_WORDS = frozenset("backend back api server rest graphql swagger openapi redoc".split())
FRONT_TOOLS = frozenset(
    "vite vite-preview next next-dev next-start nuxt nuxt-dev react-scripts angular "
    "ng-serve vue-cli vue-cli-service gatsby gatsby-develop astro "
    "parcel webpack-dev-server webpack-serve expo quasar remix react-router storybook docusaurus vitepress".split()
)
DEV_SERVERS = frozenset(
    "vite angular ng-serve react-scripts vue-cli vue-cli-service webpack-dev-server webpack-serve parcel "
    "gatsby-develop storybook".split()
)
"""Of those what serves developers only, and is built into files for everybody else."""
DEPLOYMENT = frozenset(
    "docker deploy deployment deployments infra infrastructure "
    "devcontainer compose ops devops local community self-hosted "
    "selfhosted containers prod production dev development".split()
)
SIDE_JOBS = frozenset(
    "test tests testing e2e playwright cypress selenium lint migrate "
    "migration migrations seed init setup prestart".split()
)
EMPTY_WORDS = frozenset(
    "the a an and or of app apps service services server svc docker container compose main default deployment dev prod "
    "local application packages src project test run start my new base image production development".split()
)


@dataclass(slots=True, eq=False)
class Unit:
    """One program or group of programs that listens as one."""

    name: str
    hosts: set[str] = field(default_factory=set)
    """Names by which it is reached on a container network."""
    words: set[str] = field(default_factory=set)
    components: set[str] = field(default_factory=set)
    services: list[tuple[str, Service]] = field(default_factory=list)
    dockerfiles: set[str] = field(default_factory=set)
    images: set[str] = field(default_factory=set)
    tools: set[str] = field(default_factory=set)
    """Servers of others that are started without a container (``inngest``, ``redis``)."""
    front: bool = False
    back: bool = False

    @property
    def infrastructure(self) -> bool:
        """Somebody else's program, known by its image or its command."""
        return bool(self.images or self.tools) and not self.components and not self.dockerfiles


def well_known(unit: Unit) -> tuple[int, ...]:
    """The ports that a unit's image or program listens on when told nothing."""
    ports = [port for image in sorted(unit.images) for port in image_ports(image)]
    for tool in sorted(unit.tools):
        service = service_of(tool)
        ports.extend(service.ports if service is not None else ())
    return tuple(dict.fromkeys(ports))


def service_of(tool: str) -> WellKnown | None:
    """The software that a tool starts, where that is a server of its own and not what runs a project's program."""
    return knowledge.load().by_word.get(tool.partition("-")[0].upper()) if tool else None


def speaks_no_http(unit: Unit) -> bool:
    """A database, a queue or a mail server: software with a scheme of its own."""
    ports = set(well_known(unit))
    return unit.infrastructure and any(
        service.schemes and ports <= set(service.ports) for service in knowledge.load().services if ports
    )


def is_software(unit: Unit, word: str) -> bool:
    """The word names the program of somebody else that a unit runs, and is not the project's prefix to its name."""
    return unit.infrastructure and any(
        word in names.tokens(label.rpartition("/")[2]) for label in (*unit.images, *unit.tools)
    )


def nearness(unit: Unit, path: str) -> int:
    """How many folders a path shares with the files of a unit, at most."""
    here = path.split("/")[:-1]
    best = 0
    for folder in [*(path.rpartition("/")[0] for path, _ in unit.services), *unit.components]:
        depth = 0
        for one, other in zip(folder.split("/") if folder else (), here, strict=False):
            if one != other:
                break
            depth += 1
        best = max(best, depth)
    return best


def nearest(units: Sequence[Unit], path: str) -> tuple[Unit, ...]:
    """The units whose files stand closest to a path."""
    top = max(nearness(unit, path) for unit in units)
    return tuple(unit for unit in units if nearness(unit, path) == top)
