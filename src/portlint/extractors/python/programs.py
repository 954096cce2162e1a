"""Commands that Python runs, and variables that it sets for others."""

from __future__ import annotations

import ast

from portlint import commands, launches
from portlint.extractors.python import emitting
from portlint.extractors.python.context import Context
from portlint.extractors.python.environment import is_environment
from portlint.extractors.python.reading import read
from portlint.model import Role
from portlint.text import Fragment
from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, Unknown, span_of

_SHELL = frozenset({"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"})
_RUN = frozenset({"run", "Popen", "call", "check_call", "check_output"})
_EXEC = frozenset({"asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"})
_SETTERS = frozenset({"setenv", "putenv"})


def collect(node: ast.Call, context: Context) -> bool:
    """The command that a call runs, or the variables it sets; ``False`` where it does neither."""
    name = context.dotted(node.func)
    method = name.rpartition(".")[2] or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
    environment = next((item.value for item in node.keywords if item.arg in ("env", "environ")), None)
    if isinstance(environment, ast.Dict):
        variables(environment, context)
    if method in _SETTERS and len(node.args) == 2:
        return _variable(node.args[0], node.args[1], context)
    if name.endswith("patch.dict") and node.args and _names_environment(node.args[0], context):
        for argument in node.args[1:]:
            if isinstance(argument, ast.Dict):
                variables(argument, context)
        return True
    if method == "update" and isinstance(node.func, ast.Attribute) and is_environment(node.func.value, context):
        for argument in node.args:
            if isinstance(argument, ast.Dict):
                variables(argument, context)
        return True
    if not node.args:
        return False
    if name in _EXEC and not name.endswith("_shell"):
        return words(node.args, context)
    if name in _SHELL or name in _EXEC or (method in _RUN and name.startswith(("subprocess.", "sp.", "run", "Popen"))):
        first = node.args[0]
        return words(first.elts, context) if isinstance(first, (ast.List, ast.Tuple)) else shell(first, context)
    return False


def words(nodes: list[ast.expr], context: Context) -> bool:
    """A command given word by word."""
    fragments = [_word(read(node, context), context) for node in nodes if not isinstance(node, ast.Starred)]
    if not fragments:
        return False
    if launches.collect(commands.from_words(fragments), context.into):
        for node in nodes:
            emitting.take(node, context)
    return True


def shell(node: ast.expr, context: Context) -> bool:
    """A command given as one text."""
    value = read(node, context)
    if isinstance(value, (Unknown, Reference)):
        return False
    said = False
    for command in commands.parse(_word(value, context)):
        said = launches.collect(command, context.into) or said
    if said:
        emitting.take(node, context)
    return True


def variables(node: ast.Dict, context: Context) -> None:
    """A mapping that becomes (part of) an environment: its upper-case keys are declared."""
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            _variable(key, value, context)


def _variable(key: ast.expr, value: ast.expr, context: Context) -> bool:
    if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.isupper():
        emitting.setting(key.value, value, context, Role.DECLARES, how="environment")
        return True
    return False


def _names_environment(node: ast.expr, context: Context) -> bool:
    return is_environment(node, context) or (isinstance(node, ast.Constant) and node.value == "os.environ")


def _word(value: Expression, context: Context) -> Fragment:
    """An expression as shell text: what is not literal becomes ``${NAME}``, standing where it stood."""
    texts: list[str] = []
    offsets: list[int] = []
    for part in value.parts if isinstance(value, Concatenation) else (value,):
        span = span_of(part)
        text = _shown(part, context)
        texts.append(text)
        exact = isinstance(part, Literal) and len(text) == span.end - span.start
        offsets.extend(span.start + index if exact else span.start for index in range(len(text)))
    end = span_of(value).end
    return Fragment("".join(texts), offsets[0] if offsets else end, (*offsets, end))


def _shown(part: Expression, context: Context, depth: int = 0) -> str:
    match part:
        case Literal(text=text):
            return text
        case Reference(name=name, local=True) if name in context.values and depth < 8:
            return _shown(context.values[name], context, depth + 1)
        case Reference(name=name, local=False):
            return "${" + name + "}"
        case Fallback(options=options) if options and depth < 8:
            return _shown(options[0], context, depth + 1)
        case Concatenation(parts=parts) if depth < 8:
            return "".join(_shown(inner, context, depth + 1) for inner in parts)
    return "${_}"
