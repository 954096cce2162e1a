"""Rule files: where they are, and how one is read.

A rule file is Markdown with YAML front matter. Nearly every rule needs only a strict part of YAML: one key a line with
a bare word, ``true``, ``false``, a double-quoted string without escapes, or a ``[list]`` of bare words, and ``select:``
with the same one level deeper. That part is read here, because importing PyYAML and pydantic takes longer than checking
a small repository. Whatever is outside of it, and whatever is wrong, goes to :mod:`portlint.rule_model`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from portlint.errors import PortlintError
from portlint.model import Kind, Role, Severity
from portlint.rule_schema import CHECKS, CODE, NAME, NETWORKS, TRAITS, Rule, unknown_placeholders

_FRONT = re.compile(r"---\n(.*?)^---\n", re.DOTALL | re.MULTILINE)
_LINE = re.compile(
    r"(?P<indent>  )?(?P<key>[a-z]+):"
    r"(?: (?:(?P<boolean>true|false)|(?P<word>[A-Za-z][A-Za-z0-9-]*)|\"(?P<quoted>[^\"\\]*)\""
    r"|\[(?P<items>[A-Za-z0-9, -]*)\]))?"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_YAML_WORDS = frozenset("true false yes no on off null y n".split())
_STRINGS = ("code", "name", "severity", "message", "fix", "summary")
_CHOICES: dict[str, tuple[str, ...]] = {
    "roles": tuple(Role),
    "kinds": tuple(Kind),
    "networks": NETWORKS,
    "traits": TRAITS,
}


def shipped() -> Traversable:
    """The folder of rules: inside the package in a wheel, beside ``src`` in a checkout or an editable install."""
    packed = files("portlint") / "_rules"
    return packed if packed.is_dir() else Path(__file__).resolve().parents[2] / "rules"


def read_all(places: Sequence[Traversable]) -> list[Rule]:
    """The rules in files and folders, by file name. Raises :class:`PortlintError`, also for a code used twice."""
    rules: list[Rule] = []
    sources: dict[str, str] = {}
    for entry in _entries(places):
        rule = _read(entry)
        if rule.code in sources:
            raise PortlintError(f"{entry}: code: {rule.code} is already taken by {sources[rule.code]}")
        sources[rule.code] = str(entry)
        rules.append(rule)
    return rules


def _entries(places: Sequence[Traversable]) -> list[Traversable]:
    found: list[Traversable] = []
    for place in places:
        if place.is_dir():
            pages = [entry for entry in place.iterdir() if entry.name.endswith(".md")]
            found.extend(sorted(pages, key=lambda entry: entry.name))
        elif place.is_file():
            found.append(place)
        else:
            raise PortlintError(f"{place}: expected a rule file or a folder of rule files")
    return found


def _read(entry: Traversable) -> Rule:
    try:
        return parse(entry.read_text(encoding="utf-8"), str(entry))
    except UnicodeDecodeError:
        raise PortlintError(f"{entry}: expected UTF-8 text") from None
    except OSError as error:
        raise PortlintError(f"{entry}: cannot be read: {error.strerror or error}") from None


def parse(text: str, source: str) -> Rule:
    """The rule in a file's text. ``source`` names the file in errors. Raises :class:`PortlintError`."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    match = _FRONT.match(text)
    if match is None:
        raise PortlintError(f"{source}: expected front matter between two lines of '---' at the start of the file")
    front, page = match.group(1), text[match.end() :].strip() + "\n"
    fields = read_plain(front)
    if fields is None:
        from portlint import rule_model

        fields = rule_model.read(front, source)
    selection = fields.get("select", {})
    return Rule(
        code=fields["code"],
        name=fields["name"],
        severity=Severity(fields["severity"]),
        checks=tuple(fields["checks"]),
        enabled=fields.get("enabled", True),
        roles=tuple(Role(role) for role in selection.get("roles", ())),
        kinds=tuple(Kind(kind) for kind in selection.get("kinds", ())),
        networks=tuple(selection.get("networks", ())),
        traits=tuple(selection.get("traits", ())),
        message=fields["message"],
        fix=fields["fix"],
        summary=fields["summary"],
        page=page,
    )


def read_plain(front: str) -> dict[str, Any] | None:
    """Front matter in the strict part of YAML as a mapping; ``None`` where anything in it is odd or wrong."""
    fields: dict[str, Any] = {}
    inner: dict[str, Any] | None = None
    for line in front.rstrip("\n").split("\n"):
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        key, value = match["key"], _value(match)
        target = inner if match["indent"] else fields
        if target is None or key in target or (value is None and match["indent"]):
            return None
        if not match["indent"]:
            inner = {} if value is None else None
        target[key] = inner if value is None else value
    return fields if _is_right(fields) else None


def _value(match: re.Match[str]) -> str | bool | list[str] | None:
    if match["boolean"] is not None:
        return match["boolean"] == "true"
    if match["items"] is not None:
        return [item.strip() for item in match["items"].split(",")]
    word: str | None = match["word"]
    return match["quoted"] if word is None else word


def _is_right(fields: dict[str, Any]) -> bool:
    required = {*_STRINGS, "checks"}
    if not required <= fields.keys() <= required | {"enabled", "select"}:
        return False
    texts = [fields[key] for key in _STRINGS]
    selection = fields.get("select", {"roles": list(Role)})
    return (
        all(isinstance(text, str) and text == text.strip() and text.lower() not in {"", *_YAML_WORDS} for text in texts)
        and isinstance(fields.get("enabled", True), bool)
        and isinstance(selection, dict)
        and bool(selection)
        and selection.keys() <= _CHOICES.keys()
        and all(_are_words(items, _CHOICES[key]) for key, items in selection.items())
        and _are_words(fields["checks"], CHECKS)
        and CODE.fullmatch(fields["code"]) is not None
        and NAME.fullmatch(fields["name"]) is not None
        and fields["severity"] in tuple(Severity)
        and not unknown_placeholders(fields["message"])
    )


def _are_words(items: object, choices: Sequence[str]) -> bool:
    return isinstance(items, list) and bool(items) and all(_WORD.fullmatch(item) and item in choices for item in items)
