"""What is found and left out on purpose, by comment, configuration or baseline; and which of these are of no use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from portlint import names, rules
from portlint.directives import Directive
from portlint.globs import Patterns
from portlint.linking import Place
from portlint.model import Accepted, Confidence, Finding, Kind, Location, Role, Suppression
from portlint.policy import NOTHING_DECIDED, Policy
from portlint.rules import Rule
from portlint.text import Region, Span

IGNORED = Suppression("ignored")
"""As if the rule did not exist for the file."""
COMMENT, CONFIGURED, BASELINE = "comment", "configuration", "baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Findings that the configuration leaves out; an empty part stands for all."""

    rules: tuple[str, ...]
    paths: Patterns
    setting: str
    reason: str
    span: Span
    region: Region


@dataclass(slots=True, kw_only=True)
class Sieve:
    """Judges each deviating place, and remembers which suppressions were of use."""

    directives: Mapping[str, tuple[Directive, ...]] = field(default_factory=dict)
    silences: tuple[Silence, ...] = ()
    per_file_ignores: tuple[tuple[Patterns, tuple[str, ...]], ...] = ()
    baseline: Mapping[str, Accepted] = field(default_factory=dict)
    policy: Policy = NOTHING_DECIDED
    used: set[tuple[str, int, str]] = field(default_factory=set)
    """Path, number and selector of directives; path and selector are empty for silences."""

    def judge(self, rule: Rule, setting: str, place: Place, fingerprint: str) -> Suppression | None:
        """Why a place is left out, or ``None``; see :data:`portlint.checks.Judge`."""
        if self.is_ignored(rule, place.path):
            return IGNORED
        left_out: Suppression | None = None
        for number, directive in enumerate(self.directives.get(place.path, ())):
            if directive.problem or not directive.covers(place.region):
                continue
            for selector in directive.rules:
                if rules.is_named(rule, [selector]):
                    self.used.add((place.path, number, selector))
                    left_out = left_out or Suppression(COMMENT, directive.reason)
        for number, silence in enumerate(self.silences):
            if (
                rules.is_named(rule, silence.rules)
                and (not silence.paths.items or silence.paths.matches(place.path))
                and (not silence.setting or _same(silence.setting, setting, place.occurrence.name))
            ):
                self.used.add(("", number, ""))
                left_out = left_out or Suppression(CONFIGURED, silence.reason)
        for name in (setting, place.occurrence.name):
            if reason := self.policy.may_differ(name, place.path):
                return left_out or Suppression(CONFIGURED, reason)
        if left_out is None and fingerprint in self.baseline:
            return Suppression(BASELINE)
        return left_out

    def is_ignored(self, rule: Rule, path: str) -> bool:
        """Whether a rule is not reported in a file."""
        return any(rules.is_named(rule, codes) and paths.matches(path) for paths, codes in self.per_file_ignores)

    def useless(self, loaded: Sequence[Rule], active: Collection[str], whole: bool) -> Iterator[Finding]:
        """A finding for each suppression that names no rule, or suppresses nothing.

        Whether it would is known only where the rule is active and the ``whole`` tree was read.
        """
        judged = {rule.code for rule in loaded if rule.code in active}
        for path, found in sorted(self.directives.items()):
            for number, directive in enumerate(found):
                if directive.problem:
                    if not directive.example:
                        yield from self._report(loaded, active, path, directive, "unknown", "", directive.problem)
                    continue
                for selector in directive.rules:
                    if not rules.names_a_rule(loaded, selector):
                        yield from self._report(
                            loaded, active, path, directive, "unknown", selector, _unknown(loaded, selector)
                        )
                    elif (
                        whole
                        and not directive.example
                        and not any(rules.is_named(rule, [selector]) for rule in loaded if "suppression" in rule.checks)
                        and (path, number, selector) not in self.used
                        and {rule.code for rule in loaded if rules.is_named(rule, [selector])} <= judged
                    ):
                        where = "in this file" if not directive.first else f"on line {directive.last}"
                        reason = f"nothing is found {where} that {selector} could suppress"
                        yield from self._report(loaded, active, path, directive, "unused", selector, reason)
        for number, silence in enumerate(self.silences):
            named = {rule.code for rule in loaded if rules.is_named(rule, silence.rules)}
            if whole and ("", number, "") not in self.used and named <= judged:
                reason = "nothing is found that it could suppress"
                yield from self._report(
                    loaded, active, self.policy.path, silence, "unused", ", ".join(silence.rules), reason
                )

    def _report(
        self,
        loaded: Sequence[Rule],
        active: Collection[str],
        path: str,
        place: Directive | Silence,
        what: str,
        selector: str,
        reason: str,
    ) -> Iterator[Finding]:
        traits = {f"{what}-suppression"}
        rule = rules.pick(loaded, "suppression", role=Role.DOCUMENTS, kind=Kind.PORT, network="host", traits=traits)
        if rule is None or rule.code not in active or self.is_ignored(rule, path):
            return
        if any(not item.first and rules.is_named(rule, item.rules) for item in self.directives.get(path, ())):
            return
        setting = selector or "suppression"
        location = Location(
            path=path,
            region=place.region,
            span=place.span,
            value=", ".join(place.rules),
            role=Role.DOCUMENTS,
            network="host",
            how="comment" if isinstance(place, Directive) else "configuration",
        )
        yield Finding(
            code=rule.code,
            rule=rule.name,
            severity=rule.severity,
            confidence=Confidence.HIGH,
            setting=setting,
            kind=Kind.PORT,
            profile="default",
            message=rules.wording(rule, setting=setting, reason=reason, value=location.value, how=location.how),
            location=location,
        )


def _same(wanted: str, setting: str, name: str) -> bool:
    return wanted in (setting, name) or names.canonical(wanted) in (names.canonical(setting), names.canonical(name))


def _unknown(loaded: Sequence[Rule], selector: str) -> str:
    import difflib

    known = {name.lower(): name for rule in loaded for name in (rule.code, rule.name)}
    near = difflib.get_close_matches(selector.lower(), known, n=1)
    return f"there is no rule {selector}" + (f"; did you mean {known[near[0]]}?" if near else "")
