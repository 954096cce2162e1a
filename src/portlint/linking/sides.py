"""Which side of the wire a unit is on: a frontend that people visit, or a backend that programs ask."""

from __future__ import annotations

from portlint.linking.unit import BACK_WORDS, FRONT_TOOLS, FRONT_WORDS, PERHAPS_FRONT, Unit

_EITHER = frozenset({"nginx", "caddy", "serve", "http-server"})
"""Servers that stand before the one as often as before the other."""


def learn(unit: Unit, tool: str) -> None:
    """Take note of a tool that listens in a unit."""
    front = tool in FRONT_TOOLS
    unit.front |= front
    unit.back |= not front and tool not in _EITHER


def decide(unit: Unit) -> None:
    """After all tools: what the unit is called weighs more than what it runs."""
    if unit.words & (FRONT_WORDS - PERHAPS_FRONT) or (unit.words & PERHAPS_FRONT and not unit.back):
        unit.front, unit.back = True, False
    if unit.words & BACK_WORDS and not unit.words & FRONT_WORDS:
        unit.back, unit.front = True, False
    if unit.infrastructure:
        unit.front = unit.back = False
