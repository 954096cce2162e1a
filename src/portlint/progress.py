"""How far a run has come: plain numbers that the stages write and that nobody need look at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Progress:
    """The state of a run. One thread writes, another may read at any time: nothing depends on it."""

    stage: str = "starting"
    done: int = 0
    """How many files of ``total`` are done with."""
    total: int = 0
    """How many there are; 0 where that is not known."""

    def begin(self, stage: str, total: int = 0) -> None:
        """Enter a stage."""
        self.done, self.total, self.stage = 0, total, stage
