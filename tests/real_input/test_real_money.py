"""What Xero's own example documents count for, computed here from their JSON alone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from published_examples import Published

POSTED = {"AUTHORISED", "PAID"}
# Document type -> sign, as revenue and as cost.
REVENUE = {"ACCREC": 1, "ACCRECCREDIT": -1}
COSTS = {"ACCPAY": 1, "ACCPAYCREDIT": -1, "SPEND": 1}
ID = {
    "invoices": "InvoiceID",
    "credit_notes": "CreditNoteID",
    "bank_transactions": "BankTransactionID",
}


@dataclass(frozen=True)
class Document:
    """One document of the examples; ``net`` is without tax, in its own currency."""

    id: str
    type: str
    status: str
    currency: str
    net: Decimal


def _documents(published: Published) -> set[Document]:
    # List and single-record examples of a document agree on all of this.
    return set(_each(published))


def _each(published: Published) -> Iterator[Document]:
    for entity, id_field in ID.items():
        for line in published.records["xero", entity]:
            sent = json.loads(line, parse_float=Decimal)
            yield Document(
                sent[id_field],
                sent["Type"],
                sent["Status"],
                sent["CurrencyCode"],
                Decimal(sent["SubTotal"]),
            )


def _expected(
    published: Published, signs: dict[str, int], posted: bool
) -> dict[tuple[str, str], Decimal]:
    """Signed net amount by document and currency."""
    return {
        (each.id, each.currency): signs[each.type] * each.net
        for each in _documents(published)
        if each.type in signs and (each.status in POSTED) == posted
    }


def _by_document(rows: list[tuple[str, str, Decimal]]) -> dict[tuple[str, str], Decimal]:
    totals: dict[tuple[str, str], Decimal] = {}
    for document, currency, amount in rows:
        totals[document, currency] = totals.get((document, currency), Decimal(0)) + amount
    return totals


def test_a_document_is_the_same_in_every_example_of_it(published: Published) -> None:
    documents = _documents(published)
    assert len({each.id for each in documents}) == len(documents)


def test_posted_receivables_are_revenue_to_the_cent(published: Published) -> None:
    expected = _expected(published, REVENUE, posted=True)
    assert sum(expected.values()) == Decimal("148172.76")
    for amount in ("amount", "reporting_amount"):
        columns = f"source_record_id, currency, {amount}"
        assert _by_document(published.mart("fct_revenue", columns)) == expected


def test_posted_payables_are_costs_to_the_cent(published: Published) -> None:
    # The examples hold none that is posted: a draft must not become one.
    expected = _expected(published, COSTS, posted=True)
    rows = published.mart("fct_costs", "source_record_id, currency, amount")
    assert _by_document(rows) == expected


def test_voided_and_draft_documents_are_kept_as_not_posted(published: Published) -> None:
    columns = "source_record_id, currency, amount, status, is_posted"
    for model, signs in (("int_invoice_lines", REVENUE), ("int_vendor_costs", COSTS)):
        expected = _expected(published, signs, posted=False)
        rows = [row for row in published.evidence(model, columns) if not row[-1]]
        assert expected and _by_document([row[:3] for row in rows]) == expected
        assert {row[3] for row in rows} <= {"voided", "draft"}


def test_voided_and_draft_documents_count_nowhere(published: Published) -> None:
    unposted = {
        each.id
        for each in _documents(published)
        if each.status not in POSTED and each.type in REVENUE | COSTS
    }
    counted = {
        record
        for mart in ("fct_revenue", "fct_costs")
        for (record,) in published.mart(mart, "source_record_id")
    }
    assert {each.status for each in _documents(published) if each.id in unposted} == {
        "VOIDED",
        "DRAFT",
    }
    assert not unposted & counted
