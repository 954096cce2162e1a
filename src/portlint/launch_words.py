"""The words of a launched command: program names, flags with their values, addresses, with exact spans.

Words are looked at in their flattened form (:func:`portlint.urls.flatten`): each variable is one private character, so
that ``--port=${PORT:-80}`` can be cut at its ``=`` and the value keeps its expression.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from portlint import names, urls
from portlint.collecting import Collector
from portlint.commands import Assignment, Word
from portlint.model import Role
from portlint.text import Span
from portlint.values import Concatenation, Expression, Literal, Reference, literal_text, span_of

HOLE = "\U000f0000-\U000f7fff"
"""The range of private characters that stand for variables, for character classes of regular expressions."""

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)=")
_SUFFIX = re.compile(r"\.(?:exe|cmd|bat|ps1|com)$", re.IGNORECASE)
_PLATFORM = re.compile(
    r"[-_.](?:windows|win(?:32|64)?|linux|darwin|macos|freebsd|musl)(?:[-_.](?:amd64|arm64|x86_64|x86|x64|386|aarch64|arm))*$"
)
_VERSION = re.compile(rf"(?<=.)@[\w.^~*\-{HOLE}]*$")
_FLAG = re.compile(r"-{1,2}[A-Za-z?]")
_ATTACHED = re.compile(rf"-[A-Za-z][0-9:\[{HOLE}]|-[A-Za-z][\w.\-]*:[0-9{HOLE}]")
_EMPTY_TOKENS = frozenset("exe bin cmd path program command binary executable cli prog file app tool run".split())

_LOCAL_NAME = re.compile(r"(?:.*\.)?(?:localhost|local|internal|lan|svc|test)")
_NO_SERVER = frozenset("file git s3 gs docker oci data chrome".split())


@dataclass(frozen=True, slots=True)
class Part:
    """A word of a command, or a part of one. ``flat`` has one private character for each variable."""

    flat: str
    value: Expression
    text: str = ""
    """A whole word with its variables as written; empty for a part of one."""
    written: Span | None = None
    """Where a whole word is written, which its value does not say when a variable in it was resolved."""

    @classmethod
    def of(cls, value: Expression) -> Part:
        """A part from its expression."""
        return cls(urls.flatten(value)[0], value)

    @property
    def span(self) -> Span:
        """Where it is written."""
        return self.written or span_of(self.value)

    @property
    def literal(self) -> bool:
        """Whether no variable is in it."""
        return not isinstance(self.value, Concatenation | Reference) and isinstance(self.value, Literal)

    @property
    def is_flag(self) -> bool:
        """Whether it begins as a flag does; ``-`` alone and negative numbers do not."""
        return _FLAG.match(self.flat) is not None

    def cut(self, start: int, end: int | None = None) -> Part:
        """The part between two indices of ``flat``."""
        end = len(self.flat) if end is None else end
        return Part(self.flat[start:end], urls.slice_expression(self.value, start, end))

    def pieces(self, separators: str) -> Iterator[Part]:
        """The parts between separator characters, without empty ones."""
        for match in re.finditer(f"[^{re.escape(separators)}]+", self.flat):
            yield self.cut(*match.span())


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag as written and its value, ``None`` where it has none."""

    name: str
    value: Part | None
    word: Part


def parts_of(words: Iterable[Word]) -> list[Part]:
    """The words of a command. A word's span without quotes stays that of its expression."""
    return [Part(urls.flatten(word.value)[0], word.value, word.text, word.span) for word in words]


def assignment(part: Part) -> Assignment | None:
    """``NAME=value`` given as a word (to ``env``, ``docker run -e``), else ``None``."""
    match = _ASSIGNMENT.match(part.flat)
    if not match:
        return None
    value = part.cut(match.end())
    return Assignment(match.group(1), value.value, value.span)


def base_name(part: Part) -> str:
    """The base name of a program word, without folder, ``.exe``, platform and ``@version``; a scope (``@a/b``) stays.

    Of a variable it is the text of its default, or else empty.
    """
    flat = part.flat
    if flat.startswith("@"):
        return _VERSION.sub("", flat).lower()
    name = re.split(r"[/\\]", flat.rstrip("/\\"))[-1]
    if re.fullmatch(f"[{HOLE}]", name):
        reference = _reference(part)
        operand = reference.operand if reference else None
        return base_name(Part.of(operand)) if isinstance(operand, Literal) and operand.text else ""
    if re.search(f"[{HOLE}]", name):
        return ""
    return _PLATFORM.sub("", _SUFFIX.sub("", _VERSION.sub("", name)).lower())


