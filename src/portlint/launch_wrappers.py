"""What a command really runs, once the programs that only run other programs are taken off.

Sources: the manual page or ``--help`` of each program (nodemon 3, concurrently 9, dockerize 0.9, wait-for-it,
PM2 5, cmd.exe).
"""

from __future__ import annotations

import re
from collections.abc import Collection

from portlint import knowledge
from portlint.launch_programs import WRAPPERS, Launch, Unwrapped, wrapped
from portlint.launch_runtimes import PACKAGE_MANAGERS, PYTHON, RUNTIMES, built, package, python, runtime
from portlint.launch_words import HOLE, Part, assignment, base_name, parse, variable_names
from portlint.text import Span
from portlint.values import Literal

_NODEMON = frozenset("-w --watch -e --ext -i --ignore -d --delay --config --signal -C --cwd".split())
_ALSO_WORDS = frozenset("serve email max open http https mc prism".split())
"""Programs whose names are as often a subcommand, a service or a script."""
_COMPOSE = Part("docker-compose", Literal("docker-compose", Span(0, 0)))
_COMPOSE_VERBS = frozenset(
    "up down stop start restart rm ps logs build pull push create kill config cp top images events port wait".split()
)
_SHELLS = frozenset("sh bash zsh dash ash ksh fish".split())
_WAITERS = frozenset("wait-for-it wait-for wait-for-it.sh wait-for.sh wait_for_it.sh wait4x waitforit".split())


def unwrap(words: list[Part], clients: Collection[str] = ()) -> Unwrapped:
    """What a command runs, its wrappers taken off; ``clients`` are programs known besides those of the knowledge."""
    out = Unwrapped(clients)
    left = list(words)
    # Each turn takes at least one word off, so this ends.
    while left:
        while left and (one := assignment(left[0])) is not None:
            out.assignments.append(one)
            left = left[1:]
        if not left:
            break
        if " " in left[0].flat and re.match(f"[{HOLE}]", left[0].flat):
            left[:1] = left[0].pieces(" ")  # a variable that was resolved to several words
        left = _step(left, out)
    return out


def _behind_variable(words: list[Part], out: Unwrapped) -> list[Part] | None:
    """What follows a variable that may hold any wrapper: ``$RUN psql -p 1``, ``$compose exec db psql``."""
    if words and words[0].flat in ("exec", "run"):
        return [_COMPOSE, *words]
    if not words or words[0].flat in _COMPOSE_VERBS:
        return None
    tools = knowledge.load().by_program.get(base_name(words[0]), ())
    if any(tool.subcommands or tool.modules for tool in tools) and words[0].flat not in _ALSO_WORDS:
        return words
    for index, part in enumerate(words[:4]):
        name = base_name(part) if not part.is_flag else ""
        if name and (name in _SHELLS or name in out.clients) and name not in _ALSO_WORDS:
            return words[index:]
    return None


def _step(words: list[Part], out: Unwrapped) -> list[Part]:
    """Take one wrapper off, or put the program into ``out``; the words that are still to be looked at."""
    word, rest = words[0], words[1:]
    name = base_name(word)
    names = (name,) if name else variable_names(word)
    if not name and any(PYTHON.fullmatch(one) for one in names):
        name = "python"
    if word.flat in ("&", "@"):
        return rest
    if name in ("start", "cmd", "powershell", "pwsh"):
        return _windows(name, word, rest, out)
    if name in ("command", "builtin") and rest and rest[0].flat in ("-v", "-V"):
        return []
    if name in WRAPPERS:
        inner = wrapped(WRAPPERS[name], rest)
        if inner is not None:
            return inner
    if name.endswith("entrypoint.sh") and rest:
        return rest
    if name in _SHELLS or name in ("su", "tmux", "screen", "concurrently", "conc", "watchfiles", "pm2", "nodemon"):
        return _runner(name, word, rest, out)
    if name in _WAITERS or name == "dockerize":
        return _waiter(name, rest, out)
    if PYTHON.fullmatch(name):
        return python(word, rest, out)
    if name in PACKAGE_MANAGERS:
        return package(name, word, rest, out)
    if name in ("go", "cargo") and rest and rest[0].flat == "run":
        return built(name, rest[1:], out)
    if name in RUNTIMES:
        return runtime(name, word, rest, out)
    if not name and not any(one in knowledge.load().by_program or one in out.clients for one in names):
        behind = _behind_variable(rest, out)
        if behind is not None:
            return behind
    out.launches.append(Launch(names, word, rest, variable=not name))
    return []


