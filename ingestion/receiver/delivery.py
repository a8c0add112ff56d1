"""What is done with one delivery, cheapest and most telling refusal first.

A body whose signature holds is never refused: a vendor that gets an error sends it again for
hours (Greenhouse 15, Xero 24) and then switches the webhook off. What cannot be used is put
aside with its bytes and a reason, and answered 200; nothing is lost, and what follows is not
held up. ``put_aside`` offers it again.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from starlette.requests import ClientDisconnect, Request

from ingestion.event_key import Unusable, keyed, usable
from ingestion.inbox import Event, InboxUnavailable, Quarantined
from ingestion.receiver.answers import Answer, Refused
from ingestion.receiver.backlog import Backlog
from ingestion.receiver.limits import Limits
from ingestion.receiver.outcomes import log
from ingestion.receiver.source import Source
from ingestion.receiver.writer import Delivery, Writer
from ingestion.signatures import SignatureError, Signed
from ingestion.strict_json import require_strict

# When to come again, in seconds.
_BACKLOG_SECONDS = "30"
_INBOX_SECONDS = "10"
_HELD_SECONDS = "1"


class Deliveries:
    """Takes deliveries of all sources; use on one event loop."""

    def __init__(
        self, writer: Writer, backlog: Backlog, limits: Limits, clock: Callable[[], datetime]
    ) -> None:
        self._writer = writer
        self._backlog = backlog
        self._limits = limits
        self._clock = clock
        self._held = 0

    async def take(self, source: Source, request: Request) -> tuple[Answer, int]:
        """The answer, and the size of the body.

        Raises:
            Refused: it is not taken.
        """
        if not source.secrets:
            raise Refused(403, "secret_missing")
        received = bytearray()
        try:
            await self._receive(request, received)
            return await self._verified(source, request, bytes(received)), len(received)
        finally:
            self._held -= len(received)

    async def _receive(self, request: Request, received: bytearray) -> None:
        """Fill in the raw body. What is in it is counted in ``_held`` until it is dealt with."""
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self._limits.max_body_bytes:
            raise Refused(413, "body_too_large")
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                async for chunk in request.stream():
                    received += chunk
                    self._held += len(chunk)
                    if len(received) > self._limits.max_body_bytes:
                        raise Refused(413, "body_too_large")
                    if self._held > self._limits.max_held_bytes:
                        raise Refused(503, "too_much_waiting", {"Retry-After": _HELD_SECONDS})
        except TimeoutError as error:
            raise Refused(408, "body_too_slow") from error
        except ClientDisconnect as error:
            raise Refused(400, "body_incomplete") from error

    async def _verified(self, source: Source, request: Request, body: bytes) -> Answer:
        now = self._clock()
        try:
            signed = source.webhook.scheme.verify(request.headers, body, source.secrets, now)
        except SignatureError as error:
            raise Refused(401, error.reason) from error
        delivery = self._sorted(source, body, signed, now)
        if delivery is None:
            return Answer(200, "handshake")
        if self._backlog.depth > self._limits.max_backlog:
            raise Refused(503, "backlog", {"Retry-After": _BACKLOG_SECONDS})
        try:
            is_new = await self._writer.store(delivery)
        except InboxUnavailable as error:
            raise Refused(503, error.reason, {"Retry-After": _INBOX_SECONDS}) from error
        if isinstance(delivery, Quarantined):
            return Answer(200, "quarantined", delivery.reason)
        return Answer(200, "accepted" if is_new else "repeated")

    def _sorted(
        self, source: Source, body: bytes, signed: Signed, now: datetime
    ) -> Delivery | None:
        """An event, something to put aside, or nothing: the vendor only tries us."""

        try:
            with keyed():
                require_strict(body, self._limits.max_depth)
                if source.webhook.is_handshake(body):
                    return None
                key = usable(source.webhook.key_of(body, signed))
        except Unusable as error:
            if error.place:
                log.error("%s: an event's key could not be read: %s", source.name, error.place)
            return Quarantined(source.name, None, now, body, error.reason)
        return Event(source.name, key, now, body)
