"""The instrument that measures accuracy works, and the miniature repositories stay above the committed floor."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from benchmarks.accuracy import judged, reporting, scoring
from benchmarks.accuracy.__main__ import main
from benchmarks.accuracy.mutating import CAUGHT, MISSED, Outcome, mutate
from benchmarks.accuracy.sites import LINKED, SEEN, UNSEEN, Site, new_value, sample, sites
from benchmarks.accuracy.snapshot import edited, take

ROOT = Path(__file__).resolve().parents[1]
FLOOR = tomllib.loads((ROOT / "benchmarks" / "accuracy" / "floor.toml").read_text("utf-8"))
MOST = 4
"""How many values of each miniature repository are changed."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    (root / "tests").mkdir(parents=True)
    (root / ".env").write_text("CATALOG_PORT=8300\n", "utf-8")
    for name in ("start.sh", "stop.sh"):
        (root / name).write_text('export CATALOG_PORT="${CATALOG_PORT:-8300}"\n', "utf-8")
    (root / "notes.md").write_text("# Notes\n\nOrder 8300 apples.\n\nThe port 8300 is free again.\n", "utf-8")
    (root / "tests" / "test_port.py").write_text('PORT = "http://localhost:8300"\n', "utf-8")
    (root / "uv.lock").write_text("port = 8300\n", "utf-8")
    return root


def at(found: list[Site], path: str, line: int = 1) -> Site:
    return next(site for site in found if (site.path, site.line) == (path, line))


def test_sites_are_what_is_linked_and_what_a_search_finds_beside_it(tree: Path) -> None:
    found = sites(take(tree))
    assert {site.path for site in found} == {".env", "start.sh", "stop.sh", "notes.md"}
    linked = at(found, "start.sh")
    assert (linked.state, linked.settings, linked.others) == (LINKED, ("CATALOG_PORT",), ((".env", 1), ("stop.sh", 1)))
    assert (tree / "start.sh").read_text("utf-8")[linked.start : linked.end] == linked.old == "8300"
    apples = at(found, "notes.md", 3)
    assert apples.state == UNSEEN and not apples.context
    assert at(found, "notes.md", 5).state in (SEEN, UNSEEN) and at(found, "notes.md", 5).context


def test_a_change_that_is_found_is_told_from_one_that_is_not(tree: Path) -> None:
    snapshot = take(tree)
    results = {(item.site.path, item.site.line): item for item in mutate(snapshot, sites(snapshot))}
    assert results["start.sh", 1].result == results["stop.sh", 1].result == CAUGHT
    assert results["start.sh", 1].setting == "CATALOG_PORT"
    assert results["notes.md", 3].result == MISSED
    assert "8300" in (tree / "start.sh").read_text("utf-8"), "the tree itself is never changed"


def test_a_finding_that_was_there_before_counts_for_nothing(tree: Path) -> None:
    (tree / "start.sh").write_text('export CATALOG_PORT="${CATALOG_PORT:-8311}"\n', "utf-8")
    snapshot = take(tree)
    assert snapshot.report.findings
    assert not {item.site.path for item in mutate(snapshot, sites(snapshot))} & {"start.sh", ".env", "stop.sh"}


def test_a_file_is_changed_as_if_it_had_been_written(tree: Path) -> None:
    snapshot = take(tree)
    site = at(sites(snapshot), ".env")
    new = new_value(snapshot, site)
    report = edited(snapshot, site.path, site.start, site.end, new)
    (tree / ".env").write_text(f"CATALOG_PORT={new}\n", "utf-8")
    assert report == take(tree).report


def test_a_sample_has_some_of_each_kind(tree: Path) -> None:
    found = sites(take(tree))
    assert {site.state for site in sample(found, 4)} == {site.state for site in found}
    assert sample(found, 2) == sample(list(reversed(found)), 2)


def test_the_miniature_repositories_stay_above_the_floor() -> None:
    outcomes: list[Outcome] = []
    for root in sorted((ROOT / "fixtures").glob("*/*/repo")):
        snapshot = take(root)
        outcomes += mutate(snapshot, sample(sites(snapshot), MOST))
    found = reporting.figures(outcomes)
    below = []
    for title, groups in FLOOR.items():
        for name, percent in groups.items():
            counts = found[title][name]
            share = 100 * counts.get(CAUGHT, 0) / sum(counts.values())
            if share < percent:
                below.append(f"{title} {name}: {share:.1f} %, floor {percent} %")
    assert not below, f"{below}; what was missed:\n{reporting.misses([o for o in outcomes if o.site.state == LINKED])}"


