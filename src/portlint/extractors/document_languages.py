"""What a code block is: the file it is said to be, the language of its fence, or what its lines look like.

The answer is a file name, so that the table of formats decides which extractor reads it.
"""

from __future__ import annotations

import posixpath
import re

from portlint import knowledge
from portlint.extractors import format_of
from portlint.extractors.document_blocks import Block
from portlint.text import Fragment

_PATHS = {
    **dict.fromkeys(("bash", "sh", "shell", "zsh", "ksh", "console", "terminal"), "block.sh"),
    **dict.fromkeys(("shell-session", "shellsession", "cmdline"), "block.sh"),
    **dict.fromkeys(("env", "dotenv"), ".env"),
    **dict.fromkeys(("python", "py", "python3"), "block.py"),
    **dict.fromkeys(("dockerfile", "docker", "containerfile"), "Dockerfile"),
    **dict.fromkeys(("js", "javascript", "mjs", "cjs", "node"), "block.js"),
    **dict.fromkeys(("ts", "typescript"), "block.ts"),
    **dict.fromkeys(("jsx",), "block.jsx"),
    **dict.fromkeys(("tsx",), "block.tsx"),
    **dict.fromkeys(("powershell", "ps1", "pwsh", "ps"), "block.ps1"),
    **dict.fromkeys(("bat", "batch", "cmd", "dos"), "block.bat"),
    **dict.fromkeys(("json", "jsonc", "json5"), "config.json"),
    **dict.fromkeys(("makefile", "make"), "Makefile"),
    **dict.fromkeys(("ini", "cfg", "conf"), "config.ini"),
    **dict.fromkeys(("hcl", "terraform", "tf"), "main.tf"),
    **dict.fromkeys(("go", "golang"), "block.go"),
    "toml": "config.toml",
    "nginx": "nginx.conf",
    "caddyfile": "Caddyfile",
    "caddy": "Caddyfile",
    "properties": "application.properties",
    "rust": "block.rs",
    "java": "block.java",
    "kotlin": "block.kt",
    "ruby": "block.rb",
    "php": "block.php",
    "systemd": "block.service",
    "apache": "httpd.conf",
    "haproxy": "haproxy.cfg",
    "procfile": "Procfile",
    "vue": "block.vue",
}
_YAML = frozenset({"yaml", "yml", "docker-compose", "compose"})
_UNNAMED = frozenset({"", "text", "txt", "plaintext", "plain", "none", "output", "code"})
_ENV_LINE = re.compile(r"\s*(?:#.*|(?:export\s+)?[A-Z][A-Z0-9_]*=.*)?")
_PROMPT = re.compile(
    r"[ \t]*(?:\([\w.\-]+\)[ \t]*)?(?:[\w.\-]+@[\w.\-]+[:\s][^\s$#]*)?(?:\$|❯|➜|PS[^>\n]*>|[A-Z]:\\[^>\n]*>)[ \t]+"
)
_COMMAND = re.compile(
    r"[ \t]*(?:sudo[ \t]+)?(?:[A-Z_][A-Z0-9_]*=\S*[ \t]+)*(?P<program>\.{0,2}/?[\w./\-]+)(?=[ \t\n]|$)"
)
_PROGRAMS = frozenset(
    "docker docker-compose podman npm npx yarn pnpm bun python python3 pip uv poetry curl wget export cd make git bash"
    " sh node go cargo java kubectl helm ssh source sudo open lsof netstat kill flyctl fly deno".split()
)
_FILE = re.compile(
    r"(?<![\w./\-])(?P<path>(?:[\w.\-]+/)*"
    r"(?:[\w\-]*\.[\w.\-]*[A-Za-z]|Dockerfile|Makefile|Procfile|Caddyfile))(?![\w/])"
)


