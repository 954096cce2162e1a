"""JavaScript and TypeScript expressions as portlint's expressions.

Environment reads become references to the variable, constants of the file references with ``local=True``. Wrappers that
keep the value (``Number(x)``, ``x!``, ``x.trim()``, ``x as string``) are looked through.
Sources: nodejs.org ``process.env``; vite.dev "Env Variables"; docs.deno.com ``Deno.env``; bun.com ``Bun.env``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from portlint.jsontree import expression as spread
from portlint.syntax import Syntax
from portlint.text import Fragment
from portlint.values import Expression, Fallback, Literal, Reference, Unknown, concatenate

if TYPE_CHECKING:
    from tree_sitter import Node

_ENVIRONMENT = re.compile(
    r"(?:globalThis\.|window\.)?(?:process|import\.meta|Deno|Bun|runtime)\s*\??\.\s*env|\$env|env|ENV|_env|environ"
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_UPPER = re.compile(r"[A-Z][A-Z0-9_]*")
_KEEPS = frozenset(["Number", "parseInt", "parseFloat", "String", "URL", "Number.parseInt", "int", "num", "toNumber"])
_KEEPS_METHOD = frozenset(["toString", "trim", "toLowerCase", "replace", "replaceAll", "split", "toFixed", "href"])
_GETTER = re.compile(
    r"(?:get|read|require|must|optional|parse|load|use|from)?_?env(?:ironment)?(?:var|variable|or\w*)?"
)
_GETTER_METHOD = frozenset(["get", "getOrThrow", "require", "string", "number", "int", "port", "url", "str", "num"])
_GETTER_OWNER = re.compile(r"(?:.*\.)?_?(?:env|config|configservice|configuration|secrets|deno\.env|environment)")
_WRAPPED = frozenset(
    "parenthesized_expression as_expression satisfies_expression non_null_expression await_expression".split()
)
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_DEPTH = 40


class Reader:
    """Reads the expressions of one file."""

    def __init__(self, syntax: Syntax) -> None:
        self.syntax = syntax
        self.environments: set[str] = set()
        """Names in this file that hold the environment (``const env = loadEnv(...)``)."""

    def fragment(self, node: Node) -> Fragment:
        """The text of a string without its quotes, escapes decoded; of any other node as written."""
        span = self.syntax.span(node)
        if node.type != "string":
            return Fragment.slice_of(self.syntax.text, *span)
        text, start, end = self.syntax.text, span.start + 1, max(span.end - 1, span.start + 1)
        if text.find("\\", start, end) == -1:
            return Fragment.slice_of(text, start, end)
        parts: list[tuple[str, int]] = []
        position = start
        for child in node.named_children:
            if child.type == "escape_sequence":
                at = self.syntax.span(child)
                parts += [(text[position : at.start], position), (_escape(text[at.start + 1 : at.end]), at.start)]
                position = at.end
        parts.append((text[position:end], position))
        return Fragment.pieces([part for part in parts if part[0]], end)

    def value(self, node: Node, depth: int = 0) -> Expression:
        """What a node comes to."""
        node = unwrapped(node)
        if depth > _DEPTH:
            return self._unknown(node, "nested too deeply")
        match node.type:
            case "string":
                return spread(self.fragment(node))
            case "number":
                text = self.syntax.source(node).replace("_", "")
                return Literal(text, self.syntax.span(node))
            case "template_string":
                return self._template(node, depth)
            case "identifier" | "this" | "shorthand_property_identifier":
                return Reference(self.syntax.source(node), self.syntax.span(node), local=True)
            case "member_expression" | "subscript_expression":
                return self._member(node)
            case "binary_expression":
                return self._binary(node, depth)
            case "unary_expression" if self.syntax.source(node)[:1] == "+":
                inner = node.child_by_field_name("argument")
                return self.value(inner, depth + 1) if inner is not None else self._unknown(node, "operator")
            case "call_expression" | "new_expression":
                return self._call(node, depth)
            case "ternary_expression":
                return self._ternary(node, depth)
        return self._unknown(node, node.type.replace("_", " "))

    def variable(self, node: Node) -> str:
        """The environment variable that a member expression reads, or an empty text."""
        owner = node.child_by_field_name("object")
        if owner is None:
            return ""
        held = self.syntax.source(owner)
        name = self._key(node)
        if not name or not self.is_environment(held):
            return ""
        bare = held in ("env", "ENV", "_env", "environ", "$env") or held in self.environments
        return name if not bare or _UPPER.fullmatch(name) else ""

    def is_environment(self, written: str) -> bool:
        """Whether an expression as written is the environment of the process."""
        return len(written) < 60 and (written in self.environments or bool(_ENVIRONMENT.fullmatch(written)))

    def _key(self, node: Node) -> str:
        if node.type == "member_expression":
            found = node.child_by_field_name("property")
            return self.syntax.source(found) if found is not None else ""
        index = node.child_by_field_name("index")
        if index is None or index.type != "string":
            return ""
        text = self.fragment(index).text
        return text if _VARIABLE.fullmatch(text) else ""

    def _member(self, node: Node) -> Expression:
        name = self.variable(node)
        span = self.syntax.span(node)
        if name:
            return Reference(name, span)
        if span.end - span.start < 120:
            return Reference(re.sub(r"\?\.|\s+", lambda m: "." if m.group() == "?." else "", self.syntax.source(node)),
                             span, local=True)  # fmt: skip
        return self._unknown(node, "expression")

    def _template(self, node: Node, depth: int) -> Expression:
        parts: list[Expression] = []
        for child in node.named_children:
            if child.type == "template_substitution":
                inner = child.named_children
                part = self.value(inner[0], depth + 1) if inner else self._unknown(child, "empty")
                whole = self.syntax.span(child)
                parts.append(replace(part, span=whole) if isinstance(part, Reference) else part)
            elif child.type == "escape_sequence":
                span = self.syntax.span(child)
                parts.append(Literal(_escape(self.syntax.source(child)[1:]), span))
            else:
                parts.append(Literal(self.syntax.source(child), self.syntax.span(child)))
        if parts:
            return concatenate(parts)
        inside = self.syntax.span(node)
        return Literal("", inside._replace(start=inside.start + 1, end=inside.start + 1))

    def _binary(self, node: Node, depth: int) -> Expression:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is None or right is None or operator is None:
            return self._unknown(node, "broken expression")
        if operator.type in ("||", "??"):
            return either(self.value(left, depth + 1), self.value(right, depth + 1), operator.type == "??")
        if operator.type == "+":
            sides = [self.value(left, depth + 1), self.value(right, depth + 1)]
            return concatenate([part for side in sides for part in _parts(side)])
        return self._unknown(node, "arithmetic")

    def _call(self, node: Node, depth: int) -> Expression:
        called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        arguments = arguments_of(node)
        if called is None:
            return self._unknown(node, "call")
        written = self.syntax.source(called) if called.end_byte - called.start_byte < 200 else ""
        read = self._getter(node, written, called, arguments, depth)
        if read is not None:
            return read
        if written in _KEEPS and arguments:
            return self.value(arguments[0], depth + 1)
        owner = called.child_by_field_name("object")
        method = written.rpartition(".")[2]
        if owner is not None and method in _KEEPS_METHOD:
            return self.value(owner, depth + 1)
        if method == "get" and len(arguments) == 1 and arguments[0].type == "string":
            key = f"{written}({self.fragment(arguments[0]).text})"
            return Reference(key, self.syntax.span(node), local=True)
        return self._unknown(node, "call")

    def _getter(self, node: Node, written: str, called: Node, arguments: list[Node], depth: int) -> Expression | None:
        """``getEnv("X", d)``, ``Deno.env.get("X")``, ``config.get<number>("X", d)``: the variable with its default."""
        if not arguments or arguments[0].type != "string":
            return None
        name = self.fragment(arguments[0]).text
        owner, _, method = written.rpartition(".")
        lowered = owner.lower().replace("this.", "")
        if not _VARIABLE.fullmatch(name):
            return None
        if not (
            (_GETTER.fullmatch(method.lower()) and not lowered)
            or (method in _GETTER_METHOD and _GETTER_OWNER.fullmatch(lowered))
        ):
            return None
        if not _UPPER.fullmatch(name) and not lowered.endswith("env"):
            return None
        span = self.syntax.span(node)
        if len(arguments) < 2:
            return Reference(name, span)
        given = unwrapped(arguments[1])
        if given.type == "object":
            pair = next((p for p in pairs_of(given, self) if p[0] in ("default", "defaultValue", "fallback")), None)
            if pair is None:
                return Reference(name, span)
            given = pair[1]
        if given.type in ("true", "false", "undefined", "null", "arrow_function"):
            return Reference(name, span)
        return Reference(name, span, ":-", self.value(given, depth + 1))

    def _ternary(self, node: Node, depth: int) -> Expression:
        """``X ? X : d`` is a default; any other condition chooses between values that portlint cannot tell apart."""
        condition, first = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        second = node.child_by_field_name("alternative")
        if condition is None or first is None or second is None:
            return self._unknown(node, "broken expression")
        tested = self.syntax.source(condition)
        for given, other in ((first, second), (second, first)):
            chosen = self.value(given, depth + 1)
            if isinstance(chosen, Reference) and not chosen.local and chosen.name in tested and len(tested) < 200:
                return either(chosen, self.value(other, depth + 1), False)
        return self._unknown(node, "conditional")

    def _unknown(self, node: Node, reason: str) -> Expression:
        span = self.syntax.span(node)
        return Unknown(self.syntax.text[span.start : min(span.end, span.start + 80)], span, reason)


def either(left: Expression, right: Expression, nullish: bool) -> Expression:
    """``left || right``: the default of an environment variable, else a chain in the order written."""
    operator = "-" if nullish else ":-"
    if isinstance(left, Reference) and not left.local:
        if left.operand is None:
            return Reference(left.name, left.span, operator, right)
        return Reference(left.name, left.span, left.operator, either(left.operand, right, nullish))
    options = left.options if isinstance(left, Fallback) else (left,)
    return Fallback((*options[:-1], *_options(options[-1], right, nullish)))


def _options(last: Expression, right: Expression, nullish: bool) -> tuple[Expression, ...]:
    if isinstance(last, Reference) and not last.local:
        return (either(last, right, nullish),)
    return (last, *right.options) if isinstance(right, Fallback) else (last, right)


def _parts(expression: Expression) -> tuple[Expression, ...]:
    from portlint.values import Concatenation

    return expression.parts if isinstance(expression, Concatenation) else (expression,)


def unwrapped(node: Node) -> Node:
    """The expression inside parentheses, ``await``, ``as T``, ``!``."""
    while node.type in _WRAPPED and (inner := first_child(node)) is not None:
        node = inner
    return node


def first_child(node: Node) -> Node | None:
    """The first named child, if there is one."""
    return node.named_child(0) if node.named_child_count else None


def arguments_of(node: Node) -> list[Node]:
    """The arguments of a call, comments left out."""
    found = node.child_by_field_name("arguments")
    if found is None or found.type != "arguments":
        return []
    return [child for child in found.named_children if child.type != "comment"]


def pairs_of(node: Node, reader: Reader) -> list[tuple[str, Node]]:
    """Keys and values of an object literal; shorthand ``{ port }`` gives the name itself."""
    found: list[tuple[str, Node]] = []
    for child in node.named_children:
        if child.type == "pair":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None:
                found.append((key_text(key, reader), value))
        elif child.type == "shorthand_property_identifier":
            found.append((reader.syntax.source(child), child))
    return found


def key_text(key: Node, reader: Reader) -> str:
    """The name of a property as the program sees it; computed keys as written."""
    return reader.fragment(key).text if key.type == "string" else reader.syntax.source(key)


def _escape(written: str) -> str:
    if written[:1] == "x" or written[:1] == "u":
        try:
            code = int(written[1:].strip("{}"), 16)
        except ValueError:
            return written
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    if written[:1] in "\r\n":
        return ""
    return _SIMPLE_ESCAPES.get(written, written)
