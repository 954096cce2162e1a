"""JavaScript and TypeScript, and the script blocks of Vue, Svelte and Astro files.

tree-sitter parses the file once; a query finds the calls, objects, declarations and comments, a byte pattern the places
where an address or the environment stands. They are taken in the order of the text, outer before inner, and what an
outer one has dealt with is passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portlint import prose
from portlint.collecting import Collector
from portlint.extractors import javascript_clients as clients
from portlint.extractors import javascript_commands as commands
from portlint.extractors import javascript_environment as environment
from portlint.extractors import javascript_schemas as schemas
from portlint.extractors import javascript_servers as servers
from portlint.extractors.javascript_expressions import Reader, arguments_of, first_child
from portlint.extractors.javascript_roles import tool_of
from portlint.extractors.javascript_source import Source
from portlint.model import Extraction, Problem, Role
from portlint.syntax import Syntax, query
from portlint.text import Fragment

if TYPE_CHECKING:
    from tree_sitter import Node

_NODES = (
    "[(call_expression) (new_expression) (variable_declarator) (assignment_expression) "
    "(augmented_assignment_expression) (object) (comment) (assignment_pattern) (object_assignment_pattern) {more}] @n"
)
_JAVASCRIPT = _NODES.format(more="(field_definition)")
_TYPESCRIPT = _NODES.format(more="(public_field_definition) (required_parameter)")
_ENVIRONMENT = re.compile(rb"\benv(?:iron)?\b|\bENV\b|\b_env\b")
_SCRIPTS = re.compile(r"<script\b([^>]*)>(.*?)(?:</script\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_FRONT = re.compile(r"\A\s*---\r?\n(.*?)(?:\r?\n---|\Z)", re.DOTALL)
_FIGURES = re.compile(r"[0-9]{2}")
_LONG_LINE = 5_000
_AVERAGE_LINE = 500
_CALLS = frozenset(
    [
        "listen",
        "bindAsync",
        "bind",
        "set",
        "default",
        "describe",
        "WebSocketServer",
        "Server",
        "Redis",
        "createConnection",
        "connect",
        *servers.ROUTE_METHODS,
    ]
)
_MEMBERS = ("member_expression", "subscript_expression")


def extract(path: str, text: str) -> Extraction:
    """What a script says; minified files (see :func:`is_minified`) are named as a problem and not read."""
    if is_minified(text):
        return Extraction(problems=(Problem(line=0, message="minified; skipped"),))
    lowered = path.lower()
    extension = lowered.rpartition(".")[2]
    if extension in ("vue", "svelte", "astro"):
        text = _script_blocks(text, extension == "astro")
    language = "typescript" if extension in ("ts", "mts", "cts") else "tsx"
    syntax = Syntax(text, language)
    into = Collector("env default")
    source = Source(path, syntax, Reader(syntax), into, tool_of(path))
    if syntax.root.has_error:
        _problem(syntax, into)
    for node, kind in _nodes(syntax, language):
        if not source.is_taken(node):
            _visit(node, kind, source)
    return into.build()


def is_minified(text: str) -> bool:
    """Lines of more than 500 characters on average, or one of more than 5,000 within the first 20,000."""
    if len(text) < _LONG_LINE:
        return False
    if len(text) > _AVERAGE_LINE * (text.count("\n") + 1):
        return True
    return max(map(len, text[:20_000].split("\n"))) > _LONG_LINE


def _script_blocks(text: str, front_matter: bool) -> str:
    """The same text with all but the scripts blanked, so that places stay."""
    blocks = [match.span(2) for match in _SCRIPTS.finditer(text)]
    if front_matter and (match := _FRONT.match(text)):
        blocks.insert(0, match.span(1))
    pieces: list[str] = []
    position = 0
    for start, end in blocks:
        if start >= position:
            pieces += [re.sub(r"[^\r\n]", " ", text[position:start]), text[start:end]]
            position = end
    pieces.append(re.sub(r"[^\r\n]", " ", text[position:]))
    return "".join(pieces)


def _problem(syntax: Syntax, into: Collector) -> None:
    """The first place that could not be parsed."""
    node = syntax.root
    while True:
        broken = next((child for child in node.children if child.has_error or child.is_missing), None)
        if broken is None or node.type == "ERROR":
            break
        node = broken
    if node.parent is not None and node.parent.type.startswith("jsx"):
        return  # text that browsers accept and the grammar does not (a bare & between tags)
    into.problem(node.start_point[0] + 1, "syntax not understood from here")


def _nodes(syntax: Syntax, language: str) -> list[tuple[Node, str]]:
    """Nodes worth a look with why, in the order of the text, outer ones first."""
    from tree_sitter import QueryCursor

    root = syntax.root
    captured = QueryCursor(query(language, _TYPESCRIPT)).captures(root).get("n", [])
    found: list[tuple[Node, str]] = [(node, "") for node in captured]
    data = syntax.text.encode("utf-8", "surrogatepass")
    for pattern, kind in ((clients.POINTS, "address"), (_ENVIRONMENT, "environment")):
        for match in pattern.finditer(data):
            node = root.descendant_for_byte_range(match.start(), match.start())
            if node is not None:
                found.append((node, kind))
    found.sort(key=lambda item: (item[0].start_byte, -item[0].end_byte))
    return found


def _visit(node: Node, kind: str, source: Source) -> None:
    if kind == "address":
        _address(node, source)
    elif kind == "environment":
        _read(node, source)
    else:
        match node.type:
            case "call_expression" | "new_expression":
                _call(node, source)
            case "variable_declarator" | "public_field_definition" | "field_definition":
                environment.declarator(node, source)
            case "assignment_expression" | "augmented_assignment_expression":
                environment.assignment(node, source)
            case "assignment_pattern" | "object_assignment_pattern" | "required_parameter":
                environment.parameter(node, source)
            case "object":
                schemas.options(node, node, source)
                commands.collect(node, source)
                clients.object_literal(node, source)
            case "comment":
                _comment(node, source)


def _address(node: Node, source: Source) -> None:
    if node.type == "jsx_text":
        clients.jsx(node, source)
        source.take(node)
    elif node.type in ("string_fragment", "string", "template_string", "escape_sequence", '"', "'", "`", "${") or (
        node.parent is not None and node.parent.type in ("template_string", "template_substitution")
    ):
        clients.text(node, source)


def _read(node: Node, source: Source) -> None:
    """From ``env`` in ``process.env.X`` to the member expression that names the variable."""
    current = node
    for _ in range(4):
        if current.type in _MEMBERS and source.reader.variable(current):
            if not source.is_taken(current):
                environment.read(current, source)
            return
        if current.parent is None:
            return
        current = current.parent


def _call(node: Node, source: Source) -> None:
    called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    if called is None:
        return
    if called.type == "member_expression":
        last = called.child_by_field_name("property")
        owner_node = called.child_by_field_name("object")
    elif called.type == "identifier":
        last, owner_node = called, None
    else:
        return
    if last is None:
        return
    method = source.syntax.source(last)
    arguments = arguments_of(node)
    if not arguments:
        return
    if arguments[0].type == "object":
        schemas.options(node, arguments[0], source)
    if arguments[0].type == "string" and (owner_node is None or method in ("get", "getOrThrow", "require")):
        value = source.reader.value(node)
        if environment.has_variable(value):
            environment.read(node, source)
            return
    if method not in _CALLS:
        return
    short = owner_node is not None and owner_node.end_byte - owner_node.start_byte < 200
    owner = source.syntax.source(owner_node) if owner_node is not None and short else ""
    match method:
        case "listen":
            servers.listen(node, owner, arguments, source)
        case "Server" | "WebSocketServer":
            servers.numbered(node, method, arguments, source)
        case "Redis" | "createConnection" | "connect":
            servers.numbered(node, method, arguments, source, Role.CONNECTS)
        case "bindAsync" | "bind":
            servers.bind_address(node, method, arguments, source)
        case "set":
            servers.application_setting(owner, arguments, source)
        case "default":
            schemas.default(node, arguments[0], source)
        case "describe" if owner_node is not None:
            schemas.description(node, arguments[0], source)
        case _:
            servers.route(node, owner, method, arguments, source)


def _comment(node: Node, source: Source) -> None:
    fragment = source.syntax.fragment(node)
    if not _FIGURES.search(fragment.text):
        return
    start = 2 if fragment.text.startswith(("//", "/*")) else 0
    end = len(fragment.text) - (2 if fragment.text.endswith("*/") and len(fragment.text) > 3 else 0)
    inner = Fragment.slice_of(source.syntax.text, fragment.start + start, fragment.start + max(start, end))
    prose.collect(inner, source.into, name=_beside(node, source), commented=True, how="comment")


def _beside(node: Node, source: Source) -> str:
    """The setting that a comment stands beside (same line) or above."""
    previous, following = node.prev_named_sibling, node.next_named_sibling
    near = None
    if previous is not None and previous.end_point[0] == node.start_point[0]:
        near = previous
    elif following is not None and following.start_point[0] == node.end_point[0] + 1:
        near = following
    if near is None:
        return ""
    if near.type in ("lexical_declaration", "variable_declaration", "export_statement"):
        near = first_child(near) or near
        near = (first_child(near) or near) if near.type == "lexical_declaration" else near
    name = near.child_by_field_name("name") or near.child_by_field_name("key") or near.child_by_field_name("property")
    return source.syntax.source(name) if name is not None and near.type != "function_declaration" else ""
