"""Code blocks of documents: each goes to the extractor of its language and comes back as documentation.

An occurrence keeps its kind, name, network, service, tool and group; its role becomes ``documents`` and ``how`` ends
with the role it had (``code block: listens``). Services, relations, remarks and constants of a block are no facts
about the tree and are dropped; constants are put in where the block uses them.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import Any

from portlint import knowledge, prose
from portlint.collecting import Collector
from portlint.errors import UnreadableInput
from portlint.extractors import extractor, format_of, worth_parsing
from portlint.extractors.document_blocks import Block, plain
from portlint.model import Extraction, Occurrence, Role
from portlint.prose_hedges import Sentences, suggests
from portlint.text import Fragment, Span
from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, Unknown

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
_DOCUMENT_FOLDERS = frozenset(
    "doc docs documentation wiki guide guides content pages handbook .github website site".split()
)
_COMPOSE_UP = re.compile(r"\bdocker[ -]compose\b[^\n`#]*[ \t](?:up|start)\b")
_STARTERS = (
    "npm|yarn|pnpm|bun|npx|python3?|py|uvicorn|flask|gunicorn|make|just|cargo|go|node|deno|poetry|uv|pipenv|java|mvn|"
    r"gradle|rails|bundle|php|dotnet|hugo|docker run|podman run|kubectl|helm|\.{0,2}/\S+"
)
_STARTED_WITH = "run|start|dev|serve|server|runserver|up|apply|install|watch|preview|main|manage\\.py|app"
_STARTS = re.compile(
    rf"^[ \t]*(?:\$ +|> +)?(?:[A-Z_]+=\S+ +)*(?:sudo +)?(?:{_STARTERS}) +[^\n]*\b(?:{_STARTED_WITH})\b", re.MULTILINE
)
_HASH = re.compile(r"(?<![^\s])(?:#|//)[^\n]*$")
_DEEPEST = 8


def read(path: str, block: Block, into: Collector, titles: list[str], lead: str, optional: bool) -> None:
    """What one code block says; ``titles`` are the headings above it, ``lead`` the paragraph just before."""
    sentence = lead[slice(*Sentences(lead).all()[-1])] if lead.strip() else ""
    label = " > ".join([*titles, *filter(None, [plain(sentence)])])
    _started(block.fragment, into)
    fields: dict[str, Any] = {"label": label}
    if optional or suggests(sentence):
        fields["optional"] = True
    language = re.split(r"[\s{,:]", block.language.strip().lower(), maxsplit=1)[0]
    fragment = block.fragment
    if language in ("diff", "patch"):
        fields["optional"] = True
    stated = _stated(block, sentence, language)
    virtual = stated or _guess(language, fragment.text)
    if virtual == "config.yaml" and _is_service(fragment.text):
        fragment, virtual = _as_services(fragment), "docker-compose.yml"
    if stated and posixpath.dirname(stated):
        fields["component"] = posixpath.dirname(stated)
    if virtual == "block.sh":
        fragment, rest = _without_prompts(fragment)
        for piece in rest:
            prose.collect(piece, into, how="code block", **fields)
    virtual = posixpath.join(_folder(path), virtual) if virtual and not stated else virtual
    if not virtual or not _extract(virtual, fragment, into, fields):
        prose.collect(fragment, into, how="code block", **fields)


def _is_service(text: str) -> bool:
    """One or more compose services without the ``services:`` above them: a key alone, with an image or build below."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if len(lines) < 2 or not re.fullmatch(r"[ \t]*[\w.\-]+:[ \t]*", lines[0]):
        return False
    outer = len(lines[0]) - len(lines[0].lstrip())
    for line in lines[1:]:
        if len(line) - len(line.lstrip()) <= outer:
            return False
        if re.match(r"[ \t]+(?:image|build):", line):
            return True
    return False


def _as_services(fragment: Fragment) -> Fragment:
    """A service shown without the ``services:`` above it, as the compose file that it is taken from."""
    pieces = [("services:\n", fragment.offset(0))]
    position = 0
    for line in fragment.text.splitlines(keepends=True):
        pieces += [("  ", fragment.offset(position))]
        pieces += [(character, fragment.offset(position + index)) for index, character in enumerate(line)]
        position += len(line)
    return Fragment.pieces(pieces, fragment.offset(len(fragment.text)))


