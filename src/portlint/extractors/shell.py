"""Shell scripts: assignments, defaults, launches, messages, comments, and what they source or write.

Grammar: tree-sitter-bash; meaning: POSIX.1-2024 shell 2.6.2 and the Bash 5.2 manual. A variable that is set only where
it is empty is a default. Functions' parameters and locals are followed to the settings they stand for
(:mod:`portlint.extractors.shell_scopes`).
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from portlint import knowledge, launches, names, templates
from portlint.collecting import Collector
from portlint.commands import Assignment, Command, Word, bodies, folders, limits, statements
from portlint.commands.leaves import Heredoc
from portlint.commands.surroundings import Statement
from portlint.commands.words import without_positional
from portlint.extractors import shell_relations, shell_scopes, shell_texts
from portlint.extractors.shell_texts import cut_at
from portlint.model import Extraction, Kind, Role
from portlint.syntax import Syntax, query
from portlint.text import Fragment, Lines, Span
from portlint.urls import flatten, slice_expression
from portlint.values import Expression, Reference, Unknown

if TYPE_CHECKING:
    from tree_sitter import Node

_QUERY = """
(comment) @comment (expansion) @expansion (simple_expansion) @expansion (ERROR) @error
(function_definition) @function (for_statement variable: (variable_name) @loop)
"""
_MATTERS = re.compile(r"port|host|url|://|localhost|[0-9]{4}", re.IGNORECASE)
_GUARD = re.compile(
    r"(?:check|ensure|free|kill|clear|stop|wait|is|assert|find|require).*ports?|ports?.*(?:free|use|check|avail|busy|taken|open|listen)",
    re.IGNORECASE,
)
_SHELL = re.compile(r"sh|bash|zsh|dash|ksh")
_KEYED = re.compile(r"\[([A-Za-z_][\w.\-]*)\]=")
_READS = re.compile(r"port|host|url|uri|addr|bind|listen|origin|endpoint|server|domain|://|dsn", re.IGNORECASE)
_LONGEST = 4000  # a longer value is a text, and no setting
_LOGS = re.compile(r"\.log\b|log", re.IGNORECASE)


def extract(path: str, text: str) -> Extraction:
    """What a shell script says; what cannot be parsed is passed over, the rest is read."""
    into = Collector(default_how="shell default")
    collect(shell_texts.with_line_feeds(text), path, into)
    return into.build()


def collect(fragment: Fragment, path: str, into: Collector, **fields: Any) -> None:
    """Put into ``into`` what shell text in a file says; ``path`` is that file's, ``fields`` are Occurrence fields."""
    _Script(fragment, path, into, fields).run()


