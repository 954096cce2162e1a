"""Go, Rust, Java, Kotlin, Ruby, PHP and C#, lightly: one reader, a table of forms for each language.

No syntax tree: comments and strings are told from code by one pattern, then the forms of
:mod:`portlint.extractors.otherlanguages_forms` are looked for in what is code. Seven grammars would add 16 MB to an
installation for what this needs of them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache
from typing import Any

from portlint import names, prose, urls
from portlint.collecting import Collector
from portlint.extractors import otherlanguages_variables as variables
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
_FORMAT = re.compile(r"%[-+0-9.]*[a-z]|\{[\w.:]*\}")
_CONSTANT = re.compile(
    r"(?<![\w.\"'])\$?(?P<name>[A-Za-z_]*[pP](?:ort|ORT)[A-Za-z_]*)\s*"
    rf"(?::\s*[\w<>]+\s*=|(?:u?int\d*|uint16|string|u16|i32)\s*=|:=|=(?![=>~])|:(?![:=]))\s*{value()}"
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
    reading.bind()
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
        re.compile(rf"(?<![\w.$])(?:{language.getters}){name}{variables.FALLBACK}"),
        tuple(re.compile(pattern, re.MULTILINE) for pattern in language.listeners),
        tuple(re.compile(pattern) for pattern in language.defaults),
    )


class _Reading:
    """One file: its comments and strings, and the strings that a form has already explained."""

    def __init__(self, text: str, into: Collector, tokens: list[tuple[int, int]]) -> None:
        self.text, self.into, self.tokens = text, into, tokens
        self.starts = [start for start, _ in tokens]
        self.taken: set[int] = set()
        self.explained: set[int] = set()
        """Where defaults of the environment's variables stand, which are no constants."""
        self.held: dict[str, set[Reference]] = {}
        """What the variables of the program hold that was read of the environment."""
        self.getters: list[tuple[int, Reference]] = []

    def getter(self, match: re.Match[str]) -> None:
        """A variable of the environment, with its default where one is given."""
        if self._in_token(match.start()):
            return
        default = next((found for one in variables.SUFFIXES if (found := self._value(match, one)) is not None), None)
        before = self.text[max(0, match.start() - variables.WIDTH) : match.start()]
        target = variables.TARGET.search(before.rpartition("\n")[2])
        ours = names.kind_of(match["name"]) or (target is not None and names.kind_of(target["var"]))
        holder = target["var"] if target is not None and ours else ""
        holders = self._holders(holder, match.end()) if holder else []
        for one in holders if default is None else ():
            default, last = self._later(match.end(), one)
            if default is not None:
                holders.append(last)
                break
        if isinstance(default, Reference) or (isinstance(default, Literal) and _FORMAT.search(default.text)):
            default = None
        span = Span(*match.span("name"))
        reference = Reference(match.group("name"), span, ":-" if default is not None else "", default)
        self.into.reads(reference)
        self.getters.append((match.start(), reference))
        for one in holders:
            self.held.setdefault(one, set()).add(reference)

    def _holders(self, variable: str, end: int) -> list[str]:
        """A variable that holds what was read, and those that are made of it alone."""
        found = [variable]
        while len(found) < 4:
            copies = variables.COPIED.finditer(self.text, end, end + variables.REACH)
            new = next((match["new"] for match in copies if match["old"] == found[-1]), found[-1])
            if new in found:
                break
            found.append(new)
        return found

    def _later(self, end: int, holder: str) -> tuple[Expression | None, str]:
        """The default that a variable gets in a statement after it was read, and the variable that holds it then."""
        if holder not in variables.MENTIONED.findall(self.text, end, end + variables.REACH):
            return None, holder
        match = variables.later(holder).search(self.text, end, end + variables.REACH)
        if match is None or self._in_token(match.start()):
            return None, holder
        default = next((found for one in variables.SUFFIXES if (found := self._value(match, one)) is not None), None)
        if isinstance(default, Literal):
            self.explained.add(default.span.start)
        return default, match["new"] or match["other"] or match["third"] or holder

    def listener(self, match: re.Match[str]) -> None:
        """A server's own address or port."""
        found = self._value(match)
        if found is None or self._in_token(match.start()):
            return
        text = literal_text(found)
        fields: dict[str, Any] = {"how": "listen", "group": self.into.number()}
        if text is None:
            if isinstance(found, Reference) and not found.local:
                self.into.add(names.kind_of(found.name) or Kind.PORT, Role.LISTENS, found, **fields)
            elif isinstance(found, Reference) and {"port", "addr", "address"} & self._words(found.name):
                kind = Kind.PORT if "port" in self._words(found.name) else Kind.URL
                self.into.add(kind, Role.LISTENS, found, **fields)
        elif _is_port(text):
            self.into.port(Role.LISTENS, found, **fields)
        elif not (self.into.url(Role.LISTENS, found, **fields) or self.into.address(Role.LISTENS, found, **fields)):
            self._release(match)

    def _words(self, variable: str) -> set[str]:
        """What the name of a variable says, or that of the environment's variable which it holds."""
        told = variable if names.kind_of(variable) is not None or variable not in self.held else ""
        held = self.held.get(variable, set())
        return set(names.tokens(told)).union(*(names.tokens(item.name) for item in held if not told))

    def bind(self) -> None:
        """Bind the variables that hold one thing in the whole file."""
        for name, held in self.held.items():
            if len(held) == 1:
                self.into.bind(name, *held)

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
        if isinstance(found, Literal) and found.span.start not in self.explained and _is_port(text):
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
        if groups.get("e" + suffix) is not None:
            at = bisect_left(self.getters, match.start("e" + suffix), key=lambda found: found[0])
            close = self.getters[at : at + 1]
            return close[0][1] if close and close[0][0] - match.start("e" + suffix) <= 60 else None
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
