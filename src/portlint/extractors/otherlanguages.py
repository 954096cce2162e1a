"""Go, Rust, Java, Kotlin, Ruby, PHP and C#, lightly: one reader, a table of forms for each language.

No syntax tree: comments and strings are told from code by one pattern, then the forms of
:mod:`portlint.extractors.otherlanguages_forms` are looked for in what is code. Seven grammars would add 16 MB to an
installation for what this needs of them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import Any

from portlint import names, prose, urls
from portlint.collecting import Collector
from portlint.extractors.otherlanguages_forms import LANGUAGES, Language, value
from portlint.model import Extraction, Kind, Role
from portlint.text import Fragment, Span
from portlint.values import Expression, Literal, Reference, literal_text

_ADDRESS = re.compile(
    r"(?:https?|wss?|postgres(?:ql)?|mysql|mongodb|redis|amqp|nats|kafka|tcp|grpc)://|localhost|127\.0\.0\.1|0\.0\.0\.0|"
    r"^[\w.\-]+:[0-9]{4,5}$"
)
_ASSIGNED = re.compile(
    r"(?:\b(?:const|var)\s+(?P<go>\w+)\s+\w+\s*=|(?P<name>\w+)[\"']?\s*(?::\s*[\w<>&' ]+=|:=|=>?|:))\s*[&$@]?"
    r"(?:String::from\(\s*)?$"
)
_LOGGED = re.compile(
    r"(?:log|print|puts|echo|warn|info|error|debug|fatal|panic|write)\w*[!.]?\w*\(?\s*$", re.IGNORECASE
)
_ALLOWED = re.compile(r"origin|cors|allowed", re.IGNORECASE)
_TESTED = re.compile(r"(?:assert\w*|equal\w*|expect\w*)!?\(", re.IGNORECASE)
_FIGURES = re.compile(r"[0-9]{2}")
_CONSTANT = re.compile(
    r"(?<![\w.\"'])\$?(?P<name>[A-Za-z_]*[pP](?:ort|ORT)[A-Za-z_]*)\s*"
    rf"(?::\s*[\w<>]+\s*=|(?:u?int\d*|uint16|string|u16|i32)\s*=|:=|=(?![=>~])|:(?![:=]))\s*{value()}"
)
_FALLBACK = (
    rf"(?:\s*,\s*{value('2')})?\s*[)\]]+(?:(?:\??\.\w+\(\))?\s*(?:\?\?|\?:|\|\|)\s*{value('3')}|"
    rf"\s*\{{\s*{value('4')}\s*\}}|"
    rf"\s*\.(?:unwrap_or(?:_else)?|orElse|getOrElse)\(?\s*(?:\|\w*\|\s*|\{{\s*)?{value('5')})?"
)


def extract(path: str, text: str) -> Extraction:
    """What a source file says, as far as the table of its language knows."""
    language = LANGUAGES.get(path.rpartition(".")[2].lower())
    into = Collector("env default")
    if language is None:
        return into.build()
    patterns = _patterns(language)
    tokens = [match.span() for match in patterns[0].finditer(text)]
    reading = _Reading(text, into, tokens)
    for match in patterns[1].finditer(text):
        reading.getter(match)
    for pattern in patterns[2]:
        for match in pattern.finditer(text):
            reading.listener(match)
    for pattern in patterns[3]:
        for match in pattern.finditer(text):
            reading.default(match)
    for match in _CONSTANT.finditer(text):
        reading.constant(match)
    reading.texts()
    return into.build()


_Patterns = tuple[re.Pattern[str], re.Pattern[str], tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]


@cache
def _patterns(language: Language) -> _Patterns:
    name = r"\s*[(\[]\s*[\"'](?P<name>[A-Za-z_][\w.\-]*)[\"']"
    return (
        re.compile(language.comments),
        re.compile(rf"(?<![\w.$])(?:{language.getters}){name}{_FALLBACK}"),
        tuple(re.compile(pattern, re.MULTILINE) for pattern in language.listeners),
        tuple(re.compile(pattern) for pattern in language.defaults),
    )


class _Reading:
    """One file: its comments and strings, and the strings that a form has already explained."""

    def __init__(self, text: str, into: Collector, tokens: list[tuple[int, int]]) -> None:
        self.text, self.into, self.tokens = text, into, tokens
        self.starts = [start for start, _ in tokens]
        self.taken: set[int] = set()

    def getter(self, match: re.Match[str]) -> None:
        """A variable of the environment, with its default where one is given."""
        if self._in_token(match.start()):
            return
        span = Span(*match.span("name"))
        default = next((found for suffix in "2345" if (found := self._value(match, suffix)) is not None), None)
        if isinstance(default, Reference):
            default = None
        reference = Reference(match.group("name"), span, ":-" if default is not None else "", default)
        self.into.reads(reference)

    def listener(self, match: re.Match[str]) -> None:
        """A server's own address or port."""
        found = self._value(match)
        if found is None or self._in_token(match.start()):
            return
        text = literal_text(found)
        fields: dict[str, Any] = {"how": "listen", "group": self.into.number()}
        if text is None:
            if isinstance(found, Reference) and {"port", "addr", "address"} & set(names.tokens(found.name)):
                kind = Kind.PORT if names.kind_of(found.name) is Kind.PORT else Kind.URL
                self.into.add(kind, Role.LISTENS, found, **fields)
        elif _is_port(text):
            self.into.port(Role.LISTENS, found, **fields)
        elif not (self.into.url(Role.LISTENS, found, **fields) or self.into.address(Role.LISTENS, found, **fields)):
            self._release(match)

    def default(self, match: re.Match[str]) -> None:
        """An option or setting with a default."""
        found = self._value(match)
        if found is None or isinstance(found, Reference) or self._in_comment(match.start()):
            return
        name = match.group("name")
        text = literal_text(found) or ""
        if names.kind_of(name) is Kind.PORT and not _is_port(text):
            return
        stated = names.kind_of(name) is not None or bool(_ADDRESS.search(text))
        if stated and self.into.setting(name, found, Role.DEFAULTS, how="option default"):
            help_text = match.groupdict().get("help")
            if help_text and _FIGURES.search(help_text):
                prose.collect(Fragment(help_text, match.start("help")), self.into, name=name, how="help")

    def constant(self, match: re.Match[str]) -> None:
        """A port under a name that announces one."""
        found = self._value(match)
        name = match.group("name")
        if found is None or names.kind_of(name) is not Kind.PORT or self._in_token(match.start("name")):
            return
        text = literal_text(found)
        if isinstance(found, Literal) and _is_port(text):
            self.into.bind(name, found)
            self.into.port(Role.DEFAULTS, found, name=name, how="constant")

    def texts(self) -> None:
        """Comments, and strings with an address that no form has explained."""
        for start, end in self.tokens:
            first = self.text[start]
            if first in "/#":
                if _FIGURES.search(self.text, start, end):
                    inner = Fragment.slice_of(self.text, start + (2 if first == "/" else 1), end)
                    prose.collect(inner, self.into, commented=True, how="comment")
                continue
            width = 3 if self.text.startswith('"""', start) else 2 if first == "@" else 1
            inner = Fragment.slice_of(self.text, start + width, max(end - (width if width == 3 else 1), start + width))
            if inner.start not in self.taken and _ADDRESS.search(inner.text):
                self._string(inner, self.text[max(0, start - 100) : start])

    def _string(self, inner: Fragment, before: str) -> None:
        line = before.rpartition("\n")[2]
        if _TESTED.search(line):
            return
        if _LOGGED.search(line) or " " in inner.text.strip():
            prose.collect(inner, self.into, how="message")
            return
        assigned = _ASSIGNED.search(before)
        name = (assigned["go"] or assigned["name"]) if assigned else ""
        literal = Literal(inner.text, inner.whole)
        allows = _ALLOWED.search(line)
        constant = bool(name) and names.kind_of(name) is not None
        role = Role.ALLOWS if allows else Role.DEFAULTS if constant else Role.CONNECTS
        fields: dict[str, Any] = {"name": name, "how": "origin" if allows else "constant" if constant else "URL"}
        parts = urls.split_url(literal)
        if parts is not None and "%" not in inner.text and "{" not in inner.text:
            host = literal_text(parts.host) if parts.host is not None else ""
            if parts.port is not None or (host and "." not in host) or host in urls.LOOPBACK - {""}:
                self.into.url(role, literal, **fields)
        elif re.search(r"^[\w.\-]+:[0-9]{2,5}(?:/|$)", inner.text):
            host = inner.text.partition(":")[0]
            if host in urls.LOOPBACK or constant:
                self.into.address(role, literal, **fields)

    def _value(self, match: re.Match[str], suffix: str = "") -> Expression | None:
        groups = match.groupdict()
        for kind in "sq":
            if groups.get(kind + suffix) is not None:
                span = Span(*match.span(kind + suffix))
                self.taken.add(span.start)
                return Literal(groups[kind + suffix], span)
        if groups.get("n" + suffix):
            return Literal(groups["n" + suffix].replace("_", ""), Span(*match.span("n" + suffix)))
        if groups.get("v" + suffix):
            return Reference(groups["v" + suffix], Span(*match.span("v" + suffix)), local=True)
        return None

    def _release(self, match: re.Match[str]) -> None:
        for kind in "sq":
            if match.groupdict().get(kind) is not None:
                self.taken.discard(match.start(kind))

    def _in_token(self, offset: int) -> bool:
        index = bisect_right(self.starts, offset) - 1
        return index >= 0 and offset < self.tokens[index][1]

    def _in_comment(self, offset: int) -> bool:
        index = bisect_right(self.starts, offset) - 1
        return index >= 0 and offset < self.tokens[index][1] and self.text[self.starts[index]] in "/#"


def _is_port(text: str | None) -> bool:
    return text is not None and text.isdigit() and len(text) <= 5 and 0 < int(text) <= 65535
