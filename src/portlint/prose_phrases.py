"""How people name ports and hosts in sentences, in English and in Chinese, and in
other languages where they say "port": the patterns, as generators of hits.

All positions are indices into the text that was handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from portlint import names, prose_languages
from portlint.model import Kind


class Hit(NamedTuple):
    """A value in a sentence. ``default`` marks a bare "default 8300", which needs a setting of its kind near."""

    start: int
    end: int
    kind: Kind
    name: str = ""
    default: bool = False


_UNIT = (
    r"(?!\s?(?:ms|k|[kmg]i?b|bytes?|bits?|px|seconds?|secs?|minutes?|mins?|hours?|days?|weeks?|months?|years?|users?|lines?|requests?|items?"
    r"|files?|tests?|times?|rows?|records?|tokens?|characters|chars|words|connections?|clients?|containers|instances|nodes|machines"
    r"|percent|people|points|commits|issues|packages|modules|features|functions)\b|\s?[个条次秒天人行年月台分]|\s?毫秒|\s?小时)"
)
_NUM = rf"(?P<n>[0-9]{{2,6}})(?![0-9A-Za-z_%°]|[.,:][0-9]|-[A-Za-z]|/[0-9]){_UNIT}"
_QUOTE = r"\s`\"'“”‘’「」*_"
_WORDS = (
    r"number|no\.|is|are|was|were|be|to|of|set|as|at|on|the|a|its|default|defaults|currently|now|value|local|localhost|tcp|udp|https?|using|uses|use|usually|always"
    r"|for|service|server|this|it|that|which|will|by|ports?|为|是|使用|改为|设为|设置为|固定为|默认为|默认|统一为"
)
_FILL = rf"(?:[{_QUOTE}:：=(（\[→>-]|\b(?:{_WORDS})\b){{0,12}}?"
_PORT = re.compile(
    rf"(?<![A-Za-z0-9_./\-])(?P<word>ports?)(?![A-Za-z0-9_/]|-[a-z])(?:[{_QUOTE}]|\b(?:number|no)\b\.?)*{_FILL}(?<![0-9A-Za-z_.#$-]){_NUM}",
    re.IGNORECASE,
)
_LIST = re.compile(
    rf"[{_QUOTE})]*(?:,|，|、|/|&|\band\b|\bor\b|和|与|及|或)(?:[{_QUOTE}(]|\b(?:and|or|port)\b)*{_NUM}", re.IGNORECASE
)
_NUMBER_FIRST = re.compile(
    rf"(?<![0-9A-Za-z_.,:#/$+-]){_NUM}[`\"'”*]*"
    r"(?:\s+(?:tcp |udp |https? )?port(?![A-Za-z0-9_-])|\s?(?:号|这个|服务)?端口)"
    r"|(?<![0-9A-Za-z_.,:#/$+-])(?P<t>[0-9]{2,5})[`\"']?/(?:tcp|udp)\b",
    re.IGNORECASE,
)
_ABROAD = re.compile(
    rf"(?:{prose_languages.PORT})(?:[{_QUOTE}:：=(（\[→>-]|\b(?:ist|est|es|é|n[ºo°.]|número|numéro|:)(?!\w)|は|が|を|는|은)"
    rf"{{0,8}}?(?<![0-9A-Za-z_.#$-]){_NUM}",
    re.IGNORECASE,
)
_LATIN = re.compile(r"[Pp]uerto|[Pp]orta|[a-z]port")
_ABROAD_BEHIND = re.compile(
    rf"(?<![0-9A-Za-z_.,:#/$+-]){_NUM}[`\"'”*]*\s?(?:番?(?:の)?ポート|번?\s?포트|-?(?:м|й)?\s?порт|號?(?:連接|通訊)?埠)"
)
_CHINESE = re.compile(rf"端口(?:号)?[^\n，。；,;、|0-9A-Za-z<]{{0,14}}(?<![0-9A-Za-z_.#$-]){_NUM}")
_LISTEN = re.compile(
    rf"\b(?:(?P<sure>listen(?:s|ed|ing)?|bind(?:s|ing)?|bound|expos(?:e|es|ed|ing))|serv(?:e|es|ed|ing)|run(?:s|ning)?|start(?:s|ed|ing)?|available|reachable"
    rf"|accessible|publish(?:es|ed)?|mapped|forward(?:s|ed)?)(?:\s+[A-Za-z`]+){{0,3}}?\s+(?:on|at|to)\s+[{_QUOTE}:]*(?<![0-9A-Za-z_.-])(?P<n>[0-9]{{3,5}})"
    rf"(?![0-9A-Za-z_%]|[.,:\-/][0-9]|\s+[a-z]+s\b){_UNIT}|监听(?:在|于|到|地址)?[{_QUOTE}:：]*(?P<t>[0-9]{{2,5}})(?![0-9.:])",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![^\s(（`*、，→|\"]):(?P<n>[0-9]{3,5})(?![0-9A-Za-z_:.\]])")
_DEFAULT = re.compile(
    rf"(?:\bdefault(?:s|ed|ing)?(?:\s+(?:value|port|to|is|of|as|set))*|默认(?:值|端口)?(?:为|是|使用)?|缺省(?:为|是)?)[{_QUOTE}:：=（(]*(?<![0-9A-Za-z_.-]){_NUM}",
    re.IGNORECASE,
)
_BY_DEFAULT = re.compile(
    rf"(?<![0-9A-Za-z_.,:#/$+-]){_NUM}[`\"'”*]*\s?"
    r"(?:[(（]default[)）]|by default|is the default|（默认）|[(]默认[)]|为默认)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"(?<![A-Za-z0-9_.$-])(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PORT|(?<=`)[A-Za-z_][\w.\-]*(?=`))(?:[{_QUOTE}:：()（=→>-]|\b(?:{_WORDS})\b|设|成|值){{1,16}}?"
    rf"(?<![0-9A-Za-z_.#$-]){_NUM}"
)
_CELL = re.compile(rf"[`*]*(?P<name>[A-Za-z_][\w.\-]*)[`*]*\s*\|\s*[`\"*]*{_NUM}[`\"*]*\s*(?=\||$)", re.MULTILINE)
_FLAG = re.compile(rf"(?<![\w-])--[a-z\-]*port(?:[= ]|\s+){_NUM}")
_ADDRESS = r"(?P<n>localhost|(?:[0-9]{1,3}\.){3}[0-9]{1,3})(?![0-9A-Za-z_:/]|[.\-][0-9A-Za-z])"
_HOST = re.compile(
    r"(?:\b(?:host(?:name)?|bind(?:s|ing)? to|listen(?:s|ing)? on|interface)\b|主机(?:地址|名)?|监听(?:地址|在)?"
    r"|绑定(?:到|地址)?)"
    rf"(?:[{_QUOTE}:：=(（]|\b(?:{_WORDS}|all|interfaces?)\b){{0,8}}?(?<![0-9A-Za-z_.]){_ADDRESS}",
    re.IGNORECASE,
)
_HOST_DEFAULT = re.compile(
    rf"(?:\bdefault(?:s)?(?:\s+(?:value|host|to|is))*|默认(?:值|主机|地址)?(?:为|是)?)[{_QUOTE}:：=（(]*"
    rf"(?<![0-9A-Za-z_.]){_ADDRESS}",
    re.IGNORECASE,
)


def _hit(match: re.Match[str], kind: Kind = Kind.PORT, name: str = "", default: bool = False) -> Hit | None:
    group = "n" if match.group("n") is not None else "t"
    if kind is Kind.PORT and not plausible(match.group(group)):
        return None
    return Hit(*match.span(group), kind, name, default)


def plausible(digits: str) -> bool:
    """Whether digits may be meant as a port: nobody documents ports below 20, nor with a leading zero."""
    return int(digits) >= 20 and digits[0] != "0"


def find(text: str) -> Iterator[Hit]:
    """All hits, the surest patterns first; the same place may come more than once."""
    for match in _NAMED.finditer(text):
        if names.kind_of(match.group("name")) is Kind.PORT and (hit := _hit(match, name=match.group("name"))):
            yield hit
    for match in _CELL.finditer(text):
        if names.kind_of(match.group("name")) is Kind.PORT and (hit := _hit(match, name=match.group("name"))):
            yield hit
    abroad = () if text.isascii() else (_CHINESE, _ABROAD)
    for pattern in (_FLAG, _PORT, *(abroad or ((_ABROAD,) if _LATIN.search(text) else ()))):
        for match in pattern.finditer(text):
            if hit := _hit(match):
                yield hit
                yield from _listed(text, match)
    for pattern in (_NUMBER_FIRST, *((_ABROAD_BEHIND,) if abroad else ()), _LISTEN, _BARE):
        for match in pattern.finditer(text):
            if hit := _hit(match):
                yield hit
    for pattern in (_DEFAULT, _BY_DEFAULT):
        for match in pattern.finditer(text):
            if hit := _hit(match, default=True):
                yield hit
    for match in _HOST.finditer(text):
        yield Hit(*match.span("n"), Kind.HOST)
    for match in _HOST_DEFAULT.finditer(text):
        yield Hit(*match.span("n"), Kind.HOST, "", True)


def _listed(text: str, match: re.Match[str]) -> Iterator[Hit]:
    following = _LIST.match(text, match.end())
    while following:
        if hit := _hit(following):
            yield hit
        following = _LIST.match(text, following.end())
