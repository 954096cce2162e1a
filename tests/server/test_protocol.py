"""A client that does not keep to the protocol must not take the server down, nor deafen it."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsp_editor import PATIENCE, SERVER

Message = dict[str, Any]


class Wire:
    """A server, and the bytes to and from it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.process = subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.received: Queue[Message | None] = Queue()
        self.seen: list[Message] = []
        self.errors = b""
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        assert self.process.stderr is not None
        self.errors = self.process.stderr.read()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        while header := self.process.stdout.readline():
            if header.startswith(b"Content-Length:"):
                length = int(header.partition(b":")[2])
                while self.process.stdout.readline().strip():
                    pass
                self.received.put(json.loads(self.process.stdout.read(length)))
        self.received.put(None)

    def raw(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: Any) -> None:
        body = json.dumps(message).encode()
        self.raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method: str, params: Any = None) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def answer(self, identity: Any) -> Message:
        """The answer to a request; what else comes is kept."""
        while True:
            message = self.received.get(timeout=PATIENCE)
            assert message is not None, f"the server ended: {self.errors.decode(errors='replace')}"
            self.seen.append(message)
            if message.get("id") == identity and "method" not in message:
                return message

    def request(self, identity: Any, method: str, params: Any = None) -> Message:
        self.send({"jsonrpc": "2.0", "id": identity, "method": method, "params": params})
        return self.answer(identity)

    def begin(self) -> None:
        given = {"processId": None, "rootUri": self.root.as_uri(), "capabilities": {}}
        assert "result" in self.request("begin", "initialize", given)
        self.notify("initialized", {})

    def hover(self, identity: str) -> Message:
        where = {"textDocument": {"uri": (self.root / ".env").as_uri()}, "position": {"line": 0, "character": 11}}
        return self.request(identity, "textDocument/hover", where)

    def works(self) -> None:
        assert "SHOP_PORT" in str(self.hover("still there?")["result"])

    def end(self) -> int:
        self.request("end", "shutdown")
        self.notify("exit")
        return self.process.wait(PATIENCE)


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    (tmp_path / ".env").write_text("SHOP_PORT=8300\n", "utf-8")
    (tmp_path / ".env.example").write_text("SHOP_PORT=8300\n", "utf-8")
    wire = Wire(tmp_path)
    yield wire
    if wire.process.poll() is None:
        wire.process.kill()
    wire.process.wait()
    for stream in (wire.process.stdin, wire.process.stdout):
        with contextlib.suppress(OSError):
            assert stream is not None
            stream.close()


BROKEN = {
    "no JSON": b'Content-Length: 9\r\n\r\n{"jsonrpc',
    "no object": b"Content-Length: 4\r\n\r\n1234",
    "null": b"Content-Length: 4\r\n\r\nnull",
    "a batch": b'Content-Length: 50\r\n\r\n[{"jsonrpc": "2.0", "method": "a", "params": null}]'[:-1],
    "no UTF-8": b"Content-Length: 4\r\n\r\n\xff\xfe\xfd\xfc",
    "another JSON-RPC": b'Content-Length: 32\r\n\r\n{"jsonrpc": "1.0", "method": "a"}',
    "no method": b'Content-Length: 18\r\n\r\n{"jsonrpc": "2.0"}',
    "a method that is none": b'Content-Length: 30\r\n\r\n{"jsonrpc": "2.0","method": 12}',
    "a length that is none": b'Content-Length: many\r\n\r\n{"jsonrpc": "2.0"}',
    "a negative length": b'Content-Length: -5\r\n\r\n{"jsonrpc": "2.0"}',
    "a length without measure": b'Content-Length: 99999999999999\r\n\r\n{"jsonrpc": "2.0"}',
    "no length": b'Content-Type: text/plain\r\n\r\n{"jsonrpc": "2.0"}',
    "other text": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an empty body": b"Content-Length: 0\r\n\r\n",
    "small letters": b"content-length: 4\r\n\r\nnull",
    "deep nesting": b"Content-Length: 200000\r\n\r\n" + b"[" * 200000,
}


def test_a_broken_message_costs_itself_alone(wire: Wire) -> None:
    for data in BROKEN.values():
        wire.raw(data)
    wire.begin()
    for name, data in BROKEN.items():
        wire.raw(data)
        assert "SHOP_PORT" in str(wire.hover(name)["result"]), name
    assert wire.end() == 0


def test_requests_that_cannot_be_understood_are_answered(wire: Wire) -> None:
    wire.begin()
    invalid = -32602
    assert wire.request(1, "textDocument/hover", {"textDocument": 5})["error"]["code"] == invalid
    assert wire.request(2, "textDocument/hover")["error"]["code"] == invalid
    assert wire.request(3, "textDocument/nothing", {})["error"]["code"] == -32601
    assert wire.request("4", "$/unheard", {})["error"]["code"] == -32601
    wire.works()
    assert wire.end() == 0


def test_requests_before_the_beginning_and_after_the_end_are_refused(wire: Wire) -> None:
    assert wire.hover("early")["error"]["code"] == -32002
    wire.notify("textDocument/didOpen", {"textDocument": {}})
    wire.notify("initialized", {})
    wire.begin()
    again = {"processId": None, "rootUri": None, "capabilities": {}}
    assert wire.request("again", "initialize", again)["error"]["code"] == -32600
    wire.works()
    assert "result" in wire.request("end", "shutdown")
    assert wire.hover("late")["error"]["code"] == -32600
    wire.notify("exit")
    assert wire.process.wait(PATIENCE) == 0


