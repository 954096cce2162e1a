from __future__ import annotations

from helpers import finding, location, report

from portlint import reporters
from portlint.model import Failure, Severity
from portlint.reporters import View


def test_errors_come_first_then_by_place() -> None:
    found = report(
        (
            finding(location("a.env", 1, "1"), severity=Severity.NOTE, code="PL107", message="n"),
            finding(location("z.env", 10, "1"), message="late"),
            finding(location("z.env", 9, "1"), message="early"),
            finding(location("b.env", 1, "1"), severity=Severity.WARNING, code="PL103", message="w"),
        )
    )
    assert reporters.render("concise", found, View()).splitlines() == [
        "z.env:9:1: PL101 early [INNGEST_PORT]",
        "z.env:10:1: PL101 late [INNGEST_PORT]",
        "b.env:1:1: PL103 w [INNGEST_PORT]",
        "a.env:1:1: PL107 n [INNGEST_PORT]",
        "4 findings in 1 setting (2 errors, 1 warning, 1 note). "
        "Read 12 files; compared 0 settings (0 places); 0 values unresolved; 0 unreadable.",
    ]


def test_nothing_found_says_what_was_compared() -> None:
    failures = (Failure(path="b", line=4, message="broken"), Failure(path="a", line=0, message="binary file"))
    found = report(failures=failures, skipped=(("lock file", 2), ("generated", 1)), unresolved=1)
    assert reporters.render("concise", found, View()).splitlines() == [
        "0 findings. Read 12 files, skipped 3 (2 lock file, 1 generated); "
        "compared 0 settings (0 places); 1 value unresolved; 2 unreadable.",
        "a: not read: binary file",
        "b:4: not read: broken",
    ]