class _Script:
    """One script being read."""

    def __init__(self, fragment: Fragment, path: str, into: Collector, fields: dict[str, Any]) -> None:
        self.fragment, self.path, self.into, self.fields = fragment, path, into, fields
        text, left_out = limits.bounded(fragment.text)
        for offset in left_out:
            into.problem(Lines(text).position(offset)[0], limits.REASON)
        self.syntax = Syntax(text, "bash")
        self.places: dict[str, str] = {}
        self.guarded = False
        """Whether a function of the script was called that, by its name, looks after ports."""
        self.relations = shell_relations.Relations(path, self.places, into)

    def run(self) -> None:
        """Read the statements, then comments and whatever else reads a variable."""
        from tree_sitter import QueryCursor

        captures = QueryCursor(query("bash", _QUERY)).captures(self.syntax.root)
        named = [(self.syntax.span(node), self._name(node)) for node in captures.get("function", [])]
        self.functions = sorted(named)
        loops = frozenset(self.syntax.source(node) for node in captures.get("loop", []))
        walked = statements.walk(
            self.fragment, self.syntax, script=self.path or "x.sh", places=self.places, positional=True
        )
        found = list(walked)
        self.scopes = shell_scopes.read(self.fragment, found, frozenset(name for _, name in named), loops)
        for statement in found:
            self._statement(statement)
        self._expansions(captures.get("expansion", []))
        self._comments(captures.get("comment", []), found)
        self._errors(captures.get("error", []))

    def _name(self, function: Node) -> str:
        name = function.child_by_field_name("name")
        return self.syntax.source(name) if name is not None else ""

    def _statement(self, statement: Statement) -> None:
        command, function = statement.command, statement.around.function
        if statement.keyword == statements.TOO_DEEP:
            self.into.unresolved += 1
            return
        fields = dict(self.fields)
        if statement.around.profile:
            fields["profile"] = statement.around.profile
        component = folders.component(command.directory, self.path)
        if component is not None:
            fields["component"] = component
        if command.words:
            self._command(statement, self.scopes.command(command, function), fields)
        for assignment in command.assignments:
            self._assignment(statement, assignment, fields)
        for name, elements in statement.arrays:
            self._array(name.rstrip("+"), elements, fields)
        if statement.keyword or (command.words and command.words[0].text in ("eval", "env")):
            self.relations.loads(command, cut_at(self.fragment, command.span))

    def _command(self, statement: Statement, command: Command, fields: dict[str, Any]) -> None:
        at = bodies.program(command.words)
        program = bodies.base_name(command.words[at].text) if at != -1 else ""
        arguments = command.words[at + 1 :]
        if program in (".", "source"):
            for word in arguments[:1]:
                self.relations.relate("sources", word, command.directory)
        elif shell_texts.says(program) and program not in knowledge.load().by_program:
            self._says(statement, program, arguments, fields)
        elif program == "read":
            for option, word in pairwise(arguments):
                if option.text.startswith("-") and option.text.endswith("p"):
                    self._message(word, statement, fields, arguments[-1].text)
        else:
            if statement.heredoc is not None:
                self._heredoc(statement, statement.heredoc, program, fields)
            first = len(self.into.occurrences)
            launches.collect(command, self.into, **fields)
            self.guarded |= _GUARD.search(program) is not None
            if statement.around.background and not self.guarded:
                self._background(first)
            self.relations.uses(command, at, program)
        for word in command.words:
            if "$" in word.text:
                self.into.reads(word.value, **fields)

    def _background(self, first: int) -> None:
        """Remark on the ports of a server that is started in the background."""
        for item in self.into.occurrences[first:]:
            if item.kind is Kind.PORT and item.tool and item.role in (Role.LISTENS, Role.PASSES) and not item.network:
                self.into.remark("background", item.span, name=item.tool, value="", message="started in the background")

    def _says(self, statement: Statement, program: str, words: tuple[Word, ...], fields: dict[str, Any]) -> None:
        target = statement.around.output
        into_file = bool(target) and not _LOGS.search(target)
        if statement.heredoc is not None:
            self._heredoc(statement, statement.heredoc, program, fields)
        for word in words:
            if into_file:
                if program != "printf" or "%" not in word.text:
                    body = cut_at(self.fragment, word.span)
                    shell_texts.written(target, body, True, self.into, **self._of_target(target, statement, fields))
            else:
                self._message(word, statement, fields)

    def _message(self, word: Word, statement: Statement, fields: dict[str, Any], name: str = "") -> None:
        first = len(self.into.occurrences)
        shell_texts.message(cut_at(self.fragment, word.span), self.into, name, **fields)
        self._resolve_from(first, statement.around.function)

    def _resolve_from(self, first: int, function: str) -> None:
        """Replace parameters and locals in a message; a default given within it is one for the script, too."""
        kept = []
        for item in self.into.occurrences[first:]:
            value = self.scopes.resolve(item.value, function)
            if item.how == self.into.default_how:
                kept.append(replace(item, role=Role.DEFAULTS))
            elif item.role is not Role.READS or value == item.value:
                kept.append(replace(item, value=value))
            elif isinstance(value, Reference):
                kept.append(replace(item, value=value, name=value.name))
        self.into.occurrences[first:] = kept

    def _heredoc(self, statement: Statement, heredoc: Heredoc, program: str, fields: dict[str, Any]) -> None:
        target, body = statement.around.output, heredoc.body
        if target:
            about = self._of_target(target, statement, fields)
            shell_texts.written(target, body, heredoc.expands, self.into, **about)
        elif _SHELL.fullmatch(program):
            if "<<" not in body.text or len(body.text) < len(self.fragment.text):
                collect(body, self.path, self.into, **fields)
        elif program.startswith("python") and not heredoc.expands:
            shell_texts.embedded("python", self.path, body, self.into, **fields)
        elif program in ("cat", "tee", "more", "less", ":") or shell_texts.says(program):
            first = len(self.into.occurrences)
            shell_texts.message(body, self.into, **fields)
            self._resolve_from(first, statement.around.function)

    def _of_target(self, target: str, statement: Statement, fields: dict[str, Any]) -> dict[str, Any]:
        """Fields of what is written to a file: its folder is the one that is spoken of."""
        directory = statement.command.directory
        place = folders.evaluate(target, self.places, directory, self.path or "x.sh")
        if place is None or not posixpath.dirname(place) or place.startswith(("/", "~")):
            return fields
        component = folders.component(folders.join(directory, posixpath.dirname(place)), self.path)
        return fields if component is None else {**fields, "component": component}

    def _assignment(self, statement: Statement, assignment: Assignment, fields: dict[str, Any]) -> None:
        name, raw, around = assignment.name, assignment.value, statement.around
        if isinstance(raw, Unknown) and raw.reason == "array":
            return
        value = self.scopes.resolve(raw, around.function)
        if self.scopes.is_local(statement, name) and names.is_generic(name):
            self.into.reads(value, **fields)
            return
        if assignment.span.end - assignment.span.start > _LONGEST:
            source = cut_at(self.fragment, assignment.span)
            shell_texts.template_message(source, self.into, templates.SHELL, **fields)
            return
        how = "export" if statement.keyword == "export" else "shell assignment"
        role = Role.DECLARES
        if isinstance(raw, Reference) and raw.name.isdigit():
            if isinstance(value, Unknown):
                self.into.unresolved += names.kind_of(name) is not None
                return
            role = Role.DEFAULTS if value == without_positional(raw) else role
        elif name in around.empty or any(not tested[0].isalpha() and tested[0] != "_" for tested in around.empty):
            role = Role.DEFAULTS
        if role is Role.DEFAULTS:
            how = self.into.default_how
        self.into.setting(name, value, role, how=how, **fields)

    def _array(self, name: str, elements: tuple[Word, ...], fields: dict[str, Any]) -> None:
        """``PORTS=([api]=8000 [web]=3000)`` says one port for each key; other arrays are lists of whatever."""
        kind = names.kind_of(name)
        for word in elements:
            match = _KEYED.match(word.text)
            if match and kind is not None:
                full = f"{name}[{match.group(1)}]"
                value = _behind(word.value, match.end())
                if value is not None and kind is Kind.PORT:
                    alias = f"{match.group(1)}_port"
                    self.into.port(Role.DECLARES, value, name=full, aliases=(alias,), how="shell assignment", **fields)
                elif value is not None:
                    self.into.setting(full, value, how="shell assignment", **fields)
            else:
                self.into.reads(self.scopes.resolve(word.value, ""), **fields)

    def _function_at(self, position: int) -> str:
        index = bisect_right(self.functions, (Span(position, 1 << 60), "\U0010ffff")) - 1
        for span, name in reversed(self.functions[max(index - 3, 0) : index + 1]):
            if span.start <= position < span.end:
                return name
        return ""

    def _expansions(self, nodes: list[Node]) -> None:
        """Whatever else reads a variable or gives a default: tests, loops, arithmetic, heredocs."""
        done = -1
        for start, end in sorted(self.syntax.span(node) for node in nodes):
            if start < done:
                continue
            done = end
            source = self.fragment.cut(start, end)
            if _READS.search(source.text):
                function = self._function_at(start)
                self.into.reads(self.scopes.resolve(templates.parse(source), function), **self.fields)

    def _comments(self, nodes: list[Node], found: list[Statement]) -> None:
        lines = Lines(self.fragment.text)
        shift = self.fragment.start if self.fragment.offsets is None else None
        assigned: dict[int, str] = {}
        for statement in found:
            for assignment in statement.command.assignments[:1]:
                start = statement.command.span.start
                local = start - shift if shift is not None else bisect_right(self.fragment.offsets or (), start) - 1
                assigned.setdefault(lines.position(local)[0], assignment.name)
        places = []
        for node in nodes:
            start, end = self.syntax.span(node)
            row, column = lines.position(start)
            if not (start == 0 and self.fragment.text.startswith("#!")):
                alone = not self.fragment.text[start - column + 1 : start].strip()
                places.append((row, self.fragment.cut(start + 1, end), alone))
        shell_texts.comments(places, assigned, self.into, **self.fields)

    def _errors(self, nodes: list[Node]) -> None:
        text = self.fragment.text
        broken = [self.syntax.span(node) for node in nodes]
        for span in broken:
            if span.end - span.start > len(text) / 2 and text.strip():
                line = Lines(text).position(span.start)[0]
                self.into.problem(line, "not understood as shell")
                return
        self.into.unresolved += sum(bool(_MATTERS.search(text, span.start, span.end)) for span in broken)


def _behind(value: Expression, index: int) -> Expression:
    """The part of a word's value behind so many literal characters."""
    return slice_expression(value, index, len(flatten(value)[0]))
