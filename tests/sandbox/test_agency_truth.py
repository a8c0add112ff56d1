"""The truth agrees with the records it is about."""

from collections import Counter
from decimal import Decimal

import pytest

from sandbox.agency import Agency

EXPECTED_ODDITIES = (
    "answer_of_shared_mailbox",
    "anonymised_candidate",
    "candidate_became_contact",
    "chain_of_three",
    "customer_without_code",
    "deleted_invoice",
    "draft_invoice",
    "fall_off_credit_note",
    "family_mailbox",
    "late_record",
    "merged_candidate",
    "new_surname",
    "office_phone",
    "referral_after_conversion",
    "referral_cycle",
    "referral_without_person",
    "referred_by_text_only",
    "repeated_answer",
    "self_referral",
    "shared_mailbox",
    "soft_deleted",
    "source_conflicts_with_link",
    "supplier_credit",
    "unmapped_account",
    "unmerged_by_email",
    "unmerged_by_new_address",
    "unmerged_by_nickname",
    "unmerged_by_phone",
    "unmerged_by_untraceable",
    "voided_invoice",
)


def test_posted_totals_are_those_of_posted_documents(agency: Agency) -> None:
    totals: Counter[tuple[str, str]] = Counter()
    for entity in ("invoices", "credit_notes", "bank_transactions"):
        for row in agency.records["xero", entity]:
            if row["Status"] in ("AUTHORISED", "PAID"):
                totals[row["Type"], row["CurrencyCode"]] += round(row["SubTotal"] * 100)
    expected = {key: int(net * 100) for key, net in agency.truth.posted_net.items()}
    assert dict(totals) == expected


def test_lines_add_up_to_their_document(agency: Agency) -> None:
    for row in (*agency.records["xero", "invoices"], *agency.records["xero", "credit_notes"]):
        if row["LineItems"]:
            lines = sum(Decimal(str(line["LineAmount"])) for line in row["LineItems"])
            tax = sum(Decimal(str(line["TaxAmount"])) for line in row["LineItems"])
            included = tax if row["LineAmountTypes"] == "Inclusive" else 0
            assert lines - included == Decimal(str(row["SubTotal"]))


def test_nps_counts_are_those_of_the_answers(agency: Agency) -> None:
    scored = 0
    for row in agency.records["typeform", "responses"]:
        scored += any(a["field"]["ref"] == "nps" for a in row["response"]["answers"])
    assert scored == sum(sum(counts) for counts in agency.truth.nps_counts.values())


def test_a_five_point_scale_never_counts_as_nps(agency: Agency) -> None:
    csat = {a.token for a in agency.truth.answers if a.form == "client_csat"}
    assert csat
    for row in agency.records["typeform", "responses"]:
        if row["response"]["token"] in csat:
            refs = {answer["field"]["ref"] for answer in row["response"]["answers"]}
            assert "nps" not in refs


@pytest.mark.parametrize("kind", EXPECTED_ODDITIES)
def test_every_oddity_occurs_and_can_be_found(agency: Agency, kind: str) -> None:
    for key in agency.truth.oddities[kind]:
        place, record_id = key.split(":")
        vendor, entity = place.split(".")
        ids = {
            str(row.get("id") or row.get("InvoiceID") or row.get("CreditNoteID"))
            if vendor != "typeform"
            else row["response"]["token"]
            for row in agency.records[vendor, entity]
        }
        assert record_id in ids


def test_two_currencies_are_billed(agency: Agency) -> None:
    assert {currency for _, currency in agency.truth.posted_net} == {"GBP", "EUR"}


def test_void_documents_keep_their_totals(agency: Agency) -> None:
    void = [row for row in agency.records["xero", "invoices"] if row["Status"] == "VOIDED"]
    assert all(row["Total"] > 0 for row in void)
