"""Go, Rust, Java, Kotlin, Ruby, PHP and C#: what their tables know, and what is only alike."""

from __future__ import annotations

import pytest
from helpers import run_extractor
from hypothesis import given
from hypothesis import strategies as st

from portlint.model import Kind, Role
from portlint.values import Reference, describe


def ports(path: str, text: str) -> list[tuple[str, str, str]]:
    """Role, name and written value of every port that is not only read."""
    found = run_extractor("otherlanguages", text, path).occurrences
    return [
        (o.role.value, o.name, text[o.span.start : o.span.end])
        for o in found
        if o.kind is Kind.PORT and o.role is not Role.READS
    ]


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("a.go", "const defaultPort = 8300", ("defaults", "defaultPort", "8300")),
        ("a.go", 'if port == "" { port = "8300" }', ("defaults", "port", "8300")),
        ("a.go", 'p := getEnv("API_PORT", "8300")', ("defaults", "API_PORT", "8300")),
        ("a.go", 'var p = flag.Int("port", 8300, "help")', ("defaults", "port", "8300")),
        ("a.go", 'cmd.Flags().IntP("port", "p", 8300, "help")', ("defaults", "port", "8300")),
        ("a.go", 'http.ListenAndServe(":8300", nil)', ("listens", "", "8300")),
        ("a.go", 'net.Listen("tcp", "0.0.0.0:8300")', ("listens", "", "8300")),
        ("a.go", 's := &http.Server{Addr: ":" + port}', ("listens", "", "port")),
        ("a.go", 'http.Get("http://backend:8300/x")', ("connects", "", "8300")),
        ("a.go", 'log.Printf("on http://localhost:8300")', ("documents", "", "8300")),
        ("a.rs", "const PORT: u16 = 8_300;", ("defaults", "PORT", "8_300")),
        ("a.rs", 'env::var("API_PORT").unwrap_or_else(|_| "8300".to_string())', ("defaults", "API_PORT", "8300")),
        ("a.rs", 'TcpListener::bind("127.0.0.1:8300")', ("listens", "", "8300")),
        ("a.rs", 'HttpServer::new(f).bind(("0.0.0.0", 8300))', ("listens", "", "8300")),
        ("a.rs", "#[arg(long, default_value_t = 8300)]\npub port: u16,", ("defaults", "port", "8300")),
        ("A.java", "private static final int PORT = 8300;", ("defaults", "PORT", "8300")),
        ("A.java", '@Value("${server.port:8300}") int p;', ("defaults", "server.port", "8300")),
        ("A.java", "new ServerSocket(8300)", ("listens", "", "8300")),
        ("a.kt", 'val p = System.getenv("API_PORT")?.toInt() ?: 8300', ("defaults", "API_PORT", "8300")),
        ("a.rb", "set :port, 8300", ("listens", "", "8300")),
        ("a.php", "$p = getenv('API_PORT') ?: 8300;", ("defaults", "API_PORT", "8300")),
        ("a.php", "return ['port' => env('DB_PORT', '8300')];", ("defaults", "DB_PORT", "8300")),
        ("a.cs", 'Environment.GetEnvironmentVariable("API_PORT") ?? "8300"', ("defaults", "API_PORT", "8300")),
        ("a.cs", 'builder.WebHost.UseUrls("http://*:8300");', ("listens", "", "8300")),
        ("a.cs", 'policy.WithOrigins("http://localhost:8300");', ("allows", "", "8300")),
        ("a.go", "// default port 8300\nx := 1", ("documents", "", "8300")),
    ],
)
def test_each_form(path: str, code: str, expected: tuple[str, str, str]) -> None:
    assert ports(path, code) == [expected]


