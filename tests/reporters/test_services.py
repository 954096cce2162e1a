"""The formats of services: what their readers accept."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from common_report import FINDINGS, REPORT, RULES
from helpers import finding, location, report, setting
from hypothesis import given, settings
from hypothesis import strategies as st

from portlint import reporters
from portlint.model import Confidence, Failure, Kind, Report, Severity
from portlint.reporters import View, markdown
from portlint.text import Region, Span

ODD = report(
    (
        finding(
            location('a,b:"%.env', 2, "8300", region=Region(2, 3, 4, 5)),
            message="100 % :: ]]> \x00 \ud800 \uffff\r\n::error::x",
            setting="<\"&'>",
        ),
    ),
    failures=(Failure(path="::error::p", line=0, message="%0A\n::stop-commands::x"),),
)


def rendered(form: str, found: Report = REPORT, **view: object) -> str:
    return reporters.render(form, found, View(rules=RULES, **view))  # type: ignore[arg-type]


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Read workflow commands as the runner does."""
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        match = re.fullmatch(r"::([a-z-]+) ([^:]*)::(.*)", line, re.DOTALL)
        if match:
            pairs = dict(pair.split("=", 1) for pair in match.group(2).split(","))
            found.append(
                (match.group(1), {key: unescaped(value) for key, value in pairs.items()}, unescaped(match.group(3)))
            )
    return found


def unescaped(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def test_annotations_say_where_and_what() -> None:
    level, keys, message = commands(rendered("github", prefix="backend/"))[0]
    assert level == "error"
    assert keys == {
        **{"file": "backend/start.sh", "line": "3", "endLine": "3", "col": "39", "endColumn": "43"},
        "title": "PL101 conflicting-default: INNGEST_PORT",
    }
    assert message.splitlines()[0] == FINDINGS[0].message
    assert message.splitlines()[2] == "- dev.env:2 8300 (declares: .env)"
    assert [level for level, _, _ in commands(rendered("github"))] == [
        "error",
        *["warning"] * 3,
        "notice",
        *["warning"] * 2,
    ]


def test_no_text_of_a_file_is_a_workflow_command_or_breaks_one() -> None:
    text = rendered("github", ODD)
    assert len(text.splitlines()) == 3 and len(commands(text)) == 2
    (_, keys, message), (_, failed, why) = commands(text)
    assert keys["file"] == 'a,b:"%.env' and keys["line"] == "2" and keys["endLine"] == "4" and "col" not in keys
    assert (
        message.startswith("100 % :: ]]> \\x00") and failed["file"] == "::error::p" and why.startswith("%0A\\n::stop")
    )


def test_gitlab_has_what_it_needs_and_no_fingerprint_twice() -> None:
    twice = report((*FINDINGS, *FINDINGS, replace(FINDINGS[0], fingerprint="")), failures=REPORT.failures * 2)
    rows = json.loads(rendered("gitlab", twice, prefix="backend/"))
    assert len({row["fingerprint"] for row in rows}) == len(rows) == 15
    assert {row["severity"] for row in rows} == {"major", "minor", "info"}
    for row in rows:
        assert set(row) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert row["location"]["path"].startswith("backend/") and row["location"]["lines"]["begin"] >= 1


def test_a_gitlab_fingerprint_does_not_depend_on_the_line_or_on_other_findings() -> None:
    moved = replace(FINDINGS[0], location=replace(FINDINGS[0].location, region=Region(9, 1, 9, 5), span=Span(90, 94)))
    alone = json.loads(rendered("gitlab", report((moved,))))[0]["fingerprint"]
    assert alone == json.loads(rendered("gitlab"))[0]["fingerprint"]


ALLOWED = {
    "testsuites": {"name", "time", "tests", "failures", "disabled", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id"},
    "testcase": {"name", "time", "classname", "group"},
    "failure": {"type", "message"},
    "skipped": {"type", "message"},
    "system-out": set(),
}
"""Elements and attributes of junit-10.xsd of Jenkins' xUnit plugin."""


@pytest.mark.parametrize("found", [REPORT, ODD, report()])
def test_junit_is_what_its_readers_expect(found: Report) -> None:
    text = rendered("junit", found)
    assert text.isascii()
    root = ElementTree.fromstring(text)
    names = []
    for element in root.iter():
        assert set(element.attrib) <= ALLOWED[element.tag]
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(cases) == len(list(suite))
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("skipped", "")) == len(suite.findall("testcase/skipped"))
        names += [(case.get("classname"), case.get("name")) for case in cases]
    assert len(set(names)) == len(names) == int(root.get("tests", "")) > 0


def test_junit_fails_where_the_run_fails() -> None:
    notes = report(tuple(replace(item, severity=Severity.NOTE) for item in FINDINGS), REPORT.settings)
    assert "<failure" not in rendered("junit", notes) and "<system-out>" in rendered("junit", notes)
    passed = [case.get("name") for case in ElementTree.fromstring(rendered("junit")).iter("testcase") if not len(case)]
    assert passed == ["SEARCH_PORT (port) agrees"]


def test_markdown_holds_no_markup_of_a_file() -> None:
    text = rendered("markdown")
    assert "@<!-- -->everyone" in text and "#<!-- -->12" in text and r"9000 \[needs\](x)" in text and r"\<b\>" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)


@pytest.mark.parametrize(
    ("given", "expected"),
    [("", ""), ("8300", "`8300`"), ("a`b", "``a`b``"), ("`a`", "`` `a` ``"), ("a|b", "`a\\|b`"), ("***", "`***`")],
)
def test_code_spans(given: str, expected: str) -> None:
    assert markdown.code(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("INNGEST_PORT is 8288", "INNGEST_PORT is 8288"),
        ("_a_ *b*", r"\_a\_ \*b\*"),
        ("see http://a_b:1/@x, or", "see `http://a_b:1/@x`, or"),
        ("a@b <i>", r"a@<!-- -->b \<i\>"),
    ],
)
def test_text(given: str, expected: str) -> None:
    assert markdown.text(given) == expected


def test_markdown_fits_and_says_what_is_missing() -> None:
    places = [location(f"配置/{number:04}.env", 1, "8300") for number in range(900)]
    many = report(
        tuple(
            finding(place, setting=f"端口_{number:04}_PORT", message="端" * 50) for number, place in enumerate(places)
        ),
        failures=tuple(Failure(path=f"{number}.bin", line=0, message="binary file" * 9) for number in range(900)),
    )
    text = rendered("markdown", many)
    assert len(text.encode()) <= markdown.COMMENT
    shown = text.count("### ")
    assert 50 < shown < 900 and f"{900 - shown} more settings did not fit here" in text
    assert rendered("markdown", many, limit=1_000_000).count("### ") == 900
    assert len(rendered("markdown", many, limit=10_000).encode()) <= 10_000


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_in_every_format_of_a_service(text: str) -> None:
    place = location(f"a/{text or 'x'}", 1, text or "y")
    found = report(
        (finding(place, message=text, setting=text, kind=Kind.URL, confidence=Confidence.LOW),),
        (setting(text, place),),
        (Failure(path=text, line=1, message=text),),
    )
    ElementTree.fromstring(rendered("junit", found))
    for form in ("json", "gitlab", "sarif"):
        json.loads(rendered(form, found))
    assert all(json.loads(line) for line in rendered("json-lines", found).splitlines())
    assert len(commands(rendered("github", found))) == 2
