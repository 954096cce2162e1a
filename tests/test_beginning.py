"""``portlint init``: what it writes is valid, says something of the tree, and overwrites nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

from portlint import cli, config
from portlint.config_reading import read


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "legacy").mkdir()
    (tmp_path / ".env").write_text("INNGEST_PORT=8300\n", "utf-8")
    (tmp_path / "x.env").write_text("INNGEST_PORT=8300\n", "utf-8")
    (tmp_path / ".env.example").write_text("INNGEST_PORT=8288\n", "utf-8")
    return tmp_path


def test_the_configuration_fits_the_tree(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init", str(tree)]) == 0
    assert capsys.readouterr().out == "wrote portlint.toml\n"
    text = (tree / "portlint.toml").read_text("utf-8")
    assert tomllib.loads(text) == {"extend-exclude": ["/legacy/"], "min-confidence": "medium"}
    assert "#[settings.INNGEST_PORT]\n#value = 8300\n" in text
    assert config.load(tree).file is not None and cli.main([str(tree)]) == 1
    # What is commented out is right, too.
    whole = "\n".join(
        line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in text.split("\n")
    )
    (tree / "portlint.toml").write_text(whole.replace('#ignore = ["PL103"]', ""), "utf-8")
    found = config.load(tree)
    assert found.file is not None and read(found.file) is not None and found.policy.decisions


@pytest.mark.parametrize("name", ["portlint.toml", ".portlint.toml", "pyproject.toml"])
def test_nothing_is_overwritten(name: str, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "[tool.portlint]\ncache = true\n" if name == "pyproject.toml" else "cache = true\n"
    (tree / name).write_text(text, "utf-8")
    assert cli.main(["init", str(tree)]) == 2
    assert "there is a configuration already" in capsys.readouterr().err
    assert (tree / name).read_text("utf-8") == text
    assert cli.main(["init", "--force", str(tree)]) == 0
    assert "legacy" in (tree / "portlint.toml").read_text("utf-8")


def test_a_project_file_without_a_configuration_is_none(tree: Path) -> None:
    (tree / "pyproject.toml").write_text("[project]\nname = 'x'\n", "utf-8")
    assert cli.main(["init", str(tree)]) == 0


EXISTING = "# ours\nrepos:\n{0}- repo: https://example.org/x\n{0}  rev: v1\n{0}  hooks:\n{0}    - id: x\n"


@pytest.mark.parametrize("indent", ["", "  ", "    "])
def test_a_hook_is_added(indent: str, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tree / ".pre-commit-config.yaml"
    path.write_text(EXISTING.format(indent), "utf-8")
    for _ in range(2):
        assert cli.main(["init", "--hook", str(tree)]) == 0
        hooks = [hook["id"] for repo in yaml.safe_load(path.read_text("utf-8"))["repos"] for hook in repo["hooks"]]
        assert hooks == ["x", "portlint"]
    assert "nothing to add" in capsys.readouterr().out
    path.unlink()
    assert cli.main(["init", "--hook", str(tree)]) == 0
    assert yaml.safe_load(path.read_text("utf-8"))["repos"][0]["hooks"][0]["pass_filenames"] is False


def test_a_hook_that_finds_no_place(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tree / ".pre-commit-config.yaml"
    path.write_text("repos: []\nfail_fast: true\n", "utf-8")
    assert cli.main(["init", "--hook", str(tree)]) == 2
    assert "add this to its list by hand" in capsys.readouterr().err
    assert path.read_text("utf-8") == "repos: []\nfail_fast: true\n" and not (tree / "portlint.toml").exists()


def test_a_ci_job_is_added(tree: Path) -> None:
    assert cli.main(["init", "--ci", str(tree)]) == 0
    found = yaml.safe_load((tree / ".github" / "workflows" / "portlint.yml").read_text("utf-8"))
    assert found["jobs"]["portlint"]["steps"][-1] == {"run": "portlint check"}
    (tree / ".gitlab-ci.yml").write_text("stages: [test]\n", "utf-8")
    for _ in range(2):
        assert cli.main(["init", "--ci", str(tree)]) == 0
        text = (tree / ".gitlab-ci.yml").read_text("utf-8")
        assert list(yaml.safe_load(text)) == ["stages", "portlint"] and text.count("portlint:") == 1
