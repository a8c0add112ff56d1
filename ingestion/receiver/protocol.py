"""HTTP as uvicorn reads it, with two limits that it lacks: on the size of a request's head, and
on how long one may take to come. What is not HTTP is counted like any other refusal.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_HEAD_BYTES = 64 * 1024
_HEAD_SECONDS = 10.0
_REFUSALS = {
    400: b"HTTP/1.1 400 Bad Request\r\n",
    408: b"HTTP/1.1 408 Request Timeout\r\n",
    431: b"HTTP/1.1 431 Request Header Fields Too Large\r\n",
}

Count = Callable[[int, str], None]


def careful(count: Count) -> type[HttpToolsProtocol]:
    """uvicorn's protocol with the limits; ``count`` is told status and reason of each refusal."""

    class CarefulProtocol(HttpToolsProtocol):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._head_bytes = 0
            self._head_ends: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._await_head()

        def connection_lost(self, exc: Exception | None) -> None:
            self._have_head()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self._head_ends is not None:
                self._head_bytes += len(data)
                if self._head_bytes > _MOST_HEAD_BYTES:
                    self._refuse(431, "head_too_large")

        def on_message_begin(self) -> None:
            super().on_message_begin()
            if self._head_ends is None:
                self._await_head()

        def on_headers_complete(self) -> None:
            self._have_head()
            super().on_headers_complete()

        def send_400_response(self, msg: str) -> None:
            self._refuse(400, "not_http")

        def _await_head(self) -> None:
            self._head_bytes = 0
            self._head_ends = self.loop.call_later(
                _HEAD_SECONDS, self._refuse, 408, "head_too_slow"
            )

        def _have_head(self) -> None:
            if self._head_ends is not None:
                self._head_ends.cancel()
                self._head_ends = None

        def _refuse(self, status: int, reason: str) -> None:
            self._have_head()
            if self.transport.is_closing():
                return
            count(status, reason)
            body = b'{"status":"refused","reason":"%s"}' % reason.encode()
            self.transport.write(
                _REFUSALS[status]
                + b"content-type: application/json\r\nvouch-status: refused\r\nvouch-reason: "
                + b"%s\r\ncontent-length: %d\r\n" % (reason.encode(), len(body))
                + b"connection: close\r\n\r\n"
                + body
            )
            self.transport.close()

    return CarefulProtocol
