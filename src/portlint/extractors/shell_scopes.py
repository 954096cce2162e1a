"""What the variables of a script stand for where they are used: parameters and locals of functions, program variables.

``start() { local port=$1; serve --port "$port"; }; start "$API_PORT"`` passes ``API_PORT``: two functions may both
have a ``port``, and neither is the setting ``PORT``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from portlint import knowledge, names
from portlint.commands import Command, Word, bodies, parse
from portlint.commands.surroundings import Statement
from portlint.commands.words import without_positional
from portlint.extractors.shell_texts import cut_at
from portlint.text import Fragment, Span
from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, Unknown, concatenate, walk

LOCAL_KEYWORDS = frozenset({"local", "declare", "typeset"})
_DEEPEST = 60
_COMPOSED = 10  # a value made of several counts for so many steps: each may double the work
_LARGEST = 50
_NOT_PROGRAM = frozenset(
    {"exe", "bin", "binary", "cmd", "command", "path", "program", "executable", "tool", "cli", "file"}
)
_OPEN = "positional or special parameter"
_ROUNDS = 20
_ARRAY = re.compile(r"\$\{([A-Za-z_]\w*)\[[@*]\]\}")
_FOUND = re.compile(r"\$\((?:which|command -v|type -p) ([\w.\-]+)")


@dataclass(slots=True)
class Scopes:
    """All that a script's functions, calls and assignments say."""

    fragment: Fragment
    locals: dict[str, dict[str, list[Expression]]] = field(default_factory=dict)
    calls: dict[str, list[tuple[tuple[Word, ...], str]]] = field(default_factory=dict)
    programs: dict[str, list[tuple[Expression, Fragment]]] = field(default_factory=dict)
    arrays: dict[str, list[Word]] = field(default_factory=dict)
    loops: frozenset[str] = frozenset()
    passed: dict[tuple[str, int], Expression | None] = field(default_factory=dict)
    """What all calls of a function pass at an index; ``None`` where they differ."""

    def is_local(self, statement: Statement, name: str) -> bool:
        """Whether an assignment concerns its function only."""
        own = statement.keyword in LOCAL_KEYWORDS or (not statement.keyword and name.islower())
        return bool(statement.around.function) and own

    def resolve(self, value: Expression, function: str, depth: int = 0) -> Expression:
        """A value in which parameters and local variables are replaced by what they hold."""
        if depth > _DEEPEST or not any(isinstance(part, Reference) for part in walk(value)):
            return value
        match value:
            case Reference():
                return self._reference(value, function, depth)
            case Concatenation(parts=parts):
                return concatenate([self.resolve(part, function, depth) for part in parts])
            case Fallback(options=options):
                return Fallback(tuple(self.resolve(option, function, depth) for option in options))
            case _:
                return value

    def _reference(self, value: Reference, function: str, depth: int) -> Expression:
        operand = self.resolve(value.operand, function, depth) if value.operand is not None else None
        value = replace(value, operand=operand)
        known = self.locals.get(function, {}).get(value.name) if function else None
        if value.name.isdigit():
            place = (function, int(value.name))
            held = self.passed.get(place)
            if held is None and place in self.passed:
                held = Unknown("$" + value.name, value.span, "differs between calls")
        elif known is not None:
            held = self._held(value.name, known, function, depth)
        elif value.name in self.loops and names.is_generic(value.name):
            held = Unknown("$" + value.name, value.span, "loop variable")
        else:
            return value
        if held is None:
            return without_positional(value) if value.name.isdigit() else value
        if isinstance(held, Unknown) and operand is not None and value.operator.strip(":") in ("-", "="):
            return operand
        if isinstance(held, Reference):
            if held.operand is None and operand is not None:
                return Reference(held.name, value.span, value.operator, operand)
            return replace(held, span=value.span)
        return replace(held, span=value.span) if isinstance(held, Unknown) else held

    def _held(self, name: str, values: list[Expression], function: str, depth: int) -> Expression | None:
        """What a local variable holds; ``None`` where its own name says more."""
        generic = names.is_generic(name)
        filled = [value for value in values if not (isinstance(value, Literal) and not value.text)]
        if len(filled) != 1:
            return Unknown("$" + name, Span(0, 0), "set in several ways") if generic else None
        alone = isinstance(filled[0], Reference) and filled[0].operand is None
        held = self.resolve(filled[0], function, depth + (1 if alone else _COMPOSED))
        if isinstance(held, Reference):
            return None if held.name == name else held
        mentions = any(isinstance(part, Reference) and part.name == name for part in walk(held))
        return held if generic and not mentions else None

    def command(self, command: Command, function: str) -> Command:
        """A command with its parameters and locals replaced, and its program, where a variable names it."""
        if all(isinstance(word.value, Literal) for word in command.words):
            return command
        words = tuple(replace(word, value=self.resolve(word.value, function)) for word in command.words)
        at = bodies.program(words)
        if at != -1 and not isinstance(words[at].value, Literal):
            words = (*words[:at], *self._program(words[at]), *words[at + 1 :])
        return replace(command, words=words)

    def _program(self, word: Word) -> tuple[Word, ...]:
        if array := _ARRAY.fullmatch(word.text):
            return tuple(self.arrays.get(array.group(1), ())) or (word,)
        value = word.value
        if isinstance(value, Reference):
            for held, source in reversed(self.programs.get(value.name, ())):
                if " " in source.text.strip() and not source.text.startswith(("$(", "`", "/")):
                    inner = parse(source)
                    return inner[0].words if len(inner) == 1 else (word,)
                if name := _program_name(held):
                    return (Word(name, Literal(name, word.span), word.span),)
            tokens = [token for token in names.tokens(value.name) if token not in _NOT_PROGRAM]
            if (name := "-".join(tokens)) in knowledge.load().by_program:
                return (Word(name, Literal(name, word.span), word.span),)
        elif name := _program_name(value):
            return (Word(name, Literal(name, word.span), word.span),)
        return (word,)


