"""The keys of a configuration, validated. Imported only for a configuration whose bytes were not seen before.

The JSON schema and the tables in ``docs/configuration.md`` are made from these models.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    model_validator,
)

from portlint import globs


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def _pattern(text: str) -> str:
    if wrong := globs.problem(text):
        raise ValueError(wrong)
    return text


def _word(text: str) -> str:
    if not text or re.search(r"\s", text):
        raise ValueError("expected one word")
    return text


def _variable(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][\w.\-]*", text):
        raise ValueError("expected the name of a variable")
    return text


def _flag(text: str) -> str:
    if not re.fullmatch(r"--?[A-Za-z][\w.\-]*", text):
        raise ValueError("expected a flag such as --port or -p")
    return text


def _reason(text: str) -> str:
    if len(text.strip()) < 3:
        raise ValueError("expected a reason")
    return text.strip()


def _port(number: int) -> int:
    if not 1 <= number <= 65535:
        raise ValueError("expected a port from 1 to 65535")
    return number


Pattern = Annotated[StrictStr, AfterValidator(_pattern)]
Word = Annotated[StrictStr, AfterValidator(_word)]
Variable = Annotated[StrictStr, AfterValidator(_variable)]
Flag = Annotated[StrictStr, AfterValidator(_flag)]
Reason = Annotated[StrictStr, AfterValidator(_reason)]
Port = Annotated[StrictInt, AfterValidator(_port)]
Selector = Annotated[StrictStr, AfterValidator(_word)]
Confidence = Literal["high", "medium", "low"]
Severity = Literal["error", "warning", "note"]
Value = StrictInt | StrictStr


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=_kebab, validate_by_name=False, validate_by_alias=True)


class Difference(_Table):
    """Places of a setting that may have another value."""

    paths: list[Pattern] = Field(min_length=1, description="Files whose value may differ.")
    reason: Reason = Field(description="Why; it is shown with what is suppressed.")


class Setting(_Table):
    """What was decided about one setting."""

    value: Value | dict[str, Value] | None = Field(
        default=None,
        description="The canonical value, of the default profile; or a table of profiles and values. "
        "Every place that says another is reported.",
    )
    source: Pattern | list[Pattern] | None = Field(
        default=None, description="The canonical source: the files whose value is right where places disagree."
    )
    aliases: list[Variable] = Field(default=[], description="Other names that mean this setting.")
    may_differ: Reason | list[Difference] | None = Field(
        default=None,
        description="The reason why places of this setting may differ; or a list of tables with `paths` and `reason`.",
    )
    owner: Word | None = Field(
        default=None,
        description="The service, image or folder that listens there, where names alone do not tell.",
    )

    @model_validator(mode="after")
    def _one_authority(self) -> Setting:
        if self.value is not None and self.source is not None:
            raise ValueError("expected either value or source, not both")
        return self


class Option(_Table):
    """How a program is told one value."""

    flags: list[Flag] = Field(default=[], description="Flags that take the value.")
    environment: list[Variable] = Field(default=[], description="Variables that the program reads itself.")
    default: Word | StrictInt | None = Field(default=None, description="What it uses when told nothing.")
    positional: StrictBool = Field(default=False, description="Whether the value may stand as a plain argument.")


class Tool(_Table):
    """A server of your own, or one that portlint does not know."""

    name: Word = Field(description="A name for it; that of a known tool replaces what is known of it.")
    programs: list[Word] = Field(default=[], description="Names of the executable; by default the name itself.")
    modules: list[Word] = Field(default=[], description="Names for `python -m`.")
    subcommands: list[StrictStr] = Field(default=[], description="Words of which one must follow, if it is to serve.")
    port: Option | None = Field(default=None, description="How the program is told its port.")
    host: Option | None = Field(default=None, description="How it is told the address to listen on.")
    bind: Option | None = Field(default=None, description="How it is told `host:port` in one.")
    switches: list[Flag] = Field(default=[], description="Flags that take no value.")
    source: StrictStr = Field(default="configuration of the project", description="Where that is documented.")

    @model_validator(mode="after")
    def _has_a_port(self) -> Tool:
        if self.port is None and self.bind is None:
            raise ValueError("expected port or bind, so that its port is known")
        return self


class Image(_Table):
    """A container image whose port portlint does not know."""

    names: list[Word] = Field(min_length=1, description="Names without tag, with or without registry.")
    ports: list[Port] = Field(min_length=1, description="The ports that it listens on when told nothing.")
    environment: list[Variable] = Field(default=[], description="Variables that change the first port.")


class Service(_Table):
    """A service that is known by a word in variables and URLs."""

    words: list[Word] = Field(min_length=1, description="Words in names of variables, such as `BILLING`.")
    ports: list[Port] = Field(min_length=1, description="The ports that it usually has.")
    schemes: list[Word] = Field(default=[], description="Schemes of its URLs.")


class Suppression(_Table):
    """Findings that are left out on purpose; for files that can hold no comment."""

    rules: list[Selector] = Field(min_length=1, description="Codes, beginnings of codes or names of rules.")
    paths: list[Pattern] = Field(default=[], description="Files in which; without it all.")
    setting: StrictStr | None = Field(default=None, description="The setting; without it all.")
    reason: Reason = Field(description="Why.")


class Configuration(_Table):
    """Configuration of portlint: which files are read, what is reported, what a project has decided."""

    include: list[Pattern] = Field(default=[], description="Read these files only; without it all that are known.")
    exclude: list[Pattern] | None = Field(
        default=None,
        description="Do not read these; replaces the default, which is folders of other people's code such as "
        "`node_modules`, `vendor` and `.venv`.",
    )
    extend_exclude: list[Pattern] = Field(default=[], description="Do not read these either.")
    select: list[Selector] | None = Field(
        default=None,
        description="Report these rules only: codes, beginnings of codes (`PL1`) or names. "
        "Without it all that are on by default.",
    )
    extend_select: list[Selector] = Field(default=[], description="Report these rules too.")
    ignore: list[Selector] = Field(default=[], description="Do not report these rules.")
    per_file_ignores: dict[Pattern, list[Selector]] = Field(
        default={}, description="Patterns of files with the rules that are not reported in them."
    )
    severity: dict[Selector, Severity] = Field(
        default={}, description="Rules with the severity that they have in this project."
    )
    min_severity: Severity | None = Field(default=None, description="Leave out what is less important (note).")
    min_confidence: Confidence | None = Field(default=None, description="Leave out what is less certain (medium).")
    profiles: dict[Pattern, Word] = Field(
        default={}, description="Patterns of files with the profile that they speak of; the first that fits counts."
    )
    components: list[Pattern] = Field(
        default=[], description="Folders that generic names such as `PORT` belong to, beside those with a manifest."
    )
    settings: dict[Variable, Setting] = Field(default={}, description="What was decided about settings, by name.")
    generic_names: list[Variable] = Field(
        default=[], description="Names that mean something else in every component, as `PORT` does."
    )
    public_prefixes: list[Variable] = Field(
        default=[], description="Prefixes that make a variable public to a browser, as `VITE_` does."
    )
    tools: list[Tool] = Field(default=[], description="Servers with their flags, variables and defaults.")
    images: list[Image] = Field(default=[], description="Container images with their ports.")
    services: list[Service] = Field(default=[], description="Services with the words that name them.")
    suppress: list[Suppression] = Field(default=[], description="Findings that are left out on purpose.")
    rules: list[StrictStr] = Field(default=[], description="Files and folders with rules of your own.")
    baseline: StrictStr | None = Field(default=None, description="The file of accepted findings.")
    cache: StrictBool | None = Field(default=None, description="Keep what was read for later runs (true).")
    cache_dir: StrictStr | None = Field(default=None, description="Where it is kept.")
    language: Literal["en"] | None = Field(default=None, description="Language of the output.")
