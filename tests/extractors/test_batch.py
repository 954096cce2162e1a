"""Batch files and PowerShell: for every form that says something, a look-alike that says nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portlint import launches
from portlint.collecting import Collector
from portlint.commands import Command
from portlint.extractors import batch
from portlint.model import Kind, Role


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, Any]]]:
    """The commands handed on."""
    seen: list[tuple[list[str], dict[str, Any]]] = []

    def collect(command: Command, into: Collector, **fields: Any) -> bool:
        seen.append(([word.text for word in command.words], fields))
        return False

    monkeypatch.setattr(launches, "collect", collect)
    return seen


def said(text: str, path: str) -> list[str]:
    return [
        f"{item.role} {item.name} {text[item.span.start : item.span.end]} {item.how}"
        for item in batch.extract(path, text).occurrences
        if item.kind in (Kind.PORT, Kind.HOST) and item.role is not Role.READS
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SET PORT=8000", ["declares PORT 8000 set"]),
        ('set "PORT=8000"', ["declares PORT 8000 set"]),
        ('@set PORT="8000"', ["declares PORT 8000 set"]),
        ("set HOST=localhost&& set PORT=81", ["declares HOST localhost set", "declares PORT 81 set"]),
        ('IF "%PORT%"=="" SET PORT=8000', ["defaults PORT 8000 batch default"]),
        ("if not defined PORT set PORT=8000", ["defaults PORT 8000 batch default"]),
        ("if not defined PORT (\n  set PORT=8000\n)\nset PORT=1", [
            "defaults PORT 8000 batch default", "declares PORT 1 set"]),
        ('if "%PORT%"=="9000" set PORT=8000', ["declares PORT 8000 set"]),
        ("if not defined HOST set PORT=8000", ["declares PORT 8000 set"]),
        ("set PORT=%1", []),
        ("set IMPORT_X=8000", []),
        ("REM the port 8000\nset PORT=1", ["documents PORT 8000 comment", "declares PORT 1 set"]),
        (":: port 8000", ["documents  8000 comment"]),
        (":port8000", []),
        ("echo at http://localhost:%PORT%/", ["documents  localhost message", "documents  %PORT% message"]),
        ("@echo off", []),
        ("set /p PORT=Port (default 8080): ", ["documents PORT 8080 message"]),
    ],
)  # fmt: skip
def test_batch(text: str, expected: list[str]) -> None:
    assert said(text, "run.bat") == expected
    assert said(text.replace("\n", "\r\n"), "RUN.CMD") == expected


@pytest.mark.parametrize(
    ("text", "words", "component"),
    [
        ("uvicorn app:app ^\n  --port 8000", ["uvicorn", "app:app", "--port", "8000"], None),
        ('start "Title" cmd /k "cd api && uvicorn app:app --port %PORT%"',
         ["uvicorn", "app:app", "--port", "%PORT%"], "api"),
        ('start "" /d web cmd /c npm start', ["npm", "start"], "web"),
        ("cd /d %~dp0api\ncall npm run dev", ["npm", "run", "dev"], "api"),
        ("start /B python x.py > log.txt 2>&1", ["python", "x.py"], None),
        ('if exist x ("C:\\p q\\inngest.exe" dev)', ["C:\\p q\\inngest.exe", "dev"], None),
    ],
)  # fmt: skip
def test_batch_launches(
    text: str, words: list[str], component: str | None, launched: list[tuple[list[str], dict[str, Any]]]
) -> None:
    batch.extract("run.bat", text)
    assert launched == [(words, {} if component is None else {"component": component})]


def test_batch_runs_and_reads() -> None:
    found = batch.extract("bin/run.bat", "call %~dp0other.bat %API_PORT%\n")
    assert [(item.kind, item.path) for item in found.relations] == [("runs", "bin/other.bat")]
    assert [(item.role, item.name) for item in found.occurrences] == [(Role.READS, "API_PORT")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$env:PORT = 8000", ["declares PORT 8000 $env:"]),
        ('$env:PORT="8000"; $env:HOST = \'localhost\'', ["declares PORT 8000 $env:", "declares HOST localhost $env:"]),
        ("[int]$Port = 8000", ["declares Port 8000 assignment"]),
        ("param([int]$Port = 8000, [string]$Name = 'x')", ["defaults Port 8000 parameter default"]),
        ("param(\n  # port 81\n  [int]$Port = 8000\n)", [
            "documents  81 comment", "defaults Port 8000 parameter default"]),
        ("if (-not $env:PORT) { $env:PORT = 8000 }\n$env:PORT = 1", [
            "defaults PORT 8000 PowerShell default", "declares PORT 1 $env:"]),
        ("if ([string]::IsNullOrEmpty($env:PORT)) {\n  $env:PORT = 8000\n}", ["defaults PORT 8000 PowerShell default"]),
        ("$Port = $env:PORT ?? 8000", ["defaults PORT 8000 PowerShell default"]),
        ("$env:PORT ??= 8000", ["defaults PORT 8000 PowerShell default"]),
        ("$Port = if ($env:PORT) { $env:PORT } else { 8000 }", ["defaults PORT 8000 PowerShell default"]),
        ('if ($env:PORT -eq "8000") { exit }', []),
        ("if (-not $env:HOST) { $env:PORT = 8000 }", ["declares PORT 8000 $env:"]),
        ("<# port\n 8000 #>", ["documents  8000 comment"]),
        ('Write-Host "at http://localhost:$Port/x"', ["documents  localhost message", "documents  $Port message"]),
        ("Get-Process | Where-Object { $_.Id -eq 8000 }", []),
    ],
)  # fmt: skip
def test_powershell(text: str, expected: list[str]) -> None:
    def without_own(found: list[str]) -> list[str]:
        return [line for line in found if "$env:PORT" not in line]  # $Port itself, declared as the variable

    assert without_own(said(text, "run.ps1")) == expected
    assert without_own(said(text.replace("\n", "\r\n"), "run.ps1")) == expected


@pytest.mark.parametrize(
    ("text", "words", "component"),
    [
        ("uvicorn app:app `\n  --port $Port", ["uvicorn", "app:app", "--port", "$Port"], None),
        ('Start-Process npm -ArgumentList "run", "dev", "--port", "3000" -WorkingDirectory web -NoNewWindow',
         ["npm", "run", "dev", "--port", "3000"], "web"),
        ('Start-Process -FilePath "python" -ArgumentList "-m http.server 8001"',
         ["python", "-m", "http.server", "8001"], None),
        ('Start-Process powershell -ArgumentList "-NoExit", "-Command", "cd web; npm run dev"',
         ["npm", "run", "dev"], "web"),
        ('Set-Location "$PSScriptRoot\\api"\n& "C:\\x\\inngest.exe" dev', ["C:\\x\\inngest.exe", "dev"], "api"),
        ('cmd /c "cd web && npm start"', ["npm", "start"], "web"),
    ],
)  # fmt: skip
def test_powershell_launches(
    text: str, words: list[str], component: str | None, launched: list[tuple[list[str], dict[str, Any]]]
) -> None:
    batch.extract("run.ps1", text)
    assert launched == [(words, {} if component is None else {"component": component})]


@given(st.text(alphabet="seti P=8%!\"'^()&|<>:@{}$#;`\r\n中😀,", max_size=60), st.sampled_from(["x.bat", "x.ps1"]))
def test_nothing_crashes(text: str, path: str) -> None:
    for item in batch.extract(path, text).occurrences:
        assert 0 <= item.span.start <= item.span.end <= len(text)


@given(st.text(alphabet="é中😀 \t", max_size=8), st.sampled_from(["\n", "\r\n"]), st.integers(10, 65535))
def test_spans_are_exact(noise: str, end: str, port: int) -> None:
    for path, line in (("x.bat", f'set "PORT={port}"'), ("x.ps1", f"$env:PORT = '{port}'")):
        text = f"echo '{noise}'{end}\t{line}{end}"
        assert [text[slice(*item.span)] for item in batch.extract(path, text).occurrences] == [str(port)]
