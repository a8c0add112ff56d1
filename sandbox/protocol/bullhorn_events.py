"""Bullhorn's event subscriptions: queues that are read in numbered batches."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.limits import Limits, Window
from sandbox.protocol.answers import json
from sandbox.protocol.bullhorn_errors import refused, too_many
from sandbox.protocol.bullhorn_login import CORPORATION, Login
from sandbox.protocol.bullhorn_rest import ENTITIES

_MOST = 100
_NAMES = {entity: name for name, entity in ENTITIES.items()}


@dataclass
class _Queue:
    names: frozenset[str]
    kinds: frozenset[str]
    waiting: deque[dict[str, Any]] = field(default_factory=deque)
    last: int = 0
    handed_out: list[dict[str, Any]] = field(default_factory=list)


class Subscriptions:
    """All subscriptions of the corporation (thread-safe)."""

    def __init__(self, login: Login, limits: Limits) -> None:
        self._login = login
        self._window = Window(limits.bullhorn_per_minute, 60)
        self._lock = threading.Lock()
        self._queues: dict[str, _Queue] = {}
        self._numbers = count(40_000_000)

    def routes(self) -> list[Route]:
        """Subscribe, read, ask for the last number, unsubscribe."""
        path = f"/rest-services/{CORPORATION}/event/subscription/{{id}}"
        return [
            Route(f"{path}/lastRequestId", self.last_request),
            Route(path, self.subscribe, methods=["PUT"]),
            Route(path, self.events, methods=["GET"]),
            Route(path, self.unsubscribe, methods=["DELETE"]),
        ]

    def announce(self, entity: str, record_id: int, kind: str, at_ms: int | None = None) -> int:
        """Put an event into every queue that asked for its entity and kind; how many did.

        Args:
            entity: landing entity.
            record_id: Bullhorn's id.
            kind: INSERTED, UPDATED or DELETED.
            at_ms: when it happened, epoch milliseconds; now, unless given.
        """
        with self._lock:
            event = {
                "eventId": f"ID:JBM-{next(self._numbers)}",
                "eventType": "ENTITY",
                "eventTimestamp": int(time.time() * 1000) if at_ms is None else at_ms,
                "eventMetadata": {"PERSON_ID": "1"},
                "entityName": _NAMES[entity],
                "entityId": record_id,
                "entityEventType": kind,
                "updatedProperties": None,
            }
            asked = [
                queue
                for queue in self._queues.values()
                if event["entityName"] in queue.names and kind in queue.kinds
            ]
            for queue in asked:
                queue.waiting.append(event)
            return len(asked)

    def forget(self, name: str) -> None:
        """The subscription ends, as it does when nobody has read it for weeks."""
        with self._lock:
            self._queues.pop(name, None)

    async def subscribe(self, request: Request) -> Response:
        """A new queue; what happened before is not in it."""
        refusal = self._refusal(request)
        if refusal:
            return refusal
        params, name = request.query_params, request.path_params["id"]
        names = frozenset(params.get("names", "").split(","))
        kinds = frozenset(params.get("eventTypes", "").split(","))
        if params.get("type") != "entity" or names - set(ENTITIES) or "" in kinds:
            return refused(400, "Bad type, names or eventTypes.", "errors.badSubscription")
        with self._lock:
            queue = self._queues.setdefault(name, _Queue(names, kinds))
            queue.names, queue.kinds = names, kinds
            last = queue.last
        return json(
            {
                "lastRequestId": last,
                "subscriptionId": name,
                "createdOn": int(time.time() * 1000),
                "jmsSelector": f"JMSType='ENTITY' AND BhEntityName IN ({','.join(sorted(names))})",
            }
        )

    async def events(self, request: Request) -> Response:
        """The next batch, which leaves the queue; with ``requestId`` the last one again."""
        refusal = self._refusal(request)
        if refusal:
            return refusal
        params = request.query_params
        if not params.get("maxEvents", "").isdigit():
            return refused(400, "Missing 'maxEvents'.", "errors.missingMaxEvents")
        with self._lock:
            queue = self._queues.get(request.path_params["id"])
            if queue is None:
                return _unknown()
            if "requestId" in params:
                return _again(queue, params["requestId"])
            return _next(queue, int(params["maxEvents"]))

    async def last_request(self, request: Request) -> Response:
        """The number of the last batch handed out."""
        refusal = self._refusal(request)
        if refusal:
            return refusal
        with self._lock:
            queue = self._queues.get(request.path_params["id"])
            return _unknown() if queue is None else json({"result": queue.last})

    async def unsubscribe(self, request: Request) -> Response:
        """The queue with all that waits in it is gone."""
        refusal = self._refusal(request)
        if refusal:
            return refusal
        with self._lock:
            gone = self._queues.pop(request.path_params["id"], None)
        return json({"result": gone is not None})

    def _refusal(self, request: Request) -> Response | None:
        refusal = self._login.refusal(request)
        if refusal is None and self._window.admit() is not None:
            return too_many()
        return refusal


def _unknown() -> Response:
    return refused(404, "Unknown subscription.", "errors.unknownSubscription")


def _again(queue: _Queue, number: str) -> Response:
    if number != str(queue.last) or not queue.handed_out:
        return refused(400, "Unknown requestId.", "errors.badRequestId")
    return json({"requestId": queue.last, "events": queue.handed_out})


def _next(queue: _Queue, most: int) -> Response:
    size = min(most, _MOST, len(queue.waiting))
    if not size:
        return Response(status_code=200, media_type="application/json")
    queue.handed_out = [queue.waiting.popleft() for _ in range(size)]
    queue.last += 1
    return json({"requestId": queue.last, "events": queue.handed_out})
