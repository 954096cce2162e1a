"""nginx: listeners, upstreams, targets, origins, templates, and what must stay silent."""

from __future__ import annotations

import pytest
from helpers import listing, run_extractor
from hypothesis import given
from hypothesis import strategies as st

from portlint.model import Kind, Role
from portlint.values import Literal, Reference


def facts(text: str, path: str = "nginx/nginx.conf") -> list[str]:
    return listing(run_extractor("nginx", text, path), text)


def ports(text: str, role: Role) -> list[str]:
    found = run_extractor("nginx", text, "nginx.conf").occurrences
    return [
        item.value.text
        for item in found
        if item.kind is Kind.PORT and item.role is role and isinstance(item.value, Literal)
    ]


@pytest.mark.parametrize(
    ("listen", "port"),
    [
        ("listen 8080;", "8080"),
        ("listen 8080 default_server;", "8080"),
        ("listen 127.0.0.1:8081 ssl http2;", "8081"),
        ("listen [::]:8082 ipv6only=on;", "8082"),
        ("listen *:8083;", "8083"),
        ("listen '8084';", "8084"),
        ("listen localhost;", "80"),
    ],
)
def test_each_form_of_listen(listen: str, port: str) -> None:
    assert ports(f"server {{\r\n\t{listen}\r\n}}", Role.LISTENS) == [port]


@pytest.mark.parametrize("listen", ["listen unix:/run/x.sock;", "# listen 8080;", "listening 8080;"])
def test_no_port_is_listened_on(listen: str) -> None:
    assert ports(f"server {{ listen 80; {listen}\n}}", Role.LISTENS) == ["80"]


def test_a_server_without_listen_is_on_80() -> None:
    assert "port listens - 'server' how=tool default" in facts("http { server { server_name a.example; } }")
    assert facts("http { server { include listen.conf; } }") == []
    assert facts("stream { server { proxy_timeout 30s; } }") == []


def test_listeners_of_one_server_are_a_group() -> None:
    text = "server { listen 80; listen 81; } server { listen 82; }"
    first, second, third = (item.group for item in run_extractor("nginx", text).occurrences)
    assert first == second != third


def test_an_upstream_has_the_ports_and_its_user_has_none() -> None:
    text = (
        "upstream api { server app:8000 weight=5; server b; server unix:/x; }\n"
        "server { listen 80; location / { proxy_pass http://api/v1; } }"
    )
    assert ports(text, Role.PROXIES) == ["8000", "80"]
    assert "path proxies - '/v1' how=proxy_pass" in facts(text)
    labels = {item.label for item in run_extractor("nginx", text).occurrences if item.kind is Kind.PATH}
    assert labels == {"location / > upstream api"}


def test_a_target_without_port_that_is_no_upstream_is_port_80() -> None:
    assert ports("location / { proxy_pass http://web/; }", Role.PROXIES) == ["80"]
    assert ports("location / { proxy_pass https://web; }", Role.PROXIES) == ["443"]


@pytest.mark.parametrize(
    ("directive", "port"),
    [
        ("fastcgi_pass php:9000;", "9000"),
        ("uwsgi_pass uwsgi://app:3031;", "3031"),
        ("grpc_pass grpc://api:50051;", "50051"),
        ("proxy_pass http://app:8001$request_uri;", "8001"),
        ("proxy_pass http://app:8002/api/$1$is_args$args;", "8002"),
        ("proxy_pass db:3306;", "3306"),
    ],
)
def test_each_kind_of_target(directive: str, port: str) -> None:
    assert ports(f"location ~ ^/x {{ {directive} }}", Role.PROXIES) == [port]


def test_own_variables_are_followed_to_set_in_the_block_around() -> None:
    text = (
        "server { listen 80; set $up http://a:81; location /b { set $up http://b:82; "
        "proxy_pass $up; } location /a { proxy_pass $up; } }"
    )
    extraction = run_extractor("nginx", text)
    bound = dict(extraction.bindings)
    passed = [
        item.value.name
        for item in extraction.occurrences
        if item.how == "proxy_pass" and isinstance(item.value, Reference) and item.value.local
    ]
    assert [literal.text for name in passed if isinstance(literal := bound[name], Literal)] == [
        "http://b:82",
        "http://a:81",
    ]
    assert ports(text, Role.PROXIES) == ["81", "82"]


