"""The gate as a whole: what it covers, what it tells apart, what it never says."""

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from expectations import (
    CandidateChanged,
    LandingFile,
    Thresholds,
    expected_check_names,
    judge,
)
from expectations.files import parquet_hashes
from expectations.tables import same_rows_checks
from expectations.verdict import to_json
from publication import build_candidate
from tests.expectations.agency import AS_OF, NOON, Agency
from tests.expectations.judging import blocking, judged

EMAIL = "jane.doe@example.com"


def test_a_right_candidate_passes_every_expected_check(agency: Agency) -> None:
    verdict = judged(agency)
    assert blocking(verdict) == {}
    assert verdict.missing(expected_check_names(agency.manifest)) == ()
    assert {check.name for check in verdict.checks} == expected_check_names(agency.manifest)


def test_a_wrong_figure_fails_with_the_number_of_rows_and_no_value(agency: Agency) -> None:
    agency.change(
        "update marts.metric_nps set value = 120.5",
        f"update marts.dim_companies set company_name = '{EMAIL}'",
        "update marts.dim_people set person_id = 'Jane Doe'",
    )
    found = blocking(judged(agency))
    assert {name: (check.status, check.observed) for name, check in found.items()} == {
        "suite:metric_nps:value_within_bounds": ("failed", "1"),
        "suite:metric_nps:interval_around_value": ("failed", "1"),
        "suite:metric_nps:value_is_its_ratio": ("failed", "1"),
        "suite:dim_companies:no_email_address": ("failed", "1"),
        "suite:dim_people:person_id_is_a_pseudonym": ("failed", "1"),
    }
    said = "".join(str(check) for check in found.values())
    assert "120.5" not in said
    assert EMAIL not in said
    assert "Jane Doe" not in said


def test_rows_at_fault_are_told_by_their_keys(agency: Agency) -> None:
    agency.change("update marts.fct_placements set job_id = null")
    found = blocking(judged(agency))
    check = found["suite:fct_placements:placements_without_job"]
    assert (check.status, check.observed, check.message) == ("failed", "1", "bullhorn:1")


def test_a_document_without_a_rate_is_told_with_currency_and_date(agency: Agency) -> None:
    agency.change(
        "update marts.fct_revenue set is_unconverted = true, reporting_amount = null, "
        "currency = 'USD'"
    )
    check = blocking(judged(agency))["suite:fct_revenue:unconverted"]
    assert " in USD on 2026-" in check.message


def test_a_rule_whose_column_is_gone_is_unchecked_not_failed(agency: Agency) -> None:
    agency.change("alter table marts.fct_revenue drop column reporting_currency")
    del agency.manifest["nodes"]["model.vouch.fct_revenue"]["columns"]["reporting_currency"]
    found = blocking(judged(agency))
    assert {name: check.status for name, check in found.items()} == {
        "suite:fct_revenue:reporting_currency_has_its_form": "unchecked"
    }
    (check,) = found.values()
    assert "reporting_currency" in check.message


def test_a_rule_that_crashes_on_a_value_does_not_quote_it(agency: Agency) -> None:
    agency.change(
        "alter table marts.fct_revenue alter document_date type varchar",
        f"update marts.fct_revenue set document_date = '{EMAIL}'",
    )
    verdict = judged(agency)
    check = blocking(verdict)["suite:fct_revenue:document_date_is_a_sane_date"]
    assert check.status == "unchecked"
    assert EMAIL not in to_json(verdict)


def test_a_declared_mart_that_is_not_there_is_unchecked(agency: Agency) -> None:
    del agency.manifest["nodes"]["model.vouch.fct_touchpoints"]
    found = blocking(judged(agency))
    assert {check.status for check in found.values()} == {"unchecked"}
    assert {check.subject for check in found.values()} == {"fct_touchpoints"}


def test_an_empty_headline_mart_fails(agency: Agency) -> None:
    agency.change("delete from marts.metric_referral_share")
    assert list(blocking(judged(agency))) == [
        "suite:metric_referral_share:row_count",
        "suite:metric_referral_share:has_an_overall_figure",
    ]


def test_too_large_an_unknown_share_fails_and_says_how_large(agency: Agency) -> None:
    agency.change("update marts.fct_touchpoints set channel = 'unknown'")
    (check,) = blocking(judged(agency)).values()
    assert (check.name, check.observed) == ("suite:fct_touchpoints:unknown_channel", "1.0")
    assert check.expected == "a share of at most 0.2"


def test_tables_that_differ_from_the_files_fail(agency: Agency) -> None:
    candidate = build_candidate(agency.warehouse, agency.manifest, agency.home)
    with duckdb.connect(str(candidate.database)) as connection:
        connection.execute("update marts.fct_revenue set amount = amount + 0.0001")
    marts, files = ["fct_costs", "fct_revenue"], parquet_hashes(candidate.folder)
    checks = same_rows_checks(candidate.judged, marts, files, {})
    assert [check.status for check in checks] == ["passed", "failed"]
    # What the files hold is known: the tables are still read.
    again = same_rows_checks(
        candidate.judged, marts, files, {check.name: check.read for check in checks}
    )
    assert again == checks


