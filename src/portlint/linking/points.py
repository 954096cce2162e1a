"""What is said of an endpoint: claims, and the endpoint that collects them."""

from __future__ import annotations

from dataclasses import dataclass, field

from portlint import names
from portlint.linking.tree import Place
from portlint.linking.unit import Unit

STRONG, MEDIUM, WEAK = 3, 2, 1
"""How much a claim weighs: certain, likely, only a hint."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_BROWSED = frozenset("origin origins cors redirect callback frontend client browser".split())
ANY_ADDRESS = frozenset({"0.0.0.0", "::", "", "*"})
_OWN_ADDRESS = frozenset("nextauth auth public external site root base app self canonical web".split())


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
    developed: set[str] = field(default_factory=set)
    """What its program listens on when developers start it, which a container of theirs may do, too."""
    unknown: bool = False
    """It listens on something that is not known (an unresolved value), so nothing can be said against a claim."""

    @property
    def name(self) -> str:
        """As a person would say it."""
        return f"{self.unit.name} port ({self.network})"


def is_for_browsers(name: str) -> bool:
    """A variable that a container hands on to a browser, where localhost is the host: public ones and origins."""
    return names.is_public(name) or bool(_BROWSED.intersection(names.tokens(name)))


def is_own_address(name: str) -> bool:
    """A variable that tells a web application its own public address (``NEXTAUTH_URL``, ``SITE_URL``)."""
    words = names.tokens(name)
    return bool(words) and words[-1] in ("url", "uri", "domain") and bool(_OWN_ADDRESS.intersection(words[:-1]))
