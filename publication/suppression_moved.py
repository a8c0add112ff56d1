"""Which series of a mart moved since a release: only those need to be looked at again.

A series whose rows are the released ones, to the last bit, and of which nothing is remembered, is
published as it is: nothing of it was held or hidden but by the mart itself, and neither it nor its
difference to the release tells anything that the release did not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from publication.parquet import literal, read_table


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows in the order of their files; all but ``others`` are of series that moved.

    ``now`` and ``others`` together are the mart, ``before`` is the release's, ``memory`` what
    the release remembered.
    """

    now: pa.Table
    before: pa.Table
    memory: pa.Table
    others: pa.Table


def read_moved(now: Path, before: Path | None, memory: Path | None, series: Sequence[str]) -> Moved:
    """The mart in the file ``now``, against the released file ``before``, if there is one.

    Everything has moved when there is no release, or one whose columns are others.
    """
    remembered = read_table(memory) if memory is not None and memory.exists() else None
    if before is None or not series or _columns(now) != _columns(before):
        table = read_table(now)
        return Moved(
            table,
            table.slice(0, 0) if before is None else read_table(before),
            table.slice(0, 0) if remembered is None else remembered,
            table.slice(0, 0),
        )
    keys = ", ".join(_quoted(column) for column in series)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, path in (("now", now), ("before", before)):
            connection.execute(f"create view {name} as from read_parquet({literal(path)})")
        touched = "(from now except all from before) union all (from before except all from now)"
        connection.execute(f"create table touched as select distinct {keys} from ({touched})")
        if remembered is not None:
            connection.register("remembered", remembered)
            connection.execute(f"insert into touched select distinct {keys} from remembered")
        return Moved(
            _rows(connection, now, "semi", series),
            _rows(connection, before, "semi", series),
            read_table(now).slice(0, 0) if remembered is None else remembered,
            _rows(connection, now, "anti", series),
        )


def _rows(
    connection: duckdb.DuckDBPyConnection, path: Path, join: str, series: Sequence[str]
) -> pa.Table:
    same = " and ".join(
        f"one.{column} is not distinct from touched.{column}" for column in map(_quoted, series)
    )
    return connection.execute(
        "select one.* exclude (file_row_number) "
        f"from read_parquet({literal(path)}, file_row_number = true) as one "
        f"{join} join touched on {same} order by one.file_row_number"
    ).to_arrow_table()


def _columns(path: Path) -> list[tuple[str, str]]:
    with duckdb.connect() as connection:
        described = connection.execute(f"describe from read_parquet({literal(path)})").fetchall()
    return [(row[0], row[1]) for row in described]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
