"""Variables of the environment in Go, Rust, Java, Kotlin, Ruby, PHP and C#: their defaults, and where they are put.

A default may stand beside the read (``ENV.fetch("PORT", 8000)``, ``?? "8000"``, a ternary, a ``match``) or in one of
the next statements (``if port == "" { port = "8000" }``). Sources: go.dev/ref/spec, doc.rust-lang.org (Result, Option),
the Java Language Specification 15.25, learn.microsoft.com (``??``, ``TryParse``), docs.ruby-lang.org (ENV.fetch),
php.net (ternary and ``??``).
"""

from __future__ import annotations

import re
from functools import lru_cache

from portlint.extractors.otherlanguages_forms import value

_CHAIN = (
    r"(?:\s*\??\.(?:ok|and_then|parse|map|as_deref|trim|filter|expect|map_err|unwrap|to\w+)(?:::<[\w:<>]+>)?"
    r"\((?:[^()\n]|\([^()\n]*\)){0,80}\)){0,4}"
)
"""Calls between a read and its default: ``.ok().and_then(|p| p.parse().ok())``."""

FALLBACK = (
    rf"(?:\s*,\s*{value('2')})?\s*[)\]]+{_CHAIN}(?:\s*(?:\?\?|\?:|\|\|)\s*(?:[\w.]+\(\s*)?{value('3')}|"
    rf"\s*\{{\s*{value('4')}\s*\}}|"
    rf"\s*\.(?:unwrap_or(?:_else)?|orElse|getOrElse)\(?\s*(?:\|\w*\|\s*|\{{\s*)?{value('5')}|"
    r"\s*(?:,\s*out\s+\w+\s+\w+\s*\)|(?:!=|is\s+not)\s*(?:null|nil|\"\"))?\s*\?(?![?:.])[^:;\n]{0,80}:\s*(?:[\w.]+\(\s*)?"
    rf"{value('6')}|"
    rf"\s*(?:==\s*|is\s+)(?:null|nil|\"\")\s*\?\s*(?:[\w.]+\(\s*)?{value('7')}\)*\s*:|"
    rf"\s*\{{\s*Ok\(\w+\)\s*=>[^,\n]{{0,80}},\s*(?:Err\(\w+\)|_)\s*=>\s*{value('8')})?"
)
"""What may follow a read: the default in one of the groups 2 to 8."""
SUFFIXES = "2345678"

TARGET = re.compile(
    r"(?:^|[\s;{(,$])(?P<var>[A-Za-z_]\w*)\s*(?:,\s*\w+\s*)?(?::\s*[\w<>&' ?]+)?\s*:?=\s*(?:match\s+|&|new\s+)?"
    r"(?:[\w.:]+(?:<[\w:]+>)?!?\(\s*)*$"
)
"""The variable that what follows is assigned to; calls around it are passed over."""
WIDTH = 120
"""How many code points before a read its variable may stand."""
REACH = 500
"""How many code points behind a read its default may stand."""


@lru_cache(maxsize=256)
def later(variable: str) -> re.Pattern[str]:
    """A default that a variable is given after it was read; the variable that then holds it is ``new``, if another."""
    name = rf"(?<![\w.])\$?{re.escape(variable)}(?!\w)"
    call = r"(?:[\w.:]+\(\s*)*"
    return re.compile(
        rf"{name}\s*(?:\|\||\?\?)=\s*{call}{value('2')}"
        rf"|\bif\b[^{{;\n]{{0,80}}?(?:{name}|!\s*\w+|\berr\b|\berror\b)[^{{;\n]{{0,60}}?(?:\{{|\)|\bthen\b|:|\n)\s*"
        rf"(?:[^\n}}=]{{0,120}}[\n;]\s*){{0,2}}?{name}\s*=(?!=)\s*{call}{value('3')}"
        rf"|{name}\s*=(?!=)\s*{call}{value('4')}\)*\s+if\s+(?:not\s+|!)?{name}"
        rf"|(?P<new>[A-Za-z_]\w*)\s*:?=\s*{call}\(?{name}\s*(?:!=\s*(?:null|nil|\"\")|is\s+not\s+null)?\)*\s*"
        rf"\?(?![?:.])[^:;\n]{{0,80}}:\s*{call}{value('5')}"
        rf"|(?P<other>[A-Za-z_]\w*)\s*:?=\s*{call}\(?{name}\s*(?:==\s*(?:null|nil|\"\")|is\s+null)\)*\s*"
        rf"\?\s*{call}{value('6')}"
        rf"|(?P<third>[A-Za-z_]\w*)\s*:?=\s*{call}{name}\)*{_CHAIN}\s*(?:\?\?|\?:|\|\|)\s*{call}{value('7')}"
    )


COPIED = re.compile(
    r"(?<![\w.])(?P<new>[A-Za-z_]\w*)\s*(?:,\s*\w+\s*)?(?::\s*\w+\s*)?:?=\s*(?:[\w.:]+\(\s*)+(?P<old>[A-Za-z_]\w*)\s*\)"
)
"""A variable ``new`` that is made of another one alone: ``port, err := strconv.Atoi(text)``."""
MENTIONED = re.compile(
    r"(?<![\w.])([A-Za-z_]\w*)\s*(?:(?:\|\||\?\?)=|=(?!=)|\?\?|\?:|\|\||[!=]=\s*(?:null|nil|\"\")|is\s+(?:not\s+)?null|\?(?![?:.])|\))"
)
"""Variables that are set, tested or replaced: only for these is it worth to ask for :func:`later`."""
