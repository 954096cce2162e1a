"""The formats portlint reads: one line in the table, one module each.

A module has ``extract(path, text)``: the root-relative path with ``/`` and the whole decoded text (no byte order mark)
to an :class:`portlint.model.Extraction`. It is pure: same input, same answer. It may raise
:class:`portlint.errors.UnreadableInput`; better is to collect a problem and go on.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from portlint.model import Extraction

Extract = Callable[[str, str], Extraction]


@dataclass(frozen=True, slots=True)
class Format:
    """One file format.

    ``paths`` is matched against the root-relative path in lower case. ``hint`` is a byte pattern that every file worth
    parsing contains (searched without regard to case), or several, one of which it contains: a pattern that begins
    with a literal is many times faster than an alternation. ``None`` means that every file is parsed. ``version`` is
    part of the cache key: raise it when the extractor's answers change.
    """

    name: str
    module: str
    paths: str
    hint: str | tuple[str, ...] | None = None
    version: int = 1


_ANY = r"port|://|localhost|127\.0\.0\.1|0\.0\.0\.0|host"

# fmt: off
FORMATS: tuple[Format, ...] = (
    Format("dotenv", "dotenv", r"(?!.*\.(?:[cm]?[jt]sx?|py|json|ya?ml|toml|md|sh|ps1|bat|patch|diff|vault|enc|gpg|age|sops|bak|backup|old|orig|swp|save)$)(?:.*/)?(?:\.env(?:[.\-_][^/]*)?|\.envrc|\.flaskenv|[^/]+\.env(?:[.\-_][^/]*)?|env[.\-_](?:example|sample|template|defaults?|dist|local|dev|prod|test)(?:\.txt)?|dotenv(?:[.\-_][^/]*)?)"),
    Format("shell", "shell", r".*\.(?:sh|bash|zsh|ksh)", _ANY + r"|:[0-9]{2,5}|\b(?:run|start|serve|server|dev|app:app|preview)\b|\.env\b"),
    Format("batch", "batch", r".*\.(?:bat|cmd|ps1|psm1)", _ANY + r"|:[0-9]{2,5}|\b(?:run|start|serve|dev)\b"),
    Format("python", "python", r".*\.py", (
        r"env(?:iron\b|(?<=getenv)|\(|\.\w+\()", r"config\([\"']", r"corn(?:(?<=icorn)|(?<=hypercorn))", r"gradio",
        r"serve(?:\(|r(?:(?<=runserver)|(?<=httpserver)|(?<=start_server)))", r"listen", r"\.run\(", r"origins",
        r"port(?:\b(?:(?<=_port)|(?<=\.port))|(?<![a-z]port)(?:s?(?:number)?[\"']?\s{0,3}[:=),][^\n]{0,60}[0-9]{2}|"
        r"[sn]?\s{1,3}(?:is\s|on\s|number\s)?`?[0-9]{2}))",
        r"host(?:(?<=localhost)|s(?<=allowed_hosts)|[\"']?\s{0,3}[:=][^\n]{0,40}[\"'.])",
        r"\.0\.(?:1(?<=127\.0\.0\.1)|0(?<=0\.0\.0\.0))", r"://(?:[^/\s\"']{0,80}:[0-9{%]|[a-z0-9_\-]+[\"'/]|\{)",
        r":[0-9]{4,5}[\"'/,]", r"/(?:health|ping|ready|live|metrics|status)",
    )),
    Format("dockerfile", "dockerfile", r"(?:.*/)?(?:(?:docker|container)file(?:[.\-_][^/]*)?|[^/]*[.\-_](?:docker|container)file)(?<!\.md)(?<!\.sh)(?<!\.py)(?<!\.dockerignore)"),
    Format("workflow", "workflow", r"(?:.*/)?(?:\.(?:github|gitea|forgejo)/(?:workflows|actions)/.*\.ya?ml|action\.ya?ml|\.gitlab-ci[^/]*\.ya?ml|\.?gitlab-ci/.*\.ya?ml|\.travis\.ya?ml|\.circleci/[^/]*\.ya?ml|[^/]*azure-pipelines?[^/]*\.ya?ml|\.azure(?:-pipelines|devops)?/.*\.ya?ml|bitbucket-pipelines\.ya?ml|\.drone\.ya?ml|\.woodpecker(?:/.*)?\.ya?ml|\.?appveyor\.ya?ml|\.cirrus\.ya?ml|\.buildkite/.*\.ya?ml)", _ANY + r"|services:|:[0-9]{2,5}"),
    Format("compose", "compose", r"(?:.*/)?(?:[^/]*[.\-_])?compose(?:[.\-_][^/]*)?\.ya?ml(?:\.(?:example|sample|template|tmpl|tpl|dist|default|local|j2))?"),
    Format("yamlconfig", "yamlconfig", r".*\.ya?ml(?:\.(?:example|sample|template|tmpl|tpl|dist|default|local|j2|erb|gotmpl))?", _ANY + r"|services:|apiversion:|:[0-9]{2,5}|listen|bind"),
    Format("makefile", "makefile", r"(?:.*/)?(?:(?:gnu)?makefile(?:[.\-_][^/]*)?|[^/]*\.mk)(?<!\.toml)(?<!\.md)"),
    Format("justfile", "justfile", r"(?:.*/)?(?:\.?justfile|[^/]*\.just)"),
    Format("procfile", "procfile", r"(?:.*/)?procfile(?:[.\-_][^/]*)?"),
    Format("caddyfile", "caddyfile", r"(?:.*/)?(?:caddyfile(?:[.\-_][^/]*)?|[^/]*\.caddy(?:file)?)"),
    Format("haproxy", "haproxy", r"(?:.*/)?[^/]*haproxy[^/]*\.(?:cfg|conf)(?:[.\-_](?:template|tmpl|tpl|j2|jinja2?|erb|in|example|sample|dist|default|dev|prod|local|production|development|staging|test|docker))?"),
    Format("apache", "apache", r"(?:.*/)?(?:\.htaccess|[^/]*(?:apache|httpd)[^/]*\.conf(?:[.\-_](?:template|tmpl|tpl|j2|jinja2?|erb|in|example|sample|dist|default|dev|prod|local|production|development|staging|test|docker))?|(?:apache2?|httpd)/(?:.*/)?[^/]*\.conf(?:[.\-_](?:template|tmpl|tpl|j2|jinja2?|erb|in|example|sample|dist|default|dev|prod|local|production|development|staging|test|docker))?)", r"listen|virtualhost|proxy|://|include"),
    Format("nginx", "nginx", r"(?:.*/)?(?:[^/]*nginx[^/]*\.conf(?:[.\-_](?:template|tmpl|tpl|j2|jinja2?|erb|in|example|sample|dist|default|dev|prod|local|production|development|staging|test|docker))?|nginx[^/]*\.(?:template|tmpl|j2|erb)|[^/]+\.nginx(?:\.conf)?|nginx/(?:.*/)?[^/]*\.conf(?:[.\-_](?:template|tmpl|tpl|j2|jinja2?|erb|in|example|sample|dist|default|dev|prod|local|production|development|staging|test|docker))?|nginx/(?:.*/)?(?:conf\.d|sites-(?:available|enabled)|templates|snippets)/[^/]+(?<!\.md)(?<!\.sh))", r"listen|pass|server|://"),
    Format("systemd", "systemd", r".*\.(?:service|socket|container|pod)(?:[.\-_](?:template|tmpl|tpl|j2|jinja2?|erb|in|example|sample|dist|default|dev|prod|local|production|development|staging|test|docker))?", r"\[(?:service|socket|container|pod)\]"),
    Format("properties", "properties", r".*(?<!gradle-wrapper)\.properties(?:[.\-_](?:template|tmpl|tpl|j2|jinja2?|erb|in|example|sample|dist|default|dev|prod|local|production|development|staging|test|docker))?", r"port|://|\\:|host|address|listener|server|url"),
    Format("httpfile", "httpfile", r".*\.(?:http|rest)"),
    Format("hcl", "hcl", r".*(?<!\.lock)\.(?:tf|tofu|tfvars|hcl|nomad)(?:[.\-_](?:template|tmpl|tpl|j2|jinja2?|erb|in|example|sample|dist|default|dev|prod|local|production|development|staging|test|docker))?", r"port|://|localhost|host"),
    Format("toml", "toml", r".*\.toml(?:[.\-_](?:template|tmpl|tpl|j2|jinja2?|erb|in|example|sample|dist|default|dev|prod|local|production|development|staging|test|docker))?|(?:.*/)?pipfile", r"port|://|localhost|host|listen|bind|addr|cmd|command|script|tasks|run|:[0-9]{2,5}"),
    Format("ini", "ini", r".*\.(?:ini|cfg|cnf)(?:[.\-_](?:template|tmpl|tpl|j2|jinja2?|erb|in|example|sample|dist|default|dev|prod|local|production|development|staging|test|docker))?", r"port|://|localhost|host|listen|bind|addr|command|socket|http|:[0-9]{2,5}"),
    Format("conf", "conf", r".*\.conf(?:[.\-_](?:template|tmpl|tpl|j2|jinja2?|erb|in|example|sample|dist|default|dev|prod|local|production|development|staging|test|docker))?|(?:.*/)?(?:conf\.d|sites-(?:available|enabled)|vhosts)/[^/.]+|(?:.*/)?torrc(?:[.\-_][^/]*)?", r"port|://|localhost|host|listen|bind|addr|server|pass|:[0-9]{2,5}"),
    Format("document", "document", r"(?!(?:.*/)?(?:changelog|change[-_]?log|changes(?=\.|$)|history|releases?(?=\.|$)|release[-_]?notes?|news(?=\.|$)|licen[cs]e|copying|notice(?=\.|$)|authors(?=\.|$)|requirements[^/]*\.txt|constraints[^/]*\.txt|robots|humans|cmakelists|third[-_]?party)[^/]*$)(?!(?:.*/)?(?:requirements|changelogs?|releases?|licenses)/)(?!.*\.lock\.txt$)(?:.*\.(?:md|mdx|mdc|markdown|rst|adoc|asciidoc|txt)|(?:.*/)?(?:(?:readme|contributing|install|hacking|development|getting[-_]started)(?:[-_][a-z-]+)?|\.(?:cursor|windsurf|cline)rules))", _ANY + r"|端口|主机|puerto|ポート|포트|порт|埠|:[0-9]{2,5}"),
    Format("packagejson", "packagejson", r"(?:.*/)?package\.json", r"\"(?:scripts|proxy|config|nodemonconfig)\""),
    Format("javascript", "javascript", r".*(?<!\.d)\.(?:[cm]?[jt]sx?|vue|svelte|astro)", (
        r"env(?:(?<=process\.env)|(?<=meta\.env)|(?<=deno\.env)|(?<=bun\.env)|(?<=getenv)\(|\.get|\.\w*(?:url|port|host))",
        r"localhost", r"\.0\.(?:1(?<=127\.0\.0\.1)|0(?<=0\.0\.0\.0))", r"://(?:[\w.${}\-]{1,60}:[0-9$]|[\w\-]+[/\"'`]|\[[0-9a-f:])",
        r"port(?:[^\w\n]{1,4}[0-9]{2}|[\"']?:[^\n]{0,60}default)", r"\.listen\(", r"serve\(",
        r"app\.(?:get|post|use)\([\"']/", r"outer\.(?:get|post|use)\([\"']/", r":[0-9]{4,5}[\"']",
    )),
    Format("jsonconfig", "jsonconfig", r"(?!(?:.*/)?(?:[tj]sconfig|package-lock|components|renovate|biome|manifest)[^/]*$)(?!(?:.*/)?(?:locales?|i18n|lang|translations)/)(?:.*\.code-workspace|(?:.*/)?(?:(?:angular|workspace|project|firebase|vercel|now|app|nodemon|denon|deno|launch|tasks|railway|wrangler|composer|\.?lighthouserc|\.?mcp|\.?devcontainer|default|local|development|production|staging|test|custom-environment-variables|(?:[^/]*[.\-_])?(?:config|settings|launchsettings|appsettings|conf|proxy|environment)(?:[.\-_](?!metadata)[^/.]*)?|env(?:[.\-_][^/]*)?)\.json[c5]?|(?:configs?|conf|environments?|\.vscode|\.devcontainer)/(?:.*/)?[^/]*\.json[c5]?))", r"port|://|localhost|127\.0\.0\.1|0\.0\.0\.0|host|:[0-9]{4}"),
    Format("xmlconfig", "xmlconfig", r"(?:.*/)?(?:pom\.xml|(?:web|app|applicationhost)(?:\.[^/.]+)?\.config|(?:service|application)manifest[^/]*\.xml|applicationparameters/[^/]*\.xml|(?:server|context|settings|applicationcontext[^/]*|standalone[^/]*|[^/]*config)\.xml)", r"port|localhost|127\.0\.0\.1|://[\w.\-]+:[0-9]|bindinginformation|connectionstring"),
    Format("otherlanguages", "otherlanguages", r".*\.(?:go|rs|java|kts?|rb|php|cs)", r"env\b|getenv|environment|localhost|127\.0\.0\.1|0\.0\.0\.0|://[\w.\-*]+:[0-9]|port\W{1,6}[0-9]{2}|\":[0-9]{2,5}\"|listen|servers?socket|bind\("),
)
# fmt: on


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Format, re.Pattern[str]], ...]:
    return tuple((format, re.compile(format.paths, re.DOTALL)) for format in FORMATS)


@lru_cache(maxsize=65536)
def format_of(path: str) -> Format | None:
    """The format of a root-relative path, or ``None`` where portlint does not read such files."""
    lowered = path.lower()
    for format, pattern in _patterns():
        if pattern.fullmatch(lowered):
            return format
    return None


@cache
def _hints(name: str) -> tuple[re.Pattern[bytes], ...]:
    hint = next(format for format in FORMATS if format.name == name).hint
    hints = (hint,) if isinstance(hint, str) else hint or ()
    return tuple(re.compile(item.encode()) for item in hints)


def worth_parsing(name: str, data: bytes) -> bool:
    """Whether a file of a format can hold anything of ours, by its bytes (UTF-8)."""
    hints = _hints(name)
    lowered = data.lower()
    return not hints or any(hint.search(lowered) for hint in hints)


@cache
def extractor(name: str) -> Extract:
    """The ``extract`` function of a format; its module is imported only now."""
    format = next(format for format in FORMATS if format.name == name)
    function: Extract = importlib.import_module(f"portlint.extractors.{format.module}").extract
    return function
