"""The OpenAPI description is true: Schemathesis asks the running receiver what it promises."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from pushing import SOURCES, Receiving, receiving, signed
from schemathesis import Case, GenerationMode
from starlette.responses import JSONResponse
from starlette.routing import Route

from ingestion.receiver import Limits

EXAMPLES = settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiving]:
    limits = Limits(requests_per_second=100_000)
    with receiving(tmp_path_factory.mktemp("described"), limits) as running:
        yield running


def operations(received: Receiving) -> dict[str, Any]:
    """What the description lists, by label such as ``POST /webhooks/typeform``."""
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{received.port}/openapi.json")
    found = [result.ok() for result in schema.get_all_operations()]
    return {operation.label: operation for operation in found}


def test_every_route_and_every_source_is_described(received: Receiving) -> None:
    # Schemathesis leaves out the document that it read.
    looked_at = {f"GET /{name}" for name in ("health", "ready", "metrics")}
    pushed = {f"POST /webhooks/{name}" for name in SOURCES}
    assert set(operations(received)) == looked_at | pushed


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_asked_is_answered_as_described(
    received: Receiving, mode: GenerationMode
) -> None:
    for label, operation in operations(received).items():
        # A request without a parameter cannot be wrong.
        if mode is GenerationMode.NEGATIVE and label.startswith("GET"):
            continue
        strategy = operation.as_strategy(generation_mode=mode)

        @EXAMPLES
        @given(case=strategy)
        def ask(case: Case) -> None:
            case.call_and_validate(timeout=20)

        ask()
    refused = {reason for _, status, reason in received.counted() if status == "401"}
    assert "signature_malformed" in refused


def test_what_is_rightly_signed_is_answered_as_described(received: Receiving) -> None:
    received.now = datetime.now(UTC)
    described = operations(received)

    def pushed(source: str) -> None:
        @EXAMPLES
        @given(case=described[f"POST /webhooks/{source}"].as_strategy())
        def push(case: Case) -> None:
            sent = requests.Request(**case.as_transport_kwargs()).prepare().body or b""
            body = sent if isinstance(sent, bytes) else sent.encode()
            answer = case.call(headers=signed(source, body, received.now), timeout=20)
            case.validate_response(answer)
            assert answer.status_code == 200

        push()

    for name in ("typeform", "xero", "stripe", "own", "faulty"):
        pushed(name)
    said = {reason for _, status, reason in received.counted() if status == "200"}
    assert "key_missing" in said


def test_schemathesis_notices_an_answer_that_is_not_described(tmp_path: Path) -> None:
    with receiving(tmp_path) as received:

        async def health(request: object) -> JSONResponse:
            return JSONResponse({"status": 1})

        received.app.router.routes.insert(0, Route("/health", health))
        case = operations(received)["GET /health"].Case()
        with pytest.raises(BaseExceptionGroup) as raised:
            case.call_and_validate(timeout=20)
        assert "Response violates schema" in str(raised.value.exceptions)
