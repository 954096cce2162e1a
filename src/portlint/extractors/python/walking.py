"""One pass over a file's statements: what each binds, declares and calls, in the scope where it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from portlint import names
from portlint.extractors.python import (
    assignments,
    classes,
    clients,
    documents,
    emitting,
    options,
    programs,
    routes,
    servers,
)
from portlint.extractors.python.context import Context, Name, Scope
from portlint.extractors.python.environment import read_of
from portlint.extractors.python.reading import is_string, read
from portlint.model import Role
from portlint.values import Unknown

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


class Walk:
    """The state of the pass: functions wait until the scope around them is known."""

    def __init__(self, context: Context, tree: ast.Module) -> None:
        self.context = context
        self.settings = classes.survey(tree)
        self.waiting: list[tuple[_Function, Scope]] = []

    def run(self, tree: ast.Module) -> None:
        """Visit the module, then every function, outermost first."""
        documents.docstring(tree, self.context)
        self._block(tree.body, False)
        for function, scope in self.waiting:
            self._enter(function, scope)

    def _block(self, body: list[ast.stmt], conditional: bool) -> None:
        for statement in body:
            self._statement(statement, conditional)

    def _statement(self, statement: ast.stmt, conditional: bool) -> None:
        context = self.context
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.waiting.append((statement, context.scope))
                routes.decorators(statement, context)
                for decorator in statement.decorator_list:
                    self._expressions(decorator, "")
                return
            case ast.ClassDef():
                self._class(statement)
                return
            case ast.Import() | ast.ImportFrom():
                assignments.imported(statement, context)
                return
            case ast.Assign() | ast.AnnAssign():
                assignments.collect(statement, context, conditional)
        label = assignments.label_of(statement, context)
        for node in _own_expressions(statement):
            self._expressions(node, label)
        for field in _BLOCKS:
            for inner in getattr(statement, field, ()):
                if isinstance(inner, ast.stmt):
                    self._statement(inner, True)
                else:
                    for expression in ast.iter_child_nodes(inner):
                        if isinstance(expression, ast.expr):
                            self._expressions(expression, label)
                    self._block(inner.body, True)

    def _class(self, node: ast.ClassDef) -> None:
        context, outer = self.context, self.context.scope
        for decorator in node.decorator_list:
            self._expressions(decorator, "")
        label = f"{outer.label}.{node.name}" if outer.label else node.name
        context.scope = Scope(label, outer, node.name, True)
        documents.docstring(node, context)
        classes.collect(node, self.settings.get(node.name, classes.Settings()), context)
        self._block(node.body, False)
        context.scope = outer

    def _enter(self, node: _Function, outer: Scope) -> None:
        context = self.context
        context.scope = outer
        documents.docstring(node, context)
        given = options.parameters(node, context)
        label = f"{outer.label}.{node.name}" if outer.label else node.name
        scope = Scope(label, outer, outer.of_class)
        for argument, default in options.defaults(node):
            setting = given.get(argument.arg, "")
            scope.names[argument.arg] = Name(f"{label}.{argument.arg}", setting=setting)
            if default is not None and not setting:
                self._parameter(label, argument.arg, default)
                self._expressions(default, label)
        context.scope = scope
        self._block(node.body, False)
        context.scope = outer

    def _parameter(self, label: str, name: str, default: ast.expr) -> None:
        value = read(default, self.context)
        if not isinstance(value, Unknown):
            self.context.bind(f"{label}.{name}", value)
        if not names.is_generic(name):
            emitting.setting(name, default, self.context, how="parameter default")

    def _expressions(self, top: ast.expr, label: str) -> None:
        """All that is called, read and named within an expression, outermost first."""
        if isinstance(top, ast.Name):
            return
        context = self.context
        stack: list[tuple[ast.AST, ast.Call | None]] = [(top, None)]
        while stack:
            node, call = stack.pop()
            if node in context.taken:
                continue
            if isinstance(node, ast.Call):
                self._call(node)
                call = node
            elif isinstance(node, ast.Dict):
                self._dict(node)
            elif isinstance(node, (ast.BoolOp, ast.IfExp)) and self._either(node):
                continue
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
                self._read(node)
            elif isinstance(node, (ast.Constant, ast.JoinedStr)) and is_string(node):
                clients.string(node, context, label, call)
                continue
            elif isinstance(node, ast.BinOp) and _is_text(node) and clients.composed(node, context, label, call):
                continue
            for child in _children(node):
                stack.append((child, call))

    def _call(self, node: ast.Call) -> None:
        context = self.context
        if self._read(node):
            return
        if programs.collect(node, context) or options.collect(node, context) or routes.mount(node, context):
            return
        routes.registered(node, context)
        if routes.patterns(node, context) or servers.collect(node, context):
            return
        for keyword in node.keywords:
            if keyword.arg and emitting.is_allow_list(keyword.arg):
                emitting.setting(keyword.arg, keyword.value, context, Role.ALLOWS, how=f"{keyword.arg}=")
            elif keyword.arg in ("description", "help", "epilog", "usage"):
                emitting.text(keyword.value, context, how="description")
        clients.arguments(node, context)

    def _read(self, node: ast.expr) -> bool:
        found = read_of(node, self.context)
        if found is None:
            return False
        self.context.into.reads(read(node, self.context))
        if found.default is not None:
            emitting.take(found.default, self.context)
        return True

    def _either(self, node: ast.expr) -> bool:
        """``os.environ.get("A") or "x"``: the text is the variable's default."""
        value = read(node, self.context)
        if not emitting.variable_of(value) or not emitting.understood(value):
            return False
        self.context.into.reads(value)
        return True

    def _dict(self, node: ast.Dict) -> None:
        """``{**os.environ, "PORT": "8000"}`` and a client's ``{"host": ..., "port": ...}``."""
        if any(key is None for key in node.keys):
            programs.variables(node, self.context)
        keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
        if {"host", "port"} <= keys or "bootstrap.servers" in keys:
            clients.mapping("", node, self.context)


_NO_EXPRESSION = frozenset({"ctx", "op", "ops", "id", "attr", "arg", "kind"})


_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a class of nodes that hold nodes, the last first."""
    found = _FIELDS.get(kind)
    if found is None:
        found = _FIELDS[kind] = tuple(name for name in reversed(kind._fields) if name not in _NO_EXPRESSION)
    return found


def _children(node: ast.AST) -> list[ast.AST]:
    """The expressions (and what holds them) right below a node, without operators and names, the last first."""
    found: list[ast.AST] = []
    for name in _fields(type(node)):
        value = getattr(node, name, None)
        if isinstance(value, list):
            for item in reversed(value):
                if isinstance(item, ast.AST) and not isinstance(item, ast.Name):
                    found.append(item)
        elif isinstance(value, ast.AST) and not isinstance(value, ast.Name):
            found.append(value)
    return found


def _is_text(node: ast.BinOp) -> bool:
    if isinstance(node.op, ast.Mod):
        return is_string(node.left)
    return isinstance(node.op, ast.Add)


def _own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, not those of the blocks in it."""
    for name, value in ast.iter_fields(statement):
        if name in _BLOCKS:
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.expr):
                yield item
            elif isinstance(item, ast.withitem):
                yield item.context_expr
