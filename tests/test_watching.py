from __future__ import annotations

from pathlib import Path

import pytest

from portlint import cli, watching
from portlint.discovery import ALL


def test_each_change_is_one_check(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A_PORT=1\n", "utf-8")
    steps = [
        lambda: (tmp_path / ".env").write_text("A_PORT=22\n", "utf-8"),
        lambda: None,
        lambda: (tmp_path / "b.env").write_text("A_PORT=1\n", "utf-8"),
        lambda: (tmp_path / "portlint.toml").write_text("cache = true\n", "utf-8"),
        lambda: (tmp_path / "b.env").unlink(),
        lambda: (tmp_path / "notes.bin").write_text("x", "utf-8"),
    ]
    checks: list[int] = []

    def rest(seconds: float) -> None:
        assert seconds >= watching.SHORTEST
        if not steps:
            raise KeyboardInterrupt
        steps.pop(0)()

    watching.watch(lambda: watching.state(tmp_path, ALL), lambda: checks.append(len(steps)), rest)
    assert checks == [6, 5, 3, 2, 1]


def test_a_mistake_waits_to_be_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "portlint.toml").write_text("cach = 1\n", "utf-8")
    steps = [lambda: (tmp_path / "portlint.toml").write_text("cache = true\n", "utf-8")]

    def rest(seconds: float) -> None:
        if not steps:
            raise KeyboardInterrupt
        steps.pop()()

    monkeypatch.setattr(watching.time, "sleep", rest)
    watch = watching.watch
    monkeypatch.setattr(watching, "watch", lambda look, check: watch(look, check, rest))
    assert cli.main(["check", "--watch", "--root", str(tmp_path)]) == 0
    output = capsys.readouterr()
    assert "did you mean cache?" in output.err and output.out.count("0 findings.") == 1
