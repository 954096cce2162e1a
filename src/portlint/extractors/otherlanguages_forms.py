"""The forms that otherlanguages looks for, a table for each language.

A pattern's groups: ``name`` the variable or option; ``s`` and ``q`` the inside of a string, ``n`` a number, ``v`` an
identifier that is the value; with a figure behind, the default that follows. Sources: pkg.go.dev (os, flag, net/http,
gin, echo, fiber); doc.rust-lang.org (std::env, std::net), docs.rs/clap; docs.oracle.com (System, ServerSocket),
javalin.io, sparkjava.com, ktor.io; docs.ruby-lang.org (ENV), puma.io, sinatrarb.com; php.net getenv, laravel.com env;
learn.microsoft.com (Environment, Kestrel).
"""

from __future__ import annotations

import re
from dataclasses import dataclass


def value(suffix: str = "") -> str:
    """A string, a number, an identifier, or (nothing yet, in ``e``) a read of the environment; groups have a suffix."""
    return (
        rf"(?:(?:String::from|Integer\.(?:parseInt|valueOf)|int\.Parse|Integer|Int32\.Parse)\(\s*)?(?:\"(?P<s{suffix}>[^\"\n]*)\"|'(?P<q{suffix}>[^'\n]*)'|(?P<n{suffix}>[0-9][0-9_]*)\b|"
        rf"(?P<v{suffix}>[A-Za-z_]\w*)\b(?![\w.(\[:])|(?P<e{suffix}>(?=[\w.:(\s]{{0,60}}[eE][nN][vV])))"
    )


@dataclass(frozen=True, slots=True)
class Language:
    """What a language's programs look like where ports, hosts and URLs stand."""

    comments: str
    """Comments and strings, so that nothing is found inside a comment."""
    getters: str
    """Functions and objects that read the environment by name."""
    listeners: tuple[str, ...] = ()
    """A server's own address or port."""
    defaults: tuple[str, ...] = ()
    """Options and settings with a default: ``name`` and a value."""


_C_STRINGS = r"\"(?:[^\"\\\n]|\\.)*+\""
_C_COMMENTS = r"//[^\n]*|/\*(?s:.*?)(?:\*/|\Z)"
_CHARACTER = r"'(?:[^'\\\n]|\\.[^'\n]{0,8})'"
_JVM_GETTERS = (
    r"System\.(?:getenv|getProperty)(?:\(\)\.(?:get|getOrDefault))?|Integer\.getInteger|"
    r"(?:env|environment|config|dotenv|properties)\.(?:get\w*|getProperty)"
)
_JVM_LISTENERS = (
    rf"\bServerSocket\(\s*{value()}",
    rf"(?:\b(?:app|server|javalin|httpServer|vertx\w*)\.(?:start|listen)|^\s*port|\bsetPort)\(\s*{value()}",
    rf"\bInetSocketAddress\(\s*{value()}\s*\)",
    rf"\bembeddedServer\(\s*\w+\s*,\s*(?:port\s*=\s*)?{value()}",
)
_SPRING = r"@Value\(\s*\"\$\{(?P<name>[\w.\-]+):(?P<s>[^}\"]*)\}\""


def _before(texts: tuple[str, ...], then: str) -> str:
    """A pattern for what stands before a text ``then`` that has just been matched."""
    return "(?:" + "|".join(f"(?<={re.escape(text + then)})" for text in texts) + ")"


_GO_ADDRESSES = (
    *("ListenAndServe(", ".Run(", ".Start(", ".Listen(", 'net.Listen("tcp", '),
    *(f"Addr:{' ' * count}" for count in range(1, 12)),
    *("addr := ", "addr = ", "address := ", "Addr = "),
)
"""What stands before an address in Go as gofmt writes it."""
_FORMATTED = _before(_GO_ADDRESSES, "fmt.Sprintf(")
_COLON = _before(_GO_ADDRESSES[-4:], '":"')

