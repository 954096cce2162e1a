"""Checks are kinds of comparison; rules, which are data, say what each deviation is called.

Each check is a generator of deviations over linked settings. What the deviating place is picks the rule; there is one
finding for each setting and rule, and a place is the subject of at most one.
"""

from __future__ import annotations

import hashlib
import importlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from portlint.checks.deviation import Deviation
from portlint.linking import Linked
from portlint.linking.tree import Place
from portlint.model import Confidence, Finding, Kind, Location, Occurrence, Role, Suppression
from portlint.names import tokens
from portlint.rules import Rule, pick, wording
from portlint.urls import without_password

_Order = tuple[str, int, int]
Check = Callable[[Linked], Iterable[Deviation]]
Judge = Callable[[Rule, str, Place, str], Suppression | None]
"""From a rule, a setting, a deviating place and its fingerprint to the reason why that is left out."""

KINDS: dict[str, tuple[str, ...]] = {
    "remark": ("remarks",),
    "well-formed": ("wellformed",),
    "takes-effect": ("takes_effect",),
    "agree": ("url_parts", "url_origins", "agree"),
    "same-launch": ("same_launch", "mappings"),
    "reaches": ("loopback", "reaches_inside", "reaches_outside", "hosts", "paths"),
    "unique": ("unique",),
    "usage": ("usage", "guarding"),
    "suppression": (),
}
"""The kinds of check and the modules that make up each, in the order in which a place is claimed."""


_COMPARING = frozenset({"agree", "reaches"})
_MOST = 50
"""How many other places one finding names."""
_CERTAINTY = {Confidence.HIGH: 0, Confidence.MEDIUM: 1, Confidence.LOW: 2}


class CheckFailed(Exception):
    """A check crashed; the others went on."""


def check(linked: Linked, rules: Sequence[Rule], active: Collection[str], judge: Judge | None = None) -> list[Finding]:
    """Run every check that an active rule needs; findings in the order of reports.

    ``judge`` says of each place whether it is left out on purpose; such places are findings of their own.
    Rules that are not active take their deviations too, so that nothing is reported under a second name.
    """
    wanted = {kind for rule in rules if rule.code in active for kind in rule.checks}
    found: list[tuple[Rule, Deviation]] = []
    for kind, modules in KINDS.items():
        if kind not in wanted:
            continue
        for module in modules:
            for deviation in _run(module, linked):
                item = deviation.place.occurrence
                network = deviation.network.partition(":")[0] or "host"
                rule = pick(
                    rules, kind, role=_acts_as(item), kind=deviation.kind, network=network, traits=deviation.traits
                )
                if rule is not None:
                    found.append((rule, deviation))
    # a place belongs to the check that is surest of it; among equals the order of KINDS decides
    found.sort(key=lambda item: _CERTAINTY[item[1].confidence])
    kept: list[tuple[Rule, Deviation]] = []
    taken: set[tuple[tuple[str, int, int], Kind]] = set()
    moves: dict[_Order, set[str]] = {}
    against: dict[_Order, set[str]] = {}
    for rule, deviation in found:
        if (deviation.place.order, deviation.kind) in taken or _follows(deviation, moves):
            continue
        if deviation.check in _COMPARING and _is_said(deviation, against):
            continue  # the same two values were held against each other at this place
        taken.add((deviation.place.order, deviation.kind))
        moves.setdefault(deviation.place.order, set()).add(deviation.expected)
        for other, _ in deviation.others:
            against.setdefault(other.order, set()).add(deviation.place.value or "")
        if rule.code not in active:
            continue
        kept.append((rule, deviation))
    identities = fingerprints(kept)
    grouped: dict[tuple[object, ...], list[tuple[Deviation, str]]] = {}
    chosen: dict[tuple[object, ...], tuple[Rule, Suppression | None]] = {}
    for (rule, deviation), identity in zip(kept, identities, strict=True):
        left_out = judge(rule, deviation.setting, deviation.place, identity) if judge is not None else None
        key = (rule.code, deviation.setting, deviation.kind, _camp(deviation), left_out)
        chosen[key] = (rule, left_out)
        grouped.setdefault(key, []).append((deviation, identity))
    findings = [_finding(*chosen[key], deviations) for key, deviations in grouped.items()]
    findings.sort(key=lambda finding: (finding.location.path, finding.location.span, finding.code, finding.setting))
    return findings


