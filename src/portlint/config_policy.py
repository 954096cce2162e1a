"""The part of a configuration that linking needs, from checked plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from portlint.globs import Patterns
from portlint.policy import Decision, Difference, Pinned, Policy
from portlint.text import Region, Span

_Row = tuple[str, tuple[tuple[str, str], ...]]


def policy_of(plain: Mapping[str, Any], patterns: Callable[[Sequence[str]], Patterns], path: str) -> Policy:
    """The decisions of a configuration; ``path`` is its file relative to the root of the tree."""
    get = plain.get
    return Policy(
        path=path,
        decisions=tuple(
            _decision(name, setting, patterns, plain[""]["values"]) for name, setting in get("settings", {}).items()
        ),
        profiles=tuple((patterns([pattern]), profile) for pattern, profile in get("profiles", {}).items()),
        components=patterns(get("components", ())),
        generic_names=tuple(get("generic-names", ())),
        public_prefixes=tuple(get("public-prefixes", ())),
        facts=tuple(_facts(plain)),
    )


def _decision(
    name: str, setting: Mapping[str, Any], patterns: Callable[[Sequence[str]], Patterns], places: Sequence[Any]
) -> Decision:
    value, source, differ = setting.get("value"), setting.get("source"), setting.get("may-differ")
    values = value if isinstance(value, dict) else {"": value}
    return Decision(
        name=name,
        aliases=tuple(setting.get("aliases", ())),
        values=tuple(
            Pinned(value=str(values[profile]), profile=profile, span=Span(start, end), region=Region(*region))
            for owner, profile, start, end, *region in places
            if owner == name
        ),
        source=patterns([source] if isinstance(source, str) else source or ()),
        may_differ=tuple(
            [Difference(reason=differ)]
            if isinstance(differ, str)
            else [Difference(reason=item["reason"], where=patterns(item["paths"])) for item in differ or ()]
        ),
        owner=setting.get("owner") or "",
    )


def _facts(plain: Mapping[str, Any]) -> Iterator[_Row]:
    for tool in plain.get("tools", ()):
        row = {
            "id": tool["name"],
            "programs": " ".join(tool.get("programs") or ([] if tool.get("modules") else [tool["name"]])),
            "modules": " ".join(tool.get("modules", ())),
            "subcommands": ", ".join(tool.get("subcommands", ())),
            "switches": " ".join(tool.get("switches", ())),
            "source": tool.get("source", "configuration"),
            **{key: _option(tool[key]) for key in ("port", "host", "bind") if tool.get(key)},
        }
        yield "tool", tuple((key, value) for key, value in row.items() if value)
    for image in plain.get("images", ()):
        yield "image", _row(image, "names", "ports", "environment")
    for service in plain.get("services", ()):
        yield "service", _row(service, "words", "ports", "schemes")


def _option(option: Mapping[str, Any]) -> str:
    default = option.get("default")
    return " ".join(
        [
            *option.get("flags", ()),
            *(f"${name}" for name in option.get("environment", ())),
            *(["*"] if option.get("positional") else []),
            *([str(default)] if default is not None else []),
        ]
    )


def _row(item: Mapping[str, Any], *keys: str) -> tuple[tuple[str, str], ...]:
    words = tuple((key, " ".join(str(word) for word in item.get(key, ()))) for key in keys)
    return (*words, ("source", "configuration"))
