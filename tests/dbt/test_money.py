"""What a document counts for."""

from decimal import Decimal

import pytest
from warehouse import Warehouse

HUNDRED = Decimal("100.0000")


@pytest.mark.parametrize(
    ("document", "amount", "is_posted"),
    [
        ("plain", HUNDRED, True),
        ("inclusive", HUNDRED, True),
        ("bare", HUNDRED, True),
        ("void", HUNDRED, False),
        ("draft", HUNDRED, False),
        ("novel", HUNDRED, False),
        ("back", Decimal("-40.0000"), True),
    ],
)
def test_a_receivable_counts_net_and_only_when_posted(
    built: Warehouse, document: str, amount: Decimal, is_posted: bool
) -> None:
    found = built.rows(
        "select amount, is_posted from intermediate.int_invoice_lines"
        f" where source_record_id = '{document}'"
    )
    assert found == [(amount, is_posted)]


def test_a_credit_note_without_reference_follows_its_allocation(built: Warehouse) -> None:
    assert built.rows(
        "select placement_id, allocated_amount from intermediate.int_credit_notes"
    ) == [("bullhorn:6001", Decimal("48.0000"))]


def test_costs_are_bills_and_card_spend_less_supplier_credits(built: Warehouse) -> None:
    rows = built.rows(
        "select document_type, account_code, channel, amount"
        " from intermediate.int_vendor_costs order by amount desc"
    )
    assert rows == [
        ("bill", "400", "job_board", Decimal("70.0000")),
        ("bill", "405", None, Decimal("30.0000")),
        ("bank_spend", "416", None, Decimal("5.0000")),
        ("supplier_credit", "400", "job_board", Decimal("-10.0000")),
    ]


def test_a_payment_keeps_its_cents(built: Warehouse) -> None:
    assert built.rows(
        "select amount, currency, invoice_id, company_id from intermediate.int_payments"
    ) == [(Decimal("120.1000"), "GBP", "xero:plain", "bullhorn:501")]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("garbled", "LineItems: an amount is not a number"),
        ("dateless", "Date: missing"),
        ("6037", "salary: not a number"),
        ("6038", "fee: more than 100 percent"),
        ("too-high", "answers.nps: out of range"),
        ("between", "answers.nps: out of range"),
        ("rating-six", "answers.rating: out of range"),
        ("f" * 16 + ":2", "score: not a whole number"),
    ],
)
def test_a_value_that_does_not_parse_rejects_the_record(
    built: Warehouse, record: str, reason: str
) -> None:
    assert built.rows(
        "select reason, stage from intermediate.int_rejected_records"
        f" where source_record_id = '{record}'"
    ) == [(reason, "staging")]


def test_a_refused_delivery_is_listed_until_it_comes_again(built: Warehouse) -> None:
    rows = built.rows(
        "select source_record_id, reason from intermediate.int_rejected_records"
        " where stage = 'landing' order by 1"
    )
    assert rows == [
        ("43", "id: not a number"),
        ("sha256:ea1", "id: missing"),
        ("sha256:ea2", "id: missing"),
    ]
