"""The bookkeeper: writes documents, numbers them, and pays what is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.agency.books import Books, Document, Line, Party, Payment, cents
from sandbox.agency.calendar import SPAN_END, SPAN_START, after
from sandbox.agency.cast import Client
from sandbox.agency.dice import Dice

PREFIX = {"ACCREC": "INV", "ACCPAY": "BILL", "ACCRECCREDIT": "CN", "ACCPAYCREDIT": "SCN"}


@dataclass(frozen=True)
class Terms:
    """What is unusual about a document; None leaves it to the clerk."""

    reference: str = ""
    status: str | None = None
    line_amounts: str | None = None


USUAL = Terms()


class Clerk:
    """Keeps one set of books."""

    def __init__(self, seed: int) -> None:
        self.books = Books()
        self.dice = Dice(seed, "books")
        self._numbers: dict[str, int] = {}
        self._known: dict[str, Party] = {}

    def customer(self, client: Client) -> Party:
        """The client's Xero contact, mostly with the agency's customer code."""
        code = client.code if client.is_coded_in_books else None

        def contact(guid: str) -> Party:
            return Party(guid, client.name, code, client.currency, True, client.added)

        party = self._party(f"client {client.id}", contact)
        self.books.customers[party.id] = client.id
        return party

    def supplier(self, name: str, currency: str = "GBP") -> Party:
        """A supplier's Xero contact."""
        return self._party(name, lambda guid: Party(guid, name, None, currency, False, SPAN_START))

    def _party(self, key: str, contact: Callable[[str], Party]) -> Party:
        if key not in self._known:
            self._known[key] = contact(self.dice.guid())
            self.books.parties.append(self._known[key])
        return self._known[key]

    def line(
        self,
        description: str,
        net: Decimal | float,
        account: str,
        channel: str | None = None,
        quantity: Decimal | float = 1,
    ) -> Line:
        """A line of a document to be."""
        return Line(
            self.dice.guid(), description, cents(net), account, channel, Decimal(str(quantity))
        )

    def write(
        self,
        type_: str,
        party: Party,
        issued: datetime,
        lines: list[Line],
        terms: Terms = USUAL,
    ) -> Document:
        """Book a document; without a status it is authorised, and paid once it was due."""
        self._numbers[type_] = self._numbers.get(type_, 0) + 1
        taxed = "Exclusive" if party.currency == "GBP" else "NoTax"
        document = Document(
            id=self.dice.guid(),
            number=f"{PREFIX[type_]}-{self._numbers[type_]:05d}",
            type=type_,
            party=party,
            issued=issued,
            status=terms.status or "AUTHORISED",
            lines=lines,
            currency=party.currency,
            updated=min(self.dice.in_hours(issued), SPAN_END),
            reference=terms.reference,
            line_amounts=terms.line_amounts or taxed,
        )
        self.books.documents.append(document)
        if terms.status is None and not type_.endswith("CREDIT"):
            self._pay(document)
        return document

    def _pay(self, document: Document) -> None:
        paid = self.dice.in_hours(after(document.issued, self.dice.between(14, 50)))
        if paid > SPAN_END or self.dice.chance(0.04):
            return
        document.status = "PAID"
        document.paid = document.gross
        document.updated = paid
        # Small suppliers are paid in one batch that the books hold no payment for.
        if document.type == "ACCREC" or self.dice.chance(0.4):
            payment = Payment(self.dice.guid(), document, document.gross, paid)
            self.books.payments.append(payment)

    def credit(
        self,
        type_: str,
        invoice: Document,
        issued: datetime,
        line: Line,
        status: str = "AUTHORISED",
    ) -> Document:
        """A credit note: refunded when the invoice was paid before, else set against it."""
        note = self.write(
            type_,
            invoice.party,
            issued,
            [line],
            Terms(
                invoice.reference,
                status,
                "NoTax" if invoice.line_amounts == "NoTax" else "Exclusive",
            ),
        )
        if note.is_posted:
            settled = min(issued + timedelta(days=3), SPAN_END)
            self._withdraw_later_payment(invoice, settled)
            if invoice.paid:
                note.paid = note.gross
                self.books.payments.append(Payment(self.dice.guid(), note, note.gross, settled))
            else:
                note.allocations.append((invoice, note.gross, settled))
            note.status = "PAID"
            note.updated = max(note.updated, settled)
        return note

    def _withdraw_later_payment(self, invoice: Document, moment: datetime) -> None:
        """Nobody pays in full what was credited before it was paid."""
        if invoice.paid and invoice.updated > moment:
            invoice.paid = Decimal(0)
            invoice.status = "AUTHORISED"
            invoice.updated = moment
            kept = [p for p in self.books.payments if p.document is not invoice]
            self.books.payments[:] = kept