def test_what_a_file_holds_is_not_taken_from_other_bytes(agency: Agency) -> None:
    candidate = build_candidate(agency.warehouse, agency.manifest, agency.home)
    files = parquet_hashes(candidate.folder)
    (check,) = same_rows_checks(candidate.judged, ["fct_costs"], files, {})
    other = check.read.replace(files["fct_costs.parquet"], "0" * 64)
    wrong = other[:-1] + ("1" if other[-1] != "1" else "2")
    (again,) = same_rows_checks(candidate.judged, ["fct_costs"], files, {check.name: wrong})
    assert again == check


def test_a_verdict_on_bytes_that_changed_meanwhile_is_not_given(agency: Agency) -> None:
    candidate = build_candidate(agency.warehouse, agency.manifest, agency.home)

    def landing_read_while_someone_writes() -> Iterator[LandingFile]:
        with (candidate.folder / "fct_costs.parquet").open("ab") as target:
            target.write(b"x")
        yield from agency.landing

    with pytest.raises(CandidateChanged):
        judge(
            candidate.judged,
            manifest=agency.manifest,
            dbt_results=agency.results,
            landing=landing_read_while_someone_writes(),
            as_of=AS_OF,
            evaluated_at=NOON,
        )


def test_more_rejected_records_than_allowed_fail_and_are_listed(agency: Agency) -> None:
    agency.change(
        "insert into intermediate.int_rejected_records values "
        "('xero', 'xero.payments', 'p9', 'x', 'Amount: not a number', 'staging')"
    )
    (check,) = blocking(judged(agency)).values()
    assert (check.name, check.observed) == ("rejects:int_rejected_records", "1")
    assert check.message == "xero.payments p9 (xero): Amount: not a number"


def test_an_unknown_value_fails_and_is_listed_by_its_field(agency: Agency) -> None:
    agency.change(
        "insert into intermediate.int_unknown_values values "
        "('bullhorn', 'bullhorn.placements', '1', 'status')"
    )
    (check,) = blocking(judged(agency)).values()
    assert (check.name, check.status) == ("unknown:int_unknown_values", "failed")
    assert (check.observed, check.expected) == ("1", "at most 0")
    assert check.message == "bullhorn.placements 1 (bullhorn): status"
    assert blocking(judged(agency, limits=Thresholds(max_unknown_values=1))) == {}


def test_a_scale_of_1_to_5_sent_as_nps_fails_and_says_which_survey(agency: Agency) -> None:
    agency.change(
        "insert into intermediate.survey_exclusions values "
        "('t', 'typeform:stars', 'other_scale_sent_as_nps', 30), "
        "('t', 'files:survey_answers', 'score_off_scale', 2), "
        "('t', 'typeform:f', 'score_blank', 400), ('t', 'typeform:c', 'csat_only', 50)"
    )
    (check,) = blocking(judged(agency)).values()
    assert (check.name, check.status) == ("unknown:survey_exclusions", "failed")
    assert (check.observed, check.expected) == ("32", "at most 0")
    assert check.message == (
        "files:survey_answers: score_off_scale (2); typeform:stars: other_scale_sent_as_nps (30)"
    )
    assert blocking(judged(agency, limits=Thresholds(max_off_scale_answers=32))) == {}


def test_without_the_list_of_unknown_values_they_are_unchecked(agency: Agency) -> None:
    del agency.manifest["nodes"]["model.vouch.int_unknown_values"]
    found = blocking(judged(agency))
    assert {name: check.status for name, check in found.items()} == {
        "unknown:int_unknown_values": "unchecked"
    }


def test_revenue_of_no_company_fails_beyond_its_share(agency: Agency) -> None:
    agency.change("update marts.fct_revenue set company_id = null where document_type = 'invoice'")
    (check,) = blocking(judged(agency)).values()
    assert (check.name, check.observed) == ("suite:fct_revenue:without_company", "0.5")
    assert check.expected == "a share of at most 0.05"
    limits = Thresholds(max_revenue_without_company_share=0.5)
    assert blocking(judged(agency, limits=limits)) == {}


def test_without_the_list_of_rejected_records_totals_are_unchecked(agency: Agency) -> None:
    del agency.manifest["nodes"]["model.vouch.int_rejected_records"]
    found = blocking(judged(agency))
    assert {check.kind for check in found.values()} == {"reconciliation", "rejects"}
    assert {check.status for check in found.values()} == {"unchecked"}


def test_dbt_outcomes_become_checks(agency: Agency) -> None:
    statuses = ["pass", "warn", "fail", "error", "skipped"]
    nodes = list(agency.manifest["nodes"])
    results = tuple(
        replace(result, status=statuses[number] if number < len(statuses) else "success")
        for number, result in enumerate(agency.results[:-1])
    )
    found = blocking(judged(agency, results=results))
    assert {name: check.status for name, check in found.items()} == {
        f"dbt:{nodes[2]}": "failed",
        f"dbt:{nodes[3]}": "unchecked",
        f"dbt:{nodes[4]}": "unchecked",
        f"dbt:{nodes[-1]}": "unchecked",
    }
