"""Go, Rust, Java, Kotlin, Ruby, PHP and C#: what their tables know, and what is only alike."""

from __future__ import annotations

import pytest
from helpers import run_extractor
from hypothesis import given
from hypothesis import strategies as st

from portlint.model import Kind, Role


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
        ("a.rb", 'port ENV.fetch("PORT") { 8300 }', ("defaults", "PORT", "8300")),
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
