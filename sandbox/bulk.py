"""A scaled agency written straight into landing: benchmarks need millions, not a pull.

Set-based in DuckDB: 10 million records would take hours in Python objects.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from sandbox.agency import typeform_records, xero_records
from sandbox.agency.books import Books
from sandbox.agency.calendar import SPAN_END
from sandbox.agency.names import FIRST, LAST
from sandbox.agency.world import World
from sandbox.bulk_sql import base, bullhorn_people, bullhorn_work, typeform, xero

# Records of all entities per hire, bank transactions excepted: measured at 100,000 hires.
RECORDS_PER_HIRE = 32.0

QUERIES: dict[tuple[str, str], str] = {
    **{("bullhorn", name): sql for name, sql in bullhorn_people.QUERIES.items()},
    **{("bullhorn", name): sql for name, sql in bullhorn_work.QUERIES.items()},
    **{("typeform", name): sql for name, sql in typeform.QUERIES.items()},
    **{("xero", name): sql for name, sql in xero.QUERIES.items()},
}


@dataclass(frozen=True)
class BulkLoad:
    """What was written: the load's id, and rows by (vendor, landing entity)."""

    load_id: str
    rows: dict[tuple[str, str], int]

    @property
    def total(self) -> int:
        """Rows of all entities."""
        return sum(self.rows.values())


def write_bulk(
    landing_root: Path, records: int, seed: int, load_id: str, tenant_id: str = "demo-agency"
) -> BulkLoad:
    """Write one complete load of about so many records (at least 20,000) for three vendors.

    The same arguments give the same rows. ``load_id`` is the load's time in epoch seconds, as
    dlt writes it.

    Raises:
        ValueError: fewer than 20,000 records, for which the generated agency is better.
    """
    if records < 20_000:
        raise ValueError(f"{records} records are too few for bulk; use sandbox.agency.generate")
    sizes = _sizes(records, seed)
    rows: dict[tuple[str, str], int] = {}
    with _agency(sizes) as agency:
        writer = _Writer(agency, landing_root, load_id, tenant_id)
        for place, sql in {**_fixed(), **QUERIES}.items():
            left = max(records - sum(rows.values()), 0)
            rows[place] = writer.write(*place, sql.format(**sizes, remainder=left))
    for vendor in {vendor for vendor, _ in rows}:
        _mark_complete(landing_root, vendor, load_id)
    return BulkLoad(load_id, rows)


def _sizes(records: int, seed: int) -> dict[str, str | int]:
    hires = int(records / RECORDS_PER_HIRE)
    return {
        "seed": seed,
        "hires": hires,
        "candidates": hires * 36 // 10,
        "clients": hires * 24 // 100,
        "users": max(hires // 40, 12),
        "first": str(list(FIRST)),
        "first_count": len(FIRST),
        "last": str(list(LAST)),
        "last_count": len(LAST),
    }


@contextmanager
def _agency(sizes: dict[str, str | int]) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database with the base tables."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for sql in (base.MACROS, base.HIRES, base.SUBMISSIONS, xero.DOCUMENTS):
            connection.execute(sql.format(**sizes))
        yield connection


@dataclass(frozen=True)
class _Writer:
    """Copies a query's rows into a landing file, in the envelope."""

    connection: duckdb.DuckDBPyConnection
    root: Path
    load_id: str
    tenant_id: str

    def write(self, vendor: str, entity: str, sql: str) -> int:
        """Rows written."""
        folder = self.root / vendor / entity
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.load_id}.bulk.parquet"
        partial = path.with_suffix(".partial")
        copied = self.connection.execute(
            f"""
            copy (
                select
                    '{self.tenant_id}' as tenant_id, '{vendor}' as source, '{entity}' as entity,
                    record_id::varchar as record_id,
                    epoch_ms(version_ms::bigint)::timestamptz as version,
                    op, payload::varchar as payload, sha256(payload::varchar) as payload_sha256,
                    timestamptz '{self._received_at()}' as received_at,
                    '{self.load_id}' as load_id, 'pull' as via
                from ({sql})
            ) to '{partial}' (format parquet, compression zstd)
            """
        ).fetchone()
        partial.replace(path)
        return int(copied[0]) if copied else 0

    def _received_at(self) -> str:
        try:
            return datetime.fromtimestamp(float(self.load_id), UTC).isoformat()
        except ValueError:
            return SPAN_END.isoformat()


def _fixed() -> dict[tuple[str, str], str]:
    """Chart of accounts and survey forms do not grow with the agency."""
    forms = typeform_records.records(World())["forms"]
    accounts = xero_records.records(Books())["accounts"]
    return {
        ("typeform", "forms"): _literal([(form["id"], form) for form in forms]),
        ("xero", "accounts"): _literal([(one["AccountID"], one) for one in accounts]),
    }


def _literal(records: list[tuple[str, dict[str, object]]]) -> str:
    """A query that gives these records; braces doubled, since sizes are filled in later."""
    rows = []
    for key, record in records:
        payload = json.dumps(record, separators=(",", ":")).replace("'", "''")
        rows.append(f"('{key}', 1704067200000, 'upsert', '{payload}')")
    values = ", ".join(rows).replace("{", "{{").replace("}", "}}")
    return f"select * from (values {values}) as fixed(record_id, version_ms, op, payload)"


def _mark_complete(root: Path, vendor: str, load_id: str) -> None:
    """dlt's own marker: from here on readers of landing see the load."""
    folder = root / vendor / "_dlt_loads"
    folder.mkdir(parents=True, exist_ok=True)
    marker = {
        "load_id": load_id,
        "schema_name": vendor,
        "status": 0,
        "inserted_at": SPAN_END.isoformat(),
        "schema_version_hash": "",
    }
    path = folder / f"{vendor}__{load_id}.jsonl"
    path.write_text(json.dumps(marker) + "\n", encoding="utf-8")