def _is_said(deviation: Deviation, against: Mapping[_Order, set[str]]) -> bool:
    """At this place, or where it has its value from, the same two values were held against each other."""
    places = (deviation.place, *deviation.place.sources)
    return any(deviation.expected in against.get(place.order, ()) for place in places)


def _follows(deviation: Deviation, moves: Mapping[_Order, set[str]]) -> bool:
    """What it is held against deviates itself, and with that mended nothing is left to say: one cause, one finding."""
    value = deviation.place.value or ""
    if any(deviation.expected in moves.get(source.order, ()) for source in deviation.place.sources):
        return True  # it has its value from there
    return bool(deviation.causes) and all(
        any(value in moves.get(place.order, ()) for place in chain) for chain in deviation.causes
    )


def _run(module: str, linked: Linked) -> Iterator[Deviation]:
    function: Check = importlib.import_module(f"portlint.checks.{module}").check
    yield from function(linked)


def _acts_as(item: Occurrence) -> Role:
    """The role that decides the rule: a mapping into a container exposes, a variable of allowed origins allows."""
    if item.role is Role.PROXIES and item.how.startswith(("targetPort", "traefik label")):
        return Role.EXPOSES
    if (
        item.role in (Role.DECLARES, Role.DEFAULTS)
        and item.url
        and {"origin", "origins", "cors"} & set(tokens(item.name))
    ):
        return Role.ALLOWS
    return item.role


def _camp(deviation: Deviation) -> str:
    """Deviations of one setting are one finding, unless they are about a file's own syntax."""
    if deviation.check in ("remark", "well-formed"):
        return str(deviation.place.order)
    return f"{deviation.place.profile}\0{deviation.severity}\0{deviation.confidence}"


def _finding(rule: Rule, left_out: Suppression | None, deviations: list[tuple[Deviation, str]]) -> Finding:
    deviations.sort(key=lambda item: item[0].place.order)
    first, *rest = (deviation for deviation, _ in deviations)
    related: dict[tuple[str, int, int], Location] = {}
    for deviation in rest:
        related[deviation.place.order] = deviation.place.location("deviates too", deviation.network)
    for deviation in (first, *rest):
        for place, word in deviation.others:
            if place.order != first.place.order and place.order not in related:
                related[place.order] = place.location(word)
    return Finding(
        code=rule.code,
        rule=rule.name,
        severity=first.severity or rule.severity,
        confidence=first.confidence,
        setting=first.setting,
        kind=first.kind,
        profile=first.place.profile,
        message=_message(rule, first),
        location=first.place.location(network=first.network),
        related=tuple(related.values())[:_MOST],
        fingerprint=deviations[0][1],
        fingerprints=tuple((identity, deviation.place.location()) for deviation, identity in deviations),
        suppression=left_out,
    )


def _message(rule: Rule, deviation: Deviation) -> str:
    place = deviation.place
    return wording(
        rule,
        **{
            "setting": deviation.setting,
            "value": without_password(place.value or "unset"),
            "how": place.occurrence.how or str(place.role),
            "expected": without_password(deviation.expected),
            "places": _places([place for place, word in deviation.others if word != "deviates too"]),
            "network": deviation.network or "host",
            "reason": deviation.reason,
        },
    )


def _places(others: Sequence[Place]) -> str:
    if not others:
        return "other places"
    first = f"{others[0].path}:{others[0].region.line}"
    more = len({(place.path, place.region.line) for place in others}) - 1
    return first if not more else f"{first} and {more} other place{'s' if more > 1 else ''}"


def fingerprints(found: Sequence[tuple[Rule, Deviation]]) -> list[str]:
    """For each deviating place its identity without line numbers: rule, setting, file, name and value.

    A count tells equal ones apart, in the order of the file.
    """
    seen: Counter[str] = Counter()
    result = [""] * len(found)
    for index in sorted(range(len(found)), key=lambda index: found[index][1].place.order):
        rule, deviation = found[index]
        place = deviation.place
        parts = (rule.code, deviation.setting, deviation.kind, place.path, place.occurrence.name, place.value or "")
        basis = "\0".join((*parts, place.role))
        result[index] = hashlib.sha256(f"{basis}\0{seen[basis]}".encode("utf-8", "replace")).hexdigest()[:16]
        seen[basis] += 1
    return result
