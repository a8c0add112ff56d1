"""What operators and their tools look at: health, readiness, figures, the description."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ingestion.pulse import Pulse
from ingestion.receiver.answers import Answer
from ingestion.receiver.outcomes import Outcomes

# Prometheus' own; without it, scrapers of version 3 refuse the answer.
_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def looked_at(
    refusal: Callable[[], str], outcomes: Outcomes, pulse: Pulse, document: dict[str, Any]
) -> list[Route]:
    """The routes.

    Args:
        refusal: why no event would be taken now; empty when one would.
        outcomes: what became of requests.
        pulse: of who works beside the receiver.
        document: the OpenAPI description.
    """

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(request: Request) -> Response:
        if reason := refusal():
            return Answer(503, "refused", reason, {"Retry-After": "1"}).response(False)
        # Webhooks are taken all the same, so this is for people to see and no reason for 503.
        failing = pulse.failing
        return JSONResponse({"status": "ready"} | ({"failing": failing} if failing else {}))

    async def metrics(request: Request) -> Response:
        figures = outcomes.text() + pulse.text()
        return Response(figures, headers={"Content-Type": _METRICS_TYPE})

    async def openapi(request: Request) -> Response:
        return JSONResponse(document)

    return [
        Route("/health", health),
        Route("/ready", ready),
        Route("/metrics", metrics),
        Route("/openapi.json", openapi),
    ]
