"""Nested ``name = value`` blocks in braces: HOCON (Play, Akka, Ktor), and Logstash pipelines with ``=>``.

Sources: HOCON specification (lightbend/config, "Unquoted strings", "Comments", "Substitutions": ``${?X}``); Ktor 3
"Configuration in a file"; Logstash 8 "Structure of a pipeline".
"""

from __future__ import annotations

import re

from portlint import templates
from portlint.collecting import Collector
from portlint.endpoints import declare, endpoint, is_listener, relate, remark
from portlint.model import Extraction, Role
from portlint.text import Fragment
from portlint.values import Expression, Reference

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n,;]+)
    |(?P<comment>(?:\#|//)[^\r\n]*)
    |\"\"\"(?P<triple>.*?)\"\"\" | "(?P<double>(?:\\.|[^"\\\r\n])*)" | '(?P<single>[^'\r\n]*)'
    |(?P<variable>\$\{\??[\w.\-]+\})
    |(?P<arrow>=>|\+=|[=:])
    |(?P<mark>[{}\[\]])
    |(?P<word>(?:(?!//)[^\s,;{}\[\]"'=:\#$]|:(?=[^\s{\["'])|\$(?!\{))+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_VALUES = frozenset({"triple", "double", "single", "variable", "word"})
_OUTPUT = frozenset({"output", "filter"})


def extract(path: str, text: str) -> Extraction:
    """The occurrences of a file of nested blocks; settings are named by their dotted path."""
    into = Collector("substitution default")
    stack: list[str] = []
    name: Fragment | None = None
    pending: Fragment | None = None
    assigned = False
    brackets = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "comment":
            mark = 2 if match.group().startswith("//") else 1
            remark(into, Fragment.slice_of(text, match.start() + mark, match.end()), _dotted(stack, name))
        elif kind in _VALUES:
            word = Fragment.slice_of(text, *match.span(kind))
            if name is not None and (assigned or brackets):
                _value(into, path, stack, name.text, word, kind)
                assigned = brackets > 0
            else:
                if pending is not None and pending.text == "include":
                    relate(into, "includes", path, word.text, word.whole)
                pending = name = word
        elif kind == "arrow":
            assigned = name is not None
        elif match.group() == "{":
            if len(stack) < 50:
                stack.append(name.text if name is not None else "")
            name, pending, assigned = None, None, False
        elif match.group() == "}":
            if stack:
                stack.pop()
            name, pending, assigned = None, None, False
        elif match.group() == "[":
            brackets += 1
        elif match.group() == "]":
            brackets = max(brackets - 1, 0)
            assigned = brackets > 0
    if stack:
        into.problem(0, "{ without }")
    return into.build()


def _dotted(stack: list[str], name: Fragment | None) -> str:
    return ".".join([*filter(None, stack), name.text]) if name is not None else ""


def _expression(word: Fragment, kind: str) -> Expression:
    if kind != "variable":
        return templates.parse(word, templates.BRACES_ONLY)
    start = 3 if word.text.startswith("${?") else 2
    return Reference(word.text[start:-1], word.whole)


def _value(into: Collector, path: str, stack: list[str], name: str, word: Fragment, kind: str) -> None:
    if stack and stack[0] in _OUTPUT and name in ("host", "hosts", "port", "url"):
        endpoint(
            into, Role.CONNECTS, _expression(word, kind), name=".".join([*filter(None, stack), name]), how="setting"
        )
        return
    full = ".".join([*filter(None, stack), name])
    section, _, last = full.rpartition(".")
    section = section.rpartition(".")[2]
    listens = is_listener(section, last) or (section == "deployment" and last in ("port", "host", "sslPort"))
    listens = listens or (full.startswith("input.") and last in ("port", "host"))
    declare(into, full, _expression(word, kind), listens=listens, how="setting")
