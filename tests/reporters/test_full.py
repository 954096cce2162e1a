from __future__ import annotations

from pathlib import Path

import pytest
from common_report import ENV, FINDINGS, REPORT, RULES, SHELL, place, plant
from helpers import finding, location, report
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from portlint import reporters
from portlint.model import Report
from portlint.reporters import View
from portlint.reporters.excerpts import excerpt
from portlint.reporters.full import SHOWN
from portlint.reporters.masking import shown
from portlint.reporters.sources import Sources
from portlint.text import Region, Span


def full(found: Report, root: Path | None, **view: object) -> list[str]:
    text = reporters.render("full", found, View(**{"root": root, "rules": RULES, **view}))  # type: ignore[arg-type]
    return text.splitlines()


def cells(text: str, offset: int, length: int) -> str:
    """What a terminal shows in ``length`` cells from ``offset``."""
    position, taken = 0, ""
    for character in text:
        if offset <= position < offset + length:
            taken += character
        position += cell_len(character)
    return taken


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("PORT=8300", "8300"),
        ("端口:8300 端口", "8300"),
        ("\t\tport:\t8300\t# x", "8300"),
        ("🚀🚀 端口 8300 é", "8300"),
        ("x" * 500 + "8300" + "y" * 500, "8300"),
        ("端" * 500 + "8300" + "口" * 500, "8300"),
        ("8300" + "x" * 500, "8300"),
        ("x" * 500 + "8300", "8300"),
        ("a\x1b[31mb 8300", "8300"),
    ],
)
def test_the_carets_stand_below_what_they_point_at(line: str, part: str, width: int) -> None:
    start = line.index(part)
    found = excerpt(line, start, start + len(part), width)
    assert cells(found.text, found.offset, found.length) == part and found.length == 4
    assert cell_len(found.text) <= width and "\t" not in found.text and "\x1b" not in found.text


def test_what_is_longer_than_the_terminal_is_pointed_at_where_it_begins() -> None:
    found = excerpt("url = " + "http://host:8300/" + "a" * 300, 6, 323, 60)
    assert cell_len(found.text) == 60 and found.offset + found.length <= 60
    assert cells(found.text, found.offset, 17) == "http://host:8300/"
    assert found.text.startswith("...") and found.text.endswith("...")


def test_an_empty_place_gets_one_caret() -> None:
    assert (excerpt("PORT=", 5, 5, 80).offset, excerpt("PORT=", 5, 5, 80).length) == (5, 1)
    assert excerpt("", 0, 0, 80).length == 1


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="\r\n"), max_size=120), st.data(), st.integers(20, 90))
def test_any_line(line: str, data: st.DataObject, width: int) -> None:
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    found = excerpt(line, start, end, width)
    assert cell_len(found.text) <= width and found.length >= 1 and shown(found.text) == found.text


def test_both_sides_are_quoted(tmp_path: Path) -> None:
    lines = full(report((finding(SHELL, ENV, message="m"),)), plant(tmp_path))
    assert lines[0] == "error[PL101] conflicting-default: m"
    for arrow, part, mark in (("-->", "8288", "^^^^"), (":::", "8300", "----")):
        at = next(number for number, line in enumerate(lines) if arrow in line)
        quote, marks = lines[at + 2], lines[at + 3]
        assert cells(quote, cell_len(marks[: marks.index(mark)]), 4) == part


def test_no_more_than_a_few_places_are_quoted(tmp_path: Path) -> None:
    others = [location(f"{number}.env", 1, "8288") for number in range(20)]
    right = [location(f"{number}.env", 2, "8300") for number in range(20)]
    found = report((finding(SHELL, *others, *right),))
    lines = full(found, plant(tmp_path))
    assert sum(":::" in line for line in lines) <= SHOWN
    text = "\n".join(lines)
    assert "8288 (declares)" in text and "8300 (declares)" in text
    assert "= and 33 more places (--all shows them)" in text
    assert "more places" not in "\n".join(full(found, tmp_path, everything=True))


@pytest.mark.parametrize("content", [None, b"", b"PORT\n", b"\xff\xfe\x00\xd8", b"\xff\n\n\xff"])
def test_a_file_that_has_changed_or_gone_is_no_reason_to_fail(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.env").write_bytes(content)
    lines = full(report((finding(location("a.env", 3, "8300")),)), tmp_path)
    assert any("the line is not at hand" in line for line in lines) and any("8300 (declares)" in line for line in lines)
    past = location("a.env", 1, "8300", region=Region(1, 90, 1, 94), span=Span(89, 93))
    assert full(report((finding(past),)), tmp_path)


def test_lines_end_as_everywhere_else(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\nfour")
    (tmp_path / "b").write_bytes("一\n二".encode("utf-16"))
    sources = Sources(tmp_path)
    assert [sources.line("a", number) for number in range(6)] == [None, "one", "two", "three", "four", None]
    assert sources.line("b", 2) == "二" and sources.line("../a", 99) is None
    assert sources.region("a", Span(5, 8)) == (2, 1, 2, 4) and sources.region("a", Span(5, 99)) is None
    assert Sources(None).line("a", 1) is None


def test_only_files_of_findings_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(Sources, "_read", lambda self, path: read.append(path))
    full(REPORT, tmp_path)
    assert sorted(read) == sorted({place.path for item in FINDINGS for place in (item.location, *item.related)})


def test_colors_change_no_text(tmp_path: Path) -> None:
    import re

    plain, colored = full(REPORT, plant(tmp_path)), full(REPORT, tmp_path, color=True)
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in colored] == plain
    assert any("\x1b[1;31merror[PL101]" in line for line in colored) and not any("\x1b" in line for line in plain)


def test_a_line_is_told_once_for_several_places(tmp_path: Path) -> None:
    lines = full(report((finding(SHELL, place("start.sh", "8300", message="the same name")),)), plant(tmp_path))
    assert sum(line.startswith("3 |") for line in lines) == 1


def test_a_minified_file_takes_no_long_time(tmp_path: Path) -> None:
    import time

    text = "a=1;" * 500_000 + "port=8300;" + "b=2;" * 500_000
    (tmp_path / "a.js").write_text(text, encoding="utf-8")
    at = text.index("8300")
    where = location("a.js", 1, "8300", region=Region(1, at + 1, 1, at + 5), span=Span(at, at + 4))
    start = time.process_time()
    lines = full(report(tuple(finding(where, message=str(number)) for number in range(50))), tmp_path)
    assert time.process_time() - start < 5
    quote, marks = lines[3], lines[4]
    assert quote.startswith("1 | ...") and quote.endswith("...") and cells(quote, marks.index("^"), 4) == "8300"


def test_the_closing_lines_are_folded_for_a_terminal_only() -> None:
    assert len(full(REPORT, None, width=60)[-3]) > 100
    folded = full(REPORT, None, width=60, wrap=True)
    assert all(len(line) <= 60 for line in folded[next(i for i, line in enumerate(folded) if "5 findings" in line) :])
