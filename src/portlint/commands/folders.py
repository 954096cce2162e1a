"""Which folder shell text works in: ``cd``, ``pushd``, folder options, and the idioms for a script's own folder.

A place is text: ``@/...`` from the root of the tree, anything else from where the shell was started; ``None`` where
it cannot be known. Nothing is looked up on disk.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

ROOTED = "@/"
_LONGEST = 300
_SCRIPT = re.compile(r"\$\{?(?:BASH_SOURCE(?:\[0\]|\[@\])?|0)(?::-\$0)?\}?(?![\w%])")
_OWN_FOLDER = re.compile(r"\$\{(?:BASH_SOURCE(?:\[0\])?|0)%/\*\}|\$\{0:h\}|\$\{0:A:h\}|\$\{\(%\):-%x:h\}")
_SAME = re.compile(r"\$\((?:readlink(?: -f)?|realpath)(?: --)? ([^\s$`()]+)\)")
_PARENT = re.compile(r"\$\(dirname(?: --)? ([^\s$`()]+)\)")
_ENTERED = re.compile(
    r"\$\((?:cd|CDPATH= cd)(?: -P)?(?: --)? ([^\s$`()]+)(?: &?>[^&;]*?(?:2>&1)?)? ?(?:&&|;) ?pwd(?: -P| -L)?\)"
)
_HERE = re.compile(r"\$\(pwd(?: -P)?\)|\$\{?PWD\}?(?!\w)")
_TOP = re.compile(r"\$\(git rev-parse --show-toplevel(?: 2>[^)]*)?\)")
_NAME = re.compile(r"\$\{?([A-Za-z_]\w*)\}?")
_TOLD = re.compile(r"dirname|BASH_SOURCE|\$\{?0\b|\bpwd\b|\$\{?PWD\b|rev-parse|/")

_OPTIONS = {
    "npm": ("--prefix", "-C"),
    "yarn": ("--cwd",),
    "pnpm": ("--dir", "-C"),
    "bun": ("--cwd",),
    "uv": ("--directory",),
    "poetry": ("--directory", "-C"),
    "make": ("--directory", "-C"),
    "cargo": ("-C",),
}
"""Options by which a program works in another folder (each program's ``--help``: npm 10, yarn 1.22, pnpm 9, bun 1.1,
uv 0.5, poetry 1.8, GNU make 4.4, cargo 1.80)."""

_TOOL_FOLDERS = re.compile(r"bin|ci|deploy|dev|devops|hack|ops|scripts?|tools?")
"""Folders whose scripts are usually started from the folder above."""


def join(here: str, there: str) -> str:
    """A place seen from another."""
    if there.startswith(ROOTED):
        return _normal(there)
    if here.startswith(ROOTED):
        return _normal(here + "/" + there)
    path = posixpath.normpath(posixpath.join(here, there))
    return "" if path == "." else path


def _normal(place: str) -> str:
    path = posixpath.normpath(place[len(ROOTED) :].lstrip("/") or ".")
    return ROOTED + ("" if path == "." else path)


def changed(here: str, to: str, known: Mapping[str, str] | None, script: str) -> str:
    """The folder after ``cd to``; empty where it is not known. ``to`` is the word as written."""
    place = evaluate(to, known or {}, here, script) if to and not to.startswith(("-", "+")) else None
    if place is None or place.startswith(("/", "~")) or re.match(r"[A-Za-z]:", place):
        return ""
    return join(here, place)


def evaluate(source: str, known: Mapping[str, str], here: str, script: str) -> str | None:
    """The path that a word comes to, or ``None``.

    ``known`` are variables that hold places, ``script`` the path of the script from the root or empty.
    """
    text = source.replace('"', "").replace("'", "")
    if "$" not in text and "`" not in text:
        return text
    if len(text) > _LONGEST:
        return None
    if script:
        own = ROOTED + script
        text = _OWN_FOLDER.sub(lambda _: posixpath.dirname(own) + "/", text)
        text = _TOP.sub(lambda _: ROOTED, _SCRIPT.sub(lambda _: own, text))
    text = _HERE.sub(lambda _: here or ".", text)
    text = _NAME.sub(lambda match: known.get(match.group(1), match.group()), text)
    for _ in range(8):
        before = text
        text = _SAME.sub(r"\1", text)
        text = _PARENT.sub(lambda match: _parent(match.group(1)), text)
        text = _ENTERED.sub(lambda match: join(here, match.group(1)) or ".", text)
        if text == before:
            break
    return None if re.search(r"[$`()\s*?]", text) else text


def _parent(place: str) -> str:
    if place.startswith(ROOTED):
        return _normal(posixpath.dirname(_normal(place)[len(ROOTED) :].rstrip("/")).join((ROOTED, "")))
    return posixpath.dirname(place.rstrip("/")) or "."


def may_hold_place(source: str) -> bool:
    """Whether the value of an assignment may be a place that is worth remembering."""
    return len(source) <= _LONGEST and _TOLD.search(source) is not None and "://" not in source


def option_of(words: list[str]) -> str:
    """The folder that a program is told to work in (``npm --prefix frontend run dev``), or empty."""
    for index, word in enumerate(words[:4]):
        flags = _OPTIONS.get(word)
        if flags is None:
            continue
        for at in range(index + 1, len(words)):
            for flag in flags:
                if words[at] == flag and at + 1 < len(words):
                    return words[at + 1]
                if flag.startswith("--") and words[at].startswith(flag + "="):
                    return words[at][len(flag) + 1 :]
            if words[at] == "--":
                break
    return ""


def component(place: str, script: str) -> str | None:
    """The root-relative folder of a place for a script's occurrences; ``None`` where it is not known or outside."""
    if not place:
        return None
    if place.startswith(ROOTED):
        path = place[len(ROOTED) :]
    else:
        start = posixpath.dirname(script)
        if _TOOL_FOLDERS.fullmatch(posixpath.basename(start)) and not place.startswith(".."):
            start = posixpath.dirname(start)
        path = posixpath.normpath(posixpath.join(start, place))
    if path.startswith(("..", "/")):
        return None
    return "" if path == "." else path
