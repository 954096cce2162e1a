"""Windows scripts: batch files (``.bat``, ``.cmd``) here, PowerShell in :mod:`portlint.extractors.powershell`.

Sources: Microsoft Learn, Windows Commands: ``set``, ``if``, ``start``, ``cmd``, ``call``, ``rem``; ``cmd /?`` on carets
and quotes. A variable that is set only where it is empty is a default.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from typing import Any

from portlint import launches, prose, templates
from portlint.collecting import Collector
from portlint.commands import Command, Word, bodies, folders
from portlint.extractors import shell_texts
from portlint.extractors.batch_lines import COMMENT, SAYS, balance, lines_of, parts_of, strip
from portlint.extractors.shell_texts import index_of
from portlint.model import Extraction, Role
from portlint.text import Fragment
from portlint.values import Expression

_SET = re.compile(r'[ \t@(]*set[ \t]+(?:/p[ \t]+)?("?)[ \t]*([A-Za-z_][\w.]*)=(.*)', re.IGNORECASE | re.DOTALL)
_PROMPT = re.compile(r"[ \t@(]*set[ \t]+/p[ \t]", re.IGNORECASE)
_DEFINED = re.compile(r"[ \t@]*if[ \t]+not[ \t]+defined[ \t]+(\w+)[ \t]*", re.IGNORECASE)
_EMPTY = re.compile(
    r"[ \t@]*if[ \t]+(?:/i[ \t]+)?[\"\[]?[%!](?:(\w+)[%!]|~?([0-9]))[\"\]]?[ \t]*(?:==|[ \t]equ[ \t])[ \t]*"
    r"(?:\"\"|\[\]|''|\.)?(?=[ \t(])[ \t]*",
    re.IGNORECASE,
)
_IF = re.compile(
    r"[ \t@)]*(?:else[ \t]*)?(?:if[ \t]+(?:/i[ \t]+)?(?:not[ \t]+)?"
    r"(?:exist[ \t]+(?:\"[^\"]*\"|\S+)|defined[ \t]+\S+|"
    r"errorlevel[ \t]+\S+|(?:\"[^\"]*\"|[^\s=]+)[ \t]*"
    r"(?:==|[ \t](?:equ|neq|lss|leq|gtr|geq)[ \t])[ \t]*(?:\"[^\"]*\"|\S+))[ \t]*)?",
    re.IGNORECASE,
)
_WORD = re.compile(r'(?:"[^"]*"?|[^\s"])+')
_OFF = re.compile(r"(?:on|off)\s*", re.IGNORECASE)
_TITLE = re.compile(r"[ \t@(]*title[ \t]+", re.IGNORECASE)
_PARAMETER = re.compile(r"%~?[0-9*]")
_READS = re.compile(r"[%!](\w+)[%!]")
_REDIRECT = re.compile(r"[0-9]?>>?(?:&[0-9])?")
_SCRIPT = re.compile(r"^[^%]*(?:%~dp0[^%]*)?\.(?:bat|cmd|ps1|py|js|sh)$", re.IGNORECASE)
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class _Around:
    folder: str = ""
    empty: frozenset[str] = frozenset()
    depth: int = 0


def extract(path: str, text: str) -> Extraction:
    """What a batch file or, by the name, a PowerShell script says."""
    if path.lower().endswith((".ps1", ".psm1", ".psd1")):
        from portlint.extractors import powershell

        return powershell.extract(path, text)
    into = Collector(default_how="batch default")
    _read(path, text, into)
    return into.build()


def _read(path: str, text: str, into: Collector) -> None:
    around = _Around()
    blocks: list[_Around] = []
    comments: list[Fragment] = []
    for line in lines_of(text):
        comment = COMMENT.match(line.text)
        if comment:
            comments.append(line.cut(comment.end(), len(line.text)))
            continue
        names_here: list[str] = []
        for part in parts_of(line):
            folder = around.folder
            around = _statement(path, part, around, into, names_here)
            opened, closed = balance(part.text)
            if opened > closed:
                blocks.append(replace(around, folder=folder, empty=frozenset()))
            elif blocks and closed > opened:
                around = replace(blocks.pop(), folder=around.folder)
            elif not blocks:
                around = replace(around, empty=frozenset())
        _about(comments, names_here[0] if names_here else "", into)
        comments = []
    _about(comments, "", into)


def _about(comments: list[Fragment], name: str, into: Collector) -> None:
    for comment in comments:
        prose.collect(comment, into, name=name, commented=True, how="comment")


def _statement(path: str, part: Fragment, around: _Around, into: Collector, assigned: list[str]) -> _Around:
    """Read one command; the answer is what surrounds the next one."""
    part = strip(part)
    empty = around.empty
    while match := (_DEFINED.match(part.text) or _EMPTY.match(part.text)):
        empty |= {(group or "").upper() for group in match.groups() if group}
        part = part.cut(match.end(), len(part.text))
    if not empty - around.empty and (match := _IF.match(part.text)):
        part = part.cut(match.end(), len(part.text))
    part = strip(part)
    around = replace(around, empty=empty)
    fields = _fields(path, around)
    if match := _SET.match(part.text):
        _set(part, match, around, into, assigned, fields)
    elif match := SAYS.match(part.text):
        if not _OFF.fullmatch(part.text, match.end()):
            shell_texts.template_message(part.cut(match.end(), len(part.text)), into, templates.BATCH, **fields)
    elif match := _TITLE.match(part.text):
        shell_texts.template_message(part.cut(match.end(), len(part.text)), into, templates.BATCH, **fields)
    elif part.text:
        return _command(path, part, around, into, fields)
    return around


def _fields(path: str, around: _Around) -> dict[str, Any]:
    component = folders.component(around.folder, path)
    return {} if component is None else {"component": component}


def _value(source: Fragment) -> Expression:
    return templates.parse(source, templates.BATCH)


def _set(
    part: Fragment,
    match: re.Match[str],
    around: _Around,
    into: Collector,
    assigned: list[str],
    fields: dict[str, Any],
) -> None:
    name, (start, end) = match.group(2), match.span(3)
    text = part.text[start:end]
    quoted = match.group(1) == '"'
    length = text.rfind('"') if quoted and '"' in text else len(text)
    if not quoted:
        length = len(text.rstrip())
    source = part.cut(start, start + length)
    assigned.append(name)
    if _PROMPT.match(part.text):
        prose.collect(source, into, name=name, **{"how": "message", **fields})
        return
    if source.text[:1] == '"' and source.text[-1:] == '"' and len(source.text) > 1:
        source = source.cut(1, len(source.text) - 1)
    if _PARAMETER.fullmatch(source.text):
        return
    default = name.upper() in around.empty or any(guard.isdigit() for guard in around.empty)
    role, how = (Role.DEFAULTS, "batch default") if default else (Role.DECLARES, "set")
    into.setting(name, _value(source), role, how=how, **fields)


def _words(part: Fragment) -> list[Word]:
    words: list[Word] = []
    target = False
    for match in _WORD.finditer(part.text):
        source = part.cut(*match.span())
        redirects = _REDIRECT.match(source.text)
        if target or redirects:
            target = redirects is not None and redirects.end() == len(source.text) and "&" not in source.text
            continue
        text = source.text
        if len(text) > 1 and text[0] == text[-1] == '"' and text.count('"') == 2:
            source = source.cut(1, len(text) - 1)
        words.append(Word(source.text.replace('"', ""), _value(source), source.whole))
    return words


def _command(path: str, part: Fragment, around: _Around, into: Collector, fields: dict[str, Any]) -> _Around:
    words = _words(part)
    here = around
    while words and words[0].text.lower() in ("call", "@call", "start"):
        started = words.pop(0).text.lower() == "start"
        if started and words and _quoted(part, words[0]):
            words.pop(0)  # the window's title
        while started and words and words[0].text.startswith("/"):
            option = words.pop(0).text
            if option.lower().startswith("/d"):
                place = option[2:] or (words.pop(0).text if words else "")
                around = replace(around, folder=_changed(path, around.folder, place))
                fields = _fields(path, around)
    if not words:
        return here
    program = bodies.base_name(words[0].text).lower()
    if program in ("cd", "chdir", "pushd", "popd"):
        to = next((word.text for word in words[1:] if word.text.lower() != "/d"), "")
        return replace(here, folder=_changed(path, here.folder, to))
    if program == "cmd" and around.depth < _DEEPEST:
        switch = next((index for index, word in enumerate(words) if word.text.lower() in ("/c", "/k")), -1)
        if 0 < switch < len(words) - 1:
            body(path, _behind(part, words[switch + 1].span.start), into, around.folder, around.depth + 1)
            return here
    launches.collect(Command(tuple(words), (), part.whole, around.folder), into, **fields)
    for word in words:
        if _READS.search(word.text):
            into.reads(word.value, **fields)
    if _SCRIPT.search(words[0].text):
        _runs(path, words[0], around, into)
    return here


def _quoted(part: Fragment, word: Word) -> bool:
    index = index_of(part, word.span.start)
    return part.text[index - 1 : index] == '"'


def _behind(part: Fragment, start: int) -> Fragment:
    """The rest of a part from an offset in the file, without quotes around all of it."""
    index = index_of(part, start)
    text = part.text[index:].rstrip()
    if text.endswith('"') and part.text[index - 1 : index] == '"':
        text = text[:-1]
    return part.cut(index, index + len(text))


def body(path: str, text: Fragment, into: Collector, folder: str = "", depth: int = 1) -> None:
    """Put into ``into`` what the commands after ``cmd /c`` say; ``folder`` is where they run."""
    around = _Around(folder, depth=depth)
    for part in parts_of(text):
        around = _statement(path, part, around, into, [])


def _place(path: str, written: str) -> str:
    place = written.strip('"').replace("\\", "/")
    return re.sub(r"%~dp0/?", lambda _: folders.ROOTED + posixpath.dirname(path) + "/", place, flags=re.IGNORECASE)


def _changed(path: str, here: str, to: str) -> str:
    place = _place(path, to)
    return "" if "%" in place or "!" in place else folders.changed(here, place, None, path)


def _runs(path: str, word: Word, around: _Around, into: Collector) -> None:
    place = folders.join(around.folder, _place(path, word.text))
    rooted = place.startswith(folders.ROOTED)
    target = place[len(folders.ROOTED) :] if rooted else posixpath.join(posixpath.dirname(path), place)
    target = posixpath.normpath(target)
    if not target.startswith(("..", "/")) and ":" not in target:
        into.relation("runs", target, word.span)
