"""Schemas of the environment: the default, the profile and the description of a variable.

Sources: zod.dev ``.default``, ``.describe``; joi.dev ``any.default``; github.com/af/envalid (``default``,
``devDefault``, ``testDefault``); github.com/mozilla/node-convict (``default`` with ``env``); env-schema (JSON Schema).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portlint import names, prose
from portlint.extractors.javascript_environment import has_variable, is_port
from portlint.extractors.javascript_expressions import key_text, pairs_of
from portlint.extractors.javascript_source import Source
from portlint.model import Kind, Role
from portlint.values import literal_text

if TYPE_CHECKING:
    from tree_sitter import Node

_ENVIRONMENT_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_PROFILES = {"default": "", "devDefault": "development", "testDefault": "test"}


def default(node: Node, given: Node, source: Source) -> None:
    """``PORT: z.coerce.number().default(8080)``: the key of the pair that the chain is the value of."""
    name = _schema_key(node, source)
    if name:
        _schema_value(name, given, source, "schema default", "")


def description(node: Node, given: Node, source: Source) -> None:
    """``PORT: z.number().describe("... 8080")``."""
    name = _schema_key(node, source)
    if name and given.type == "string" and re.search(r"[0-9]{2}", source.reader.fragment(given).text):
        prose.collect(source.reader.fragment(given), source.into, name=name, how="description")
        source.take(given)


def options(node: Node, options: Node, source: Source) -> None:
    """Envalid: ``num({ default, devDefault })``; convict: ``{ default, env }``; JSON Schema: ``{ default }``."""
    found = dict(pairs_of(options, source.reader))
    if not _PROFILES.keys() & found.keys():
        return
    variable = found.get("env") or found.get("envVar")
    key = _schema_key(node, source)
    name = source.reader.fragment(variable).text if variable is not None and variable.type == "string" else key
    if not (_ENVIRONMENT_NAME.fullmatch(name) or (node is not options and names.kind_of(name) is not None)):
        return
    aliases = (key,) if key and key != name else ()
    for option, profile in _PROFILES.items():
        if option in found:
            _schema_value(name, found[option], source, f"schema {option}", profile, aliases)
    text = found.get("desc") or found.get("doc") or found.get("description")
    if text is not None and text.type == "string" and re.search(r"[0-9]{2}", source.reader.fragment(text).text):
        prose.collect(source.reader.fragment(text), source.into, name=name, how="description")
        source.take(text)


def _schema_value(
    name: str, given: Node, source: Source, how: str, profile: str, aliases: tuple[str, ...] = ()
) -> None:
    value = source.reader.value(given)
    text = literal_text(value)
    if text is None and not has_variable(value):
        return
    if names.kind_of(name) is Kind.PORT and text is not None and not is_port(text):
        return
    profile = profile or source.profile(given)
    if source.into.setting(name, value, Role.DEFAULTS, how=how, profile=profile, aliases=aliases):
        source.take(given)


def _schema_key(node: Node, source: Source) -> str:
    current = node
    for _ in range(30):
        parent = current.parent
        if parent is None:
            return ""
        if parent.type == "pair":
            key = parent.child_by_field_name("key")
            return key_text(key, source.reader) if key is not None and key.id != current.id else ""
        if parent.type == "arguments" and current.type != "call_expression":
            return ""
        if parent.type not in ("member_expression", "call_expression", "arguments", "await_expression"):
            return ""
        current = parent
    return ""
