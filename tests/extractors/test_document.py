"""Documents: labels, tables, code blocks, and the markups people write them in."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portlint.extractors import document_code, document_languages, format_of
from portlint.extractors.document import extract
from portlint.model import Extraction, Kind, Occurrence, Role
from portlint.values import Literal


def places(text: str, path: str = "README.md") -> list[Occurrence]:
    return [o for o in extract(path, text).occurrences if o.kind is Kind.PORT and not o.how.startswith("implied")]


def ports(text: str, path: str = "README.md") -> list[str]:
    return [text[o.span.start : o.span.end] for o in places(text, path)]


def test_everything_is_documentation() -> None:
    text = "# A\n\nport 8300\n\n```env\nA_PORT=8301\n```\n\n| Name | Port |\n|---|---|\n| x | 8302 |\n"
    found = extract("README.md", text)
    assert {o.role for o in found.occurrences} == {Role.DOCUMENTS}
    assert ports(text) == ["8300", "8301", "8302"]
    assert not found.services and not found.relations and not found.bindings


def test_labels_are_headings_list_labels_and_the_sentence() -> None:
    text = (
        "# Project 中文\n\n## Run\n\nAccess:\n\n- **Backend**: see http://localhost:8200/docs.\n"
        "- Frontend\n  - URL: <http://localhost:8100>\n\n## Other\n\nFirst. The API is on port 8300. Last.\n"
    )
    labels = [o.label for o in places(text)]
    assert labels == [
        "Project 中文 > Run > Access > Backend > Backend: see http://localhost:8200/docs.",
        "Project 中文 > Run > Access > Frontend > URL > URL: <http://localhost:8100>",
        "Project 中文 > Other > The API is on port 8300.",
    ]


def test_a_heading_may_hold_a_port() -> None:
    assert [o.label for o in places("# Backend (port 8200)\n")] == ["Backend (port 8200)"]


def test_links_definitions_and_html() -> None:
    text = (
        "[api](http://localhost:8200/docs) `localhost:8201`\n\n<p>port 8202</p>\n\n<!-- port 8203 -->\n\n"
        "[x]: http://localhost:8204\n"
    )
    assert ports(text) == ["8200", "8201", "8202", "8203", "8204"]
    assert [o.commented for o in places(text)] == [False, False, False, True, False]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("| Variable | Default |\n|---|---|\n| `A_PORT` | `8300` |", [("A_PORT", "8300", "")]),
        ("| Variable | Description | Value |\n|-|-|-|\n| A_PORT | Backend port | 8300 |", [("A_PORT", "8300", "")]),
        ("| 变量 | 默认值 |\n|---|---|\n| `A_PORT` | 8300 |", [("A_PORT", "8300", "")]),
        ("| Service | Port |\n|---|---|\n| Backend | 8200 |", [("", "8200", "")]),
        ("| Service | Port | Variable |\n|-|-|-|\n| Web | 8300 | `A_PORT` |", [("A_PORT", "8300", "")]),
        ("| Service | Port | Note |\n|-|-|-|\n| Web | 8300 | unlike `A_PORT` |", [("", "8300", "")]),
        ("| 服务 | 端口 |\n|---|---|\n| 后端 | `8200` |", [("", "8200", "")]),
        ("| Service | Port |\n|---|---|\n| Web | 80, 443 |", [("", "80", ""), ("", "443", "")]),
        ("| Service | Ports |\n|---|---|\n| Web | 8100:80 |", [("", "8100", "host"), ("", "80", "container:")]),
        (
            "| S | Host port | Container port |\n|-|-|-|\n| W | 8100 | 80 |",
            [("", "8100", "host"), ("", "80", "container:")],
        ),
        ("| Service | URL |\n|---|---|\n| Backend | http://localhost:8200/docs |", [("", "8200", "")]),
        ("| Flag | Default |\n|---|---|\n| `--port` | `8000` |", [("", "8000", "")]),
        ("| Setting | Value |\n|---|---|\n| Port | 8300 |", [("", "8300", "")]),
        ("| Variable | Default |\n|---|---|\n| CACHE_TTL | 3600 |", []),
        ("| Name | Size |\n|---|---|\n| A | 8300 |", []),
        ("| Name | Import |\n|---|---|\n| A | 8300 |", []),
        ("| Name | Port |\n|---|---|\n| A | since v8.3.0 (2023-10-12) |", []),
    ],
)
def test_tables(table: str, expected: list[tuple[str, str, str]]) -> None:
    text = table + "\n"
    assert [(o.name, text[o.span.start : o.span.end], o.network) for o in places(text)] == expected


def test_rows_are_labelled_and_examples_are_optional() -> None:
    text = "## Ports\n\n| Service | Port | Example |\n|---|---|---|\n| **Backend** | 8200 | http://localhost:8201 |\n"
    assert [(o.label, o.optional) for o in places(text)] == [("Ports > Backend", False), ("Ports > Backend", True)]


def test_a_block_keeps_what_its_extractor_found() -> None:
    text = "# A\n\nSettings:\n\n```env\n# Inngest\nA_PORT=8300 # default 8301\n```\n"
    found = places(text)
    assert [(o.name, o.how) for o in found] == [("A_PORT", "code block: declares"), ("A_PORT", "comment")]
    assert all(o.label.startswith(("A > Settings:", "Inngest")) for o in found)


@pytest.mark.parametrize(
    "block",
    [
        "```\nA_PORT=8300\n```",
        "```bash\nA_PORT=8300\n```",
        "```text\nA_PORT=8300\n```",
        "~~~ini\nA_PORT=8300\n~~~",
        "    A_PORT=8300",
        "- x\n\n  ```env\n  A_PORT=8300\n  ```",
        "> ```env\n> A_PORT=8300\n> ```",
        "1. x\n\n   ```env\n   # é中\n   A_PORT=8300\n   ```",
        "```env\r\nA_PORT=8300\r\n```",
        "```env\nA_PORT=8300",
    ],
)
def test_the_forms_of_a_block(block: str) -> None:
    text = f"é中😀\n\n{block}\n"
    assert [(o.name, text[o.span.start : o.span.end], o.how) for o in places(text)] == [
        ("A_PORT", "8300", "code block: declares")
    ]


@pytest.mark.parametrize(
    ("lead", "fence", "component"),
    [
        ("In `frontend/.env`:", "", "frontend"),
        ("`frontend/.env`", "bash", "frontend"),
        ("Edit **frontend/.env.local**:", "env", "frontend"),
        ("x", 'env title="frontend/.env"', "frontend"),
        ("x", "env:frontend/.env", "frontend"),
        ("In `.env`:", "", None),
        ("Never touch ../secret/.env:", "env", None),
    ],
)
def test_the_file_a_block_is_said_to_be(lead: str, fence: str, component: str | None) -> None:
    found = places(f"{lead}\n\n```{fence}\nA_PORT=8300\n```\n")
    assert [o.component for o in found] == [component]


@pytest.mark.parametrize(
    ("language", "code", "virtual"),
    [
        ("yaml", "services:\n  a:\n", "docker-compose.yml"),
        ("yml", "apiVersion: v1\nkind: Service\n", "deployment.yaml"),
        ("yaml", "on: push\njobs:\n", ".github/workflows/block.yml"),
        ("", "services:\n  a:\n", "docker-compose.yml"),
        ("", "FROM x\nEXPOSE 8300\n", "Dockerfile"),
        ("", "server {\n listen 80;\n}\n", "nginx.conf"),
        ("", "$ npm start\n", "block.sh"),
        ("", "docker run -p 1:2 x\n", "block.sh"),
        ("", "./start.sh --port 8300\n", "block.sh"),
        ("", "INFO listening on 8300\n", ""),
        ("console", "$ x\n", "block.sh"),
        ("json", '{"scripts": {}}', "package.json"),
        ("mermaid", "graph", ""),
    ],
)
def test_which_extractor_reads_a_block(language: str, code: str, virtual: str) -> None:
    assert document_languages.guess(language, code) == virtual


def test_prompts_and_output_of_a_session() -> None:
    text = "```console\n$ A_PORT=8300 \\\n  B_PORT=8301 x\nlistening on http://127.0.0.1:8302\n$ C_PORT=8303 y\n```\n"
    assert {"8300", "8301", "8302", "8303"} <= set(ports(text))
    assert [o.how for o in places(text) if text[o.span.start : o.span.end] == "8302"] == ["code block"]


def test_commands_become_documentation_that_remembers_its_role() -> None:
    text = "```bash\ncd frontend\nuvicorn app.main:app --host 0.0.0.0 --port 8300\n```\n"
    found = places(text)
    assert [text[o.span.start : o.span.end] for o in found] == ["8300"]
    assert found[0].role is Role.DOCUMENTS and found[0].how == "code block: listens"
    assert found[0].component == "frontend"


def test_alternatives_around_a_block() -> None:
    for lead in ("To use another port:", "If port 8000 is in use:", "使用自定义端口：", "Alternatively:"):
        found = [o for o in places(f"{lead}\n\n```env\nPORT=8080\n```\n") if o.how.startswith("code")]
        assert [o.optional for o in found] == [True], lead
    assert [o.optional for o in places("Set:\n\n```env\nPORT=8080\n```\n")] == [False]
    assert [o.optional for o in places("```env\nPORT=8080  # use a different port\nX_PORT=1234\n```\n")] == [
        True,
        False,
    ]
    assert [o.optional for o in places("## Changing the port\n\n```env\nPORT=8080\n```\n")] == [True]


def test_constants_of_a_block_are_put_in(monkeypatch: pytest.MonkeyPatch) -> None:
    from portlint.collecting import Collector
    from portlint.text import Span
    from portlint.values import Reference

    def fake(path: str, text: str) -> Extraction:
        into = Collector()
        into.bind("p", Literal("8300", Span(4, 8)))
        into.port(Role.LISTENS, Reference("p", Span(16, 17), local=True))
        return into.build()

    monkeypatch.setattr(document_code, "extractor", lambda name: fake)
    text = "é\n\n```python\np = 8300\nlisten(p)  # localhost\n```\n"
    assert [o.value for o in places(text)] == [Literal("8300", Span(17, 21))]


def test_a_crash_over_a_block_costs_only_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: str, text: str) -> Extraction:
        raise ValueError("x")

    monkeypatch.setattr(document_code, "extractor", lambda name: broken)
    found = extract("README.md", "port 8300\n\n```env\nA_PORT=1\n```\n\nport 8301\n")
    assert [problem.line for problem in found.problems] == [4]
    assert len(found.occurrences) == 2


def test_problems_in_a_block_are_unresolved() -> None:
    found = extract("README.md", "```env\nA_PORT=8300\nno line here\n```\n")
    assert (found.problems, found.unresolved, len(found.occurrences)) == ((), 1, 1)


@pytest.mark.parametrize("path", ["a.rst", "a.adoc", "README.txt"])
def test_plain_markups(path: str) -> None:
    text = "Title\n=====\n\nRun it on port 8300.\n\n* Backend: http://localhost:8301\n\n    A_PORT=8302\n\nEnd.\n"
    assert ports(text, path) == ["8300", "8301", "8302"]
    assert [o.label.split(" > ")[0] for o in places(text, path)] == ["Title"] * 3


def test_restructured_text_directives() -> None:
    text = "A\n-\n\nX::\n\n   A_PORT=8300\n\n.. code-block:: bash\n   :caption: x\n\n   B_PORT=8301\n\n.. port 8302\n"
    found = places(text, "a.rst")
    assert [(o.name, text[o.span.start : o.span.end]) for o in found[:2]] == [("A_PORT", "8300"), ("B_PORT", "8301")]
    assert found[2].commented


def test_asciidoc_listings() -> None:
    text = "= T\n\n== Run\n\n[source,env]\n----\nA_PORT=8300\n----\n\n// port 8301\n"
    found = places(text, "a.adoc")
    assert [(o.name, o.how, o.commented) for o in found] == [
        ("A_PORT", "code block: declares", False),
        ("", "comment", True),
    ]
    assert found[0].label.startswith("T > Run")


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("README", True),
        ("readme.md", True),
        ("docs/de/x.mdx", True),
        ("AGENTS.md", True),
        (".cursorrules", True),
        ("docs/a.rst", True),
        ("CHANGELOG.md", False),
        ("docs/releases.md", False),
        ("HISTORY.rst", False),
        ("LICENSE.txt", False),
        ("requirements.txt", False),
        ("requirements/dev.txt", False),
        ("robots.txt", False),
        ("pip.lock.txt", False),
        ("install.js", False),
    ],
)
def test_which_files(path: str, ours: bool) -> None:
    found = format_of(path)
    assert (found is not None and found.name == "document") is ours


pieces = st.sampled_from(
    [
        "# 中文 8300\n",
        "port 8300 ",
        "é😀\t",
        "\n\n",
        "\r\n",
        "- **A**: http://localhost:8301\n",
        "| a | b |\n|---|---|\n",
        "| `A_PORT` | 8302 |\n",
        "```env\n",
        "```\n",
        "A_PORT=8303\n",
        "    B_PORT='8304' # 默认 8305\n",
        "> ",
        "  ",
        "[x]: http://a:1\n",
        "<!-- 端口 8306 -->\n",
    ]
)


@given(st.lists(pieces, max_size=14).map("".join), st.sampled_from(["a.md", "a.rst"]))
def test_spans_are_exact(text: str, path: str) -> None:
    for o in extract(path, text).occurrences:
        if isinstance(o.value, Literal) and not o.how.startswith("implied"):
            assert text[o.span.start : o.span.end] == o.value.text


@given(st.text(max_size=120), st.sampled_from(["a.md", "a.rst", "a.adoc"]))
def test_never_raises(text: str, path: str) -> None:
    assert not extract(path, text).problems


def test_cost_is_linear() -> None:
    unit = "## Part\n\nBackend on port 8300, see http://localhost:8300/x.\n\n- a: 1\n\n```env\nA_PORT=8300\n```\n\n"

    def seconds(times: int, path: str) -> float:
        start = time.perf_counter()
        extract(path, unit * times)
        return time.perf_counter() - start

    for path in ("a.md", "a.txt"):
        small, large = seconds(60, path), seconds(480, path)
        assert large < 30 * small


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ('web:\n  ports:\n    - "8300:80"\n', [("8300", "host"), ("80", "container:web")]),
        ('services:\n  web:\n    ports: ["8300:80"]\n', [("8300", "host"), ("80", "container:web")]),
        ("web:\n  times:\n    - 8:30\n", []),
        ("spec:\n  ports:\n    - port: 8300\n", [("8300", "")]),
    ],
)
def test_a_piece_of_a_compose_file(block: str, expected: list[tuple[str, str]]) -> None:
    text = f"# X\n\n```yaml\n{block}```\n"
    found = [item for item in places(text) if item.kind is Kind.PORT]
    assert [(text[slice(*item.span)], item.network) for item in found] == expected
    assert all(item.role is Role.DOCUMENTS for item in found)
