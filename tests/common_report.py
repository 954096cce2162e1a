"""One report with everything a format has to cope with, and the tree it speaks of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from helpers import report, setting

from portlint.model import (
    Confidence,
    Edit,
    Failure,
    Finding,
    Fix,
    Kind,
    Location,
    Report,
    Role,
    Setting,
    Severity,
    Suppressed,
)
from portlint.rule_schema import Rule
from portlint.text import Lines, Span

TREE = {
    "dev.env": "# 端口 ports\nINNGEST_PORT=8300\nDATABASE_URL=postgres://app:hunter2@db:5432/app\nSIGNING_SECRET=https://hooks/hunter2\n",
    "start.sh": '#!/bin/sh\n\tif true; then\n\t\tinngest dev\t--port "${INNGEST_PORT:-8288}"  # 默认 8300 🚀\n\tfi\n',
    "docs/说明 #1.md": "# 服务\n\n| 服务 | 地址 |\n| --- | --- |\n| 工作流引擎 😀 | http://localhost:8289/健康 |\n",
    "app/settings.py": "class Settings:\n    inngest_port: int = Field(\n        default=8288,\n        description=(\n            'port of the server, '\n            'default 8300'\n        ),\n    )\n",
    "deploy/app.yaml": "spec: {containers: [{name: web, "
    + "args: [--verbose], " * 12
    + "ports: [{containerPort: 9000}]}]}\n",
    "search.env": "SEARCH_PORT=9300\n",
    "search.sh": "curl http://localhost:9300\n",
    "legacy.sh": "curl -H 'Authorization: Bearer hunter2' http://localhost:8301/ --token hunter2 <script>|`x`\n",
}


def place(path: str, text: str, value: str | None = None, role: Role = Role.DECLARES, **fields: str) -> Location:
    """Where ``text`` first stands in a file of :data:`TREE`."""
    start = TREE[path].index(text)
    span = Span(start, start + len(text))
    region = Lines(TREE[path]).region(span)
    given = {"network": "host", **fields}
    return Location(path=path, region=region, span=span, value=text if value is None else value, role=role, **given)


ENV = place("dev.env", "8300", how=".env", message="the same name")
SHELL = place("start.sh", "8288", role=Role.DEFAULTS, how="shell default")
COMMENT = place("start.sh", "8300", role=Role.DOCUMENTS, how="comment", message="the same name")
CODE = place("app/settings.py", "8288", role=Role.DEFAULTS, how="Field default", message="deviates too")
TEXT = place(
    "app/settings.py",
    "'port of the server, '\n            'default 8300'",
    "8300",
    Role.DOCUMENTS,
    how="description",
    message="the same name",
)
DOCUMENT = place("docs/说明 #1.md", "http://localhost:8289/健康", role=Role.DOCUMENTS, how="table row")
PORT = place("deploy/app.yaml", "9000", role=Role.EXPOSES, how="containerPort", network="container:web")
DATABASE = place("dev.env", "postgres://app:hunter2@db:5432/app", how=".env")
SECRET = place("dev.env", "https://hooks/hunter2", how=".env")
LEGACY = place("legacy.sh", "http://localhost:8301/", role=Role.CONNECTS, how="curl")
UNSET = place("start.sh", "INNGEST_PORT", "", Role.READS, how="shell expansion")


def _finding(
    code: str, rule: str, severity: Severity, confidence: Confidence, name: str, message: str
) -> dict[str, object]:
    return {
        **{"code": code, "rule": rule, "severity": severity, "confidence": confidence, "setting": name},
        **{"kind": Kind.PORT, "profile": "default", "message": message, "fingerprint": f"{code}-{name}".lower()},
    }


FIX = Fix(title="Write 8300", edits=(Edit(path="start.sh", span=SHELL.span, text="8300"),), applicability="safe")
FINDINGS: tuple[Finding, ...] = (
    Finding(
        **_finding(
            *("PL101", "conflicting-default", Severity.ERROR, Confidence.HIGH, "INNGEST_PORT"),
            "INNGEST_PORT is 8288 here (shell default), but 8300 in dev.env:2 and 2 other places",
        ),  # type: ignore[arg-type]
        location=SHELL,
        related=(CODE, ENV, COMMENT, TEXT, UNSET),
        fix=FIX,
    ),
    Finding(
        **{
            **_finding(
                *("PL103", "stale-documentation", Severity.WARNING, Confidence.MEDIUM, "INNGEST_URL"),
                "服务 is at http://localhost:8289/健康, but 8300 is listened on (@everyone, #12, 100 %)",
            ),
            "kind": Kind.URL,
            "profile": "production",
        },  # type: ignore[arg-type]
        location=DOCUMENT,
        related=(ENV,),
    ),
    Finding(
        **_finding(
            *("PL402", "privileged-port", Severity.NOTE, Confidence.LOW, "web port"),
            "9000 [needs](x) no privilege: {0} | `tick` <b>",
        ),  # type: ignore[arg-type]
        location=PORT,
    ),
    Finding(
        **{
            **_finding(
                *("PL102", "conflicting-value", Severity.WARNING, Confidence.HIGH, "DATABASE_URL"),
                "DATABASE_URL is postgres://app:hunter2@db:5432/app here",
            ),
            "kind": Kind.URL,
        },  # type: ignore[arg-type]
        location=DATABASE,
        related=(LEGACY,),
    ),
    Finding(
        **{
            **_finding(
                *("PL102", "conflicting-value", Severity.WARNING, Confidence.HIGH, "SIGNING_SECRET"),
                "SIGNING_SECRET is https://hooks/hunter2 here",
            ),
            "kind": Kind.URL,
        },  # type: ignore[arg-type]
        location=SECRET,
    ),
)
SETTINGS: tuple[Setting, ...] = (
    setting("INNGEST_PORT", ENV, SHELL, COMMENT, CODE, TEXT, UNSET),
    setting("DATABASE_URL", DATABASE, LEGACY, kind=Kind.URL),
    setting("SEARCH_PORT", place("search.env", "9300"), place("search.sh", "9300", role=Role.CONNECTS)),
)
FAILURES = (
    Failure(path="broken/文件.yaml", line=3, message="expected ':', got <EOF>"),
    Failure(path="image.bin", line=0, message="binary file"),
)
SUPPRESSED = (
    Suppressed(
        finding=replace(FINDINGS[2], location=LEGACY, setting="legacy port"), kind="comment", reason="goes in May"
    ),
)
REPORT: Report = replace(report(FINDINGS, SETTINGS, FAILURES, (("lock file", 2),), unresolved=1), suppressed=SUPPRESSED)


def _rule(code: str, name: str, severity: Severity) -> Rule:
    page = (
        f"# {code} {name}\n\n## What it does\n\nCompares `{name}`\nwith the rest.\n\n## How to fix\n\nMind the gap.\n"
    )
    empty: tuple[()] = ()
    return Rule(
        **{"code": code, "name": name, "severity": severity, "checks": ("agree",), "enabled": code != "PL402"},
        **{"roles": empty, "kinds": empty, "networks": empty, "traits": empty, "message": "{setting}"},
        **{"fix": "Give all places one value.", "summary": f"Places of {name} differ", "page": page},
    )


RULES = (
    _rule("PL101", "conflicting-default", Severity.ERROR),
    _rule("PL102", "conflicting-value", Severity.WARNING),
    _rule("PL103", "stale-documentation", Severity.WARNING),
    _rule("PL402", "privileged-port", Severity.NOTE),
)


def plant(folder: Path) -> Path:
    """Write :data:`TREE` into a folder."""
    for path, text in TREE.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
    return folder
