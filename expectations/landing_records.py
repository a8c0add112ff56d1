"""Landing as the gate reads it: its own connection, the newest version of each record."""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from expectations.candidate import LandingFile

# Entities that reconciliation reads; one without files is an empty relation.
ENTITIES = (
    ("bullhorn", "placements"),
    ("typeform", "forms"),
    ("typeform", "responses"),
    ("files", "survey_answers"),
    ("own", "answers"),
    ("xero", "invoices"),
    ("xero", "credit_notes"),
    ("xero", "bank_transactions"),
)

EMPTY = """
    select
        null::varchar as tenant_id, null::varchar as source, null::varchar as record_id,
        null::timestamptz as version, null::varchar as op, null::json as payload,
        null::varchar as payload_sha256
    where false
"""

# Written apart from dbt's macro on purpose: two ways to the same rows are the check.
NEWEST = """
    select tenant_id, source, record_id, newest.op, newest.payload::json as payload
    from (
        select
            tenant_id, source, record_id,
            max_by(
                struct_pack(op := op, payload := payload),
                struct_pack(
                    known := version is not null,
                    version := coalesce(version, timestamptz '1970-01-01'),
                    gone := op <> 'upsert',
                    sha := payload_sha256
                )
            ) as newest
        from read_parquet({files}, union_by_name = true)
        group by all
    )
    where newest.op <> 'delete'
"""


def open_landing(files: Iterable[LandingFile]) -> duckdb.DuckDBPyConnection:
    """A private in-memory connection with one view ``<vendor>_<entity>`` per entity.

    ``duckdb.Error`` when a file is not Parquet or lacks a column of the envelope.
    """
    paths: dict[tuple[str, str], list[Path]] = {}
    for file in files:
        paths.setdefault((file.vendor, file.entity), []).append(file.path)
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    for vendor, entity in ENTITIES:
        query = _newest(paths.get((vendor, entity), []))
        connection.execute(f"create view {vendor}_{entity} as {query}")
    return connection


def _newest(paths: list[Path]) -> str:
    if not paths:
        return EMPTY
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in sorted(paths))
    return NEWEST.format(files=f"[{listed}]")
