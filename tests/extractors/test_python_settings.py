"""Python: fields of settings classes, options of commands, dict literals."""

from __future__ import annotations

import pytest
from helpers import run_extractor

from portlint.model import Extraction, Kind, Role


def read(text: str, path: str = "app/config.py") -> Extraction:
    return run_extractor("python", text, path)


def said(text: str, kind: Kind = Kind.PORT) -> list[tuple[str, str, str]]:
    return [
        (item.role.value, item.name, text[item.span.start : item.span.end])
        for item in read(text).occurrences
        if item.kind is kind
    ]


def names(text: str) -> tuple[str, ...]:
    """Name and aliases of the first default of a port."""
    item = next(item for item in read(text).occurrences if item.kind is Kind.PORT and item.role is Role.DEFAULTS)
    return (item.name, *item.aliases)


def settings(body: str, head: str = "class Settings(BaseSettings):\n") -> str:
    return head + "".join(f"    {line}\n" for line in body.splitlines())


@pytest.mark.parametrize(
    "field",
    [
        "web_port: int = 8300",
        "web_port: int = Field(8300)",
        "web_port: int = Field(default=8300, ge=1)",
        "web_port: Annotated[int, Field(default=8300)]",
        "web_port: Annotated[int, Field(ge=1)] = 8300",
        "web_port: int = Field(default_factory=lambda: 8300)",
        "WEB_PORT = 8300",
    ],
)
def test_fields_of_settings_are_environment_variables(field: str) -> None:
    assert said(settings(field)) == [("defaults", "WEB_PORT", "8300")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('model_config = SettingsConfigDict(env_prefix="APP_")\nport: int = 8300', ("APP_PORT",)),
        ('model_config = {"env_prefix": "APP_"}\nport: int = 8300', ("APP_PORT",)),
        ('class Config:\n    env_prefix = "APP_"\nport: int = 8300', ("APP_PORT",)),
        ('port: int = Field(8300, validation_alias="WEB_PORT")', ("WEB_PORT",)),
        ('port: int = Field(8300, env="WEB_PORT")', ("WEB_PORT",)),
        ('port: int = Field(8300, env=["WEB_PORT", "HTTP_PORT"])', ("WEB_PORT", "HTTP_PORT")),
        ('port: int = Field(8300, validation_alias=AliasChoices("WEB_PORT", "HTTP_PORT"))', ("WEB_PORT", "HTTP_PORT")),
        ('redis_port: int = Field(6379, alias="CACHE_PORT")', ("CACHE_PORT", "REDIS_PORT")),
    ],
)
def test_prefixes_and_aliases(body: str, expected: tuple[str, ...]) -> None:
    assert names(settings(body)) == expected


def test_the_prefix_may_be_a_constant_of_the_file() -> None:
    body = settings("model_config = SettingsConfigDict(env_prefix=PREFIX)\nport: int = 8300")
    assert names('PREFIX = "APP_"\n' + body) == ("APP_PORT",)
    assert names('OTHER = "APP_"\n' + body) == ("PORT",)


def test_a_base_class_of_the_file_hands_its_prefix_down() -> None:
    text = settings('model_config = SettingsConfigDict(env_prefix="APP_")', "class Base(BaseSettings):\n")
    assert names(text + settings("port: int = 8300", "class Web(Base):\n")) == ("APP_PORT",)


def test_nested_models_get_the_delimited_name() -> None:
    text = settings(
        'model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")\n'
        "cache: CacheConfig = CacheConfig()"
    ) + settings("port: int = 6379", "class CacheConfig(BaseModel):\n")
    assert names(text) == ("CACHE_PORT", "APP_CACHE__PORT", "APP_CACHE_PORT")


@pytest.mark.parametrize(
    "head",
    [
        "@dataclass\nclass Redis:\n",
        "class RedisConfig(BaseModel):\n",
        "@attrs.define\nclass Redis:\n",
        "class Redis(NamedTuple):\n",
    ],
)
def test_a_field_that_is_no_variable_is_named_with_its_class(head: str) -> None:
    assert names(settings("port: int = 6380", head)) == ("REDIS_PORT",)


def test_descriptions_are_about_the_field() -> None:
    text = settings('web_port: int = Field(default=8300, description="the port (default 8288)")')
    assert said(text) == [("defaults", "WEB_PORT", "8300"), ("documents", "WEB_PORT", "8288")]
    text = settings('web_port: int = 8300\n"""The port, default 8288."""')
    assert said(text) == [("defaults", "WEB_PORT", "8300"), ("documents", "WEB_PORT", "8288")]


