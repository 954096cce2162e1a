"""A configuration's bytes to plain data, checked: what is wrong is named with file, line, key and what was expected.

Loaded only for bytes that were not seen before, and for errors.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from portlint.config_files import ConfigFile
from portlint.config_model import Configuration
from portlint.errors import PortlintError
from portlint.text import Lines, Span
from portlint.toml_places import Path, Places

_EXPECTED = {
    "missing": "this key is required",
    "int_type": "a whole number",
    "string_type": "a text",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "too_short": "at least one item",
}


def read(file: ConfigFile) -> dict[str, Any] | None:
    """The keys as given, and under ``""`` where some of them stand; ``None`` where the file holds no configuration.

    Raises :class:`PortlintError`, one line for each mistake.
    """
    text = decoded(file)
    try:
        raw: Any = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise PortlintError(_not_toml(file, text, error)) from None
    except RecursionError:
        raise PortlintError(f"{file.shown}: nested too deeply") from None
    for key in file.within:
        raw = raw.get(key) if isinstance(raw, dict) else None
    if raw is None:
        return None
    try:
        model = Configuration.model_validate(raw)
    except ValidationError as error:
        raise PortlintError(_explained(error.errors(include_url=False), raw, file, text)) from None
    plain: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
    plain[""] = {"values": _pinned(plain, file, text), "suppress": _suppressions(plain, file, text)}
    return plain


def decoded(file: ConfigFile) -> str:
    """The text of a file. Raises :class:`PortlintError` for one that is not UTF-8."""
    try:
        return file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.data.count(b"\n", 0, error.start) + 1
        raise PortlintError(f"{file.shown}:{line}: expected UTF-8 text") from None


def complaint(file: ConfigFile, path: Sequence[str | int], problem: str) -> str:
    """One message about a key: file, line, key, problem."""
    try:
        line = Places(decoded(file)).line((*file.within, *path))
    except (PortlintError, RecursionError):
        line = 0
    return f"{file.shown}{f':{line}' if line else ''}: {_dotted(path)}: {problem}"


def nearest(word: str, choices: Iterable[str]) -> str:
    """`` (did you mean X?)`` where a choice is near, else nothing."""
    lowered = {choice.lower(): choice for choice in choices}
    found = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return f"; did you mean {lowered[found[0]]}?" if found else ""


def _not_toml(file: ConfigFile, text: str, error: tomllib.TOMLDecodeError) -> str:
    message, _, place = str(error).partition(" (at ")
    words = place.rstrip(")").replace(",", "").split()
    line = words[1] if len(words) == 4 and words[1].isdigit() else str(Lines(text).position(len(text))[0])
    return f"{file.shown}:{line}: not valid TOML: {message}"


def _explained(errors: Sequence[ErrorDetails], raw: Any, file: ConfigFile, text: str) -> str:
    """One line for each key that is wrong: what several forms of it ask for is put together."""
    grouped: dict[Path, list[ErrorDetails]] = {}
    for detail in errors:
        grouped.setdefault(_written(detail["loc"], raw, detail["type"] == "missing"), []).append(detail)
    # Where a part of one form fits, what is wrong is said there and not once more for the whole.
    paths = [path for path in grouped if not any(path == other[: len(path)] for other in grouped if other != path)]
    places = Places(text)
    paths.sort(key=lambda path: places.line((*file.within, *path)))
    return "\n".join(complaint(file, path, _problem(grouped[path], path)) for path in paths)


def _written(loc: Sequence[str | int], raw: Any, missing: bool) -> Path:
    """The part of a place that is in the file; pydantic also names the form of a union that it tried."""
    path: list[str | int] = []
    current = raw
    for step in loc:
        inside: Any = _inner(current, step)
        if inside is not None:
            current = inside
        elif not missing or step != loc[-1]:
            continue
        path.append(step)
    return tuple(path)


def _inner(value: Any, step: str | int) -> Any:
    if isinstance(value, list):
        return value[step] if isinstance(step, int) and step < len(value) else None
    return value.get(step) if isinstance(value, dict) else None


def _problem(details: Sequence[ErrorDetails], path: Path) -> str:
    details = [detail for detail in details if "[key]" in detail["loc"]] or details
    first = details[0]
    if first["type"] == "extra_forbidden":
        known = _keys(path[:-1])
        near = nearest(str(path[-1]), known)
        return "no such key" + (near or f"; expected one of {', '.join(known)}")
    whole = first["type"] == "value_error" and isinstance(first["input"], dict)
    given = "" if first["type"] == "missing" or whole else f"; got {_shown(first['input'])}"
    wanted: list[str] = []
    for detail in details:
        for word in _wanted(detail):
            if word not in wanted:
                wanted.append(word)
    text = " or ".join(wanted)
    if first["type"] == "literal_error":
        given += nearest(str(first["input"]), _choices(first))
    return (text if text.startswith(("expected", "this key", "patterns")) else f"expected {text}") + given


def _wanted(detail: ErrorDetails) -> list[str]:
    kind = detail["type"]
    if kind == "literal_error":
        return ["one of " + ", ".join(_choices(detail))]
    if kind == "value_error":
        return [detail["msg"].removeprefix("Value error, ")]
    return [_EXPECTED.get(kind, detail["msg"])]


def _choices(detail: ErrorDetails) -> list[str]:
    expected = str(detail.get("ctx", {}).get("expected", ""))
    return [word.strip().strip("'") for word in expected.replace(" or ", ",").split(",")]


def _keys(path: Path) -> list[str]:
    """The keys of the table at a path of the configuration."""
    model: type[BaseModel] | None = Configuration
    for step in path:
        if model is None or isinstance(step, int):
            continue
        field = next((item for item in model.model_fields.values() if item.alias == step), None)
        if field is None:
            continue
        model = next(iter(_models(field.annotation)), None)
    return [str(item.alias) for item in model.model_fields.values()] if model is not None else []


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models(inner)]


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _dotted(path: Sequence[str | int]) -> str:
    found = ""
    for step in path:
        if isinstance(step, int):
            found += f"[{step + 1}]"
        else:
            plain = step.replace("-", "").replace("_", "").isalnum()
            found += ("." if found else "") + (step if plain else f'"{step}"')
    return found or "the configuration"


def _pinned(plain: dict[str, Any], file: ConfigFile, text: str) -> list[list[Any]]:
    """Where the values of settings stand: name, profile, start and end of the value without quotes, region."""
    pinned = [
        (name, profile, ("settings", name, "value", *([profile] if profile else [])))
        for name, setting in plain.get("settings", {}).items()
        if (value := setting.get("value")) is not None
        for profile in (value if isinstance(value, dict) else [""])
    ]
    if not pinned:
        return []
    places, found = Places(text), []
    for name, profile, path in pinned:
        span = places.values.get((*file.within, *path))
        if span is None:
            continue
        start, end = span
        while start < end - 1 and text[start] in "\"'" and text[start] == text[end - 1]:
            start, end = start + 1, end - 1
        found.append([name, profile, start, end, *places.region(Span(start, end))])
    return found


def _suppressions(plain: dict[str, Any], file: ConfigFile, text: str) -> list[list[int]]:
    """Where the rules of each suppression stand: start and end, region."""
    count = len(plain.get("suppress", ()))
    if not count:
        return []
    places = Places(text)
    spans = [places.keys[(*file.within, "suppress", number, "rules")] for number in range(count)]
    return [[*span, *places.region(span)] for span in spans]
