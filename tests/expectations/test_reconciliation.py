"""Reconciliation: what landed is what the marts say, to the cent, or the difference is told."""

import json
from pathlib import Path

import duckdb
import pytest

from expectations import Check, LandingFile
from expectations.reconciliation import reconcile
from publication import build_candidate
from tests.expectations.agency import Agency

DAY = "timestamptz '2026-02-{day:02} 00:00:00+00'"


def totals(agency: Agency, *more: LandingFile) -> dict[str, Check]:
    """The reconciliation's checks by their short name."""
    candidate = build_candidate(agency.warehouse, agency.manifest, agency.home)
    checks = reconcile(candidate.judged, (*agency.landing, *more))
    return {check.name.removeprefix("reconciliation:"): check for check in checks}


def deliver(
    agency: Agency, entity: str, record: str, payload: object, *, day: int = 2, op: str = "upsert"
) -> LandingFile:
    """One more landed file with one record."""
    vendor, name = entity.split(".")
    path = agency.home / f"{record}-{day}-{op}.parquet"
    text = json.dumps(payload).replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select 't' as tenant_id, '{vendor}' as source, '{record}' as record_id, "
            f"{DAY.format(day=day)} as version, '{op}' as op, '{text}' as payload, "
            f"sha256('{text}') as payload_sha256) to '{path}' (format parquet)"
        )
    return LandingFile(vendor, name, path)


def document(kind: str, amount: float, status: str = "PAID", currency: str = "GBP") -> object:
    """What Xero says of a document, as far as totals need it."""
    return {"Type": kind, "Status": status, "CurrencyCode": currency, "SubTotal": amount}


def test_everything_agrees(agency: Agency) -> None:
    found = totals(agency)
    assert {check.status for check in found.values()} == {"passed"}
    assert found["posted_receivables"].observed == "GBP 900.0000"
    assert found["posted_payables"].expected == "GBP 250.0000"


@pytest.mark.parametrize(
    ("kind", "entity", "check", "said"),
    [
        ("ACCREC", "xero.invoices", "posted_receivables", "EUR: the mart has -0.01"),
        ("ACCRECCREDIT", "xero.credit_notes", "posted_receivables", "EUR: the mart has +0.01"),
        ("ACCPAY", "xero.invoices", "posted_payables", "EUR: the mart has -0.01"),
        ("ACCPAYCREDIT", "xero.credit_notes", "posted_payables", "EUR: the mart has +0.01"),
        ("SPEND", "xero.bank_transactions", "posted_payables", "EUR: the mart has -0.01"),
    ],
)
def test_a_cent_that_landed_and_is_not_in_the_mart_fails(
    agency: Agency, kind: str, entity: str, check: str, said: str
) -> None:
    found = totals(agency, deliver(agency, entity, "n", document(kind, 0.01, currency="EUR")))
    assert found[check].status == "failed"
    assert found[check].message.startswith(said)


def test_a_bill_that_is_in_neither_fact_is_missed_unless_it_has_a_reason(agency: Agency) -> None:
    agency.change("delete from marts.fct_costs")
    check = totals(agency)["posted_payables"]
    assert (check.status, check.message) == (
        "failed",
        "GBP: the mart has -250.0000 against landing",
    )
    agency.change("insert into intermediate.uncounted_costs values ('xero:b1:1', 'GBP', 250)")
    assert totals(agency)["posted_payables"].status == "passed"


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "VOIDED", "DELETED"])
def test_documents_that_are_not_posted_do_not_count(agency: Agency, status: str) -> None:
    found = totals(agency, deliver(agency, "xero.invoices", "n", document("ACCREC", 5, status)))
    assert found["posted_receivables"].status == "passed"


def test_the_newest_version_counts_in_whatever_order_it_came(agency: Agency) -> None:
    files = [
        deliver(agency, "xero.invoices", "i1", document("ACCREC", 1000), day=9),
        deliver(agency, "xero.invoices", "i1", document("ACCREC", 777), day=8),
    ]
    for order in (files, files[::-1]):
        assert totals(agency, *order)["posted_receivables"].status == "passed"


