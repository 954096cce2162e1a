"""What extractors write into: turns expressions into occurrences, the same way for every format."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from portlint import names, urls
from portlint.model import Extraction, Kind, Occurrence, Problem, Relation, Remark, Role, Service
from portlint.text import Span
from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, Unknown, literal_text, span_of

_HTTP = ("http", "https", "ws", "wss")
_DIGITS = re.compile(r"[0-9]{1,6}")
_MISTYPED = re.compile(r"-[0-9]{2,5}|(?=.{4,5}$)[0-9]+[A-Za-z][0-9]*|(?=.{3,5}$)(?=.*[0-9]{2})[0-9OoIlSB]+")
"""``8o80``, ``300O``, ``-8080``: meant as a port, and none."""
_MALFORMED = re.compile(
    r"(?P<twice>(?:https?|wss?)://(?:https?|wss?):)|(?:https?|wss?):/?(?=[A-Za-z0-9.\-]+:[0-9]{2,5}\b)"
)
_HOSTLIKE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._\-]*[A-Za-z0-9])?|\[?[0-9a-fA-F:]*::?[0-9a-fA-F:]*\]?|\*")
_WEAK_HOST = frozenset({"ip", "bind", "addr", "address", "listen", "server", "domain"})
_ADDRESS_WORDS = frozenset(
    "host hosts hostname server servers broker brokers bootstrap addr address addresses url uri endpoint endpoints "
    "connect connection location listen bind upstream target proxy node nodes dsn backend redis kafka memcached "
    "listeners peers origin cache database db grpc advertise advertised".split()
)
_BINDS = frozenset({"bind", "listen", "addr", "address"})
_NOT_ADDRESS = frozenset("image tag version time date cron schedule user uid ratio aspect volume format".split())


class Collector:
    """Collects what one file says. Spans and expressions must point into the file's decoded text."""

    def __init__(self, default_how: str = "default", **defaults: Any) -> None:
        """``default_how`` names a ``${X:-d}`` of this format in tables (``shell default``).

        ``defaults`` are :class:`Occurrence` fields for all occurrences that do not state them.
        """
        self.default_how = default_how
        self.defaults: dict[str, Any] = defaults
        self.occurrences: list[Occurrence] = []
        self.services: list[Service] = []
        self.relations: list[Relation] = []
        self.remarks: list[Remark] = []
        self.problems: list[Problem] = []
        self.bindings: list[tuple[str, Expression]] = []
        self.unresolved = 0
        self._numbers = 0
        self._seen: set[tuple[Kind, Role, Span, str, str, Expression]] = set()

    def number(self) -> int:
        """A new number for ``group`` or ``url``, unique in this file."""
        self._numbers += 1
        return self._numbers

    def add(self, kind: Kind, role: Role, value: Expression, *, span: Span | None = None, **fields: Any) -> None:
        """One occurrence, and one for each variable read and each default within its value."""
        self._store(kind, role, value, span or span_of(value), fields)
        self._nested(kind, value, fields)

    def port(self, role: Role, value: Expression, **fields: Any) -> None:
        """A port number or an expression for one."""
        self.add(Kind.PORT, role, value, **fields)

    def host(self, role: Role, value: Expression, **fields: Any) -> None:
        """A host name, an address or an expression for one."""
        self.add(Kind.HOST, role, value, **fields)

    def path(self, role: Role, value: Expression, **fields: Any) -> None:
        """A URL path."""
        self.add(Kind.PATH, role, value, **fields)

    def url(self, role: Role, value: Expression, *, span: Span | None = None, **fields: Any) -> bool:
        """A URL and each of its parts. ``False``, and nothing collected, where the value is no URL."""
        parts = urls.split_url(value)
        if parts is None:
            return False
        if not self._malformed(role, value, fields):
            self._parts(role, value, parts, span, fields)
        return True

    def address(self, role: Role, value: Expression, *, span: Span | None = None, **fields: Any) -> bool:
        """``host:port`` and each of its parts. ``False``, and nothing collected, where the value is none."""
        parts = urls.split_address(value)
        if parts is None:
            return False
        self._parts(role, value, parts, span, fields)
        return True

    def setting(
        self, name: str, value: Expression, role: Role = Role.DECLARES, *, span: Span | None = None, **fields: Any
    ) -> bool:
        """A named value: its kind follows from the name and the value's shape. ``False`` where it is none of ours."""
        fields = {**fields, "name": name}
        if isinstance(value, Fallback):
            return self._fallback(name, value, role, fields)
        if isinstance(value, Reference) and self._own_default(name, value):
            assert value.operand is not None
            return self.setting(
                name, value.operand, Role.DEFAULTS, **_without(fields, "name") | {"how": self.default_how}
            )
        if self._malformed(role, value, fields):
            return True
        found = urls.find_urls(value)
        if found:
            return self._found_urls(value, found, role, span, fields)
        words = set(names.tokens(name))
        kind = names.kind_of(name)
        if self._is_address(words, kind, value):
            return self.address(role, value, span=span, **fields)
        text = literal_text(value)
        if kind is Kind.HOST and text is not None and re.fullmatch(r"[0-9]{2,5}", text.strip()) and words & _BINDS:
            kind = Kind.PORT  # HTTP_BIND=9000
        if kind is Kind.PORT and (text is None or _DIGITS.fullmatch(text.strip())):
            self.port(role, value, span=span, **fields)
        elif kind is Kind.HOST and self._is_host(words, text):
            self.host(role, value, span=span, **fields)
        elif kind is Kind.URL and text is not None and text.startswith("/") and len(text) > 1:
            self.path(role, value, span=span, **fields)
        elif kind is Kind.URL and text is None:
            self.add(Kind.URL, role, value, span=span, **fields)
        elif text in _HTTP and name and words & {"scheme", "protocol", "proto"}:
            self.add(Kind.SCHEME, role, value, span=span, **fields)
        elif kind is Kind.PORT and text is not None and _MISTYPED.fullmatch(text.strip()):
            self._mistake("invalid-port", role, value, f"{text.strip()} is no number", fields)
        else:
            self.reads(value, **_without(fields, "name"))
            return False
        return True

    def reads(self, value: Expression, **fields: Any) -> None:
        """Only the variables read, and the defaults given, within an expression."""
        self._nested(None, value, fields)

    def service(self, **fields: Any) -> None:
        """A unit that runs on its own."""
        self.services.append(Service(**fields))

    def relation(self, kind: str, path: str, span: Span, **fields: Any) -> None:
        """This file, or a service in it, uses another file; ``path`` relative to the root, normalised."""
        self.relations.append(Relation(kind=kind, path=path, span=span, **fields))

    def remark(self, kind: str, span: Span, **fields: Any) -> None:
        """A fact about the file's syntax that a rule may report."""
        self.remarks.append(Remark(kind=kind, span=span, **fields))

    def problem(self, line: int, message: str) -> None:
        """A part of the file that could not be read; ``line`` is 1-based."""
        self.problems.append(Problem(line=line, message=message))

    def bind(self, name: str, value: Expression) -> None:
        """A constant of this file, for references with ``local=True``."""
        self.bindings.append((name, value))

    def build(self) -> Extraction:
        """All that was collected, in the order of the file."""
        order = sorted(self.occurrences, key=lambda o: (o.span, o.kind, o.role, o.name))
        return Extraction(
            tuple(order),
            tuple(self.services),
            tuple(self.relations),
            tuple(self.remarks),
            tuple(self.problems),
            tuple(self.bindings),
            self.unresolved,
        )

    def merge(self, other: Extraction, **fields: Any) -> None:
        """Take over what an extractor found in a part of this file (a fenced block, a heredoc).

        The other extraction's spans must already be this file's; ``fields`` fill what its occurrences left empty.
        """
        shift = self._numbers
        for item in other.occurrences:
            changes = {key: value for key, value in fields.items() if not getattr(item, key)}
            changes["group"] = item.group + shift if item.group else fields.get("group", 0)
            changes["url"] = item.url + shift if item.url else 0
            self.occurrences.append(replace(item, **changes))
            self._numbers = max(self._numbers, changes["group"], changes["url"])
        self.services.extend(other.services)
        self.relations.extend(other.relations)
        self.remarks.extend(other.remarks)
        self.problems.extend(other.problems)
        self.bindings.extend(other.bindings)
        self.unresolved += other.unresolved

    def _malformed(self, role: Role, value: Expression, fields: dict[str, Any]) -> bool:
        """Whether a text was meant as a URL and is none: a scheme written twice, a slash too few."""
        text = literal_text(value) or ""
        match = _MALFORMED.match(text)
        if match is None:
            return False
        reason = "the scheme is written twice" if match["twice"] else "two slashes belong behind the scheme"
        self._mistake("malformed-url", role, value, reason, fields)
        return True

    def _mistake(self, kind: str, role: Role, value: Expression, message: str, fields: dict[str, Any]) -> None:
        told = {**self.defaults, **fields}
        if role is Role.DOCUMENTS or told.get("commented") or told.get("optional"):
            return
        name, text = told.get("name") or str(role), urls.without_password(literal_text(value) or "")
        self.remark(kind, span_of(value), name=name, value=text, message=message)

    def _store(self, kind: Kind, role: Role, value: Expression, span: Span, fields: dict[str, Any]) -> None:
        service = fields.get("service", self.defaults.get("service", ""))
        key = (kind, role, span, fields.get("name", ""), service, value)
        if key in self._seen:
            return
        self._seen.add(key)
        if isinstance(value, Unknown):
            self.unresolved += 1
        merged = {**self.defaults, **fields}
        self.occurrences.append(Occurrence(kind=kind, role=role, value=value, span=span, **merged))

    def _nested(self, kind: Kind | None, value: Expression, fields: dict[str, Any]) -> None:
        outer = _without(fields, "name", "aliases", "how", "url")
        stack = [value]
        while stack:
            part = stack.pop()
            if isinstance(part, Concatenation):
                stack.extend(reversed(part.parts))
            elif isinstance(part, Fallback):
                stack.extend(reversed(part.options))
            elif isinstance(part, Reference):
                own = kind if part is value and kind is not None else names.kind_of(part.name)
                default = part.operator.strip(":") in ("-", "=") and not part.local
                if part.operand is not None and not (
                    default and self._default(part, part.operand, own, {**outer, "how": self.default_how})
                ):
                    stack.append(part.operand)
                if own is not None and not part.local:
                    self._store(own, Role.READS, part, part.span, {**outer, "name": part.name})

    def _default(self, reference: Reference, operand: Expression, kind: Kind | None, fields: dict[str, Any]) -> bool:
        """Whether all within a default was taken; once is enough, for defaults nest."""
        if isinstance(operand, Reference) or (isinstance(operand, Literal) and not operand.text):
            return False
        text = literal_text(operand)
        if kind is Kind.PORT and text is not None and _DIGITS.fullmatch(text):
            self._store(kind, Role.DEFAULTS, operand, span_of(operand), {**fields, "name": reference.name})
        else:
            self.setting(reference.name, operand, Role.DEFAULTS, **fields)
        return True

    def _fallback(self, name: str, value: Fallback, role: Role, fields: dict[str, Any]) -> bool:
        done = False
        for option in value.options:
            done = self.setting(name, option, role, **_without(fields, "name")) or done
        return done

    def _parts(
        self, role: Role, value: Expression, parts: urls.UrlParts, span: Span | None, fields: dict[str, Any]
    ) -> None:
        number = self.number()
        fields = {**fields, "url": number}
        self._store(Kind.URL, role, value, span or parts.span, fields)
        self._nested(Kind.URL, value, fields)
        scheme = literal_text(parts.scheme) if parts.scheme is not None else None
        if parts.scheme is not None:
            self._store(Kind.SCHEME, role, parts.scheme, span_of(parts.scheme), fields)
        if parts.host is not None:
            self._store(Kind.HOST, role, parts.host, span_of(parts.host), fields)
        if parts.port is not None:
            self._store(Kind.PORT, role, parts.port, span_of(parts.port), fields)
        elif scheme and scheme.lower() in urls.DEFAULT_PORTS and parts.host is not None:
            implied = Literal(str(urls.DEFAULT_PORTS[scheme.lower()]), span_of(parts.host))
            self._store(Kind.PORT, role, implied, implied.span, {**fields, "how": f"implied by {scheme}://"})
        if parts.path is not None and literal_text(parts.path) != "/":
            self._store(Kind.PATH, role, parts.path, span_of(parts.path), fields)

    def _found_urls(
        self, value: Expression, found: list[urls.UrlParts], role: Role, span: Span | None, fields: dict[str, Any]
    ) -> bool:
        if len(found) == 1 and found[0].span.start == span_of(value).start:
            self._parts(role, value, found[0], span, fields)
            return True
        for parts in found:
            self._parts(role, parts.whole, parts, None, fields)
        return True

    @staticmethod
    def _own_default(name: str, value: Reference) -> bool:
        return value.name == name and value.operand is not None and value.operator.strip(":") in ("-", "=")

    @staticmethod
    def _is_address(words: set[str], kind: Kind | None, value: Expression) -> bool:
        parts = urls.split_address(value)
        if parts is None or parts.host is None or words & _NOT_ADDRESS:
            return False
        host = literal_text(parts.host)
        if host is not None and host.isdigit():
            return False  # 8080:80 is a mapping
        if host is None and not words & _ADDRESS_WORDS and kind is None:  # PATH="$PATH:$HOME/bin" is none
            port = parts.port
            return isinstance(port, Literal) or (isinstance(port, Reference) and names.kind_of(port.name) is Kind.PORT)
        if host is None or host.lower() in urls.LOOPBACK - {""} or re.fullmatch(r"[0-9.]{7,15}", host):
            return True
        return bool(words & _ADDRESS_WORDS) or kind is not None

    @staticmethod
    def _is_host(words: set[str], text: str | None) -> bool:
        if text is None:
            return True
        text = text.strip()
        if not _HOSTLIKE.fullmatch(text) or text.isdigit() or text.lower() in ("true", "false", "none", "null"):
            return False
        strong = "host" in words or "hostname" in words
        return strong or text.lower() in urls.LOOPBACK or "." in text or not words & _WEAK_HOST


def _without(fields: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in keys}