def variable_names(part: Part) -> tuple[str, ...]:
    """Program names that the name of a variable suggests: ``$REDIS_SERVER_BIN`` may be ``redis-server``."""
    reference = _reference(part)
    if reference is None:
        return ()
    plain = reference.name.lower()
    words = [word for word in names.tokens(reference.name) if word not in _EMPTY_TOKENS]
    joined = ("-".join(words), "_".join(words), "".join(words)) if words else ()
    return tuple(dict.fromkeys((plain, plain.replace("_", "-"), *joined)))


def _reference(part: Part) -> Reference | None:
    value = part.value
    last = value.parts[-1] if isinstance(value, Concatenation) else value
    return last if isinstance(last, Reference) else None


def shown(part: Part) -> str:
    """A word as a person would name it in a table: variables as ``$NAME``, paths without ``./``."""
    _, atoms = urls.flatten(part.value)
    text, index = [], 0
    for character in part.flat:
        if "\U000f0000" <= character <= "\U000f7fff":
            atom = atoms[index] if index < len(atoms) else None
            text.append("$" + atom.name if isinstance(atom, Reference) else "...")
            index += 1
        else:
            text.append(character)
    return "".join(text).replace("\\", "/").removeprefix("./")


def parse(
    words: list[Part],
    valued: Collection[str] = (),
    switches: Collection[str] = (),
    plain_words: Collection[str] = (),
    *,
    greedy: bool = True,
) -> tuple[list[Flag], list[Part]]:
    """Flags with their values, and the plain arguments, each in order.

    A flag in ``valued`` takes the next word, one in ``switches`` does not; an unknown one takes it if ``greedy``,
    unless it begins with ``--no-`` or the next word is a flag or one of ``plain_words``. ``-p8000`` is understood for
    flags in ``valued``.
    """
    flags: list[Flag] = []
    plain: list[Part] = []
    index = 0
    while index < len(words):
        word = words[index]
        following = words[index + 1] if index + 1 < len(words) else None
        index += 1
        if word.flat == "--":
            continue
        if not word.is_flag:
            plain.append(word)
            continue
        name, equals, _ = word.flat.partition("=")
        if equals:
            flags.append(Flag(name, word.cut(len(name) + 1), word))
            continue
        if name in switches:
            flags.append(Flag(name, None, word))
            continue
        joined = f"{name}{following.flat.partition('=')[0]}" if following is not None and "=" in following.flat else ""
        if following is not None and joined in valued:
            flags.append(Flag(joined, following.cut(following.flat.index("=") + 1), word))
            index += 1
            continue
        if name not in valued and name[:2] in valued and _ATTACHED.match(name):
            flags.append(Flag(name[:2], word.cut(2), word))
            continue
        takes = following is not None and not following.is_flag and following.flat != "--"
        if takes and name not in valued:
            assert following is not None
            takes = greedy and not name.startswith("--no-") and following.flat not in plain_words
        flags.append(Flag(name, following if takes else None, word))
        index += takes
    return flags, plain


def web_addresses(words: list[Part], into: Collector, role: Role, fields: dict[str, Any]) -> bool:
    """Every URL in the words that may be of this repository: loopback, a port, a short host name or a variable."""
    found = False
    for word in words:
        if "://" not in word.flat:
            continue
        for parts, match in zip(urls.find_urls(word.value), urls.URL_PATTERN.finditer(word.flat), strict=True):
            if is_near(parts):
                one = urls.slice_expression(word.value, *match.span())
                into.url(role, one, **{"how": "argument", **fields})
                found = True
    return found


def is_near(parts: urls.UrlParts) -> bool:
    """Whether a URL may point into this repository, not at some site."""
    scheme = literal_text(parts.scheme) if parts.scheme is not None else None
    if parts.host is None or scheme in _NO_SERVER:
        return False
    host = literal_text(parts.host)
    if parts.port is not None or host is None:
        return True
    if not host:
        return False
    return host.lower() in urls.LOOPBACK or "." not in host or bool(_LOCAL_NAME.fullmatch(host.lower()))


def near_address(part: Part) -> bool:
    """Whether a plain argument is ``host:port`` with or without a path (``localhost:8000/health``)."""
    parts = urls.split_address(part.value)
    if parts is None or parts.host is None:
        return False
    host = literal_text(parts.host)
    return host is None or bool(re.search(r"[A-Za-z]|[0-9]\.[0-9]", host))