def listens(path: str, text: str) -> list[str]:
    """What servers listen on, with constants of the file put in."""
    found = run_extractor("otherlanguages", text, path)
    bound = dict(found.bindings)
    values = [o.value for o in found.occurrences if o.role is Role.LISTENS and o.kind is Kind.PORT]
    return [
        describe(bound.get(value.name, value) if isinstance(value, Reference) and value.local else value)
        for value in values
    ]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.go", 'p := os.Getenv("A_PORT")\nif p == "" {\n\tp = "8300"\n}\nhttp.ListenAndServe(":"+p, nil)'),
        ("a.go", 'p, ok := os.LookupEnv("A_PORT")\nif !ok {\n\tlog.Println("x")\n\tp = "8300"\n}\nr.Run(":" + p)'),
        ("a.go", 's := os.Getenv("A_PORT")\np, err := strconv.Atoi(s)\nif err != nil { p = 8300 }\nx.Run(fmt.Sprintf(":%d", p))'),
        ("a.rs", 'let p = env::var("A_PORT").ok().and_then(|p| p.parse().ok()).unwrap_or(8300);\nbind(("0.0.0.0", p))'),
        ("a.rs", 'let p = match env::var("A_PORT") { Ok(p) => p, Err(_) => "8300".to_string() };\nbind(format!("[::]:{p}"))'),
        ("A.java", 'String p = System.getenv("A_PORT") != null ? System.getenv("A_PORT") : "8300";\napp.start(Integer.parseInt(p));'),
        ("A.java", 'String s = System.getenv("A_PORT");\nint p = s == null ? 8300 : Integer.parseInt(s);\napp.start(p);'),
        ("A.java", 'String s = System.getenv("A_PORT");\nint p = s != null ? Integer.parseInt(s) : 8300;\napp.start(p);'),
        ("A.kt", 'val p = System.getenv("A_PORT")?.toIntOrNull() ?: 8300\nembeddedServer(Netty, port = p)'),
        ("a.rb", 'port ENV.fetch("A_PORT") { 8300 }'),
        ("a.rb", 'port ENV.fetch("A_PORT", 8300)'),
        ("a.rb", 'set :port, ENV["A_PORT"] || 8300'),
        ("a.rb", 'p = ENV["A_PORT"]\np ||= 8300\nset :port, p'),
    ],
)  # fmt: skip
def test_a_listener_takes_the_variable_with_its_default(path: str, code: str) -> None:
    assert listens(path, code) == ["A_PORT, else 8300"]
    assert [port for port in ports(path, code) if port[0] != "listens"] == [("defaults", "A_PORT", "8300")]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.cs", 'var p = Environment.GetEnvironmentVariable("A_PORT");\nif (string.IsNullOrEmpty(p)) p = "8300";'),
        ("a.cs", 'var p = int.TryParse(Environment.GetEnvironmentVariable("A_PORT"), out var x) ? x : 8300;'),
        ("a.php", '$p = isset($_ENV["A_PORT"]) ? $_ENV["A_PORT"] : 8300;'),
        ("a.php", "$p = getenv('A_PORT');\nif (!$p) { $p = 8300; }"),
        ("A.java", 'String p = System.getenv("A_PORT");\nif (p == null || p.isEmpty()) {\n  p = "8300";\n}'),
    ],
)
def test_a_default_in_another_statement(path: str, code: str) -> None:
    assert ports(path, code) == [("defaults", "A_PORT", "8300")]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.go", 'p := os.Getenv("A_PORT")\nif q == "" { q = "8300" }'),
        ("a.go", 'p := os.Getenv("A_PORT")\nif p == "" { log.Fatal("8300") }'),
        ("a.go", 'p := os.Getenv("A_PORT")\nx := p == "" \n y = "8300"'),
        ("A.java", 'String p = System.getenv("A_PORT"); int q = other != null ? 1 : 8300;'),
        ("a.rb", 'p = ENV["A_PORT"]\nq ||= 8300'),
        ("a.go", 'u := os.Getenv("A_URL")\nif u == "" { u = fmt.Sprintf("http://%s:%d", h, p) }'),
    ],
)
def test_the_value_of_another_variable_is_no_default(path: str, code: str) -> None:
    assert ports(path, code) == []


def test_a_name_that_holds_two_things_is_not_followed() -> None:
    text = 'p := os.Getenv("A_PORT")\nr.Run(":" + p)\np = os.Getenv("B_PORT")\n'
    assert listens("a.go", text) == ["p"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.go", "report := 8300; viewport := 8300; importPath := 8300"),
        ("a.go", 'x := "http://www.w3.org/2000/svg"; y := "a:8300"; r := "12:30"'),
        ("a.go", 'assert.Equal(t, "http://localhost:8300", u)'),
        ("a.go", "events.Listen(handler); port := 0"),
        ("a.rs", "fn f<'a>(x: &'a str) -> &'a str { x } let support = 8300;"),
        ("A.java", 'String port = "Rotterdam"; int transport = 8300;'),
        ("a.rb", "import 8300; sport = 8300"),
        ("a.php", "$airport = 8300;"),
        ("a.cs", "public int Timeout { get; set; } = 8300;"),
    ],
)
def test_look_alikes_stay_silent(path: str, code: str) -> None:
    assert ports(path, code) == []


def test_code_in_a_comment_is_only_documentation() -> None:
    text = '// http.ListenAndServe(":8300", nil)\n'
    assert all(role == "documents" for role, _, _ in ports("a.go", text))


def test_a_variable_without_default_is_read() -> None:
    text = 'x := os.Getenv("API_PORT")'
    (found,) = run_extractor("otherlanguages", text, "a.go").occurrences
    assert (found.role, found.name) == (Role.READS, "API_PORT")


@pytest.mark.parametrize("text", ['"open', "/* open", "`", 'os.Getenv("', "'", '@"', "ENV["])
@pytest.mark.parametrize("extension", ["go", "rs", "java", "kt", "rb", "php", "cs"])
def test_half_written_files(text: str, extension: str) -> None:
    assert ports(f"a.{extension}", "\n" + text) == []


@given(st.text(alphabet="aé端😀\t ", max_size=6), st.integers(1, 65535), st.sampled_from(["\n", "\r\n"]))
def test_places_are_exact_after_any_text(before: str, port: int, end: str) -> None:
    text = f'x := "{before}"{end}const Port = {port}{end}'
    assert ports("a.go", text) == [("defaults", "Port", str(port))]
