"""Java ``.properties`` files: Spring Boot, Quarkus, Micronaut, Kafka and any other.

Sources: ``java.util.Properties.load`` (Java 21); Spring Boot 3 reference "Externalized Configuration" (documents split
by ``#---``, ``spring.config.activate.on-profile``, ``${X:default}``) and "Common Application Properties"; Quarkus
"Configuration Reference" (``%dev.`` before a name); Kafka "Broker Configs" (``listeners``).
"""

from __future__ import annotations

import re
from bisect import bisect_right

from portlint import templates
from portlint.collecting import Collector
from portlint.endpoints import declare, remark
from portlint.keyvalue import Broken, Comment, Grammar, expression, scan
from portlint.model import Extraction, Kind, Role
from portlint.values import Expression, literal_text

_GRAMMAR = Grammar(separators="=: ", comments="#!", inline=False, backslash=True, escapes=True, quotes=False)
_DOCUMENT = re.compile(r"^[#!]---[ \t]*\r?$", re.MULTILINE)
_PROFILE_NAMES = ("spring.config.activate.on-profile", "spring.profiles")
_OWN_PROFILE = re.compile(r"%([A-Za-z0-9_\-]+)\.")
_PROFILES = {"dev": "development", "prod": "production", "local": "development", "testing": "test", "stage": "staging"}
_LISTENERS = {
    "server.port": "spring-boot",
    "server.address": "spring-boot",
    "management.server.port": "spring-boot",
    "local.server.port": "spring-boot",
    "spring.rsocket.server.port": "spring-boot",
    "grpc.server.port": "",
    "quarkus.http.port": "quarkus",
    "quarkus.http.host": "quarkus",
    "quarkus.http.ssl-port": "quarkus",
    "quarkus.grpc.server.port": "quarkus",
    "micronaut.server.port": "micronaut",
    "micronaut.server.host": "micronaut",
    "http.port": "",
    "listeners": "kafka",
    "listener": "",
    "clientport": "zookeeper",
}
_PATHS = frozenset({"server.servlet.context-path", "server.servlet.contextpath", "quarkus.http.root-path"})


def extract(path: str, text: str) -> Extraction:
    """The occurrences of a properties file, with the profile of each of its documents."""
    into = Collector("placeholder default")
    items = list(scan(text, _GRAMMAR))
    documents = [match.start() for match in _DOCUMENT.finditer(text)]
    profiles: dict[int, str] = {}
    for item in items:
        if not isinstance(item, (Comment, Broken)) and item.name in _PROFILE_NAMES:
            profiles[bisect_right(documents, item.raw.start)] = _profile(item.value.text)
    for item in items:
        if isinstance(item, Broken):
            into.problem(item.line, item.message)
        elif isinstance(item, Comment):
            remark(into, item.text, item.name)
        elif item.name not in _PROFILE_NAMES:
            profile = profiles.get(bisect_right(documents, item.value.offset(0)), "")
            name = item.name
            own = _OWN_PROFILE.match(name)
            if own:
                profile, name = _profile(own.group(1)), name[own.end() :]
            _property(into, name, expression(item.value, templates.SPRING), profile)
    return into.build()


def _profile(written: str) -> str:
    return _PROFILES.get(written.strip().lower(), written.strip().lower())


def _property(into: Collector, name: str, value: Expression, profile: str) -> None:
    flat = name.lower()
    if flat in _PATHS:
        known = literal_text(value)
        if known not in ("", "/"):
            into.add(Kind.PATH, Role.LISTENS, value, name=name, how="property", profile=profile)
        return
    if flat == "listeners":
        into.setting(name, value, Role.LISTENS, how="property", profile=profile, tool="kafka")
        return
    listens = flat in _LISTENERS
    declare(into, name, value, listens=listens, how="property", profile=profile, tool=_LISTENERS.get(flat, ""))