def test_a_field_read_by_its_class_is_that_setting() -> None:
    text = settings(
        'model_config = SettingsConfigDict(env_prefix="APP_")\nport: int = 8300\n'
        'def url(self): return f"http://localhost:{self.port}"'
    )
    assert ("reads", "APP_PORT", "{self.port}") in said(text)


def test_a_field_reads_the_variable_in_its_default() -> None:
    text = settings(
        'port: int = Field(default_factory=lambda: int(os.getenv("WEB_PORT", "8300")))', "class S(BaseModel):\n"
    )
    assert said(text)[-1] == ("defaults", "WEB_PORT", "8300")
    assert {name for _, name, _ in said(text)} == {"WEB_PORT"}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ('p.add_argument("--web-port", "-p", type=int, default=8300)', "WEB_PORT"),
        ('p.add_argument("-p", "--web-port", default=8300)', "WEB_PORT"),
        ('@click.option("--web-port", default=8300)\ndef f(web_port): ...', "WEB_PORT"),
        ('@click.option("--port", default=8300, envvar="WEB_PORT")\ndef f(port): ...', "WEB_PORT"),
        ('import typer\ndef f(port: int = typer.Option(8300, "--port", envvar="WEB_PORT")): ...', "WEB_PORT"),
        ("import typer\ndef f(web_port: Annotated[int, typer.Option()] = 8300): ...", "WEB_PORT"),
        ('flags.DEFINE_integer("web_port", 8300, "the port")', "WEB_PORT"),
        ('from tornado.options import define\ndefine("web_port", default=8300)', "WEB_PORT"),
    ],
)
def test_options(code: str, name: str) -> None:
    assert [(role, found.upper(), written) for role, found, written in said(code + "\n")] == [
        ("defaults", name, "8300")
    ]


def test_help_is_about_the_option_and_other_options_are_silent() -> None:
    text = (
        'p.add_argument("--web-port", default=8300, help="port (default: 8288)")\n'
        'p.add_argument("--limit", default=8000, help="rows (default: 8000)")\n'
    )
    assert said(text) == [("defaults", "WEB_PORT", "8300"), ("documents", "WEB_PORT", "8288")]


def test_an_option_flows_to_the_server() -> None:
    text = 'p.add_argument("--web-port", default=8300)\nargs = p.parse_args()\nuvicorn.run(app, port=args.web_port)\n'
    assert ("passes", "", "args.web_port") in said(text)
    assert ("reads", "WEB_PORT", "args.web_port") in said(text)


def test_dict_literals_of_settings() -> None:
    text = 'DATABASES = {"default": {"HOST": "db", "PORT": "5433", "NAME": "x"}}\n'
    assert said(text) == [("connects", "DATABASES.default.PORT", "5433")]
    assert said(text, Kind.HOST) == [("connects", "DATABASES.default.HOST", "db")]
    text = 'CACHES = {"default": {"LOCATION": ["cache:11212"]}}\n'
    assert said(text) == [("connects", "CACHES.default.LOCATION", "11212")]
    text = 'Producer({"bootstrap.servers": "kafka:9093", "linger.ms": "100:20"})\n'
    assert said(text) == [("connects", "bootstrap.servers", "9093")]


@pytest.mark.parametrize(
    "code",
    [
        'CORS_ALLOWED_ORIGINS = ["http://localhost:3100"]',
        'CSRF_TRUSTED_ORIGINS = ("http://localhost:3100",)',
        'app.add_middleware(CORSMiddleware, allow_origins=["http://localhost:3100"])',
        'CORS(app, origins="http://localhost:3100")',
        'origins = ["http://localhost:3100"]',
        'def get_cors_origins():\n    return ["http://localhost:3100"]',
    ],
)
def test_origins_are_allowed(code: str) -> None:
    assert [(role, written) for role, _, written in said(code + "\n")] == [("allows", "3100")]


def test_allowed_hosts() -> None:
    assert said('ALLOWED_HOSTS = ["localhost", "web"]\n', Kind.HOST) == [
        ("allows", "ALLOWED_HOSTS", "localhost"),
        ("allows", "ALLOWED_HOSTS", "web"),
    ]


def test_a_fallback_within_a_function_is_the_variables_default() -> None:
    assert ("defaults", "WEB_PORT", "8300") in said('def f():\n    port = os.environ.get("WEB_PORT") or 8300\n')
    assert said("def f():\n    port = given or 8300\n") == []
