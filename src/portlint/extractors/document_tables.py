"""Rows of tables in documents: a setting or service in the first cells, its port, host or URL in the others."""

from __future__ import annotations

import re
from typing import Any

from portlint import names, prose
from portlint.collecting import Collector
from portlint.extractors.document_blocks import Block, plain
from portlint.model import HOST_NETWORK, Kind, Role, container
from portlint.prose_phrases import plausible
from portlint.text import Fragment
from portlint.values import Literal

_NAME = re.compile(
    r"(?<![A-Za-z0-9_$-])(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PORT|HOST)(?![A-Za-z0-9_])|(?<=`)[A-Za-z_][\w.\-]*(?=`)"
)
_PORT = re.compile(r"(?<![A-Za-z])ports?(?![A-Za-z])|端口", re.IGNORECASE)
_VALUE = re.compile(r"default|value|example|sample|默认|缺省|值|示例|例", re.IGNORECASE)
_EXAMPLE = re.compile(r"example|sample|示例|例", re.IGNORECASE)
_OUTSIDE = re.compile(r"\b(?:host|external|published|public|local)\b|宿主|外部|主机|映射", re.IGNORECASE)
_INSIDE = re.compile(r"\b(?:container|internal|inside|target)\b|容器|内部", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z_.#/$@+-])[0-9]{2,6}(?![0-9A-Za-z_%]|[.\-][0-9A-Za-z]|\s?(?:ms|mb|gb|s|seconds?|个|秒)\b)"
)
_MAPPING = re.compile(r"(?<![0-9.:])([0-9]{2,5})\s?(?::|→|->|=>)\s?([0-9]{2,5})(?![0-9:])")
_ONLY = re.compile(r"[`*\"'\s]*(?P<v>[^`*\"'\s]+)[`*\"'\s]*(?:[(（][^)）]*[)）])?\s*")
_SENTENCE = re.compile(r"[A-Za-z]{3,}\s+[A-Za-z]{2,}\s+[A-Za-z]{2,}|://")
_HOST = re.compile(r"localhost|(?:[0-9]{1,3}\.){3}[0-9]{1,3}|[A-Za-z][\w.\-]*")


def read(block: Block, into: Collector, label: str, **fields: Any) -> None:
    """What one row says; ``label`` is that of the table."""
    first = plain(block.cells[0].text)
    label = " > ".join(part for part in (label, first) if part)
    name = _setting(block)
    kind = names.kind_of(name) if name else Kind.PORT if _PORT.search(first) else None
    if name.startswith("-"):
        name = ""
    for index, cell in enumerate(block.cells):
        header = block.header[index] if index < len(block.header) else ""
        if not cell.text.strip():
            continue
        own = {**fields, "label": label, "optional": bool(fields.get("optional")) or bool(_EXAMPLE.search(header))}
        network = HOST_NETWORK if _OUTSIDE.search(header) else container("") if _INSIDE.search(header) else ""
        if _PORT.search(header) and not _NAME.search(cell.text) and not _SENTENCE.search(cell.text):
            _ports(cell, into, name if kind is Kind.PORT else "", network, own)
        elif not (index and _bare(cell, into, name, kind, header, own)):
            prose.collect(cell, into, name=name, **own)


def _setting(block: Block) -> str:
    flag = re.search(r"(?<![\w-])--[a-z][\w\-]*", block.cells[0].text)
    found = [match.group() for cell in block.cells[:2] for match in _NAME.finditer(cell.text)]
    # further on only where a cell is a name and nothing else: a description may speak of other settings
    found += [match.group() for cell in block.cells[2:] for match in [_NAME.fullmatch(cell.text.strip("` *"))] if match]
    ours = [name for name in found if names.kind_of(name) is not None]
    return (ours or found or [flag.group() if flag else ""])[0]


def _port(fragment: Fragment, start: int, end: int, into: Collector, fields: dict[str, Any]) -> None:
    piece = fragment.cut(start, end)
    if plausible(piece.text):
        into.port(Role.DOCUMENTS, Literal(piece.text, piece.whole), **fields)


def _ports(cell: Fragment, into: Collector, name: str, network: str, fields: dict[str, Any]) -> None:
    """A cell under a head that says "port": numbers and mappings are ports."""
    mapping = _MAPPING.search(cell.text)
    if mapping:
        group = into.number()
        _port(cell, *mapping.span(1), into, {**fields, "group": group, "network": HOST_NETWORK})
        _port(cell, *mapping.span(2), into, {**fields, "group": group, "network": container("")})
        return
    for match in _NUMBER.finditer(cell.text):
        _port(cell, *match.span(), into, {**fields, "name": name, "network": network})


def _bare(cell: Fragment, into: Collector, name: str, kind: Kind | None, header: str, fields: dict[str, Any]) -> bool:
    """A cell that is nothing but a value, in a row whose setting says what it is."""
    match = _ONLY.fullmatch(cell.text)
    if match is None or kind is None or not (_VALUE.search(header) or name or not header):
        return False
    value = match.group("v")
    piece = cell.cut(*match.span("v"))
    if kind is Kind.PORT and value.isdigit() and plausible(value):
        into.port(Role.DOCUMENTS, Literal(value, piece.whole), **{**fields, "name": name})
        return True
    if kind is Kind.HOST and _HOST.fullmatch(value) and _VALUE.search(header) and name:
        return into.setting(name, Literal(value, piece.whole), Role.DOCUMENTS, **fields)
    return False
