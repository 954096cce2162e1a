"""Sentences, and whether a sentence states a value or only suggests, denies or remembers one.

All positions are indices into the text that was handed in.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import NamedTuple


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_NEAR = 300  # characters within which a hedge concerns a value
_BREAK = re.compile(
    r"(?<!\be\.g)(?<!\beg)(?<!\bi\.e)(?<!\betc)(?<!\bvs)(?<!\bno)[.!?][`*_\"')]*\s+(?=[A-Z0-9`*_\[(\"<]|[^\x00-\x7f])"
    r"|[。！？；;]|\n[ \t]*\n|\n(?=[ \t]*(?:[-*+•]|[0-9]{1,3}[.)])[ \t])|\n(?=[ \t]*[A-Za-z_][\w.]*[=:])|[ \t]\|[ \t]"
)

_CHANGED_TO = r"(?:修改|更改|改|调整|更换|换|切换)(?:端口)?(?:为|成|到|用|至)"
_A_VERSION = r"(?:(?:version|release|v)[ .]?)[0-9][\w.]*"
_BEFORE = _any(
    r"\be\.g\b|\beg[:.]|\bfor (?:example|instance)\b|\bsuch as\b|\bex\.|\bsay,? ",
    r"\bexamples?\s?[:：(]|\bexample (?:port|value|url)\b|\balternatively\b|\balternatives?:",
    r"\bchange\b[^.;。]{0,60}\bto\b|\bswitch(?:ing)? (?:the |it )?(?:ports? )?to\b",
    r"\b(?:another|a different|different|custom|other|any other|an? alternative|a free|an available)(?: \w+)? ports?\b",
    r"\bif (?:you(?:'d| would)?|your) (?:set|changed?|cho+se|configured|specify|pass|override|have (?:set|changed))\b",
    r"\bif you(?:'d| would)? (?:want|prefer|like|need|wish)\b[^.;,]{0,50}\b(?:ports?|different|another|custom)\b",
    r"\bto (?:override|use a(?:nother)?\b|run on a(?:nother)?\b)|\boverride\b|\bno longer\b",
    r"\bformer(?:ly)?\b|\bprevious(?:ly)?\b|\bused to (?:be|listen|run|use)\b|\boriginally\b|\bhistorically\b",
    r"\bold(?:er)? (?:default|port|value|url|address)\b",
    rf"\b(?:until|till|before|prior to|up to|through) {_A_VERSION}|\b(?:before that|until then|back then)\b",
    rf"\b(?:in|with|on) (?:{_A_VERSION} and )?(?:older|earlier|previous|prior) (?:versions?|releases?)\b",
    rf"\b(?:in|with|on) {_A_VERSION} (?:and|or) (?:older|earlier|below|before)\b",
    r"例如|比如|譬如|如：|示例[:：]",
    _CHANGED_TO + r"|可(?:以)?(?:改用|选用|设为|设置为|指定为)|(?:其他|其它|另一个|自定义|别的)端口",
    r"原为|原来(?:是|为)|原先|原本|旧(?:的)?(?:端口|默认|值|地址)|(?:以前|之前|此前|曾经?)(?:是|为|用|使用|的)",
    r"不再|而不是|而非",
    r"(?:旧|老|早期|先前|之前的|以前的)版本?|[vV]?[0-9]+(?:\.[0-9x]+)*\s?(?:版本?)?(?:之前|以前|及更早)",
)
_JUST_BEFORE = _any(
    r"\b(?:instead of|rather than|other than|unlike)\b[^.;,0-9]{0,30}$",
    r"\b(?:avoid(?:s|ing)?|(?:conflict|clash)(?:s|es|ing)? with)\b"
    r"(?:(?!\b(?:uses?|listens?|runs?|set|we|it)\b)[^.;,]){0,60}"
    r"(?:[0-9]{2,5}[`\"']?(?:,| and| or)\s[`\"']?)*$",
    r"\b(?:changed|moved|migrated?|switched) from\b[^.;,0-9]{0,30}$",
    r"\b(?:was|were|not|never)[\s`\"'(]+(?:(?:on|at|the|to|set|default|port)[\s`\"']+)*$",
    r"(?<!\w)如[\s`：:]*$",
    r"(?:避免|避开)(?:(?!冲突|占用)[^，。；]){0,60}$|(?:不是|非|从|由)(?:使用)?(?:端口)?[\s`\"]*$",
)
_ALREADY = re.compile(r"已[^，。；]{0,12}?(?:修改|更改|改|调整|更换|换|切换|统一)(?:为|成|到|用|至)")
_AFTER = _any(
    r"\binstead\b(?!\s+of\b)|\bor (?:any|some|an)?\s?(?:other|another|whatever|similar)\b",
    r"\bto (?:use|choose|pick) (?:an?other|a different|a custom)\b|\bfor (?:example|instance)\b",
    r"\bas (?:an )?examples?\b",
    rf"\b(?:until|till|before|prior to|up to) {_A_VERSION}|\bin (?:older|earlier|previous) (?:versions?|releases?)\b",
    r"\b(?:is|are) no longer\b|\bno longer (?:used|valid|needed)\b|\bif you (?:want|prefer|like|wish) (?:a|to)\b",
    r"\((?:old|former|previously|deprecated|legacy|example)\b",
    r"\b(?:use|using|choose|try) (?:an?other|a different|different|a custom|custom)\b",
    r"或其他|或其它|或任意|不再使用|已废弃|已弃用|（旧|\(旧|改为|改成|等其他",
)
_FROM = re.compile(r"\bfrom\s+(?:port\s+)?[`\"']?$", re.IGNORECASE)
_TO = re.compile(r"[`\"']?\s+to\b", re.IGNORECASE)
_BUSY = _any(
    r"\b(?:if|when|in case)\b[^.;。]{0,120}?\b(?:in use|taken|busy|occupied|conflicts?|unavailable|not available"
    r"|blocked|reserved|used by)\b",
    r"(?:如果|若|假如|当)[^，。；]{0,60}?(?:占用|冲突|保留|不可用)",
)
_ERROR = _any(
    r"EADDRINUSE|ECONNREFUSED|\bErrno\b|Traceback|\b\w*(?:Error|Exception):|\bERR_[A-Z_]+|connection refused",
)
_TRADE = _any(
    r"\b(?:network|ethernet|managed|rack|core|access|layer.[23]) switch(?:es)?\b|\bswitch ports?\b",
    r"\b(?:on|of) (?:the|each|a|every) switch\b|\bethernet ports?\b|\busb\b|\bserial ports?\b|\bgpio\b|\bsfp\+?",
    r"\b(?:hdmi|patch panel|uplink|vlan|airports?|seaports?|harbou?rs?|berths?|vessels?|cargo|viewports?)\b",
    r"港口|港区|交换机|串口|网口|机场|码头|集装箱|视口",
)
_RANGE_AFTER = re.compile(r"[`\"']?\s?(?:-|–|—|~|～|\.\.\.?|至|到|to|through)\s?[`\"']?[0-9]{2,5}(?![0-9:.])")
_RANGE_BEFORE = re.compile(r"[0-9]{2,5}[`\"']?\s?(?:-|–|—|~|～|\.\.\.?|至|到)\s?[`\"']?$")
_SUGGESTS = _any(
    r"\b(?:an?other|different|custom|alternatively|override|overriding|non-default)\b|\bport conflicts?\b",
    r"\binstead\b(?!\s+of\b)|\bfor example\b|\be\.g\b",
    r"\bchang(?:e|ing) (?:the |your |it |its |default |\w+ )?(?:default )?ports?\b",
    r"\bif\b[^.]{0,100}\b(?:in use|taken|busy|occupied|conflict\w*)\b",
    r"自定义|(?:修改|更改|更换|换|改)(?:用|成|为)?(?:其他|其它|默认|别的)?端口|端口(?:冲突|占用|被占用)|例如|比如|示例",
)


def suggests(text: str) -> bool:
    """Whether a heading, lead-in or comment announces an alternative rather than what holds."""
    return bool(_SUGGESTS.search(text))


class _Hedges(NamedTuple):
    """Where one sentence hedges: ends of what precedes a value, starts of what follows one, conditions."""

    before: list[int]
    after: list[int]
    busy: list[tuple[int, int]]
    silent: bool


class Sentences:
    """A text cut at its sentences, list items and table cells."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._ends = [match.end() for match in _BREAK.finditer(text)]
        self._hedges: dict[int, _Hedges] = {}

    def around(self, position: int) -> tuple[int, int]:
        """Start and end of the sentence that holds a position."""
        index = bisect_right(self._ends, position)
        start = self._ends[index - 1] if index else 0
        return start, self._ends[index] if index < len(self._ends) else len(self.text)

    def all(self) -> list[tuple[int, int]]:
        """Start and end of every sentence, in order; together they are the whole text."""
        bounds = [0, *self._ends, len(self.text)]
        return [(first, last) for first, last in pairwise(bounds) if first < last] or [(0, 0)]

    def silent(self, start: int) -> bool:
        """Whether the sentence quotes an error message or speaks of ports of another trade."""
        return self._hedge(start).silent

    def optional(self, start: int, end: int) -> bool:
        """Whether the value at ``start:end`` is only suggested, denied, past, or one end of a range."""
        first, last = self.around(start)
        before = self.text[max(first, start - _NEAR) : start]
        after = self.text[end : min(last, end + _NEAR)]
        if _RANGE_AFTER.match(after) or _RANGE_BEFORE.search(before[-20:]):
            return True
        if _FROM.search(before[-20:]) and _TO.match(after):
            return True
        hedges = self._hedge(start)
        near = hedges.busy[
            bisect_left(hedges.busy, (start - 2 * _NEAR, 0)) : bisect_right(hedges.busy, (start + _NEAR, 0))
        ]
        if near:
            return not any(opened <= start < closed for opened, closed in near)
        index = bisect_right(hedges.before, start) - 1
        if index >= 0 and hedges.before[index] >= start - _NEAR:
            return True
        index = bisect_left(hedges.after, end)
        if index < len(hedges.after) and hedges.after[index] <= end + _NEAR:
            return True
        return _JUST_BEFORE.search(_ALREADY.sub("", before[-80:])) is not None

    def _hedge(self, position: int) -> _Hedges:
        first, last = self.around(position)
        if first not in self._hedges:
            sentence = self.text[first:last]
            # "has been changed to 8300" is what holds now
            settled = _ALREADY.sub(lambda match: " " * len(match.group()), sentence)
            self._hedges[first] = _Hedges(
                [first + match.end() for match in _BEFORE.finditer(settled)],
                [first + match.start() for match in _AFTER.finditer(settled)],
                [(first + match.start(), first + match.end()) for match in _BUSY.finditer(sentence)],
                bool(_ERROR.search(sentence) or _TRADE.search(sentence)),
            )
        return self._hedges[first]
