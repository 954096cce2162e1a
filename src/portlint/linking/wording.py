"""What a text says of an address: the words around it, the headings above it, the commands before it."""

from __future__ import annotations

import re
from bisect import bisect_left

from portlint import names, prose_languages
from portlint.linking.tree import Place, Tree
from portlint.linking.unit import BACK_WORDS
from portlint.model import Role

_NEARBY = 1500
"""How many code points a text may stand from the command that it speaks of."""
_NOT_WORDS = re.compile(
    r"\]\([^)]*\)|\S*://\S*|\blocalhost\b|[\w.\-]*/[\w./\-]+|[\w.\-]*\.(?:py|sh|env\w*|[jt]sx?|md|ya?ml|json|toml|conf|ini|go|rs)\b"
)
VISIT = frozenset("visit open browser navigate browse view ui page website app site access".split())
"""Words of a text that sends people to an address."""
OWN = frozenset("app application server api backend service running listening runs starts started available".split())
"""Words of a text about the program at hand."""


class Composed:
    """Which texts speak of what ``docker compose up`` has started."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._started: dict[str, list[tuple[int, str]]] = {}

    def __call__(self, place: Place) -> bool:
        """Whether the command nearest to a text starts containers."""
        if place.role is not Role.DOCUMENTS:
            return False
        started = self._started.get(place.path)
        if started is None:
            facts = self.tree.facts[place.path]
            relations = facts.extraction.relations
            started = sorted((item.span.start, item.path) for item in relations if item.kind == "starts")
            self._started[place.path] = started
        offset = place.occurrence.span.start
        index = bisect_left(started, (offset, ""))
        before = started[index - 1] if index and offset - started[index - 1][0] <= _NEARBY else None
        after = started[index] if index < len(started) and started[index][0] - offset <= 300 else None
        if before is not None:
            return before[1] == "compose"
        return after is not None and after[1] == "compose"


def plain(text: str) -> str:
    """Without URLs, link targets and file names, whose words are not the text's own."""
    return _NOT_WORDS.sub(" ", text)


def around(segment: str, place: Place) -> tuple[str, str]:
    """A sentence before and after the address in it."""
    value = place.value or ""
    match = re.search(rf"\S*(?<!\d){re.escape(value)}(?!\d)\S*", segment) if value else None
    return (segment[: match.start()], segment[match.end() :]) if match else (segment, "")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without those of addresses and file names."""
    return [word for word in names.tokens(plain(text)) if len(word) > 1]


def is_visit(place: Place) -> bool:
    """The sentence of an address sends people there with a browser, and speaks of no backend."""
    if place.role is not Role.DOCUMENTS:
        return False
    text = place.occurrence.label.rpartition(" > ")[2]
    words = {*words_of(text), *prose_languages.meant(text)}
    return bool(VISIT & words) and not BACK_WORDS & words
