"""Signed Typeform events by number, about as large as real ones."""

import json
from datetime import UTC, datetime

from ingestion.signatures import TYPEFORM

SECRET = "benchmark-secret"
PATH = "/webhooks/typeform"
_ANSWERS = [
    {
        "type": "text",
        "text": "Quick, and honest about pay; would recommend to a friend. " * 3,
        "field": {"id": f"field{number}", "type": "long_text", "ref": "why"},
    }
    for number in range(4)
]
_REST = json.dumps(
    {
        "form_id": "form1",
        "submitted_at": "2026-11-01T09:15:00Z",
        "landed_at": "2026-11-01T09:14:00Z",
        "hidden": {"placement_id": "6001", "respondent_kind": "candidate"},
        "answers": [
            {"type": "number", "number": 9, "field": {"id": "nps", "type": "nps", "ref": "nps"}},
            *_ANSWERS,
        ],
    }
)[1:].encode()


def key(number: int) -> str:
    """The key under which the inbox knows it."""
    return f"benchmark-{number}"


def body(number: int) -> bytes:
    """The event's body; always the same bytes."""
    return (
        b'{"event_id": "%s", "event_type": "form_response", "form_response": {"token": "%s", %s}'
        % (
            key(number).encode(),
            key(number).encode(),
            _REST,
        )
    )


def headers(sent: bytes) -> dict[str, str]:
    """With its signature."""
    signature = TYPEFORM.sign(sent, SECRET, datetime.now(UTC))
    return {"Content-Type": "application/json", **signature}
