"""Comments for portlint: where they count, what they cover, that nothing else is taken for one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portlint import cli, directives

IGNORE = "portlint: ignore[PL102] why"

COMMENTS = [
    ("dotenv", ".env", f"A=1  # {IGNORE}"),
    ("python", "a.py", f"A = 1  # {IGNORE}"),
    ("shell", "a.sh", f'echo "it\'s"  # {IGNORE}'),
    ("yamlconfig", "a.yaml", f"a: 1 # {IGNORE}"),
    ("javascript", "a.ts", f"const a = 1; // {IGNORE}"),
    ("javascript", "a.ts", f"const a = 1; /* {IGNORE} */"),
    ("javascript", "a.tsx", f"<A>{{/* {IGNORE} */}}</A>"),
    ("javascript", "a.vue", f"<a/> <!-- {IGNORE} -->"),
    ("document", "a.md", f"text <!-- {IGNORE} -->"),
    ("document", "a.rst", f".. {IGNORE}"),
    ("document", "a.adoc", f"// {IGNORE}"),
    ("ini", "a.ini", f"a = 1 ; {IGNORE}"),
    ("batch", "a.bat", f"REM {IGNORE}"),
    ("batch", "a.bat", f"@rem {IGNORE}"),
    ("batch", "a.bat", f":: {IGNORE}"),
    ("batch", "a.ps1", f"$a = 1 # {IGNORE}"),
    ("hcl", "a.tf", f"a = 1 // {IGNORE}"),
    ("properties", "a.properties", f"! {IGNORE}"),
    ("jsonconfig", "a.json5", f'"a": 1, // {IGNORE}'),
    ("otherlanguages", "a.go", f"a := 1 // {IGNORE}"),
    ("yamlconfig", "a.yaml", f"{{{{/* {IGNORE} */}}}}"),
    ("yamlconfig", "a.yaml.j2", f"{{# {IGNORE} #}}"),
    ("otherlanguages", "a.sql", f"-- {IGNORE}"),
]
LOOK_ALIKES = [
    ("python", "a.py", f'A = "# {IGNORE}"'),
    ("python", "a.py", f'A = """\n# {IGNORE}\n"""'),
    ("shell", "a.sh", f"echo '# {IGNORE}'"),
    ("dotenv", ".env", f"A=x#{IGNORE}"),
    ("document", "a.md", f"# {IGNORE}"),
    ("document", "a.md", f"Write `# {IGNORE}` behind it."),
    ("javascript", "a.ts", f'const a = "// {IGNORE}";'),
    ("packagejson", "package.json", f"// {IGNORE}"),
    ("dotenv", ".env", "# portlint: a linter"),
    ("dotenv", ".env", "# see portlint: ignored by nobody"),
    ("dotenv", ".env", "# portlint: ignore, it knows better"),
]


@pytest.mark.parametrize(("format", "path", "text"), COMMENTS)
def test_comments_of_every_format(format: str, path: str, text: str) -> None:
    (found,) = directives.find(format, path, "first\n" + text + "\nlast\n")
    assert (found.rules, found.reason, found.problem) == (("PL102",), "why", "")
    assert found.region.line == 2 and "first\n" + text[:0] == "first\n"
    assert ("first\n" + text)[found.span.start : found.span.end] == "portlint: ignore[PL102]"


@pytest.mark.parametrize(("format", "path", "text"), LOOK_ALIKES)
def test_what_is_no_comment_is_no_directive(format: str, path: str, text: str) -> None:
    assert directives.find(format, path, text + "\n") == ()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"A=1 # {IGNORE}\nB=1\n", (1, 1)),
        (f"# {IGNORE}\nB=1\nC=1\n", (1, 2)),
        (f"  # {IGNORE}\n# portlint: ignore[PL1] x\nC=1\n", (1, 3)),
        ("\nA=1\n# portlint: ignore-file[PL102]\n", (0, 0)),
    ],
)
def test_lines(text: str, lines: tuple[int, int]) -> None:
    found = directives.find("dotenv", ".env", text)[0]
    assert (found.first, found.last) == lines


