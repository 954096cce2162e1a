"""Python expressions as portlint expressions: strings, references, environment reads, fallbacks, compositions."""

from __future__ import annotations

import ast
from dataclasses import replace

from portlint.extractors.python import composing, strings
from portlint.extractors.python.context import Context, announces, is_config_word, is_settings_word
from portlint.extractors.python.environment import Read, read_of
from portlint.extractors.python.source import Source, parse_inner
from portlint.names import is_generic
from portlint.text import Fragment, Span
from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, Unknown

_WRAPPERS = frozenset(
    """
    int str float bool cast Path SecretStr AnyUrl AnyHttpUrl HttpUrl Url URL Secret quote quote_plus make_url
    ip_address IPv4Address parse_url Server from_url
    """.split()
)
_METHODS = frozenset("strip rstrip lstrip lower removesuffix removeprefix encode decode split get_secret_value".split())
_UNSPLIT = frozenset({"urlunsplit", "urlunparse"})


def read(node: ast.expr, context: Context, source: Source | None = None) -> Expression:
    """What an expression comes to; :class:`Unknown` where that is not understood. Never raises."""
    try:
        return _read(node, context, source or context.source)
    except RecursionError:
        where = source or context.source
        return Unknown(where.text(node)[:80], where.span(node), "nested too deeply")


def is_none(node: ast.expr | None) -> bool:
    """Whether there is no value: absent, ``None``, ``...``, a truth value or an empty string."""
    if not isinstance(node, ast.Constant):
        return node is None
    return node.value is None or node.value is ... or node.value == "" or isinstance(node.value, bool)


