"""How Xero writes dates, contacts, rates and lines."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.agency.books import Line, Party
from sandbox.agency.calendar import epoch_ms

Record = dict[str, Any]
RATE = {"GBP": 1.0, "EUR": 1.17}


def when(moment: datetime) -> str:
    """Xero's wrapped instant."""
    return f"/Date({epoch_ms(moment)}+0000)/"


def day_of(moment: datetime) -> datetime:
    """The start of the day: Xero's dates have no time."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def party_of(party: Party) -> Record:
    """A contact as documents name it."""
    number = {"ContactNumber": party.code} if party.code else {}
    return {"ContactID": party.id, **number, "Name": party.name}


def line_item(line: Line, tax: Decimal, line_amounts: str) -> Record:
    """A line as Xero shows it: with tax inside when the document says so."""
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
