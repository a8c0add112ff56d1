"""The checker that the benchmarks stand on finds what differs."""

from pathlib import Path

import duckdb
import pytest

from benchmarks.comparison import differences


def written(folder: Path, rows: str) -> Path:
    folder.mkdir()
    duckdb.sql(
        f"select id::varchar as id, money::decimal(18, 4) as money, share::double as share"
        f" from (values {rows}) as given(id, money, share)"
    ).write_parquet(str(folder / "mart.parquet"))
    return folder


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        ("('a', 1, 0.5), ('b', null, null)", []),
        ("('b', null, null), ('a', 1, 0.5000000001)", []),
        ("('a', 1.0001, 0.5), ('b', null, null)", ["money is not the same in 1 rows"]),
        ("('a', 1, 0.5), ('b', 0, null)", ["money is not the same in 1 rows"]),
        ("('a', 1, 0.50001), ('b', null, 0)", ["share is not the same in 2 rows"]),
        ("('a', 1, 0.5)", ["1 rows are only ours"]),
        ("('a', 1, 0.5), ('b', null, null), ('c', 1, 1)", ["1 rows are only theirs"]),
        (
            "('a', 1, 0.5), ('b', null, null), ('b', null, null)",
            ["1 rows are theirs more than once"],
        ),
    ],
)
def test_what_differs_is_told(tmp_path: Path, theirs: str, told: list[str]) -> None:
    ours = written(tmp_path / "ours", "('a', 1, 0.5), ('b', null, null)")
    found = differences(ours, written(tmp_path / "theirs", theirs), {"mart": ("id",)})
    assert len(found) == len(told)
    assert all(one.told.startswith(start) for one, start in zip(found, told, strict=True))
