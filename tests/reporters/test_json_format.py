from __future__ import annotations

import json
import random
from dataclasses import replace

from helpers import finding, location, report, setting

from portlint import __version__, reporters
from portlint.model import Confidence, Edit, Failure, Fix, Kind, Role, Severity
from portlint.reporters import View
from portlint.text import Region, Span

SIDE = location("README.md", 161, "8300", Role.DOCUMENTS, message="says so")
PLACE = location(
    "Launch.sh", 21, "8288", Role.DEFAULTS, how="shell default", region=Region(21, 31, 21, 35), span=Span(500, 504)
)


def rendered(found: object) -> dict[str, object]:
    document: dict[str, object] = json.loads(reporters.render("json", found, View()))  # type: ignore[arg-type]
    return document


def test_the_contract() -> None:
    failure = Failure(path="deploy.yaml", line=3, message="broken")
    item = finding(PLACE, SIDE, message="differs", fingerprint="abc")
    found = report((item,), (setting("INNGEST_PORT", PLACE),), (failure,), (("lock file", 2),), unresolved=3)
    side = {"path": "README.md", "line": 161, "column": 1, "end_line": 161, "end_column": 5, "value": "8300"}
    place = {"path": "Launch.sh", "line": 21, "column": 31, "end_line": 21, "end_column": 35, "value": "8288"}
    assert rendered(found) == {
        "schema_version": 1,
        "tool": {"name": "portlint", "version": __version__},
        "summary": {
            **{"files": 12, "settings": 1, "occurrences": 1, "unresolved": 3, "failures": 1},
            **{"error": 1, "warning": 0, "note": 0},
        },
        "findings": [
            {
                "code": "PL101",
                "rule": "conflicting-default",
                "severity": "error",
                "confidence": "high",
                "profile": "default",
                "setting": "INNGEST_PORT",
                "kind": "port",
                "message": "differs",
                "fingerprint": "abc",
                "location": {**place, "role": "defaults", "network": "host"},
                "related": [{**side, "role": "documents", "network": "host", "message": "says so"}],
                "fix": None,
            }
        ],
        "settings": [
            {
                "name": "INNGEST_PORT",
                "kind": "port",
                "occurrences": [
                    {
                        **{"path": "Launch.sh", "line": 21, "column": 31, "value": "8288", "role": "defaults"},
                        **{"network": "host", "profile": "default", "link": "same name"},
                    }
                ],
            }
        ],
        "failures": [{"path": "deploy.yaml", "line": 3, "message": "broken"}],
    }


def test_a_fix() -> None:
    fix = Fix(
        title="Write 8300", edits=(Edit(path="Launch.sh", span=Span(500, 504), text="8300"),), applicability="safe"
    )
    document = rendered(report((finding(PLACE, SIDE, fix=fix),)))
    assert document["findings"][0]["fix"] == {  # type: ignore[index]
        "title": "Write 8300",
        "applicability": "safe",
        "edits": [{"path": "Launch.sh", "start": 500, "end": 504, "text": "8300"}],
    }


def test_the_order_of_the_input_does_not_matter() -> None:
    places = [location(f"{name}.env", line, str(8000 + line)) for name in "cab" for line in (2, 1, 10)]
    items = [finding(place, *places, code=f"PL10{number % 3}") for number, place in enumerate(places)]
    settings = [setting(f"S{number % 4}", *places[number:]) for number in range(6)]
    failures = [Failure(path=place.path, line=place.region.line, message="x") for place in places]
    outputs = set()
    for seed in range(8):
        shuffled = random.Random(seed)
        for rows in (items, settings, failures, places):
            shuffled.shuffle(rows)  # type: ignore[arg-type]
        mixed = tuple(replace(item, related=tuple(places)) for item in items)
        outputs.add(reporters.render("json", report(mixed, tuple(settings), tuple(failures)), View()))
    assert len(outputs) == 1


def test_only_ascii_and_counts() -> None:
    warning = finding(PLACE, severity=Severity.WARNING, confidence=Confidence.LOW, message="端口 😀", kind=Kind.URL)
    text = reporters.render("json", report((warning, finding(SIDE, severity=Severity.NOTE))), View())
    assert text.isascii() and text.endswith("}\n")
    assert {k: v for k, v in json.loads(text)["summary"].items() if k in tuple(Severity)} == {
        "error": 0,
        "warning": 1,
        "note": 1,
    }


def test_an_empty_report_is_whole() -> None:
    document = rendered(report())
    assert document["findings"] == document["settings"] == document["failures"] == []
