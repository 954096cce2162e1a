"""Kubernetes manifests and chart templates."""

from __future__ import annotations

from typing import Any

import pytest
from helpers import listing, run_extractor

from portlint import launches
from portlint.collecting import Collector
from portlint.commands import Command
from portlint.model import Extraction
from portlint.values import Literal, Reference, Unknown, literal_text

Launched = list[tuple[list[Any], dict[str, Any]]]


@pytest.fixture(autouse=True)
def launched(monkeypatch: pytest.MonkeyPatch) -> Launched:
    """The commands handed on, instead of what they mean."""
    seen: Launched = []

    def collect(command: Command, into: Collector, **fields: Any) -> bool:
        seen.append((list(command.words), fields))
        return True

    monkeypatch.setattr(launches, "collect", collect)
    return seen


def read(text: str, path: str = "k8s/api.yaml") -> Extraction:
    return run_extractor("yamlconfig", text, path)


def workload(container: str, kind: str = "Deployment", pod: str = "") -> str:
    inner = "".join(f"          {line}\n" for line in container.splitlines())
    return (
        f"apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: api\nspec:\n  template:\n    metadata:\n      labels:\n"
        f"        app: api-app\n        tier: x\n    spec:\n{pod}      containers:\n        - name: main\n{inner}"
    )


def values(text: str, role: str) -> list[str]:
    return [text[item.span.start : item.span.end] for item in read(text).occurrences if item.role == role]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicationController", "Rollout"])
def test_container_ports(kind: str) -> None:
    text = workload(
        "ports:\n  - containerPort: 8000\n    hostPort: 80\n  - {name: dns, containerPort: 53, protocol: UDP}", kind
    )
    assert listing(read(text), text) == [
        "port exposes - '8000' how=containerPort network=container:api service=api",
        "port publishes - '80' how=hostPort network=host service=api",
        "port exposes - '53' how=containerPort udp network=container:api service=api",
    ]


def test_pods_cron_jobs_and_lists() -> None:
    pod = "{name: p}\n  spec:\n    containers: [{ports: [{containerPort: 80}]}]\n"
    listed = f"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {pod}"
    assert values(listed, "exposes") == ["80"]
    cron = (
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec:\n  jobTemplate:\n    spec:\n      template:\n"
    )
    cron += "        spec:\n          containers: [{ports: [{containerPort: 81}]}]\n"
    assert values(cron, "exposes") == ["81"]


def test_what_a_workload_is() -> None:
    text = workload("image: me/api:1\nargs: ['x']", pod="      hostNetwork: true\n")
    (found,) = read(text).services
    assert (found.name, found.kind, found.image, found.network, found.command) == (
        "api",
        "workload",
        "me/api:1",
        "host",
        True,
    )
    assert found.aliases == ("api-app", "main")


def test_environment() -> None:
    text = workload(
        "env:\n  - name: DB_PORT\n    value: '5432'\n  - name: DB_URL\n    value: postgres://$(DB_HOST):$(DB_PORT)/x\n"
        "  - name: DB_HOST\n    valueFrom: {configMapKeyRef: {name: cm, key: HOST_KEY}}\n  - name: LEVEL\n"
        "    value: '5432'"
    )
    found = {(item.name, item.kind.value): item.value for item in read(text).occurrences if item.role == "declares"}
    assert literal_text(found["DB_PORT", "port"]) == "5432"
    port = found["DB_URL", "port"]
    assert isinstance(port, Reference) and port.name == "DB_PORT"
    host = found["DB_HOST", "host"]
    assert isinstance(host, Reference) and host.name == "HOST_KEY"
    assert not any(name == "LEVEL" for name, _ in found)


def test_a_variable_set_twice() -> None:
    text = workload("env:\n  - {name: A_PORT, value: '1'}\n  - {name: A_PORT, value: '2'}")
    assert [remark.name for remark in read(text).remarks] == ["A_PORT"]


def test_probes_and_named_ports() -> None:
    text = workload(
        "ports:\n  - {name: http, containerPort: 8000}\nlivenessProbe:\n  httpGet: {path: /live, port: http}\n"
        "readinessProbe:\n  tcpSocket: {port: 8001}\nstartupProbe:\n  httpGet: {path: /x, port: web}\n"
    )
    extraction = read(text)
    probes = [item for item in extraction.occurrences if item.role == "probes" and item.kind == "port"]
    assert [text[item.span.start : item.span.end] for item in probes] == ["http", "8001", "web"]
    named = probes[0].value
    assert isinstance(named, Reference) and named.local
    assert literal_text(dict(extraction.bindings)[named.name]) == "8000"
    assert isinstance(probes[2].value, Unknown) and extraction.unresolved == 1
    paths = {
        text[item.span.start : item.span.end]: item.group for item in extraction.occurrences if item.kind == "path"
    }
    assert paths == {"/live": probes[0].group, "/x": probes[2].group}


def test_commands(launched: Launched) -> None:
    read(
        workload(
            "image: me/api:1\ncommand: ['uvicorn']\nargs: ['--port', '$(PORT)']\n"
            "livenessProbe:\n  exec: {command: ['sh', '-c', 'curl localhost:80']}"
        )
    )
    words, fields = launched[0]
    assert [word.text for word in words] == ["uvicorn", "--port", "$(PORT)"]
    assert isinstance(words[2].value, Reference) and words[2].value.name == "PORT"
    assert fields == {"service": "api", "network": "container:api"}
    assert [word.text for word in launched[1][0]] == ["curl", "localhost:80"]
    assert launched[1][1]["role"] == "probes"


def test_arguments_alone_belong_to_the_image(launched: Launched) -> None:
    read(workload("image: registry/postgres:16\nargs: ['-p', '5433']"))
    assert [word.text for word in launched[0][0]] == ["postgres", "-p", "5433"]


SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: api-svc}\nspec:\n  selector: {app: api-app}\n  ports:\n"


def test_services() -> None:
    text = SERVICE + "    - {port: 80, targetPort: 8000, nodePort: 30080}\n    - port: 81\n"
    assert listing(read(text), text) == [
        "port publishes - '80' how=service port network=cluster service=api-svc",
        "port proxies - '8000' how=targetPort service=api-svc",
        "port publishes - '30080' how=nodePort network=host service=api-svc",
        "port proxies - '81' how=targetPort (same as port) service=api-svc",
        "port publishes - '81' how=service port network=cluster service=api-svc",
    ]
    (found,) = read(text).services
    assert (found.name, found.kind, found.aliases) == ("api-svc", "service", ("api-app",))


def test_a_named_target_is_looked_up_in_the_file() -> None:
    text = (
        SERVICE + "    - {port: 80, targetPort: web}\n---\n" + workload("ports:\n  - {name: web, containerPort: 9000}")
    )
    extraction = read(text)
    target = next(item.value for item in extraction.occurrences if item.how == "targetPort")
    assert isinstance(target, Reference)
    assert literal_text(dict(extraction.bindings)[target.name]) == "9000"
    alone = read(SERVICE + "    - {port: 80, targetPort: web}\n")
    assert alone.unresolved == 1


@pytest.mark.parametrize(
    "backend",
    [
        "service: {name: api-svc, port: {number: 80}}",
        "{serviceName: api-svc, servicePort: 80}",
    ],
)
def test_ingress(backend: str) -> None:
    body = backend if backend.startswith("{") else "{" + backend + "}"
    text = (
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec:\n  rules:\n"
        "    - host: a.example.com\n"
        f"      http:\n        paths:\n          - path: /api\n            backend: {body}\n"
    )
    found = [(item.kind.value, text[item.span.start : item.span.end], item.service) for item in read(text).occurrences]
    assert sorted(found) == [("host", "api-svc", "api-svc"), ("path", "/api", "api-svc"), ("port", "80", "api-svc")]
    assert {item.role.value for item in read(text).occurrences} == {"proxies"}


@pytest.mark.parametrize(
    "body",
    [
        "kind: HTTPRoute\nspec:\n  rules: [{backendRefs: [{name: api, port: 80}]}]",
        "kind: IngressRoute\nspec:\n  routes: [{services: [{name: api, port: 80}]}]",
        "kind: VirtualService\nspec:\n  http: [{route: [{destination: {host: api.ns.svc, port: {number: 80}}}]}]",
    ],
)
def test_other_routes(body: str) -> None:
    text = f"apiVersion: x/v1\nmetadata: {{name: r}}\n{body}\n"
    assert [(item.kind.value, item.service) for item in read(text).occurrences] == [("host", "api"), ("port", "api")]


@pytest.mark.parametrize("kind", ["CustomResourceDefinition", "NetworkPolicy", "ServiceAccount", "PrometheusRule"])
def test_kinds_that_say_nothing(kind: str) -> None:
    assert read(f"apiVersion: x/v1\nkind: {kind}\nspec: {{port: 80, host: localhost}}\n").occurrences == ()


def test_config_maps() -> None:
    text = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata:\n  DB_PORT: '5432'\n  NOTE: hello 5432\n"
        "  settings.yml: |\n    server:\n      port: 9000\n"
    )
    found = [
        (item.role.value, item.name, text[item.span.start : item.span.end], item.label)
        for item in read(text).occurrences
    ]
    assert found == [("declares", "DB_PORT", "5432", "cm"), ("listens", "server.port", "9000", "cm")]
    assert read(text.replace("ConfigMap", "Secret")).occurrences == ()


def test_kustomize_literals() -> None:
    text = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nconfigMapGenerator:\n  - name: c\n"
    text += "    literals: [API_PORT=8000, X=1]\n"
    assert listing(read(text), text) == ["port declares API_PORT '8000' how=configMapGenerator"]


def test_chart_templates() -> None:
    text = (
        "{{- $port := .Values.service.port -}}\napiVersion: v1\nkind: Service\nmetadata:\n"
        '  name: {{ include "c.name" . }}\n'
        "spec:\n  {{- if .Values.x }}\n  type: X\n  {{- end }}\n  ports:\n"
        "    - port: {{ $port }}\n      targetPort: {{ .Values.target | default 8080 }}\n"
        '      nodePort: {{ include "x" . }}\n'
    )
    extraction = read(text, "charts/shop/templates/service.yaml")
    assert extraction.problems == ()
    assert extraction.services[0].name == "shop"
    by_how = {item.how: item.value for item in extraction.occurrences}
    port, target = by_how["service port"], by_how["targetPort"]
    assert isinstance(port, Reference) and port.local
    bound = dict(extraction.bindings)[port.name]
    assert isinstance(bound, Reference) and bound.name == "service.port"
    assert isinstance(target, Reference) and target.name == "target" and isinstance(target.operand, Literal)
    assert isinstance(by_how["nodePort"], Unknown) and extraction.unresolved == 1


def test_a_template_that_is_no_yaml_is_no_crash() -> None:
    read(
        "{{ range }}\napiVersion: v1\nkind: Service\n {{ bad\n  - }}: [\nspec:\n\tports:\n", "charts/x/templates/a.yaml"
    )


@pytest.mark.parametrize(
    "body", ["containers: 3", "containers: [3, null, {}]", "containers: [{ports: x, env: {a: b}, livenessProbe: []}]"]
)
def test_odd_manifests(body: str) -> None:
    read(f"apiVersion: v1\nkind: Pod\nspec: {{{body}}}\n")
