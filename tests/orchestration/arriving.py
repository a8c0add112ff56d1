"""Answers that arrive as Typeform sends them, and what becomes of them in a home."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
from dagster._core.instance.ref import InstanceRef

from benchmarks.live import Answers
from ingestion.inbox import Event, Inbox

_SECONDS = 180.0
# A file for the drop folder, of one answer.
DROPPED = (
    "respondent_email,score,comment,submitted_at,company_key\n"
    "ada@example.com,9,quick and clear,2026-10-15T10:00:00Z,\n"
)


def answer(home: Path, number: int, score: int) -> Event:
    """A landed answer given once more: with another token, a score and a later instant."""
    token, body = Answers(home).event(number, "answer", score)
    return Event("typeform", token, datetime.now(UTC), body)


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


def answers(home: Path) -> int:
    """How many answers the served marts hold."""
    pointer = json.loads((home / "serving" / "current.json").read_text())
    with duckdb.connect(str(home / "serving" / pointer["database"]), read_only=True) as serving:
        row = serving.execute("select count(*) from marts.fct_survey_responses").fetchone()
    assert row is not None
    return int(row[0])


def runs(home: Path) -> list[dg.DagsterRun]:
    """Runs from events, the newest first."""
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home / "dagster"))) as instance:
        return list(instance.get_runs(dg.RunsFilter(job_name="from_events")))


def until(happened: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + _SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
