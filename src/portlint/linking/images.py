"""Names of container images, and what is known of the programs in them."""

from __future__ import annotations

import re

from portlint import knowledge
from portlint.places import profile_of


def image_ports(image: str) -> tuple[int, ...]:
    """The ports that an image's program listens on when told nothing, or none where that is not known."""
    by_image = knowledge.load().by_image
    name = image_name(image)
    entry = by_image.get(name) or by_image.get(base_name(name))
    return entry.ports if entry else ()


def image_name(image: str) -> str:
    """The repository of an image reference, without registry, tag and digest."""
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    name = head + slash + last.partition(":")[0]
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        name = rest
    return name.removeprefix("library/").lower()


def base_name(path: str) -> str:
    """The last part of a path or name."""
    return path.rpartition("/")[2]


def purpose(dockerfile: str) -> str:
    """What the name of a Dockerfile says it is for (``ui`` of ``Dockerfile.ui``), profiles left out; or nothing."""
    name = base_name(dockerfile.partition("#")[0]).lower()
    words = [word for word in re.split(r"[._\-]", name) if word not in ("", "dockerfile", "containerfile", "docker")]
    return "-".join(word for word in words if profile_of(f"compose.{word}.yml") == "default")
