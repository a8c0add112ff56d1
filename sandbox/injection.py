"""ASGI middleware that spoils answers as the ordered faults say."""

import asyncio
from collections import deque
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults import Fault, Faults
from sandbox.protocol.answers import json

_HTML = b"<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"


class Injection:
    """Wraps the vendors' application, and remembers the last requests' paths and statuses."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults
        self.requests: deque[tuple[str, str, int]] = deque(maxlen=10_000)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        striking = self._faults.striking(scope["path"])
        for fault in striking:
            if fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
        spoiling = next((fault for fault in striking if fault.kind != "delay"), None)

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.requests.append((scope["method"], scope["path"], message["status"]))
            await send(message)

        if spoiling is None:
            await self._app(scope, receive, noted)
        elif spoiling.kind in ("status", "rate_limited", "html"):
            await self._instead(spoiling, scope, receive, noted)
        else:
            await self._spoilt(spoiling, scope, receive, noted)

    async def _instead(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.kind == "html":
            await _send(send, 200, _HTML, b"text/html")
            return
        status = 429 if fault.kind == "rate_limited" else fault.status
        waits = fault.kind == "rate_limited" and fault.retry_after is not None
        headers = {"Retry-After": str(fault.retry_after)} if waits else {}
        answer = json({"message": "injected fault"}, status, headers)
        await answer(scope, receive, send)

    async def _spoilt(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """The true answer, collected and then changed, cut short or broken off."""
        started: Message = {"status": 200}
        chunks: list[bytes] = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
            else:
                chunks.append(message.get("body", b""))

        await self._app(scope, receive, collect)
        body = b"".join(chunks)
        status = started["status"]
        if fault.kind == "mutate":
            await _send(send, status, _mutated(body, fault))
        elif fault.kind == "truncated":
            await _send(send, status, body[: len(body) // 2])
        else:
            await send(_start(status, len(body), b"application/json"))
            # An answer left unfinished makes the server drop the connection.
            await send({"type": "http.response.body", "body": body[:20], "more_body": True})


def _start(status: int, length: int, kind: bytes) -> Message:
    headers = [(b"content-type", kind), (b"content-length", str(length).encode())]
    return {"type": "http.response.start", "status": status, "headers": headers}


async def _send(send: Send, status: int, body: bytes, kind: bytes = b"application/json") -> None:
    await send(_start(status, len(body), kind))
    await send({"type": "http.response.body", "body": body})


def _mutated(body: bytes, fault: Fault) -> bytes:
    answer: Any = msgspec.json.decode(body)
    lists = [value for value in answer.values() if isinstance(value, list)]
    items = lists[-1] if lists else [answer]
    if fault.mutation is not None and fault.item < len(items):
        fault.mutation(items[fault.item])
    return msgspec.json.encode(answer)
