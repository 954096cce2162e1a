"""Environment files: ``.env`` and its relatives, examples and templates included.

Structure is python-dotenv's (:func:`dotenv.parser.parse_stream` 1.x): it keeps every character, so spans follow from
the chunks. Interpolation is :mod:`portlint.templates`. Comments above and beside a line describe its variable. What
loaders read differently is in :mod:`portlint.extractors.dotenv_loaders`.
"""

from __future__ import annotations

import io
import posixpath
import re
from dataclasses import dataclass, field

from portlint import names, prose, templates
from portlint.collecting import Collector
from portlint.extractors import dotenv_loaders, extractor
from portlint.model import Extraction, Role
from portlint.text import Fragment, Lines, Span
from portlint.values import Expression, Literal, Unknown, concatenate

_BLANK = r"[^\S\r\n]*"
_HEAD = re.compile(
    rf"\s*(?:export[^\S\r\n]+)?(?:'(?P<quoted>[^']+)'|(?P<key>[^=#\s]+))(?P<before>{_BLANK})(?P<equals>=)?(?P<after>{_BLANK})"
)
_YAML = re.compile(
    rf"\s*(?:export[^\S\r\n]+)?(?P<key>[A-Za-z_][\w.\-]*)(?P<before>{_BLANK})(?P<sign>:[^\S\r\n]+|={_BLANK})(?P<value>[^\r\n]*)"
)
_NAME = re.compile(r"[A-Za-z_][\w.\-]*", re.ASCII)
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`\r\n]*`", re.DOTALL)
_UNQUOTED = re.compile(r"[^\r\n]*?(?=\s+#|[^\S\r\n]*(?:[\r\n]|$))")
_COMMENT = re.compile(r"#[^\r\n]*")
_PLACEHOLDER = re.compile(r"<%.*?%>|\{\{.*?\}\}|\{%.*?%\}|<[A-Za-z][^<>\n]*>|__[A-Z][A-Z0-9_]*__|@[A-Z][A-Z0-9_]*@")
_UNFILLED = re.compile(
    r"(?:your|my)[-_ ][\w\-. ]*|change[-_]?(?:me|this)|x{3,}|\.{3,}|…|todo|tbd|none|null|undefined", re.IGNORECASE
)
_TEMPLATE_LINE = re.compile(r"\s*(?:\{\{|\{%|\{#|<%)")
_DECORATED = re.compile(
    r"^#?[ \t]*(?:[-=#*~_+─━═—]{2,}|\[)[ \t]*(?P<title>[^\r\n]*?)[ \t]*(?:[-=#*~_+─━═—]{2,}|\])?[ \t]*$"
)
_RULE_LINE = re.compile(r"^[ \t]*[-=#*~_+─━═—]{3,}[ \t]*$")
_SENTENCE = re.compile(r"[.。!?！？=:：,，]|[0-9]{2}")
_DIRENV = re.compile(
    r"^[ \t]*(dotenv(?:_if_exists)?|source_env(?:_if_exists)?|source_up)\b[ \t]*([^\s#;&|]*)", re.MULTILINE
)
_MOST_PROBLEMS = 20


def extract(path: str, text: str) -> Extraction:
    """What an environment file declares; a line that cannot be read is a problem, the rest is read."""
    if posixpath.basename(path) == ".envrc":
        return _direnv(path, text)
    into = Collector(default_how=".env default")
    _Reading(text, posixpath.basename(path), into).run()
    return into.build()


def _direnv(path: str, text: str) -> Extraction:
    """``.envrc`` is bash (direnv-stdlib(1)); ``dotenv`` and ``source_env`` in it load other files."""
    into = Collector()
    into.merge(extractor("shell")(path, text))
    for match in _DIRENV.finditer(text):
        default = ".env" if match.group(1).startswith("dotenv") else ".envrc"
        target = match.group(2).strip("\"'") or default
        folder = posixpath.dirname(path)
        found = posixpath.normpath(posixpath.join(folder, target))
        if not found.startswith(("..", "/")) and "$" not in found and match.group(1) != "source_up":
            into.relation("sources", found, Span(*match.span()))
    return into.build()