GO = Language(
    comments=rf"{_C_COMMENTS}|{_C_STRINGS}|`[^`]*`|{_CHARACTER}",
    getters=r"os\.(?:Getenv|LookupEnv)|(?:\w+\.)?[gG]et_?[eE]nv\w*|(?:\w+\.)?env(?:Or|String|Int|Default)\w*|"
    r"viper\.(?:Get\w*|SetDefault)",
    listeners=(
        rf"(?:ListenAndServe(?:TLS)?|\.(?:Run|Start|Listen)|net\.Listen)\(\s*(?:\"(?:tcp[46]?|udp)\"\s*,\s*)?{value()}",
        rf"(?:ListenAndServe(?:TLS)?|\.(?:Run|Start|Listen))\(\s*\":\"\s*\+\s*{value()}",
        rf"\bAddr:\s*(?:\":\"\s*\+\s*)?{value()}",
        # What a pattern begins with is searched for fast, so what stands before it is looked back at.
        rf"fmt\.Sprintf\({_FORMATTED}\s*\"[^\"\n]*:%[sdv]\"\s*,\s*"
        rf"(?:[\w.]*[hH]ost\w*\s*,\s*)?{value()}",
        rf"\":\"{_COLON}\s*\+\s*{value()}",
    ),
    defaults=(
        r"(?:[fF]lag\w*|Flags\(\))\.\w+\(\s*(?:&?[\w.]+\s*,\s*)?\"(?P<name>[\w.\-]+)\"\s*,\s*(?:\"\w?\"\s*,\s*)?"
        rf"{value()}(?:\s*,\s*\"(?P<help>[^\"\n]*)\")?",
        rf"`[^`\n]*\benv:\"(?P<name>\w+)[^`\n]*\b(?:envDefault|default):{value()}[^`\n]*`",
    ),
)
RUST = Language(
    comments=rf"{_C_COMMENTS}|{_C_STRINGS}|{_CHARACTER}",
    getters=r"(?:std::)?env::var(?:_os)?|dotenvy?::var|(?:option_)?env!",
    listeners=(
        rf"\bbind\(\s*&?{value()}",
        rf"\bbind\(\s*&?format!\(\s*\"[^\"\n]*:\{{\}}\"\s*,\s*(?:\w*host\w*\s*,\s*)?{value()}",
        r"\bbind\(\s*&?format!\(\s*\"[^\"\n]*:\{(?P<v>\w+)\}\"",
        rf"\bbind\(\s*\(\s*\"[^\"\n]*\"\s*,\s*{value()}",
        rf"SocketAddr::(?:from\(\s*\(|new\([^,\n]*,\s*)\s*(?:\[[\d,\s]*\]\s*,\s*)?{value()}",
    ),
    defaults=(
        r"#\[(?:arg|clap|structopt|serde|envconfig)\((?=[^\]]*?default(?:_value)?(?:_t)?\s*=\s*"
        rf"{value()})[^\]]*\)\]\s*(?:pub\s+)?(?P<name>\w+)\s*:",
    ),
)
JAVA = Language(
    comments=rf"{_C_COMMENTS}|\"\"\"(?s:.*?)\"\"\"|{_C_STRINGS}|{_CHARACTER}",
    getters=_JVM_GETTERS,
    listeners=_JVM_LISTENERS,
    defaults=(_SPRING,),
)
RUBY = Language(
    comments=rf"(?<![\w\"'&])#(?![{{])[^\n]*|{_C_STRINGS}|'(?:[^'\\\n]|\\.)*+'",
    getters=r"ENV(?:\.fetch)?",
    listeners=(rf"\bset\s+:port\s*,\s*{value()}", rf"^\s*port\s+{value()}", rf"^\s*bind\s+{value()}"),
)
PHP = Language(
    comments=rf"{_C_COMMENTS}|(?<!\S)#[^\n]*|{_C_STRINGS}|'(?:[^'\\\n]|\\.)*+'",
    getters=r"\\?(?:getenv|env)|\$_(?:ENV|SERVER)",
    defaults=(rf"\bdefine\(\s*['\"](?P<name>\w+)['\"]\s*,\s*{value()}", rf"['\"](?P<name>\w+)['\"]\s*=>\s*{value()}"),
)
C_SHARP = Language(
    comments=rf"{_C_COMMENTS}|@\"(?:[^\"]|\"\")*+\"|{_C_STRINGS}|{_CHARACTER}",
    getters=r"Environment\.GetEnvironmentVariable|(?:\w+\.)?[cC]onfiguration(?:\.GetValue(?:<\w+\??>)?)?",
    listeners=(
        rf"\bUseUrls\(\s*{value()}",
        rf"\bListen(?:AnyIP|Localhost)\(\s*{value()}",
        rf"\bapp\.Run(?:Async)?\(\s*{value()}",
    ),
)
LANGUAGES = {
    "go": GO, "rs": RUST, "java": JAVA, "kt": JAVA, "kts": JAVA, "rb": RUBY, "php": PHP, "cs": C_SHARP,
}  # fmt: skip
"""Languages by file extension."""
