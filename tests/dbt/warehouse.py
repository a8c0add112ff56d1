"""A warehouse with hand-made landing rows, and dbt run on it. No vendor, no orchestrator."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner

PROJECT = Path(__file__).parents[2] / "dbt_project"
ENTITIES: dict[str, tuple[str, ...]] = {
    "bullhorn": (
        "corporate_users",
        "candidates",
        "client_corporations",
        "client_contacts",
        "leads",
        "opportunities",
        "job_orders",
        "job_submissions",
        "job_submission_history",
        "placements",
        "notes",
    ),
    "typeform": ("forms", "responses"),
    "xero": (
        "contacts",
        "accounts",
        "invoices",
        "credit_notes",
        "payments",
        "bank_transactions",
    ),
    "files": ("survey_answers",),
    "own": ("answers",),
}
ENVELOPE = """tenant_id varchar, source varchar, entity varchar, record_id varchar,
    version timestamptz, op varchar, payload varchar, payload_sha256 varchar,
    received_at timestamptz, load_id varchar, via varchar"""
SEEDS = ("channel_map", "person_overrides", "job_company_map")
# Staging and the agency model, with the seeds they read; no mart and no test of marts.
LOWER_HALF = ("-s", "staging", "intermediate", *SEEDS, "--indirect-selection", "cautious")
SECRET = "5" * 64
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Delivery:
    """One landed envelope. ``reject_reason`` sends it to the rejects of its vendor."""

    vendor: str
    entity: str
    record_id: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    version: datetime | None = NOON
    op: str = "upsert"
    received_at: datetime = NOON
    load_id: str = "1.0"
    reject_reason: str | None = None

    def row(self) -> list[Any]:
        """The envelope's columns in order."""
        text = json.dumps(self.payload, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        envelope = ["t", self.vendor, self.entity, self.record_id, self.version, self.op]
        return [*envelope, text, digest, self.received_at, self.load_id, "pull"]


class Warehouse:
    """One DuckDB file with landing schemas as the orchestrator makes them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self.connect() as connection:
            for vendor, entities in ENTITIES.items():
                connection.execute(f"create schema landing_{vendor}")
                for entity in entities:
                    connection.execute(f"create table landing_{vendor}.{entity} ({ENVELOPE})")
                connection.execute(
                    f"create table landing_{vendor}.rejects ({ENVELOPE}, reject_reason varchar)"
                )
            connection.execute("create schema landing; create schema people")
            connection.execute("create table landing.staged_loads (model varchar, load_id varchar)")
            connection.execute("create table people.pseudonym_key (secret varchar)")
            connection.execute("insert into people.pseudonym_key values (?)", [SECRET])

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection in UTC, closed at the end so that dbt can have the file."""
        connection = duckdb.connect(str(self.path))
        try:
            connection.execute("set TimeZone = 'UTC'")
            yield connection
        finally:
            connection.close()

    def land(self, deliveries: list[Delivery]) -> None:
        """Append deliveries to landing."""
        with self.connect() as connection:
            for delivery in deliveries:
                refused = delivery.reject_reason is not None
                table = f"landing_{delivery.vendor}.{'rejects' if refused else delivery.entity}"
                row = delivery.row() + ([delivery.reject_reason] if refused else [])
                connection.execute(f"insert into {table} values ({','.join('?' * len(row))})", row)

    def dbt(self, *arguments: str, as_of_date: str = "2026-06-30") -> dict[str, str]:
        """Run dbt on this warehouse; the status of each node by its name."""
        os.environ["VOUCH_WAREHOUSE"] = str(self.path)
        folders = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
        variables = json.dumps({"as_of_date": as_of_date, "tenant_id": "t"})
        target = str(self.path.parent / "target")
        paths = ["--target-path", target, "--log-path", target]
        result = dbtRunner().invoke([*arguments, *folders, *paths, "--vars", variables, "--quiet"])
        if result.exception is not None:
            raise result.exception
        assert isinstance(result.result, RunExecutionResult)
        return {str(run.node.name): str(run.status) for run in result.result}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self.connect() as connection:
            return connection.execute(query).fetchall()
