"""Double entry's outside: documents, lines, payments. Amounts are Decimal in document currency."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
VAT = Decimal("0.20")
POSTED = ("AUTHORISED", "PAID")


def cents(amount: Decimal | float | int) -> Decimal:
    """The amount to the cent, halves away from zero."""
    return Decimal(str(amount)).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Party:
    """A Xero contact: a customer with the agency's code, or a supplier without."""

    id: str
    name: str
    code: str | None
    currency: str
    is_customer: bool
    updated: datetime


@dataclass(frozen=True)
class Line:
    """One line; ``net`` before tax, for the whole quantity."""

    id: str
    description: str
    net: Decimal
    account: str
    channel: str | None = None
    quantity: Decimal = Decimal(1)


@dataclass
class Document:
    """An invoice, bill or credit note, told apart by ``type`` as Xero does."""

    id: str
    number: str
    type: str
    party: Party
    issued: datetime
    status: str
    lines: list[Line]
    currency: str
    updated: datetime
    reference: str = ""
    line_amounts: str = "Exclusive"
    shows_lines: bool = True
    allocations: list[tuple["Document", Decimal, datetime]] = field(default_factory=list)
    paid: Decimal = Decimal(0)

    @property
    def is_posted(self) -> bool:
        """Whether it counts: drafts, void and deleted documents keep totals, but do not."""
        return self.status in POSTED

    @property
    def net(self) -> Decimal:
        """Before tax."""
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """All lines' tax."""
        return sum((self.tax_of(line) for line in self.lines), Decimal(0))

    @property
    def gross(self) -> Decimal:
        """What is to be paid."""
        return self.net + self.tax

    def tax_of(self, line: Line) -> Decimal:
        """20 %, unless the document is without tax."""
        return Decimal(0) if self.line_amounts == "NoTax" else cents(line.net * VAT)


@dataclass
class Payment:
    """Money moved for one document; for a credit note it is a refund."""

    id: str
    document: Document
    amount: Decimal
    paid: datetime
    status: str = "AUTHORISED"


@dataclass
class BankTransaction:
    """Money spent or received without a bill."""

    id: str
    type: str
    party: Party
    day: datetime
    lines: list[Line]
    status: str = "AUTHORISED"
    currency: str = "GBP"

    @property
    def net(self) -> Decimal:
        """Before tax; the sandbox's bank transactions carry none."""
        return sum((line.net for line in self.lines), Decimal(0))


@dataclass
class Books:
    """Everything in Xero."""

    parties: list[Party] = field(default_factory=list)
    # Bullhorn's client of each customer's Xero contact.
    customers: dict[str, int] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    bank: list[BankTransaction] = field(default_factory=list)
