"""The receiver's OpenAPI description: one path per source, with that vendor's own headers."""

from collections.abc import Sequence
from typing import Any

from ingestion.receiver.limits import Limits
from ingestion.receiver.source import Source

_RETRY = {
    "Retry-After": {
        "description": "Seconds after which to come again.",
        "schema": {"type": "integer", "minimum": 1},
        "required": True,
    }
}
_STATED = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"type": "string"}, "reason": {"type": "string"}},
    "additionalProperties": False,
}
_READY = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "status": {"const": "ready"},
        "failing": {
            "type": "array",
            "items": {"type": "string"},
            "description": "What works beside the receiver and failed last: feed:NAME, alerts.",
        },
    },
    "additionalProperties": False,
}


def described(sources: Sequence[Source], limits: Limits) -> dict[str, Any]:
    """The document served at ``/openapi.json``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Vouch receiver",
            "version": "1",
            "description": (
                "Takes webhooks of the configured sources into the inbox. An answer of 200 means "
                "that the event is on the disk. An authentic body that cannot be used is put "
                "aside and answered 200 as well."
            ),
        },
        "paths": {
            **{f"/webhooks/{source.name}": _webhook(source, limits) for source in sources},
            "/health": _looked_at("Whether the process answers.", _json("ok")),
            "/ready": _looked_at(
                "Whether events would be taken now.",
                _json("ready", _READY),
                {"503": _refusal("Inbox or backlog forbid it.", is_empty=False, retry=True)},
            ),
            "/metrics": _looked_at(
                "Figures for Prometheus.",
                {
                    "description": "Text format 0.0.4.",
                    "content": {"text/plain": {"schema": {"type": "string"}}},
                },
            ),
            "/openapi.json": _looked_at("This document.", _json("OpenAPI 3.1", {"type": "object"})),
        },
    }


def _webhook(source: Source, limits: Limits) -> dict[str, Any]:
    scheme = source.webhook.scheme
    is_empty = scheme.wants_empty_answers
    taken: dict[str, Any] = {
        "description": "On the disk, there already, put aside, or a handshake answered.",
        "headers": {
            "Vouch-Status": {
                "schema": {"enum": ["accepted", "repeated", "quarantined", "handshake"]}
            }
        },
    }
    if not is_empty:
        taken["content"] = {"application/json": {"schema": _STATED}}
    refusals = {
        "400": "The sender ended before its body did, or it is not HTTP.",
        "401": "The signature or its timestamp does not hold; `reason` says which.",
        "403": "No secret is configured for this source.",
        "405": "Only POST is understood.",
        "408": f"The body took longer than {limits.body_seconds:g} s.",
        "413": f"The body is larger than {limits.max_body_bytes} bytes.",
    }
    waits = {
        "429": f"More than {limits.requests_per_second:g} requests a second.",
        "503": "The inbox cannot be written, or too much waits in it.",
    }
    return {
        "post": {
            "operationId": f"deliver_{source.name}",
            "summary": f"Deliver an event of {source.name}, signed as {scheme.name} does.",
            "parameters": [
                {
                    "name": header,
                    "in": "header",
                    "required": True,
                    "schema": {"type": "string"},
                }
                for header in scheme.headers
            ],
            "requestBody": {
                "description": "Any bytes; the signature is over them as they come.",
                "content": {"application/json": {"schema": {}}},
            },
            "responses": {
                "200": taken,
                **{code: _refusal(text, is_empty) for code, text in refusals.items()},
                **{code: _refusal(text, is_empty, retry=True) for code, text in waits.items()},
            },
        }
    }


def _refusal(text: str, is_empty: bool, retry: bool = False) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": text}
    if retry:
        answer["headers"] = _RETRY
    if not is_empty:
        answer["content"] = {"application/json": {"schema": _STATED}}
    return answer


def _json(text: str, schema: dict[str, Any] = _STATED) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _looked_at(
    summary: str, answer: dict[str, Any], more: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"get": {"summary": summary, "responses": {"200": answer, **(more or {})}}}
