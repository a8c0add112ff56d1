"""What need not be built again: by inputs alone, and never on the word of a killed build."""

from collections.abc import Iterator

import duckdb
import pytest

from orchestration.contents import (
    Plan,
    Record,
    content_query,
    forget,
    recorded,
    remember,
)

PARENTS = {"staged": ("landed",), "middle": ("staged",), "mart": ("middle",), "apart": ("other",)}
SOURCES = {"landed": "load 1", "other": "load 1"}


def built(sources: dict[str, str]) -> Plan:
    """A plan after everything was built from these sources."""
    empty = Plan("code", PARENTS, sources, {})
    contents, records = dict(sources), {}
    for node in PARENTS:
        records[node] = Record(node, empty.inputs(node, contents), f"rows of {node}")
        contents[node] = f"rows of {node}"
    return Plan("code", PARENTS, sources, records)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse."""
    with duckdb.connect() as found:
        yield found


def test_nothing_new_leaves_nothing_in_doubt() -> None:
    assert built(SOURCES).doubtful() == frozenset()


def test_a_new_load_puts_in_doubt_what_follows_from_it_and_no_more() -> None:
    plan = built(SOURCES)
    moved = Plan("code", PARENTS, {**SOURCES, "landed": "load 1, load 2"}, plan.recorded)
    assert moved.doubtful() == {"staged", "middle", "mart"}


def test_a_table_that_is_built_to_the_same_rows_stops_the_build() -> None:
    plan = built(SOURCES)
    contents = {"middle": "rows of middle"}
    assert plan.is_current("mart", plan.inputs("mart", contents))
    assert not plan.is_current("mart", plan.inputs("mart", {"middle": "other rows"}))


def test_other_code_is_a_build_of_everything() -> None:
    plan = built(SOURCES)
    assert Plan("other code", PARENTS, SOURCES, plan.recorded).doubtful() == set(PARENTS)


def test_what_a_killed_build_may_have_touched_is_in_doubt_and_all_that_follows() -> None:
    plan = built(SOURCES)
    left = {name: record for name, record in plan.recorded.items() if name != "staged"}
    assert Plan("code", PARENTS, SOURCES, left).doubtful() == {"staged", "middle", "mart"}


def test_a_statement_is_of_the_code_that_dbt_made_it_of() -> None:
    record = Record("mart", "inputs", "rows", base="code", statement="select 1")
    assert Plan("code", PARENTS, SOURCES, {"mart": record}).statement("mart") == "select 1"
    assert Plan("other code", PARENTS, SOURCES, {"mart": record}).statement("mart") == ""
    assert Plan("code", PARENTS, SOURCES, {}).statement("mart") == ""


def test_records_are_replaced_and_forgotten(connection: duckdb.DuckDBPyConnection) -> None:
    recorded(connection)
    remember(connection, [Record("a", "1", "x"), Record("b", "1", "y")])
    remember(connection, [Record("a", "2", "z")])
    forget(connection, ["b"])
    assert recorded(connection) == {"a": Record("a", "2", "z")}


@pytest.mark.parametrize(
    ("rows", "is_same"),
    [
        ("(2, 'b'), (1, 'a')", True),
        ("(1, 'a'), (2, 'c')", False),
        ("(1, 'a'), (2, 'b'), (2, 'b')", False),
        ("(1, 'a'), (2, null)", False),
    ],
)
def test_content_is_the_rows_whatever_their_order(
    connection: duckdb.DuckDBPyConnection, rows: str, is_same: bool
) -> None:
    for name, values in (("one", "(1, 'a'), (2, 'b')"), ("other", rows)):
        connection.execute(f"create table {name} as from (values {values}) as t(number, word)")
    one, other = (connection.execute(content_query(name)).fetchone() for name in ("one", "other"))
    assert (one == other) is is_same
