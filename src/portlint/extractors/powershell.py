"""PowerShell scripts: variables, parameters, launches, messages and comments.

Sources: Microsoft Learn, PowerShell 7.4: about_Parsing, about_Quoting_Rules, about_Functions_Advanced_Parameters,
about_Operators (``??``), Start-Process. There is no parser for it in Python without .NET, so statements are cut by
quotes and brackets. A variable that is set only where it is empty is a default.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from typing import Any

from portlint import launches, names, prose, templates
from portlint.collecting import Collector
from portlint.commands import Command, Word, bodies, folders
from portlint.extractors.powershell_words import join, trim, value_of, words_of
from portlint.extractors.shell_texts import cut_at, template_message
from portlint.model import Extraction, Role
from portlint.text import Fragment, Span
from portlint.values import Expression, Fallback, Reference, Unknown

_TOKEN = re.compile(
    r"""(?P<here>@"[ \t]*\r?\n.*?\r?\n"@|@'[ \t]*\r?\n.*?\r?\n'@)
    |<\#(?P<block>.*?)\#>
    |(?<![^\s;{}()])\#(?P<comment>[^\r\n]*)
    |(?P<join>`[ \t]*\r?\n)
    |(?P<quote>"(?:`.|""|\$\([^()"]*\)|[^"`])*"|'(?:''|[^'])*')
    |(?P<escape>`.)
    |(?P<line>\r?\n|;|&&|\|\|)
    |(?P<mark>[{}()|])""",
    re.VERBOSE | re.DOTALL,
)
_VALUE = r"(?:\"(?:`.|[^\"`\r\n])*\"|'[^'\r\n]*'|[^\s,()\"'|}]+)"
_VARIABLE = r"\$\{?(?:(?:env|script|global|local|private):)?([A-Za-z_]\w*)\}?"
_ASSIGNS = re.compile(rf"(?:\[[\w.\[\]]+\]\s*)?{_VARIABLE}\s*(\?\?)?=(?!=)\s*(.*)", re.DOTALL | re.IGNORECASE)
_ELSE = re.compile(rf"(.+?)\s*\?\?\s*({_VALUE})\s*", re.DOTALL)
_IF_SET = re.compile(
    rf"{_VARIABLE}\s*=\s*(?:\$\(\s*)?if\s*\(\s*{_VARIABLE}\s*\)"
    rf"\s*\{{\s*\$\{{?(?:env:)?\2\}}?\s*\}}\s*else\s*\{{\s*({_VALUE})\s*\}}",
    re.IGNORECASE,
)
_PARAMETER = re.compile(rf"\$([A-Za-z_]\w*)\s*=\s*({_VALUE})")
_EMPTY = re.compile(
    rf"(?:-not\s*\(?\s*|!\s*\(?\s*|IsNullOr(?:Empty|WhiteSpace)\(\s*|\$null\s+-eq\s+){_VARIABLE}|{_VARIABLE}\s+-eq\s+(?:\$null|\"\"|'')",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"(?:else)?if\s*\(", re.IGNORECASE)
_SAYS = re.compile(r"write-(?:host|output|information|warning|error|verbose|debug)|echo|write", re.IGNORECASE)
_MOVES = re.compile(r"cd|chdir|sl|set-location|push-location|pushd|pop-location|popd", re.IGNORECASE)
_REQUESTS = re.compile(r"invoke-webrequest|invoke-restmethod|iwr|irm", re.IGNORECASE)
_OWN_FOLDER = re.compile(r"\$\{?PSScriptRoot\}?|\$\(?Split-Path[^)]*\)?", re.IGNORECASE)
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class _Around:
    folder: str = ""
    empty: frozenset[str] = frozenset()
    depth: int = 0


def extract(path: str, text: str) -> Extraction:
    """What a PowerShell script says."""
    into = Collector(default_how="PowerShell default")
    _read(path, Fragment(text), _Around(), into)
    return into.build()


def _read(path: str, fragment: Fragment, around: _Around, into: Collector) -> None:
    text = fragment.text
    for match in _IF_SET.finditer(text):
        _if_set(fragment, match, into)
    blocks: list[_Around] = []
    comments: list[Fragment] = []
    pieces: list[tuple[int, int]] = []
    start = depth = 0

    def finish(end: int) -> None:
        nonlocal around, pieces, comments
        whole = join(fragment, [*pieces, (start, end)])
        pieces = []
        if whole.text.strip():
            name, around = _statement(path, trim(whole), around, into)
            _about(comments, name, into)
            comments = []

    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup or "", match.group()
        if kind in ("comment", "block"):
            finish(match.start()) if kind == "comment" and not depth else None
            comments.append(fragment.cut(*match.span(kind)))
            pieces.append((start, match.start()))
            start = match.end()
        elif kind == "join":
            pieces.append((start, match.start()))
            start = match.end()
        elif token == "(":
            depth += 1
        elif token == ")":
            depth = max(depth - 1, 0)
        elif token in ("{", "}") or (kind == "line" and not depth) or (token == "|" and not depth):
            before, around_before = text[start : match.start()], around
            finish(match.start())
            start = match.end()
            if token == "{":
                blocks.append(around_before)
                around = replace(around, empty=around.empty | _guards(before))
                depth = 0
            elif token == "}" and blocks:
                around = replace(blocks.pop(), folder=around.folder)
    finish(len(text))
    _about(comments, "", into)


def _about(comments: list[Fragment], name: str, into: Collector) -> None:
    for comment in comments:
        prose.collect(comment, into, name=name, commented=True, how="comment")


def _guards(condition: str) -> frozenset[str]:
    if not _CONDITION.search(condition):
        return frozenset()
    return frozenset(name.upper() for match in _EMPTY.finditer(condition) for name in match.groups() if name)


def _if_set(fragment: Fragment, match: re.Match[str], into: Collector) -> None:
    """``$Port = if ($env:PORT) { $env:PORT } else { 8000 }``."""
    start = fragment.text.rfind("$", 0, match.start(2))
    tested = Reference(match.group(2), fragment.span(start, match.end(2)), ":-", value_of(fragment.cut(*match.span(3))))
    into.setting(match.group(1), tested, how="assignment")


def _statement(path: str, part: Fragment, around: _Around, into: Collector) -> tuple[str, _Around]:
    """Read one statement; the answer is the variable that it sets, and what surrounds the next statement."""
    component = folders.component(around.folder, path)
    fields: dict[str, Any] = {} if component is None else {"component": component}
    text = part.text
    if re.match(r"param\s*\(", text, re.IGNORECASE):
        for found in _PARAMETER.finditer(text):
            value = value_of(part.cut(*found.span(2)))
            into.setting(found.group(1), value, Role.DEFAULTS, how="parameter default", **fields)
        return "", around
    if match := _ASSIGNS.match(text):
        if not re.match(r"if\b", match.group(3)):
            _assign(part, match, around, into, fields)
        return match.group(1), around
    if _CONDITION.match(text) or re.match(
        r"(?:foreach|for|while|switch|elseif|else|try|function)\b", text, re.IGNORECASE
    ):
        into.reads(templates.parse(part, templates.POWERSHELL), **fields)
        return "", around
    return "", _command(path, part, around, into, fields)


def _assign(part: Fragment, match: re.Match[str], around: _Around, into: Collector, fields: dict[str, Any]) -> None:
    name, source = match.group(1), trim(part.cut(*match.span(3)))
    if source.text[:2] in ('@"', "@'"):
        dialect = templates.POWERSHELL if source.text[1] == '"' else templates.PLAIN
        template_message(source.cut(2, len(source.text) - 2), into, dialect, **fields)
        return
    fallback = _ELSE.fullmatch(source.text)
    if fallback:
        first, second = (value_of(source.cut(*fallback.span(group))) for group in (1, 2))
        value: Expression = Fallback((first, second))
        if isinstance(first, Reference):
            value = replace(first, operator=":-", operand=second)
    else:
        value = value_of(source)
    exported = re.match(r"\$\{?env:", part.text, re.IGNORECASE) is not None
    default = match.group(2) is not None or name.upper() in around.empty
    role, how = (Role.DEFAULTS, into.default_how) if default else (Role.DECLARES, "$env:" if exported else "assignment")
    if isinstance(value, Unknown) and not exported and names.is_generic(name):
        into.unresolved += names.kind_of(name) is not None
        return
    into.setting(name, value, role, how=how, **fields)


def _command(path: str, part: Fragment, around: _Around, into: Collector, fields: dict[str, Any]) -> _Around:
    words = words_of(part)
    if not words or (words[0].text[:1] in "$0123456789" and not part.text.startswith(("&", "."))):
        into.reads(templates.parse(part, templates.POWERSHELL), **fields)
        return around
    program = bodies.base_name(words[0].text).lower()
    if _SAYS.fullmatch(program):
        for word in words[1:]:
            template_message(cut_at(part, word.span), into, templates.POWERSHELL, **fields)
        return around
    if _MOVES.fullmatch(program):
        to = next((word.text for word in words[1:] if not word.text.startswith("-")), "")
        return replace(around, folder=_changed(path, around.folder, to))
    if program in ("start-process", "start", "saps"):
        words, around_there = _started(path, part, words, around)
        component = folders.component(around_there.folder, path)
        fields = {} if component is None else {"component": component}
    else:
        around_there = around
    if not words:
        return around
    if not _body(path, part, words, around_there, into):
        command = Command(tuple(words), (), part.whole, around_there.folder)
        known = launches.collect(command, into, **fields)
        for word in words:
            if not known and _REQUESTS.fullmatch(program):
                into.url(Role.CONNECTS, word.value, how=words[0].text, **fields)
            if "$" in word.text:
                into.reads(word.value, **fields)
    return around


def _started(path: str, part: Fragment, words: list[Word], around: _Around) -> tuple[list[Word], _Around]:
    """The command that ``Start-Process`` runs; its arguments may be one string or several."""
    run: list[Word] = []
    parameter = ""
    for word in words[1:]:
        text = word.text.lower()
        if text in ("-nonewwindow", "-wait", "-passthru"):
            continue
        if re.fullmatch(r"-(?:filepath|argumentlist|args|workingdirectory|windowstyle|verb|redirect\w+)", text):
            parameter = text
        elif parameter == "-workingdirectory":
            around, parameter = replace(around, folder=_changed(path, around.folder, word.text)), ""
        elif parameter in ("-windowstyle", "-verb") or parameter.startswith("-redirect"):
            parameter = ""
        elif parameter == "-filepath":
            run.insert(0, word)
            parameter = ""
        elif run and " " in word.text and not any(" " in other.text for other in run[1:]) and len(run) == 1:
            source = cut_at(part, word.span)
            if bodies.base_name(run[0].text).lower() in ("powershell", "pwsh"):
                run.append(word)
            else:
                run.extend(words_of(source))
        else:
            run.append(word)
    return run, around


def _body(path: str, part: Fragment, words: list[Word], around: _Around, into: Collector) -> bool:
    """Read the text that another shell is told to run; ``False`` where the command is none."""
    program = bodies.base_name(words[0].text).lower()
    if around.depth >= _DEEPEST:
        return False
    inner = replace(around, depth=around.depth + 1, empty=frozenset())
    if program in ("powershell", "pwsh"):
        for index, word in enumerate(words[1:], 1):
            if re.fullmatch(r"-c(?:ommand)?", word.text, re.IGNORECASE) and index + 1 < len(words):
                first, last = cut_at(part, words[index + 1].span), words[-1]
                begin = first.offset(0)
                source = first if index + 2 == len(words) else cut_at(part, Span(begin, last.span.end))
                _read(path, source, inner, into)
                return True
            if " " in word.text and not word.text.startswith(("-f", "-F")):
                source = cut_at(part, word.span)
                command = re.search(r"-c(?:ommand)?\s+", source.text, re.IGNORECASE)
                begin_at = command.end() if command else 0
                _read(path, source.cut(begin_at, len(source.text)), inner, into)
                return True
    if program == "cmd":
        from portlint.extractors import batch

        for index, word in enumerate(words[:-1]):
            if word.text.lower() in ("/c", "/k"):
                source = cut_at(part, Span(words[index + 1].span.start, words[-1].span.end))
                batch.body(path, source, into, around.folder, inner.depth)
                return True
    return False


def _changed(path: str, here: str, to: str) -> str:
    place = to.replace("\\", "/")
    place = _OWN_FOLDER.sub(lambda _: folders.ROOTED + posixpath.dirname(path), place)
    return "" if "$" in place else folders.changed(here, place, None, path)
