"""Comments that speak to portlint: ``portlint: ignore[PL103] reason`` and ``portlint: ignore-file[PL103] reason``.

A directive counts where it is a comment of its file's own format. Behind something it is about its own line, alone on a
line about the next line that holds more than a directive; in a Markdown document above a code block, about the block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portlint.text import Lines, Region, Span

MARK = b"portlint:"
"""What the bytes of a file with a directive contain (UTF-8)."""

VERBS = ("ignore", "ignore-file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """One directive; lines are 1-based, both ends included, 0 for the whole file."""

    rules: tuple[str, ...]
    reason: str
    first: int
    last: int
    span: Span
    region: Region
    problem: str = ""
    """Why it cannot count."""
    example: bool = False
    """It may stand there to be read by people, so nothing is said where it suppresses nothing."""

    def covers(self, region: Region) -> bool:
        """Whether it is about a place."""
        return not self.first or (region.line <= self.last and region.end_line >= self.first)


_HASH = r"\#+"
_SLASHES = r"//+|/\*+"
_ARROW = r"<!--"
_OPENERS = {
    "document": _ARROW,
    "javascript": _SLASHES + "|" + _ARROW,
    "jsonconfig": _SLASHES,
    "batch": r"::|[Rr][Ee][Mm]\b|" + _HASH,
    "ini": _HASH + r"|;+",
    "conf": _HASH + r"|;+|//+|--",
    "systemd": _HASH + r"|;+",
    "properties": _HASH + r"|!",
    "hcl": _HASH + "|" + _SLASHES,
    "httpfile": _HASH + r"|//+",
    "otherlanguages": _HASH + "|" + _SLASHES,
    "packagejson": r"(?!)",
}
"""What begins a comment, by format; ``#`` where nothing is said. Template comments are comments in every format."""
_TEMPLATES = r"\{\#|\{\{-?\s*/\*|<%\#|%%|--(?=\s)|\.\.(?=\s)"
_OTHER_DOCUMENTS = {"rst": r"\.\.(?=\s)", "adoc": r"//", "asciidoc": r"//"}
_CLOSERS = re.compile(r"\s*(?:-->|\*+/|#\}|\*/\s*-?\}\}|%>).*$", re.DOTALL)
_BODY = re.compile(r"portlint:[ \t]*(?P<verb>[A-Za-z][\w-]*)[ \t]*(?:\[(?P<rules>[^\]\r\n]*)\])?(?P<rest>[^\r\n]*)")
_FENCE = re.compile(r"^[ \t>]*(?P<mark>`{3,}|~{3,})", re.MULTILINE)
_MOST = 1000


def find(format: str, path: str, text: str) -> tuple[Directive, ...]:
    """The directives of a file, in order."""
    lines, found = Lines(text), []
    fences = list(_fences(text)) if format == "document" else []
    # A line that holds nothing but a directive is none that another one is about.
    starts = list(_starts(format, path, text, fences))[:_MOST]
    alone = {lines.position(start)[0] for start, _ in starts if _is_alone(text, start)}
    for start, match in starts:
        verb = match["verb"]
        span = Span(match.start(), match.end() - len(match["rest"]))
        line = lines.position(match.start())[0]
        problem = _problem(match)
        if problem is None:
            continue
        rules = tuple(word.strip() for word in (match["rules"] or "").split(",") if word.strip())
        first = last = line
        inside = next((fence for fence in fences if fence[0] <= start < fence[1]), None)
        if verb == "ignore-file":
            first = last = 0
        elif line in alone:
            last += 1
            while last in alone:
                last += 1
            block = next((fence for fence in fences if lines.position(fence[0])[0] == last), None)
            if block is not None and inside is None:
                last = lines.position(block[1])[0]
        found.append(
            Directive(
                rules=rules,
                reason=_CLOSERS.sub("", match["rest"]).strip(" \t:-"),
                first=first,
                last=last,
                span=span,
                region=lines.region(span),
                problem=problem,
                example=inside is not None,
            )
        )
    return tuple(found)


def _problem(match: re.Match[str]) -> str | None:
    """What is wrong with a directive, empty where nothing is; ``None`` where it is none at all."""
    verb = match["verb"]
    if verb not in VERBS:
        import difflib

        near = difflib.get_close_matches(verb.lower(), (*VERBS, "disable", "noqa", "skip"), n=1, cutoff=0.75)
        if match["rules"] is None and not near:
            return None  # a sentence about portlint
        return f"expected ignore[...] or ignore-file[...], not {verb}"
    if match["rules"] is None and re.match(r"[ \t]*[,.;)'\"`]", match["rest"]):
        return None
    if not (match["rules"] or "").strip(" ,"):
        return f"expected the rules that it is about, as in {verb}[PL103]"
    return ""


def _is_alone(text: str, start: int) -> bool:
    """Whether nothing stands before a comment on its line."""
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    return not text[line:start].strip(" \t>\ufeff{@")


def _starts(format: str, path: str, text: str, fences: list[tuple[int, int]]) -> Iterator[tuple[int, re.Match[str]]]:
    """Where the comment of each directive begins, and the directive."""
    ending = path.rpartition(".")[2].lower()
    openers = _OTHER_DOCUMENTS.get(ending, _OPENERS.get(format, _HASH))
    if format != "document":
        openers += "|" + _TEMPLATES
    if ending in ("tsx", "jsx", "mdx"):
        openers += r"|\{/\*"
    within = re.compile(rf"(?P<open>{_HASH}|{_SLASHES}|{openers})[ \t]*(?:@REM[ \t]+)?$")
    plain = re.compile(rf"(?P<open>{openers})[ \t]*$")
    for match in _BODY.finditer(text):
        line = max(text.rfind("\n", 0, match.start()), text.rfind("\r", 0, match.start())) + 1
        fenced = any(first <= match.start() < last for first, last in fences)
        opener = (within if fenced else plain).search(text, line, match.start())
        if opener is None:
            continue
        start = opener.start()
        before = text[line:start]
        if before and not before[-1].isspace() and before[-1] not in "@({>;,\ufeff" and opener["open"][0] in "#;-:":
            continue  # a#b is no comment in most formats
        if format != "document" and _is_quoted(before):
            continue
        if format == "python" and not _is_comment(text, start):
            continue
        yield start, match


def _is_quoted(before: str) -> bool:
    """Whether a line is within quotes at its end."""
    quote = ""
    escaped = False
    for character in before:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'`":
            quote = character
    return bool(quote)


def _is_comment(text: str, start: int) -> bool:
    """Whether Python reads a comment at an offset; a text that it cannot read is believed."""
    import io
    import tokenize

    row, column = Lines(text).position(start)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.start <= (row, column - 1) < token.end:
                return token.type == tokenize.COMMENT
    except (tokenize.TokenError, SyntaxError):
        return True
    return False


def _fences(text: str) -> Iterator[tuple[int, int]]:
    """The code blocks of a Markdown text, fences included."""
    position = 0
    while (opening := _FENCE.search(text, position)) is not None:
        mark = opening["mark"]
        closing = re.compile(rf"^[ \t>]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.MULTILINE)
        end = closing.search(text, opening.end())
        position = end.end() if end else len(text)
        yield opening.start(), position