def _key(value: Expression) -> str:
    match value:
        case Literal(text=text) | Unknown(text=text):
            return text
        case Reference(name=name, operator=operator, operand=operand):
            return "$" + name + operator + (_key(operand) if operand is not None else "")
        case Concatenation(parts=parts) | Fallback(options=parts):
            return "+".join(_key(part) for part in parts)


def _program_name(value: Expression) -> str:
    """The program at the end of a path of which the folder may be unknown, or empty."""
    match value:
        case Reference(operand=operand) if operand is not None:
            return _program_name(operand)
        case Unknown(text=text) if found := _FOUND.match(text):
            return found.group(1)
        case Concatenation(parts=(*_, Literal(text=text))) if "/" in text:
            return text.rpartition("/")[2]
        case Literal(text=text) if text.strip():
            return bodies.base_name(text.strip())
        case _:
            return ""


def read(fragment: Fragment, found: list[Statement], functions: frozenset[str], loops: frozenset[str]) -> Scopes:
    """The scopes of a script from its statements."""
    scopes = Scopes(fragment, loops=loops)
    for statement in found:
        function = statement.around.function
        for name, elements in statement.arrays:
            if not name.endswith("+"):
                scopes.arrays[name] = []
            scopes.arrays.setdefault(name.rstrip("+"), []).extend(elements)
        for assignment in statement.command.assignments if not statement.command.words else ():
            source = cut_at(fragment, assignment.span)
            if source.text:
                scopes.programs.setdefault(assignment.name, []).append((assignment.value, source))
            declared = assignment.name in scopes.locals.get(function, {})
            if function and (declared or scopes.is_local(statement, assignment.name)):
                scopes.locals.setdefault(function, {}).setdefault(assignment.name, []).append(assignment.value)
        words = statement.command.words
        if words and words[0].text in functions:
            scopes.calls.setdefault(words[0].text, []).append((words, function))
    _follow_calls(scopes)
    return scopes


def _follow_calls(scopes: Scopes) -> None:
    """Carry arguments from calls into functions until nothing changes; what depends on no known call stays open."""
    for _ in range(_ROUNDS):
        changed = False
        for function, calls in scopes.calls.items():
            for words, caller in calls:
                for index, word in enumerate(words[1:], 1):
                    changed = _pass(scopes, (function, index), scopes.resolve(word.value, caller)) or changed
        if not changed:
            return


def _pass(scopes: Scopes, place: tuple[str, int], value: Expression) -> bool:
    """Note one call's argument; whether that changed what is known."""
    parts = list(walk(value))
    if any(isinstance(part, Unknown) and part.reason == _OPEN for part in parts):
        return False
    if place not in scopes.passed:
        scopes.passed[place] = value if len(parts) <= _LARGEST else None
        return True
    known = scopes.passed[place]
    if known is None or _key(known) == _key(value):
        return False
    scopes.passed[place] = None
    return True
