"""Jobs without a client and placements that lack a part: a named bucket, or a stop."""

import shutil
from pathlib import Path

import pytest
from warehouse import Warehouse

MAPPED = [
    ("bullhorn:2015", "bullhorn:502", None),
    ("bullhorn:2016", None, "c-1"),
    ("bullhorn:2001", "bullhorn:502", None),
    ("bullhorn:9999", "bullhorn:502", None),
    ("bullhorn:2003", "bullhorn:nobody", None),
]
MODELS = ("-s", "int_job_company_mappings", "int_jobs", "int_applications", "int_placements")
LISTS = ("unmapped_jobs", "incomplete_placements")


@pytest.fixture(scope="module")
def mapped(built: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The built warehouse with companies for some jobs in the seed."""
    path = Path(tmp_path_factory.mktemp("mapped")) / "warehouse.duckdb"
    with built.connect() as connection:
        connection.execute("checkpoint")
    shutil.copy(built.path, path)
    warehouse = Warehouse.__new__(Warehouse)
    warehouse.path = path
    with warehouse.connect() as connection:
        connection.executemany(
            "insert into seeds.job_company_map values (?, ?, ?, 'asked', date '2026-06-01')", MAPPED
        )
    assert set(warehouse.dbt("run", *MODELS, *LISTS).values()) == {"success"}
    return warehouse


def test_the_seed_names_the_client_of_a_job_without_one(mapped: Warehouse) -> None:
    assert mapped.rows(
        "select source_record_id, company_id, company_rule from intermediate.int_jobs"
        " where source_record_id in ('2001', '2015', '2016') order by 1"
    ) == [
        ("2001", "bullhorn:501", "own_record"),
        ("2015", "bullhorn:502", "job_company_map"),
        ("2016", "bullhorn:501", "job_company_map"),
    ]


def test_a_mapped_client_is_the_placements_client(mapped: Warehouse) -> None:
    assert mapped.rows(
        "select company_id from intermediate.int_placements where source_record_id = '6050'"
    ) == [("bullhorn:502",)]


def test_every_row_of_the_seed_says_what_became_of_it(mapped: Warehouse) -> None:
    assert mapped.rows(
        "select job_id, status from intermediate.int_job_company_mappings order by 1"
    ) == [
        ("bullhorn:2001", "job_has_client"),
        ("bullhorn:2003", "unknown_company"),
        ("bullhorn:2015", "applied"),
        ("bullhorn:2016", "applied"),
        ("bullhorn:9999", "unknown_job"),
    ]


def test_jobs_that_stay_without_a_client_are_listed(mapped: Warehouse) -> None:
    assert mapped.rows(
        "select job_id, company_rule from intermediate.unmapped_jobs order by 1"
    ) == [(f"bullhorn:{job}", "no_client") for job in (2003, 2004, 2005)]


@pytest.mark.parametrize(
    ("placement", "bucket", "is_started"),
    [
        ("6051", "job_unknown", True),
        ("6052", "start_unknown", False),
        ("6053", "blocks", False),
        ("6054", "candidate_unknown", True),
        ("6040", "client_unknown", True),
    ],
)
def test_a_placement_that_lacks_a_part_falls_into_a_bucket(
    mapped: Warehouse, placement: str, bucket: str, is_started: bool
) -> None:
    assert mapped.rows(
        "select bucket, is_started from intermediate.incomplete_placements"
        f" where placement_id = 'bullhorn:{placement}'"
    ) == [(bucket, is_started)]


def test_a_worked_placement_without_a_start_blocks_by_its_key(mapped: Warehouse) -> None:
    assert mapped.dbt("test", "-s", "a_worked_placement_has_a_start") == {
        "a_worked_placement_has_a_start": "fail"
    }
    assert mapped.rows(
        "select placement_id from intermediate.incomplete_placements where bucket = 'blocks'"
    ) == [("bullhorn:6053",)]
