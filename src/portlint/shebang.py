"""The format of a script whose name has no suffix, by the interpreter that its first line names."""

from __future__ import annotations

import posixpath
import re

_FIRST = 160
"""How many bytes of a file are looked at: Linux reads no more than 256 of the line (execve(2))."""

_FORMATS = {
    "shell": re.compile(r"(?:ba|da|a|k|mk|z)?sh"),
    "python": re.compile(r"python[0-9.]*|pypy[0-9.]*|uv"),
    "javascript": re.compile(r"node(?:js)?|deno|bun|tsx|ts-node|zx"),
}


def may_have(path: str) -> bool:
    """Whether a file's name leaves open what is in it: it has no suffix (``bin/start``)."""
    return "." not in path.rpartition("/")[2]


def format_in(path: str) -> str:
    """The name of the format that the first line of a file names, or empty. Reads a few bytes; errors count as none."""
    try:
        with open(path, "rb", buffering=0) as stream:
            return format_of_line(stream.read(_FIRST))
    except (OSError, ValueError):
        return ""


def format_of_line(data: bytes) -> str:
    """The name of the format for a file that begins with these bytes, or empty."""
    if not data.startswith(b"#!"):
        return ""
    words = data[2:].split(b"\n", 1)[0].decode("utf-8", "replace").split()
    program = posixpath.basename(words[0]) if words else ""
    if program == "env":
        rest = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
        program = posixpath.basename(rest[0]) if rest else ""
    return next((name for name, pattern in _FORMATS.items() if pattern.fullmatch(program)), "")