def stated_in(block: Block, sentence: str, language: str) -> str:
    """The file that a block is said to be: in its fence, in its first comment, or just above."""
    info = re.search(r"(?:title|file|filename|name)\s*=\s*[\"']?([^\"'\s}]+)|^[\w+-]*:(\S+)", block.language)
    first = re.match(r"\s*(?:#|//|--)[ \t]*(\S+)[ \t]*\n", block.fragment.text)
    candidates = [group for group in (info.groups() if info else ()) if group] + ([first.group(1)] if first else [])
    tail = sentence.rstrip()
    if tail.endswith((":", "：", "`", "*")) or len(tail) < 60:
        candidates += [match.group("path") for match in _FILE.finditer(tail)][-1:]
    for candidate in candidates:
        name = posixpath.normpath(candidate.strip("`*\"'"))
        if name.startswith(("..", "/")) or not _FILE.fullmatch(name):
            continue
        format = format_of(name)
        if format is None or format.name == "document":
            continue
        guessed = format_of(guess(language, block.fragment.text) or "x")
        if language in _UNNAMED or language in _YAML or guessed is None or guessed is format:
            return name
        if format.name == "dotenv" and (guessed.name != "shell" or _all_assignments(block.fragment.text)):
            return name
    return ""


def guess(language: str, text: str) -> str:
    """A file name that stands for the block's language, so that the table of formats decides."""
    if language in _YAML:
        return _yaml(text)
    if language == "json" and '"scripts"' in text:
        return "package.json"
    if language in ("bash", "sh", "shell") and _all_assignments(text) and "export " not in text:
        return ".env"
    if language == "ini" and _all_assignments(text):
        return ".env"
    if language in _PATHS:
        return _PATHS[language]
    if language in _UNNAMED:
        return _unnamed(text)
    return ""


def _yaml(text: str) -> str:
    if re.search(r"^(?:apiVersion|kind):", text, re.MULTILINE):
        return "deployment.yaml"
    if re.search(r"^(?:on|jobs):", text, re.MULTILINE) and "jobs:" in text:
        return ".github/workflows/block.yml"
    if re.search(r"^services:", text, re.MULTILINE):
        return "docker-compose.yml"
    return "application.yml" if re.search(r"^(?:spring|server|management):", text, re.MULTILINE) else "config.yaml"


def _unnamed(text: str) -> str:
    if _all_assignments(text):
        return ".env"
    if re.search(r"^services:[ \t]*$", text, re.MULTILINE):
        return "docker-compose.yml"
    if re.match(r"\s*FROM[ \t]+\S+", text):
        return "Dockerfile"
    if re.match(r"\s*(?:upstream|server|location)\b[^\n]*\{", text):
        return "nginx.conf"
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    return "block.sh" if any(_is_command(line) for line in lines[:5]) else ""


def _all_assignments(text: str) -> bool:
    lines = text.strip().split("\n")
    some = any("=" in line and not line.lstrip().startswith("#") for line in lines)
    return some and all(_ENV_LINE.fullmatch(line.rstrip()) for line in lines)


def _is_program(name: str) -> bool:
    return name in _PROGRAMS or name in knowledge.load().by_program


def _is_command(line: str) -> bool:
    if _PROMPT.match(line):
        return True
    match = _COMMAND.match(line)
    return match is not None and (_is_program(match.group("program")) or match.group("program").startswith("./"))


def without_prompts(fragment: Fragment) -> tuple[Fragment, list[Fragment]]:
    """The commands of a terminal session, and the output in it. A block without prompts is all commands."""
    if not re.search(_PROMPT.pattern, fragment.text):
        return fragment, []
    parts: list[tuple[str, int]] = []
    output: list[Fragment] = []
    position, continued, end = 0, False, fragment.offset(0)
    for line in fragment.text.splitlines(keepends=True):
        prompt = _PROMPT.match(line)
        comment = line.lstrip().startswith("#")
        last = position + len(line)
        if prompt or continued or comment:
            start = position + (prompt.end() if prompt else 0)
            parts += [(fragment.text[index], fragment.offset(index)) for index in range(start, last)]
            end = fragment.offset(last)
        elif line.strip():
            output.append(fragment.cut(position, last))
        continued = (bool(prompt) or continued) and line.rstrip().endswith("\\")
        position = last
    return (Fragment.pieces(parts, end) if parts else Fragment("", fragment.start)), output
