"""JavaScript and TypeScript: the environment, constants, servers, clients; for each hit something that stays silent."""

from __future__ import annotations

import pytest
from helpers import listing, run_extractor
from hypothesis import given
from hypothesis import strategies as st

from portlint.model import Kind, Role
from portlint.values import Literal, Reference, describe


def ports(text: str, path: str = "src/a.ts") -> list[tuple[str, str, str]]:
    """Role, name and written value of every port."""
    found = run_extractor("javascript", text, path).occurrences
    return [(o.role.value, o.name, text[o.span.start : o.span.end]) for o in found if o.kind is Kind.PORT]


@pytest.mark.parametrize(
    ("code", "name", "default"),
    [
        ("const p = process.env.API_PORT || 3000", "API_PORT", "3000"),
        ("const p = process.env.API_PORT ?? '3000'", "API_PORT", "3000"),
        ('const p = process.env["API_PORT"] || 3000', "API_PORT", "3000"),
        ("const p = +process.env.API_PORT! || 3000", "API_PORT", "3000"),
        ("const p = Number(process.env.API_PORT || 3000)", "API_PORT", "3000"),
        ("const p = parseInt(process.env.API_PORT as string, 10) || 3000", "API_PORT", "3000"),
        ("run(parseInt(process.env.API_PORT, 10) || 3000)", "API_PORT", "3000"),
        ("const { API_PORT = 3000 } = process.env", "API_PORT", "3000"),
        ("const { API_PORT: port = 3000 } = process.env", "API_PORT", "3000"),
        ("const p = process.env.API_PORT ? process.env.API_PORT : 3000", "API_PORT", "3000"),
        ("const p = process.env.API_PORT !== undefined ? Number(process.env.API_PORT) : 3000", "API_PORT", "3000"),
        ("const p = import.meta.env.VITE_API_PORT || 3000", "VITE_API_PORT", "3000"),
        ('const p = Deno.env.get("API_PORT") ?? "3000"', "API_PORT", "3000"),
        ("const p = Bun.env.API_PORT || 3000", "API_PORT", "3000"),
        ('const p = getEnv("API_PORT", "3000")', "API_PORT", "3000"),
        ('const p = this.configService.get<number>("API_PORT", 3000)', "API_PORT", "3000"),
        ("const env = loadEnv(m, d, ''); const p = env.API_PORT || 3000", "API_PORT", "3000"),
        ("const s = z.object({ API_PORT: z.coerce.number().default(3000) })", "API_PORT", "3000"),
        ("const s = Joi.object({ API_PORT: Joi.number().port().default(3000).required() })", "API_PORT", "3000"),
        ("const s = cleanEnv(process.env, { API_PORT: num({ default: 3000 }) })", "API_PORT", "3000"),
        ("const s = convict({ port: { format: 'port', default: 3000, env: 'API_PORT' } })", "API_PORT", "3000"),
        ("const s = { API_PORT: { type: 'number', default: 3000 } }", "API_PORT", "3000"),
        ("process.env.API_PORT ||= '3000'", "API_PORT", "3000"),
    ],
)
def test_a_variable_with_its_default(code: str, name: str, default: str) -> None:
    assert ("defaults", name, default) in ports(code)


def test_a_chain_of_variables_keeps_its_order() -> None:
    text = "app.listen(process.env.PORT || process.env.API_PORT || 3000)"
    (listens,) = [o for o in run_extractor("javascript", text, "a.js").occurrences if o.role is Role.LISTENS]
    assert describe(listens.value) == "PORT, else API_PORT, else 3000"


def test_a_variable_without_default_is_read() -> None:
    assert ports("connect(process.env.API_PORT)") == [("reads", "API_PORT", "process.env.API_PORT")]
    assert listing(run_extractor("javascript", "x(process.env.NODE_ENV)", "a.js"), "x(process.env.NODE_ENV)") == []