def test_above_a_code_block_the_whole_block_is_meant() -> None:
    text = f"<!-- {IGNORE} -->\n```sh\nA=1\nB=1\n```\nC\n"
    (found,) = directives.find("document", "a.md", text)
    assert (found.first, found.last) == (1, 5)
    (inside,) = directives.find("document", "a.md", f"```sh\nA=1  # {IGNORE}\n```\n")
    assert inside.example and (inside.first, inside.last) == (2, 2)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("# portlint: ignore", "expected the rules"),
        ("# portlint: ignore[]", "expected the rules"),
        ("# portlint: ignore-file", "expected the rules"),
        ("# portlint: ingore[PL1]", "not ingore"),
        ("# portlint: disable[PL1]", "not disable"),
        ("# portlint: ignroe", "not ignroe"),
    ],
)
def test_mistakes(text: str, problem: str) -> None:
    (found,) = directives.find("dotenv", ".env", text)
    assert problem in found.problem


@given(st.text(st.sampled_from("portlint: ignore[PL1]#/*<!->\n\r\"'`{}%"), max_size=80), st.sampled_from(COMMENTS))
def test_any_text_is_taken(text: str, like: tuple[str, str, str]) -> None:
    for found in directives.find(like[0], like[1], text + "# portlint: ignore[PL1]" + text):
        assert found.first <= found.last and found.span.start < found.span.end


def report(root: Path, files: dict[str, str], capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    assert cli.main(["check", "--root", str(root), "--format", "json", *options]) in (0, 1)
    return json.loads(capsys.readouterr().out)


def codes(found: Any) -> list[str]:
    return [f"{row['code']} {row['location']['path']}:{row['location']['line']}" for row in found["findings"]]


def test_suppressed_findings_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {".env": "INNGEST_PORT=8300\n", ".env.example": f"INNGEST_PORT=8288  # {IGNORE}\n"}
    for _ in range(2):  # the second run reads no file
        found = report(tmp_path, files, capsys)
        assert codes(found) == [] and found["summary"]["suppressed"] == 1
    cli.main(["check", "--root", str(tmp_path)])
    assert "1 suppressed." in capsys.readouterr().out
    assert cli.main(["check", "--root", str(tmp_path), "--select", "PL102"]) == 0


def test_only_the_place_with_the_comment_is_suppressed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {
        ".env": "INNGEST_PORT=8300\n",
        "a/.env.example": f"INNGEST_PORT=8288  # {IGNORE}\n",
        "b/.env.example": "INNGEST_PORT=8288\n",
        "c/.env.example": "INNGEST_PORT=8300\n",
    }
    found = report(tmp_path, files, capsys)
    assert codes(found) == ["PL102 b/.env.example:1"] and found["summary"]["suppressed"] == 1


def test_by_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {".env": "INNGEST_PORT=8300\n", "config/app.json": '{"INNGEST_PORT": 8288}\n'}
    assert codes(report(tmp_path, files, capsys)) == ["PL102 config/app.json:1"]
    entry = "[[suppress]]\nrules = ['PL102']\npaths = ['config/**']\nsetting = 'INNGEST_PORT'\nreason = 'moved'\n"
    files["portlint.toml"] = entry
    assert codes(report(tmp_path, files, capsys)) == []
    files["portlint.toml"] = entry + entry.replace("config/**", "docs/**")
    assert codes(report(tmp_path, files, capsys)) == ["PL901 portlint.toml:7"]
    files["portlint.toml"] = "[per-file-ignores]\n'config' = ['PL1']\n"
    found = report(tmp_path, files, capsys)
    assert codes(found) == [] and "suppressed" not in found["summary"]


def test_what_cannot_be_known_is_not_called_unused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {".env": f"INNGEST_PORT=8300  # {IGNORE}\n"}
    assert codes(report(tmp_path, files, capsys)) == ["PL901 .env:1"]
    assert codes(report(tmp_path, {}, capsys, "--ignore", "PL102")) == []
    assert codes(report(tmp_path, {}, capsys, str(tmp_path / ".env"))) == []
    assert (
        codes(report(tmp_path, {".env": "# portlint: ignore-file[PL901]\nA=1 # portlint: ignore[PL408]\n"}, capsys))
        == []
    )
