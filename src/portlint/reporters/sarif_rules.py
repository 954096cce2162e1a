"""The rules as SARIF's reporting descriptors: what a reader of a result finds behind its code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from portlint.model import Finding, Severity
from portlint.rule_schema import Rule

_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
"""The words of GitHub's ``problem.severity``."""


def descriptors(rules: Mapping[str, Rule], findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """All rules by code, so that an empty result says what was looked for; unknown ones of findings by name only."""
    rows = {code: _descriptor(rule) for code, rule in rules.items()}
    for finding in findings:
        rows.setdefault(finding.code, _unknown(finding))
    return [rows[code] for code in sorted(rows)]


def _descriptor(rule: Rule) -> dict[str, Any]:
    page = rule.page.strip()
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": f"{rule.summary.rstrip('.')}."},
        "fullDescription": {"text": _section(page) or f"{rule.summary.rstrip('.')}."},
        "help": {"text": f"{rule.summary.rstrip('.')}. {rule.fix}", "markdown": page or rule.fix},
        "defaultConfiguration": {"enabled": rule.enabled, "level": str(rule.severity)},
        "properties": {"problem.severity": _PROBLEMS[rule.severity], "tags": ["configuration", "consistency"]},
    }


def _unknown(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.code,
        "name": finding.rule,
        "shortDescription": {"text": finding.rule},
        "help": {"text": finding.rule},
        "defaultConfiguration": {"level": str(finding.severity)},
    }


def _section(page: str) -> str:
    """The first paragraph below the first second-level heading, on one line; GitHub shows 1,024 characters."""
    match = re.search(r"^## .*\n+((?:.+\n?)+)", page, re.MULTILINE)
    return " ".join(match.group(1).split())[:1024] if match else ""
