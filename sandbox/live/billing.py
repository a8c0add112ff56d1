"""A fee invoiced and paid now."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.agency.books import Document, Line, Party, Payment
from sandbox.agency.calendar import SPAN_START
from sandbox.agency.dice import Dice
from sandbox.agency.xero_documents import as_invoice
from sandbox.agency.xero_records import payment_record
from sandbox.store import Store


def customers(store: Store) -> dict[int, Party]:
    """Bullhorn's clients that are customers in Xero by the agency's code and pay in pounds."""
    by_code = {
        contact["ContactNumber"]: contact
        for contact in store["xero", "contacts"]
        if contact.get("ContactNumber") and contact["DefaultCurrency"] == "GBP"
    }
    return {
        client["id"]: _party(by_code[client["externalID"]])
        for client in store["bullhorn", "client_corporations"]
        if client["externalID"] in by_code
    }


def _party(contact: dict[str, Any]) -> Party:
    return Party(
        contact["ContactID"], contact["Name"], contact["ContactNumber"], "GBP", True, SPAN_START
    )


def paid_invoice(
    dice: Dice, now: datetime, customer: Party, reference: str, fee: Decimal
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The invoice, which names its payment, and the payment, which names the invoice."""
    document = Document(
        id=dice.guid(),
        number=f"INV-L{int(now.timestamp() * 1000)}",
        type="ACCREC",
        party=customer,
        issued=now,
        status="PAID",
        lines=[Line(dice.guid(), "Placement fee", fee, "200")],
        currency="GBP",
        updated=now,
        reference=reference,
    )
    document.paid = document.gross
    payment = payment_record(Payment(dice.guid(), document, document.gross, now))
    invoice = as_invoice(document, Decimal(0))
    named = ("PaymentID", "Date", "Amount", "Reference")
    invoice["Payments"] = [{name: payment[name] for name in named}]
    return invoice, payment
