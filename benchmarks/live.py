"""Events as a source sends them, and how soon they are in the served marts."""

import hashlib
import json
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pyarrow.parquet as pq
from dagster._core.instance.ref import InstanceRef

from benchmarks.outcome import BenchmarkFailed
from ingestion.landing import landed_files
from ingestion.signatures import TYPEFORM

SECRET = "benchmark-secret"
STAGES = ("accept", "notice", "start", "landing", "models", "candidate", "gate", "publish")
_LONGEST_SECONDS = 900.0
_STEPS = {"models": "models", "candidate": "candidate", "gate": "gate"}


@dataclass(frozen=True, slots=True)
class Moved:
    """One event: seconds from its acceptance until it was served, and by stage."""

    seconds: float
    stages: dict[str, float]


class Answers:
    """Survey answers that no vendor gave: copies of landed ones under tokens of their own."""

    def __init__(self, home: Path) -> None:
        """Read the landed answers once."""
        landed = max(
            (file for file in landed_files(home / "landing") if file.entity == "responses"),
            key=lambda file: file.rows,
        )
        texts = pq.read_table(landed.path, columns=["payload"]).column("payload").slice(0, 2000)
        self._payloads = [
            found for found in map(json.loads, texts.to_pylist()) if _scored(found["response"])
        ]

    def event(self, number: int, name: str, score: int | None = None) -> tuple[str, bytes]:
        """The token and the body of the webhook; any score unless one is wanted."""
        given = json.loads(json.dumps(self._payloads[number * 37 % len(self._payloads)]))
        response = given["response"]
        token = hashlib.sha256(f"{name} {number}".encode()).hexdigest()[:32]
        instant = f"2026-10-29T{number // 60 % 24:02}:{number % 60:02}:00Z"
        response |= {"token": token, "response_id": token, "landing_id": token}
        response |= {"submitted_at": instant, "landed_at": instant}
        for answer in _scored(response):
            answer["number"] = number % 11 if score is None else score
        form = {"form_id": given["form_id"], **response}
        body = {"event_id": token, "event_type": "form_response", "form_response": form}
        return token, json.dumps(body).encode()


def _scored(response: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in response.get("answers") or [] if each["field"]["type"] == "nps"]


def moved(home: Path, url: str, token: str, body: bytes) -> Moved:
    """Send one event and wait until the served mart holds it.

    Raises:
        BenchmarkFailed: it was not accepted, or was not served within 15 minutes.
    """
    sent = time.time()
    headers = {"Content-Type": "application/json"}
    headers |= TYPEFORM.sign(body, SECRET, datetime.now(UTC))
    request = urllib.request.Request(url, body, headers)
    with urllib.request.urlopen(request, timeout=30) as answered:
        status = json.load(answered)["status"]
    accepted = time.time()
    if status != "accepted":
        raise BenchmarkFailed(f"an event was {status}")
    served = _served(home, token, accepted)
    return Moved(served - accepted, {"accept": accepted - sent, **_stages(home, accepted, served)})


def served(home: Path, query: str) -> list[Any]:
    """Rows of a query on what BI sees now."""
    pointer = json.loads((home / "serving" / "current.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(home / "serving" / pointer["database"]), read_only=True) as database:
        return database.execute(query).fetchall()


def _served(home: Path, token: str, since: float) -> float:
    seen = ""
    while time.time() - since < _LONGEST_SECONDS:
        pointer = json.loads((home / "serving" / "current.json").read_text(encoding="utf-8"))
        if pointer["release"] != seen:
            now, seen = time.time(), pointer["release"]
            with duckdb.connect(str(home / "serving" / pointer["database"]), read_only=True) as db:
                found = db.execute(
                    "select count(*) from marts.fct_survey_responses where ends_with("
                    "response_id, ?)",
                    [token],
                ).fetchone()
            if found is not None and found[0]:
                return now
        time.sleep(0.02)
    raise BenchmarkFailed(f"an event was not served within {_LONGEST_SECONDS:.0f} s")


def _stages(home: Path, accepted: float, served: float) -> dict[str, float]:
    """Seconds by stage, from the run that brought the event; together all of the time."""
    instance_ref = InstanceRef.from_dir(str(home / "dagster"))
    with dg.DagsterInstance.from_ref(instance_ref) as instance:
        (record,) = instance.get_run_records(dg.RunsFilter(job_name="from_events"), limit=1)
        steps = {
            found.step_key: found
            for found in instance.get_run_step_stats(record.dagster_run.run_id)
        }
    made = record.create_timestamp.timestamp()
    first = min(step.start_time or served for step in steps.values())
    found = {
        "notice": made - accepted,
        "start": first - made,
        "landing": (steps["models"].start_time or served) - first,
    }
    for stage, step in _STEPS.items():
        found[stage] = (steps[step].end_time or served) - (steps[step].start_time or served)
    found["publish"] = served - accepted - sum(found.values())
    return found


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]
