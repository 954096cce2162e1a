from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from common_report import DOCUMENT, FINDINGS, FIX, REPORT, RULES, SHELL, plant
from helpers import finding, location, report
from jsonschema import Draft4Validator

from portlint import reporters
from portlint.model import Edit, Severity, Suppressed
from portlint.reporters import View, sarif
from portlint.text import Span

SCHEMA = Draft4Validator(
    json.loads((Path(__file__).parents[1] / "schemas" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8")),
    format_checker=Draft4Validator.FORMAT_CHECKER,
)

REQUIRED = ("results", "suppressions")
"""Arrays that say something when they are empty: nothing found, not silenced."""


def log(found: Any = REPORT, **view: Any) -> dict[str, Any]:
    text = reporters.render("sarif", found, View(**{"rules": RULES, **view}))
    assert text.isascii()
    document: dict[str, Any] = json.loads(text)
    assert [error.message for error in SCHEMA.iter_errors(document)] == []
    return document


def run(found: Any = REPORT, **view: Any) -> dict[str, Any]:
    (only,) = log(found, **view)["runs"]
    return only  # type: ignore[no-any-return]


def walk(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    yield key, value
    children = (
        value.items() if isinstance(value, dict) else [(key, item) for item in value] if isinstance(value, list) else []
    )
    for name, child in children:
        yield from walk(child, name)


@pytest.mark.parametrize("rules", [RULES, ()])
def test_it_is_valid_and_no_optional_array_is_empty(rules: Any, tmp_path: Path) -> None:
    for found, root in ((REPORT, plant(tmp_path)), (REPORT, None), (report(), None)):
        document = log(found, rules=rules, root=root)
        assert [key for key, value in walk(document) if value == [] and key not in REQUIRED] == []


def test_the_schema_refuses_what_is_wrong() -> None:
    for key, value in (("columnKind", "bytes"), ("results", [{}]), ("version", 1), ("invocations", [{}])):
        document = log()
        document["runs"][0][key] = value
        assert list(SCHEMA.iter_errors(document)), key


def test_results_point_at_their_rules_and_at_their_related_locations() -> None:
    found = run()
    rules = found["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["PL101", "PL102", "PL103", "PL402"]
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        ids = [place["id"] for place in result.get("relatedLocations", [])]
        assert len(set(ids)) == len(ids)
        linked = [int(number) for number in re.findall(r"(?<!\\)\]\((\d+)\)", result["message"]["text"])]
        assert sorted(linked) == ids
    assert "but 8300 in [dev.env:2](2) and 2 other places" in found["results"][0]["message"]["text"]


def test_rules_bring_their_page_and_their_level() -> None:
    rule = run()["tool"]["driver"]["rules"][3]
    assert rule["defaultConfiguration"] == {"enabled": False, "level": "note"}
    assert rule["help"]["markdown"].startswith("# PL402") and "Give all places one value." in rule["help"]["text"]
    assert rule["fullDescription"] == {"text": "Compares `privileged-port` with the rest."}


def test_a_finding_of_an_unknown_rule_has_one() -> None:
    found = run(report((finding(SHELL, code="XY999", rule="own-rule"),)))
    assert found["tool"]["driver"]["rules"][found["results"][0]["ruleIndex"]]["name"] == "own-rule"


def test_regions_count_code_points_and_paths_are_uris_from_the_top_of_the_repository() -> None:
    found = run(prefix="sub dir/")
    assert found["columnKind"] == "unicodeCodePoints"
    place = next(item for item in found["results"] if item["ruleId"] == "PL103")["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "sub%20dir/docs/%E8%AF%B4%E6%98%8E%20%231.md"
    assert place["region"] == {
        **{"startLine": 5, "startColumn": 13, "endLine": 5},
        "endColumn": 13 + len(DOCUMENT.value),
    }


def test_a_file_name_that_is_no_utf8_keeps_its_bytes() -> None:
    odd = b"caf\xe9.env".decode("utf-8", "surrogateescape")
    found = run(report((finding(location(odd, 1, "8300")),)))
    assert found["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "caf%E9.env"


def test_text_of_a_file_is_neither_link_nor_placeholder() -> None:
    text = next(item for item in run()["results"] if item["ruleId"] == "PL402")["message"]["text"]
    assert text.startswith(r"9000 \[needs\](x) no privilege: {{0}}")


def test_fixes_are_there_when_there_are_any(tmp_path: Path) -> None:
    results = run(root=plant(tmp_path))["results"]
    assert [result["ruleId"] for result in results if "fixes" in result] == ["PL101"]
    (change,) = results[0]["fixes"][0]["artifactChanges"]
    region = {"startLine": 3, "startColumn": 39, "endLine": 3, "endColumn": 43}
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "8300"}}]
    (blind,) = run()["results"][0]["fixes"][0]["artifactChanges"]
    assert blind["replacements"][0]["deletedRegion"] == {"charOffset": SHELL.span.start, "charLength": 4}


@pytest.mark.parametrize(
    "fix",
    [
        replace(FIX, applicability="display"),
        replace(FIX, edits=()),
        replace(FIX, edits=(Edit(path="dev.env", span=Span(0, 1), text="redis://:hunter2@h"),)),
    ],
)
def test_a_fix_that_cannot_be_applied_is_left_out(fix: Any) -> None:
    assert "fixes" not in run(report((replace(FINDINGS[0], fix=fix),)))["results"][0]


def test_what_could_not_be_read_is_a_notification() -> None:
    (invocation,) = run()["invocations"]
    assert invocation["executionSuccessful"] is True
    first, second = invocation["toolExecutionNotifications"]
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    assert "region" not in second["locations"][0]["physicalLocation"]
    assert second["message"]["text"] == "Not read: binary file"
    assert "toolExecutionNotifications" not in run(report())["invocations"][0]


def test_what_is_silenced_is_told_as_such() -> None:
    silent = (
        Suppressed(finding=replace(FINDINGS[2], code="PL404"), kind="comment", reason="token=hunter2 is meant"),
        Suppressed(finding=FINDINGS[3], kind="baseline"),
    )
    results = run(replace(report(FINDINGS[:1]), suppressed=silent))["results"]
    assert [(result["ruleId"], result["suppressions"]) for result in results] == [
        ("PL101", []),
        ("PL404", [{"kind": "inSource", "status": "accepted", "justification": "token=*** is meant"}]),
        ("PL102", [{"kind": "external", "status": "accepted"}]),
    ]
    assert "hunter2" not in json.dumps(results)
    assert not any("suppressions" in result for result in run(replace(REPORT, suppressed=()))["results"])


def test_the_limits_of_code_scanning(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sarif.RESULTS == 25_000
    monkeypatch.setattr(sarif, "RESULTS", 3)
    found = run()
    assert [result["level"] for result in found["results"]] == ["error", "warning", "warning"]
    notes = found["invocations"][0]["toolExecutionNotifications"]
    assert notes[-1]["message"]["text"] == "2 of 5 findings were left out."
    many = tuple(location(f"{number}.env", 1, "1") for number in range(1500))
    (result,) = run(report((finding(SHELL, *many),)))["results"]
    assert len(result["relatedLocations"]) + len(result["locations"]) <= 1000


def test_levels_and_ranks() -> None:
    found = {result["ruleId"]: (result["level"], result["rank"]) for result in run()["results"]}
    assert found == {"PL101": ("error", 95), "PL102": ("warning", 95), "PL103": ("warning", 75), "PL402": ("note", 40)}
    assert run()["results"][0]["partialFingerprints"] == {"portlint/v1": "pl101-inngest_port"}
    assert [item.severity for item in FINDINGS if item.code == "PL402"] == [Severity.NOTE]
