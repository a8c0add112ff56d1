"""Answers that arrive: events as Typeform sends them, put into a home's inbox."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ingestion.inbox import Event, Inbox
from ingestion.landing import landed_files


def answer(home: Path, number: int, score: int) -> Event:
    """A landed answer given once more: with another token, a score and a later instant."""
    landed = max(
        (file for file in landed_files(home / "landing") if file.entity == "responses"),
        key=lambda file: file.rows,
    )
    payloads = pq.read_table(landed.path, columns=["payload"]).column("payload").to_pylist()
    scored = [found for found in map(json.loads, payloads) if _scored(found)]
    given = scored[number * 37 % len(scored)]
    response = given["response"]
    token = hashlib.sha256(f"answer {number}".encode()).hexdigest()[:32]
    instant = f"2026-10-29T12:{number % 60:02}:00Z"
    response |= {"token": token, "response_id": token, "landing_id": token}
    response |= {"submitted_at": instant, "landed_at": instant}
    for each in _scored(given):
        each["number"] = score
    body = {
        "event_id": token,
        "event_type": "form_response",
        "form_response": {"form_id": given["form_id"], **response},
    }
    return Event("typeform", token, datetime.now(UTC), json.dumps(body).encode())


def _scored(given: dict[str, Any]) -> list[dict[str, Any]]:
    answers = given["response"].get("answers") or []
    return [each for each in answers if each["field"]["type"] == "nps"]


def arrive(home: Path, *events: Event) -> int:
    """Store the events; the sequence of the last."""
    inbox = Inbox.open(f"sqlite:///{home / 'inbox.sqlite'}")
    try:
        inbox.append(events)
        return inbox.newest()
    finally:
        inbox.close()


def position(home: Path, consumer: str) -> int:
    """Where a consumer of the home's inbox stands."""
    inbox = Inbox.open(f"sqlite:///{home / 'inbox.sqlite'}")
    try:
        return inbox.position(consumer)
    finally:
        inbox.close()
