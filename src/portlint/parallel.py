"""Many files read at once, by Python processes that are given paths and answer with lines of plain text.

A worker is a fresh interpreter, not a fork: the same on every system, whatever threads the caller has, and a worker
that dies takes one file with it. The answers do not depend on how many there are or who comes first.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, NamedTuple

from portlint import cache, codec
from portlint.discovery import SourceFile, Stamp
from portlint.model import Failure
from portlint.policy import NOTHING_DECIDED, Policy, from_told
from portlint.progress import Progress
from portlint.reading import Outcome, load, oversized, understand, unreadable

VARIABLE = "PORTLINT_JOBS"
"""Environment variable: how many processes may read files."""
PATIENCE = 0.5
"""Seconds that this process reads alone before it reckons whether workers would be quicker."""
WORTH_IT = 1.5
"""Seconds left to do from which on they are: a worker takes 0.3 s to start and to load the libraries it needs."""
_MOST = 8
_CHUNK = 12
_SPREAD = 7919
"""Files are taken this far apart, so that what was read says something of what is left."""


class Answer(NamedTuple):
    """What came of a file; ``text`` is the outcome as :mod:`portlint.codec` writes it, or ``None``: not to be kept."""

    outcome: Outcome
    stamp: Stamp | None = None
    key: str = ""
    text: str | None = None


def jobs_for(files: int, asked: int | None = None) -> tuple[int, float]:
    """How many workers may read so many files, and after how many seconds in which this process reads alone."""
    if asked is None:
        given = os.environ.get(VARIABLE, "")
        asked = int(given) if given.isdecimal() else None
    if asked is not None:
        return (0 if asked <= 1 else min(asked, files)), 0
    cores = min(_cores(), _MOST)
    return (0 if cores < 2 else min(cores, files)), PATIENCE


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def answer(root: str, file: SourceFile, policy: Policy = NOTHING_DECIDED) -> Answer:
    """Read and understand one file in this process."""
    try:
        data, stamp = load(root, file.path)
    except OSError as error:
        return Answer(unreadable(file.path, error))
    failed = oversized(file.path, stamp.size)
    if failed is not None:
        return Answer(failed)
    outcome = understand(file, data, policy)
    try:
        text = codec.encode(outcome) if outcome.lasting else None
    except RecursionError:
        text = None
    return Answer(outcome, stamp, cache.key_of(file, data), text)


def read_all(
    root: Path,
    files: Sequence[SourceFile],
    jobs: int | None = None,
    progress: Progress | None = None,
    policy: Policy = NOTHING_DECIDED,
) -> list[Answer]:
    """Read files; an answer for each, in the order given. ``jobs`` is the number of workers: ``None`` as it fits."""
    progress = progress or Progress()
    workers, patience = jobs_for(len(files), jobs)
    if not sys.executable or hasattr(sys, "frozen"):
        workers = 0
    found: dict[int, Answer] = {}
    left = deque(range(len(files)) if workers == 0 else _spread(len(files)))
    begin = time.monotonic()
    while left and not (workers and _is_worth_it(time.monotonic() - begin, patience, len(found), len(left))):
        number = left.popleft()
        found[number] = answer(str(root), files[number], policy)
        progress.done = len(found)
    if left:
        found.update(_shared_out(str(root), files, left, workers, progress, policy))
    # What no worker answered (none could be started, or the answer fits no line) is read here.
    return [found[number] if number in found else answer(str(root), file, policy) for number, file in enumerate(files)]


def _spread(count: int) -> list[int]:
    """All numbers below ``count`` in an order that is everywhere at once."""
    step = _SPREAD if count % _SPREAD else 1
    return [number * step % count for number in range(count)]


def _is_worth_it(seconds: float, patience: float, done: int, left: int) -> bool:
    return seconds >= patience and (not done or seconds / done * left >= (WORTH_IT if patience else 0))


def _shared_out(
    root: str,
    files: Sequence[SourceFile],
    left: Iterable[int],
    jobs: int,
    progress: Progress,
    policy: Policy = NOTHING_DECIDED,
) -> dict[int, Answer]:
    # The largest first, so that nobody is left with much to do when the others are done.
    order = sorted(left, key=lambda number: (-files[number].size, number))
    chunks = deque(order[first : first + _CHUNK] for first in range(0, len(order), _CHUNK))
    crew = _Crew(root, files, chunks, policy.told())
    threads = [threading.Thread(target=crew.lead, daemon=True) for _ in range(jobs)]
    before = progress.done
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():  # a join without end cannot be interrupted on Windows
                thread.join(0.1)
                progress.done = before + len(crew.found)
    finally:
        crew.dismiss()
    return crew.found


class _Crew:
    """Workers that take chunks of files from one list; each is led by a thread of this process."""

    def __init__(self, root: str, files: Sequence[SourceFile], chunks: deque[list[int]], told: str) -> None:
        self.root = root
        self.told = told
        self.files = files
        self.chunks = chunks
        self.found: dict[int, Answer] = {}
        self.workers: list[subprocess.Popen[bytes]] = []
        self.dismissed = False

    def lead(self) -> None:
        """Give a worker chunks until none is left; one that dies is replaced, unless it could not even begin."""
        chunk: deque[int] = deque()
        while (chunk or self.chunks) and not self.dismissed:
            try:
                worker = _start(self.root, self.told)
            except OSError:
                return
            self.workers.append(worker)
            ready = self._work(worker, chunk)
            worker.kill()
            worker.communicate()
            if not ready or self.dismissed:
                return
            if chunk:
                number = chunk.popleft()
                failure = Failure(path=self.files[number].path, line=0, message="reading it crashed the reader")
                self.found[number] = Answer(Outcome(None, (failure,), lasting=False))

    def _work(self, worker: subprocess.Popen[bytes], chunk: deque[int]) -> bool:
        """Let a worker do chunks; what is left in ``chunk`` was not answered. Whether the worker came to life."""
        assert worker.stdin is not None and worker.stdout is not None
        try:
            if worker.stdout.readline() != _READY:
                return False
            while True:
                if not chunk:
                    try:
                        chunk.extend(self.chunks.popleft())
                    except IndexError:
                        return True
                wanted = [(self.files[number].path, self.files[number].format) for number in chunk]
                worker.stdin.write(json.dumps(wanted).encode("ascii") + b"\n")
                worker.stdin.flush()
                while chunk:
                    line = worker.stdout.readline()
                    if not line.endswith(b"\n"):
                        return True
                    found = _read_line(self.files[chunk[0]].path, line.decode("ascii"))
                    if found is not None:
                        self.found[chunk[0]] = found
                    chunk.popleft()
        except (OSError, ValueError):
            return True

    def dismiss(self) -> None:
        """End all workers, also in the middle of their work."""
        self.dismissed = True
        for worker in self.workers:
            if worker.returncode is None:
                worker.kill()


_READY = b"portlint\n"
_BEGIN = "import json,sys;sys.path[:]=json.loads(sys.argv[1]);from portlint.parallel import serve;serve(*sys.argv[2:])"


def _start(root: str, told: str) -> subprocess.Popen[bytes]:
    """A fresh interpreter that finds what this one finds, but never looks into the current folder."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    places = [place for place in sys.path if place and (place == package or place != os.getcwd())]
    # Isolated, so what the environment said of Python itself is passed on by hand.
    flags = ["-I", "-W", "ignore", *(["-X", "utf8"] if sys.flags.utf8_mode else [])]
    flags += ["-B"] if sys.dont_write_bytecode else []
    flags += ["-X", f"pycache_prefix={sys.pycache_prefix}"] if sys.pycache_prefix else []
    return subprocess.Popen(
        [sys.executable, *flags, "-c", _BEGIN, json.dumps(places), root, told],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def serve(root: str, told: str = "") -> None:
    """What a worker does: for each list of files on its input, a line a file on its output, until the input ends."""
    # The one who started it decides when it ends, also when Control-C reaches both.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(100_000, 50, 1000)  # syntax trees hold no cycles, and looking for some takes a fifth of the time
    policy = from_told(told)
    output, sys.stdout = sys.stdout.buffer, sys.stderr
    try:
        _say(output, _READY)
        for line in sys.stdin.buffer:
            for path, format in json.loads(line):
                _say(output, _line(answer(root, SourceFile(path, format), policy)).encode("ascii"))
    except BrokenPipeError:
        # Nobody listens any more, and what is still held must not be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), output.fileno())


def _say(output: IO[bytes], line: bytes) -> None:
    output.write(line)
    output.flush()


def _line(found: Answer) -> str:
    """An answer as one line: stamp, key and outcome; the key is ``-`` where the outcome is not to be kept."""
    try:
        text = found.text if found.text is not None else codec.encode(found.outcome)
    except RecursionError:
        return "\n"
    stamp = " ".join(map(str, found.stamp or (0, 0, 0, 0)))
    return f"{stamp} {found.key if found.text is not None else '-'} {text}\n"


def _read_line(path: str, line: str) -> Answer | None:
    """The inverse of :func:`_line`; ``None`` for an answer that did not fit."""
    if line == "\n":
        return None
    *stamp, key, text = line[:-1].split(" ", 5)
    outcome = codec.decode(path, text)
    if key == "-":
        return Answer(replace(outcome, lasting=False))
    return Answer(outcome, Stamp._make(map(int, stamp)), key, text)
