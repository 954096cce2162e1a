"""The wire: messages in and out, whatever the client sends.

What pygls leaves open is settled here. A request that cannot be understood is answered with an error instead of
nothing. A broken header costs one message, not all that follow. Requests before ``initialize`` are refused, and
notifications then ignored, as LSP 3.17 asks ("Server lifecycle"). Buffers are kept by
:mod:`portlint.server.documents`, for pygls counts more kinds of line ends than the protocol has.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Generator
from typing import Any, BinaryIO, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

_log = logging.getLogger(__name__)
_LENGTH = re.compile(rb"Content-Length: *(\d+)\s*$", re.IGNORECASE)
_MOST = 256 * 1024 * 1024
_EARLY = {types.INITIALIZE, types.EXIT, types.SHUTDOWN}


class Protocol(LanguageServerProtocol):
    """pygls' protocol, made to bear with clients that do not keep to it."""

    started = False

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message as an object; a request that cannot be read is answered with an error.

        What else cannot be read is dropped, and ``None``.
        """
        if data.get("jsonrpc") != "2.0" or ("method" not in data and "id" not in data):
            return data
        data.setdefault("params", None) if "method" in data else None
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            _log.warning("not understood: %s (%s)", data.get("method") or "a response", error.__cause__)
            identity = data.get("id")
            if "method" in data and isinstance(identity, str | int):
                wrong = types.ResponseError(types.ErrorCodes.InvalidParams, f"{data['method']}: invalid parameters")
                self._send_response(identity, error=wrong)
            return None

    def handle_message(self, message: Any) -> None:
        """Hand a message to what handles it."""
        method = getattr(message, "method", None)
        if not hasattr(message, "jsonrpc") or (method is not None and not isinstance(method, str)):
            if isinstance(message, dict | list) and message:
                _log.warning("not a message: %.200r", message)
            return
        identity = getattr(message, "id", None)
        if method is not None and not self.started and method not in _EARLY:
            if identity is not None:
                early = types.ResponseError(types.ErrorCodes.ServerNotInitialized, "the server is not initialized")
                self._send_response(identity, error=early)
            return
        if method == types.INITIALIZE:
            if self.started:
                again = types.ResponseError(types.ErrorCodes.InvalidRequest, "the server is initialized already")
                self._send_response(message.id, error=again)
                return
            self.started = True
        if self._shutdown and identity is not None and method is not None:
            over = types.ResponseError(types.ErrorCodes.InvalidRequest, "the server is shutting down")
            self._send_response(identity, error=over)
            return
        if method is None and not hasattr(message, "error") and not hasattr(message, "result"):
            return
        super().handle_message(message)

    @property
    def was_shut_down(self) -> bool:
        """Whether the client asked for the end before it came."""
        return bool(self._shutdown)

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Generator[Any, Any, None]:
        """To our own handler, past pygls' own buffers."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        """To our own handler, past pygls' own buffers."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Generator[Any, Any, None]:
        """To our own handler, past pygls' own buffers."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE], (params,), None


class Messages:
    """The client's bytes as pygls reads them: a well-formed header, an empty line, a body, and again.

    A header that says no length, or one that cannot be meant, is skipped up to the next that does. pygls would take
    the body that follows for headers, and every message after it, too.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ready: list[bytes] = []

    def readline(self) -> bytes:
        """The next line of a header; empty at the end."""
        if self._ready:
            return self._ready.pop(0)
        length = self._length()
        if length is None:
            return b""
        self._ready = [b"\r\n"]
        return b"Content-Length: %d\r\n" % length

    def read(self, count: int) -> bytes:
        """A body; empty where the stream ends within it."""
        body = self._stream.read(count)
        return body if len(body) == count else b""

    def _length(self) -> int | None:
        """The length that the next header states that states one, with all of that header read."""
        length = 0
        while line := self._stream.readline(1 << 20):
            # What stands before it on the line is the rest of a body whose length was not to be read.
            match = _LENGTH.search(line)
            if match and len(match[1]) < 12 and 0 < int(match[1]) <= _MOST:
                length = int(match[1])
            elif length and not line.strip():
                return length
            elif match:
                length = 0
        return None


class Server(LanguageServer):
    """pygls' server; what goes wrong is logged and does not interrupt the user."""

    protocol: Protocol

    def report_server_error(self, error: Exception, source: Any) -> None:
        """A line in the client's log."""
        what = " ".join(f"{type(error).__name__}: {error}".split())
        _log.warning("%s", what)
        params = types.LogMessageParams(types.MessageType.Warning, f"portlint: {what[:1000]}")
        cast(Any, self).window_log_message(params)
