"""Terraform and Nomad: ports by the blocks they stand in."""

from __future__ import annotations

import pytest
from helpers import listing, run_extractor
from hypothesis import given
from hypothesis import strategies as st

from portlint.model import Kind, Role


def facts(text: str, path: str = "main.tf") -> list[str]:
    return listing(run_extractor("hcl", text, path), text)


def ports(text: str) -> list[tuple[str, str]]:
    found = run_extractor("hcl", text, "main.tf").occurrences
    return [(str(i.role), text[i.span.start : i.span.end]) for i in found if i.kind is Kind.PORT]


def test_variables() -> None:
    text = (
        'variable "app_port" {\r\n  type = number\r\n'
        '  description = "The port, default 8081"\r\n  default = 8080\r\n}\r\n'
    )
    found = facts(text)
    assert "port defaults app_port '8080' how=variable default" in found
    assert "port documents app_port '8081' how=description" in found
    assert facts('variable "instance_count" {\n  default = 8080\n}\n') == []
    assert "port declares app_port '8082' how=setting" in facts("app_port = 8082\n", "prod.tfvars")
    assert "port declares api_port '9000' how=locals" in facts("locals {\n  api_port = 9000\n}\n")


def test_task_definitions() -> None:
    text = """resource "aws_ecs_task_definition" "web" {
  container_definitions = jsonencode([{
    name = "web", cpu = 8000
    portMappings = [{ containerPort = var.app_port, hostPort = 8082 }]
    environment = [
      { name = "PORT", value = tostring(var.app_port) },
      { "name": "API_PORT", "value": "8083" },
    ]
  }])
}
"""
    found = facts(text)
    assert "port exposes - 'var.app_port' how=containerPort" in found
    assert "port reads app_port 'var.app_port'" in found
    assert "port declares PORT 'var.app_port' how=environment" in found
    assert "port declares API_PORT '8083' how=environment" in found
    assert ("publishes", "8082") in ports(text)


def test_json_in_a_heredoc() -> None:
    text = (
        'resource "x" "y" {\n  container_definitions = <<DEF\n[{"containerPort": 8086}]\nDEF\n'
        "  user_data = <<-EOF\n    api_port = 1234\n  EOF\n}\n"
    )
    assert ports(text) == [("exposes", "8086")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('resource "aws_lb_target_group" "t" {\n  port = 8084\n}\n', [("proxies", "8084")]),
        ('resource "aws_lb_listener" "l" {\n  port = "443"\n}\n', [("publishes", "443")]),
        ('resource "aws_lb_target_group" "t" {\n  health_check {\n    port = 8085\n  }\n}\n', [("probes", "8085")]),
        ('resource "aws_lb_target_group" "t" {\n  health_check {\n    port = "traffic-port"\n  }\n}\n', []),
        (
            'resource "kubernetes_service" "s" {\n  spec {\n    port {\n      port = 80\n'
            "      target_port = 8080\n    }\n  }\n}\n",
            [("publishes", "80"), ("proxies", "8080")],
        ),
        (
            'resource "docker_container" "c" {\n  ports {\n    internal = 80\n    external = 8080\n  }\n}\n',
            [("exposes", "80"), ("publishes", "8080")],
        ),
        (
            'job "x" {\n  network {\n    port "http" {\n      static = 8080\n      to = 80\n    }\n  }\n}\n',
            [("publishes", "8080"), ("exposes", "80")],
        ),
        (
            'resource "a" "b" {\n  environment {\n    variables = { PORT = "8085", OTHER = 1 }\n  }\n}\n',
            [("declares", "8085")],
        ),
        ('resource "a" "b" {\n  env {\n    name = "PORT"\n    value = "8086"\n  }\n}\n', [("declares", "8086")]),
    ],
)
def test_ports_by_their_blocks(text: str, expected: list[tuple[str, str]]) -> None:
    assert ports(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_security_group" "s" {\n  ingress {\n    from_port = 8080\n    to_port = 8080\n  }\n}\n',
        'resource "google_compute_firewall" "f" {\n  allow {\n    ports = ["8080"]\n  }\n}\n',
        'resource "x" "y" {\n  support = 8080\n  timeout_port_range = 8080\n  memory = 8080\n}\n',
        'module "m" {\n  source = "git::https://example.org/x.git?ref=v1"\n}\n',
        "/* port = 8080 */\n",
    ],
)
def test_look_alikes(text: str) -> None:
    assert [port for port in ports(text) if port[0] != "documents"] == []


def test_a_tangled_value_is_unresolved() -> None:
    extraction = run_extractor("hcl", 'resource "x" "y" {\n  port = var.on ? 80 : 81\n}\n')
    assert (extraction.unresolved, extraction.occurrences) == (1, ())


def test_urls_of_variables() -> None:
    found = facts('resource "x" "y" {\n  url = "http://${var.api_host}:${local.api_port}/x"\n}\n')
    assert "port declares url '${local.api_port}' how=attribute" in found
    assert "host reads api_host '${var.api_host}'" in found


@pytest.mark.parametrize(
    "text",
    [
        'variable "app_port" {\n  default = 80\n',
        'variable "app_port" {\n  default = 80\n}}\n',
        '"\nvariable "app_port" {\n  default = 80\n}\n}\n',
    ],
)
def test_broken_files_go_on(text: str) -> None:
    extraction = run_extractor("hcl", text)
    assert extraction.problems
    assert [i.role for i in extraction.occurrences] == [Role.DEFAULTS]


@given(st.text("端口🚀 \t\"'{}=", max_size=20), st.integers(1, 65535))
def test_spans_hold_after_any_comment(noise: str, port: int) -> None:
    text = f'# {noise}\r\nvariable "app_port" {{ // {noise}\r\n\tdefault\t=\t{port}\r\n}}\r\n'
    values = [
        text[i.span.start : i.span.end] for i in run_extractor("hcl", text).occurrences if i.role is Role.DEFAULTS
    ]
    assert values == [str(port)]
