"""Configuration files of bundlers, test runners and process managers."""

from __future__ import annotations

from typing import Any

import pytest
from helpers import run_extractor

from portlint import launches
from portlint.collecting import Collector
from portlint.commands import Command
from portlint.model import Kind, Role


def ports(path: str, text: str) -> list[tuple[str, str, str, str]]:
    """Role, tool, how and written value of every port that is not only read."""
    found = run_extractor("javascript", text, path).occurrences
    return [
        (o.role.value, o.tool, o.how, text[o.span.start : o.span.end])
        for o in found
        if o.kind is Kind.PORT and o.role is not Role.READS
    ]


CASES = [
    (
        "vite.config.ts",
        "export default defineConfig({ server: { port: 3100, strictPort: true, proxy: { '/api': 'http://localhost:8300',"
        " '/ws': { target: 'ws://localhost:8301', ws: true } } }, preview: { port: 4100 } })",
        [
            ("listens", "vite", "server.port", "3100"),
            ("proxies", "", "proxy target", "8300"),
            ("proxies", "", "proxy target", "8301"),
            ("listens", "vite-preview", "preview.port", "4100"),
        ],
    ),
    (
        "vite.config.js",
        "export default ({ mode }) => { const env = loadEnv(mode, '.'); return { server: { port: env.VITE_PORT } } }",
        [("listens", "vite", "server.port", "env.VITE_PORT")],
    ),
    ("vite.config.ts", "export default defineConfig({ server: { host: true }, build: { outDir: '3000' } })", []),
    (
        "webpack.config.js",
        "module.exports = { devServer: { port: 8080, proxy: [{ context: ['/a'], target: 'http://localhost:8300' }] }}",
        [("listens", "webpack-dev-server", "devServer.port", "8080"), ("proxies", "", "proxy target", "8300")],
    ),
    (
        "vue.config.js",
        "module.exports = { devServer: { port: 8081 } }",
        [("listens", "vue-cli", "devServer.port", "8081")],
    ),
    (
        "nuxt.config.ts",
        "export default defineNuxtConfig({ devServer: { port: 3100 } })",
        [("listens", "nuxt", "devServer.port", "3100")],
    ),
    (
        "astro.config.mjs",
        "export default defineConfig({ server: { port: 4300 } })",
        [("listens", "astro", "server.port", "4300")],
    ),
    (
        "next.config.js",
        "module.exports = { async rewrites() { return [{ source: '/api', destination: 'http://api:8300/x' }] } }",
        [("proxies", "", "proxy target", "8300")],
    ),
    (
        "playwright.config.ts",
        "export default defineConfig({ use: { baseURL: 'http://localhost:3100' }, webServer: { port: 3101 } })",
        [("connects", "", "baseURL", "3100"), ("probes", "", "webServer.port", "3101")],
    ),
    (
        "cypress.config.ts",
        "export default defineConfig({ e2e: { baseUrl: 'http://localhost:3100' } })",
        [("connects", "", "baseUrl", "3100")],
    ),
    (
        "src/environments/environment.ts",
        "export const environment = { apiUrl: 'http://localhost:8300/api' }",
        [("declares", "", "config object", "8300")],
    ),
    (
        "src/config.js",
        "module.exports = { redis: { host: 'cache', port: 6380 } }",
        [("declares", "", "config object", "6380")],
    ),
]


@pytest.mark.parametrize(("path", "text", "expected"), CASES)
def test_what_the_files_of_tools_say(path: str, text: str, expected: list[tuple[str, str, str, str]]) -> None:
    assert ports(path, text) == expected


def test_the_same_object_elsewhere_is_no_server_of_the_tool() -> None:
    assert ports("src/fleet.ts", "const fleet = { server: { port: 3100 } }") == []


def test_commands_and_environments_of_a_process_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def collect(command: Command, into: Collector, **fields: Any) -> bool:
        seen.append([word.text for word in command.words])
        return True

    monkeypatch.setattr(launches, "collect", collect)
    text = (
        "module.exports = { apps: [{ name: 'api', script: 'server.js', args: '--port 4000', env: { PORT: 3100 },"
        " env_production: { PORT: '80' } }] }"
    )
    found = run_extractor("javascript", text, "ecosystem.config.js").occurrences
    assert seen == [["server.js", "--port", "4000"]]
    assert [(o.name, text[o.span.start : o.span.end], o.profile, o.label) for o in found] == [
        ("PORT", "3100", "", "api"),
        ("PORT", "80", "production", "api"),
    ]
