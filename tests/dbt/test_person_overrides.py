"""What the agency decides about two records wins over every rule, and can be undone."""

import shutil
from pathlib import Path

import pytest
from warehouse import Warehouse

DECISIONS = [
    ("candidates:1", "client_contacts:2", "different"),
    # A merge at the source.
    ("candidates:6", "candidates:8", "different"),
    # The ends of a chain: what lies between belongs to neither.
    ("candidates:56", "candidates:58", "different"),
    ("candidates:52", "candidates:50", "different"),
    ("candidates:16", "candidates:17", "same"),
    ("candidates:17", "candidates:16", "Same "),
    # Overruled by the row that follows.
    ("candidates:25", "candidates:26", "same"),
    ("candidates:26", "candidates:25", "different"),
    ("candidates:9", "candidates:10", "same"),
    ("candidates:11", "candidates:1", "same"),
    ("candidates:1", "candidates:1", "different"),
    ("candidates:20", "candidates:21", "perhaps"),
]
HOLD = ("a_decision_different_always_holds", "linked_records_are_reached")


@pytest.fixture(scope="module")
def overridden(built: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The built warehouse with decisions in the seed."""
    path = Path(tmp_path_factory.mktemp("overrides")) / "warehouse.duckdb"
    with built.connect() as connection:
        connection.execute("checkpoint")
    shutil.copy(built.path, path)
    warehouse = Warehouse.__new__(Warehouse)
    warehouse.path = path
    with warehouse.connect() as connection:
        connection.executemany(
            "insert into seeds.person_overrides values (?, ?, ?, 'asked', 'me', date '2026-06-01')",
            [(f"bullhorn.{one}", f"bullhorn.{other}", said) for one, other, said in DECISIONS],
        )
    statuses = warehouse.dbt("run", "-s", "int_person_overrides+,intermediate")
    assert set(statuses.values()) == {"success"}
    assert warehouse.dbt("test", "-s", *HOLD) == dict.fromkeys(HOLD, "pass")
    return warehouse


def people(warehouse: Warehouse, *records: str) -> int:
    """How many persons the records are."""
    listed = ", ".join(f"'{record}'" for record in records)
    ((found, count),) = warehouse.rows(
        "select count(*), count(distinct person_id) from intermediate.int_person_members"
        f" where record_kind || ':' || source_record_id in ({listed})"
    )
    assert found == len(records)
    return int(count)


def test_different_undoes_an_address(overridden: Warehouse) -> None:
    assert people(overridden, "candidate:1", "contact:2") == 2


def test_different_undoes_a_merge_and_leaves_the_others_merged(overridden: Warehouse) -> None:
    assert people(overridden, "candidate:6", "candidate:7", "candidate:8") == 2
    assert people(overridden, "candidate:7", "candidate:8") == 1


def test_different_cuts_what_would_join_them_through_others(overridden: Warehouse) -> None:
    assert people(overridden, "candidate:56", "contact:57", "candidate:58", "lead:65") == 4


def test_same_joins_what_no_rule_joins(overridden: Warehouse) -> None:
    assert people(overridden, "candidate:16", "candidate:17") == 1


def test_different_wins_over_same(overridden: Warehouse) -> None:
    assert people(overridden, "candidate:25", "candidate:26") == 2


def test_anonymised_records_are_not_joined_on_demand(overridden: Warehouse) -> None:
    assert people(overridden, "candidate:9", "candidate:10") == 2


def test_the_others_are_as_they_were(built: Warehouse, overridden: Warehouse) -> None:
    named = {"6", "7", "8", "1", "2", "16", "17", "56", "57", "58", "65"}
    query = (
        "select source_record_id, record_kind, person_id from intermediate.int_person_members"
        " order by all"
    )
    before = [row for row in built.rows(query) if row[0] not in named]
    assert before == [row for row in overridden.rows(query) if row[0] not in named]


def test_every_decision_says_what_became_of_it(overridden: Warehouse) -> None:
    found = overridden.rows(
        "select left_record, right_record, status from intermediate.int_person_overrides"
        " where status <> 'in_force' order by all"
    )
    assert found == [
        ("bullhorn.candidates:1", "bullhorn.candidates:1", "same_record"),
        ("bullhorn.candidates:1", "bullhorn.candidates:11", "deleted_record"),
        ("bullhorn.candidates:10", "bullhorn.candidates:9", "anonymised_record"),
        ("bullhorn.candidates:20", "bullhorn.candidates:21", "unknown_decision"),
        ("bullhorn.candidates:25", "bullhorn.candidates:26", "overruled"),
        ("bullhorn.candidates:50", "bullhorn.candidates:52", "unknown_record"),
    ]
