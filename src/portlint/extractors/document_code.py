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

from portlint import prose
from portlint.collecting import Collector
from portlint.errors import UnreadableInput
from portlint.extractors import extractor, format_of, worth_parsing
from portlint.extractors.document_blocks import Block, plain
from portlint.extractors.document_languages import guess, stated_in, without_prompts
from portlint.model import Extraction, Occurrence, Role
from portlint.prose_hedges import Sentences, suggests
from portlint.text import Fragment, Span
from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, Unknown

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
_MAPPED = re.compile(r"""[ \t]+-[ \t]*["']?(?:[0-9.]+:)?[0-9]{2,5}:[0-9]{2,5}(?:/(?:tcp|udp))?["']?[ \t]*(?:#|$)""")
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
    stated = stated_in(block, sentence, language)
    virtual = stated or guess(language, fragment.text)
    if virtual == "config.yaml" and _is_service(fragment.text):
        fragment, virtual = _as_services(fragment), "docker-compose.yml"
    if stated and posixpath.dirname(stated):
        fields["component"] = posixpath.dirname(stated)
    if virtual == "block.sh":
        fragment, rest = without_prompts(fragment)
        for piece in rest:
            prose.collect(piece, into, how="code block", **fields)
    virtual = posixpath.join(_folder(path), virtual) if virtual and not stated else virtual
    if not virtual or not _extract(virtual, fragment, into, fields):
        prose.collect(fragment, into, how="code block", **fields)


def _is_service(text: str) -> bool:
    """Compose services without the ``services:`` above them: a key alone, with an image, a build or ports below."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if len(lines) < 2 or not re.fullmatch(r"[ \t]*[\w.\-]+:[ \t]*", lines[0]):
        return False
    outer = len(lines[0]) - len(lines[0].lstrip())
    for line in lines[1:]:
        if len(line) - len(line.lstrip()) <= outer:
            return False
        if re.match(r"[ \t]+(?:image|build):", line) or _MAPPED.match(line):
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
