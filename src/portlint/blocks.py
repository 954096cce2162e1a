"""Configuration made of directives in nested blocks: nginx (``;`` ends a directive) and Caddyfile (a line does).

Sources: nginx "Beginner's Guide: Configuration File's Structure" and ``ngx_conf_file.c`` (1.27); Caddy 2 "Caddyfile
Concepts" and its ``lexer.go``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from portlint.text import Fragment, Lines

_NGINX = re.compile(
    r"""(?P<space>\s+)
    |(?P<comment>\#[^\r\n]*)
    |(?P<skip>\{%[^{}\r\n]*%\}|<%[^=][^<>\r\n]*%>)
    |(?P<template>\{\{[^{}\r\n]*\}\}[^\s;{}]*)
    |"(?P<double>(?:\\.|[^"\\])*)" | '(?P<single>(?:\\.|[^'\\])*)'
    |(?P<mark>[;{}])
    |(?P<word>(?:\\.|\$\{[^{}\s]{0,200}\}|\{\{[^{}\r\n]*\}\}|<%=[^<>\r\n]*%>|[^\s;{}\\]|\\)+)""",
    re.VERBOSE | re.DOTALL,
)
_CADDY = re.compile(
    r"""(?P<joint>\\\r?\n)
    |(?P<line>\r\n|\r|\n)
    |(?P<space>[^\S\r\n]+)
    |(?P<comment>\#[^\r\n]*)
    |"(?P<double>(?:\\.|[^"\\])*)" | `(?P<single>[^`]*)`
    |<<(?P<heredoc>[A-Za-z0-9_]+)(?=[ \t]*\r?\n)
    |(?P<mark>[{}](?=\s|\Z))
    |(?P<word>(?:\{\$[^{}\r\n]*(?:\{\$[^{}\r\n]*\}[^{}\r\n]*)*\}|[^\s])+)""",
    re.VERBOSE | re.DOTALL,
)
_MOST_PROBLEMS = 20
_DEEPEST = 50  # blocks deeper than this count to the one around them, so that broken files stay cheap
_LUA = re.compile(r"""[{}]|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|--[^\n]*""")


@dataclass(frozen=True, slots=True, eq=False)
class Directive:
    """One directive: its words without quotes, and the directive in whose block it stands."""

    words: tuple[Fragment, ...]
    parent: Directive | None = None
    block: bool = False

    @property
    def name(self) -> str:
        """The first word, or empty for a block without one (Caddy's global options)."""
        return self.words[0].text if self.words else ""

    def ancestors(self) -> Iterator[Directive]:
        """The directives around this one, innermost first."""
        parent = self.parent
        while parent is not None:
            yield parent
            parent = parent.parent


@dataclass(slots=True)
class Blocks:
    """A file's directives in order (a block before what is in it), comments without their mark, and what is broken."""

    directives: list[Directive] = field(default_factory=list)
    comments: list[Fragment] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


class _Builder:
    """Puts words, ends and braces together to directives."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks = Blocks()
        self.words: list[Fragment] = []
        self.parent: Directive | None = None
        self.opened: list[tuple[int, Directive | None]] = []

    def end(self) -> None:
        """The directive is over."""
        if self.words:
            self.blocks.directives.append(Directive(tuple(self.words), self.parent))
            self.words = []

    def open(self, at: int) -> Directive:
        """A block begins."""
        directive = Directive(tuple(self.words), self.parent, True)
        self.words = []
        self.opened.append((at, self.parent))
        self.blocks.directives.append(directive)
        if len(self.opened) <= _DEEPEST:
            self.parent = directive
        return directive

    def close(self, at: int) -> None:
        """A block is over."""
        self.end()
        if self.opened:
            self.parent = self.opened.pop()[1]
        else:
            self.problem(at, "} without {")

    def problem(self, at: int, message: str) -> None:
        """Something is broken at an offset."""
        if len(self.blocks.problems) < _MOST_PROBLEMS:
            self.blocks.problems.append((Lines(self.text).position(at)[0], message))

    def finish(self) -> Blocks:
        """The file is over."""
        self.end()
        if self.opened:
            self.problem(self.opened[-1][0], "{ without }")
        return self.blocks


def nginx(text: str) -> Blocks:
    """The directives of an nginx configuration. Template marks (``{{ x }}``, ``<%= x %>``) are kept within words."""
    builder = _Builder(text)
    position = 0
    while position < len(text):
        match = _NGINX.match(text, position)
        if match is None:  # a quote that is never closed
            builder.problem(position, "quote without an end")
            position = _line_end(text, position)
            continue
        position, kind = match.end(), match.lastgroup or ""
        if kind == "comment":
            builder.blocks.comments.append(Fragment.slice_of(text, match.start() + 1, match.end()))
        elif kind == "mark":
            mark = match.group()
            if mark == ";":
                builder.end()
            elif mark == "}":
                builder.close(match.start())
            elif builder.open(match.start()).name.endswith("_by_lua_block"):
                position = _matching(text, position)
        elif kind not in ("space", "skip"):
            group = "word" if kind == "word" else kind
            builder.words.append(Fragment.slice_of(text, *match.span(group)))
    return builder.finish()


def caddy(text: str) -> Blocks:
    """The directives of a Caddyfile. A list of addresses with commas may go on over lines."""
    builder = _Builder(text)
    position = 0
    while position < len(text):
        match = _CADDY.match(text, position)
        if match is None:
            builder.problem(position, "quote without an end")
            position = _line_end(text, position)
            continue
        position, kind = match.end(), match.lastgroup or ""
        if kind == "line":
            if not (builder.words and builder.words[-1].text.endswith(",")):
                builder.end()
        elif kind == "comment":
            builder.blocks.comments.append(Fragment.slice_of(text, match.start() + 1, match.end()))
        elif kind == "mark":
            if match.group() == "{":
                builder.open(match.start())
            else:
                builder.close(match.start())
        elif kind == "heredoc":
            position = _heredoc_end(text, position, match.group("heredoc"))
        elif kind not in ("space", "joint"):
            builder.words.append(Fragment.slice_of(text, *match.span(kind)))
    return builder.finish()


def _line_end(text: str, position: int) -> int:
    found = [at for at in (text.find("\n", position), text.find("\r", position)) if at != -1]
    return min(found) if found else len(text)


def _matching(text: str, position: int) -> int:
    """The offset of the brace that closes the one before ``position``; the end where there is none."""
    depth = 1
    for match in _LUA.finditer(text, position):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if not depth:
            return match.start()
    return len(text)


def _heredoc_end(text: str, position: int, mark: str) -> int:
    match = re.compile(rf"^[ \t]*{re.escape(mark)}\b", re.MULTILINE).search(text, position)
    return match.end() if match else len(text)
