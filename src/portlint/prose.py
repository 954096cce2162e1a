"""What text for people says of ports, hosts and URLs: documentation, comments, descriptions, help texts."""

from __future__ import annotations

from typing import Any

from portlint.collecting import Collector
from portlint.text import Fragment


def collect(fragment: Fragment, into: Collector, *, name: str = "", **fields: Any) -> None:
    """Put into ``into``, with the role ``documents``, everything a person would read in a text.

    ``name`` is the setting that the text describes (the assignment a comment stands beside, the field of a
    description): a bare "default 8300" is then about that setting. ``fields`` are Occurrence fields.
    """
    raise NotImplementedError
