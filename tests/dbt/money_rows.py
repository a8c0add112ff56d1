"""Xero documents, each there for one rule of what counts and how much."""

from typing import Any

from warehouse import Delivery

DAY = "2026-02-03T00:00:00"


def xero(entity: str, record_id: str, **payload: Any) -> Delivery:
    """One Xero record."""
    return Delivery("xero", entity, record_id, payload)


def line(amount: float, tax: float = 0, account: str = "200", channel: str = "") -> dict[str, Any]:
    """A document line."""
    tracking = [{"Name": "Channel", "Option": channel}] if channel else []
    return {
        "LineAmount": amount,
        "TaxAmount": tax,
        "AccountCode": account,
        "Tracking": [{"Name": "Region", "Option": "North"}, *tracking],
    }


def document(
    entity: str, record_id: str, kind: str, lines: list[dict[str, Any]], **payload: Any
) -> Delivery:
    """An authorised document of customer x-one over 100 net."""
    usual = {
        "Type": kind,
        "Status": "AUTHORISED",
        "Contact": {"ContactID": "x-one"},
        "LineAmountTypes": "Exclusive",
        "CurrencyCode": "GBP",
        "SubTotal": 100,
        "TotalTax": 20,
        "Total": 120,
        "DateString": DAY,
        "LineItems": lines,
    }
    return xero(entity, record_id, **{**usual, **payload})


PARTIES = [
    xero("contacts", "x-one", Name="One", ContactNumber="c-1", IsCustomer=True),
    xero("contacts", "x-two", Name="Two or three", ContactNumber="C-2", IsCustomer=True),
    xero("contacts", "x-alone", Name="Billing only", IsCustomer=True),
    # No code: its invoice names a placement at company 501.
    xero("contacts", "x-named", Name="Named on paper", IsCustomer=True),
    # No code: the host of its address is company 504's, or anybody's.
    xero("contacts", "x-host", Name="Host", EmailAddress="ap@four.example", IsCustomer=True),
    xero("contacts", "x-free", Name="Free", EmailAddress="ap@gmail.com", IsCustomer=True),
    # A host that two families have.
    xero("contacts", "x-both", Name="Both", EmailAddress="ap@both.example", IsCustomer=True),
    # The code says one company, the invoice another: the code stands.
    xero("contacts", "x-odd", Name="Odd", ContactNumber="C-7", IsCustomer=True),
    xero("contacts", "x-vendor", Name="A. Person", IsSupplier=True),
]
RECEIVABLES = [
    document("invoices", "plain", "ACCREC", [line(100, 20)], Reference="PL-6001"),
    document("invoices", "inclusive", "ACCREC", [line(120, 20)], LineAmountTypes="Inclusive"),
    document("invoices", "bare", "ACCREC", [], Date="/Date(1770076800000+0000)/", DateString=None),
    document("invoices", "void", "ACCREC", [line(100, 20)], Status="VOIDED"),
    document("invoices", "draft", "ACCREC", [line(100, 20)], Status="DRAFT"),
    document("invoices", "novel", "ACCREC", [line(100, 20)], Status="ARCHIVED"),
    document("invoices", "garbled", "ACCREC", [line(100), {"LineAmount": "a lot"}]),
    document("invoices", "dateless", "ACCREC", [line(100)], DateString=None),
    document(
        *("invoices", "named", "ACCREC", [line(100)]),
        Contact={"ContactID": "x-named"},
        Reference="PL-6030",
    ),
    document(
        *("invoices", "odd", "ACCREC", [line(100)]),
        Contact={"ContactID": "x-odd"},
        Reference="PL-6031",
    ),
    document("invoices", "alone", "ACCREC", [line(100)], Contact={"ContactID": "x-alone"}),
    document(
        "credit_notes",
        "back",
        "ACCRECCREDIT",
        [line(40)],
        Allocations=[{"Amount": 48, "Date": DAY, "Invoice": {"InvoiceID": "plain"}}],
    ),
    xero(
        "payments",
        "paid",
        PaymentType="ACCRECPAYMENT",
        Status="AUTHORISED",
        Amount=120.1,
        Date="/Date(1770076800000+0000)/",
        Invoice={"InvoiceID": "plain", "CurrencyCode": "GBP"},
    ),
]
PAYABLES = [
    document(
        "invoices",
        "bill",
        "ACCPAY",
        [line(70, 14, "400", "Job_Board"), line(30, 6, "405")],
        Contact={"ContactID": "x-vendor"},
    ),
    document("credit_notes", "refund", "ACCPAYCREDIT", [line(10, 2, "400", "job_board")]),
    document("bank_transactions", "card", "SPEND", [line(5, 0, "416")]),
    document("bank_transactions", "interest", "RECEIVE", [line(5, 0, "270")]),
    *(
        document("bank_transactions", kind, kind, [line(5, 0, "270")])
        for kind in (
            "RECEIVE-OVERPAYMENT",
            "RECEIVE-PREPAYMENT",
            "RECEIVE-TRANSFER",
            "SPEND-OVERPAYMENT",
            "SPEND-PREPAYMENT",
            "SPEND-TRANSFER",
        )
    ),
    document("invoices", "barter", "ACCBARTER", [line(5)]),
    document("credit_notes", "barter-back", "ACCBARTERCREDIT", [line(5)], Status="ARCHIVED"),
    document("bank_transactions", "crypto", "MINED", [line(5)]),
]
MONEY = [*PARTIES, *RECEIVABLES, *PAYABLES]
