"""What a command means for ports: servers launched, clients that connect, port mappings, environment passed.

Facts about the programs come from :mod:`portlint.knowledge`.
"""

from __future__ import annotations

from typing import Any

from portlint.collecting import Collector
from portlint.commands import Command


def collect(command: Command, into: Collector, **fields: Any) -> bool:
    """Put into ``into`` all that a command says of ports, hosts and URLs; ``False`` where it says nothing.

    ``fields`` are :class:`portlint.model.Occurrence` fields that hold for the whole command (service, network, label).
    """
    raise NotImplementedError
