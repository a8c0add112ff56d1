"""The books as Xero returns them, by landing entity."""

from datetime import timedelta
from decimal import Decimal

from sandbox.agency.books import BankTransaction, Books, Document, Party, Payment
from sandbox.agency.calendar import SPAN_START
from sandbox.agency.xero_documents import as_credit_note, as_invoice
from sandbox.agency.xero_values import RATE, Record, day_of, line_item, party_of, when

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
        "invoices": [as_invoice(d, credited.get(d.id, Decimal(0))) for d in invoices],
        "credit_notes": [as_credit_note(d) for d in notes],
        "payments": [payment_record(payment) for payment in books.payments],
        "bank_transactions": [_bank_transaction(t) for t in books.bank],
    }


def account_id(code: str) -> str:
    """The fixed id of an account."""
    return f"00000000-0000-4000-8000-000000000{code}"


def _account(code: str, name: str, kind: str) -> Record:
    return {
        "AccountID": account_id(code),
        "Code": code,
        "Name": name,
        "Status": "ACTIVE",
        "Type": kind,
        "TaxType": "NONE",
        "Class": {"BANK": "ASSET", "REVENUE": "REVENUE"}.get(kind, "EXPENSE"),
        "UpdatedDateUTC": when(SPAN_START),
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
        "UpdatedDateUTC": when(party.updated),
        "ContactGroups": [],
        "IsSupplier": not party.is_customer,
        "IsCustomer": party.is_customer,
        "DefaultCurrency": party.currency,
        "ContactPersons": [],
        "HasAttachments": False,
        "HasValidationErrors": False,
    }


def payment_record(payment: Payment) -> Record:
    """Money moved, with the document that it was moved for."""
    document = payment.document
    is_refund = document.type.endswith("CREDIT")
    credit_kind = "ARCREDITPAYMENT" if document.type == "ACCRECCREDIT" else "APCREDITPAYMENT"
    return {
        "PaymentID": payment.id,
        "Date": when(day_of(payment.paid)),
        "Amount": float(payment.amount),
        "BankAmount": float(payment.amount),
        "Reference": document.number,
        "CurrencyRate": RATE[document.currency],
        "PaymentType": credit_kind if is_refund else f"{document.type}PAYMENT",
        "Status": payment.status,
        "UpdatedDateUTC": when(payment.paid),
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
            "Contact": party_of(document.party),
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
        "Contact": party_of(transaction.party),
        "DateString": day_of(transaction.day).strftime("%Y-%m-%d %H:%M:%S"),
        "Date": when(day_of(transaction.day)),
        "Status": transaction.status,
        "LineAmountTypes": "NoTax",
        "LineItems": [line_item(x, Decimal(0), "NoTax") for x in transaction.lines],
        "SubTotal": total,
        "TotalTax": 0.0,
        "Total": total,
        "UpdatedDateUTC": when(transaction.day + timedelta(hours=2)),
        "CurrencyCode": transaction.currency,
    }
