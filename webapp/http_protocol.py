"""uvicorn's HTTP protocol, with an end to a request: httptools has neither a time nor a size for it."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 20
BODY_SECONDS = 25  # after what the shop itself waits for, so that it can answer with a sentence
HEAD_BYTES = 64 * 1024
TOO_SLOW = b"408 Request Timeout"
TOO_LARGE = b"431 Request Header Fields Too Large"


class BoundedProtocol(HttpToolsProtocol):
    """Close a connection whose request line and headers take more than HEAD_SECONDS or HEAD_BYTES.

    Or whose body takes more than BODY_SECONDS: a request that is answered before its body has come would stay open.
    """

    _arrived = 0
    _timer: asyncio.TimerHandle | None = None
    _body_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        self._end_body()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._timer is not None:
            self._arrived += len(data)
        super().data_received(data)
        if self._timer is not None and self._arrived > HEAD_BYTES:
            self._refuse(TOO_LARGE)

    def on_message_begin(self) -> None:
        if self._timer is None:
            self._begin()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._end()
        self._body_timer = self.loop.call_later(BODY_SECONDS, self.transport.close)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._end_body()
        super().on_message_complete()

    def _begin(self) -> None:
        self._arrived = 0
        self._timer = self.loop.call_later(HEAD_SECONDS, self._refuse, TOO_SLOW)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end_body(self) -> None:
        if self._body_timer is not None:
            self._body_timer.cancel()

    def _refuse(self, status: bytes) -> None:
        self._end()
        self.transport.write(b"HTTP/1.1 %b\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" % status)
        self.transport.close()
