"""TOML files of programs that portlint knows: platforms, task runners, development servers.

Sources: fly.io "App configuration (fly.toml)"; Netlify "File-based configuration"; Cloudflare "Wrangler
configuration"; Railway "Config as Code"; Rocket 0.5 "Configuration"; Poe the Poet, taskipy, PDM, Hatch, Pixi and mise
documentation of tasks and scripts (2024).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence

from portlint import urls
from portlint.collecting import Collector
from portlint.endpoints import command, declare, endpoint, environment, relate
from portlint.extractors.toml import Leaf, general
from portlint.model import Kind, Role, container
from portlint.text import Span

_PROFILES = {
    "dev": "development",
    "debug": "development",
    "prod": "production",
    "release": "production",
    "stage": "staging",
}
_TASKS = (
    ("tool", "poe", "tasks"),
    ("tool", "taskipy", "tasks"),
    ("tool", "pdm", "scripts"),
    ("tool", "rye", "scripts"),
    ("tool", "pixi", "tasks"),
    ("tool", "task"),
    ("tasks",),
    ("scripts",),
)
_COMMAND_KEYS = frozenset({"cmd", "shell", "run", "script", "command", "composite", "chain", "sequence"})


def collect(path: str, leaves: Sequence[Leaf], into: Collector) -> bool:
    """Read a file whose program is known. ``False``, and nothing collected, where it is not."""
    name = posixpath.basename(path).lower()
    handler = _FILES.get(name)
    if handler is None and name.startswith("fly.") and any(leaf.path[-1] == "internal_port" for leaf in leaves):
        handler = _fly
    if handler is None and name.endswith("config.toml") and "/.streamlit/" in f"/{path.lower()}":
        handler = _streamlit
    if handler is None:
        return False
    handler(path, leaves, into)
    return True


def _profile(name: str) -> str:
    return _PROFILES.get(name, name)


def _one(leaves: Sequence[Leaf], *path: str) -> Leaf | None:
    return next((leaf for leaf in leaves if leaf.path == path), None)


def _task(leaf: Leaf, into: Collector) -> bool:
    """A command of a task runner, or the environment it gives to one."""
    start = next((len(prefix) for prefix in _TASKS if leaf.path[: len(prefix)] == prefix), 0)
    hatch = leaf.path[:3] == ("tool", "hatch", "envs") and "scripts" in leaf.path
    if hatch:
        start = leaf.path.index("scripts") + 1
    if not start or len(leaf.path) <= start:
        return False
    label = leaf.path[start]
    rest = leaf.path[start + 1 :]
    if rest[:1] == ("env",) and len(rest) > 1:
        return into.setting(rest[1], leaf.value, how="task environment", label=label)
    if leaf.string and (not rest or rest[0] in _COMMAND_KEYS):
        command(into, leaf.text, label=label)
    return True


def _fly(path: str, leaves: Sequence[Leaf], into: Collector) -> None:
    app = _one(leaves, "app")
    name = app.text.text if app else posixpath.basename(posixpath.dirname(path)) or "fly"
    folder = posixpath.dirname(path) or "."
    dockerfile, image = _one(leaves, "build", "dockerfile"), _one(leaves, "build", "image")
    into.defaults = {"service": name, "network": container(name)}
    into.service(
        name=name,
        kind="platform",
        span=app.text.whole if app else Span(0, 0),
        image=image.text.text if image else "",
        build="" if image else folder,
        dockerfile=posixpath.normpath(posixpath.join(folder, dockerfile.text.text)) if dockerfile else "",
        command=any(leaf.path[0] == "processes" for leaf in leaves),
    )
    if dockerfile:
        relate(into, "runs", path, dockerfile.text.text, dockerfile.text.whole, service=name)
    groups: dict[int, int] = {}
    mapping = 0
    for leaf in leaves:
        key = leaf.path[-1]
        if key == "internal_port":
            mapping = groups.setdefault(leaf.row, into.number())
        group = groups.setdefault(leaf.row, into.number())
        label = ".".join(leaf.path[:-1])
        if key == "internal_port":
            into.port(Role.EXPOSES, leaf.value, name=leaf.name, how="fly internal_port", group=group, label=label)
        elif leaf.path[0] == "env":
            declare(into, key, leaf.value, how="fly env")
        elif leaf.path[0] == "processes":
            command(into, leaf.text, label=key)
        elif "check" in label or label == "checks":
            if key == "port":
                into.port(Role.PROBES, leaf.value, how="fly check", group=group, label=label)
            elif key == "path":
                into.path(Role.PROBES, leaf.value, how="fly check", group=group, label=label)
        elif key == "port" and "ports" in leaf.path:
            network = f"public:{name}"
            into.port(Role.PUBLISHES, leaf.value, how="fly ports", group=mapping, label=label, network=network)
        elif leaf.path[:2] == ("deploy", "release_command"):
            command(into, leaf.text, label="release_command")
        elif label == "metrics" and key == "port":
            into.port(Role.PROBES, leaf.value, how="fly metrics", group=group, label=label)


def _netlify(path: str, leaves: Sequence[Leaf], into: Collector) -> None:
    for leaf in leaves:
        key, section = leaf.path[-1], leaf.path[0]
        profile = _profile(leaf.path[1]) if section == "context" and len(leaf.path) > 2 else ""
        if section == "dev" and key == "port":
            into.port(
                Role.LISTENS, leaf.value, name=leaf.name, how="netlify dev", tool="netlify", profile="development"
            )
        elif section == "dev" and key == "targetPort":
            into.port(Role.PROXIES, leaf.value, name=leaf.name, how="netlify dev", profile="development")
        elif key == "command":
            command(into, leaf.text, label=".".join(leaf.path[:-1]), profile=profile)
        elif "environment" in leaf.path[:-1]:
            declare(into, key, leaf.value, how="netlify environment", profile=profile)
        elif section == "redirects" and key == "to" and "://" in leaf.text.text:
            source = next((o.text.text for o in leaves if o.row == leaf.row and o.path[-1] == "from"), "")
            cut = leaf.text.text.find("/:")
            text = leaf.text.cut(0, cut + 1) if cut > 7 else leaf.text
            into.url(Role.PROXIES, Leaf(leaf.path, text, True, leaf.row).value, how="redirects", label=source)


def _wrangler(path: str, leaves: Sequence[Leaf], into: Collector) -> None:
    for leaf in leaves:
        profile = _profile(leaf.path[1]) if leaf.path[0] == "env" and len(leaf.path) > 2 else ""
        inner = leaf.path[2:] if profile else leaf.path
        if inner[0] == "dev" and inner[-1] in ("port", "ip"):
            endpoint(
                into, Role.LISTENS, leaf.value, name=leaf.name, how="wrangler dev", tool="wrangler", profile=profile
            )
        elif inner[0] == "vars":
            declare(into, inner[-1], leaf.value, how="wrangler vars", profile=profile)
        elif inner[-1] == "command":
            command(into, leaf.text, label="build", profile=profile)
        else:
            general(leaf, into, profile=profile)


def _railway(path: str, leaves: Sequence[Leaf], into: Collector) -> None:
    for leaf in leaves:
        key = leaf.path[-1]
        if key in ("startCommand", "buildCommand", "preDeployCommand", "cmd", "cmds"):
            command(into, leaf.text, label=leaf.path[0])
        elif key == "healthcheckPath":
            into.path(Role.PROBES, leaf.value, how="healthcheckPath")
        elif leaf.path[0] == "variables":
            declare(into, key, leaf.value, how="variables")


def _pyproject(path: str, leaves: Sequence[Leaf], into: Collector) -> None:
    for leaf in leaves:
        if leaf.path[0] != "tool" or leaf.path[1] == "portlint" or _task(leaf, into):
            continue
        key = leaf.path[-1]
        if leaf.path[1:4] == ("pytest", "ini_options", "env"):
            environment(into, leaf.text, how="pytest env", profile="test")
        elif leaf.path[1] == "pytest_env":
            declare(into, key, leaf.value, how="pytest env", profile="test")
        elif leaf.path[1:3] == ("hatch", "envs") and "env-vars" in leaf.path:
            declare(into, key, leaf.value, how="hatch env-vars")
        elif leaf.path[1] == "poe" and key == "envfile":
            relate(into, "env_file", path, leaf.text.text, leaf.text.whole)
        elif leaf.path[1] not in ("poetry", "uv", "setuptools", "ruff", "mypy", "pdm", "hatch", "pytest"):
            parts = urls.split_url(leaf.value)
            if parts is None or parts.port is not None:
                general(leaf, into)


def _cargo(path: str, leaves: Sequence[Leaf], into: Collector) -> None:
    for leaf in leaves:
        if "metadata" in leaf.path[:3] and leaf.path[-1] not in ("documentation", "homepage", "repository"):
            if leaf.path[-1] in ("site-addr", "reload-port"):
                endpoint(into, Role.LISTENS, leaf.value, name=leaf.name, how="setting")
            else:
                general(leaf, into)


def _tasks(path: str, leaves: Sequence[Leaf], into: Collector) -> None:
    """mise.toml, pixi.toml, Pipfile: an environment and tasks."""
    for leaf in leaves:
        if leaf.path[0] == "env" and leaf.path[:2] == ("env", "_"):
            if leaf.path[-1] in ("file", "path"):
                relate(into, "env_file", path, leaf.text.text, leaf.text.whole)
        elif leaf.path[0] == "env":
            declare(into, leaf.path[-1], leaf.value, how="env")
        elif not _task(leaf, into) and leaf.path[0] not in (
            "tools",
            "packages",
            "source",
            "dev-packages",
            "dependencies",
        ):
            general(leaf, into)


def _rocket(path: str, leaves: Sequence[Leaf], into: Collector) -> None:
    for leaf in leaves:
        profile = "" if leaf.path[0] in ("default", "global") else _profile(leaf.path[0])
        if leaf.path[-1] in ("port", "address") and len(leaf.path) == 2:
            endpoint(into, Role.LISTENS, leaf.value, name=leaf.path[-1], how="setting", tool="rocket", profile=profile)
        else:
            general(leaf, into, profile=profile)


def _streamlit(path: str, leaves: Sequence[Leaf], into: Collector) -> None:
    for leaf in leaves:
        if leaf.path in (("server", "port"), ("server", "address")):
            endpoint(into, Role.LISTENS, leaf.value, name=leaf.name, how="setting", tool="streamlit")
        elif leaf.path == ("server", "baseUrlPath"):
            into.add(Kind.PATH, Role.LISTENS, leaf.value, name=leaf.name, how="setting", tool="streamlit")
        else:
            general(leaf, into)


def _trunk(path: str, leaves: Sequence[Leaf], into: Collector) -> None:
    for leaf in leaves:
        if leaf.path[0] == "serve" and leaf.path[-1] in ("port", "address", "addresses"):
            endpoint(into, Role.LISTENS, leaf.value, name=leaf.name, how="setting", tool="trunk")
        else:
            general(leaf, into)


_FILES: dict[str, Callable[[str, Sequence[Leaf], Collector], None]] = {
    "fly.toml": _fly,
    "netlify.toml": _netlify,
    "wrangler.toml": _wrangler,
    "railway.toml": _railway,
    "nixpacks.toml": _railway,
    "pyproject.toml": _pyproject,
    "cargo.toml": _cargo,
    "mise.toml": _tasks,
    ".mise.toml": _tasks,
    "pixi.toml": _tasks,
    "pipfile": _tasks,
    "rocket.toml": _rocket,
    "trunk.toml": _trunk,
}
