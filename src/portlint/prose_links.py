"""URLs and ``host:port`` addresses as people write them in text.

Trailing punctuation, brackets of Markdown and full-width punctuation are no part of them. All positions are indices
into the text that was handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_URL = re.compile(
    r"(?<![A-Za-z0-9+.\-])(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]{1,20})://"
    r"(?P<rest>(?:<[A-Za-z][\w \-.]{0,40}>|\$\{[^}\s]{1,80}\}|\{\{?[\w .\-]{1,40}\}?\}"
    r"|[^\s<>\"'`|\\^，。；、（）】》」！？：])+)"
)
_AUTHORITY = re.compile(
    r"(?:[^@/\s]*@)?(?P<host>\[[0-9A-Fa-f:.]+\]|<[^>]*>|\$\{[^}]*\}|\{\{?[^}]*\}?\}|[^:/?#\s\[\]]*)(?P<port>:(?:[0-9]+|[^/?#\s]+))?(?:[/?#]|$)"
)
_LOCAL = re.compile(
    r"(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|0\.0\.0\.0|\[::1?\]|host\.docker\.internal)", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"<|\{\{?|\$\(|\byour\b|(?:^|[-_.])(?:your|my)[-_.]|^your|x{3,}|\.\.\.|\*|server[-_]?ip|[-_]ip(?:[-_]addr\w*)?$|^(?:ip|host|hostname|domain|server|address|hostip|ip-?address)$|你的|您的"
    r"|(?:^|\.)example\.(?:com|org|net)$|^example$|\.example$|%",
    re.IGNORECASE,
)
_WORD_HOST = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*")
_NOT_SERVED = frozenset({"file", "app", "vscode", "mailto", "data", "git+ssh", "unix", "chrome", "about"})
_TRAILING = ".,;:!?*_~'\""

_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9_.:/@$#%\-\]])(?P<host>\[::1?\]|[A-Za-z0-9](?:[A-Za-z0-9_.\-]*[A-Za-z0-9])?)"
    r":(?P<port>[0-9]{2,5}|\$\{[A-Za-z_][^}\s]*\}|\$[A-Za-z_]\w*)(?![0-9A-Za-z_.:\-]*[0-9A-Za-z_])(?!%|/[0-9])(?P<path>/[A-Za-z][\w/\-.]*)?"
)
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_FILE = re.compile(
    r".*\.(?:py|js|ts|tsx|jsx|mjs|cjs|go|rs|rb|php|java|kt|c|h|cc|cpp|hpp|cs|sh|md|mdx|rst|txt|ya?ml|toml|json|ini|cfg|conf|env|html?|css|"
    r"scss|vue|svelte|sql|log|lock|xml|gradle|swift|tf|proto|ipynb|svg|png)|(?:docker|make|proc|caddy|jenkins)file",
    re.IGNORECASE,
)
_NOT_HOST = frozenset(
    "line lines rsa dsa aes sha id uid gid user size limit max min width height issue pr page port http https tcp udp "
    "error warning info note step at time date version status code count total timeout delay interval".split()
)
_TELLING = re.compile(
    r"\b(?:hosts?|connect\w*|services?|containers?|address(?:es)?|endpoints?|brokers?|upstream|listen\w*|servers?|reach\w*|proxy|proxies|broker|redis|postgres\w*|kafka|url|dsn)\b|地址|连接|服务|监听|主机",
    re.IGNORECASE,
)


def urls(text: str) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether the host is a placeholder, of each URL with a port, a local host or a one-word host."""
    if "://" not in text:
        return
    match = _URL.search(text)
    while match:
        rest = _trimmed(match.group("rest"))
        following = _URL.search(text, match.start("rest") + max(len(rest), 1))
        found = _judge(match, rest)
        if found is not None:
            yield match.start(), match.start("rest") + len(rest), found
        match = following


def _judge(match: re.Match[str], rest: str) -> bool | None:
    """Whether a URL's host is a placeholder; ``None`` for a URL that does not concern a service of this tree."""
    authority = _AUTHORITY.match(rest)
    if authority is None or match.group("scheme").lower() in _NOT_SERVED:
        return None
    host, port = authority.group("host"), authority.group("port")
    local = bool(_LOCAL.fullmatch(host))
    variable = "$" in host and not host.startswith("$(")
    placeholder = not local and not variable and (not host or bool(_PLACEHOLDER.search(host)))
    if port is not None and not re.search(r"[0-9$]", port):
        return None  # a placeholder
    follows = match.string[match.start("rest") + len(rest) : match.start("rest") + len(rest) + 2]
    if "%(" in rest or re.match(r":[<{$\[A-Za-z*]", follows):
        return None
    if port is None and (placeholder or not (local or _WORD_HOST.fullmatch(host) or variable)):
        return None
    return placeholder


def _trimmed(rest: str) -> str:
    while rest:
        if rest[-1] in _TRAILING:
            rest = rest[:-1]
            continue
        if rest[-1] in ")]}" and rest.count(rest[-1]) > rest.count({")": "(", "]": "[", "}": "{"}[rest[-1]]):
            rest = rest[:-1]
            continue
        # Markdown: [url](url) and [![badge](url)](url) close in the middle.
        depth = [0, 0]
        for index, character in enumerate(rest):
            if character in "()[]":
                depth[character in "[]"] += 1 if character in "([" else -1
                if min(depth) < 0:
                    return _trimmed(rest[:index])
        break
    return rest


def addresses(text: str) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether the host is a placeholder, of each ``host:port``."""
    if ":" not in text:
        return
    for match in _ADDRESS.finditer(text):
        host = match.group("host")
        digits = match.group("port").isdigit()
        local = bool(_LOCAL.fullmatch(host))
        if not local and not _IPV4.fullmatch(host) and not _named(text, match, digits):
            continue
        yield match.start(), match.end(), not local and bool(_PLACEHOLDER.search(host))


def _named(text: str, match: re.Match[str], digits: bool) -> bool:
    host = match.group("host")
    if not host[0].isalpha() or _FILE.fullmatch(host) or host.lower() in _NOT_HOST:
        return False
    if digits and len(match.group("port")) < (3 if "." in host else 4):
        return False
    if host.isupper() and "_" in host:
        return False
    if "." in host:
        return host.rpartition(".")[2].isalpha()
    code = text[match.start() - 1 : match.start()] == "`" and text[match.end() : match.end() + 1] == "`"
    near = text[max(match.start() - 60, 0) : match.start()] + " " + text[match.end() : match.end() + 40]
    return code or bool(_TELLING.search(near))