def test_a_default_in_development_alone() -> None:
    text = "cleanEnv(process.env, { PORT: port({ default: 80, devDefault: 3000, desc: 'default 3001' }) })"
    found = run_extractor("javascript", text, "env.ts").occurrences
    assert [(o.role.value, text[o.span.start : o.span.end], o.profile) for o in found] == [
        ("defaults", "80", ""),
        ("defaults", "3000", "development"),
        ("documents", "3001", ""),
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("const PORT = 3000", ("defaults", "PORT", "3000")),
        ("class A { private readonly port = 3000 }", ("defaults", "port", "3000")),
        ("function start(port: number = 3000) {}", ("defaults", "port", "3000")),
        ("const start = ({ port = 3000 } = {}) => {}", ("defaults", "port", "3000")),
        ("const port = options.port ?? 3000", ("defaults", "port", "3000")),
        ("const x = options.port ?? 3000", ("defaults", "port", "3000")),
        ("const config = { server: { port: 3_000 } }", ("declares", "server.port", "3_000")),
        ('process.env.PORT = "3000"', ("declares", "PORT", "3000")),
    ],
)
def test_constants_and_settings(code: str, expected: tuple[str, str, str]) -> None:
    assert ports(code) == [expected]


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("app.listen(3000)", "3000"),
        ("await app.listen(port, '0.0.0.0')", "port"),
        ("server.listen({ port: 3000, host: '::' })", "3000"),
        ("serve({ fetch: app.fetch, port: 3000 })", "3000"),
        ("Bun.serve({ port: 3000 })", "3000"),
        ("Deno.serve({ port: 3000 }, handler)", "3000"),
        ("new WebSocketServer({ port: 3000 })", "3000"),
        ("new Server(3000)", "3000"),
        ("startStandaloneServer(server, { listen: { port: 3000 } })", "3000"),
        ('server.bindAsync("0.0.0.0:3000", c, f)', "3000"),
        ('app.listen(app.get("port"))', 'app.get("port")'),
    ],
)
def test_servers(code: str, written: str) -> None:
    assert [(role, value) for role, _, value in ports(code)] == [("listens", written)]


def test_a_listener_holds_its_host_and_the_constant_it_is_given() -> None:
    text = 'const PORT = 3000;\napp.listen(PORT, "0.0.0.0", () => log("up"))'
    extraction = run_extractor("javascript", text, "a.js")
    listens = [o for o in extraction.occurrences if o.role is Role.LISTENS]
    assert [o.kind for o in listens] == [Kind.PORT, Kind.HOST] and len({o.group for o in listens}) == 1
    assert isinstance(listens[0].value, Reference) and listens[0].value.local
    ((name, value),) = extraction.bindings
    assert name == "PORT" and isinstance(value, Literal) and value.text == "3000"


@pytest.mark.parametrize(
    "code",
    [
        'listen("event", callback)',
        "history.listen(() => {})",
        "emitter.listen(handler)",
        'window.listen("tauri://focus", f)',
        "const report = 3000, viewport = 8080, transport = 25, support = 3000",
        'const ship = { port: "Rotterdam", draught: 3000 }',
        'const rows = [{ name: "eth0", port: 24, vlan: 10 }]',
        'import { x } from "./port-3000"; export const y = import3000',
        'expect(url).toBe("http://localhost:3000")',
        'const ns = "http://www.w3.org/2000/svg"; const css = "a:3000"; const ratio = "16:9000"',
        'const z = { zIndex: 8080, timeout: 3000, color: "#8080ff", portalId: 3000 }',
        'const links = [{ href: "https://docs.example.com/port" }]',
        'axios.get("/api/users", { port })',
    ],
)
def test_look_alikes_stay_silent(code: str) -> None:
    extraction = run_extractor("javascript", code, "src/a.tsx")
    assert [line for line in listing(extraction, code) if " reads " not in line] == []


@pytest.mark.parametrize(
    ("code", "role", "written"),
    [
        ('fetch("http://backend:8300/users")', "connects", "8300"),
        ("axios.create({ baseURL: 'http://localhost:8300/api' })", "connects", "8300"),
        ("new WebSocket(`ws://${host}:${WS_PORT}/ws`)", "connects", "${WS_PORT}"),
        ("function f() { const url = 'http://localhost:' + PORT + '/x' }", "connects", "PORT"),
        ("new Pool({ host: 'localhost', port: 5432 })", "connects", "5432"),
        ("new Redis(6379, 'cache')", "connects", "6379"),
        ("new Kafka({ brokers: ['kafka:9092'] })", "connects", "9092"),
        ("const API_URL = 'http://localhost:8300'", "defaults", "8300"),
        ("app.use(cors({ origin: ['http://localhost:8300'] }))", "allows", "8300"),
        ("const allowedOrigins = ['http://localhost:8300']", "allows", "8300"),
        ("createProxyMiddleware({ target: 'http://localhost:8300' })", "proxies", "8300"),
        ("console.log('on http://localhost:8300')", "documents", "8300"),
        ("console.log(`on http://localhost:${PORT}`)", "documents", "${PORT}"),
        ("throw new Error('start http://localhost:8300 first')", "documents", "8300"),
        ("const a = <a href='http://localhost:8300'>x</a>", "connects", "8300"),
        ("const a = <p>see http://localhost:8300</p>", "documents", "8300"),
        ("// see http://localhost:8300\nlet a", "documents", "8300"),
    ],
)
def test_addresses_by_where_they_stand(code: str, role: str, written: str) -> None:
    assert [(found, value) for found, _, value in ports(code, "src/a.tsx")] == [(role, written)]


