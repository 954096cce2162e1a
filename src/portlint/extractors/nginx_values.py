"""Values in an nginx configuration: its own variables, those of the environment, and marks of templates.

Sources: nginx.org "ngx_http_rewrite_module" (``set``); the official image's ``20-envsubst-on-templates.sh``; dockerize.
nginx's own variables are in lower case, those of the environment in upper case.
"""

from __future__ import annotations

import re
from collections import Counter

from portlint import templates, urls
from portlint.blocks import Blocks, Directive
from portlint.collecting import Collector
from portlint.text import Fragment, Span
from portlint.values import Concatenation, Expression, Literal, Reference, Unknown, concatenate, walk

_VARIABLE = re.compile(
    r"\$\{(?P<braced>[A-Za-z_]\w*)(?P<default>:?-[^{}]*)?\}|\$(?P<bare>[A-Za-z_]\w*|\d)|(?P<template>\{\{[^{}]*\}\}|<%=[^>]*%>)"
)
_PLAIN_MARK = re.compile(r"\{\{\s*([A-Z][A-Z0-9_]*)\s*\}\}")
_DOCKERIZE = re.compile(r"\{\{\s*(?:default\s+)?\.Env\.(\w+)(?:\s+\"([^\"]*)\")?\s*\}\}")
PASSES = ("proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass")
_OWN = "nginx variable"
_HOLE = 0xF0000  # what urls.flatten puts in the place of a variable
_AUTHORITY = re.compile(r"[a-z][a-z0-9+.\-]*://[^/]*?(?::[0-9]+|(?=/))")


class File:
    """One file on its way: its directives, its upstreams, and where each ``set`` variable gets its value."""

    def __init__(self, path: str, into: Collector, tree: Blocks) -> None:
        self.path = path
        self.into = into
        self.tree = tree
        self.upstreams = {d.words[1].text for d in tree.directives if d.name == "upstream" and len(d.words) > 1}
        self.names: dict[Directive, str] = {}
        self.listening: dict[Directive, int] = {}
        self.included: set[Directive | None] = set()
        self.passed: set[str] = set()
        self.variables: dict[tuple[str, Directive | None], str] = {}
        counts: Counter[str] = Counter()
        for directive in tree.directives:
            words = directive.words
            if directive.name == "server_name" and directive.parent and len(words) > 1:
                self.names.setdefault(directive.parent, words[1].text)
            elif directive.name == "listen" and directive.parent and directive.parent not in self.listening:
                self.listening[directive.parent] = into.number()
            elif directive.name == "include":
                self.included.add(directive.parent)
            elif directive.name == "set" and len(words) == 3:
                name = words[1].text.strip("${}")
                counts[name] += 1
                self.variables[name, directive.parent] = f"${name}" + (f"#{counts[name]}" if counts[name] > 1 else "")
            elif directive.name in PASSES and len(words) > 1:
                self.passed.update(match.group("bare") or "" for match in _VARIABLE.finditer(words[1].text))

    def value(self, word: Fragment, where: Directive) -> Expression:
        """What a word comes to; nginx's own variables are unknown unless ``set`` in a block around."""
        parts: list[Expression] = []
        position = 0
        for match in _VARIABLE.finditer(word.text):
            if match.start() > position:
                parts.append(Literal(word.text[position : match.start()], word.span(position, match.start())))
            parts.append(self._variable(word, match, where))
            position = match.end()
        if position < len(word.text) or not parts:
            parts.append(Literal(word.text[position:], word.span(position, len(word.text))))
        return concatenate(parts)

    def _variable(self, word: Fragment, match: re.Match[str], where: Directive) -> Expression:
        span = word.span(*match.span())
        if match.group("template"):
            return _template(word, match, span)
        name = match.group("braced") or match.group("bare")
        if match.group("default") or (name.isupper() and not name.isdigit()):
            if match.group("braced"):
                return templates.parse(word.cut(*match.span()), templates.BRACES_ONLY)
            return Reference(name, span)
        for around in (*where.ancestors(), None):
            key = self.variables.get((name, around))
            if key:
                return Reference(key, span, local=True)
        return Unknown(match.group(), span, _OWN)

    def label(self, directive: Directive) -> str:
        """``server api.example > location /api``: the blocks around a directive, outermost first."""
        named: list[str] = []
        for around in directive.ancestors():
            if around.name == "server":
                name = self.names.get(around, "_")
                named.extend([f"server {name}"] if name not in ("_", "localhost", "") and "$" not in name else [])
            elif around.name in ("location", "upstream") and len(around.words) > 1:
                named.append(f"{around.name} {around.words[-1].text}")
        return " > ".join(reversed(named))


def _template(word: Fragment, match: re.Match[str], span: Span) -> Expression:
    found = _DOCKERIZE.fullmatch(match.group("template"))
    plain = _PLAIN_MARK.fullmatch(match.group("template"))
    if plain:
        return Reference(plain.group(1), span)
    if not found:
        return Unknown(match.group(), span, "template")
    start = match.start()
    default = (
        Literal(found.group(2), word.span(start + found.start(2), start + found.end(2))) if found.group(2) else None
    )
    return Reference(found.group(1), span, ":-" if default else "", default)


def until_own_variable(value: Expression) -> Expression:
    """A target without what nginx's own variables add to its path (``http://app:8000$request_uri``)."""
    if not isinstance(value, Concatenation):
        return value
    text, atoms = urls.flatten(value)
    authority = _AUTHORITY.match(text)
    if not authority:
        return value
    holes = [at for at, character in enumerate(text) if ord(character) >= _HOLE]
    for at, atom in zip(holes, atoms, strict=True):
        if at >= authority.end() and isinstance(atom, Unknown) and atom.reason == _OWN:
            return urls.slice_expression(value, 0, max(text.rfind("/", 0, at) + 1, authority.end()))
    return value


def is_unknown(value: Expression | None) -> bool:
    """Whether an expression holds a part that is not understood."""
    return value is not None and any(isinstance(part, Unknown) for part in walk(value))