def test_a_deleted_record_does_not_count(agency: Agency) -> None:
    added = deliver(agency, "bullhorn.placements", "2", {"id": 2})
    assert totals(agency, added)["placements"].status == "failed"
    gone = deliver(agency, "bullhorn.placements", "2", {"id": 2}, op="delete")
    assert totals(agency, added, gone)["placements"].status == "passed"


def test_a_listed_refused_record_is_accounted_for(agency: Agency) -> None:
    added = deliver(agency, "bullhorn.placements", "2", {"id": 2})
    agency.change(
        "insert into intermediate.int_rejected_records values "
        "('bullhorn', 'bullhorn.placements', '2', 'x', 'fee: not a number', 'staging')"
    )
    assert totals(agency, added)["placements"].status == "passed"


def test_a_mart_row_that_never_landed_fails(agency: Agency) -> None:
    agency.change(
        "insert into marts.fct_placements "
        "select * replace ('bullhorn:9' as placement_id) from marts.fct_placements"
    )
    check = totals(agency)["placements"]
    assert (check.status, check.observed, check.expected) == (
        "failed",
        "placements 2",
        "placements 1",
    )


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        ({"number": 0, "field": {"id": "q", "type": "nps"}}, True),
        ({"number": 11, "field": {"id": "q", "type": "nps"}}, False),
        ({"number": 4, "field": {"id": "csat", "type": "opinion_scale"}}, False),
        ({"number": 4, "field": {"id": "eleven", "type": "opinion_scale"}}, True),
        ({"text": "9", "field": {"id": "q", "type": "short_text"}}, False),
    ],
)
def test_only_answers_on_a_scale_of_eleven_count(
    agency: Agency, answer: object, counts: bool
) -> None:
    form = {
        "id": "f",
        "fields": [
            {"id": "csat", "type": "opinion_scale", "properties": {"steps": 5}},
            {
                "id": "eleven",
                "type": "opinion_scale",
                "properties": {"steps": 11, "start_at_one": False},
            },
        ],
    }
    payload = {"form_id": "f", "response": {"answers": [answer]}}
    found = totals(
        agency,
        deliver(agency, "typeform.forms", "f", form),
        deliver(agency, "typeform.responses", "more", payload),
    )
    assert (found["scored_answers"].status == "failed") == counts


def test_a_landing_file_that_cannot_be_read_leaves_totals_unchecked(
    agency: Agency, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1")
    found = totals(agency, LandingFile("xero", "invoices", broken))
    assert {check.status for check in found.values()} == {"unchecked"}


def test_a_comparison_is_carried_over_while_all_that_it_reads_is_the_same(agency: Agency) -> None:
    candidate = build_candidate(agency.warehouse, agency.manifest, agency.home).judged
    reads = {check.name: check.read for check in reconcile(candidate, agency.landing)}
    assert len(set(reads.values())) == 4

    def known(name: str, read: str) -> Check | None:
        same = reads[name] == read
        return Check(name, "reconciliation", "", "passed", carried_from="r1") if same else None

    def judged(*more: LandingFile) -> set[str]:
        """Short names of the comparisons that were made anew."""
        checks = reconcile(candidate, (*agency.landing, *more), known)
        return {
            check.name.removeprefix("reconciliation:") for check in checks if not check.carried_from
        }

    assert judged() == set()
    bill = deliver(agency, "xero.invoices", "new", document("ACCPAY", 1.0))
    assert judged(bill) == {"posted_receivables", "posted_payables"}
    placed = deliver(agency, "bullhorn.placements", "new", {})
    assert judged(placed) == {"placements"}
    with candidate.mart("fct_revenue").open("ab") as mart:
        mart.write(b" ")
    assert judged() == {"posted_receivables", "posted_payables"}
