"""Landed payloads, found by the name and hash that the agency model carries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from expectations.candidate import LandingFile


@dataclass(frozen=True, slots=True, order=True)
class RecordName:
    """Which version of which record: ``source_entity`` is ``<vendor>.<entity>``."""

    source_entity: str
    source: str
    record_id: str
    payload_sha256: str


@dataclass(frozen=True, slots=True)
class LandedRecord:
    """One delivery of a payload. The payload stays in landing; it can hold personal data.

    ``is_intact``: the payload hashes to what the envelope says.
    """

    name: RecordName
    load_id: str
    received_at: datetime
    via: str
    file: Path
    is_intact: bool


def find_records(
    names: Iterable[RecordName], files: Sequence[LandingFile]
) -> dict[RecordName, tuple[LandedRecord, ...]]:
    """Every delivery of each payload, oldest first. A name that never landed is not in it."""
    found: dict[RecordName, list[LandedRecord]] = {}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(
            "create table wanted (source varchar, record_id varchar, payload_sha256 varchar)"
        )
        by_entity: dict[str, list[RecordName]] = {}
        for name in sorted(set(names)):
            by_entity.setdefault(name.source_entity, []).append(name)
        for entity, wanted in by_entity.items():
            paths = [str(file.path) for file in files if f"{file.vendor}.{file.entity}" == entity]
            for record in _deliveries(connection, entity, wanted, sorted(paths)):
                found.setdefault(record.name, []).append(record)
    return {name: tuple(records) for name, records in found.items()}


def _deliveries(
    connection: duckdb.DuckDBPyConnection, entity: str, wanted: list[RecordName], paths: list[str]
) -> list[LandedRecord]:
    if not paths:
        return []
    connection.execute("delete from wanted")
    connection.executemany(
        "insert into wanted values (?, ?, ?)",
        [(name.source, name.record_id, name.payload_sha256) for name in wanted],
    )
    rows = connection.execute(
        """
        select
            landed.source, landed.record_id, landed.payload_sha256, load_id,
            received_at at time zone 'UTC', via, filename,
            sha256(payload) = landed.payload_sha256
        from read_parquet(?, union_by_name = true, filename = true) as landed
        join wanted using (source, record_id, payload_sha256)
        order by received_at, load_id, filename
        """,
        [paths],
    ).fetchall()
    return [
        LandedRecord(RecordName(entity, *row[:3]), row[3], row[4], row[5], Path(row[6]), row[7])
        for row in rows
    ]
