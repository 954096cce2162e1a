"""Bad input, end to end: what cannot be read is a failure with a path and a reason, and the rest is still checked."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path

import pytest

from portlint import pipeline, reading, reporters
from portlint.errors import UnreadableInput
from portlint.extractors import FORMATS, extractor, format_of
from portlint.model import Confidence, Report
from portlint.pipeline import Options
from portlint.reporters import View

OPTIONS = Options(cache=False, jobs=1, min_confidence=Confidence.LOW)
PATHS = {
    "dotenv": ".env",
    "shell": "run.sh",
    "python": "app/main.py",
    "dockerfile": "Dockerfile",
    "workflow": ".github/workflows/ci.yml",
    "compose": "compose.yml",
    "yamlconfig": "config/settings.yaml",
    "makefile": "Makefile",
    "justfile": "justfile",
    "procfile": "Procfile",
    "caddyfile": "Caddyfile",
    "haproxy": "haproxy.cfg",
    "apache": "httpd.conf",
    "nginx": "nginx.conf",
    "systemd": "app.service",
    "properties": "application.properties",
    "httpfile": "api.http",
    "hcl": "main.tf",
    "toml": "config.toml",
    "ini": "setup.ini",
    "conf": "app.conf",
    "document": "README.md",
    "packagejson": "package.json",
    "javascript": "server.ts",
    "jsonconfig": "config/default.json",
    "otherlanguages": "main.go",
    "xmlconfig": "web.config",
    "batch": "run.bat",
    "powershell": "run.ps1",
}
NAMES = [item.name for item in FORMATS]
GOOD = {
    "good/.env": "GOOD_PORT=8300\n",
    "good/run.sh": 'GOOD_PORT=${GOOD_PORT:-8288}\ninngest dev --port "$GOOD_PORT"\n',
}
CASES = {
    "dotenv": "A_PORT=8000\nA_URL=\"http://localhost:8000/${A\nB_PORT=$\n=9\nexport\nC_PORT='81\n",
    "shell": 'A_PORT=8000\nif [ "$A_PORT" = "x; then\n  uvicorn app:app --port ${A_PORT:-80\ncat <<EOF\nhttp://localhost:80',
    "python": 'import os\nPORT = int(os.getenv("A_PORT", "8000")\ndef f(:\n  uvicorn.run(app, port=80\nX = """http://localhost:8000',
    "dockerfile": 'FROM x\nEXPOSE 8000 $\nENV A_PORT=\nCMD ["uvicorn", "--port", "80\nRUN <<EOF\nexport A_PORT=1',
    "workflow": "on: push\njobs:\n  a:\n    services:\n      db:\n        ports: ['80:80\n    steps:\n      - run: |\n  bad",
    "compose": 'services:\n  a:\n    ports:\n      - "80:80\n    environment:\n      A_PORT: ${A_PORT:-80\n   b: [',
    "yamlconfig": "server:\n  port: 8000\n  url: http://localhost:8000\n bad\n\tport: [1, {",
    "makefile": "PORT ?= 8000\nrun:\n\tuvicorn --port $(PORT\nifeq ($(X\ndefine y\n\thttp://localhost:80",
    "justfile": 'port := "8000\nrun:\n  uvicorn --port {{port',
    "procfile": 'web: uvicorn --port ${PORT:-80\nworker\n: x --port 80 "',
    "caddyfile": ":80 {\n  reverse_proxy localhost:{$A_PORT:80\n  handle /x {",
    "haproxy": 'frontend a\n  bind *:80 "\nbackend\n  server x :',
    "apache": "Listen 80\n<VirtualHost *:80\n  ProxyPass / http://localhost:80 \\",
    "nginx": 'server {\n listen 80\n location / { proxy_pass "http://a:80; \n upstream {',
    "systemd": '[Service]\nEnvironment="A_PORT=80\nExecStart=/bin/x --port ${A \\',
    "properties": "server.port=80\\\n\\u00zz=80\nurl=http://localhost:80\\",
    "httpfile": "@port = 80\nGET http://localhost:{{port\n###\nPOST",
    "hcl": 'variable "port" {\n default = 80\nresource "x" {\n url = "http://${var.h:80\n',
    "toml": '[server\nport = 80\nurl = "http://localhost:80\n[[x]\na = [1,',
    "ini": "[server\nport = 80\n= 3\nurl = http://localhost:80\n[]",
    "conf": "port 80\nlisten {\n url = http://localhost:80\n server [ '",
    "document": '# A\n\n```sh\nuvicorn --port 80\n\n| port |\n|--|\n[x](http://localhost:80\n<a href="',
    "packagejson": '{"scripts": {"dev": "next dev -p 3000", "x": "PORT=80',
    "javascript": "const p = process.env.A_PORT || 8000\napp.listen(`http://localhost:${p\nfunction ( {",
    "jsonconfig": '{"server": {"port": 8000, "url": "http://localhost:80',
    "otherlanguages": 'func main() { http.ListenAndServe(":80\n os.Getenv("A_PORT"',
    "xmlconfig": '<a>\n<!-- port 8000\n--><b key="A_PORT" value="80"/><c url="http://localhost:80\n<d>localhost:80</e>\n<f',
    "batch": 'set A_PORT=8000\nif "%A_PORT%"=="" (\nset URL=http://localhost:%A_PORT\n:',
    "powershell": '$env:A_PORT = "8000\nif ($x -eq {\n$url = "http://localhost:$(',
}


