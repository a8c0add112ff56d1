"""The receiver as an ASGI application: routes, and the order in which things are asked."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingestion.inbox import Inbox
from ingestion.pulse import Pulse
from ingestion.receiver.answers import Answer, Refused
from ingestion.receiver.backlog import Backlog
from ingestion.receiver.delivery import Deliveries
from ingestion.receiver.description import described
from ingestion.receiver.limits import Limits
from ingestion.receiver.looked_at import looked_at
from ingestion.receiver.outcomes import Outcomes
from ingestion.receiver.pace import Pace
from ingestion.receiver.source import Source
from ingestion.receiver.writer import Writer

_ELSEWHERE = "-"


def _now() -> datetime:
    return datetime.now(UTC)


def receiver(
    sources: Mapping[str, Source],
    inbox: Inbox,
    limits: Limits,
    clock: Callable[[], datetime] = _now,
    pulse: Pulse | None = None,
) -> Starlette:
    """``POST /webhooks/{source}`` and what operators look at.

    Args:
        sources: by the name that stands in the path.
        inbox: open; the caller closes it after the application has ended.
        limits: see there.
        clock: the instant that signed timestamps are held against.
        pulse: of who works beside the receiver in its process, and polls into the same inbox.

    Asked in this order, so that what costs least is asked first and nothing is parsed before
    it is authentic: source (404), method (405), pace (429), size (413), time (408), signature
    and its timestamp (401), depth and strictness (put aside), backlog and inbox (503).
    """
    beside = pulse or Pulse()
    waiting = sorted({*sources, *beside.feeds})
    outcomes = Outcomes(waiting)
    writer = Writer(inbox, outcomes.commits.observe)
    backlog = Backlog(inbox, waiting, writer, outcomes)
    deliveries = Deliveries(writer, backlog, limits, clock)
    paces = {name: Pace(limits.requests_per_second) for name in sources}

    async def webhook(request: Request) -> Response:
        source = sources.get(request.path_params["source"])
        name = _ELSEWHERE if source is None else source.name
        size, began = 0, time.monotonic()
        try:
            if source is None:
                raise Refused(404, "unknown_source")
            if request.method != "POST":
                raise Refused(405, "method_not_allowed", {"Allow": "POST"})
            wait = paces[source.name].wait(began)
            if wait:
                raise Refused(429, "too_many_requests", {"Retry-After": str(wait)})
            answer, size = await deliveries.take(source, request)
        except Refused as refusal:
            answer = refusal.answer
        outcomes.seconds.observe(time.monotonic() - began)
        outcomes.count(name, answer.status, answer.counted_as, size)
        return answer.response(source is not None and source.webhook.scheme.wants_empty_answers)

    def refusal() -> str:
        failure = backlog.failure or writer.failure
        if failure is None:
            return "backlog" if backlog.depth > limits.max_backlog else ""
        return failure.reason

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        reason = "method_not_allowed" if error.status_code == 405 else "unknown_path"
        outcomes.count(_ELSEWHERE, error.status_code, reason, 0)
        return Answer(error.status_code, "refused", reason, error.headers or {}).response(False)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await backlog.look()
        watching = asyncio.create_task(backlog.watch())
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            await writer.close()

    app = Starlette(
        routes=[
            # No methods means all: an unknown source is 404 whatever the method.
            Route("/webhooks/{source}", webhook, methods=[]),
            *looked_at(refusal, outcomes, beside, described(list(sources.values()), limits)),
        ],
        exception_handlers={HTTPException: refused},
        lifespan=lifespan,
    )
    # For what is refused before it is a request.
    app.state.count_refused = lambda status, reason: outcomes.count(_ELSEWHERE, status, reason, 0)
    # A redirect would make a vendor send its body twice.
    app.router.redirect_slashes = False
    return app
