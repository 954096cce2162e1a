"""Other files of the tree that a script sources, loads settings from or runs."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from portlint.collecting import Collector
from portlint.commands import Command, Word, folders
from portlint.text import Fragment

_LOADS = re.compile(r"(?:\$\(|`)[^)`]*?([\w./\-]*\.env(?:\.\w+)*)\b")
_PROGRAM_FILE = re.compile(r".*\.(?:sh|bash|py|js|mjs|cjs|ts)")
_RUNNERS = re.compile(r"sh|bash|zsh|dash|python[0-9.]*|node|bun|deno|tsx|ts-node")


@dataclass(frozen=True, slots=True)
class Relations:
    """Puts relations of the script at ``path`` into ``into``; ``places`` are its variables that hold folders."""

    path: str
    places: dict[str, str]
    into: Collector

    def tree_path(self, written: str, directory: str) -> str | None:
        """The root-relative path of a file that the script names, or ``None`` where it is not known or outside."""
        place = folders.evaluate(written, self.places, directory, self.path or "x.sh")
        if not place or place.startswith(("/", "~")):
            return None
        place = folders.join(directory, place)
        rooted = place.startswith(folders.ROOTED)
        start = "" if rooted else posixpath.dirname(self.path)
        path = posixpath.normpath(posixpath.join(start, place[len(folders.ROOTED) :] if rooted else place))
        return None if path.startswith(("..", "/")) or path == "." else path

    def relate(self, kind: str, word: Word, directory: str, written: str = "") -> None:
        """A relation to the file that a word, or ``written`` in it, names."""
        path = self.tree_path(written or word.text, directory)
        if path is not None:
            self.into.relation(kind, path, word.span)

    def uses(self, command: Command, at: int, program: str) -> None:
        """The files that a command, with its program at index ``at``, reads settings from or runs."""
        words = command.words
        for index, word in enumerate(words):
            if word.text == "--env-file" and index + 1 < len(words):
                self.relate("env_file", words[index + 1], command.directory)
            elif word.text.startswith("--env-file="):
                self.relate("env_file", word, command.directory, word.text.partition("=")[2])
        if at != -1 and _PROGRAM_FILE.fullmatch(words[at].text) and "/" in words[at].text:
            self.relate("runs", words[at], command.directory)
        elif _RUNNERS.fullmatch(program):
            first = next((word for word in words[at + 1 :] if not word.text.startswith("-")), None)
            if first is not None and _PROGRAM_FILE.fullmatch(first.text):
                self.relate("runs", first, command.directory)

    def loads(self, command: Command, source: Fragment) -> None:
        """``export $(grep -v '^#' .env | xargs)``, from its source text."""
        for match in _LOADS.finditer(source.text):
            path = self.tree_path(match.group(1), command.directory)
            if path is not None:
                self.into.relation("sources", path, source.span(*match.span(1)))
