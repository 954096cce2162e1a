"""Which expressions read an environment variable or a setting by name, and with what default.

``os`` (Python library reference), python-decouple ``config()``, environs and django-environ ``env()``, ``env.int()``,
Starlette ``Config()``, dynaconf and Flask ``settings.get()``, ``config["X"]``, and the helpers that projects write in
their manner (``get_env("X", d)``).
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from portlint import names
from portlint.extractors.python.context import Context, is_config_word, is_settings_word

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{1,}")
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOOKUPS = frozenset({"get", "setdefault", "pop", "getenv"})
_TYPED = frozenset("int str bool float url list json dict db cache path get_value port".split())
_WRITES = frozenset("set put unset delete del patch load write update remove add".split())
_DEFAULT_KEYWORDS = ("default", "fallback")
_SCHEMES = {"db": "DATABASE_URL", "db_url": "DATABASE_URL", "cache": "CACHE_URL", "cache_url": "CACHE_URL"}


@dataclass(frozen=True, slots=True)
class Read:
    """A variable that is read. ``empty_too`` says that an empty value also counts as not set."""

    name: str
    default: ast.expr | None
    empty_too: bool = False


def read_of(node: ast.expr, context: Context) -> Read | None:
    """What an expression reads from the environment or the settings, or ``None``."""
    if isinstance(node, ast.Subscript):
        key = _string(node.slice)
        if key and is_environment(node.value, context) and _FIELD.fullmatch(key):
            return Read(key, None)
        if key and _VARIABLE.fullmatch(key) and _is_mapping(node.value):
            return Read(key, None)
        return None
    if not isinstance(node, ast.Call):
        return None
    return _call(node, context)


def is_environment(node: ast.expr, context: Context) -> bool:
    """Whether an expression is ``os.environ``."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("environ", "environb") and isinstance(node.value, ast.Name)
    return isinstance(node, ast.Name) and context.dotted(node).endswith("environ")


def _call(node: ast.Call, context: Context) -> Read | None:
    func, key = node.func, _string(node.args[0]) if node.args else None
    if isinstance(func, ast.Attribute):
        if key is None:
            return _schemed(node, func)
        if is_environment(func.value, context) and func.attr in _LOOKUPS:
            return Read(key, _default(node))
        if func.attr == "getenv":
            return Read(key, _default(node))
        if _VARIABLE.fullmatch(key) and (
            (func.attr in _LOOKUPS and _is_mapping(func.value)) or (func.attr in _TYPED and _is_reader(func.value))
        ):
            return Read(key, _default(node))
        return Read(key, _default(node)) if _VARIABLE.fullmatch(key) and _reads_by_name(func.attr) else None
    if not isinstance(func, ast.Name) or key is None:
        return _getattr(node, context)
    if context.dotted(func).endswith("getenv") or (_VARIABLE.fullmatch(key) and _reads_by_name(func.id)):
        return Read(key, _default(node))
    return _getattr(node, context)


def _schemed(node: ast.Call, func: ast.Attribute) -> Read | None:
    if func.attr in _SCHEMES and not node.args and isinstance(func.value, ast.Name) and func.value.id == "env":
        return Read(_SCHEMES[func.attr], _default(node))
    return None


def _getattr(node: ast.Call, context: Context) -> Read | None:
    if not isinstance(node.func, ast.Name) or node.func.id != "getattr" or len(node.args) < 2:
        return None
    name, holder = _string(node.args[1]), node.args[0]
    if name and _VARIABLE.fullmatch(name) and _is_mapping(holder):
        return Read(name, node.args[2] if len(node.args) > 2 else None)
    return None


def _default(node: ast.Call) -> ast.expr | None:
    for keyword in node.keywords:
        if keyword.arg in _DEFAULT_KEYWORDS:
            return keyword.value
    if len(node.args) > 1 and not isinstance(node.args[1], (ast.Name, ast.Lambda)):
        return node.args[1]
    if len(node.args) > 1 and isinstance(node.args[1], ast.Name) and node.args[1].id not in ("int", "str", "bool"):
        return node.args[1]
    return None


def _string(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _reads_by_name(function: str) -> bool:
    words = names.tokens(function)
    if _WRITES & set(words):
        return False
    return "env" in words or "environ" in words or "getenv" in words or function in ("config", "_config", "settings")


def _is_reader(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and ("env" in names.tokens(node.id) or is_config_word(node.id))


def _is_mapping(node: ast.expr) -> bool:
    last = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return is_settings_word(last) or is_config_word(last) or last in ("environment", "secrets")
