"""Two folders of mart files compared row for row: keys and money exactly, doubles to 1e-9."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

_TOLERANCE = 1e-9
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """One mart that is not the same on both sides; ``told`` says what differs."""

    mart: str
    told: str


def differences(
    ours: Path, theirs: Path, grains: dict[str, tuple[str, ...]]
) -> tuple[Difference, ...]:
    """Every difference between ``ours/<mart>.parquet`` and ``theirs/<mart>.parquet``.

    ``grains`` names the marts and the columns that identify a row of each. A file that is
    missing is a difference.
    """
    found: list[Difference] = []
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for mart, grain in sorted(grains.items()):
            for side, folder in (("ours", ours), ("theirs", theirs)):
                path = str(folder / f"{mart}.parquet").replace("'", "''")
                connection.execute(f"create or replace view {side} as from read_parquet('{path}')")
            found += [Difference(mart, told) for told in _differences(connection, grain)]
    return tuple(found)


def _differences(connection: duckdb.DuckDBPyConnection, grain: tuple[str, ...]) -> list[str]:
    ours, theirs = (dict(_columns(connection, side)) for side in ("ours", "theirs"))
    if ours != theirs:
        only = sorted(set(ours.items()) ^ set(theirs.items()))
        return [f"columns or types are not the same: {only}"]
    join = " and ".join(f'o."{key}" is not distinct from t."{key}"' for key in grain)
    missing = f"select count(*) from {{}} where not exists (select 1 from {{}} where {join})"
    repeated = f"select count(*) - count(distinct ({_list(grain)})) from {{}}"
    told = []
    for side, query in (
        ("only ours", missing.format("ours as o", "theirs as t")),
        ("only theirs", missing.format("theirs as t", "ours as o")),
        ("ours more than once", repeated.format("ours")),
        ("theirs more than once", repeated.format("theirs")),
    ):
        count = _number(connection, query)
        if count:
            told.append(f"{count} rows are {side}")
    for column, data_type in ours.items():
        told += _unequal(connection, column, data_type, grain, join)
    return told


def _unequal(
    connection: duckdb.DuckDBPyConnection,
    column: str,
    data_type: str,
    grain: tuple[str, ...],
    join: str,
) -> list[str]:
    unequal = f'o."{column}" is distinct from t."{column}"'
    if data_type == "DOUBLE":
        unequal += (
            f' and not coalesce(abs(o."{column}" - t."{column}")'
            f' <= {_TOLERANCE} * greatest(1, abs(o."{column}")), false)'
        )
    both = f"from ours as o inner join theirs as t on {join} where {unequal}"
    count = _number(connection, f"select count(*) {both}")
    if not count:
        return []
    keys = ", ".join(f'o."{key}"' for key in grain)
    shown = connection.execute(
        f'select {keys}, o."{column}", t."{column}" {both} limit {_SHOWN}'
    ).fetchall()
    return [f"{column} is not the same in {count} rows, such as {shown}"]


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(f"describe {relation}").fetchall()]


def _list(grain: tuple[str, ...]) -> str:
    return ", ".join(f'"{key}"' for key in grain)


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
