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


_TOKEN = b"TOKEN-OF-THE-EVENT"
_EVENT = (
    b'{"event_id": "%(token)s", "event_type": "form_response", '
    b'"form_response": {"token": "%(token)s", %(rest)s}' % {b"token": _TOKEN, b"rest": _REST}
)


class Events:
    """Events that differ in their token alone; with the same name, always the same bytes."""

    def __init__(self, name: str = "benchmark", like: bytes = _EVENT, token: bytes = _TOKEN):
        """``like`` is the body of one of them, and ``token`` that one's own."""
        self._name = name
        self._parts = like.split(token)

    def key(self, number: int) -> str:
        """The key under which the inbox knows it."""
        return f"{self._name}-{number}"

    def body(self, number: int) -> bytes:
        """The event's body."""
        return self.key(number).encode().join(self._parts)


def headers(sent: bytes) -> dict[str, str]:
    """With its signature."""
    signature = TYPEFORM.sign(sent, SECRET, datetime.now(UTC))
    return {"Content-Type": "application/json", **signature}