def _started(fragment: Fragment, into: Collector) -> None:
    """Note that a block of commands starts a program; see :func:`compose_commands`."""
    other = _STARTS.search(fragment.text)
    if other and not _COMPOSE_UP.search(fragment.text):
        into.relation("starts", "program", fragment.span(*other.span()))


def compose_commands(text: str, into: Collector) -> None:
    """Note every ``docker compose up`` of a document, in a block or a sentence.

    Linking needs it for the texts nearby: once that has run, only published ports answer.
    """
    for match in _COMPOSE_UP.finditer(text):
        into.relation("starts", "compose", Span(*match.span()))


def _extract(virtual: str, fragment: Fragment, into: Collector, fields: dict[str, Any]) -> bool:
    format = format_of(virtual)
    if format is None or format.name == "document":
        return False
    if not worth_parsing(format.name, fragment.text.encode("utf-8", "surrogatepass")):
        return True
    try:
        found = extractor(format.name)(virtual, fragment.text)
    except UnreadableInput:
        into.unresolved += 1
        return False
    moved = _relocate(found, fragment, posixpath.dirname(virtual))
    into.merge(moved, **fields)
    return True


def _stated(block: Block, sentence: str, language: str) -> str:
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
        guessed = format_of(_guess(language, block.fragment.text) or "x")
        if language in _UNNAMED or language in _YAML or guessed is None or guessed is format:
            return name
        if format.name == "dotenv" and (guessed.name != "shell" or _all_assignments(block.fragment.text)):
            return name
    return ""


def _guess(language: str, text: str) -> str:
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


def _without_prompts(fragment: Fragment) -> tuple[Fragment, list[Fragment]]:
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


def _folder(path: str) -> str:
    """The folder that commands in a document start from: its own, or what holds a folder of documentation."""
    parts = posixpath.dirname(path).split("/")
    for index, part in enumerate(parts):
        if part.lower() in _DOCUMENT_FOLDERS:
            parts = parts[:index]
            break
    return "/".join(part for part in parts if part)


def _relocate(found: Extraction, fragment: Fragment, folder: str) -> Extraction:
    bindings = dict(found.bindings)

    def span(old: Span) -> Span:
        return fragment.span(old.start, old.end)

    def move(value: Expression, depth: int = 0) -> Expression:
        match value:
            case Literal(text=text, span=old):
                return Literal(text, span(old))
            case Reference(name=name, local=True) if name in bindings and depth < _DEEPEST:
                return move(bindings[name], depth + 1)
            case Reference(name=name, span=old, operator=operator, operand=operand, local=local):
                return Reference(name, span(old), operator, None if operand is None else move(operand, depth), local)
            case Concatenation(parts=parts):
                return Concatenation(tuple(move(part, depth) for part in parts))
            case Fallback(options=options):
                return Fallback(tuple(move(option, depth) for option in options))
            case Unknown(text=text, span=old, reason=reason):
                return Unknown(text, span(old), reason)

    def document(item: Occurrence) -> Occurrence:
        component, own = item.component, posixpath.basename(folder)
        if component and folder and f"{component}/".startswith(f"{folder}/{own}/"):
            # "cd backend" in backend/README is seen from above
            component = posixpath.normpath(component[: len(folder)] + component[len(folder) + 1 + len(own) :])
        how = item.how
        if item.role is not Role.DOCUMENTS:
            how = "code block: " + ("tool default: " if how == "tool default" else "") + item.role
        line_end = fragment.text.find("\n", item.span.end)
        beside = fragment.text[item.span.end : line_end if line_end != -1 else len(fragment.text)]
        comment = _HASH.search(beside)
        optional = item.optional or bool(comment and suggests(comment.group()))
        moved = replace(item, role=Role.DOCUMENTS, value=move(item.value), span=span(item.span), how=how)
        return replace(moved, component=component, optional=optional)

    occurrences = tuple(document(item) for item in found.occurrences)
    return Extraction(occurrences, unresolved=found.unresolved + len(found.problems))
