from __future__ import annotations

import itertools
import random
import re
from dataclasses import replace

import pytest
from helpers import finding, location, report, setting
from rich.cells import cell_len

from portlint import reporters
from portlint.model import Confidence, Kind, Report, Role, Severity
from portlint.reporters import View
from portlint.reporters.rows import SHOWN_AGREEING

WRONG = location("Launch.sh", 21, "8288", Role.DEFAULTS, how="shell default")
TOO = location("bin/start.sh", 8, "8288", Role.DEFAULTS, how="shell default", message="deviates too")
ENV = location("backend/.env", 33, "8300", how=".env")
README = location("README.md", 161, "8300", Role.DOCUMENTS, how="table")
UNLINKED = location("other/.env", 1, "9999")
OPEN = location("x.sh", 2, "", Role.READS)
ONE = finding(WRONG, TOO, ENV, README, message="INNGEST_PORT is 8288 here, but 8300 in backend/.env:33")
FOUND = report((ONE,), (setting("INNGEST_PORT", WRONG, TOO, ENV, README, UNLINKED, OPEN),))


def table(found: Report, **view: object) -> str:
    return reporters.render("table", found, View(**view))  # type: ignore[arg-type]


def row(output: str, place: str) -> str:
    lines = [line for line in output.splitlines() if line.strip().startswith(place + " ")]
    assert len(lines) == 1, output
    return re.sub(r" {2,}", " | ", lines[0].strip())


def test_one_table_for_a_setting() -> None:
    output = table(FOUND)
    assert output.splitlines()[0] == "INNGEST_PORT"
    assert row(output, "Launch.sh:21") == "Launch.sh:21 | 8288 | defaults: shell default | PL101 error"
    assert row(output, "bin/start.sh:8") == "bin/start.sh:8 | 8288 | defaults: shell default | PL101 error"
    assert row(output, "backend/.env:33") == "backend/.env:33 | 8300 | declares: .env | ok"
    assert row(output, "README.md:161") == "README.md:161 | 8300 | documents: table | ok"
    assert "other/.env" not in output and "x.sh" not in output
    assert "  PL101 conflicting-default: INNGEST_PORT is 8288 here, but 8300 in backend/.env:33\n" in output
    assert "1 finding in 1 setting (1 error). Read 12 files; compared 1 setting (6 places)" in output
    assert output.isascii() and output.endswith(".\n")


def test_everything() -> None:
    calm = setting("SEARCH_PORT", location(".env", 1, "9300"), location("a.sh", 1, "9300"))
    found = replace(FOUND, settings=(calm, *FOUND.settings))
    output = table(found, everything=True)
    assert row(output, "other/.env:1").endswith("| not compared")
    assert "unresolved" in row(output, "x.sh:2")
    assert row(output, "a.sh:1").endswith("| ok")
    assert output.index("\nSEARCH_PORT\n") > output.index("INNGEST_PORT\n")
    assert "SEARCH_PORT" not in table(found)


def test_findings_of_one_setting_share_a_table_and_two_settings_of_one_name_do_not() -> None:
    second = finding(README, ENV, code="PL103", rule="stale-documentation", severity=Severity.WARNING, message="stale")
    both = table(report((second, ONE), FOUND.settings))
    assert both.splitlines().count("INNGEST_PORT") == 1
    assert both.index("PL101 conflicting-default: ") < both.index("PL103 stale-documentation: stale")
    assert row(both, "README.md:161").endswith("PL103 warning")
    far, near = location("b/.env", 1, "1"), location("b/x.sh", 1, "2")
    other = setting("INNGEST_PORT", far, near)
    apart = table(report((ONE, finding(near, far)), (*FOUND.settings, other)))
    assert apart.splitlines().count("INNGEST_PORT") == 2


def test_two_places_that_collide_are_both_marked() -> None:
    a, b = location("a.yaml", 1, "8080", Role.PUBLISHES), location("b.yaml", 1, "8080", Role.PUBLISHES)
    output = table(report((finding(a, b, code="PL301"),)))
    assert row(output, "a.yaml:1").endswith("PL301 error") and row(output, "b.yaml:1").endswith("PL301 error")


def test_profile_network_and_confidence_are_told() -> None:
    inside = replace(WRONG, network="container:web")
    item = finding(inside, ENV, profile="production", confidence=Confidence.MEDIUM, message="m")
    output = table(report((item,), (setting("INNGEST_PORT", inside, ENV, profile="production"),)))
    assert output.startswith("INNGEST_PORT [production]\n")
    assert "defaults: shell default, in web (production)" in output
    assert "PL101 conflicting-default (medium confidence): m" in output


