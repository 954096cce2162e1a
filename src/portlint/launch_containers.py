"""``docker run``, ``docker exec``, ``docker compose`` and their relatives: port mappings, environment, inner commands.

Sources: Docker CLI reference 27 (container run: --publish, --expose, --env; compose run, exec), podman-run(1) 5.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Any

from portlint import urls
from portlint.collecting import Collector
from portlint.commands import Assignment
from portlint.launch_programs import Launch
from portlint.launch_words import Flag, Part, assignment, parse, shown
from portlint.model import HOST_NETWORK, Role, container
from portlint.values import Expression, Literal

_ENGINES = frozenset("docker podman nerdctl finch docker.io".split())
_SWITCHES = frozenset(
    "-d --detach -i --interactive -t --tty -it -ti -dit -itd -dt -di -td --rm --init --privileged --read-only -P "
    "--publish-all --no-healthcheck --oom-kill-disable --sig-proxy -q --quiet --tls --replace -T --no-TTY --no-deps "
    "--service-ports --build --remove-orphans --use-aliases --disable-content-trust --force-rm --no-cache --squash "
    "--push --load -a -A --force-recreate -V --wait --compatibility --dry-run -rm".split()
)
_VALUED = frozenset(
    "-p --publish -e --env --env-file --expose --name --network --net -h --hostname -v --volume -w --workdir -u --user "
    "--entrypoint --mount -l --label --restart --platform --add-host --link --memory -m --cpus --gpus --ulimit --pull "
    "-f --file --project-name --profile --project-directory --context -H --host --build-arg -t --tag --target --ip "
    "--log-driver --log-opt --health-cmd --health-interval --shm-size --device --cap-add --dns --log-level -c "
    "--network-alias --tmpfs --security-opt --runtime --userns --pod --secret --cidfile "
    "--stop-signal --stop-timeout".split()
)

_MAPPING = re.compile(
    r"(?:(?P<ip>\[[0-9a-fA-F:.]+\]|[^:\[\]]+):)?(?:(?P<published>[^:]*):)?(?P<target>[^:/]+)(?:/(?P<protocol>\w+))?"
)
_LONGEST_RANGE = 30
_JOINED = re.compile(r"-[ditPq]+[pe]")


@dataclass(frozen=True, slots=True)
class Inside:
    """A command that runs in a container, and the fields of all it says."""

    words: list[Part]
    fields: dict[str, Any]
    assignments: tuple[Assignment, ...] = ()
    """Variables that the engine sets for it."""


def collect(launch: Launch, into: Collector, base: str | None, fields: dict[str, Any]) -> Inside | None:
    """What a container engine is told. What runs inside is handed back; ``None`` where the program is no engine."""
    name = launch.names[0] if launch.names else ""
    words = launch.rest
    if name in ("docker-compose", "podman-compose"):
        return _compose(words, into, base, fields)
    if name not in _ENGINES:
        return None
    index = _first_plain(words)
    if index is None:
        return Inside([], fields)
    verb, after = words[index].flat, words[index + 1 :]
    if verb in ("container", "image", "buildx", "builder") and after:
        verb, after = after[0].flat, after[1:]
    if verb == "compose":
        return _compose(after, into, base, fields)
    if verb in ("run", "create"):
        return _run(after, into, base, fields)
    if verb == "exec":
        return _exec(after, fields)
    if verb == "build":
        flags, _ = parse(after, _VALUED, _SWITCHES - {"-t"})
        _settings(flags, into, base, "--build-arg", ("--build-arg",), fields)
    return Inside([], fields)


def _first_plain(words: list[Part]) -> int | None:
    index = 0
    while index < len(words):
        if not words[index].is_flag:
            return index
        index += 2 if words[index].flat in _VALUED else 1
    return None


def _run(words: list[Part], into: Collector, base: str | None, fields: dict[str, Any]) -> Inside:
    end = _image_at(words)
    # -itp 8080:80: switches and the flag whose value follows in one word
    own = [Part(f"-{word.flat[-1]}", word.value) if _JOINED.fullmatch(word.flat) else word for word in words[:end]]
    flags, _ = parse(own, _VALUED, _SWITCHES)
    image = shown(words[end]) if end < len(words) else ""
    name = next((shown(flag.value) for flag in flags if flag.name == "--name" and flag.value is not None), "")
    service = name or re.split(r"[:@]", image.rpartition("/")[2])[0]
    shares = any(
        flag.name in ("--network", "--net") and flag.value is not None and flag.value.flat == "host" for flag in flags
    )
    inside = {**fields, "service": service, "network": HOST_NETWORK if shares else container(service)}
    for flag in flags:
        if flag.value is None:
            continue
        if flag.name in ("-p", "--publish"):
            _mapping(flag.value, into, service, image, fields)
        elif flag.name == "--expose":
            number = flag.value.cut(0, len(flag.value.flat.partition("/")[0]))
            into.port(Role.EXPOSES, number.value, **{**inside, "how": "--expose", "target": image})
    given = _settings(flags, into, base, "docker run -e", ("-e", "--env"), inside)
    command = words[end + 1 :]
    entry = next((flag.value for flag in flags if flag.name == "--entrypoint" and flag.value is not None), None)
    if entry is None and command and command[0].is_flag:
        entry = words[end]  # arguments for the image's own program, which is often called as the image is
    return Inside([entry, *command] if entry is not None else command, inside, given)


def _image_at(words: list[Part]) -> int:
    """The index of the image: the first plain argument."""
    index = 0
    while index < len(words):
        word = words[index]
        if word.flat == "--":
            return index + 1
        if not word.is_flag:
            return index
        name, equals, _ = word.flat.partition("=")
        attached = len(name) > 2 and name[:2] in ("-p", "-e", "-v") and name[1] != "-"
        index += 1 if equals or attached or name in _SWITCHES or _cluster(name) else 2
    return index


def _cluster(name: str) -> bool:
    return re.fullmatch(r"-[ditPq]+", name) is not None


def port_mapping(value: Expression, into: Collector, service: str, inner: str, how: str, **fields: Any) -> None:
    """``[[IP:]PUBLISHED:]TARGET[/PROTOCOL]``: published on the host, exposed in ``inner``, the container's network."""
    text, _ = urls.flatten(value)
    match = _MAPPING.fullmatch(text)
    if match is None:
        into.unresolved += 1
        return
    shared = {**fields, "service": service, "group": into.number()}
    spans = {name: match.span(name) for name in ("ip", "published", "target") if match.group(name)}
    if "ip" in spans and match.group("published") is None:
        spans["published"] = spans.pop("ip")
    shared["how"] = f"{how} udp" if match.group("protocol") == "udp" else how
    parts = {name: urls.slice_expression(value, *span) for name, span in spans.items()}
    if "ip" in parts:
        into.host(Role.PUBLISHES, parts["ip"], network=HOST_NETWORK, **shared)
    if "published" in parts:
        ports(Role.PUBLISHES, parts["published"], into, network=HOST_NETWORK, **shared)
    ports(Role.EXPOSES, parts["target"], into, network=inner, **shared)