def test_the_branch_and_the_key_say_the_profile() -> None:
    text = (
        "const port = process.env.NODE_ENV === 'production' ? 80 : 3000;\n"
        "const hosts = { development: { api: 'http://localhost:8300' } };\n"
        "if (import.meta.env.DEV) { go('http://localhost:8301') }"
    )
    found = [o for o in run_extractor("javascript", text, "a.ts").occurrences if o.kind is Kind.PORT]
    assert [(text[o.span.start : o.span.end], o.profile) for o in found] == [
        ("80", "production"),
        ("3000", "development"),
        ("8300", "development"),
        ("8301", "development"),
    ]


def test_routes_of_a_server_and_not_requests_of_a_client() -> None:
    text = 'app.get("/health", h); router.use("/api", r); axios.get("/a", x); api.post("/b", y); app.get("/:id", h)'
    found = run_extractor("javascript", text, "a.js").occurrences
    assert [(o.role.value, text[o.span.start : o.span.end]) for o in found] == [
        ("listens", "/health"),
        ("listens", "/api"),
    ]


@pytest.mark.parametrize("extension", ["vue", "svelte"])
def test_script_blocks_keep_their_places(extension: str) -> None:
    text = "<template>\r\n<p>端口 3001 {{ x }}</p></template>\r\n<script lang='ts'>\r\nconst PORT = 3000\r\n</script>"
    assert ports(text, f"a.{extension}") == [("defaults", "PORT", "3000")]


def test_the_front_of_an_astro_page() -> None:
    assert ports("---\nconst PORT = 3000\n---\n<p>PORT = 3001</p>", "a.astro") == [("defaults", "PORT", "3000")]


@pytest.mark.parametrize(
    ("code", "silent"),
    [
        ("const a = 'port'\nconst PORT = 3000\napp.listen(PORT", False),
        ("const PORT = 3000\n}}} ((", False),
        ("app.listen(", True),
        ("const { = process.env", True),
        ("`${", True),
        ("process.env.", True),
        ("{}", True),
        ("const e = {}; listen()", True),
    ],
)
def test_half_written_files(code: str, silent: bool) -> None:
    assert (ports(code) == []) is silent


def test_damage_is_named_with_its_line() -> None:
    extraction = run_extractor("javascript", "const a = 1\nconst b = (\n", "a.ts")
    assert extraction.problems and extraction.problems[0].line >= 1


def test_minified_files_are_named_and_not_read() -> None:
    text = "var PORT=3000;" * 1_000
    extraction = run_extractor("javascript", text, "a.js")
    assert not extraction.occurrences and "minified" in extraction.problems[0].message
    assert ports("const PORT = 3000\n" * 400) != []


def test_an_unreadable_argument_is_counted() -> None:
    assert run_extractor("javascript", "app.listen(choose() + 1)", "a.js").unresolved == 1


@given(st.text(alphabet="aé端😀\t \\'\"", max_size=6), st.integers(1, 65535), st.sampled_from(["\n", "\r\n"]))
def test_places_are_exact_after_any_text(before: str, port: int, end: str) -> None:
    text = f"/* {before} */{end}fetch('http://api:{port}/é');{end}const PORT = {port}"
    assert ports(text) == [("connects", "", str(port)), ("defaults", "PORT", str(port))]


@given(st.text(alphabet="const p=process.env.PORT||3000;(){}[]'\"`$/\n", max_size=40))
def test_any_text_is_read(text: str) -> None:
    for item in run_extractor("javascript", text, "a.ts").occurrences:
        assert 0 <= item.span.start <= item.span.end <= len(text)


@pytest.mark.parametrize(
    "code",
    [
        'let p = process.env.A_PORT; if (!p) { p = "8300"; }\nserver.listen(p)',
        "let p = process.env.A_PORT\nif (p === undefined) p = 8300\nserver.listen(p)",
        "let p = process.env.A_PORT\np ||= 8300\nserver.listen(p)",
        "let p = process.env.A_PORT\np ??= 8300\nserver.listen(p)",
    ],
)
def test_a_default_in_a_statement_of_its_own(code: str) -> None:
    found = run_extractor("javascript", code + "\n", "server.js")
    stated = [(o.role, o.name) for o in found.occurrences if o.role in (Role.DEFAULTS, Role.LISTENS)]
    assert stated == [(Role.DEFAULTS, "A_PORT"), (Role.LISTENS, "")]
    assert describe(dict(found.bindings)["p"]) == "A_PORT, else 8300"


@pytest.mark.parametrize(
    "code",
    [
        "let p = process.env.A_PORT\nif (q) { p = 8300 }",
        "let p = process.env.A_PORT\nif (!p) { x() } else { p = 8300 }",
        "let p = process.env.A_PORT\nif (!p) { q = 8300 }",
        "let p = process.env.A_PORT || 8301\nq ||= 8300",
    ],
)
def test_what_is_assigned_elsewhere_is_no_default(code: str) -> None:
    found = run_extractor("javascript", code + "\n", "server.js").occurrences
    assert "8300" not in [code[slice(*o.span)] for o in found if o.name == "A_PORT"]
