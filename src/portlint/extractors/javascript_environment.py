"""Environment variables and constants: reads with defaults, destructuring, assignments, parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portlint import names, urls
from portlint.extractors.javascript_expressions import arguments_of, first_child, key_text, unwrapped
from portlint.extractors.javascript_source import Source
from portlint.model import Kind, Role
from portlint.values import (
    Concatenation,
    Expression,
    Fallback,
    Literal,
    Reference,
    Unknown,
    literal_text,
    span_of,
    walk,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_HOLDS_ENVIRONMENT = re.compile(
    r"(?:\.(?:safeP|p)arse|validate\w*|loadEnv|cleanEnv|createEnv|envsafe|from)\b|\.parsed\b"
)
_HOST_VALUE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._\-]*[A-Za-z0-9])?")

_SIMPLE = frozenset(
    "string number template_string identifier member_expression subscript_expression binary_expression "
    "call_expression ternary_expression unary_expression new_expression".split()
)
_THROUGH = frozenset(
    "parenthesized_expression as_expression satisfies_expression non_null_expression unary_expression".split()
)


def has_variable(value: Expression) -> bool:
    """Whether an expression reads the environment."""
    return any(isinstance(part, Reference) and not part.local for part in walk(value))


def is_port(text: str | None) -> bool:
    """Whether a text is a port number that a person would write."""
    return text is not None and text.isdigit() and len(text) <= 5 and 0 < int(text) <= 65535


def declarator(node: Node, source: Source) -> None:
    """``const X = ...``, a class field, or destructuring of the environment."""
    name = node.child_by_field_name("name") or node.child_by_field_name("property")
    given = node.child_by_field_name("value")
    if name is None or given is None:
        return
    if name.type == "object_pattern":
        if source.reader.is_environment(source.syntax.source(unwrapped(given))):
            _destructured(name, source)
            source.take(node)
        return
    written = source.syntax.source(name)
    if _is_environment_object(given, source):
        source.reader.environments.add(written)
        if given.type == "member_expression":
            source.take(given)
        return
    constant(written if node.type == "variable_declarator" else f"this.{written}", written, given, source)


def constant(bound: str, name: str, given: Node, source: Source, how: str = "constant") -> None:
    """A name that gets a value in code: a binding, and a default where the value is a port or host of ours."""
    given = unwrapped(given)
    if given.type == "ternary_expression":
        branches = [given.child_by_field_name(side) for side in ("consequence", "alternative")]
        if names.kind_of(name) is Kind.PORT and isinstance(source.reader.value(given), Unknown):
            for branch in branches:
                if branch is not None and branch.type == "number":
                    _state(name, source.reader.value(branch), branch, source, how)
                    source.take(branch)
            return
    elif given.type not in _SIMPLE:
        return
    value = source.reader.value(given)
    if has_variable(value):
        source.into.bind(bound, value)
        source.into.reads(value, profile=source.profile(given))
        source.take(given)
    elif isinstance(value, Fallback):
        source.into.bind(bound, value)
        if state_fallback(name, value, given, source):
            source.take(given)
    elif isinstance(value, Literal | Concatenation | Reference):
        text = literal_text(value)
        if names.kind_of(name) is not None or (text is not None and ("://" in text or is_port(text))):
            source.into.bind(bound, value)
        if isinstance(value, Literal) and _state(name, value, given, source, how):
            source.take(given)


def _state(name: str, value: Expression, node: Node, source: Source, how: str) -> bool:
    """A literal port or host under a name that announces one; URLs are left to the reader of texts."""
    text, kind = literal_text(value), names.kind_of(name)
    fields = {"name": name, "how": how, "profile": source.profile(node)}
    if kind is Kind.PORT and is_port(text):
        source.into.port(Role.DEFAULTS, value, **fields)
        return True
    if kind is Kind.HOST and is_host(name, text):
        source.into.host(Role.DEFAULTS, value, **fields)
        return True
    return False


def state_fallback(name: str, value: Fallback, node: Node, source: Source) -> bool:
    """``options.port ?? 3000``: a default for the name it is given to, or for the one that is read."""
    last = value.options[-1]
    if names.kind_of(name) is None:
        name = next((option.name for option in value.options if isinstance(option, Reference)), name)
        name = name.rpartition(".")[2]
    return isinstance(last, Literal | Concatenation) and _state(name, last, node, source, "fallback")


def is_host(name: str, text: str | None) -> bool:
    """Whether a text under a name that announces a host is one; ``server`` and the like need this machine's names."""
    if text is None:
        return False
    if text in urls.LOOPBACK - {""}:
        return True
    last = names.tokens(name)[-1:]
    return last in (("host",), ("hostname",)) and bool(_HOST_VALUE.fullmatch(text)) and not text.isdigit()


def _is_environment_object(given: Node, source: Source) -> bool:
    given = unwrapped(given)
    if given.type == "member_expression":
        written = source.syntax.source(given)
        if source.reader.is_environment(written):
            return True
        return written.endswith(".parsed") and "dotenv" in written
    if given.type == "object":
        first = first_child(given)
        return (
            first is not None
            and first.type == "spread_element"
            and source.reader.is_environment(source.syntax.source(first)[3:])
        )
    if given.type != "call_expression":
        return False
    called = given.child_by_field_name("function")
    written = source.syntax.source(called) if called is not None and called.end_byte - called.start_byte < 120 else ""
    if written in ("loadEnv", "cleanEnv", "createEnv", "envsafe", "loadEnvConfig"):
        return True
    arguments = arguments_of(given)
    reads = any(source.reader.is_environment(source.syntax.source(argument)) for argument in arguments[:2])
    return reads and bool(_HOLDS_ENVIRONMENT.search(written))


