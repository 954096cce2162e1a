"""Settings kept as JSON or JSON with comments: tool files by name, and any other settings file by its keys.

What the named files mean is in :mod:`portlint.extractors.jsonconfig_tools`. Everywhere else a leaf is a setting
whose name is its dotted path, and its kind follows from the last key and the value.
"""

from __future__ import annotations

import re

from portlint import names, prose, templates, urls
from portlint.collecting import Collector
from portlint.extractors.jsonconfig_tools import handler_of
from portlint.jsontree import Document, Leaf, scan
from portlint.model import Extraction, Kind, Problem, Role
from portlint.text import Lines, Span
from portlint.values import Expression, literal_text

_LARGE = 1_000_000  # characters; settings that people write are far smaller
_TEXT_KEYS = frozenset("description descriptions help title label message comment hint note doc placeholder".split())
_SKIPPED_KEYS = frozenset(
    "$schema $id $ref homepage repository license bugs documentation id uuid version type".split()
)
_PROXY_WORDS = frozenset({"proxy", "proxies", "upstream", "upstreams", "destination"})
_ALLOW_WORDS = frozenset({"origin", "origins", "cors", "allowed", "whitelist", "allowlist", "trusted"})
_OURS = frozenset("api backend server base origin gateway ws websocket socket frontend app service host".split())
_DIGITS = re.compile(r"[0-9]{2}")


def extract(path: str, text: str) -> Extraction:
    """What a settings file says; a broken one gives what could be read, and a problem with its line."""
    if len(text) > _LARGE:
        return Extraction(problems=(Problem(line=0, message="over 1 MB of JSON; taken for data and skipped"),))
    into = Collector()
    document = scan(text)
    if document.problem is not None:
        into.problem(Lines(text).position(document.problem)[0], "not valid JSON from here")
    handler = handler_of(path)
    taken: set[tuple[str | int, ...]] = handler(path, document, into) if handler else set()
    for leaf in document.leaves:
        if leaf.path not in taken:
            _leaf(leaf, into)
    _comments(document, into)
    _repeated(document, into)
    return into.build()


def value_of(leaf: Leaf) -> Expression:
    """A leaf's value; ``${X}`` and ``${X:-d}`` in it are variables."""
    return templates.parse(leaf.value, templates.BRACES_ONLY) if "${" in leaf.value.text else leaf.expression


def _leaf(leaf: Leaf, into: Collector) -> None:
    keys = [part for part in leaf.path if isinstance(part, str)]
    if not keys or leaf.kind == "word" or _SKIPPED_KEYS.intersection(keys[-1:]):
        return
    words = set(names.tokens(keys[-1]))
    if words & _TEXT_KEYS or keys[-1].startswith(("_", "//")) or (keys[-1] == "name" and " " in leaf.value.text):
        if _DIGITS.search(leaf.value.text):
            prose.collect(leaf.value, into, how="description")
        return
    name, value = ".".join(keys), value_of(leaf)
    path_words = {word for key in keys for word in names.tokens(key)}
    role = Role.PROXIES if path_words & _PROXY_WORDS else Role.ALLOWS if path_words & _ALLOW_WORDS else Role.DECLARES
    if worth(keys[-1], value):
        into.setting(name, value, role, how="config")


def worth(key: str, value: Expression) -> bool:
    """Whether a leaf of data and settings mixed may be a setting of ours.

    A URL needs a key that announces one of ours, a port in it or this machine as its host: data are full of links.
    """
    text = literal_text(value)
    kind = names.kind_of(key)
    if text is None:
        return True
    found = urls.find_urls(value)
    if found:
        ours = kind is Kind.URL and _OURS.intersection(names.tokens(key))
        return bool(ours) or any(
            parts.port is not None or (literal_text(parts.host) if parts.host else "") in urls.LOOPBACK - {""}
            for parts in found
        )
    if kind is Kind.PORT:
        return text.isdigit() and 0 < int(text) <= 65535
    if kind is Kind.HOST:
        return text in urls.LOOPBACK - {""} or "host" in names.tokens(key) or bool(re.search(r":[0-9]{2,5}$", text))
    return kind is Kind.URL or bool(re.fullmatch(r"[A-Za-z0-9._\-]+:[0-9]{2,5}", text))


def _comments(document: Document, into: Collector) -> None:
    for comment in document.comments:
        if _DIGITS.search(comment.text):
            prose.collect(comment, into, commented=True, how="comment")


def _repeated(document: Document, into: Collector) -> None:
    """A key given twice: RFC 8259 section 4 leaves open which one counts, nearly every reader takes the last."""
    seen: dict[tuple[str | int, ...], Leaf] = {}
    stated: set[Span] = {occurrence.span for occurrence in into.occurrences}
    for leaf in document.leaves:
        earlier = seen.get(leaf.path)
        if earlier is not None and leaf.value.whole in stated:
            into.remark(
                "duplicate-key",
                leaf.value.whole,
                name=leaf.dotted,
                value=leaf.value.text,
                message=f"{leaf.dotted} is set twice; the last one counts",
                related=((earlier.value.whole, earlier.value.text, "set here first"),),
            )
        seen[leaf.path] = leaf
