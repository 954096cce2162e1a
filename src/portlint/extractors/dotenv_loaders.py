"""Where the loaders of environment files read one line differently.

Sources: python-dotenv 1.x ``parser.py``, ``variables.py`` (only ``${X}`` and ``${X:-d}`` are expanded, in single
quotes too); node dotenv 16/17 ``lib/main.js`` (``LINE``: ``#`` ends an unquoted value, backticks quote, ``NAME: v``,
only ``\\n`` and ``\\r`` unescaped, nothing expanded; dotenv-expand adds ``$X`` and ``${X:-d}``); Docker Compose
manual "Syntax for environment files" and compose-go ``dotenv/parser.go`` (``NAME: v``, single quotes literal, a key
alone is inherited); bash 5 manual, ``source`` (3.4, 3.5.3). ``docker run --env-file`` takes everything behind ``=`` as
it stands, quotes and comments included (docker/cli ``pkg/kvfile``): that alone is no remark, as it would hit every
quoted line.
"""

from __future__ import annotations

import re

from portlint import names
from portlint.collecting import Collector
from portlint.text import Span
from portlint.urls import without_password

_HASH = re.compile(r"(?<![\s])#|^#")
_ESCAPE = re.compile(r"\\[abfnrtv]")
_BARE = re.compile(r"(?<![\\$])\$[A-Za-z_]")
_OPERATOR = re.compile(r"(?<![\\$])\$\{[A-Za-z_]\w*(?::?[?+=]|-)")
_NESTED = re.compile(r"(?<![\\$])\$\{[A-Za-z_]\w*:-[^}]*\$\{")
_BRACED = re.compile(r"\$\{[A-Za-z_]\w*(?::-[^}]*)?\}")


def compare(into: Collector, name: str, written: str, span: Span, quote: str, *, spaced: bool, colon: bool) -> None:
    """Remark on a value that loaders read differently. ``written`` is the value without its quotes, at ``span``."""
    for message in _differences(written, quote, spaced=spaced, colon=colon):
        into.remark("loader-dependent", span, name=name, value=without_password(written), message=f"{name}: {message}")


def without_value(into: Collector, name: str, span: Span) -> None:
    """Remark on a key without ``=``, where the name is one of ours."""
    if names.kind_of(name) is not None:
        message = (
            f"{name} has no '=': Docker Compose takes it from the surrounding environment, python-dotenv and"
            " node dotenv leave it unset, bash runs it as a command"
        )
        into.remark("loader-dependent", span, name=name, value="", message=message)


def _differences(written: str, quote: str, *, spaced: bool, colon: bool) -> list[str]:
    found = []
    if colon:
        found.append("'NAME: value' is read by node dotenv and Docker Compose, but not by python-dotenv and bash")
    elif spaced:
        found.append(
            "with spaces around '=' bash cannot source this line; python-dotenv, node dotenv and Docker Compose can"
        )
    if quote == "`":
        found.append(
            "node dotenv drops the backticks, python-dotenv and Docker Compose keep them, bash runs what is inside"
        )
    elif quote == "'":
        if _BRACED.search(written):
            found.append("python-dotenv expands ${...} in single quotes too; Docker Compose and bash take it literally")
        return found
    elif quote == "":
        found.extend(_unquoted(written))
    elif _ESCAPE.search(written):
        found.append(
            "python-dotenv and Docker Compose decode escapes such as \\t, node dotenv only \\n and \\r, bash none"
        )
    if _BARE.search(written):
        found.append("bash and Docker Compose expand $NAME; python-dotenv only ${NAME}, node dotenv nothing")
    if _OPERATOR.search(written):
        found.append(
            "python-dotenv knows only ${NAME} and ${NAME:-default}; bash and Docker Compose also know this form"
        )
    elif _NESTED.search(written):
        found.append("python-dotenv ends a default at the first '}'; bash and Docker Compose read the nested one")
    return found


def _unquoted(written: str) -> list[str]:
    found = []
    hash_at = _HASH.search(written)
    if hash_at:
        cut = written[: hash_at.start()].rstrip()
        found.append(
            f"node dotenv ends the value at '#' and reads '{without_password(cut)}'; python-dotenv, Docker Compose and"
            " bash keep it"
        )
    if re.search(r"\s", re.sub(r"\$\{[^}]*\}", "", written)):
        found.append(
            "bash ends an unquoted value at the first space; python-dotenv, node dotenv and Docker Compose read on"
        )
    return found
