"""The vendors' records as bytes, by vendor and landing entity. How they are served is not here."""

import threading
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

import msgspec

from sandbox.shelf import Shelf

Key = tuple[str, str]

ID_FIELD: dict[Key, str] = {
    ("typeform", "responses"): "token",
    ("xero", "contacts"): "ContactID",
    ("xero", "accounts"): "AccountID",
    ("xero", "invoices"): "InvoiceID",
    ("xero", "credit_notes"): "CreditNoteID",
    ("xero", "payments"): "PaymentID",
    ("xero", "bank_transactions"): "BankTransactionID",
}


class Store:
    """Records that can be added and changed while they are served (thread-safe)."""

    def __init__(
        self, records: Mapping[Key, Iterable[Mapping[str, Any] | bytes]] | None = None
    ) -> None:
        self._lock = threading.Lock()
        self._raw: dict[Key, dict[Any, bytes]] = {}
        self._shelves: dict[Key, Shelf] = {}
        self._appended = count()
        for (vendor, entity), rows in (records or {}).items():
            self._raw[(vendor, entity)] = {}
            for row in rows:
                self.upsert(vendor, entity, row)

    def upsert(self, vendor: str, entity: str, record: Mapping[str, Any] | bytes) -> None:
        """Add the record, or replace the one with its id. Bytes are kept verbatim.

        Raises:
            KeyError: the record has no id.
        """
        raw = record if isinstance(record, bytes) else msgspec.json.encode(record)
        decoded = msgspec.json.decode(raw)
        place = (vendor, entity)
        inner = decoded.get("response", decoded) if place == ("typeform", "responses") else decoded
        key = inner[ID_FIELD.get(place, "id")]
        with self._lock:
            self._raw.setdefault(place, {})[key] = raw
            self._shelves.pop(place, None)

    def append(self, vendor: str, entity: str, raw: bytes) -> None:
        """Serve one record more, as it is: without id, or beside others of its id.

        Such records are served in the order appended; ``get`` and ``remove`` do not know them.
        """
        place = (vendor, entity)
        with self._lock:
            rows = self._raw.setdefault(place, {})
            # No vendor has an id of this type.
            rows["appended", next(self._appended)] = raw
            self._shelves.pop(place, None)

    def remove(self, vendor: str, entity: str, key: int | str) -> None:
        """Delete a record without a trace, as a vendor's hard delete does. KeyError if unknown."""
        with self._lock:
            del self._raw[(vendor, entity)][key]
            self._shelves.pop((vendor, entity), None)

    def shelf(self, vendor: str, entity: str) -> Shelf:
        """An unchanging view of the entity's records, in order of id; appended ones last."""
        place = (vendor, entity)
        with self._lock:
            shelf = self._shelves.get(place)
            if shelf is None:
                rows = self._raw.get(place, {})
                shelf = Shelf([rows[key] for key in sorted(rows, key=lambda k: (str(type(k)), k))])
                self._shelves[place] = shelf
            return shelf

    def get(self, vendor: str, entity: str, key: int | str) -> dict[str, Any]:
        """One record, decoded. KeyError if unknown."""
        with self._lock:
            raw = self._raw[(vendor, entity)][key]
        record: dict[str, Any] = msgspec.json.decode(raw)
        return record

    def found(self, vendor: str, entity: str, keys: Iterable[int | str]) -> list[bytes]:
        """The records with these ids, as bytes, in the order asked; unknown ids are left out."""
        with self._lock:
            rows = self._raw.get((vendor, entity), {})
            return [rows[key] for key in keys if key in rows]

    def __getitem__(self, place: Key) -> list[dict[str, Any]]:
        return [msgspec.json.decode(raw) for raw in self.shelf(*place).raws]

    def __contains__(self, place: object) -> bool:
        return place in self._raw

    def counts(self) -> dict[Key, int]:
        """Number of records by vendor and entity."""
        with self._lock:
            return {place: len(rows) for place, rows in self._raw.items()}
