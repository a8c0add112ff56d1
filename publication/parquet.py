"""Parquet files whose bytes follow from their rows."""

from pathlib import Path

import duckdb
import pyarrow as pa

from expectations.files import sync

# Measured: 1 and 2 threads write equal bytes, because the order is explicit and kept. Level 1 takes
# two thirds of the time of the default for 0.2 % more bytes.
PARQUET = "format parquet, compression zstd, compression_level 1, row_group_size 122880"


def copy_query(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write an ordered query's rows; how many they are."""
    row = connection.execute(f"copy ({query}) to {literal(path)} ({PARQUET})").fetchone()
    assert row is not None
    sync(path)
    return int(row[0])


def write_table(table: pa.Table, order: str, path: Path) -> int:
    """Write a table's rows in this order."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set preserve_insertion_order = true")
        connection.register("rows", table)
        return copy_query(connection, f"select * from rows order by {order}", path)


def read_table(path: Path) -> pa.Table:
    """All rows of a file, instants in UTC."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute("from read_parquet(?)", [str(path)]).to_arrow_table()


def literal(path: Path) -> str:
    """The path as an SQL string."""
    return "'" + str(path).replace("'", "''") + "'"
