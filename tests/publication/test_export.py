"""A database that is changed from one file's rows to another's holds the other's."""

from pathlib import Path

import duckdb
import pytest

from publication.export import EarlierDatabase, make_database
from publication.places import DATABASE

ROWS = "select i as id, 'row ' || i as name, case when i % 3 = 0 then i / 7 end as value"
BEFORE = f"{ROWS} from range(100) as t(i)"


def database(folder: Path, query: str, earlier: EarlierDatabase | None = None) -> EarlierDatabase:
    folder.mkdir()
    file = folder / "m.parquet"
    duckdb.sql(f"copy ({query}) to '{file}' (format parquet)")
    make_database(folder, ["m"], earlier)
    return EarlierDatabase(folder / DATABASE, {"m": file})


def table(made: EarlierDatabase, order: str = "order by all") -> list[tuple[object, ...]]:
    with duckdb.connect(str(made.path), read_only=True) as connection:
        return connection.execute(f"from marts.m {order}").fetchall()


@pytest.mark.parametrize(
    "now",
    [
        f"{BEFORE} where i <> 17",
        f"{BEFORE} union all select 200, 'new', null",
        f"select id, name, case when id = 5 then 0.5 else value end as value from ({BEFORE})",
        f"{BEFORE} where i < 50",
        f"{BEFORE} where false",
        f"select *, 1 as another from ({BEFORE})",
        BEFORE,
    ],
)
def test_the_table_holds_the_rows_of_the_new_file(tmp_path: Path, now: str) -> None:
    earlier = database(tmp_path / "earlier", BEFORE)
    made = database(tmp_path / "now", now, earlier)
    assert table(made) == sorted(duckdb.sql(now).fetchall(), key=lambda row: row[0])


def test_rows_that_stand_are_left_where_they_are(tmp_path: Path) -> None:
    earlier = database(tmp_path / "earlier", f"{BEFORE} order by hash(i)")
    made = database(tmp_path / "now", f"{BEFORE} where i <> 17", earlier)
    assert table(made, "") == [row for row in table(earlier, "") if row[0] != 17]