def test_the_report_as_text_and_as_json(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "figures.json"
    assert main(["mutate", str(tree), "--misses", "--json", str(target)]) == 0
    output = capsys.readouterr().out
    assert "| linked | 3 | " in output and "| shell | 2 | 2 |" in output and "| the same name | 3 | " in output
    assert "shop notes.md:3  8300 -> " in output
    figures = json.loads(target.read_text("utf-8"))
    assert figures["figures"]["state"]["linked"]["caught"] >= 2
    assert {outcome["tree"] for outcome in figures["outcomes"]} == {"shop"}


def test_evidence_has_no_names_in_it() -> None:
    assert reporting.evidence('the text says "Open the shop"') == "the text says"
    assert reporting.evidence("SHOP_URL names it") == "a variable names it"
    assert reporting.evidence("its own mapping") == "its own mapping"


def test_the_committed_judgements_can_be_read_and_are_unique() -> None:
    rows = judged.load()
    assert len({(row.repository, row.commit, row.fingerprint) for row in rows}) == len(rows) > 100
    assert {row.real for row in rows} == {True, False}


def row(**changes: object) -> judged.Judged:
    base = judged.Judged(
        repository="owner/shop",
        commit="0123456789",
        fingerprint="f1",
        rule="PL101",
        severity="error",
        confidence="high",
        evidence="the same name",
        setting="CATALOG_PORT",
        place="start.sh:1",
        real=True,
        why="the default is stale",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_precision_is_counted_by_group() -> None:
    rows = [row(), row(fingerprint="f2", real=False), row(fingerprint="f3", confidence="medium", real=False)]
    figures = scoring.precision(rows)
    assert figures["all"]["all"] == (1, 3)
    assert figures["confidence"] == {"high": (1, 2), "medium": (0, 1)}
    assert "| high | 1 | 2 | 50 % |" in scoring.text(rows)


def test_what_is_shown_now_is_held_against_the_judgements() -> None:
    known = [row(), row(fingerprint="f2", real=False, why="another service"), row(commit="other", fingerprint="f9")]
    shown = [row(fingerprint="f2", confidence="medium", real=None, why=""), row(fingerprint="f4", real=None, why="")]
    again, unjudged, lost = judged.compare(shown, known, {("owner/shop", "0123456789")})
    assert again == [replace(known[1], confidence="medium")]
    assert (unjudged, lost) == ([shown[1]], [known[0]])
    assert judged.compare([], known, {("owner/shop", "other")}) == ([], [], [known[2]])


def test_a_judgement_without_a_reason_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "judged.jsonl"
    path.write_text(judged.dump([row(), row(why="")]), "utf-8")
    with pytest.raises(ValueError, match=r"judged\.jsonl:2: .*'why'"):
        judged.load(path)
    path.write_text(json.dumps({**asdict(row()), "colour": "red"}) + "\n", "utf-8")
    with pytest.raises(ValueError, match=r"judged\.jsonl:1: .*colour"):
        judged.load(path)


def test_a_checkout_is_known_by_its_name(tmp_path: Path) -> None:
    root = tmp_path / "owner+shop@0123456"
    root.mkdir()
    assert judged.identify(root, [("owner/shop", "0123456789")]) == ("owner/shop", "0123456789")
    assert judged.identify(root, []) == ("owner/shop", "0123456")
    assert judged.identify(tmp_path, []) is None


def test_score_lists_what_nobody_has_judged(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "start.sh").write_text('export CATALOG_PORT="${CATALOG_PORT:-8311}"\n', "utf-8")
    data, rest = tmp_path / "judged.jsonl", tmp_path / "rest.jsonl"
    data.write_text("", "utf-8")
    assert main(["score", str(tree), "--data", str(data), "--unjudged", str(rest)]) == 0
    assert "Not judged yet" in capsys.readouterr().out
    (unjudged,) = [json.loads(line) for line in rest.read_text("utf-8").splitlines()]
    assert unjudged["setting"] == "CATALOG_PORT" and unjudged["evidence"] == "the same name"


def test_a_path_that_is_no_folder_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["mutate", "no-such-folder"])
    assert stopped.value.code == 2
    assert "no-such-folder: no such folder" in capsys.readouterr().err