def test_a_host_in_a_variable_implies_no_port() -> None:
    assert ports("location / { set $h app:8000; proxy_pass http://$h; }", Role.PROXIES) == ["8000"]


def test_request_variables_are_unresolved_as_targets_only() -> None:
    extraction = run_extractor("nginx", "location / { proxy_pass http://$host; proxy_set_header Host $host:8080; }")
    assert (extraction.unresolved, extraction.occurrences) == (1, ())


def test_templates_of_the_environment() -> None:
    text = (
        "server { listen ${NGINX_PORT}; listen $PORT; listen {{ .Env.P_PORT }}; "
        "location / { proxy_pass ${API_URL}; proxy_pass http://${API_HOST}:${API_PORT:-8000}/; } }"
    )
    found = facts(text)
    assert "port reads NGINX_PORT '${NGINX_PORT}'" in found
    assert "port reads PORT '$PORT'" in found
    assert "port reads P_PORT '{{ .Env.P_PORT }}'" in found
    assert "url proxies - '${API_URL}' how=proxy_pass" in found
    assert "port defaults API_PORT '8000' how=template default" in found
    assert run_extractor("nginx", "server { listen {{ port }}; }").unresolved == 1
    assert "port reads WEB_PORT '{{WEB_PORT}}'" in facts("server { listen {{WEB_PORT}}; }")


def test_origins() -> None:
    text = (
        "map $http_origin $cors { default ''; 'http://localhost:3000' $http_origin; ~^https?://localhost:3001$ 1; }\n"
        "location / { add_header 'Access-Control-Allow-Origin' 'http://localhost:3002' always;\n"
        "if ($http_origin = 'http://localhost:3003') { set $x 1; } add_header X-Port 3004; }"
    )
    assert ports(text, Role.ALLOWS) == ["3000", "3002", "3003"]
    assert run_extractor("nginx", text).unresolved == 1


def test_redirects_say_a_port_only_where_they_name_one() -> None:
    assert facts("return 301 https://$host$request_uri;") == []
    assert facts("return 301 https://$host:8443$request_uri;") == ["port connects - '8443' how=return"]


def test_look_alikes_stay_silent() -> None:
    text = (
        "worker_connections 1024; keepalive_timeout 75s; proxy_buffers 4 256k; "
        "set_real_ip_from 172.17.0.0/16; error_page 404 /404.html; proxy_read_timeout 3000;"
    )
    assert facts(text) == []


def test_includes_within_the_tree() -> None:
    text = "include snippets/a.conf; include /etc/nginx/mime.types; include ../../../out.conf; include conf.d/*.conf;"
    extraction = run_extractor("nginx", text, "nginx/nginx.conf")
    assert [(item.kind, item.path) for item in extraction.relations] == [("includes", "nginx/snippets/a.conf")]


def test_comments_are_documents() -> None:
    found = facts("# proxy_pass http://old:9999;\nserver { listen 80; }")
    assert [line for line in found if "9999'" in line and line.startswith("port")] == [
        "port documents - '9999' how=comment commented"
    ]


@pytest.mark.parametrize(
    "text", ["server { listen 81\n", "server { listen 81; }}", "server { listen 81; }\nlocation 'x {\n"]
)
def test_broken_files_say_so_and_go_on(text: str) -> None:
    extraction = run_extractor("nginx", text)
    assert extraction.problems
    assert "81" in {item.value.text for item in extraction.occurrences if isinstance(item.value, Literal)}


def test_lua_is_not_read_as_directives() -> None:
    text = 'location / { content_by_lua_block { local t = {"}"} -- } x\n listen(9000) } }\nserver { listen 80; }'
    extraction = run_extractor("nginx", text)
    assert (extraction.problems, ports(text, Role.LISTENS)) == ((), ["80"])


@given(st.text("端口🚀 \t\r\n{};'\"#$", max_size=20), st.integers(1, 65535))
def test_spans_hold_after_any_comment(noise: str, port: int) -> None:
    noise = noise.replace("\n", " ").replace("\r", " ")
    text = f"# {noise}\r\nserver {{\tlisten {port}; }}"
    values = [
        text[item.span.start : item.span.end]
        for item in run_extractor("nginx", text).occurrences
        if item.role is Role.LISTENS
    ]
    assert values == [str(port)]
