"""The stages joined: one report for a tree, the same every time, whatever one file does."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from portlint import discovery, extractors, pipeline, reporters
from portlint.discovery import Discovery
from portlint.errors import PortlintError, UnreadableInput
from portlint.extractors import Extract
from portlint.model import Confidence, Extraction, Kind, Problem, Report, Severity
from portlint.pipeline import Options
from portlint.reporters import View

OPTIONS = Options(cache=False, jobs=1, min_confidence=Confidence.LOW)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A shell default that disagrees with .env, and agreeing places in other formats."""
    files = {
        ".env": "INNGEST_PORT=8300\nINNGEST_URL=http://localhost:8300\n",
        "run.sh": 'INNGEST_PORT=${INNGEST_PORT:-8288}\ninngest dev --port "$INNGEST_PORT"\n',
        "app/settings.py": 'import os\nPORT = int(os.getenv("INNGEST_PORT", "8300"))\n',
        "compose.yml": 'services:\n  db:\n    image: postgres\n    ports: ["5432:5432"]\n',
        "README.md": "# Tree\n\nInngest: http://localhost:8300 (`INNGEST_PORT`)\n",
        "web/vite.config.ts": "export default { server: { port: 5173 } }\n",
        "notes/plain.txt": "nothing to see\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def as_json(report: Report) -> str:
    return reporters.render("json", report, View())


def test_a_disagreement_is_found_with_both_sides(tree: Path) -> None:
    report = pipeline.run(tree, options=OPTIONS)
    assert report.failures == ()
    assert {(item.setting, item.location.path, item.location.value) for item in report.findings} == {
        ("INNGEST_PORT", "run.sh", "8288")
    }
    assert {(place.path, place.value) for place in report.findings[0].related} >= {(".env", "8300")}
    assert report.summary.files == 7
    assert report.summary.occurrences > 8


def test_a_second_run_says_the_same(tree: Path) -> None:
    assert as_json(pipeline.run(tree, options=OPTIONS)) == as_json(pipeline.run(tree, options=OPTIONS))


def test_the_cache_changes_nothing(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    plain = as_json(pipeline.run(tree, options=OPTIONS))
    cached = replace(OPTIONS, cache=True, cache_dir=tmp_path_factory.mktemp("cache"))
    assert [as_json(pipeline.run(tree, options=cached)) for _ in range(3)] == [plain] * 3


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_files_changes_nothing(tree: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    for folder in ("one", "two"):
        (tree / folder).mkdir()
        (tree / folder / "package.json").write_text('{"scripts": {"dev": "next dev -p 3001"}}', encoding="utf-8")
        (tree / folder / ".env").write_text("PORT=3002\nAPI_URL=http://localhost:9999\n", encoding="utf-8")
    expected = as_json(pipeline.run(tree, options=OPTIONS))

    def shuffled(root: Path, *rest: object) -> Discovery:
        found = discovery.discover(root)
        files, paths = list(found.files), list(found.paths)
        random.Random(seed).shuffle(files)
        random.Random(seed + 100).shuffle(paths)
        return replace(found, files=tuple(files), paths=tuple(paths))

    monkeypatch.setattr(pipeline, "discover", shuffled)
    assert as_json(pipeline.run(tree, options=OPTIONS)) == expected


def test_only_the_paths_given_are_read(tree: Path) -> None:
    report = pipeline.run(tree, [tree / "run.sh", tree / "web"], options=OPTIONS)
    assert report.summary.files == 2 and report.findings == ()
    with pytest.raises(PortlintError, match=r"no such file or folder"):
        pipeline.run(tree, [tree / "nowhere"], options=OPTIONS)


def test_select_ignore_and_weight(tree: Path) -> None:
    code = pipeline.run(tree, options=OPTIONS).findings[0].code
    assert pipeline.run(tree, options=replace(OPTIONS, ignore=(code,))).findings == ()
    assert pipeline.run(tree, options=replace(OPTIONS, select=(code[:3],))).findings
    assert pipeline.run(tree, options=replace(OPTIONS, select=("PL4",))).findings == ()
    for options in (
        replace(OPTIONS, min_severity=Severity.ERROR, min_confidence=Confidence.HIGH),
        replace(OPTIONS, min_severity=Severity.NOTE, min_confidence=Confidence.LOW),
    ):
        for finding in pipeline.run(tree, options=options).findings:
            assert options.min_severity is Severity.NOTE or finding.severity is Severity.ERROR
            assert options.min_confidence is Confidence.LOW or finding.confidence is Confidence.HIGH


def test_an_empty_tree(tmp_path: Path) -> None:
    report = pipeline.run(tmp_path, options=OPTIONS)
    assert (report.findings, report.settings, report.failures, report.summary.files) == ((), (), (), 0)


def _replace_extractor(monkeypatch: pytest.MonkeyPatch, name: str, function: Extract) -> None:
    real = extractors.extractor
    monkeypatch.setattr("portlint.reading.extractor", lambda asked: function if asked == name else real(asked))


@pytest.mark.parametrize(
    ("error", "line", "message"),
    [
        (ValueError("odd"), 0, "internal error in the python extractor: ValueError('odd')"),
        (RecursionError(), 0, "nested too deeply"),
        (MemoryError(), 0, "internal error in the python extractor: MemoryError()"),
        (UnreadableInput("no such syntax", 3), 3, "no such syntax"),
    ],
)
def test_a_crash_in_one_extractor_is_a_failure_of_that_file(
    tree: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, line: int, message: str
) -> None:
    def crash(path: str, text: str) -> Extraction:
        raise error

    _replace_extractor(monkeypatch, "python", crash)
    report = pipeline.run(tree, options=OPTIONS)
    assert [(item.path, item.line, item.message) for item in report.failures] == [("app/settings.py", line, message)]
    assert "8288" in {place.value for item in report.findings for place in (item.location, *item.related)}
    assert report.summary.failures == 1


def test_a_problem_keeps_the_rest_of_its_file(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = extractors.extractor("shell")

    def partly(path: str, text: str) -> Extraction:
        return replace(real(path, text), problems=(Problem(line=1, message="half of it"),))

    _replace_extractor(monkeypatch, "shell", partly)
    report = pipeline.run(tree, options=OPTIONS)
    assert [(item.path, item.line, item.message) for item in report.failures] == [("run.sh", 1, "half of it")]
    assert [item.location.path for item in report.findings] == ["run.sh"]


def test_regions_are_those_of_the_text(tree: Path) -> None:
    (tree / "中.env").write_text(
        "#😀\r\nINNGEST_HOST=locälhost\r\nINNGEST_PORT=8300 # 端口\r\n", encoding="utf-8", newline=""
    )
    report = pipeline.run(tree, options=OPTIONS)
    places = [
        (member.location.region, member.location.value)
        for setting in report.settings
        for member in setting.members
        if member.location.path == "中.env" and setting.kind is Kind.PORT
    ]
    assert (3, 14, 3, 18) in [tuple(region) for region, value in places if value == "8300"]
