"""Records out of the vendors' own documented answers, verbatim. They live outside this repository.

What becomes of them is not here.
"""

import os
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

# Wrapping name in Xero's answers -> landing entity.
XERO = {
    "Accounts": "accounts",
    "Contacts": "contacts",
    "Invoices": "invoices",
    "CreditNotes": "credit_notes",
    "Payments": "payments",
    "BankTransactions": "bank_transactions",
}
# What Bullhorn's example requests call -> landing entity. `find` names no entity in its
# answer; the id is that of the `entity/Candidate` example.
BULLHORN = {
    r"/e999/(entity|search)/Candidate\b": "candidates",
    r"/e999/find\?": "candidates",
    r"/e999/query/ClientContact\b": "client_contacts",
    r"/e999/(my|department)ClientContacts\?": "client_contacts",
    r"/e999/allCorpNotes\?": "notes",
}
Records = dict[str, list[bytes]]


class _XeroExample(msgspec.Struct):
    path: str
    example: msgspec.Raw


class _BullhornExample(msgspec.Struct):
    request: str
    response: msgspec.Raw
    raw: str | None


def shared_file(name: str) -> Path:
    """A file of the shared vendor data; the test is skipped where there is none."""
    shared = Path(os.environ.get("VOUCH_SHARED", REPOSITORY.parent / "shared"))
    path = shared / "data" / "vendors" / name
    if not path.exists():
        pytest.skip(f"no recorded vendor payloads at {path}; VOUCH_SHARED says where they are")
    return path


def xero_records() -> Records:
    """Every record of the entities we pull, of list and of single-record answers, by entity."""
    content = shared_file("xero/openapi_examples_accounting_get.json").read_bytes()
    found: Records = {entity: [] for entity in XERO.values()}
    for each in msgspec.json.decode(content, type=list[_XeroExample]):
        name = each.path.split("/")[1]
        answer = msgspec.json.decode(each.example, type=dict[str, msgspec.Raw])
        if name in XERO and name in answer:
            found[XERO[name]] += _items(answer[name])
    return found


def bullhorn_records() -> Records:
    """Every example record of the entities we pull, some of them without an id, by entity."""
    content = shared_file("bullhorn/docs_example_responses.json").read_bytes()
    found: Records = {entity: [] for entity in BULLHORN.values()}
    for each in msgspec.json.decode(content, type=list[_BullhornExample]):
        entity = next((BULLHORN[call] for call in BULLHORN if re.search(call, each.request)), None)
        if entity is not None:
            found[entity] += _records(each)
    return found


def without_id(records: list[bytes]) -> list[bytes]:
    """Those of Bullhorn's records that do not show their id."""
    return [record for record in records if "id" not in msgspec.json.decode(record)]


def _records(example: _BullhornExample) -> list[bytes]:
    answer = bytes(example.response) if example.raw is None else _mended(example.raw)
    try:
        members = msgspec.json.decode(answer, type=dict[str, msgspec.Raw])
        records = _items(members["data"]) if "data" in members else [_one_line(answer)]
    except msgspec.DecodeError:
        # Abridged beyond repair ("...") in the documentation itself.
        return []
    # Confirmations of a change are not records.
    return [record for record in records if b"changedEntityId" not in record]


def _mended(raw: str) -> bytes:
    """Two slips of the documentation's wrapping: an unquoted ``data`` and a trailing ``...``."""
    quoted = re.sub(r"^(\s*)data:", r'\1"data":', raw, flags=re.MULTILINE)
    return re.sub(r",\s*\.\.\.\s*]", "]", quoted).encode()


def _items(listed: bytes | msgspec.Raw) -> list[bytes]:
    items: list[Any] = msgspec.json.decode(listed, type=list[msgspec.Raw])
    return [_one_line(bytes(item)) for item in items]


def _one_line(record: bytes) -> bytes:
    """Without line breaks and indentation; JSON allows none within a value."""
    return b"".join(line.lstrip() for line in record.splitlines())