def _windows(name: str, word: Part, rest: list[Part], out: Unwrapped) -> list[Part]:
    """``start "title" /b program``, ``cmd /c program``, ``powershell -Command "..."``."""
    if name == "start":
        if rest and (not rest[0].flat or (" " in rest[0].flat and len(rest) > 1)):
            rest = rest[1:]
        while rest and re.fullmatch(r"/[A-Za-z]+", rest[0].flat):
            rest = rest[2:] if rest[0].flat.lower() == "/d" else rest[1:]
        return rest
    for index, part in enumerate(rest):
        if part.flat.lower() in ("/c", "/k", "-c", "-command"):
            after = rest[index + 1 :]
            if len(after) == 1 and " " in after[0].flat:
                out.inner.append(after[0])
                return []
            return after
    out.launches.append(Launch((name,), word, rest))
    return []


def _runner(name: str, word: Part, rest: list[Part], out: Unwrapped) -> list[Part]:
    """Programs that take a command as one quoted argument."""
    if name == "nodemon":
        return _nodemon(word, rest, out)
    if name in ("concurrently", "conc", "watchfiles"):
        out.inner.extend(part for part in rest if " " in part.flat and not part.is_flag)
        return []
    if name == "pm2":
        flags, plain = parse(rest, ("--name", "-n", "--interpreter", "-i", "--cwd", "--max-memory-restart"))
        if len(plain) > 1 and plain[0].flat in ("start", "serve"):
            if " " in plain[1].flat:
                out.inner.append(plain[1])
            else:
                arguments = [part for flag in flags for part in (flag.word, flag.value) if part is not None]
                out.launches.append(Launch((base_name(plain[1]),), plain[1], arguments, "file"))
        return []
    for index, part in enumerate(rest):
        command = re.fullmatch(r"-[a-z]*c", part.flat) if name != "tmux" else None
        if command and index + 1 < len(rest):
            out.inner.append(rest[index + 1])
            return []
        if name in ("tmux", "screen", "su"):
            if " " in part.flat:
                out.inner.append(part)
        elif not part.is_flag and part.flat != "--":
            out.launches.append(Launch((base_name(part),), part, rest[index + 1 :], "file"))
            return []
    if name == "screen":
        flags, plain = parse(rest, ("-S", "-dmS", "-t", "-c", "-h", "-L"))
        return rest[rest.index(plain[0]) :] if plain else []
    return []


def _nodemon(word: Part, rest: list[Part], out: Unwrapped) -> list[Part]:
    for index, part in enumerate(rest):
        if part.flat in ("-x", "--exec") and index + 1 < len(rest):
            if " " in rest[index + 1].flat:
                out.inner.append(rest[index + 1])
                return []
            return rest[index + 1 :]
        if part.flat.startswith("--exec="):
            out.inner.append(part.cut(7))
            return []
    index = 0
    while index < len(rest):
        if not rest[index].is_flag and rest[index].flat != "--":
            if " " in rest[index].flat:
                out.inner.append(rest[index])
            else:
                out.launches.append(Launch((base_name(rest[index]),), rest[index], rest[index + 1 :], "file"))
            return []
        index += 2 if rest[index].flat in _NODEMON else 1
    out.launches.append(Launch(("nodemon",), word, []))
    return []


def _waiter(name: str, rest: list[Part], out: Unwrapped) -> list[Part]:
    """``wait-for-it.sh host:port -t 30 -- command``, ``dockerize -wait tcp://db:5432 command``."""
    valued = (
        "-wait",
        "-timeout",
        "-template",
        "-stdout",
        "-stderr",
        "-wait-retry-interval",
        "-t",
        "--timeout",
        "-h",
        "-p",
    )
    index = 0
    host: Part | None = None
    while index < len(rest):
        part = rest[index]
        following = rest[index + 1] if index + 1 < len(rest) else None
        if part.flat == "--":
            return rest[index + 1 :]
        if part.flat in ("-wait", "--wait") and following is not None:
            out.awaited.append(following)
        elif part.flat.startswith(("-wait=", "--wait=")):
            out.awaited.append(part.cut(part.flat.index("=") + 1))
        elif not part.is_flag:
            if re.search(rf":[0-9{HOLE}]", part.flat):
                out.awaited.append(part)
            elif name == "dockerize":
                return rest[index:]
            elif host is not None and re.fullmatch(rf"[0-9]+|[{HOLE}]", part.flat):
                out.awaited.append(part)
            host = part
        index += 2 if part.flat in valued else 1
    return []
