"""What text for people says of ports, hosts and URLs: documentation, comments, descriptions, help texts.

English and Chinese. The sources of the forms are the texts of public repositories, not a specification.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from portlint import names, prose_links, prose_phrases, templates
from portlint.collecting import Collector
from portlint.model import HOST_NETWORK, Kind, Role, container
from portlint.prose_hedges import Sentences
from portlint.text import Fragment
from portlint.values import Expression, Literal

_MATTERS = re.compile(r"[0-9]{2}|localhost|://|[A-Z]=")
_VALUE = r"(?P<v>\"[^\"\n]*\"|'[^'\n]*'|\[[^\]\n]*\]|(?:\$\{[^}\n]*\}|[^\s\"'`<>|，。；、（）()】])+)"
_ASSIGNMENT = re.compile(
    r"(?<![\w$/.\-])(?P<dashes>--)?(?P<name>[A-Za-z_][\w.\-]*)"
    rf"(?:=|[ \t]+=[ \t]+|:[ \t]*[A-Za-z_][\w.\[\]|]*[ \t]*=[ \t]*|(?P<colon>`?:[ \t]*)){_VALUE}"
)
_BEFORE_COMMAND = re.compile(
    r"(?:[ \t]+[A-Z][A-Z0-9_]*=\S+)*[ \t]+(?:\$0|\.{0,2}/[\w.]|(?:bash|sh|npm|"
    r"pnpm|yarn|npx|node|python3?|uv|make|docker|go|cargo)\b)"
)
_MAPPING = re.compile(
    r"(?:(?<![\w-])(?:-p|--publish)[= ]|\bports?\b|端口(?:映射)?)[=:：\s`\"'\-]*(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3}:)?"
    r"(?P<host>[0-9]{2,5}):(?P<inside>[0-9]{2,5})(?![0-9:])",
    re.IGNORECASE,
)
_SCREAMING = re.compile(
    r"(?<![A-Za-z0-9_$])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![A-Za-z0-9_])|"
    r"(?<![A-Za-z0-9_$])PORT(?![A-Za-z0-9_])|(?<=`)[A-Za-z_][\w.\-]*(?=`)"
)
_SIDE_AFTER = re.compile(
    r"\A[`\"'*]*\s+(?:of|on|in|inside)\s+(?:the\s+|your\s+|its\s+)?(?:[\w-]+\s+){0,3}?(host|container)\b", re.IGNORECASE
)
_SIDE_BEFORE = re.compile(
    r"\b(host|container|internal|external)\s+port[\s`\"'*:]*$|(宿主机|容器)(?:内)?端口[\s`：:]*$", re.I
)
_HOST_WORDS = frozenset({"host", "external", "宿主机"})
_ASSIGNED = re.compile(r"(?P<name>[A-Z][A-Z0-9_]+)=[\"']?$")
_ATTRIBUTES = frozenset({"href", "src", "action", "cite", "poster", "content", "xmlns", "srcset", "alt", "title"})
_WORDS = frozenset({"URL", "URI", "HOST", "IP", "API", "DOMAIN", "SERVER", "ADDRESS", "HTTP", "HTTPS", "TCP", "UDP"})
_SAYS_PORT = re.compile(r"(?<![A-Za-z0-9])ports?(?![A-Za-z0-9])|端口", re.IGNORECASE)
_SAYS_HOST = re.compile(r"\b(?:hosts?|hostname|bind|interface)\b|主机|绑定", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"^[\"'\[]*(?:<|\{\{|your|change|xxx|\.\.\.)|[-_]your[-_]", re.IGNORECASE)
_PLACEHOLDER_HOST = re.compile(r"://(?:[^@/]*@)?(?:$|<|\[(?!::))")
_PLAIN_HOST = re.compile(r"localhost|(?:[0-9]{1,3}\.){3}[0-9]{1,3}")


def collect(fragment: Fragment, into: Collector, *, name: str = "", **fields: Any) -> None:
    """Put into ``into``, with the role ``documents``, everything a person would read in a text.

    ``name`` is the setting that the text describes (the assignment a comment stands beside, the field of a
    description): a bare "default 8300" is then about that setting. ``fields`` are Occurrence fields.
    """
    if _MATTERS.search(fragment.text):
        _Reading(fragment, into, name, fields).run()


class _Reading:
    """One text being read: which of its characters are taken, and where its sentences end."""

    def __init__(self, fragment: Fragment, into: Collector, name: str, fields: dict[str, Any]) -> None:
        self.fragment, self.text, self.into = fragment, fragment.text, into
        self.name, self.kind = name, names.kind_of(name) if name else None
        self.fields = {"how": "text", **fields}
        self.sentences = Sentences(fragment.text)
        self.taken = bytearray(len(fragment.text))
        self.named = False

    def run(self) -> None:
        """Find everything, the surest forms first."""
        first = len(self.into.occurrences)
        self._assignments()
        for start, end, placeholder in prose_links.urls(self.text):
            if self._claim(start, end):
                self._link(start, end, placeholder)
        self._mappings()
        for start, end, placeholder in prose_links.addresses(self.text):
            if self._claim(start, end):
                self._link(start, end, placeholder)
        for hit in prose_phrases.find(self.text):
            if self._concerns(hit) and self._claim(hit.start, hit.end):
                self._phrase(hit)
        found = self.into.occurrences[first:]
        self.into.occurrences[first:] = [
            replace(item, role=Role.DOCUMENTS) for item in found if item.role is not Role.READS
        ]

    def _claim(self, start: int, end: int) -> bool:
        if any(self.taken[start:end]) or self.sentences.silent(start):
            return False
        self.taken[start:end] = b"\1" * (end - start)
        return True

    def _expression(self, start: int, end: int) -> Expression:
        piece = self.fragment.cut(start, end)
        return templates.parse(piece) if "$" in piece.text else Literal(piece.text, piece.whole)

    def _state(self, start: int, end: int, name: str, **more: Any) -> dict[str, Any]:
        optional = bool(self.fields.get("optional")) or self.sentences.optional(start, end)
        return {**self.fields, "name": name, "optional": optional, **more}

    def _assignments(self) -> None:
        for match in _ASSIGNMENT.finditer(self.text):
            name, (start, end) = match.group("name"), match.span("v")
            kind = names.kind_of(name)
            raw = match.group("v")
            if raw[0] in "\"'" and len(raw) > 1:
                start, end = start + 1, end - 1
            else:
                end = start + len(raw.rstrip(".,;:!?*_"))
            value = self.text[start:end]
            if not value or _PLACEHOLDER.search(value) or not self._assigns(match, kind, value):
                continue
            if not self._claim(start, end):
                continue
            before = len(self.into.occurrences)
            fields = self._state(start, end, "" if match.group("dashes") else name)
            if not match.group("dashes") and _BEFORE_COMMAND.match(self.text, match.end()):
                fields["optional"] = True  # how to override it for one run
            if match.group("dashes"):
                fields["name"] = self._explicit(start, end, Kind.PORT) or (self.name if self.kind is Kind.PORT else "")
                self.into.port(Role.DOCUMENTS, self._expression(start, end), **fields)
            else:
                del fields["name"]
                self.into.setting(name, self._expression(start, end), Role.DOCUMENTS, **fields)
            if len(self.into.occurrences) == before:
                self.taken[start:end] = bytes(end - start)

    def _assigns(self, match: re.Match[str], kind: Kind | None, value: str) -> bool:
        name = match.group("name")
        if name.lower() in _ATTRIBUTES or value.endswith("://") or (_PLACEHOLDER_HOST.search(value) and "://" in value):
            return False
        upper = name.isupper()
        digits = value.isdigit() and prose_phrases.plausible(value)
        if match.group("dashes"):
            return kind is Kind.PORT and (digits or value.startswith("$"))
        if match.group("colon") is not None and (
            name in _WORDS or not (upper or (("_" in name or "." in name) and kind is not None))
        ):
            return False
        if kind is Kind.PORT:
            return digits or value.startswith("$")
        if match.group("colon") is not None and kind is Kind.HOST and not _PLAIN_HOST.fullmatch(value):
            rest = self.text[match.end("v") : match.end("v") + 1]
            return "." in value.strip(".") or rest in ("", "\n", "\r")
        if "://" in value:
            return upper or kind is Kind.URL
        if upper:
            return kind is not None or bool(re.fullmatch(r"[\w.\-]+:[0-9]{2,5}", value))
        return kind is Kind.HOST and bool(_PLAIN_HOST.fullmatch(value))

    def _link(self, start: int, end: int, placeholder: bool) -> None:
        value = self._expression(start, end)
        name = self._explicit(start, end, Kind.URL) or (self.name if self.kind is Kind.URL else "")
        fields = self._state(start, end, name)
        if placeholder:
            fields["optional"] |= "example." in self.text[start:end]
            port = re.compile(r"(?<=:)[0-9]{2,5}(?=/|$|\?|#)").search(self.text, start, end)
            if port:
                self.into.port(Role.DOCUMENTS, self._expression(*port.span()), **fields)
        elif not self.into.url(Role.DOCUMENTS, value, **fields):
            self.into.address(Role.DOCUMENTS, value, **fields)

    def _mappings(self) -> None:
        for match in _MAPPING.finditer(self.text):
            start, end = match.start("host"), match.end("inside")
            if not self._claim(start, end):
                continue
            fields = self._state(start, end, "", group=self.into.number())
            inside = container(str(self.fields.get("service", "")))
            self.into.port(Role.DOCUMENTS, self._expression(*match.span("host")), **{**fields, "network": HOST_NETWORK})
            self.into.port(Role.DOCUMENTS, self._expression(*match.span("inside")), **{**fields, "network": inside})

    def _concerns(self, hit: prose_phrases.Hit) -> bool:
        """Whether a bare default is about a setting of its kind."""
        if not hit.default or self.kind is hit.kind:
            return True
        first, _ = self.sentences.around(hit.start)
        before = self.text[max(first, hit.start - 300) : hit.start]
        nearest = list(_SCREAMING.finditer(before))[-1:]
        if nearest:
            return names.kind_of(nearest[0].group()) is hit.kind
        says = _SAYS_PORT if hit.kind is Kind.PORT else _SAYS_HOST
        return says.search(before) is not None

    def _phrase(self, hit: prose_phrases.Hit) -> None:
        name = hit.name or self._explicit(hit.start, hit.end, hit.kind) or self._own(hit)
        value = self._expression(hit.start, hit.end)
        fields = self._state(hit.start, hit.end, name)
        if hit.kind is Kind.PORT and not fields.get("network"):
            fields["network"] = self._side(hit.start, hit.end)
        self.into.add(hit.kind, Role.DOCUMENTS, value, **fields)

    def _side(self, start: int, end: int) -> str:
        """The network where the sentence says so: "port 80 of the container", "host port 8080"."""
        words = [
            *_SIDE_AFTER.findall(self.text[end : end + 60]),
            *("".join(pair) for pair in _SIDE_BEFORE.findall(self.text[max(0, start - 30) : start])),
        ]
        if not words:
            return ""
        return HOST_NETWORK if words[0].lower() in _HOST_WORDS else container(str(self.fields.get("service", "")))

    def _own(self, hit: prose_phrases.Hit) -> str:
        if not self.name or self.kind not in (hit.kind, Kind.URL):
            return ""
        if hit.default:
            return self.name
        first, self.named = not self.named, True
        return self.name if first else ""

    def _explicit(self, start: int, end: int, kind: Kind) -> str:
        """The setting that the sentence names: the nearest before the value, else one close behind it."""
        first, last = self.sentences.around(start)
        assigned = _ASSIGNED.search(self.text, max(first, start - 80), start)
        if assigned:
            return assigned.group("name")
        for match in reversed(list(_SCREAMING.finditer(self.text, max(first, start - 200), start))):
            if names.kind_of(match.group()) is kind:
                return match.group()
        for match in _SCREAMING.finditer(self.text, end, min(last, end + 60)):
            if names.kind_of(match.group()) is kind:
                return match.group()
        return ""
