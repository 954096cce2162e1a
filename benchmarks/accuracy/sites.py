"""Where a value may be changed: places that portlint links, and places that a plain search finds.

The first alone would make recall look perfect, for a place that was never linked would never be changed. The second
knows nothing of settings: some of its numbers are no ports, or agree by chance. They are counted apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import zip_longest

from benchmarks.accuracy.snapshot import Snapshot
from portlint.model import Kind, Member, Setting
from portlint.places import HISTORY, profile_of
from portlint.text import Lines

LINKED, ACROSS, SEEN, UNSEEN = "linked", "across profiles", "seen, unlinked", "unseen"
"""What portlint says of a site: belongs to a setting of which other places of its profile agree; only places of
another profile agree; it is an occurrence, of no setting that agrees elsewhere; there is no occurrence."""
_PORT = re.compile(r"(?:(?<![\w.#/+-])|(?<=[:=]-)|(?<=\s-[pP]))(\d{2,5})(?![\w%]|[.,-]\d|-[a-z])")
_CONTEXT = re.compile(
    r"port|localhost|127\.0\.0\.1|0\.0\.0\.0|://|listen|expose|端口|\d:\d|\s-p\s|\bto = ", re.IGNORECASE
)
_NOT_PORTS = frozenset({*range(1990, 2040), 100, 200, 256, 400, 401, 403, 404, 500, 512, 600, 1024, 2048, 3600, 65535})
_MOST = 500
"""A number that stands at more places of a tree is none that people would keep in step by hand."""
_BLOCKED = frozenset({6000, 6566, 6665, 6666, 6667, 6668, 6669, 6697, 10080})
"""Ports that browsers refuse: a change to one would be found for that reason. Source: the Fetch standard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One value that may be changed, and the places it should then be found to disagree with."""

    path: str
    line: int
    start: int
    end: int
    old: str
    kind: str
    state: str
    file_kind: str
    role: str = ""
    how: str = ""
    name: str = ""
    settings: tuple[str, ...] = ()
    link: str = ""
    others: tuple[tuple[str, int], ...] = ()
    """Path and 1-based line of other places with the same value: of the setting, else of the tree."""
    context: bool = True
    """Whether the line, and the line of another place, speak of a port or an address."""


def sites(snapshot: Snapshot) -> list[Site]:
    """All sites of a tree, by path and position; one for each place."""
    found = {(site.path, site.start): site for site in _linked(snapshot)}
    for site in _searched(snapshot):
        found.setdefault((site.path, site.start), site)
    return [found[key] for key in sorted(found)]


def sample(found: Iterable[Site], most: int) -> list[Site]:
    """At most so many sites, of every state, file kind and role in turn; always the same ones."""
    strata: dict[tuple[str, str, str], list[Site]] = defaultdict(list)
    for site in found:
        strata[site.state, site.file_kind, site.role].append(site)
    ranked = [sorted(group, key=_rank) for _, group in sorted(strata.items())]
    chosen = [site for layer in zip_longest(*ranked) for site in layer if site is not None][:most]
    return sorted(chosen, key=lambda site: (site.path, site.start))


def _rank(site: Site) -> bytes:
    return blake2b(f"{site.path}:{site.line}:{site.old}".encode("utf-8", "surrogateescape"), digest_size=8).digest()


def new_value(snapshot: Snapshot, site: Site) -> str:
    """A value that nothing in the tree has: a near port, another host name, another last segment of a path."""
    if site.kind != Kind.PORT:
        return f"{site.old.rstrip('/')}{'x9' if site.kind == Kind.HOST else '-x9'}"
    old = int(site.old)
    base = old if old >= 1100 else old + 7000
    for step in (7, 13, 23, 31, 37, 43, 57, 61, 73, 89, 97, 107, 113):
        value = base + step if base < 32000 else base - step
        if value not in _BLOCKED and str(value) not in snapshot.numbers:
            return str(value)
    return str(base + 127)


def _linked(snapshot: Snapshot) -> Iterator[Site]:
    places: dict[tuple[str, int], Site] = {}
    for setting in snapshot.report.settings:
        for site in _of_setting(snapshot, setting):
            known = places.get((site.path, site.start))
            if known is None or (known.state != LINKED and site.state == LINKED):
                places[site.path, site.start] = site
            elif known.state == site.state:
                places[site.path, site.start] = replace(
                    known,
                    settings=tuple(sorted({*known.settings, *site.settings})),
                    others=tuple(sorted({*known.others, *site.others})),
                )
    yield from places.values()


def _of_setting(snapshot: Snapshot, setting: Setting) -> Iterator[Site]:
    if setting.kind not in (Kind.PORT, Kind.HOST, Kind.PATH):
        return
    literal = [
        (member, spot)
        for member in setting.members
        if not _is_aside(member.location.path) and (spot := _spot(snapshot, setting.kind, member))
    ]
    for member, (start, end, old) in literal:
        here = (member.location.path, member.location.region.line)
        same = [
            other
            for other, (_, _, value) in literal
            if value == old and (other.location.path, other.location.region.line) != here
        ]
        near = [other for other in same if other.profile == member.profile]
        if not same:
            continue
        yield Site(
            path=here[0],
            line=here[1],
            start=start,
            end=end,
            old=old,
            kind=str(setting.kind),
            state=LINKED if near else ACROSS,
            file_kind=snapshot.files[here[0]].format,
            role=str(member.location.role),
            how=member.location.how,
            name=setting.name,
            settings=(setting.name,),
            link=member.link,
            others=tuple(sorted({(other.location.path, other.location.region.line) for other in near or same})),
        )


def line_of(text: str, lines: Lines, line: int) -> str:
    """A line by its 1-based number, with its end."""
    starts = lines.starts
    return text[starts[line - 1] : starts[line] if line < len(starts) else len(text)]


def _speaks_of_port(line: str) -> bool:
    return len(line) < 500 and _CONTEXT.search(line) is not None


def _is_aside(path: str) -> bool:
    """Whether a file is a test, or tells of the past."""
    return profile_of(path) in (HISTORY, "test")


def _spot(snapshot: Snapshot, kind: Kind, member: Member) -> tuple[int, int, str] | None:
    """Where the value itself is written: start, end, text. ``None`` where a reference stands there."""
    place = member.location
    text = snapshot.texts.get(place.path)
    if text is None or not place.value:
        return None
    written = text[place.span.start : place.span.end]
    if kind is not Kind.PORT:
        plain = written == place.value and re.fullmatch(r"[\w./-]+", written) and re.search(r"[a-z]{2}", written)
        return (place.span.start, place.span.end, written) if plain and written != "localhost" else None
    hits = [hit for hit in re.finditer(r"\d+", written) if hit.group() == place.value]
    if len(hits) != 1:
        return None
    return place.span.start + hits[0].start(), place.span.start + hits[0].end(), place.value


def _searched(snapshot: Snapshot) -> Iterator[Site]:
    """Port numbers that stand in two files or more, wherever a text search finds them."""
    known = _occurrences(snapshot)
    numbers = {value for value, _, _, _ in known.values()}
    hits: dict[str, list[tuple[str, int, int, int, bool]]] = defaultdict(list)
    for path, text in snapshot.texts.items():
        if _is_aside(path):
            continue
        lines = Lines(text)
        for hit in _PORT.finditer(text):
            if not 80 <= int(hit[1]) <= 65535 or hit[1].startswith("0"):
                continue
            line = lines.position(hit.start(1))[0]
            context = _speaks_of_port(line_of(text, lines, line))
            hits[hit[1]].append((path, line, hit.start(1), hit.end(1), context))
    for value, places in sorted(hits.items()):
        if len({path for path, *_ in places}) < 2 or (int(value) in _NOT_PORTS and value not in numbers):
            continue
        if len(places) > _MOST:
            continue
        if value not in numbers and sum(context for *_, context in places) < 2:
            continue
        for path, line, start, end, context in places:
            others = tuple(sorted({(other[0], other[1]) for other in places if other[:2] != (path, line)}))
            near = any(other[4] and other[:2] != (path, line) for other in places)
            seen = known.get((path, start))
            yield Site(
                path=path,
                line=line,
                start=start,
                end=end,
                old=value,
                kind=str(Kind.PORT),
                state=SEEN if seen else UNSEEN,
                file_kind=snapshot.files[path].format,
                role=seen[1] if seen else "",
                how=seen[2] if seen else "",
                name=seen[3] if seen else "",
                others=others,
                context=context and near,
            )


def _occurrences(snapshot: Snapshot) -> Mapping[tuple[str, int], tuple[str, str, str, str]]:
    """Each port that portlint sees as a number: path and position to value, role, how and name."""
    found: dict[tuple[str, int], tuple[str, str, str, str]] = {}
    for path, facts in snapshot.facts.items():
        text = snapshot.texts.get(path)
        for item in facts.extraction.occurrences if text is not None else ():
            if item.kind is not Kind.PORT:
                continue
            assert text is not None
            for hit in re.finditer(r"\d+", text[item.span.start : item.span.end]):
                spot = (path, item.span.start + hit.start())
                found.setdefault(spot, (hit.group(), str(item.role), item.how, item.name))
    return found
