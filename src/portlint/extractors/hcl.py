"""Terraform, OpenTofu and Nomad files: container ports, listeners, targets, variables' defaults, environments.

A scanner of our own: only attributes with one simple value matter, and where they are nested; :mod:`hcl_roles` says
what they mean. Source: HashiCorp "HCL Native Syntax Specification" (HCL 2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from portlint.collecting import Collector
from portlint.endpoints import remark
from portlint.extractors import hcl_roles
from portlint.model import Extraction
from portlint.text import Fragment, Lines

_TOKEN = re.compile(
    r"""(?P<space>[ \t]+)
    |(?P<end>\r\n|\n|\r|,)
    |(?P<comment>(?:\#|//)[^\r\n]*|/\*.*?(?:\*/|\Z))
    |<<[-~]?(?P<heredoc>[A-Za-z_]\w*)[^\r\n]*
    |"(?P<string>(?:\\.|\$\{[^{}"\r\n]{0,200}(?:"[^"\r\n]{0,200}"[^{}"\r\n]{0,200}){0,4}\}|[^"\\\r\n])*)"
    |(?P<operator>=>|==|!=|[<>]=|\?|&&|\|\|)
    |(?P<assign>[=:])
    |(?P<open>[{\[(])
    |(?P<close>[}\])])
    |(?P<word>[A-Za-z_][\w\-]*(?:\.[\w\-*]+|\[[^\[\]\r\n]*\])*)
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_SEE_THROUGH = frozenset(
    {"tostring", "tonumber", "jsonencode", "tolist", "toset", "merge", "concat", "flatten", "yamlencode"}
)
_DEEPEST = 200


@dataclass(slots=True)
class _State:
    """The attribute being read on one level of brackets."""

    level: hcl_roles.Level
    kind: str
    name: str = ""
    words: list[tuple[Fragment, str]] = field(default_factory=list)
    assigned: bool = False
    tangled: bool = False
    """The value is more than one simple thing."""


def extract(path: str, text: str) -> Extraction:
    """The occurrences of an HCL file."""
    into = Collector("variable default")
    states = [_State(hcl_roles.Level(""), "{")]
    position = skipped = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None  # the last branch takes any character
        kind, position = match.lastgroup or "", match.end()
        state = states[-1]
        token = Fragment.slice_of(text, *match.span(kind))
        if kind == "comment":
            inner = token.cut(2 if token.text.startswith(("//", "/*")) else 1, len(token.text))
            name = state.words[0][0].text if state.words and not state.assigned else state.name
            remark(into, inner, name)
        elif kind == "heredoc":
            position = _heredoc(text, position, token.text)
        elif kind == "end":
            if state.kind == "{" or token.text == ",":
                _finish(into, states)
        elif kind == "operator":
            state.tangled = True
        elif kind == "assign":
            if state.kind == "{" and state.words and not state.assigned and not state.tangled:
                state.name, state.words, state.assigned = state.words[-1][0].text, [], True
        elif kind == "open":
            if len(states) > _DEEPEST:
                skipped += 1
            else:
                _open(into, states, token.text)
        elif kind == "close":
            if skipped:
                skipped -= 1
            elif len(states) > 1:
                _finish(into, states)
                closed = states.pop()
                hcl_roles.close(into, closed.level, [s.level for s in states])
            else:
                into.problem(Lines(text).position(match.start())[0], f"{token.text} without an opening bracket")
        elif kind in ("string", "word", "number"):
            state.words.append((token, kind))
        elif kind == "other":
            state.tangled = True
    _finish(into, states)
    if len(states) > 1:
        into.problem(Lines(text).position(len(text))[0], "a bracket is never closed")
    return into.build()


def _open(into: Collector, states: list[_State], bracket: str) -> None:
    """A block, an object, a list or a call begins."""
    state = states[-1]
    name, labels = state.name, tuple[str, ...]()
    function = state.words[-1][0].text if bracket == "(" and state.words else ""
    if bracket == "{" and state.kind == "{" and not state.assigned and state.words:
        name = state.words[0][0].text
        labels = tuple(word.text for word, _ in state.words[1:])
    if bracket == "(" and function and function not in _SEE_THROUGH:
        name = ""
    if bracket != "(" or function:
        state.words = []
    level = hcl_roles.Level(name, labels, into.number())
    states.append(_State(level, bracket, name if bracket != "{" else ""))


def _finish(into: Collector, states: list[_State]) -> None:
    """The attribute, or the item of a list, is over."""
    state = states[-1]
    listed = state.kind != "{" and bool(state.name)
    if (state.assigned or listed) and state.words:
        token, kind = state.words[0]
        levels = [s.level for s in states if s.kind == "{"]
        if len(state.words) > 1 or state.tangled:
            hcl_roles.tangled(into, levels, state.name)
        else:
            hcl_roles.attribute(into, levels, state.name, token, kind)
    state.words, state.assigned, state.tangled = [], False, False
    if state.kind == "{":
        state.name = ""


def _heredoc(text: str, position: int, mark: str) -> int:
    """JSON is read like the rest; of any other text the end is looked for."""
    if text[position : position + 80].lstrip()[:1] in ("[", "{"):
        return position
    match = re.compile(rf"^[ \t]*{re.escape(mark)}[ \t]*\r?$", re.MULTILINE).search(text, position)
    return match.end() if match else len(text)
