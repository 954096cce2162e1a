"""Interpreters and package managers: the module, file or script that they run is the program.

Sources: Python 3.13 "Command line and environment"; Node.js 22 CLI; npm 10, pnpm 9, Yarn 4, Bun 1.1; php(1) 8.4.
"""

from __future__ import annotations

import re

from portlint import knowledge
from portlint.launch_programs import PYTHON_WORD, WRAPPERS, Launch, Unwrapped, wrapped
from portlint.launch_words import Part, base_name, shown

RUNTIMES = {
    "node": "-r --require --loader --import --experimental-loader -C --conditions",
    "nodejs": "-r --require --loader --import",
    "ts-node": "-P --project -r --require -C --compiler",
    "ts-node-dev": "-P --project -r --require --watch --ignore-watch",
    "tsx": "--tsconfig --env-file",
    "deno": "-c --config --import-map --lock -L --log-level",
    "bun": "--env-file -c --config",
    "babel-node": "-x --extensions --presets",
    "php": "-c -d",
    "ruby": "-I -r",
    "perl": "-I -M",
}
_RUNTIME_VERBS = {"tsx": ("watch",), "deno": ("run",), "bun": ("run",)}
PACKAGE_MANAGERS = {"npm", "pnpm", "yarn", "bun"}
_PACKAGE_VALUED = frozenset("--prefix --cwd -C --dir --filter -F --workspace -w --reporter --loglevel".split())
_NO_SCRIPT = frozenset(
    "install i ci add remove rm uninstall update up upgrade audit publish pack link unlink init create config cache "
    "login logout outdated list ls why info view version set get global prune dedupe rebuild import patch store env "
    "root bin help setup approve-builds deploy workspaces plugin pm".split()
)
PYTHON = re.compile(r"python[0-9.]*w?|pypy[0-9.]*|py")


def python(word: Part, rest: list[Part], out: Unwrapped) -> list[Part]:
    """``python -m module``, ``python file.py``; what is still to be looked at is handed back, as by all of these."""
    index = 0
    while index < len(rest):
        part = rest[index]
        if part.flat in ("-m", "--module"):
            return _module(rest[index + 1 :], out)
        if part.flat == "-c":
            out.launches.append(Launch(("python",), word, rest[index + 1 :]))
            return []
        if not part.is_flag and not re.fullmatch(r"-[0-9.\-]+", part.flat):
            out.launches.append(Launch((base_name(part),), part, rest[index + 1 :], "file"))
            return []
        index += 2 if part.flat in ("-W", "-X") else 1
    return []


def _module(rest: list[Part], out: Unwrapped) -> list[Part]:
    if not rest:
        return []
    name = rest[0].flat
    if name in WRAPPERS:
        return rest
    if name in ("debugpy", "coverage", "pdb", "cProfile", "scalene", "memray", "kernprof", "viztracer"):
        if name == "debugpy":
            out.launches.append(Launch((name,), rest[0], rest[1:], "module"))
        for index, part in enumerate(rest[1:], 1):
            if part.flat == "-m":
                return _module(rest[index + 1 :], out)
            if part.flat.endswith(".py"):
                return [PYTHON_WORD, *rest[index:]]
        return []
    out.launches.append(Launch((name,), rest[0], rest[1:], "module"))
    return []


def runtime(name: str, word: Part, rest: list[Part], out: Unwrapped) -> list[Part]:
    """``node server.js``, ``php artisan serve``: the file is the program."""
    valued = RUNTIMES[name].split()
    verbs = _RUNTIME_VERBS.get(name, ())
    if (name == "deno" and rest[:1] and rest[0].flat == "serve") or (
        name == "php" and any(part.flat.startswith("-S") for part in rest)
    ):
        out.launches.append(Launch((name,), word, rest))
        return []
    index = 0
    while index < len(rest):
        part = rest[index]
        if (
            part.flat in ("-e", "--eval", "-r")
            and name in ("node", "php", "ruby", "perl", "bun")
            and part.flat not in valued
        ):
            break
        if not part.is_flag and part.flat not in verbs:
            inside = re.search(r"node_modules/(?:\.bin/)?((?:@[^/]+/)?[^/]+)", part.flat.replace("\\", "/"))
            names = (inside.group(1), base_name(part)) if inside else (base_name(part),)
            out.launches.append(Launch(names, part, rest[index + 1 :], "program" if inside else "file"))
            return []
        index += 2 if part.flat in valued else 1
    out.launches.append(Launch((name,), word, rest))
    return []


def package(name: str, word: Part, rest: list[Part], out: Unwrapped) -> list[Part]:
    """``npm run dev -- --port 3000``, ``pnpm exec vite``, ``yarn next dev``."""
    index = 0
    while index < len(rest) and (rest[index].is_flag or rest[index].flat == "--"):
        flat = rest[index].flat
        key, equals, value = flat.partition("=")
        takes = not equals and key in _PACKAGE_VALUED and not (name in ("pnpm", "yarn") and key == "-w")
        if key in ("--prefix", "--cwd", "-C", "--dir"):
            out.directory = value if equals else shown(rest[index + 1]) if index + 1 < len(rest) else ""
        index += 2 if takes else 1
    rest = rest[index:]
    if not rest:
        return []
    verb, after = rest[0], rest[1:]
    if verb.flat in ("exec", "dlx", "x"):
        return wrapped(WRAPPERS["npx"], after) or []
    if verb.flat in ("workspace", "workspaces") and name == "yarn" and len(after) > 1:
        return package(name, word, after[1:], out)
    if verb.flat in ("run", "run-script"):
        flags = 0
        while flags < len(after) and after[flags].is_flag:
            flags += 2 if after[flags].flat in _PACKAGE_VALUED else 1
        if flags >= len(after):
            return []
        verb, after = after[flags], after[flags + 1 :]
        if name == "bun" and re.search(r"\.[cm]?[jt]sx?$", verb.flat):
            return runtime(name, word, [verb, *after], out)
    elif name == "bun" and re.search(r"\.[cm]?[jt]sx?$", verb.flat):
        return runtime(name, word, rest, out)
    elif verb.flat in _NO_SCRIPT:
        out.launches.append(Launch((name,), word, rest))
        return []
    elif name != "npm" and base_name(verb) in knowledge.load().by_program:
        return rest
    out.launches.append(Launch((), verb, [part for part in after if part.flat != "--"], "script"))
    return []


def built(name: str, rest: list[Part], out: Unwrapped) -> list[Part]:
    """``go run ./cmd/server -port 8080``, ``cargo run --release -- --port 8080``: the program is built first."""
    if name == "cargo":
        split = next((index for index, part in enumerate(rest) if part.flat == "--"), len(rest))
        if rest:
            out.launches.append(Launch(("cargo-run",), rest[0], rest[split + 1 :], "file"))
        return []
    index = 0
    while index < len(rest) and rest[index].is_flag:
        index += 2 if rest[index].flat in ("-tags", "-ldflags", "-mod", "-exec", "-C") else 1
    if index < len(rest):
        out.launches.append(Launch((base_name(rest[index]),), rest[index], rest[index + 1 :], "file"))
    return []
