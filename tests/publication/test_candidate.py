"""Candidates: the same rows give the same bytes, and only public marts go out."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from publication import (
    CandidateError,
    MartDeclarationError,
    latest_candidate,
    read_candidate,
)
from publication.export import export_parquet, exported
from publication.marts import public_marts
from tests.expectations.agency import Agency
from tests.publication.releasing import candidate_of, numbered

ROWS = 400_000


def test_the_same_rows_give_the_same_candidate(agency: Agency) -> None:
    assert candidate_of(agency).sha256 == candidate_of(agency).sha256


def test_the_order_in_which_rows_were_written_does_not_matter(agency: Agency) -> None:
    before = candidate_of(agency).sha256
    agency.change(
        "create table marts.turned as select * from marts.fct_revenue order by amount",
        "drop table marts.fct_revenue",
        "alter table marts.turned rename to fct_revenue",
        "create table intermediate.turned as "
        "select * from intermediate.int_invoice_lines order by invoice_line_id desc",
        "drop table intermediate.int_invoice_lines",
        "alter table intermediate.turned rename to int_invoice_lines",
    )
    assert candidate_of(agency).sha256 == before


def test_one_and_two_threads_write_equal_bytes(agency: Agency, tmp_path: Path) -> None:
    agency.change(
        "create or replace table marts.dim_channels as select 'c' || (i * 7919) % 1000003 "
        f"as channel from range({ROWS}) as t(i)"
    )
    marts = [mart for mart in public_marts(agency.manifest) if mart.name == "dim_channels"]
    folders = [(tmp_path / f"out{run}", threads) for run, threads in enumerate((1, 2, 2))]
    for folder, threads in folders:
        export_parquet(agency.warehouse, marts, [], folder, threads)
    assert len({exported(folder)[0].sha256 for folder, _ in folders}) == 1


def test_another_figure_is_another_candidate(agency: Agency) -> None:
    assert numbered(agency, 1).sha256 != numbered(agency, 2).sha256


def test_the_candidate_is_read_back_as_it_was_built(agency: Agency) -> None:
    built = candidate_of(agency)
    assert read_candidate(built.folder) == built == latest_candidate(agency.home)


def test_evidence_is_what_the_explanations_name(agency: Agency) -> None:
    assert sorted(path.stem for path in (candidate_of(agency).folder / "evidence").iterdir()) == [
        "int_invoice_lines",
        "int_placements",
        "int_record_accounting",
        "int_rejected_records",
        "int_survey_responses",
        "int_unknown_values",
        "int_vendor_costs",
        "survey_exclusions",
        "uncounted_costs",
    ]


def test_schema_people_is_never_evidence(agency: Agency) -> None:
    agency.manifest["nodes"]["model.vouch.int_placements"]["schema"] = "people"
    with pytest.raises(MartDeclarationError, match="never released"):
        candidate_of(agency)


def test_a_public_mart_without_a_grain_is_an_error(agency: Agency) -> None:
    agency.manifest["nodes"]["model.vouch.fct_costs"]["config"]["meta"] = {}
    with pytest.raises(MartDeclarationError, match="grain"):
        candidate_of(agency)


def test_a_mart_that_was_not_built_is_an_error_and_leaves_nothing(agency: Agency) -> None:
    agency.change("drop table marts.fct_costs")
    with pytest.raises(CandidateError, match="fct_costs"):
        candidate_of(agency)
    assert list((agency.home / "candidates").iterdir()) == []


def test_a_warehouse_that_someone_writes_is_an_error(agency: Agency) -> None:
    with duckdb.connect(str(agency.warehouse)), pytest.raises(CandidateError):
        candidate_of(agency)


def test_old_candidates_are_discarded_and_the_newest_is_the_latest(agency: Agency) -> None:
    built = [numbered(agency, number) for number in range(5)]
    assert latest_candidate(agency.home).id == built[-1].id
    assert sum(candidate.folder.exists() for candidate in built) == 3


def test_a_folder_that_is_no_candidate_is_an_error(agency: Agency) -> None:
    candidate = replace(candidate_of(agency))
    (candidate.folder / "candidate.json").write_text("{}")
    with pytest.raises(CandidateError, match="not a candidate"):
        read_candidate(candidate.folder)
