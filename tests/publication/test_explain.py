"""From a figure to the landed records it was made of."""

from dataclasses import replace

import pytest

from publication import UnknownRow, explain
from publication.explained import MAX_ROWS_PER_STEP
from publication.landed_records import RecordName
from tests.expectations.agency import Agency, payload, sha256
from tests.publication.releasing import release


def _name(vendor: str, entity: str, record: str) -> RecordName:
    return RecordName(f"{vendor}.{entity}", vendor, record, sha256(payload(vendor, entity, record)))


def test_a_placement_leads_to_its_record_and_its_documents(agency: Agency) -> None:
    release(agency)
    told = explain(agency.home, "fct_placements", ["bullhorn:1"], agency.landing)
    assert set(told.landed) == {
        _name("bullhorn", "placements", "1"),
        _name("xero", "invoices", "i1"),
        _name("xero", "credit_notes", "c1"),
    }
    assert told.missing == ()


def test_a_landed_record_says_when_and_how_it_came(agency: Agency) -> None:
    release(agency)
    told = explain(agency.home, "fct_revenue", ["xero:i1:1"], agency.landing)
    (record,) = told.landed[_name("xero", "invoices", "i1")]
    assert (record.load_id, record.via, record.is_intact) == ("load1", "pull", True)
    assert record.received_at.isoformat() == "2026-02-01T00:00:00"


def test_a_metric_leads_through_its_mart(agency: Agency) -> None:
    release(agency)
    told = explain(
        agency.home, "metric_nps", ["nps", "all", "2026-01-01", "all", "all"], agency.landing
    )
    models = [row.model for row in told.rows()]
    assert models == ["metric_nps", *["fct_survey_responses"] * 6, *["int_survey_responses"] * 6]


def test_a_month_counts_only_its_own_days(agency: Agency) -> None:
    agency.change(
        "update marts.metric_nps set period = 'month', period_start = date '2026-02-01'",
        "update marts.fct_survey_responses set submitted_date = date '2026-02-03' "
        "where response_id = 'typeform:r2'",
    )
    release(agency)
    told = explain(agency.home, "metric_nps", {"period": "month"}, agency.landing)
    assert [row.row["response_id"] for row in told.root.made_of] == ["typeform:r2"]


def test_what_is_not_listed_is_counted(agency: Agency) -> None:
    agency.change(
        "insert into marts.fct_survey_responses select answers.* replace "
        "(response_id || '-' || i as response_id) "
        "from marts.fct_survey_responses as answers, range(10) as t(i)"
    )
    release(agency)
    told = explain(agency.home, "metric_nps", {"cut": "all"}, agency.landing)
    assert len(told.root.made_of) == MAX_ROWS_PER_STEP
    assert told.root.unlisted == {"fct_survey_responses": 66 - MAX_ROWS_PER_STEP}


def test_a_record_that_is_no_longer_in_landing_is_said_to_be_missing(agency: Agency) -> None:
    release(agency)
    rest = [file for file in agency.landing if file.vendor != "bullhorn"]
    told = explain(agency.home, "fct_placements", ["bullhorn:1"], rest)
    assert told.missing == (_name("bullhorn", "placements", "1"),)


@pytest.mark.parametrize(
    ("mart", "key", "said"),
    [
        ("fct_nothing", ["1"], "not a public mart"),
        ("fct_placements", ["bullhorn:2"], "no row with placement_id=bullhorn:2"),
        ("fct_placements", ["a", "b"], "the key of fct_placements is placement_id"),
        ("fct_survey_responses", {"score": "10"}, "several rows"),
        ("fct_placements", {"colour": "red"}, "no column colour"),
    ],
)
def test_a_wrong_key_says_what_the_key_is(
    agency: Agency, mart: str, key: list[str], said: str
) -> None:
    release(agency)
    with pytest.raises(UnknownRow, match=said):
        explain(agency.home, mart, key, agency.landing)


def test_an_older_release_can_be_explained(agency: Agency) -> None:
    first = release(agency).release.id
    told = explain(agency.home, "fct_placements", ["bullhorn:1"], agency.landing, release_id=first)
    assert told.release == first
    assert replace(told, landed={}).root.row["net_fee_amount"] == 900
