"""The data that flows through portlint: plain, frozen, without syntax trees.

An extractor turns one file into an :class:`Extraction`. Everything in it is made of strings, numbers and tuples, so
that it can be cached by content. Linking works on :class:`Place`, an occurrence in its file with its resolved value.
Spans count code points from the start of the decoded file (see :mod:`portlint.text`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from portlint.text import Region, Span
from portlint.values import Expression


class Kind(StrEnum):
    """What a value is."""

    PORT = "port"
    HOST = "host"
    URL = "url"
    PATH = "path"
    SCHEME = "scheme"


class Role(StrEnum):
    """What an occurrence does with its value; see the table in the README."""

    DECLARES = "declares"
    DEFAULTS = "defaults"
    PASSES = "passes"
    READS = "reads"
    LISTENS = "listens"
    PUBLISHES = "publishes"
    EXPOSES = "exposes"
    CONNECTS = "connects"
    PROXIES = "proxies"
    PROBES = "probes"
    ALLOWS = "allows"
    DOCUMENTS = "documents"


class Severity(StrEnum):
    """How important a finding is; never mixed with confidence."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Confidence(StrEnum):
    """How certain a finding is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


HOST_NETWORK = "host"


def container(service: str) -> str:
    """The network inside the container of a service."""
    return f"container:{service}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One place in one file that states or uses a port, host, URL or URL path.

    ``span`` covers the value as written, without quotes. A URL or ``host:port`` yields one occurrence of kind URL and
    one for each part, all with the same ``url`` number. ``group`` ties what one command, one port mapping or one
    probe says together. Numbers are unique within a file; 0 means none.
    """

    kind: Kind
    role: Role
    value: Expression
    span: Span
    name: str = ""
    """The variable, field, option or configuration key that is set, read or defaulted here (``INNGEST_PORT``)."""
    aliases: tuple[str, ...] = ()
    """Other names of the same setting, as declared here (pydantic aliases, ``envvar=`` lists)."""
    how: str = ""
    """How the value comes about, in a few words for the table: ``shell default``, ``Field default``, ``--port``."""
    network: str = ""
    """``host`` or ``container:<service>`` where the file itself says so, else empty."""
    service: str = ""
    """The service it belongs to (compose service, workload, image stage), or empty."""
    profile: str = ""
    """The profile stated in the file (a Spring profile, ``[env.production]``), else empty: the file's name decides."""
    component: str | None = None
    """The folder the place speaks of where it is not the file's own (``cd frontend && ...``), relative to the root."""
    tool: str = ""
    """Knowledge id of the program that is launched, or of the framework that listens."""
    target: str = ""
    """What a launch runs (``app.main:app``, ``server.js``): tells two launches of one program from two programs."""
    label: str = ""
    """What the text around says it is about: headings, list label, table row, comment; joined by `` > ``."""
    commented: bool = False
    """The place stands in a comment or in commented-out code."""
    optional: bool = False
    """The place only suggests a value or shows an alternative (``if 8000 is taken, use 8080``)."""
    group: int = 0
    url: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A unit that runs on its own: a compose service, a Kubernetes workload, an image, a package with a dev script."""

    name: str
    kind: str
    """``compose``, ``workload``, ``service`` (Kubernetes), ``image`` (Dockerfile stage), ``package``, ``platform``."""
    span: Span
    image: str = ""
    build: str = ""
    """Build context, relative to the root of the tree (``.`` for the root itself), or empty."""
    dockerfile: str = ""
    """Path of the Dockerfile relative to the root, or empty."""
    stage: str = ""
    """Build target, or empty for the last stage."""
    network: str = ""
    """``host`` where the service shares the host's network, else empty."""
    aliases: tuple[str, ...] = ()
    """Other names it is reached by: container_name, hostname, network aliases, labels of a workload."""
    profile: str = ""
    groups: tuple[str, ...] = ()
    """Compose ``profiles`` as written: services of different ones need not run together."""
    command: bool = False
    """The service sets its own command or entrypoint, so the image's does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One file, service or folder uses another.

    ``kind``: ``sources`` (shell ``. ./x.sh``, dotenv loading), ``env_file``, ``includes``, ``extends``, ``mounts``,
    ``script`` (a package's script, whose name is ``inside``), ``copies`` (COPY into an image),
    ``runs`` (an entry script or program of this tree). ``path`` is relative to the
    root of the tree, normalised, with ``/``; ``service`` is the service or stage that does it, or empty for the file.
    """

    kind: str
    path: str
    span: Span
    service: str = ""
    inside: str = ""
    """The path inside the container, for mounts and copies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A fact about a file's own syntax that a rule may report: a repeated key, a line that loaders read differently."""

    kind: str
    name: str
    value: str
    span: Span
    message: str
    related: tuple[tuple[Span, str, str], ...] = ()
    """Other places in the same file: span, value, what they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A part of a file that could not be read; ``line`` is 1-based, 0 for the whole file."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one file says. ``regions`` has one region for every occurrence, in the same order."""

    occurrences: tuple[Occurrence, ...] = ()
    services: tuple[Service, ...] = ()
    relations: tuple[Relation, ...] = ()
    remarks: tuple[Remark, ...] = ()
    problems: tuple[Problem, ...] = ()
    bindings: tuple[tuple[str, Expression], ...] = ()
    """Constants of the file, for references with ``local=True``; the last binding of a name wins."""
    unresolved: int = 0
    """How many places hold a port, host or URL that was seen but not understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file, or a line in it, that could not be read, and why."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place as a finding names it: root-relative path with ``/`` and a 1-based region in code points."""

    path: str
    region: Region
    span: Span
    value: str
    role: Role
    network: str
    how: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace ``span`` of ``path`` by ``text``."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A titled set of edits; ``applicability`` is ``safe``, ``unsafe`` or ``display``."""

    title: str
    edits: tuple[Edit, ...]
    applicability: str


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding is left out on purpose."""

    kind: str
    """``comment``, ``configuration`` or ``baseline`` (accepted earlier)."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reported inconsistency: one location, the other sides as related locations."""

    code: str
    rule: str
    severity: Severity
    confidence: Confidence
    setting: str
    kind: Kind
    profile: str
    message: str
    location: Location
    related: tuple[Location, ...] = ()
    fix: Fix | None = None
    fingerprint: str = ""
    fingerprints: tuple[tuple[str, Location], ...] = ()
    """Each place that deviates, with a fingerprint of its own; the finding's own place is the first."""
    suppression: Suppression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """A finding that somebody has silenced on purpose; no part of ``Report.findings``."""

    finding: Finding
    kind: str
    """Where that was said: ``comment``, ``configuration`` or ``baseline``."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One occurrence in a setting, with the reason it was linked."""

    location: Location
    link: str
    profile: str
    resolution: str = ""
    """How the value was resolved, step by step, for ``explain``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The occurrences that must agree."""

    name: str
    kind: Kind
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was read. A run never ends with a bare "all fine"."""

    files: int
    skipped: int
    settings: int
    occurrences: int
    unresolved: int
    failures: int
    suppressed: int = 0
    """Findings that a comment or the configuration leaves out."""
    known: int = 0
    """Findings that the baseline holds."""
    gone: int = 0
    """Entries of the baseline that nothing was found for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A finding that was accepted earlier, as the baseline holds it: the fingerprint counts, the rest is for people."""

    fingerprint: str
    code: str
    setting: str
    path: str
    value: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of a run, all that a reporter gets."""

    findings: tuple[Finding, ...]
    settings: tuple[Setting, ...]
    failures: tuple[Failure, ...]
    summary: Summary
    skipped: tuple[tuple[str, int], ...] = field(default=())
    """Why files were skipped, and how many: ``lock file``, ``minified``, ``over 5 MB``."""
    suppressed: tuple[Suppressed, ...] = field(default=())
    """What was found and silenced, for formats that tell it (SARIF)."""
    gone: tuple[Accepted, ...] = field(default=())
    """What the baseline holds and was not found again."""