def test_many_places_that_agree_are_counted() -> None:
    places = [location(f"{number:02}.env", 1, "8300") for number in range(SHOWN_AGREEING + 5)]
    found = report((finding(WRONG, *places),), (setting("INNGEST_PORT", WRONG, *places),))
    output = table(found)
    assert output.count(" ok\n") == SHOWN_AGREEING and "and 5 more places that agree" in output
    assert table(found, everything=True).count(" ok\n") == len(places)


def test_errors_first_then_by_name() -> None:
    items = [
        finding(location("a", 1, "1"), setting="A_PORT", severity=Severity.NOTE),
        finding(location("b", 1, "1"), setting="Z_PORT"),
        finding(location("c", 1, "/x"), setting="B_URL", kind=Kind.PATH, severity=Severity.WARNING),
    ]
    lines = table(report(tuple(items))).splitlines()
    names = [line for line, following in itertools.pairwise(lines) if "how it comes" in following]
    assert names == ["Z_PORT", "B_URL [path]", "A_PORT"]


def column(output: str, heading: str, following: str) -> str:
    """One column's text under its heading, folds undone; positions are counted in terminal cells."""
    lines = output.splitlines()
    tops = [next(line for line in lines if word in line) for word in (heading, following)]
    start, end = (cell_len(top[: top.index(word)]) for top, word in zip(tops, (heading, following), strict=True))
    taken = []
    for line in lines[next(number for number, line in enumerate(lines) if "---" in line) + 1 :]:
        cells = 0
        for character in line:
            if start <= cells < end and not character.isspace():
                taken.append(character)
            cells += cell_len(character)
    return "".join(taken)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 240])
def test_it_fits_and_nothing_is_cut(width: int) -> None:
    path = "packages/前端应用/配置/" + "very-long-folder-name/" * 3 + "docker-compose.override.yaml"
    value = "http://some-rather-long-host-name.internal:8300/api/v1/inngest"
    long = location(path, 12345, value, Role.CONNECTS, how="compose-environment")
    output = table(report((finding(long, ENV, message="两个地方的端口不一致 " * 8),)), width=width)
    body = output[: output.index("More: ")]
    assert all(cell_len(line) <= width for line in body.splitlines()), body
    assert value in column(body, "value", "how")
    # In a narrow terminal the path has lines of its own.
    assert f"{path}:12345" in (column(body, "place", "value") if width == 240 else "".join(body.split()))
    if width == 240:
        assert f"{path}:12345 " in body and f"{value} " in body


def test_a_path_is_not_folded_before_the_other_columns_are() -> None:
    path = "services/backend/src/main/resources/application-development.yaml"
    wordy = location(path, 7, "8288", how="a rather long explanation of where the value is from, in many words")
    assert f"{path}:7" in table(report((finding(wordy, ENV),)), width=110).split()


@pytest.mark.parametrize("width", [40, 50, 60])
def test_no_word_is_broken_in_a_narrow_terminal(width: int) -> None:
    places = [
        location(f"后端服务/app/infra_config_{number}.py", 14, "127.0.0.1", how="Field default") for number in (1, 2)
    ]
    output = table(report((finding(*places),)), width=width)
    assert {"后端服务/app/infra_config_1.py:14", "127.0.0.1", "declares:", "default", "PL101"} <= set(output.split()), (
        output
    )


def test_the_closing_lines_are_folded_for_a_terminal_only() -> None:
    closing = table(FOUND, width=60).splitlines()[-1]
    assert closing.startswith("1 finding") and closing.endswith("0 unreadable.")
    assert all(len(line) <= 60 for line in table(FOUND, width=60, wrap=True).splitlines())


def test_chinese_columns_line_up() -> None:
    output = table(report((finding(location("前端/说明.md", 1, "8288", how="端口表"), ENV),)))
    lines = [line for line in output.splitlines() if "8288  " in line or "8300  " in line]
    starts = {cell_len(line[: re.search("8288|8300", line).start()]) for line in lines}  # type: ignore[union-attr]
    assert len(lines) == 2 and len(starts) == 1


def test_color_only_when_asked_for() -> None:
    plain, colored = table(FOUND), table(FOUND, color=True)
    assert "\x1b" not in plain and "\x1b[1;31m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored).split() == plain.split()


def test_markup_and_emoji_codes_are_text() -> None:
    odd = location("[red]a[/red].env", 1, ":smile: [b]", how="[link=x]")
    output = table(report((finding(odd, message="[bold]x[/bold] :warning:"),)))
    assert "[red]a[/red].env:1" in output and ":smile: [b]" in output and "[bold]x[/bold] :warning:" in output


def test_the_same_whatever_the_order_of_the_input() -> None:
    items, settings = [ONE, finding(UNLINKED, code="PL102", setting="X")], [*FOUND.settings, setting("X", UNLINKED)]
    outputs = set()
    for seed in range(6):
        random.Random(seed).shuffle(items)
        random.Random(seed).shuffle(settings)
        outputs.add(table(report(tuple(items), tuple(settings)), everything=True))
    assert len(outputs) == 1
