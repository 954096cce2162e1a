"""Front matter of rule files, validated: all of YAML is read, and an error says what was expected.

Loaded only for a file that :mod:`portlint.rule_files` could not read by itself.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, StrictBool, StrictStr, ValidationError

from portlint.errors import PortlintError
from portlint.model import Kind, Role, Severity
from portlint.rule_schema import CHECKS, CODE, NAME, NETWORKS, PLACEHOLDERS, TRAITS, unknown_placeholders


def _one_of(*choices: str) -> AfterValidator:
    def check(value: str) -> str:
        if value not in choices:
            raise ValueError(f"expected one of {', '.join(choices)}")
        return value

    return AfterValidator(check)


def _like(pattern: re.Pattern[str], example: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"expected a text like {example}")
        return value

    return AfterValidator(check)


def _one_line(value: str) -> str:
    if not value.strip() or "\n" in value.strip():
        raise ValueError("expected one line of text")
    return value.strip()


def _template(value: str) -> str:
    if unknown_placeholders(value):
        raise ValueError("expected no placeholders but " + ", ".join(f"{{{name}}}" for name in PLACEHOLDERS))
    return value


def _filled(value: list[str]) -> list[str]:
    if not value:
        raise ValueError("expected at least one item; leave the key out to select everything")
    return value


_Line = Annotated[StrictStr, AfterValidator(_one_line)]
_Checks = Annotated[list[Annotated[StrictStr, _one_of(*CHECKS)]], AfterValidator(_filled)]
_Roles = Annotated[list[Annotated[StrictStr, _one_of(*Role)]], AfterValidator(_filled)]
_Kinds = Annotated[list[Annotated[StrictStr, _one_of(*Kind)]], AfterValidator(_filled)]
_Networks = Annotated[list[Annotated[StrictStr, _one_of(*NETWORKS)]], AfterValidator(_filled)]
_Traits = Annotated[list[Annotated[StrictStr, _one_of(*TRAITS)]], AfterValidator(_filled)]


class Selection(BaseModel):
    """Which deviating places a rule takes."""

    model_config = ConfigDict(extra="forbid")

    roles: _Roles = []
    kinds: _Kinds = []
    networks: _Networks = []
    traits: _Traits = []


class FrontMatter(BaseModel):
    """The keys of a rule file."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[StrictStr, _like(CODE, "PL101")]
    name: Annotated[StrictStr, _like(NAME, "conflicting-default")]
    severity: Annotated[StrictStr, _one_of(*Severity)]
    checks: _Checks
    enabled: StrictBool = True
    select: Selection = Selection()
    message: Annotated[_Line, AfterValidator(_template)]
    fix: _Line
    summary: _Line


def read(front: str, source: str) -> dict[str, Any]:
    """Front matter as a mapping. Raises :class:`PortlintError` that names ``source``, key and what was expected."""
    try:
        raw = yaml.safe_load(front)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f":{mark.line + 2}" if mark is not None else ""  # 0-based, and the first line is '---'
        raise PortlintError(f"{source}{at}: not valid YAML: {getattr(error, 'problem', None) or error}") from None
    if not isinstance(raw, dict):
        raise PortlintError(f"{source}: expected 'key: value' lines in the front matter")
    try:
        return FrontMatter.model_validate(raw).model_dump(exclude_unset=True)
    except ValidationError as error:
        raise PortlintError(_explained(error, source)) from None


def _explained(error: ValidationError, source: str) -> str:
    lines = []
    for detail in error.errors(include_url=False):
        key = ".".join(str(part) for part in detail["loc"] if not isinstance(part, int))
        expected = {"missing": "this key is required", "extra_forbidden": "no such key"}.get(
            detail["type"], detail["msg"].removeprefix("Value error, ")
        )
        given = "" if detail["type"] == "missing" else f"; got {detail['input']!r}"
        lines.append(f"{source}: {key}: {expected}{given}")
    return "\n".join(lines)
