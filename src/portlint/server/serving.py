"""How the server and its one client are connected: standard input and output, or a TCP connection."""

from __future__ import annotations

import gc
import importlib.util
import logging
import socket
import sys
from typing import BinaryIO, cast

from portlint.errors import PortlintError

HOST = "127.0.0.1"


def serve(*, port: int | None = None, host: str = HOST) -> int:
    """Serve one client and end with it; the exit status is 1 where it went without asking for the end.

    With a ``port``, wait for the client there (0: any free one, named on standard error). Raises
    :class:`PortlintError` where pygls is missing or the port cannot be had.
    """
    if importlib.util.find_spec("pygls") is None or importlib.util.find_spec("lsprotocol") is None:
        raise PortlintError("the language server needs pygls: python -m pip install 'portlint[server]'")
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="portlint: %(message)s")
    if port is None:
        # Whatever prints, prints to standard error: standard output belongs to the protocol.
        output, sys.stdout = sys.stdout.buffer, sys.stderr
        return _serve(sys.stdin.buffer, output)
    try:
        listener = socket.create_server((host, port))
    except (OSError, OverflowError) as error:
        raise PortlintError(f"cannot listen on {host}:{port}: {error}") from None
    with listener:
        print(f"portlint: listening on {host}:{listener.getsockname()[1]}", file=sys.stderr, flush=True)
        connection, _ = listener.accept()
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _serve(connection.makefile("rb"), cast(BinaryIO, connection.makefile("wb")))


def _serve(given: BinaryIO, output: BinaryIO) -> int:
    from portlint.server.app import App
    from portlint.server.features import register
    from portlint.server.protocol import Messages

    # A collection takes as long as a whole look at a tree, and would come in the middle of one: see Work.
    gc.disable()
    app = App()
    register(app)
    try:
        app.server.start_io(cast(BinaryIO, Messages(given)), output)
    except OSError:
        return 1  # the client has gone
    finally:
        app.end()
    return 0 if app.server.protocol.was_shut_down else 1
