"""What the conditions of a script say: which variables are empty in a branch, and which profile a branch is for.

Conditions are read as text, quotes left out: ``[ -z "$X" ]``, ``[[ ! -v X ]]``, ``[ "$X" = "" ]``, ``(( $# == 0 ))``.
"""

from __future__ import annotations

import re

from portlint import names

_VARIABLE = r"\$\{?#?([A-Za-z_]\w*|[0-9@*#])[^\s\]=!]*"
_EMPTY = re.compile(
    rf"(?<!! )-z\s+{_VARIABLE}|!\s+-n\s+{_VARIABLE}|!\s+-v\s+(\w+)|{_VARIABLE}\s*={{1,2}}\s*(?=\]|&&|\|\||$)"
    r"|(?<![\w$])x\$\{?(\w+)\}?\s*={1,2}\s*x(?=\s|$)|\$?(#)\s+(?:-eq\s+0|-lt\s+[0-9]|==\s*0|<\s*[0-9])"
)
_SET = re.compile(
    rf"(?<!! )-n\s+{_VARIABLE}|!\s+-z\s+{_VARIABLE}|(?<!! )-v\s+(\w+)|{_VARIABLE}\s*!=\s*(?=\]|&&|\|\||$)"
    rf"|(?<![\w$])x\$\{{?(\w+)\}}?\s*!=\s*x(?=\s|$)|\$?(#)\s+(?:-gt\s+0|-ge\s+[0-9]|-ne\s+0|>\s*0)|\[\s+{_VARIABLE}\s+\]"
)
_EQUALS = re.compile(r"\$\{?(\w+)[^\s=!]*\s*(={1,2}|!=)\s*\*?([A-Za-z]+)\*?(?=\s|\]|$)")
_QUOTES = str.maketrans("", "", "\"'")
_LONGEST = 400

_PROFILES = {
    "dev": "development",
    "develop": "development",
    "development": "development",
    "prod": "production",
    "production": "production",
    "test": "test",
    "testing": "test",
    "stage": "staging",
    "staging": "staging",
    "ci": "ci",
}
_SELECTORS = frozenset({"env", "environment", "mode", "stage", "profile"})


def empty_and_set(condition: str) -> tuple[frozenset[str], frozenset[str]]:
    """The variables that are empty where a condition holds, and those that are set there; ``$1`` is ``1``."""
    text = condition.translate(_QUOTES) if len(condition) <= _LONGEST else ""
    text = re.sub(r"\s+\](?=\s|$)", " ]", text)
    empty, filled = _names(_EMPTY, text), _names(_SET, text)
    return (filled, empty) if re.match(r"!\s+\[", text) else (empty, filled)


def _names(pattern: re.Pattern[str], text: str) -> frozenset[str]:
    return frozenset(name for match in pattern.finditer(text) for name in match.groups() if name)


def profiles(condition: str) -> tuple[str, str]:
    """The profile that a branch is for where a condition holds, and where it does not; empty where it says none."""
    match = _EQUALS.search(condition.translate(_QUOTES)) if len(condition) <= _LONGEST else None
    if match is None or not is_selector(match.group(1)):
        return "", ""
    profile = _PROFILES.get(match.group(3).lower(), "")
    return ("", profile) if match.group(2) == "!=" else (profile, "")


def is_selector(variable: str) -> bool:
    """Whether a variable chooses a profile (``NODE_ENV``, ``$1``)."""
    return variable.isdigit() or bool(set(names.tokens(variable)[-1:]) & _SELECTORS)


def profile_of(patterns: list[str]) -> str:
    """The profile that the patterns of one ``case`` branch name, or empty."""
    found = {_PROFILES.get(pattern.translate(_QUOTES).strip("*-").lower(), "") for pattern in patterns}
    return found.pop() if len(found) == 1 else ""
