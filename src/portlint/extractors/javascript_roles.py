"""What a port, host or URL does, by the keys, the call and the file it stands in.

Sources: vite.dev "Server Options"; webpack.js.org "DevServer"; cli.vuejs.org "devServer"; nuxt.com "devServer"; nitro
"devProxy"; docs.astro.build "Server Options"; nextjs.org "rewrites"; playwright.dev "webServer"; docs.cypress.io
"baseUrl"; pm2 "Ecosystem File"; expressjs.com "cors"; nodejs.org "net.Server.listen".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from portlint import names
from portlint.extractors.javascript_source import Place, Source
from portlint.model import Role

TOOLS = (
    (r"(?:vite|vitest|svelte|solid|electron\.vite|remix)\.config\..*|vite\.[a-z]+\.(?:ts|js|mjs)", "vite"),
    (r"(?:webpack|craco|config-overrides).*", "webpack-dev-server"),
    (r"vue\.config\..*", "vue-cli"),
    (r"nuxt\.config\..*|nitro\.config\..*", "nuxt"),
    (r"next\.config\..*", "next"),
    (r"astro\.config\..*", "astro"),
    (r"rsbuild\.config\..*|rspack\.config\..*", "rsbuild"),
    (r"playwright.*\.config\..*", "playwright"),
    (r"cypress\.config\..*", "cypress"),
    (r"(?:ecosystem|pm2|process).*\.config\..*", "pm2"),
    (r"proxy\.conf\..*|setupproxy\..*", "proxy"),
)
_DEV_SERVERS = frozenset({"vite", "webpack-dev-server", "vue-cli", "nuxt", "astro", "rsbuild"})
_SERVER_KEYS = frozenset({"server", "devServer", "preview", "dev"})
_PROXY = frozenset({"proxy", "proxies", "target", "upstream", "destination", "devproxy", "rewrite", "rewrites"})
_ALLOW = frozenset({"origin", "origins", "cors", "allowed", "allowlist", "whitelist", "trusted"})
_LISTEN_CALL = re.compile(
    r"(?:.*\.)?(?:listen|serve|startServer|startStandaloneServer|createMicroservice|connectMicroservice|runServer|"
    r"(?:WebSocket|WebSocketServer|Http|Https|WS|Socket|Socket\.?IO|Mock|Test|Proxy|Grpc|Express|Fastify)?Server)"
)
_CLIENT_CALL = re.compile(r"(?:.*\.)?(?:connect\w*|createConnection|\w*(?:Client|Redis|Pool|Connection|Agent))")
EVERY_INTERFACE = frozenset({"0.0.0.0", "::"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """The role of a place, how it comes about, and which tool listens there."""

    role: Role
    how: str
    tool: str = ""


def tool_of(path: str) -> str:
    """The tool whose configuration a file is, by its name."""
    base = path.rpartition("/")[2].lower()
    return next((tool for pattern, tool in TOOLS if re.fullmatch(pattern, base)), "")


def of_tool(source: Source, place: Place) -> Meaning | None:
    """The meaning of a leaf in a tool's configuration; ``None`` where the tool says nothing of it."""
    keys, tool = place.keys, source.tool
    if not keys or not tool:
        return None
    words = {word for key in keys for word in names.tokens(key)}
    last = keys[-1]
    if words & _PROXY and tool in _DEV_SERVERS | {"proxy", "next"}:
        return Meaning(Role.PROXIES, "proxy target")
    if words & _ALLOW:
        return Meaning(Role.ALLOWS, ".".join(keys[-2:]))
    if tool in _DEV_SERVERS:
        section = next((key for key in keys if key in _SERVER_KEYS), "")
        if section and last in ("port", "host"):
            inner = keys[keys.index(section) + 1]
            how = f"{section}.{last}" if inner == last else f"{section}.{inner}.{last}"
            listening = "vite-preview" if section == "preview" and tool == "vite" else tool
            return Meaning(Role.LISTENS, how, listening if inner == last else "")
        if section and last in ("clientPort", "hmrPort"):
            return Meaning(Role.CONNECTS, f"{section}.hmr.{last}")
    if tool == "playwright" and "webServer" in keys and last in ("url", "port"):
        return Meaning(Role.PROBES, f"webServer.{last}")
    if tool in ("playwright", "cypress") and last.lower() == "baseurl":
        return Meaning(Role.CONNECTS, last)
    return None


def of(source: Source, place: Place) -> Meaning | None:
    """The meaning of a port or host leaf; ``None`` where nothing says that it is a setting."""
    stated = of_tool(source, place)
    if stated is not None:
        return stated
    words = place.words
    if place.call and _LISTEN_CALL.fullmatch(place.call):
        return Meaning(Role.LISTENS, "listen" if place.call.endswith("listen") else last_of(place.call))
    if place.call and _CLIENT_CALL.fullmatch(place.call):
        return Meaning(Role.CONNECTS, last_of(place.call))
    if words & _PROXY:
        return Meaning(Role.PROXIES, "proxy target")
    if words & {"origin", "origins", "cors"}:
        return Meaning(Role.ALLOWS, place.name)
    if source.is_settings(place):
        return Meaning(Role.DECLARES, "config object")
    return None


def of_url(source: Source, place: Place) -> Meaning:
    """The meaning of a URL written in code: a client's, unless the surroundings say otherwise."""
    stated = of_tool(source, place)
    if stated is not None:
        return stated
    words = place.words
    named = set(names.tokens(place.keys[-1] if place.keys else place.variable))
    called = set(names.tokens(last_of(place.call)))
    if (named | called) & _ALLOW:
        return Meaning(Role.ALLOWS, last_of(place.call) or place.name or "origin")
    if (named | called) & _PROXY or "proxy" in words:
        return Meaning(Role.PROXIES, "proxy target")
    if not place.call and source.is_settings(place) and place.keys:
        return Meaning(Role.DECLARES, "config object")
    if place.variable and place.top and not place.call and not place.keys:
        return Meaning(Role.DEFAULTS, "constant")
    return Meaning(Role.CONNECTS, last_of(place.call) or place.element or "URL")


def last_of(call: str) -> str:
    """The last name of a dotted call, for tables: ``listen`` of ``app.server.listen``."""
    return re.sub(r"[^\w$]", "", call.rpartition(".")[2])
