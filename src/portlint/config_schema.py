"""The JSON schema of the configuration and the tables of its keys, both made from the models.

``python -m portlint.config_schema`` prints the schema, with ``reference`` the tables. Form of the schema: what
SchemaStore takes (draft-07, ``definitions``; CONTRIBUTING.md of SchemaStore, "Best practices").
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from portlint import config_model
from portlint.config_model import Configuration

_TABLES: dict[str, type[BaseModel]] = {
    "settings.NAME": config_model.Setting,
    "may-differ": config_model.Difference,
    "tools": config_model.Tool,
    "tools: port, host, bind": config_model.Option,
    "images": config_model.Image,
    "services": config_model.Service,
    "suppress": config_model.Suppression,
}


class _Plain(GenerateJsonSchema):
    def nullable_schema(self, schema: Any) -> dict[str, Any]:
        """TOML has no null: a key that is not set is left out."""
        return self.generate_inner(schema["schema"])


def schema() -> dict[str, Any]:
    """The schema as plain data."""
    made = Configuration.model_json_schema(by_alias=True, ref_template="#/definitions/{model}", schema_generator=_Plain)
    definitions = made.pop("$defs", {})
    _tidy(made)
    _tidy(definitions)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://json.schemastore.org/portlint.json",
        "title": "portlint",
        "description": made.pop("description"),
        "type": made.pop("type"),
        "additionalProperties": made.pop("additionalProperties"),
        "definitions": dict(sorted(definitions.items())),
        "properties": made.pop("properties"),
    }


def _tidy(value: Any, names: bool = False) -> None:
    """Without what says nothing: made-up titles, defaults that are null."""
    if isinstance(value, dict):
        if not names:
            value.pop("title", None)
            if value.get("default", 0) is None:
                del value["default"]
        for key, inner in value.items():
            _tidy(inner, key in ("properties", "definitions"))
    elif isinstance(value, list):
        for inner in value:
            _tidy(inner)


def text() -> str:
    """The schema as it is committed."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def reference() -> str:
    """Tables of all keys in Markdown."""
    parts = [_table(Configuration)]
    for name, model in _TABLES.items():
        parts.append(f"### `{name}`\n\n{(model.__doc__ or '').strip()}\n\n{_table(model)}")
    return "\n".join(parts)


def _table(model: type[BaseModel]) -> str:
    properties = model.model_json_schema(by_alias=True, schema_generator=_Plain)
    rows = ["| key | value | |", "| --- | --- | --- |"]
    for field in model.model_fields.values():
        shape = _shape(properties["properties"][str(field.alias)])
        need = " Required." if field.is_required() else ""
        rows.append(f"| `{field.alias}` | {shape} | {field.description}{need} |")
    return "\n".join(rows) + "\n"


def _shape(item: dict[str, Any]) -> str:
    if "enum" in item or "const" in item:
        return " or ".join(f"`{choice}`" for choice in item.get("enum", [item.get("const")]))
    if "anyOf" in item:
        return ", or ".join(_shape(inner) for inner in item["anyOf"])
    if "$ref" in item:
        return "table"
    kind = item.get("type")
    if kind == "array":
        return f"list of {_shape(item['items'])}s"
    if kind == "object":
        inner = item.get("additionalProperties") or next(iter(item.get("patternProperties", {}).values()), None)
        return f"table of {_shape(inner)}" if isinstance(inner, dict) else "table"
    return {"string": "text", "integer": "number", "boolean": "true or false"}.get(str(kind), str(kind))


if __name__ == "__main__":
    sys.stdout.write(reference() if sys.argv[1:] == ["reference"] else text())
