"""Invoices, bills and credit notes as Xero returns them: totals stay on void ones too."""

from datetime import timedelta
from decimal import Decimal

from sandbox.agency.books import Document
from sandbox.agency.xero_values import RATE, Record, day_of, line_item, party_of, when


def _lines(document: Document) -> list[Record]:
    if not document.shows_lines:
        return []
    return [line_item(x, document.tax_of(x), document.line_amounts) for x in document.lines]


def _totals(document: Document) -> Record:
    return {
        "LineAmountTypes": document.line_amounts,
        "LineItems": _lines(document),
        "SubTotal": float(document.net),
        "TotalTax": float(document.tax),
        "Total": float(document.gross),
        "UpdatedDateUTC": when(document.updated),
        "CurrencyCode": document.currency,
        "CurrencyRate": RATE[document.currency],
    }


def as_invoice(document: Document, credited: Decimal) -> Record:
    """An invoice or bill."""
    due = document.issued + timedelta(days=30)
    owed = document.gross - document.paid - credited if document.is_posted else Decimal(0)
    return {
        "Type": document.type,
        "InvoiceID": document.id,
        "InvoiceNumber": document.number,
        "Reference": document.reference,
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "AmountDue": float(max(owed, Decimal(0))),
        "AmountPaid": float(document.paid),
        "AmountCredited": float(credited),
        "SentToContact": document.type == "ACCREC",
        "HasAttachments": False,
        "Contact": party_of(document.party),
        "DateString": day_of(document.issued).strftime("%Y-%m-%dT%H:%M:%S"),
        "Date": when(day_of(document.issued)),
        "DueDateString": day_of(due).strftime("%Y-%m-%dT%H:%M:%S"),
        "DueDate": when(day_of(due)),
        "Status": document.status,
        **_totals(document),
    }


def as_credit_note(document: Document) -> Record:
    """A credit note with what it was set against."""
    allocated = sum((amount for _, amount, _ in document.allocations), Decimal(0))
    return {
        "CreditNoteID": document.id,
        "CreditNoteNumber": document.number,
        "Type": document.type,
        "Reference": document.reference,
        "RemainingCredit": float(document.gross - document.paid - allocated),
        "Allocations": [
            {
                "Amount": float(amount),
                "Date": when(day_of(day)),
                "Invoice": {"InvoiceID": invoice.id, "InvoiceNumber": invoice.number},
            }
            for invoice, amount, day in document.allocations
        ],
        "Payments": [],
        "HasAttachments": False,
        "Contact": party_of(document.party),
        "DateString": day_of(document.issued).strftime("%Y-%m-%d %H:%M:%S"),
        "Date": when(day_of(document.issued)),
        "Status": document.status,
        **_totals(document),
    }
