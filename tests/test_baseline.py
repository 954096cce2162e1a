"""Accepted findings: what is new is shown, what is gone is said, and no edit elsewhere changes a fingerprint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portlint import baseline, cli, pipeline
from portlint.errors import PortlintError
from portlint.model import Accepted, Confidence

FILES = {".env": "INNGEST_PORT=8300\n", "a/.env.example": "INNGEST_PORT=8288\n", "b/x.env": "JOBS_PORT=1234\n"}


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def check(root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, Any]:
    status = cli.main(["check", "--root", str(root), "--format", "json", *options])
    return status, json.loads(capsys.readouterr().out)


def test_accepting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, FILES)
    assert check(tmp_path, capsys)[0] == 1
    assert cli.main(["baseline", str(tmp_path)]) == 0
    assert "1 accepted places, 1 added, 0 removed" in capsys.readouterr().out
    file = tmp_path / "portlint-baseline.json"
    first = file.read_text("utf-8")
    (entry,) = json.loads(first)["findings"]
    assert {key: entry[key] for key in ("code", "setting", "path", "value")} == {
        "code": "PL102",
        "setting": "INNGEST_PORT",
        "path": "a/.env.example",
        "value": "8288",
    }
    assert sum("fingerprint" in line for line in first.splitlines()) == 1
    status, found = check(tmp_path, capsys)
    assert status == 0 and found["findings"] == [] and found["summary"]["known"] == 1
    assert check(tmp_path, capsys, "--no-baseline")[0] == 1
    assert check(tmp_path, capsys, "--isolated")[0] == 1
    # Something new in a setting that holds something old: only the new place is shown.
    write(tmp_path, {"0/.env.example": "INNGEST_PORT=8289\n"})
    status, found = check(tmp_path, capsys)
    assert status == 1 and [row["location"]["path"] for row in found["findings"]] == ["0/.env.example"]
    assert cli.main(["baseline", "--prune", str(tmp_path)]) == 0
    assert "1 new findings are not in it" in capsys.readouterr().out and file.read_text("utf-8") == first
    assert cli.main(["baseline", str(tmp_path)]) == 0
    capsys.readouterr()
    assert check(tmp_path, capsys)[0] == 0


def test_what_is_gone_is_said_and_pruned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, FILES)
    cli.main(["baseline", str(tmp_path)])
    write(tmp_path, {"a/.env.example": "INNGEST_PORT=8300\n"})
    capsys.readouterr()
    assert cli.main([str(tmp_path)]) == 0
    output = capsys.readouterr().out
    assert "0 in the baseline, 1 of its entries are gone." in output
    assert "gone from the baseline: PL102 a/.env.example 8288 [INNGEST_PORT]" in output
    assert check(tmp_path, capsys, "--select", "PL103")[1]["summary"].get("gone") is None
    assert check(tmp_path, capsys, str(tmp_path / ".env"))[1]["summary"].get("gone") is None
    assert cli.main(["baseline", "--prune", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "portlint-baseline.json").read_text("utf-8"))["findings"] == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not valid JSON"),
        (b"{\n,", ":2: not valid JSON"),
        (b"\xff\xfe", "expected a baseline"),
        (b"[]", 'expected a baseline with "version"'),
        (b'{"version": true, "findings": []}', 'with "version": 1'),
        (b'{"version": 2, "findings": []}', "version 2; this portlint reads up to 1"),
        (b'{"version": 1}', "findings: expected a list"),
        (b'{"version": 1, "findings": [{"code": 1}]}', "findings[1].fingerprint: expected a text"),
        (b"[" * 100_000, "baseline"),
    ],
)
@pytest.mark.parametrize("command", [["check"], ["baseline"], ["baseline", "--prune"]])
def test_a_baseline_that_cannot_be_read_is_left_alone(
    command: list[str], data: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, FILES)
    file = tmp_path / "portlint-baseline.json"
    file.write_bytes(data)
    assert cli.main([*command, "--root", str(tmp_path)]) == 2
    output = capsys.readouterr()
    assert output.out == "" and message in output.err and output.err.count("\n") == 1
    assert file.read_bytes() == data


def test_where_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {**FILES, "portlint.toml": "\nbaseline = 'ci/known.json'\n"})
    (tmp_path / "ci").mkdir()
    assert cli.main([str(tmp_path)]) == 2
    assert "portlint.toml:2: baseline: known.json: no such file" in capsys.readouterr().err
    assert cli.main(["baseline", str(tmp_path)]) == 0 and (tmp_path / "ci" / "known.json").is_file()
    assert cli.main([str(tmp_path)]) == 0
    assert cli.main(["check", "--root", str(tmp_path), "--baseline", str(tmp_path / "other.json")]) == 2
    assert cli.main(["baseline", "--root", str(tmp_path), "--baseline", str(tmp_path / "other.json")]) == 0
    assert (tmp_path / "other.json").is_file()
    assert cli.main(["baseline", str(tmp_path / "a"), str(tmp_path)]) == 2


def test_no_secret_is_written(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".env": "DB_SECRET_URL=postgres://u:hunter2@h:1/x\n",
            ".env.example": "DB_SECRET_URL=postgres://u:hunter3@h:2/x\n",
        },
    )
    cli.main(["baseline", str(tmp_path)])
    text = (tmp_path / "portlint-baseline.json").read_text("utf-8")
    assert '"code"' in text and "hunter" not in text


@given(st.lists(st.builds(Accepted, **dict.fromkeys(baseline.KEYS, st.text(max_size=6))), max_size=5))
def test_written_and_read_again(tmp_path_factory: pytest.TempPathFactory, found: list[Accepted]) -> None:
    path = tmp_path_factory.mktemp("baseline") / "b.json"
    try:
        baseline.write(path, found)
    except UnicodeEncodeError:
        return
    unique = {item.fingerprint: item for item in found}
    assert {item.fingerprint: item for item in baseline.load(path)} == unique
    assert baseline.text(baseline.load(path)) == path.read_text("utf-8")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(PortlintError, match="cannot be written"):
        baseline.write(tmp_path / "nowhere" / "b.json", [])


SETTINGS = ["INNGEST", "JOBS", "MAILER", "LEDGER"]


def tree(root: Path, order: list[int], padding: list[int], settings: list[str]) -> None:
    """One file a place; its lines in the order given, with other lines between them."""
    for place in range(3):
        lines = []
        for number, index in enumerate(order):
            lines += ["# nothing"] * padding[number % len(padding)]
            if SETTINGS[index] in settings:
                lines.append(f"{SETTINGS[index]}_PORT={8000 + index if place < 2 else 9000 + index}")
        write(root, {f"{'abc'[place]}/.env.example": "\n".join(lines) + "\n"})


def prints(root: Path) -> dict[str, str]:
    report = pipeline.run(root, options=pipeline.Options(cache=False))
    return {finding.setting: finding.fingerprint for finding in report.findings}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.permutations(range(4)),
    st.lists(st.integers(0, 3), min_size=1, max_size=4),
    st.lists(st.sampled_from(SETTINGS), min_size=1, unique=True),
)
def test_fingerprints_stay(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], padding: list[int], chosen: list[str]
) -> None:
    """Whatever moves, and whichever other findings there are."""
    first, second = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    tree(first, [0, 1, 2, 3], [0], SETTINGS)
    tree(second, order, padding, chosen)
    before, after = prints(first), prints(second)
    assert set(after) == {f"{name}_PORT" for name in chosen}
    assert after.items() <= before.items() and len(set(before.values())) == 4


def test_places_are_told_apart(tmp_path: Path) -> None:
    line = "INNGEST_PORT=8288 ./run\n"
    write(tmp_path, {".env": "INNGEST_PORT=8300\n", "x.env": "INNGEST_PORT=8300\n", "a.sh": line * 3})
    report = pipeline.run(tmp_path, options=pipeline.Options(min_confidence=Confidence.LOW))
    found = [fingerprint for finding in report.findings for fingerprint, _ in finding.fingerprints]
    assert len(found) == len(set(found)) >= 2
