"""``docker run``, ``docker exec``, ``docker compose`` and their relatives: port mappings, environment, inner commands.

Sources: Docker CLI reference 27 (container run: --publish, --expose, --env; compose run, exec), podman-run(1) 5.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Any

from portlint.collecting import Collector
from portlint.commands import Assignment
from portlint.launch_words import HOLE, Flag, Part, assignment, parse, shown
from portlint.launch_wrappers import Launch
from portlint.model import HOST_NETWORK, Role, container

_ENGINES = frozenset("docker podman nerdctl finch docker.io".split())
_SWITCHES = frozenset(
    "-d --detach -i --interactive -t --tty -it -ti -dit -itd -dt -di -td --rm --init --privileged --read-only "
    "-P --publish-all --no-healthcheck --oom-kill-disable --sig-proxy -q --quiet --tls --replace -T --no-TTY --no-deps --service-ports "
    "--build --remove-orphans --use-aliases --disable-content-trust --force-rm --no-cache --squash --push --load -a -A "
    "--force-recreate -V --wait --compatibility --dry-run -rm".split()
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
    rf"(?:(?P<ip>\[[0-9A-Fa-f:.]+\]|[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}|localhost|[{HOLE}]):)?"
    rf"(?:(?P<host>[0-9]{{1,6}}|[0-9{HOLE}]*[{HOLE}][0-9{HOLE}]*)?:)?(?P<inner>[0-9]{{1,6}}|[0-9{HOLE}]*[{HOLE}][0-9{HOLE}]*)"
    r"(?:/(?P<protocol>tcp|udp|sctp))?"
)


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
    flags, _ = parse(words[:end], _VALUED, _SWITCHES)
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
            mapping(flag.value, into, service, image, fields)
        elif flag.name == "--expose":
            for part in (flag.value.cut(0, len(flag.value.flat.partition("/")[0])),):
                into.port(Role.EXPOSES, part.value, **{**inside, "how": "--expose", "target": image})
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


def mapping(part: Part, into: Collector, service: str, image: str, fields: dict[str, Any]) -> None:
    """``[ip:][host:]container[/protocol]``: the host's side is published, the container's is exposed."""
    match = _MAPPING.fullmatch(part.flat)
    if match is None:
        into.unresolved += 1
        return
    common = {**fields, "service": service, "group": into.number(), "target": image, "how": "docker run -p"}
    outside = {**common, "network": HOST_NETWORK}
    spans = {name: match.span(name) for name in ("ip", "host", "inner")}
    if match.group("ip") and not match.group("host") and re.fullmatch(f"[{HOLE}]", match.group("ip")):
        spans["host"], spans["ip"] = spans["ip"], (-1, -1)
    if spans["ip"][0] >= 0:
        into.host(Role.PUBLISHES, part.cut(*spans["ip"]).value, **outside)
    if spans["host"][0] >= 0:
        into.port(Role.PUBLISHES, part.cut(*spans["host"]).value, **outside)
    into.port(Role.EXPOSES, part.cut(*spans["inner"]).value, **{**common, "network": container(service)})


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
                mapping(flag.value, into, service, "", fields)
        given = _settings(flags, into, base, "compose run -e", ("-e", "--env"), inside.fields)
        return Inside(inside.words, inside.fields, given)
    return inside