def _destructured(pattern: Node, source: Source) -> None:
    """``{ PORT = 3000, HOST: host = "x" } = process.env``."""
    for child in pattern.named_children:
        target: Node | None = child
        if child.type == "pair_pattern":
            key, target = child.child_by_field_name("key"), child.child_by_field_name("value")
        elif child.type in ("object_assignment_pattern", "assignment_pattern"):
            key = child.child_by_field_name("left")
        else:
            key = child
        if key is None or target is None or child.type == "rest_pattern":
            continue
        name, span = key_text(key, source.reader), source.syntax.span(key)
        local = target.child_by_field_name("left") or target
        default = target.child_by_field_name("right")
        value = (
            Reference(name, span, "-", source.reader.value(default)) if default is not None else Reference(name, span)
        )
        source.into.bind(source.syntax.source(local), value)
        source.into.reads(value)


def assignment(node: Node, source: Source) -> None:
    """``process.env.X = v`` sets a variable; ``config.port = v`` a setting of the file."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or left.end_byte - left.start_byte > 120:
        return
    if left.type in ("member_expression", "subscript_expression"):
        name = source.reader.variable(left)
        if name:
            operator = node.child_by_field_name("operator")
            default = operator is not None and operator.type in ("||=", "??=")
            value = source.reader.value(right)
            span = span_of(value)
            source.into.setting(
                name, value, Role.DEFAULTS if default else Role.DECLARES, span=span, how="process.env assignment"
            )
            source.take(node)
            return
    written = source.syntax.source(left)
    if left.type == "identifier" and _default_later(written, node, right, source):
        return
    owner = names.tokens(written.rpartition(".")[0])
    if left.type == "identifier" or owner[-1:] in (("this",), ("config",), ("settings",), ("options",), ("defaults",)):
        constant(written, written.rpartition(".")[2], right, source, "assignment")


def _default_later(variable: str, node: Node, given: Node, source: Source) -> bool:
    """``if (!port) { port = 8000 }`` and ``port ||= 8000``, where the variable holds one of the environment's."""
    held = source.bound(variable)
    if not isinstance(held, Reference) or held.local or held.operand is not None:
        return False
    if not _where_unset(variable, node, source):
        return False
    value = source.reader.value(given)
    if not isinstance(value, Literal):
        return False
    source.into.bind(variable, Reference(held.name, held.span, ":-", value))
    source.into.setting(held.name, value, Role.DEFAULTS, how=source.into.default_how, profile=source.profile(node))
    source.take(node)
    return True


def _where_unset(variable: str, node: Node, source: Source) -> bool:
    operator = node.child_by_field_name("operator")
    if operator is not None and operator.type in ("||=", "??="):
        return True
    inner: Node = node
    for _ in range(3):
        outer = source.parent(inner)
        if outer is None:
            return False
        if outer.type == "if_statement":
            condition = outer.child_by_field_name("condition")
            tested = source.syntax.source(condition) if condition is not None else ""
            unset = re.search(rf"!\s*{re.escape(variable)}(?![\w.])|(?<![\w.]){re.escape(variable)}\s*={{2,3}}", tested)
            return outer.child_by_field_name("consequence") == inner and unset is not None
        inner = outer
    return False


def parameter(node: Node, source: Source) -> None:
    """``function start(port = 3000)`` and ``({ port = 3000 })``."""
    left = node.child_by_field_name("left") or node.child_by_field_name("pattern")
    given = node.child_by_field_name("right") or node.child_by_field_name("value")
    if left is not None and given is not None and left.type in ("identifier", "shorthand_property_identifier_pattern"):
        name = source.syntax.source(left)
        if names.kind_of(name) is not None:
            constant(name, name, given, source, "parameter default")


def read(node: Node, source: Source) -> None:
    """A variable that is read somewhere: with the default that the expression around it gives."""
    current = node
    while (parent := current.parent) is not None:
        if parent.type == "binary_expression":
            operator = parent.child_by_field_name("operator")
            if operator is None or operator.type not in ("||", "??", "!==", "!=", "===", "=="):
                break
            if operator.type not in ("||", "??"):
                chooser = parent.parent
                if chooser is None or chooser.type != "ternary_expression":
                    break
                parent = chooser
                if isinstance(source.reader.value(parent), Unknown):
                    break
        elif parent.type == "arguments" and parent.parent is not None:
            called = parent.parent.child_by_field_name("function")
            if called is None or source.syntax.source(called) not in ("Number", "parseInt", "parseFloat", "String"):
                break
            parent = parent.parent
        elif parent.type == "member_expression":
            call = parent.parent
            if call is None or call.type != "call_expression" or isinstance(source.reader.value(call), Unknown):
                break
            parent = call
        elif parent.type == "ternary_expression":
            if isinstance(source.reader.value(parent), Unknown):
                break
        elif parent.type not in _THROUGH:
            break
        current = parent
    value = source.reader.value(current)
    if not has_variable(value):
        value = source.reader.value(node)
        current = node
    source.into.reads(value, profile=source.profile(current))
    source.take(current)