@dataclass
class _Reading:
    """One file being read, chunk by chunk."""

    text: str
    base: str
    into: Collector
    block: list[tuple[int, int]] = field(default_factory=list)
    """The comment lines since the last assignment or blank line: start (behind ``#``) and end."""
    section: str = ""
    group: str = ""
    first: dict[str, tuple[Span, str]] = field(default_factory=dict)

    def run(self) -> None:
        """Go through python-dotenv's chunks."""
        from dotenv.parser import parse_stream

        self.lines = Lines(self.text)
        position = 0
        for binding in parse_stream(io.StringIO(self.text, newline="")):
            start, position = position, position + len(binding.original.string)
            chunk = binding.original.string
            body = len(chunk) - len(chunk.lstrip())
            if re.search(r"[\r\n]", chunk[:body]):
                self._end_block("")
                self.group = ""
            if chunk[body : body + 1] == "#":
                comment = _COMMENT.match(self.text, start + body)
                assert comment is not None
                self.block.append((comment.start() + 1, comment.end()))
            elif binding.error:
                self._bad_line(start, position)
            elif binding.key is not None:
                self._assignment(start, position)
        self._end_block("")

    def _assignment(self, start: int, end: int) -> None:
        head = _HEAD.match(self.text, start, end)
        if head is None or _TEMPLATE_LINE.match(self.text, start, end):
            return
        name = head.group("quoted") or head.group("key")
        if not _NAME.fullmatch(name):
            if not self._yaml(start, end):
                self._problem(head.start("key"), "not a NAME=value line")
            return
        self._end_block(name)
        at = Span(
            head.start("key") if head.group("key") else head.start("quoted"),
            head.end("key") if head.group("key") else head.end("quoted"),
        )
        if head.group("equals") is None:
            dotenv_loaders.without_value(self.into, name, at)
            return
        if head.group("after") and self.text[head.end() : head.end() + 1] == "#":
            self._comment(head.end(), name)
            return
        self._value(name, head.end(), end, spaced=bool(head.group("before") or head.group("after")))

    def _value(self, name: str, start: int, end: int, *, spaced: bool = False, colon: bool = False) -> None:
        quoted = _QUOTED.match(self.text, start, end)
        if quoted and re.match(rf"{_BLANK}(?:#|[\r\n]|$)", self.text[quoted.end() : end]):
            quote, inner, after = quoted.group()[0], Span(quoted.start() + 1, quoted.end() - 1), quoted.end()
        else:
            plain = _UNQUOTED.match(self.text, start, end)
            assert plain is not None
            quote, inner, after = "", Span(*plain.span()), plain.end()
        value = _expression(Fragment.slice_of(self.text, *inner), quote)
        written = self.text[inner.start : inner.end]
        found = False
        if written and not _PLACEHOLDER.fullmatch(written.strip()) and not _UNFILLED.fullmatch(written.strip()):
            found = self.into.setting(name, value, Role.DECLARES, span=None, how=self.base, label=self._label())
        concerned = found or names.kind_of(name) is not None
        if concerned:
            dotenv_loaders.compare(self.into, name, written, inner, quote, spaced=spaced, colon=colon)
        self._duplicate(name, inner, written if concerned else "", written)
        self._comment(after, name, end)

    def _duplicate(self, name: str, span: Span, shown: str, written: str) -> None:
        if name not in self.first:
            self.first[name] = (span, written)
            return
        place, before = self.first[name]
        line = self.lines.position(place.start)[0]
        same = before == written
        message = f"{name} is set twice: line {line} says " + (
            "the same" if same else "another value; the last one counts"
        )
        related = ((place, before if shown else "", "first set here"),)
        self.into.remark("duplicate-key", span, name=name, value=shown, message=message, related=related)

    def _comment(self, start: int, name: str, end: int | None = None) -> None:
        comment = re.compile(rf"{_BLANK}(#[^\r\n]*)").match(self.text, start, len(self.text) if end is None else end)
        if comment:
            self._read_prose(Fragment.slice_of(self.text, comment.start(1) + 1, comment.end(1)), name)

    def _read_prose(self, fragment: Fragment, name: str) -> None:
        prose.collect(fragment, self.into, name=name, commented=True, how="comment", label=self._label())

    def _end_block(self, name: str) -> None:
        """The comment block is over: it is a section's title, or describes the assignment below it."""
        block, self.block = self.block, []
        if not block:
            return
        self._title([self.text[start:end] for start, end in block], bool(name))
        parts: list[tuple[str, int]] = []
        for start, end in block:
            parts += [(self.text[start:end], start), ("\n", end)]
        self._read_prose(Fragment.pieces(parts, block[-1][1] + 1), name)

    def _title(self, lines: list[str], beside: bool) -> None:
        rules = [bool(_RULE_LINE.match(line)) for line in lines]
        titles = [
            line.strip(" \t#") for line, rule in zip(lines, rules, strict=True) if not rule and line.strip(" \t#")
        ]
        if any(rules):
            self.section, self.group = (titles[0] if titles else self.section), ""
            return
        decorated = _DECORATED.match(lines[0])
        if decorated and decorated.group("title"):
            self.section, self.group = decorated.group("title").strip(" \t#-=*"), ""
        elif beside and titles and not self.group and len(titles[0]) <= 60 and not _SENTENCE.search(titles[0]):
            self.group = titles[0]

    def _label(self) -> str:
        return " > ".join(part for part in (self.section, self.group) if part)

    def _bad_line(self, start: int, end: int) -> None:
        if _TEMPLATE_LINE.match(self.text, start, end) or self._yaml(start, end):
            return
        text = self.text[start:end]
        self._problem(start + len(text) - len(text.lstrip()), "not a NAME=value line")

    def _yaml(self, start: int, end: int) -> bool:
        """``NAME: value``, which some loaders accept, and values whose quotes do not close."""
        match = _YAML.match(self.text, start, end)
        if match is None:
            return False
        name, colon = match.group("key"), match.group("sign").startswith(":")
        self._end_block(name)
        if not colon:
            self._problem(match.start("key"), "the quotes of this value do not close")
        opened = 0 if colon else len(match.group("value")) - len(match.group("value").lstrip("'\"`"))
        self._value(name, match.start("value") + opened, match.end(), colon=colon)
        return True

    def _problem(self, offset: int, message: str) -> None:
        if len(self.into.problems) < _MOST_PROBLEMS:
            self.into.problem(self.lines.position(offset)[0], message)


def _expression(fragment: Fragment, quote: str) -> Expression:
    """The value of a line: single quotes are literal, placeholders of template engines are unknown."""
    if quote in ("'", "`"):
        return Literal(fragment.text, fragment.whole)
    parts: list[Expression] = []
    position = 0
    for match in _PLACEHOLDER.finditer(fragment.text):
        if match.start() > position:
            parts.append(templates.parse(fragment.cut(position, match.start()), templates.DOTENV))
        parts.append(Unknown(match.group(), fragment.span(*match.span()), "template placeholder"))
        position = match.end()
    if not parts:
        return templates.parse(fragment, templates.DOTENV)
    if position < len(fragment.text):
        parts.append(templates.parse(fragment.cut(position, len(fragment.text)), templates.DOTENV))
    return concatenate(parts)
