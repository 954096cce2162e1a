"""systemd units: commands, environments, sockets, published ports."""

from __future__ import annotations

from helpers import listing, run_extractor

from portlint.model import Kind, Role


def facts(text: str, path: str = "deploy/app.service") -> list[str]:
    return listing(run_extractor("systemd", text, path), text)


def test_environment_in_every_form() -> None:
    found = facts(
        '[Service]\r\nEnvironment="APP_PORT=8000" OTHER_PORT=8001\r\n'
        'Environment=X_PORT="8002"\r\n#Environment=Y_PORT=8003\r\n'
    )
    for name, port in (("APP_PORT", 8000), ("OTHER_PORT", 8001), ("X_PORT", 8002)):
        assert f"port declares {name} '{port}' how=Environment=" in found
    assert [line for line in found if "8003" in line] == ["port documents Y_PORT '8003' how=comment commented"]


def test_commands_over_lines() -> None:
    text = (
        "[Service]\nExecStart=-/usr/bin/uvicorn app:app \\\n  --port 8000\nTimeoutStopSec=9000\nDescription=port 7000\n"
    )
    found = run_extractor("systemd", text).occurrences
    assert [text[i.span.start : i.span.end] for i in found if i.kind is Kind.PORT] == ["8000"]


def test_sockets() -> None:
    text = (
        "[Socket]\nListenStream=9000\nListenStream=127.0.0.1:9001\nListenStream=/run/x.sock\n"
        "ListenDatagram=[::]:9002\nBacklog=4096\n"
    )
    found = run_extractor("systemd", text, "x.socket").occurrences
    assert [text[i.span.start : i.span.end] for i in found if i.kind is Kind.PORT] == ["9000", "9001", "9002"]


def test_containers() -> None:
    text = (
        "[Container]\nPublishPort=8080:80\nPublishPort=127.0.0.1:8081:81/tcp\nPublishPort=82\n"
        "PublishPort=9000-9010:9000-9010\n"
    )
    extraction = run_extractor("systemd", text, "web.container")
    found = [(i.role, text[i.span.start : i.span.end], i.network, i.group) for i in extraction.occurrences]
    assert [(role, value, network) for role, value, network, _ in found] == [
        (Role.PUBLISHES, "8080", "host"),
        (Role.EXPOSES, "80", "container:web"),
        (Role.PUBLISHES, "8081", "host"),
        (Role.EXPOSES, "81", "container:web"),
        (Role.EXPOSES, "82", "container:web"),
    ]
    assert found[0][3] == found[1][3] != found[2][3]
    assert extraction.unresolved == 1


def test_files_of_environments() -> None:
    text = "[Service]\nEnvironmentFile=-./app.env\nEnvironmentFile=/etc/app.env\n"
    assert [i.path for i in run_extractor("systemd", text, "deploy/app.service").relations] == ["deploy/app.env"]
