"""The rules: loaded from files, chosen for a deviating place, switched on and off, put into words.

Which rule gets a deviation: among the rules for the check that found it whose selections all match, one that selects
a trait comes before one that does not, for a trait says what a place *is* more exactly than its role (a mirror that
declares a value is a mirror first). Among equals the lower code wins. Switched-off rules take part: ignoring
PL104 silences mirrors and does not turn them into PL102.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from portlint.errors import PortlintError
from portlint.model import Kind, Role, Severity
from portlint.rule_files import read_all, shipped
from portlint.rule_schema import PLACEHOLDERS, Rule

__all__ = ["Rule", "active", "find", "is_named", "levels", "load", "names_a_rule", "pick", "wording"]


def load(extra: tuple[Path, ...] = ()) -> tuple[Rule, ...]:
    """The rules shipped with portlint and those in ``extra`` (files or folders), sorted by code.

    A rule in ``extra`` replaces a shipped one of the same code. Raises :class:`PortlintError` for a bad file.
    """
    if not extra:
        return _shipped()
    found = {rule.code: rule for rule in _shipped()}
    for rule in read_all(extra):
        found[rule.code] = rule
    return tuple(found[code] for code in sorted(found))


@lru_cache(maxsize=1)
def _shipped() -> tuple[Rule, ...]:
    return tuple(sorted(read_all([shipped()]), key=lambda rule: rule.code))


def pick(
    rules: Sequence[Rule], check: str, *, role: Role, kind: Kind, network: str, traits: Collection[str] = ()
) -> Rule | None:
    """The rule for a deviating place that a check found, or ``None`` where no rule wants it.

    ``network`` is the place's (``host``, ``container:web``, ``cluster`` or empty for not known).
    """
    for rule in _ranked(tuple(rules)).get(check, ()):
        if (
            (not rule.traits or any(trait in traits for trait in rule.traits))
            and (not rule.roles or role in rule.roles)
            and (not rule.kinds or kind in rule.kinds)
            and (not rule.networks or network.partition(":")[0] in rule.networks)
        ):
            return rule
    return None


@lru_cache(maxsize=8)
def _ranked(rules: tuple[Rule, ...]) -> dict[str, tuple[Rule, ...]]:
    ranked = defaultdict(list)
    for rule in sorted(rules, key=lambda rule: (not rule.traits, rule.code)):
        for check in rule.checks:
            ranked[check].append(rule)
    return {check: tuple(found) for check, found in ranked.items()}


def active(
    rules: Iterable[Rule], select: Sequence[str] = (), ignore: Sequence[str] = (), extend: Sequence[str] = ()
) -> frozenset[str]:
    """Codes of the rules that report.

    ``select`` and ``ignore`` hold codes, beginnings of codes and rule names. Without ``select`` the rules that are on
    by default; with it exactly those it names, so it also switches on what is off by default. Where both name a rule
    the more exact one wins, and ``ignore`` among equals. ``extend`` adds to either.
    Raises :class:`PortlintError` for what names no rule, and where no rule is left.
    """
    rules = tuple(rules)
    for selector in (*select, *extend, *ignore):
        if not names_a_rule(rules, selector):
            raise PortlintError(f"{selector!r} is no rule and not the beginning of one; 'portlint rules' lists them")
    codes = set()
    for rule in rules:
        wanted = _exactness(rule, select) if select else int(rule.enabled)
        added, unwanted = _exactness(rule, extend), _exactness(rule, ignore)
        if (wanted and (wanted > unwanted if select else not unwanted)) or added > unwanted:
            codes.add(rule.code)
    if not codes:
        raise PortlintError("select and ignore leave no rule to check")
    return frozenset(codes)


def levels(rules: Iterable[Rule], severities: Iterable[tuple[str, Severity]]) -> dict[str, Severity]:
    """The severity of each rule that a selector names; the most exact selector counts, the last among equals."""
    found: dict[str, tuple[int, Severity]] = {}
    for selector, severity in severities:
        for rule in rules:
            exactness = _exactness(rule, [selector])
            if exactness and exactness >= found.get(rule.code, (0, severity))[0]:
                found[rule.code] = (exactness, severity)
    return {code: severity for code, (_, severity) in found.items()}


def names_a_rule(rules: Iterable[Rule], selector: str) -> bool:
    """Whether a text is a code, the beginning of one, or a name."""
    return any(_exactness(rule, [selector]) for rule in rules)


def is_named(rule: Rule, selectors: Iterable[str]) -> bool:
    """Whether one of the selectors names a rule."""
    return _exactness(rule, selectors) > 0


def _exactness(rule: Rule, selectors: Iterable[str]) -> int:
    """The length of the longest selector that names a rule, 0 for none; a name counts as a whole code."""
    longest = 0
    for selector in selectors:
        if rule.name == selector.lower():
            longest = max(longest, len(rule.code))
        elif selector and rule.code.startswith(selector.upper()):
            longest = max(longest, len(selector))
    return longest


def find(rules: Iterable[Rule], text: str) -> Rule | None:
    """The rule of a code or a name, without regard to case."""
    return next((rule for rule in rules if text.upper() == rule.code or text.lower() == rule.name), None)


def wording(rule: Rule, **values: str) -> str:
    """The rule's message with its placeholders filled; ``({how})`` is left out where there is nothing to say."""
    message = rule.message
    for name in PLACEHOLDERS:
        if not values.get(name):
            message = message.replace(f" ({{{name}}})", "")
    return message.format_map({name: values.get(name, "") for name in PLACEHOLDERS})
