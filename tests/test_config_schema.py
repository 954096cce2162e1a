"""The schema and the reference are those of the models, and agree with what is accepted."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from portlint import config, config_schema
from portlint.config_model import Configuration
from portlint.errors import PortlintError

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = json.loads((ROOT / "schema" / "portlint.schema.json").read_text("utf-8"))
PAGE = (ROOT / "docs" / "configuration.md").read_text("utf-8")


def test_the_schema_is_the_one_of_the_models() -> None:
    assert (ROOT / "schema" / "portlint.schema.json").read_text("utf-8") == config_schema.text(), (
        "run: python -m portlint.config_schema > schema/portlint.schema.json"
    )


def test_the_schema_is_sound() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"].startswith("http://json-schema.org/draft-07/") and "$defs" not in json.dumps(SCHEMA)
    assert {str(field.alias) for field in Configuration.model_fields.values()} == set(SCHEMA["properties"])
    tables = [SCHEMA, *SCHEMA["definitions"].values()]
    assert all(table["additionalProperties"] is False and table["description"] for table in tables)
    assert all(item.get("description") for table in tables for item in table["properties"].values())


def test_the_reference_is_the_one_of_the_models() -> None:
    made = PAGE.partition("config_schema reference -->\n\n")[2]
    assert made == config_schema.reference(), "run: python -m portlint.config_schema reference"


EXAMPLES = [text for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if "=" in text]


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_are_right(text: str, tmp_path: Path) -> None:
    jsonschema.validate(tomllib.loads(text), SCHEMA, jsonschema.Draft7Validator)
    (tmp_path / "portlint.toml").write_text(text, "utf-8")
    assert config.load(tmp_path).policy.decisions


@pytest.mark.parametrize(
    "text", ["selct = []", "cache = 1", "settings.X.valu = 1", "severity.PL1 = 'fatal'", "min-confidence = 'x'"]
)
def test_schema_and_validator_refuse_alike(text: str, tmp_path: Path) -> None:
    found: Any = tomllib.loads(text)
    assert not jsonschema.Draft7Validator(SCHEMA).is_valid(found)
    (tmp_path / "portlint.toml").write_text(text, "utf-8")
    with pytest.raises(PortlintError):
        config.load(tmp_path)


def test_options_of_the_page_exist() -> None:
    from portlint.cli import group

    known = {option for command in group.commands.values() for item in command.params for option in item.opts}
    known |= {
        option for command in group.commands.values() for item in command.params for option in item.secondary_opts
    }
    text = PAGE.partition("## All keys")[0]
    assert set(re.findall(r"`(?:portlint baseline )?(--[a-z-]+)", text)) <= known
