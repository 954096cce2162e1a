"""Finding, reading and merging configurations; what they decide about settings is in test_policy.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portlint import cli, config, config_reading, configuring
from portlint.config_model import Configuration as Model
from portlint.errors import PortlintError
from portlint.model import Confidence, Severity

BAD = {
    'selct = ["PL1"]': "1: selct: no such key; did you mean select?",
    '\nmin-confidence = "hig"': "2: min-confidence: expected one of high, medium, low; got 'hig'; did you mean high?",
    "settings.X.value = true": "1: settings.X.value: expected a whole number or a text or a table; got True",
    "[settings.X]\nmay-differ = 3": "2: settings.X.may-differ: expected a text or a list; got 3",
    "[settings.X]\nmay-differ = ''": "2: settings.X.may-differ: expected a reason",
    "[settings.X]\nvalue = 1\nsource = 'a'": "1: settings.X: expected either value or source, not both",
    "[settings.'no name']\nvalue = 1": '1: settings."no name": expected the name of a variable',
    "[[tools]]\nname = 'x'\nport = {flag = ['-p']}": "3: tools[1].port.flag: no such key; did you mean flags?",
    "[[tools]]\nname = 'x'": "1: tools[1]: expected port or bind",
    "[[suppress]]\nrules = []\nreason = 'why'": "2: suppress[1].rules: expected at least one item; got []",
    "[[suppress]]\nrules = ['PL1']": "1: suppress[1].reason: this key is required",
    "[per-file-ignores]\n'!x' = ['PL1']": """2: per-file-ignores."!x": patterns cannot be negated; got '!x'""",
    "include = 'a'": "1: include: expected a list; got 'a'",
    "exclude = [\n  'a',\n  '..\\\\b',\n]": "3: exclude[2]: expected / between folders",
    "cache = 'no'": "1: cache: expected true or false; got 'no'",
    "[severity]\nPL101 = 'fatal'": "2: severity.PL101: expected one of error, warning, note; got 'fatal'",
    "language = 'tlh'": "1: language: expected one of en; got 'tlh'",
    "[[images]]\nnames = ['x']\nports = [99999]": "3: images[1].ports[1]: expected a port from 1 to 65535; got 99999",
    "a = ": "1: not valid TOML: Invalid value",
    "a = [\n1": "2: not valid TOML: ",
    "ignore = ['PL999']": "1: ignore[1]: 'PL999' is no rule",
    "ignore = ['stale-docs']": "1: ignore[1]: 'stale-docs' is no rule and not the beginning of one",
    "[per-file-ignores]\n'docs' = ['PL1', 'stale-documentatio']": "did you mean stale-documentation?",
    "[severity]\nXX = 'error'": "2: severity.XX: 'XX' is no rule",
    "rules = ['nowhere']": "1: rules[1]: nowhere: no such file or folder",
}


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize("name", ["portlint.toml", "pyproject.toml"])
def test_mistakes_are_named(
    text: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    message = BAD[text]
    if name == "pyproject.toml":
        # The same keys below [tool.portlint]; a line further down.
        text = "[tool.portlint]\n" + text.replace("[[", "[[tool.portlint.").replace("\n[", "\n[tool.portlint.")
        text = text.replace("portlint.[", "portlint.") if text.count("[[") else text
        first = text.splitlines()[1]
        if first.startswith("[") and not first.startswith("[["):
            text = text.replace(first, "[tool.portlint." + first[1:], 1) if "tool.portlint" not in first else text
        number, _, rest = message.partition(": ")
        message = f"{int(number) + 1}: {rest}" if number.isdigit() else message
    (tmp_path / name).write_text(text, encoding="utf-8")
    for _ in range(2):  # a mistake is never taken from the cache
        assert cli.main(["."]) == 2
        output = capsys.readouterr()
        assert output.out == "" and message in output.err and f"{name}:" in output.err
        assert output.err.count("\n") == 1


def test_every_mistake_is_named_in_order(tmp_path: Path) -> None:
    (tmp_path / "portlint.toml").write_text("cache = 1\n[settings.X]\nvalu = 1\n[[tools]]\nname = ''\n", "utf-8")
    with pytest.raises(PortlintError) as caught:
        config.load(tmp_path)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[1] for line in lines] == ["1", "3", "5"]


@pytest.mark.parametrize("data", [b"\xff", b"a = '\xff'", b"\0", b"[" * 100_000, b"a=" + b"[" * 5000])
def test_bytes_that_are_no_configuration(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "portlint.toml").write_bytes(data)
    assert cli.main([str(tmp_path)]) == 2


def loaded(root: Path, **given: Any) -> str:
    found = config.load(root, **given)
    return found.file.path.relative_to(root.anchor).as_posix().rpartition("tree/")[2] if found.file else ""


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "a" / "b").mkdir(parents=True)
    assert loaded(tree / "a" / "b") == ""
    (tree / "pyproject.toml").write_text("[tool.portlint]\ncache = true\n", "utf-8")
    assert loaded(tree / "a" / "b") == "pyproject.toml"
    (tree / "a" / "pyproject.toml").write_text("# [tool.portlint]\n[project]\nname = 'x'\n", "utf-8")
    assert loaded(tree / "a" / "b") == "pyproject.toml"
    (tree / "a" / "portlint.toml").write_text("", "utf-8")
    assert loaded(tree / "a" / "b") == "a/portlint.toml"
    (tree / "a" / ".portlint.toml").write_text("", "utf-8")
    assert loaded(tree / "a" / "b") == "a/.portlint.toml"
    assert loaded(tree / "a" / "b", given=tree / "pyproject.toml") == "pyproject.toml"
    with pytest.raises(PortlintError, match=r"expected a table \[tool.portlint\]"):
        loaded(tree, given=tree / "a" / "pyproject.toml")
    with pytest.raises(PortlintError, match=r"nowhere\.toml: cannot be read"):
        loaded(tree, given=tree / "nowhere.toml")


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ([], 0),
        (["--isolated"], 1),
        (["--config", "other.toml"], 1),
        (["--select", "PL1"], 1),
        (["--extend-select", "PL206"], 0),
        (["--isolated", "--ignore", "PL102"], 0),
        (["--isolated", "--exclude", ".env.*"], 0),
        (["--isolated", "--config", "other.toml"], 2),
    ],
)
def test_the_command_line_comes_first(
    options: list[str], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("INNGEST_PORT=8300\n", "utf-8")
    (tmp_path / ".env.example").write_text("INNGEST_PORT=8288\n", "utf-8")
    (tmp_path / "portlint.toml").write_text("ignore = ['PL102']\n", "utf-8")
    (tmp_path / "other.toml").write_text("ignore = ['PL103']\n", "utf-8")
    assert cli.main(["check", *options]) == status


def test_isolated_reads_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "portlint.toml").write_text("not = toml =", "utf-8")
    assert cli.main([str(tmp_path)]) == 2
    assert cli.main(["check", "--isolated", str(tmp_path)]) == 0


def merged(root: Path, text: str, **asked: Any) -> Any:
    (root / "portlint.toml").write_text(text, "utf-8")
    return configuring.options(config.load(root), configuring.Asked(**asked))


def test_merging(tmp_path: Path) -> None:
    text = "select = ['PL1']\nextend-select = ['PL206']\nignore = ['PL103']\nmin-severity = 'error'\ncache = false\n"
    plain = merged(tmp_path, text)
    assert (plain.select, plain.extend_select, plain.ignore) == (("PL1",), ("PL206",), ("PL103",))
    assert (plain.min_severity, plain.min_confidence, plain.cache) == (Severity.ERROR, Confidence.MEDIUM, False)
    asked = merged(tmp_path, text, select=("PL103",), min_severity=Severity.NOTE, cache=True)
    assert (asked.select, asked.extend_select, asked.ignore) == (("PL103",), (), ())
    assert (asked.min_severity, asked.cache) == (Severity.NOTE, True)
    assert merged(tmp_path, text, ignore=("PL104",)).ignore == ("PL103", "PL104")


def test_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.env", "docs/b.env", "vendor/c.env", "gen/d.env"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("A_PORT=1\n", "utf-8")

    def files(text: str, root: Path = tmp_path) -> str:
        (tmp_path / "portlint.toml").write_text(text, "utf-8")
        assert cli.main(["check", "--show-files", "--root", str(root)]) == 0
        return " ".join(capsys.readouterr().out.split())

    assert files("") == "a.env docs/b.env gen/d.env"
    assert files("extend-exclude = ['gen']") == "a.env docs/b.env"
    assert files("exclude = ['gen']") == "a.env docs/b.env vendor/c.env"
    assert files("include = ['docs/**', 'gen']") == "docs/b.env gen/d.env"
    assert files("include = ['docs/*.env']", tmp_path / "docs") == "b.env"


def test_show_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import tomllib

    monkeypatch.chdir(tmp_path)
    text = "ignore = ['PL103']\n[settings.A_PORT]\nvalue = 8000\naliases = ['B_PORT']\n[profiles]\n'a \"b' = 'x'\n"
    (tmp_path / "portlint.toml").write_text(text, "utf-8")
    assert cli.main(["check", "--show-settings", "--min-confidence", "low"]) == 0
    output = capsys.readouterr().out
    assert output.startswith("# portlint.toml\n")
    found = tomllib.loads(output)
    assert found["ignore"] == ["PL103"] and found["min-confidence"] == "low" and "node_modules" in found["exclude"]
    assert found["settings"] == {"A_PORT": {"value": 8000, "aliases": ["B_PORT"]}}
    assert found["profiles"] == {'a "b': "x"}
    assert cli.main(["check", "--show-settings", "--isolated"]) == 0
    assert capsys.readouterr().out.startswith("# no configuration file\n")


def test_own_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = Path(__file__).resolve().parents[1] / "rules" / "PL102-conflicting-value.md"
    text = page.read_text("utf-8").replace("code: PL102", "code: AC100").replace("conflicting-value", "own-value")
    (tmp_path / "lint").mkdir()
    (tmp_path / "lint" / "own.md").write_text(text, "utf-8")
    (tmp_path / "portlint.toml").write_text("rules = ['lint']\nignore = ['own-value']\n", "utf-8")
    assert cli.main([str(tmp_path)]) == 0
    (tmp_path / "lint" / "again.md").write_text(text, "utf-8")
    assert cli.main([str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "code: AC100 is already taken" in error and error.count("\n") == 1


def test_what_was_validated_is_kept_and_a_damaged_copy_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = tmp_path / "keep"
    (tmp_path / "portlint.toml").write_text("ignore = ['PL103']\nsettings.A_PORT.value = 1\n", "utf-8")
    first = config.load(tmp_path, keep=keep)
    (kept,) = keep.glob("*.config")
    reads: list[int] = []
    read = config_reading.read
    monkeypatch.setattr(config_reading, "read", lambda file: (reads.append(1), read(file))[1])
    assert config.load(tmp_path, keep=keep) == first and not reads
    kept.write_bytes(kept.read_bytes()[:-1])
    assert config.load(tmp_path, keep=keep) == first and reads
    (tmp_path / "portlint.toml").write_text("ignore = ['PL104']\n", "utf-8")
    assert config.load(tmp_path, keep=keep).ignore == ("PL104",)


def test_a_configuration_seen_before_loads_no_validator(tmp_path: Path) -> None:
    (tmp_path / "portlint.toml").write_text("extend-exclude = ['x']\n", "utf-8")
    code = (
        "import sys; from portlint.cli import main; main(['check', '--root', sys.argv[1]]);"
        "print({'pydantic', 'tomllib', 'tree_sitter'} & set(sys.modules))"
    )
    for expected in (False, True):
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
        assert (done.stdout.splitlines()[-1] == "set()") == expected


def test_every_key_of_the_model_is_read() -> None:
    source = "".join(
        (Path(config.__file__).parent / f"{name}.py").read_text("utf-8") for name in ("config", "config_policy")
    )
    keys = [str(item.alias) for item in Model.model_fields.values()]
    assert [key for key in keys if f'"{key}"' not in source and key != "language"] == []
