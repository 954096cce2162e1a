"""Where a report goes: formats, files and standard output, and what a GitHub runner gets by itself.

Nothing is written before everything has been put into words, and a file appears whole or not at all.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portlint.errors import PortlintError
from portlint.reporters import COUNTED, FORMATS

DEFAULT = "table"
SUMMARY_LIMIT = 1_048_576
"""The most bytes of all step summaries of one step on a GitHub runner."""


@dataclass(frozen=True, slots=True)
class Output:
    """One format and the file it goes to; an empty one means standard output."""

    format: str
    file: str = ""


def parse(text: str) -> Output:
    """``sarif`` or ``sarif=out.sarif``. Raises :class:`PortlintError` for an unknown format or an empty file name."""
    name, separator, file = text.partition("=")
    if not separator and ":" in text:
        name, separator, file = text.partition(":")
    if name not in FORMATS:
        import difflib

        near = difflib.get_close_matches(name, FORMATS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise PortlintError(f"--format {text}: expected FORMAT or FORMAT=FILE with one of {', '.join(FORMATS)}{hint}")
    if separator and not file:
        raise PortlintError(f"--format {text}: expected a file name behind the '{separator}'")
    return Output(name, "" if file == "-" else file)


def chosen(formats: Sequence[str], output_file: str | None, *, statistics: bool = False) -> tuple[Output, ...]:
    """The outputs that were asked for, the default one where none was.

    Raises :class:`PortlintError` where two would share a file or standard output, where ``output_file`` has no
    format to hold or more than one, and where no format can show statistics.
    """
    outputs = [parse(text) for text in formats] or [Output(DEFAULT)]
    if output_file is not None and output_file != "-":
        free = [output for output in outputs if not output.file]
        if len(free) != 1:
            names = ", ".join(output.format for output in free) or "none"
            raise PortlintError(
                f"--output-file {output_file}: expected one --format without a file of its own, got {names}; "
                "write --format FORMAT=FILE for each"
            )
        outputs = [output if output.file else Output(output.format, output_file) for output in outputs]
    places: dict[str, str] = {}
    for output in outputs:
        place = os.path.abspath(output.file) if output.file else ""
        if place in places:
            where = output.file or "standard output"
            raise PortlintError(
                f"--format {places[place]} and --format {output.format} both go to {where}; "
                "give one of them another file: --format FORMAT=FILE"
            )
        places[place] = output.format
    if statistics and not any(output.format in COUNTED for output in outputs):
        raise PortlintError(f"--statistics: none of the formats shows it; add one of {', '.join(COUNTED)}")
    return tuple(outputs)


def on_github(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a GitHub runner runs this (https://docs.github.com/actions/reference/variables-reference)."""
    return environment.get("GITHUB_ACTIONS") == "true"


def prefix_of(root: Path, environment: Mapping[str, str] = os.environ) -> str:
    """How the root is seen from the top of its repository: empty, or a path that ends with ``/``.

    The top is the nearest folder that holds ``.git``, else the folder that a CI service has checked out.
    """
    tops = [folder for folder in (root, *root.parents) if (folder / ".git").exists()][:1]
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        if not tops and environment.get(name):
            tops = [Path(environment[name]).resolve()]
    if not tops or not root.is_relative_to(tops[0]):
        return ""
    inner = root.relative_to(tops[0]).as_posix()
    return "" if inner == "." else f"{inner}/"


def write_files(texts: Sequence[tuple[str, str]]) -> None:
    """Write ``(file, text)`` pairs as UTF-8, all or none as far as the system allows.

    Missing folders are made. Raises :class:`PortlintError` with one message.
    """
    with _cleared() as pending:
        for file, text in texts:
            try:
                pending.append(_prepared(file, text))
            except OSError as error:
                raise PortlintError(_failed(file, error)) from None
        while pending:
            temporary, target, file = pending[0]
            try:
                if temporary:
                    os.replace(temporary, target)
            except OSError as error:
                raise PortlintError(_failed(file, error)) from None
            del pending[0]


@contextmanager
def _cleared() -> Iterator[list[tuple[str, str, str]]]:
    """Temporary files that are still there at the end are removed."""
    pending: list[tuple[str, str, str]] = []
    try:
        yield pending
    finally:
        for temporary, _, _ in pending:
            if temporary and os.path.exists(temporary):
                os.unlink(temporary)


def _prepared(file: str, text: str) -> tuple[str, str, str]:
    """The whole text beside its target: temporary file, target, name as given. A device or pipe is written at once."""
    import tempfile

    target = os.path.realpath(file)
    data = text.encode("utf-8", "backslashreplace")
    mode = _mode(target)
    if mode is not None and not stat.S_ISREG(mode):
        with open(target, "wb") as stream:
            stream.write(data)
        return "", target, file
    folder = os.path.dirname(target)
    os.makedirs(folder, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{os.path.basename(target)[:100]}.", dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(temporary, stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask())
    except OSError:
        os.unlink(temporary)
        raise
    return temporary, target, file


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _failed(file: str, error: OSError) -> str:
    return f"{file}: cannot be written: {error.strerror or error}"


def append_summary(file: str, text: str) -> str:
    """Add a step summary to the runner's file. The answer is empty, or says why it could not be done."""
    data = text.encode("utf-8", "backslashreplace")
    if len(data) > summary_room(file):
        return "the step summary is full"
    try:
        with open(file, "ab") as stream:
            stream.write(data)
    except OSError as error:
        return f"the step summary {_failed(file, error)}"
    return ""


def summary_room(file: str) -> int:
    """How many bytes the runner still takes for the step summary in ``file``."""
    try:
        return max(SUMMARY_LIMIT - os.path.getsize(file), 1)
    except OSError:
        return SUMMARY_LIMIT
