"""The order of deliveries decides nothing: incremental runs equal one full build."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from warehouse import LOWER_HALF, Delivery, Warehouse


def contents(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    """Rows of every model, without the time of arrival."""
    tables = warehouse.rows(
        "select table_schema, table_name, string_agg(column_name, ', ' order by column_name)"
        " from information_schema.columns"
        " where table_schema in ('staging', 'intermediate', 'people')"
        " and table_name <> 'pseudonym_key' and column_name <> 'received_at' group by all"
    )
    return {
        name: sorted(warehouse.rows(f"select {columns} from {schema}.{name}"), key=repr)
        for schema, name, columns in tables
    }


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory, deliveries: list[Delivery]) -> Warehouse:
    """The same deliveries, shuffled over three loads with repetitions, built load by load."""
    dice = Random(3)
    shuffled = [*deliveries, *dice.sample(deliveries, 40)]
    dice.shuffle(shuffled)
    warehouse = Warehouse(Path(tmp_path_factory.mktemp("replay")) / "warehouse.duckdb")
    third = len(shuffled) // 3 + 1
    for number in range(3):
        part = shuffled[number * third : (number + 1) * third]
        warehouse.land([replace(delivery, load_id=f"9{number}.0") for delivery in part])
        statuses = warehouse.dbt("run" if number else "build", *LOWER_HALF)
        assert "error" not in statuses.values()
    return warehouse


def test_shuffled_and_repeated_deliveries_give_the_same_tables(
    built: Warehouse, replayed: Warehouse
) -> None:
    once, again = contents(built), contents(replayed)
    assert once.keys() == again.keys()
    assert [name for name in once if once[name] != again[name]] == []


def test_each_load_is_staged_once(replayed: Warehouse) -> None:
    assert replayed.rows(
        "select distinct load_id from landing.staged_loads"
        " where model = 'stg_bullhorn__candidates' order by 1"
    ) == [("90.0",), ("91.0",), ("92.0",)]
    assert not replayed.rows(
        "select model, load_id from landing.staged_loads group by all having count(*) > 1"
    )


def test_a_full_refresh_changes_nothing(replayed: Warehouse) -> None:
    before = contents(replayed)
    replayed.dbt("run", *LOWER_HALF, "--full-refresh")
    assert contents(replayed) == before


def test_an_older_version_that_comes_late_does_not_win(built: Warehouse) -> None:
    rows = built.rows(
        "select status from people.stg_bullhorn__candidates where source_record_id = '40'"
    )
    assert rows in ([("new",)], [("tie",)])
