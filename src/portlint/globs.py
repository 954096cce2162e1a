"""Patterns of paths, as in ``.gitignore``: ``*`` and ``?`` within a name, ``**`` over folders.

A pattern with a ``/`` before its end is held against the whole path, one without against every name in it; a folder
stands for all that is in it. Source: gitignore(5), "PATTERN FORMAT"; negation is not part of it here. Loading pathspec
takes longer than reading a small repository; a test holds the two equal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PART = re.compile(
    r"\[(?P<not>[!^]?)(?P<set>\]?[^\]/]*)\]|\\(?P<plain>.)|(?P<any>\*+)|(?P<one>\?)|(?P<rest>.)", re.DOTALL
)


def problem(pattern: str) -> str:
    """What is wrong with a pattern, or the empty text."""
    if not pattern.strip("/ "):
        return "expected a pattern such as 'docs/**' or '*.md'"
    if pattern.startswith("!"):
        return "patterns cannot be negated"
    if "\\" in pattern and re.search(r"\\[\w.]", pattern):
        return "expected / between folders, on every system"
    if pattern.startswith(("../", "./")) or "/../" in pattern:
        return "expected a path relative to the folder of the configuration, without ./ and ../"
    return ""


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns of a configuration, and how paths of the tree are named where it stands."""

    items: tuple[str, ...] = ()
    before: str = ""
    """What leads from the configuration's folder to the root: empty, or a path that ends with ``/``."""

    def matches(self, path: str) -> bool:
        """Whether one of the patterns means a path of the tree."""
        return bool(self.items) and compiled(self.items).fullmatch(self.before + path) is not None

    def also(self, items: tuple[str, ...]) -> Patterns:
        """With further patterns."""
        return Patterns((*self.items, *items), self.before) if items else self


NOWHERE = Patterns()


@lru_cache(maxsize=512)
def compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression that fully matches the paths (relative, with ``/``) that one of the patterns means."""
    return re.compile("|".join(f"(?:{_translated(pattern)})" for pattern in patterns) or r"(?!)", re.DOTALL)


def _translated(pattern: str) -> str:
    folder = pattern.endswith("/")
    body = pattern.strip("/") if pattern.startswith("/") else pattern.rstrip("/")
    anchored = pattern.startswith("/") or "/" in body
    names = body.split("/")
    expression = "" if anchored else "(?:.*/)?"
    for number, name in enumerate(names):
        last = number == len(names) - 1
        if name == "**":
            # At the end: all that is inside, and not the folder itself.
            expression += ".+" if last else "(?:[^/]+/)*"
        else:
            expression += _name(name) + ("" if last else "/")
    return expression + ("/.+" if folder else "(?:/.+)?")


def _name(text: str) -> str:
    found = ""
    for match in _PART.finditer(text):
        if match["any"]:
            found += "[^/]*"
        elif match["one"]:
            found += "[^/]"
        elif match["set"] is not None:
            inner = match["set"].replace("\\", "\\\\").replace("[", "\\[").replace("&&", "&\\&").replace("||", "|\\|")
            inner = inner.replace("~~", "~\\~").replace("--", "-\\-")
            inner = "\\]" + inner[1:] if inner.startswith("]") else inner
            found += f"[^/{inner}]" if match["not"] else f"(?!/)[{inner}]"
        else:
            found += re.escape(match["plain"] or match["rest"])
    return found
