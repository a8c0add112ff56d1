"""JSON answers put together from bytes that are ready: the sandbox must outrun its clients."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from starlette.responses import Response


def json_bytes(
    body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer from finished JSON."""
    return Response(body, status, dict(headers or {}), "application/json")


def json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer from a JSON-able value."""
    return json_bytes(msgspec.json.encode(body), status, headers)


def wrapped(head: Mapping[str, Any], name: str, items: Iterable[bytes]) -> bytes:
    """An object of ``head``'s members and, last, a list ``name`` of ready items."""
    opening = msgspec.json.encode(dict(head))[:-1]
    separator = b"," if head else b""
    return b"".join((opening, separator, b'"', name.encode(), b'":[', b",".join(items), b"]}"))