def test_an_exit_without_a_shutdown_is_status_1(wire: Wire) -> None:
    wire.begin()
    wire.notify("exit")
    assert wire.process.wait(PATIENCE) == 1


def test_a_client_that_just_goes_ends_the_server(wire: Wire) -> None:
    wire.begin()
    assert wire.process.stdin is not None
    wire.process.stdin.close()
    assert wire.process.wait(PATIENCE) == 1


ENV = object()
DOCUMENTS = [
    ("textDocument/didChange", {"textDocument": {"uri": ENV, "version": 7}, "contentChanges": [{"text": "A=1\n"}]}),
    ("textDocument/didChange", {"textDocument": {"uri": ENV, "version": -7}, "contentChanges": []}),
    ("textDocument/didClose", {"textDocument": {"uri": ENV}}),
    ("textDocument/didSave", {"textDocument": {"uri": ENV}}),
    ("textDocument/didOpen", {"textDocument": {"uri": ENV, "languageId": "", "version": 3, "text": "SHOP_PORT=83\n"}}),
    (
        "textDocument/didChange",
        {
            "textDocument": {"uri": ENV, "version": 1},
            "contentChanges": [
                {"range": {"start": {"line": 900, "character": 9}, "end": {"line": 0, "character": 2}}, "text": "x"},
                {
                    "range": {"start": {"line": 0, "character": 999}, "end": {"line": 0, "character": 0}},
                    "text": "\ud800",
                },
            ],
        },
    ),
    ("textDocument/didOpen", {"textDocument": {"uri": "file://%zz/\x00", "languageId": "", "version": 3, "text": ""}}),
    ("workspace/didChangeWatchedFiles", {"changes": [{"uri": ENV, "type": 3}, {"uri": "nonsense", "type": 1}]}),
    ("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [{"uri": "file:///no", "name": ""}]}}),
    ("workspace/didChangeConfiguration", {"settings": [1, 2]}),
    ("workspace/didChangeConfiguration", {"settings": {"portlint": {"select": 4, "debounce": True}}}),
    ("window/workDoneProgress/cancel", {"token": "nobody's"}),
    ("$/cancelRequest", {"id": 12345}),
    ("$/setTrace", {"value": "verbose"}),
    ("exit/not", None),
]


def _filled(given: Any, uri: str) -> Any:
    if given is ENV:
        return uri
    if isinstance(given, dict):
        return {key: _filled(value, uri) for key, value in given.items()}
    return [_filled(item, uri) for item in given] if isinstance(given, list) else given


def test_messages_in_any_order_are_borne(wire: Wire) -> None:
    wire.begin()
    uri = (wire.root / ".env").as_uri()
    for step in (1, 3, 7, 11):
        for index in range(len(DOCUMENTS)):
            method, params = DOCUMENTS[index * step % len(DOCUMENTS)]
            wire.notify(method, _filled(params, uri))
    wire.notify("textDocument/didOpen", _filled(DOCUMENTS[4][1], uri))
    wire.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    wire.works()
    wire.send({"jsonrpc": "2.0", "id": "nobody's", "result": 4})
    wire.send({"jsonrpc": "2.0", "id": "nobody's", "error": {"code": 1, "message": ""}})
    wire.send({"jsonrpc": "2.0", "id": None, "error": "?"})
    wire.works()
    assert wire.end() == 0


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from(sorted(BROKEN.values(), key=len)[:-1])), max_size=5))
def test_well_formed_messages_are_found_in_whatever_comes(pieces: list[bytes]) -> None:
    """What :class:`Messages` hands on is always whole; a good message after a line end is always found."""
    import io

    from portlint.server.protocol import Messages

    body = b'{"good": 1}'
    noise = re.sub(rb"(?i)content-length", b"Content-Width", b"".join(pieces))
    stream = Messages(io.BytesIO(noise + b"\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)))
    assert stream.readline() == b"Content-Length: 11\r\n"
    assert stream.readline() == b"\r\n"
    assert stream.read(11) == body
    assert stream.readline() == b""


def test_without_pygls_one_message_says_how_to_get_it() -> None:
    code = (
        "import sys, importlib.util as util; find = util.find_spec\n"
        "util.find_spec = lambda name, package=None: None if name == 'pygls' else find(name, package)\n"
        "sys.argv = ['portlint', 'server']\nfrom portlint.__main__ import main\nsys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == "portlint: the language server needs pygls: python -m pip install 'portlint[server]'\n"


def test_over_tcp(tmp_path: Path) -> None:
    import socket

    process = subprocess.Popen([*SERVER, "--tcp"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        host, port = line.removeprefix("portlint: listening on ").strip().split(":")
        with socket.create_connection((host, int(port)), PATIENCE) as connection:
            stream = connection.makefile("rwb")

            def send(message: Message) -> None:
                body = json.dumps({"jsonrpc": "2.0", **message}).encode()
                stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
                stream.flush()

            send({"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}})
            header = stream.readline()
            assert header.startswith(b"Content-Length: ")
            stream.readline(), stream.readline()
            answer = json.loads(stream.read(int(header.partition(b":")[2])))
            assert answer["result"]["serverInfo"]["name"] == "portlint"
            send({"id": 2, "method": "shutdown"})
            stream.readline()
            send({"method": "exit"})
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_port_that_is_taken_is_a_usage_error() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [*SERVER, "--tcp", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2 and f"cannot listen on 127.0.0.1:{port}" in done.stderr
