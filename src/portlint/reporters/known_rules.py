"""What the rules say of themselves, for formats that tell more than a code."""

from __future__ import annotations

from portlint.reporters import View
from portlint.rule_schema import Rule


def by_code(view: View) -> dict[str, Rule]:
    """The rules of the run, or those shipped with portlint, by code and in its order."""
    if view.rules:
        return {rule.code: rule for rule in sorted(view.rules, key=lambda rule: rule.code)}
    from portlint.rules import load

    return {rule.code: rule for rule in load()}
