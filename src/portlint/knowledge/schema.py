"""The form of the data files, checked by the tests and by nothing at run time.

Every value is one line of text, single-quoted, under a ``[[section]]``: 400 rows must load in a few milliseconds,
which ``tomllib`` does not do, so :func:`portlint.knowledge.rows` reads just this much of TOML. Lists are separated by
blanks (``subcommands`` by commas). An option line (``port``, ``host``, ``bind``, ``url``) reads like a usage text:
flags begin with ``-``, environment variables that the tool itself reads with ``$``, ``*`` means that a plain argument
sets the value, and what remains is the default. A default that is in doubt is left out.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

_FLAG = re.compile(r"--?[A-Za-z][\w.\-]*")
_VARIABLE = re.compile(r"\$[A-Za-z_]\w*")
_HOST = re.compile(r"[0-9]+(?:\.[0-9]+){3}|localhost")


def _port(text: str) -> str:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ValueError(f"{text!r} is no port from 1 to 65535")
    return text


def _option(line: str) -> str:
    words = line.split()
    defaults = [word for word in words if word != "*" and not _FLAG.fullmatch(word) and not _VARIABLE.fullmatch(word)]
    if not words or len(defaults) > 1 or len(words) != len(set(words)):
        raise ValueError(f"{line!r} is no option line: flags, $VARIABLES, '*', at most one default")
    return line


def _default(line: str) -> str:
    words = [word for word in line.split() if word[0] not in "-$*"]
    return words[0] if words else ""


def _port_option(line: str) -> str:
    if default := _default(_option(line)):
        _port(default)
    return line


def _host_option(line: str) -> str:
    if (default := _default(_option(line))) and not _HOST.fullmatch(default):
        raise ValueError(f"{default!r} is no host")
    return line


def _flags(line: str) -> str:
    for word in line.split():
        if word != "*" and not re.fullmatch(r"--?[\w][\w.\-:]*", word):
            raise ValueError(f"{word!r} is no flag")
    return line


def _source(text: str) -> str:
    if len(text) < 8 or not re.search(r"\d|manual", text):
        raise ValueError(f"{text!r} names no manual or source file with its version or date")
    return text


def _ports(line: str) -> str:
    if not line.split():
        raise ValueError("no port")
    for word in line.split():
        _port(word)
    return line


Flags = Annotated[str, AfterValidator(_flags)]
Source = Annotated[str, AfterValidator(_source)]
Ports = Annotated[str, AfterValidator(_ports)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ToolRow(_Row):
    """A row of a ``tools_*.toml`` file; see :class:`portlint.knowledge.Tool`."""

    id: str
    programs: str
    source: Source
    subcommands: str = ""
    modules: str = ""
    port: Annotated[str, AfterValidator(_port_option)] = "*"
    host: Annotated[str, AfterValidator(_host_option)] = "*"
    bind: Annotated[str, AfterValidator(_option)] = "*"
    url: Annotated[str, AfterValidator(_option)] = "*"
    switches: Flags = ""
    needs: Flags = ""
    excluded: str = ""
    excluded_flags: Flags = ""
    unix: Flags = ""
    bare_host: str = ""
    configuration: str = ""
    configured_by: Flags = ""

    @model_validator(mode="after")
    def _launchable(self) -> ToolRow:
        if not self.programs and not self.modules:
            raise ValueError("neither program nor module")
        if not {"port", "bind"} & self.model_fields_set:
            raise ValueError("neither port nor bind")
        if _default(self.bind):
            raise ValueError("the default of bind belongs to port and host")
        flags = [
            word for line in (self.port, self.host, self.bind, self.url) for word in line.split() if word[0] == "-"
        ]
        if len(flags) != len(set(flags)):
            raise ValueError("one flag in two options")
        if set(flags) & set(self.switches.split()) - {"--host"}:
            raise ValueError("an option is no switch")
        return self


class ImageRow(_Row):
    """A row of ``images.toml``; see :class:`portlint.knowledge.Image`."""

    names: str
    ports: Ports
    source: Source
    environment: str = ""


class ServiceRow(_Row):
    """A row of ``services.toml``; see :class:`portlint.knowledge.WellKnown`."""

    words: str
    ports: Ports
    source: Source
    schemes: str = ""


class File(_Row):
    """One data file."""

    tool: list[ToolRow] = []
    image: list[ImageRow] = []
    service: list[ServiceRow] = []
