"""``remark``: what an extractor noted about a file's own syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portlint.checks.deviation import Deviation
from portlint.linking import Linked
from portlint.linking.tree import Place
from portlint.model import Confidence, Kind, Occurrence, Role, Severity
from portlint.names import kind_of
from portlint.places import HISTORY
from portlint.text import Region, Span
from portlint.values import Literal

_BASH_ONLY = re.compile(r"bash cannot source this line|bash ends an unquoted value")
"""What only matters to those who source the file: python-dotenv, node and Docker Compose agree."""

_MISTAKES = ("invalid-port", "malformed-url")


def check(linked: Linked) -> Iterator[Deviation]:
    """Turn remarks into deviations, one each."""
    for path, facts in sorted(linked.tree.facts.items()):
        for remark, regions in zip(facts.extraction.remarks, facts.remark_regions, strict=True):
            if remark.kind == "duplicate-key" and all(value == remark.value for _, value, _ in remark.related):
                continue
            if remark.kind == "background":
                continue  # a fact for another check
            if remark.kind in _MISTAKES and linked.tree.profiles[path] in ("test", HISTORY):
                continue  # tests try wrong values
            kind = kind_of(remark.name) or Kind.URL
            others = tuple(
                (_place(linked, path, span, value, region, remark.name, kind), word)
                for (span, value, word), region in zip(remark.related, regions[1:], strict=True)
            )
            yield Deviation(
                check="remark",
                setting=remark.name,
                kind=kind,
                place=_place(linked, path, remark.span, remark.value, regions[0], remark.name, kind),
                expected=others[0][0].value or "" if others else "",
                others=others,
                confidence=Confidence.HIGH,
                traits=frozenset({remark.kind}),
                severity=Severity.NOTE
                if remark.kind == "loader-dependent" and _BASH_ONLY.search(remark.message)
                else None,
                reason=remark.message,
            )


def _place(linked: Linked, path: str, span: Span, value: str, region: Region, name: str, kind: Kind) -> Place:
    item = Occurrence(kind=kind, role=Role.DECLARES, value=Literal(value, span), span=span, name=name)
    return Place(path, item, region, linked.tree.profiles[path], linked.tree.components.of(path), value)
