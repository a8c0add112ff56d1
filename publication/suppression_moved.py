"""Which series of a mart moved since a release: only those need to be looked at again.

The outcome of a series follows from its rows and from what the release shows and remembers of it.
Where its rows are those from which the release was made, nothing that a reader could see has moved,
and the outcome is the release's (``_is_unchanged`` of suppression_series). Where those are not at
hand, a series stands whose rows are the released ones, to the last bit, and of which nothing is
remembered: nothing of it was held or hidden but by the mart itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from publication.parquet import literal, read_table
from publication.rows import differing, quoted


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows in the order of their files; all but the ``others`` are of series that moved.

    ``now`` is of the mart, ``before`` of the release's, ``memory`` of what the release remembered.
    ``others`` and ``others_memory`` are published as they are; ``are_others_protected`` tells that
    the former are not the mart's own rows.
    """

    now: pa.Table
    before: pa.Table
    memory: pa.Table
    others: pa.Table
    others_memory: pa.Table
    are_others_protected: bool = False


def read_moved(
    now: Path,
    before: Path | None,
    memory: Path | None,
    series: Sequence[str],
    bare: Path | None = None,
) -> Moved:
    """The mart in the file ``now``, against the released file ``before``, if there is one.

    ``bare`` is the mart from which ``before`` was made, where it was kept. Everything has moved
    when there is no release, or one whose columns are others.
    """
    remembered = read_table(memory) if memory is not None and memory.exists() else None
    if before is None or not series or _columns(now) != _columns(before):
        table = read_table(now)
        return Moved(
            table,
            table.slice(0, 0) if before is None else read_table(before),
            table.slice(0, 0) if remembered is None else remembered,
            table.slice(0, 0),
            table.slice(0, 0),
        )
    if bare is not None and _columns(bare) != _columns(now):
        bare = None
    then = bare or before
    keys = ", ".join(quoted(column) for column in series)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, path in (("now", now), ("before", then)):
            connection.execute(f"create view {name} as from read_parquet({literal(path)})")
        connection.execute(
            f"create table touched as select distinct {keys}"
            f" from ({differing('from before', 'from now', keys)})"
        )
        nothing = connection.execute("from now limit 0").to_arrow_table()
        others_memory = nothing
        if remembered is None:
            remembered = nothing
        elif bare is None:
            connection.register("remembered", remembered)
            connection.execute(f"insert into touched select distinct {keys} from remembered")
        else:
            assert memory is not None
            others_memory = _rows(connection, memory, "anti", series)
            remembered = _rows(connection, memory, "semi", series)
        return Moved(
            _rows(connection, now, "semi", series),
            _rows(connection, before, "semi", series),
            remembered,
            _rows(connection, now if bare is None else before, "anti", series),
            others_memory,
            bare is not None and _are_others(connection, now, before, series),
        )


def _are_others(
    connection: duckdb.DuckDBPyConnection, now: Path, before: Path, series: Sequence[str]
) -> bool:
    """Whether the rows of series that stand are others in the two files."""
    standing = (
        f"select one.* from read_parquet({literal(path)}) as one"
        f" anti join touched on {_same(series)}"
        for path in (before, now)
    )
    return bool(connection.execute(f"{differing(*standing)} limit 1").fetchall())


def _rows(
    connection: duckdb.DuckDBPyConnection, path: Path, join: str, series: Sequence[str]
) -> pa.Table:
    return connection.execute(
        "select one.* exclude (file_row_number) "
        f"from read_parquet({literal(path)}, file_row_number = true) as one "
        f"{join} join touched on {_same(series)} order by one.file_row_number"
    ).to_arrow_table()


def _same(series: Sequence[str]) -> str:
    return " and ".join(
        f"one.{column} is not distinct from touched.{column}" for column in map(quoted, series)
    )


def _columns(path: Path) -> list[tuple[str, str]]:
    with duckdb.connect() as connection:
        described = connection.execute(f"describe from read_parquet({literal(path)})").fetchall()
    return [(row[0], row[1]) for row in described]
