"""The books as Xero returns them: wrapped dates, floats, totals on void documents too."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.agency.books import BankTransaction, Books, Document, Line, Party, Payment
from sandbox.agency.calendar import SPAN_START, epoch_ms

Record = dict[str, Any]
ACCOUNTS: tuple[tuple[str, str, str], ...] = (
    ("090", "Business bank account", "BANK"),
    ("200", "Fee income, permanent", "REVENUE"),
    ("201", "Contract income", "REVENUE"),
    ("270", "Interest income", "REVENUE"),
    ("310", "Contractor pay", "DIRECTCOSTS"),
    ("400", "Job boards", "EXPENSE"),
    ("401", "Advertising", "EXPENSE"),
    ("404", "Sourcing tools", "EXPENSE"),
    ("405", "ATS licences", "EXPENSE"),
    ("408", "Background checks", "EXPENSE"),
    ("412", "Referral bonuses", "EXPENSE"),
    ("416", "Travel", "EXPENSE"),
    ("420", "Events", "EXPENSE"),
    ("424", "Relocation", "EXPENSE"),
    ("429", "General expenses", "EXPENSE"),
    ("499", "Suspense", "EXPENSE"),
)
RATE = {"GBP": 1.0, "EUR": 1.17}


def records(books: Books) -> dict[str, list[Record]]:
    """Xero records by landing entity."""
    notes = [d for d in books.documents if d.type.endswith("CREDIT")]
    invoices = [d for d in books.documents if not d.type.endswith("CREDIT")]
    credited: dict[str, Decimal] = {}
    for note in notes:
        for invoice, amount, _ in note.allocations:
            credited[invoice.id] = credited.get(invoice.id, Decimal(0)) + amount
    return {
        "accounts": [_account(*account) for account in ACCOUNTS],
        "contacts": [_contact(party) for party in books.parties],
        "invoices": [_invoice(d, credited.get(d.id, Decimal(0))) for d in invoices],
        "credit_notes": [_credit_note(d) for d in notes],
        "payments": [_payment(payment) for payment in books.payments],
        "bank_transactions": [_bank_transaction(t) for t in books.bank],
    }


def account_id(code: str) -> str:
    """The fixed id of an account."""
    return f"00000000-0000-4000-8000-000000000{code}"


def _when(moment: datetime) -> str:
    return f"/Date({epoch_ms(moment)}+0000)/"


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _account(code: str, name: str, kind: str) -> Record:
    return {
        "AccountID": account_id(code),
        "Code": code,
        "Name": name,
        "Status": "ACTIVE",
        "Type": kind,
        "TaxType": "NONE",
        "Class": {"BANK": "ASSET", "REVENUE": "REVENUE"}.get(kind, "EXPENSE"),
        "UpdatedDateUTC": _when(SPAN_START),
    }


def _contact(party: Party) -> Record:
    number = {"ContactNumber": party.code} if party.code else {}
    return {
        "ContactID": party.id,
        **number,
        "ContactStatus": "ACTIVE",
        "Name": party.name,
        "EmailAddress": "",
        "Addresses": [],
        "Phones": [],
        "UpdatedDateUTC": _when(party.updated),
        "ContactGroups": [],
        "IsSupplier": not party.is_customer,
        "IsCustomer": party.is_customer,
        "DefaultCurrency": party.currency,
        "ContactPersons": [],
        "HasAttachments": False,
        "HasValidationErrors": False,
    }


def _party(party: Party) -> Record:
    number = {"ContactNumber": party.code} if party.code else {}
    return {"ContactID": party.id, **number, "Name": party.name}


def _line(line: Line, tax: Decimal, line_amounts: str) -> Record:
    shown = line.net + tax if line_amounts == "Inclusive" else line.net
    tracking = [{"Name": "Channel", "Option": line.channel}] if line.channel else []
    return {
        "LineItemID": line.id,
        "Description": line.description,
        "Quantity": float(line.quantity),
        "UnitAmount": float(round(shown / line.quantity, 4)),
        "LineAmount": float(shown),
        "TaxAmount": float(tax),
        "AccountCode": line.account,
        "Tracking": tracking,
    }


def _lines(document: Document) -> list[Record]:
    if not document.shows_lines:
        return []
    return [_line(x, document.tax_of(x), document.line_amounts) for x in document.lines]


def _totals(document: Document) -> Record:
    return {
        "LineAmountTypes": document.line_amounts,
        "LineItems": _lines(document),
        "SubTotal": float(document.net),
        "TotalTax": float(document.tax),
        "Total": float(document.gross),
        "UpdatedDateUTC": _when(document.updated),
        "CurrencyCode": document.currency,
        "CurrencyRate": RATE[document.currency],
    }


def _invoice(document: Document, credited: Decimal) -> Record:
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
        "Contact": _party(document.party),
        "DateString": _day(document.issued).strftime("%Y-%m-%dT%H:%M:%S"),
        "Date": _when(_day(document.issued)),
        "DueDateString": _day(due).strftime("%Y-%m-%dT%H:%M:%S"),
        "DueDate": _when(_day(due)),
        "Status": document.status,
        **_totals(document),
    }


def _credit_note(document: Document) -> Record:
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
                "Date": _when(_day(day)),
                "Invoice": {"InvoiceID": invoice.id, "InvoiceNumber": invoice.number},
            }
            for invoice, amount, day in document.allocations
        ],
        "Payments": [],
        "HasAttachments": False,
        "Contact": _party(document.party),
        "DateString": _day(document.issued).strftime("%Y-%m-%d %H:%M:%S"),
        "Date": _when(_day(document.issued)),
        "Status": document.status,
        **_totals(document),
    }


def _payment(payment: Payment) -> Record:
    document = payment.document
    is_refund = document.type.endswith("CREDIT")
    credit_kind = "ARCREDITPAYMENT" if document.type == "ACCRECCREDIT" else "APCREDITPAYMENT"
    return {
        "PaymentID": payment.id,
        "Date": _when(_day(payment.paid)),
        "Amount": float(payment.amount),
        "BankAmount": float(payment.amount),
        "Reference": document.number,
        "CurrencyRate": RATE[document.currency],
        "PaymentType": credit_kind if is_refund else f"{document.type}PAYMENT",
        "Status": payment.status,
        "UpdatedDateUTC": _when(payment.paid),
        "HasAccount": True,
        "IsReconciled": True,
        "Account": {"AccountID": account_id("090"), "Code": "090"},
        **_paid_document(document, is_refund),
    }


def _paid_document(document: Document, is_refund: bool) -> Record:
    kind = "CreditNote" if is_refund else "Invoice"
    return {
        kind: {
            "Type": document.type,
            f"{kind}ID": document.id,
            f"{kind}Number": document.number,
            "Contact": _party(document.party),
            "CurrencyCode": document.currency,
        }
    }


def _bank_transaction(transaction: BankTransaction) -> Record:
    total = float(transaction.net)
    return {
        "BankTransactionID": transaction.id,
        "BankAccount": {"AccountID": account_id("090"), "Code": "090", "Name": ACCOUNTS[0][1]},
        "Type": transaction.type,
        "IsReconciled": True,
        "HasAttachments": False,
        "Contact": _party(transaction.party),
        "DateString": _day(transaction.day).strftime("%Y-%m-%d %H:%M:%S"),
        "Date": _when(_day(transaction.day)),
        "Status": transaction.status,
        "LineAmountTypes": "NoTax",
        "LineItems": [_line(x, Decimal(0), "NoTax") for x in transaction.lines],
        "SubTotal": total,
        "TotalTax": 0.0,
        "Total": total,
        "UpdatedDateUTC": _when(transaction.day + timedelta(hours=2)),
        "CurrencyCode": transaction.currency,
    }
