"""Kubernetes workloads and the Services before them, as units."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from portlint.linking.images import base_name, image_name
from portlint.linking.unit import Unit
from portlint.model import Service

if TYPE_CHECKING:
    from portlint.linking.units import Units


def add(units: Units) -> None:
    """Make units of the workloads, and let Services join those that they select; copies of one object are one unit."""
    known = {host: unit for unit in units.all for host in sorted(unit.hosts)}
    found: dict[str, list[tuple[str, set[str], Unit]]] = defaultdict(list)
    by_path: dict[tuple[str, str], Unit] = {}
    copies: dict[tuple[str, str], Unit] = {}
    ordered = sorted(units.tree.services, key=lambda item: item[1].kind != "workload")
    for path, service in ordered:
        if service.kind not in ("workload", "service"):
            continue
        folder = path.rpartition("/")[0]
        unit = by_path.get((path, service.name))
        if service.kind == "service":
            unit = unit or _selected(path, service, found[folder])
        image = base_name(image_name(service.image)) if service.image else ""
        if unit is None:
            unit = known.get(service.name) or (known.get(image) if image else None)
        if unit is None and service.image:
            unit = copies.get((service.name, image_name(service.image)))
        if unit is None:
            unit = units.new(service.name)
            if service.image:
                unit.images.add(image_name(service.image))
        if service.image:
            copies.setdefault((service.name, image_name(service.image)), unit)
        unit.services.append((path, service))
        unit.hosts.add(service.name)
        units.by_service[path, service.name] = unit
        by_path[path, service.name] = unit
        if service.kind == "workload":
            found[folder].append((path, {service.name, *service.aliases}, unit))


def _selected(path: str, service: Service, workloads: list[tuple[str, set[str], Unit]]) -> Unit | None:
    """The workload that a Kubernetes Service selects: all labels match; one of the same file comes first."""
    wanted = set(service.aliases)
    fitting = [
        (other != path, index) for index, (other, labels, _) in enumerate(workloads) if wanted and wanted <= labels
    ]
    return workloads[min(fitting)[1]][2] if fitting else None
