"""Rows of a release's Parquet files: found by column values, and told apart by hash."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

Row = Mapping[str, Any]


def find_rows(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    where: Mapping[str, Any],
    limit: int,
    window: tuple[str, Any, Any] | None = None,
) -> tuple[list[Row], int]:
    """Up to ``limit`` rows with these values, in the file's order, and how many there are.

    ``window`` is (date column, first day, first day after). ``duckdb.Error`` when a column
    does not exist.
    """
    conditions = [f"{quoted(column)} = ?" for column in where]
    values = list(where.values())
    if window is not None:
        column, first, after = window
        day = f"cast({quoted(column)} as date)"
        conditions.append(f"{day} >= ? and {day} < ?")
        values += [first, after]
    clause = " and ".join(conditions) or "true"
    count = connection.execute(
        f"select count(*) from read_parquet(?) where {clause}", [str(path), *values]
    ).fetchone()
    cursor = connection.execute(
        f"select * from read_parquet(?) where {clause} limit {limit}", [str(path), *values]
    )
    names = [column[0] for column in cursor.description or ()]
    rows: list[Row] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return rows, count[0] if count else 0


def rows_named(
    connection: duckdb.DuckDBPyConnection, path: Path, key: Mapping[str, str]
) -> list[Row]:
    """Rows whose columns, written as text, are these; at most two, to tell one from several."""
    clause = " and ".join(f"cast({quoted(column)} as varchar) = ?" for column in key) or "true"
    cursor = connection.execute(
        f"select * from read_parquet(?) where {clause} limit 2", [str(path), *key.values()]
    )
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def quoted(name: str) -> str:
    """The name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def differing(before: str, now: str, columns: str = "") -> str:
    """SQL for rows that two queries do not share: ``row_hash``, and how many ``more`` in ``now``.

    ``columns`` of both come first. By hashes of 64 bits: a seventh of the time of ``except all``,
    which compares every column (93,000 rows of 35).
    """
    kept = f"{columns}, " if columns else ""
    sides = " union all ".join(
        f"select {kept}hash(one) as row_hash, {more} as more from ({query}) as one"
        for query, more in ((before, -1), (now, 1))
    )
    moved = f"select {kept}row_hash, sum(more) as more from ({sides})"
    return f"{moved} group by all having sum(more) <> 0"
