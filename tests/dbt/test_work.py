"""Companies, stages and placements at their boundaries."""

from datetime import date
from decimal import Decimal

import pytest
from warehouse import Warehouse


@pytest.mark.parametrize(
    ("placement", "is_started", "is_falloff"),
    [
        ("6001", True, False),
        ("6030", True, True),
        ("6031", True, False),
        ("6032", False, False),
        ("6033", True, False),
        ("6034", False, False),
        ("6035", False, False),
        ("6036", False, False),
        ("6046", False, False),
        ("6047", True, False),
    ],
)
def test_start_and_fall_off(
    built: Warehouse, placement: str, is_started: bool, is_falloff: bool
) -> None:
    found = built.rows(
        "select is_started, is_falloff from intermediate.int_placements"
        f" where source_record_id = '{placement}'"
    )
    assert found == [(is_started, is_falloff)]


def test_a_placement_starts_today_at_the_latest(built: Warehouse) -> None:
    ((start, end),) = built.rows(
        "select start_date, guarantee_end_date from intermediate.int_placements"
        " where source_record_id = '6001'"
    )
    assert (start, end) == (date(2026, 1, 1), date(2026, 1, 31))


def test_an_unknown_status_is_kept_as_unknown(built: Warehouse) -> None:
    assert built.rows(
        "select status from intermediate.int_placements where source_record_id = '6036'"
    ) == [("unknown",)]


def test_a_fee_of_twenty_is_twenty_percent(built: Warehouse) -> None:
    assert built.rows(
        "select distinct fee_fraction, fee_amount from intermediate.int_placements"
        " where source_record_id in ('6001', '6039')"
    ) == [(Decimal("0.2000"), Decimal("10000.0000"))]


def test_currency_is_the_one_the_placement_was_billed_in(built: Warehouse) -> None:
    assert built.rows(
        "select currency from intermediate.int_placements where source_record_id = '6001'"
    ) == [("GBP",)]


def test_a_hire_is_a_placement_that_came_of_the_application(built: Warehouse) -> None:
    rows = built.rows(
        "select source_record_id, status_group, is_hired, rejected_at is not null"
        " from intermediate.int_applications order by 1"
    )
    assert rows == [("4001", "hired", True, False), ("4002", "rejected", False, True)]


def test_stages_follow_each_other(built: Warehouse) -> None:
    rows = built.rows(
        "select stage_group, stage_sequence, exited_at - entered_at"
        " from intermediate.int_stage_events where application_id = 'bullhorn:4001' order by 2"
    )
    assert [(group, place) for group, place, _ in rows] == [
        ("submitted", 1),
        ("interview", 2),
        ("hired", 3),
    ]
    assert [stay.days if stay else None for *_, stay in rows] == [1, 1, None]


def test_parents_are_followed_to_the_top(built: Warehouse) -> None:
    rows = built.rows(
        "select source_record_id, top_company_id from intermediate.int_companies"
        " where source_record_id in ('501', '504', '505') order by 1"
    )
    assert {top for _, top in rows} == {"bullhorn:501"}


@pytest.mark.parametrize(
    ("customer", "company", "rule"),
    [
        ("x-one", "bullhorn:501", "customer_code"),
        ("x-two", "xero:x-two", "ambiguous_code"),
        ("x-alone", "xero:x-alone", "billing_only"),
        ("x-named", "bullhorn:501", "billing_reference"),
        ("x-host", "bullhorn:504", "company_domain"),
        ("x-free", "xero:x-free", "billing_only"),
        ("x-both", "xero:x-both", "ambiguous_domain"),
        ("x-odd", "bullhorn:507", "customer_code"),
    ],
)
def test_a_customer_is_found_by_its_code_or_stands_alone(
    built: Warehouse, customer: str, company: str, rule: str
) -> None:
    found = built.rows(
        "select company_id, rule from intermediate.int_company_links"
        f" where source_record_id = '{customer}'"
    )
    assert found == [(company, rule)]


def test_a_weaker_rule_that_says_otherwise_is_told(built: Warehouse) -> None:
    assert built.rows(
        "select source_record_id, contradicted_by from intermediate.int_company_links"
        " where contradicted_by is not null"
    ) == [("x-odd", "billing_reference")]


@pytest.mark.parametrize(
    ("job", "company", "rule"),
    [
        ("2001", "bullhorn:501", "own_record"),
        ("2015", None, "no_client"),
        ("2016", None, "unknown_client"),
    ],
)
def test_a_job_without_client_is_named_so(
    built: Warehouse, job: str, company: str | None, rule: str
) -> None:
    assert built.rows(
        "select company_id, company_rule from intermediate.int_jobs"
        f" where source_record_id = '{job}'"
    ) == [(company, rule)]


def test_a_supplier_is_no_company(built: Warehouse) -> None:
    assert not built.rows(
        "select * from intermediate.int_companies where source_record_id = 'x-vendor'"
    )


def test_a_customer_known_from_billing_alone_is_not_named(built: Warehouse) -> None:
    rows = built.rows(
        "select source_record_id from intermediate.int_companies"
        " where is_billing_only = (company_name is not null)"
    )
    assert rows == []


def test_a_web_address_gives_the_domain(built: Warehouse) -> None:
    assert built.rows(
        "select domain from intermediate.int_companies where source_record_id = '504'"
    ) == [("four.example",)]


def test_a_job_opened_again_is_told_by_its_versions(built: Warehouse) -> None:
    rows = built.rows(
        "select opening_number, cast(opened_at as date), cast(closed_at as date), is_open"
        " from intermediate.int_job_openings where source_record_id = '2005' order by 1"
    )
    assert rows == [
        (1, date(2026, 1, 1), date(2026, 1, 11), False),
        (2, date(2026, 1, 21), date(2026, 1, 31), False),
    ]


def test_every_live_job_was_opened_at_least_once(built: Warehouse) -> None:
    query = "select count(distinct job_id) from intermediate.{}"
    assert built.rows(query.format("int_job_openings")) == built.rows(query.format("int_jobs"))


def test_a_placement_without_job_has_no_client(built: Warehouse) -> None:
    assert built.rows(
        "select job_id, company_id from intermediate.int_placements where source_record_id = '6047'"
    ) == [(None, None)]
