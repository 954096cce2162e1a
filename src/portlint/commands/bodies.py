"""Words that are themselves shell text: ``bash -c "..."``, ``eval "..."``, what terminals are told to run."""

from __future__ import annotations

import posixpath
import re

from portlint.commands.model import Command, Word

_SHELLS = re.compile(r"sh|bash|zsh|dash|ash|ksh")
_TERMINALS = re.compile(r"gnome-terminal|konsole|xterm|xfce4-terminal|mintty|tmux|screen|wt|ssh-agent|su|runuser")
_TEXTS = re.compile(r"eval|concurrently|watch|tmux|xterm")
_OPTION = re.compile(r"-[a-z]*c")
TRANSPARENT = re.compile(
    r"nohup|exec|env|sudo|command|builtin|time|setsid|nice|ionice|stdbuf|timeout|cross-env|dotenv|doas|"
    r"caffeinate|unbuffer|chronic|winpty"
)
"""Programs that run the command behind them as it is (their manuals, GNU coreutils 9.4 and util-linux 2.40)."""


def program(words: tuple[Word, ...]) -> int:
    """The index of the program that is run, behind ``nohup``, ``env A=1`` and the like; -1 where there is none."""
    index = 0
    while index < len(words):
        name = base_name(words[index].text)
        if not TRANSPARENT.fullmatch(name):
            return index
        index += 1
        while index < len(words):
            text = words[index].text
            if text == "--":
                index += 1
                break
            duration = name == "timeout" and re.fullmatch(r"[0-9.]+[smhd]?", text)
            if not (text.startswith("-") or duration or re.match(r"[A-Za-z_]\w*=", text)):
                break
            index += 2 if text in ("-u", "-n", "-s", "-k", "-a", "-e", "-f") and name != "env" else 1
    return -1


def base_name(text: str) -> str:
    """The program's name without folder and ``.exe``."""
    if text.isalnum():
        return text
    name = posixpath.basename(text.replace("\\", "/"))
    return name[:-4] if name.lower().endswith((".exe", ".cmd", ".bat")) else name


def indices(command: Command) -> list[int]:
    """Which words of a command are shell text that it runs."""
    words = command.words
    at = program(words)
    if at == -1:
        return []
    name = base_name(words[at].text)
    if _SHELLS.fullmatch(name):
        return _after_option(words, at)
    if _TERMINALS.fullmatch(name):
        for index in range(at + 1, len(words)):
            if _SHELLS.fullmatch(base_name(words[index].text)):
                return _after_option(words, index)
        if name in ("su", "runuser"):
            return _after_option(words, at)
    if _TEXTS.fullmatch(name):
        texts = [index for index in range(at + 1, len(words)) if not words[index].text.startswith("-")]
        if name == "eval" or name == "concurrently":
            texts = [index for index in texts if len(words[index].text.split()) > 1 or len(texts) == 1]
        else:
            texts = [index for index in texts if len(words[index].text.split()) > 1]
        return texts
    return []


def _after_option(words: tuple[Word, ...], shell: int) -> list[int]:
    for index in range(shell + 1, len(words) - 1):
        text = words[index].text
        if _OPTION.fullmatch(text) or text == "--command":
            return [index + 1]
        if not text.startswith(("-", "+")) and words[shell].text not in ("su", "runuser"):
            break
    return []