def ports(role: Role, value: Expression, into: Collector, **fields: Any) -> None:
    """A port or a range of ports (``3000-3005``): each port of a range, the first and last with their own places."""
    part = Part.of(value)
    ends = [end for end in part.pieces("-") if end.flat]
    if not part.literal:
        # ${FIRST}-${LAST}: what lies between is not known.
        for end in ends:
            into.port(role, end.value, **fields)
        return
    numbers = [int(end.flat) for end in ends if end.flat.isdigit()]
    if len(numbers) != len(ends) or len(ends) not in (1, 2):
        into.unresolved += 1
        return
    for end in ends:
        into.port(role, end.value, **fields)
    if numbers[-1] - numbers[0] > _LONGEST_RANGE:
        into.unresolved += 1
    else:
        for number in range(numbers[0] + 1, numbers[-1]):
            into.port(role, Literal(str(number), part.span), span=part.span, **fields)


def _mapping(part: Part, into: Collector, service: str, image: str, fields: dict[str, Any]) -> None:
    rest = {key: value for key, value in fields.items() if key not in ("network", "service", "group", "how")}
    port_mapping(part.value, into, service, container(service), "docker run -p", **{**rest, "target": image})


def _settings(
    flags: list[Flag], into: Collector, base: str | None, how: str, names: tuple[str, ...], fields: dict[str, Any]
) -> tuple[Assignment, ...]:
    group = into.number()
    given: list[Assignment] = []
    for flag in flags:
        if flag.value is None:
            continue
        if flag.name in names:
            one = assignment(flag.value)
            if one is not None:
                into.setting(one.name, one.value, Role.DECLARES, **{**fields, "how": how, "group": group})
                given.append(one)
        elif flag.name == "--env-file":
            env_file(flag.value, into, base, fields)
    return tuple(given)


def env_file(part: Part, into: Collector, base: str | None, fields: dict[str, Any]) -> None:
    """A relation to a file of variables, where the folder that the command runs in is known."""
    if base is None or not part.literal:
        return
    path = posixpath.normpath(posixpath.join(base, part.flat.replace("\\", "/")))
    if not path.startswith(("..", "/")):
        into.relation("env_file", path, part.span, service=fields.get("service", ""))


def _exec(words: list[Part], fields: dict[str, Any]) -> Inside:
    at = _image_at(words)
    if at >= len(words):
        return Inside([], fields)
    service = shown(words[at]) if words[at].literal else ""
    if not service:
        return Inside(words[at + 1 :], fields)
    return Inside(words[at + 1 :], {**fields, "service": service, "network": container(service)})


def _compose(words: list[Part], into: Collector, base: str | None, fields: dict[str, Any]) -> Inside:
    index = _first_plain(words)
    if index is None:
        return Inside([], fields)
    verb, after = words[index].flat, words[index + 1 :]
    before, _ = parse(words[:index], _VALUED, _SWITCHES)
    for flag in before:
        if flag.name == "--env-file" and flag.value is not None:
            env_file(flag.value, into, base, fields)
    if verb not in ("exec", "run"):
        return Inside([], fields)
    inside = _exec(after, fields)
    if verb == "run":
        service = inside.fields.get("service", "")
        flags, _ = parse(after[: _image_at(after)], _VALUED, _SWITCHES)
        for flag in flags:
            if flag.name in ("-p", "--publish") and flag.value is not None:
                _mapping(flag.value, into, service, "", fields)
        given = _settings(flags, into, base, "compose run -e", ("-e", "--env"), inside.fields)
        return Inside(inside.words, inside.fields, given)
    return inside