def is_string(node: ast.AST) -> bool:
    """Whether a node is a string literal of any form."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def fragment(node: ast.expr, context: Context) -> Fragment | None:
    """A string literal as text with the way back, expressions in it as ``{…}``; ``None`` where it is no string."""
    if not is_string(node):
        return None
    code, span = context.source.text(node), context.source.span(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = strings.plain(code, node.value, span.start)
        if text is not None:
            return Fragment(text.text, text.start)
    found = strings.tokens(code, span.start)
    return strings.fragment(found) if found else None


def _read(node: ast.expr, context: Context, source: Source) -> Expression:
    if is_string(node):
        return _string(node, context, source)
    if isinstance(node, ast.Constant):
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            return Literal(str(node.value), source.span(node))
        return composing.unknown(node, source, "no text or number")
    found = read_of(node, context)
    if found is not None:
        return _environment(node, found, context, source)
    match node:
        case ast.Name() | ast.Attribute():
            return reference(node, context, source)
        case ast.BoolOp(op=ast.Or(), values=values):
            return either([_read(value, context, source) for value in values if not is_none(value)], node, source)
        case ast.IfExp():
            return _conditional(node, context, source)
        case ast.BinOp(op=ast.Add()):
            return _sum(node, context, source)
        case ast.BinOp(left=left, op=ast.Mod(), right=right) if is_string(left):
            return composing.percent(left, right, lambda part: _read(part, context, source), source)
        case ast.Call():
            return _call(node, context, source)
        case ast.Await(value=value) | ast.NamedExpr(value=value) | ast.Starred(value=value):
            return _read(value, context, source)
        case ast.Subscript(value=ast.Call(func=ast.Attribute(attr="split")) as value):
            return _read(value, context, source)
    return composing.unknown(node, source, f"{type(node).__name__} is not followed")


def _string(node: ast.expr, context: Context, source: Source) -> Expression:
    code, span = source.text(node), source.span(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = strings.plain(code, node.value, span.start)
        if text is not None:
            return Literal(text.text, Span(text.start, text.end))
    found = strings.tokens(code, span.start)
    if found is None:
        return composing.unknown(node, source, "string not understood")
    parts: list[Expression] = []
    for token in found:
        if isinstance(token, strings.Text):
            if token.text:
                parts.append(Literal(token.text, Span(token.start, token.end)))
            continue
        inner, braces = parse_inner(token.code, token.inner), Span(token.start, token.end)
        if inner is None:
            parts.append(Unknown(token.code[:80], braces, "not understood"))
            continue
        value = _read(inner[0], context, inner[1])
        parts.extend(
            [replace(value, span=braces)] if isinstance(value, (Reference, Unknown)) else composing.flat(value)
        )
    if not parts:
        return Literal("", Span(span.start + 1, span.start + 1))
    return parts[0] if len(parts) == 1 else Concatenation(tuple(parts))


def _environment(node: ast.expr, found: Read, context: Context, source: Source) -> Expression:
    if is_none(found.default):
        return Reference(found.name, source.span(node))
    assert found.default is not None
    operand = _read(found.default, context, source)
    return Reference(found.name, source.span(node), ":-" if found.empty_too else "-", operand)


def reference(node: ast.Name | ast.Attribute, context: Context, source: Source) -> Expression:
    """A name or attribute: a constant of the file, a settings field, a command line option."""
    span = source.span(node)
    if isinstance(node, ast.Name):
        known = context.scope.find(node.id)
        if known is None:
            return Reference(node.id, span, local=True)
        if known.setting:
            return Reference(known.setting, span)
        if known.imported:
            last = known.imported.rpartition(".")[2]
            return _imported(last, span)
        return Reference(known.qualified, span, local=True)
    chain: list[str] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        chain.insert(0, inner.attr)
        inner = inner.value
    if isinstance(inner, ast.Call) and not inner.args and (called := context.dotted(inner.func)):
        last = called.rpartition(".")[2].removeprefix("get_")
        return _attribute(last, chain, context, span, from_call=True)
    if not isinstance(inner, ast.Name):
        return composing.unknown(node, source, "attribute of an expression")
    return _attribute(inner.id, chain, context, span)


def _imported(name: str, span: Span) -> Reference:
    """A name of another module: the setting of that name, or where the name is nobody's own, that module's constant."""
    if not (name.isupper() or announces(name)):
        return Reference(name, span, local=True)
    return Reference(name, span, ":-", Reference(name, span, local=True)) if is_generic(name) else Reference(name, span)


def _attribute(root: str, chain: list[str], context: Context, span: Span, from_call: bool = False) -> Expression:
    own, known = context.scope.of_class, None if from_call else context.scope.find(root)
    if root in ("self", "cls") and own:
        setting = context.fields.get((own, chain[0]))
        if setting and len(chain) == 1:
            return Reference(setting, span)
        if len(chain) == 1:
            return Reference(f"{own}.{chain[0]}", span, local=True)
    holder = own if root in ("self", "cls") else known.constructor if known and known.constructor else root
    if len(chain) == 1 and (setting := context.fields.get((holder, chain[0]))):
        return Reference(setting, span)
    if root in ("args", "opts", "options", "opt", "parsed", "ns", "namespace", "flags", "FLAGS") and len(chain) == 1:
        setting = context.options.get(chain[0], "")
        return Reference(setting or f"{root}.{chain[0]}", span, local=not setting)
    names = [root, *chain]
    for index in range(len(names) - 2, -1, -1):
        if is_settings_word(names[index]):
            return Reference("_".join(names[index + 1 :]).upper(), span)
    module_level = from_call or (known is not None and (bool(known.imported) or "." not in known.qualified))
    if is_config_word(root) and module_level:
        return Reference("_".join(chain).upper(), span)
    telling = "_" in chain[-1] or (known is not None and bool(known.imported))
    if chain[-1].isupper() and telling and announces(chain[-1]) and f"{root}.{chain[-1]}" not in context.values:
        return Reference(chain[-1], span)
    return Reference(".".join(names), span, local=True)


def either(options: list[Expression], node: ast.expr, source: Source) -> Expression:
    """``a or b``: the last variable before a text carries it as its default, like ``${A:-text}``."""
    flat: list[Expression] = []
    for option in options:
        flat.extend(option.options if isinstance(option, Fallback) else (option,))
    if not flat:
        return composing.unknown(node, source, "no value")
    while len(flat) > 1:
        before, last = flat[-2], flat[-1]
        free = isinstance(before, Reference) and not before.local and before.operand is None
        if not free or isinstance(last, Unknown):
            break
        assert isinstance(before, Reference)
        if isinstance(last, Reference) and len(flat) > 2:
            break
        if isinstance(last, Reference):
            break
        flat[-2:] = [Reference(before.name, before.span, ":-", last)]
        break
    return flat[0] if len(flat) == 1 else Fallback(tuple(flat))


def _conditional(node: ast.IfExp, context: Context, source: Source) -> Expression:
    first, second = node.body, node.orelse
    test: ast.expr = node.test
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        first, second, test = second, first, test.operand
    elif isinstance(test, ast.Compare) and isinstance(test.ops[0], (ast.Is, ast.Eq)) and is_none(test.comparators[0]):
        first, second, test = second, first, test.left
    elif isinstance(test, ast.Compare) and isinstance(test.ops[0], (ast.IsNot, ast.NotEq)):
        test = test.left if is_none(test.comparators[0]) else test
    elif isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.In):
        test = test.left
    wanted = ast.dump(test)
    if any(type(part) is type(test) and ast.dump(part) == wanted for part in ast.walk(first)):
        options = [_read(first, context, source)]
        if not is_none(second):
            options.append(_read(second, context, source))
        return either(options, node, source)
    return composing.unknown(node, source, "depends on a condition")


def _sum(node: ast.BinOp, context: Context, source: Source) -> Expression:
    terms: list[ast.expr] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
        terms.append(left.right)
        left = left.left
    terms.append(left)
    terms.reverse()
    called = [term.func.id for term in terms if isinstance(term, ast.Call) and isinstance(term.func, ast.Name)]
    if not any(is_string(term) for term in terms) and "str" not in called:
        return composing.unknown(node, source, "arithmetic")
    return composing.joined([_read(term, context, source) for term in terms], node, source)


def _call(node: ast.Call, context: Context, source: Source) -> Expression:
    func = node.func

    def again(part: ast.expr) -> Expression:
        return _read(part, context, source)

    if isinstance(func, ast.Attribute):
        if func.attr == "format" and is_string(func.value):
            named = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
            return composing.braced(func.value, node.args, named, again, source)
        if func.attr in _METHODS:
            return _read(func.value, context, source)
        if func.attr in ("build", "create"):
            return composing.built(node, again, source)
        if func.attr == "get" and node.args and isinstance(func.value, (ast.Name, ast.Attribute)):
            return _lookup(node, func.value, context, source)
    name = context.dotted(func).rpartition(".")[2]
    if name in _UNSPLIT and node.args and isinstance(node.args[0], (ast.Tuple, ast.List)):
        return composing.unsplit(node, node.args[0].elts, again, source)
    if (name in _WRAPPERS or name.endswith(("Dsn", "Url", "URL"))) and node.args:
        return _read(node.args[1] if name == "cast" and len(node.args) > 1 else node.args[0], context, source)
    return composing.unknown(node, source, "call is not followed")


def _lookup(node: ast.Call, holder: ast.Name | ast.Attribute, context: Context, source: Source) -> Expression:
    """``config.get("port", 8000)`` of some mapping: nobody knows its value, but its default is written here."""
    key = node.args[0]
    if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
        return composing.unknown(node, source, "computed key")
    name = f"{context.dotted(holder) or 'mapping'}.{key.value}"
    known = Reference(name, source.span(node), local=True)
    if len(node.args) < 2 or is_none(node.args[1]):
        return known
    return Fallback((known, _read(node.args[1], context, source)))