def write(root: Path, files: dict[str, str | bytes]) -> None:
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())


def check(root: Path, files: dict[str, str | bytes]) -> Report:
    """Run on files beside a pair that disagrees; that one must be found, and every failure must say what and why."""
    write(root, {**GOOD, **files})
    report = pipeline.run(root, options=OPTIONS)
    values = {place.value for found in report.findings for place in (found.location, *found.related)}
    assert {"8288", "8300"} <= values
    for failure in report.failures:
        assert failure.path in files, failure
        assert failure.message.strip()
        assert "internal error" not in failure.message, failure
        assert failure.line >= 0
    json.loads(reporters.render("json", report, View()))
    for name in ("table", "concise"):
        reporters.render(name, report, View()).encode("utf-8", "surrogateescape")
    return report


def failures(report: Report) -> list[tuple[str, int, str]]:
    return [(failure.path, failure.line, failure.message) for failure in report.failures]


def test_every_format_has_a_path_and_a_broken_case() -> None:
    assert set(NAMES) <= set(PATHS) and set(NAMES) <= set(CASES)
    assert {name: found.name if (found := format_of(PATHS[name])) else None for name in NAMES} == {
        name: name for name in NAMES
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_half_written_files(tmp_path: Path, name: str, ending: str) -> None:
    text = CASES[name].replace("\n", ending)
    check(tmp_path, {PATHS[name]: text})
    for end in range(0, len(text), 7):
        extractor(name)(PATHS[name], text[:end])


@pytest.mark.parametrize("name", NAMES)
def test_empty_and_blank_files(tmp_path: Path, name: str) -> None:
    assert check(tmp_path, {PATHS[name]: ""}).failures == ()
    for text in (
        "",
        "\n",
        "\r\n",
        " ",
        "\t\n\t",
        "#",
        "\\",
        "\\\n",
        "\n\n#",
        "\ufeff",
        "port",
        "http://",
        '"',
        "'",
        "`",
        "$",
        "{",
        "[",
    ):
        extractor(name)(PATHS[name], text)


@pytest.mark.parametrize("name", NAMES)
def test_spans_of_broken_files_stay_within_them(name: str) -> None:
    for text in (CASES[name], "é中😀\n" + CASES[name], CASES[name].replace("\n", "\r\n")):
        found = extractor(name)(PATHS[name], text)
        for item in found.occurrences:
            assert 0 <= item.span.start <= item.span.end <= len(text), item
        lines = text.count("\n") + 1
        assert all(0 <= problem.line <= lines and problem.message for problem in found.problems)


@pytest.mark.parametrize("name", NAMES)
def test_two_runs_of_an_extractor_agree(name: str) -> None:
    assert extractor(name)(PATHS[name], CASES[name]) == extractor(name)(PATHS[name], CASES[name])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    write(tmp_path, {"secret.sh": "PORT=80\n"})
    (tmp_path / "secret.sh").chmod(0)
    report = check(tmp_path, {"other.sh": ""})
    assert failures(report) == [("secret.sh", 0, "cannot be read: Permission denied")]


def test_a_file_that_the_system_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = reading.load

    def refuse(root: str, path: str) -> object:
        if path == "gone.sh":
            raise PermissionError(13, "Permission denied")
        return real(root, path)

    monkeypatch.setattr("portlint.parallel.load", refuse)
    report = check(tmp_path, {"gone.sh": "PORT=80\n"})
    assert failures(report) == [("gone.sh", 0, "cannot be read: Permission denied")]


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAXIMUM_SIZE", 1_000_000)
    report = check(tmp_path, {"large.sh": "PORT=80\n" * 200_000, "small.sh": "PORT=80\n"})
    assert failures(report) == [("large.sh", 0, "larger than 1 MB")]


def test_a_binary_file(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {".env": b"A_PORT=80\n\0\1\2", "run.sh": b"\x7fELF\0\0http://localhost:80"}
    assert failures(check(tmp_path, files)) == [(".env", 0, "binary file"), ("run.sh", 0, "binary file")]


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    report = check(tmp_path, {"app.properties": "a=1\nhost=m\xfcnchen\nserver.port=80\n".encode("latin-1")})
    assert failures(report) == [("app.properties", 2, "not valid utf-8 text")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding in ("utf-16", "utf-8-sig") else "\ufeff"
    report = check(tmp_path, {"bom.env": (mark + "GOOD_PORT=8301\n").encode(encoding)})
    assert report.failures == ()
    regions = {
        tuple(member.location.region)
        for setting in report.settings
        for member in setting.members
        if member.location.path == "bom.env"
    }
    assert regions == {(1, 11, 1, 15)}


@pytest.mark.parametrize("data", [b"\xff\xfeA\0\n\0B", b"\xff\xfe\0\xd8=\0", "\ufeffPORT=80".encode("utf-32-le")])
def test_broken_wide_text(tmp_path: Path, data: bytes) -> None:
    report = check(tmp_path, {"wide.env": data})
    assert [path for path, _, _ in failures(report)] == ["wide.env"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ("{", "}"), ("(", ")"), ('{"a":', "}"), ("${A:-", "}"), ("- ", "")]
)
def test_deep_nesting(tmp_path: Path, name: str, opening: str, closing: str) -> None:
    depth = 2_000
    deep = opening * depth + "http://localhost:8000" + closing * depth
    text = f"port = 8000\nurl = {deep}\nhost: localhost:80\n"
    start = time.perf_counter()
    check(tmp_path, {PATHS[name]: text, "deep/" + PATHS[name]: deep})
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize("name", NAMES)
def test_long_expressions(tmp_path: Path, name: str) -> None:
    files: dict[str, str | bytes] = {}
    for number, operator in enumerate((" + ", " or ", " | ", "; ")):
        chain = operator.join(['"http://localhost:8000"', "PORT", "$PORT"] * 200)
        files[f"a{number}/{PATHS[name]}"] = f"url = {chain}\n"
        if operator == " or ":
            files[f"b{number}/{PATHS[name]}"] = f"port={chain}"
    start = time.perf_counter()
    check(tmp_path, files)
    assert time.perf_counter() - start < 40


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "unit", ["http://localhost:8000 ", "PORT=8000,", "a", "$", '"', "\\", "'a' ", "{a} ", "<a> ", "8000 "]
)
def test_one_long_line(name: str, unit: str) -> None:
    text = f"port = 8000 # localhost\nurl: {unit * (20_000 // len(unit))}"
    start = time.perf_counter()
    with contextlib.suppress(UnreadableInput):
        extractor(name)(PATHS[name], text)
    assert time.perf_counter() - start < 5


TYPICAL = {
    "dotenv": "# service {i}, default 8{n}\nS{i}_PORT=8{n}\nS{i}_URL=http://${{S{i}_HOST:-localhost}}:8{n}/x",
    "shell": 'S{i}_PORT=${{S{i}_PORT:-8{n}}}  # port 8{n}\nuvicorn app{i}:app --port "$S{i}_PORT" &\ncurl http://localhost:8{n}/health',
    "python": 'S{i}_PORT = int(os.getenv("S{i}_PORT", "8{n}"))  # port 8{n}\nrequests.get(f"http://localhost:{{S{i}_PORT}}/x")',
    "dockerfile": "ENV S{i}_PORT=8{n}\nEXPOSE 8{n}\nRUN curl http://localhost:8{n} \\\n  && true",
    "workflow": "      - name: step {i}\n        env:\n          S{i}_PORT: ${{{{ env.X || '8{n}' }}}}\n        run: curl http://localhost:8{n}",
    "compose": '  s{i}:\n    image: x\n    ports: ["8{n}:8{n}"]\n    environment:\n      S{i}_PORT: ${{S{i}_PORT:-8{n}}}',
    "yamlconfig": "s{i}:\n  port: 8{n}  # port 8{n}\n  url: http://localhost:8{n}/x",
    "makefile": "S{i}_PORT ?= 8{n}\nrun{i}:\n\tuvicorn app:app --port $(S{i}_PORT)",
    "justfile": 's{i}_port := "8{n}"\nrun{i}:\n  uvicorn app:app --port {{{{s{i}_port}}}}',
    "procfile": "web{i}: uvicorn app{i}:app --port ${{S{i}_PORT:-8{n}}}",
    "caddyfile": "s{i}.example.org {{\n  reverse_proxy localhost:8{n}\n}}",
    "haproxy": "backend s{i}\n  server a{i} localhost:8{n} check",
    "apache": "Listen 8{n}\nProxyPass /s{i} http://localhost:8{n}/",
    "nginx": "server {{\n  listen 8{n};\n  location /s{i} {{ proxy_pass http://s{i}:8{n}; }}\n}}",
    "systemd": "Environment=S{i}_PORT=8{n}\nExecStart=/usr/bin/uvicorn app:app --port ${{S{i}_PORT}}",
    "properties": "s{i}.port=${{S{i}_PORT:8{n}}}\ns{i}.url=http://localhost:8{n}/x",
    "httpfile": "@s{i} = http://localhost:8{n}\nGET {{{{s{i}}}}}/x\n\n###",
    "hcl": 'variable "s{i}_port" {{\n  default = 8{n}\n}}',
    "toml": '[s{i}]\nport = 8{n}\nurl = "http://localhost:8{n}"',
    "ini": "[s{i}]\nport = 8{n}\nurl = http://localhost:8{n}",
    "conf": "s{i}_port 8{n}\ns{i}_url http://localhost:8{n}",
    "document": "## Service {i}\n\nRuns at http://localhost:8{n} (`S{i}_PORT`, default 8{n}).\n\n```sh\nS{i}_PORT=8{n} ./run\n```\n",
    "packagejson": '    "dev{i}": "S{i}_PORT=8{n} next dev -p 8{n}",',
    "javascript": "const s{i} = process.env.S{i}_PORT || 8{n} // port 8{n}\nfetch(`http://localhost:${{s{i}}}/x`)",
    "jsonconfig": '  "s{i}": {{"port": 8{n}, "url": "http://localhost:8{n}"}},',
    "otherlanguages": 'var s{i} = os.Getenv("S{i}_PORT") // port 8{n}\nfunc f{i}() {{ http.Get("http://localhost:8{n}") }}',
    "xmlconfig": '<add key="S{i}_PORT" value="8{n}"/>\n<s{i}.url>http://localhost:8{n}/x</s{i}.url> <!-- port 8{n} -->',
    "batch": "set S{i}_PORT=8{n}\ncurl http://localhost:%S{i}_PORT%/x",
    "powershell": '$env:S{i}_PORT = "8{n}"\nInvoke-WebRequest "http://localhost:$env:S{i}_PORT/x"',
}
FRAMES = {
    "workflow": ("on: push\njobs:\n  a:\n    steps:\n", ""),
    "compose": ("services:\n", ""),
    "systemd": ("[Service]\n", ""),
    "packagejson": ('{"scripts": {\n', '    "x": "y"\n}}\n'),
    "jsonconfig": ("{\n", '  "x": 1\n}\n'),
    "python": ("import os\nimport requests\n", ""),
    "otherlanguages": ("package main\n", ""),
    "dockerfile": ("FROM x\n", ""),
    "xmlconfig": ("<configuration>\n", "</configuration>\n"),
}


def _typical(name: str, lines: int) -> str:
    line = TYPICAL[name]
    before, after = FRAMES.get(name, ("", ""))
    count = lines // (line.count("\n") + 1)
    return before + "".join(line.format(i=i, n=f"{i % 900:03}") + "\n" for i in range(count)) + after


def _seconds(name: str, lines: int) -> float:
    text = _typical(name, lines)
    start = time.perf_counter()
    found = extractor(name)(PATHS[name], text)
    seconds = time.perf_counter() - start
    assert len(found.occurrences) > lines / 4 and not found.problems
    return seconds


@pytest.mark.parametrize("name", NAMES)
def test_four_times_the_lines_take_about_four_times_as_long(name: str) -> None:
    _seconds(name, 40)  # whatever is loaded or compiled once
    for _ in range(3):  # something else may run beside it
        few, many = _seconds(name, 400), _seconds(name, 1_600)
        if many < 0.1 or many / few < 8:
            return
    pytest.fail(f"{many:.1f} s for four times the lines")
