"""Bodies as vendors push them, made from the sandbox's records, and an inbox to put them in."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from ingestion.drain import Drained, drain
from ingestion.inbox import Event, Inbox
from ingestion.landing import landed_files
from ingestion.pull import Account

ARRIVED = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 2, 10, tzinfo=UTC)
_numbers = count()


def answered(record: dict[str, Any], event_id: str | None = None) -> bytes:
    """Typeform's webhook for a stored response: with the definition, without the metadata."""
    response = {k: v for k, v in record["response"].items() if k not in _NOT_PUSHED}
    form = record["form_id"]
    body = {
        "event_id": event_id or f"01EVENT{next(_numbers)}",
        "event_type": "form_response",
        "form_response": {"form_id": form, **response, "definition": {"id": form, "fields": []}},
    }
    return json.dumps(body).encode()


_NOT_PUSHED = ("landing_id", "response_id", "response_type", "metadata")


def changed(category: str, *ids: str) -> bytes:
    """Xero's webhook: ids only."""
    number = next(_numbers)
    events = [
        {
            "resourceUrl": f"https://api.xero.com/api.xro/2.0/Any/{one}",
            "resourceId": one,
            "tenantId": "sandbox-org",
            "tenantType": "ORGANISATION",
            "eventCategory": category,
            "eventType": "UPDATE",
            "eventDateUtc": "2026-11-02T08:59:00.000",
        }
        for one in ids
    ]
    body = {"events": events, "firstEventSequence": number, "lastEventSequence": number}
    return json.dumps({**body, "entropy": "S0M3"}).encode()


class Receiving:
    """An inbox over a home, and what became of what was put in."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        self.inbox = Inbox.open(f"sqlite:///{home / 'inbox.sqlite'}")

    def receive(self, account: Account, *bodies: bytes) -> list[bool]:
        """Put bodies into the inbox, as the receiver does; per body, whether it was new."""
        assert account.vendor.events is not None
        key: Callable[[bytes], str] | None = account.vendor.events.key
        assert key is not None
        events = [Event(account.name, key(body), ARRIVED, body) for body in bodies]
        return self.inbox.append(events)

    def drained(self, account: Account) -> dict[str, Drained]:
        """What a drain says that it did, by entity."""
        counts = drain(account, self.inbox, self.home, LATER)
        return {count.entity: count for count in counts}

    def reasons(self) -> list[str]:
        """Why events were put aside."""
        return [each.reason for each in self.inbox.quarantined()]

    def rows(self, entity: str, columns: str) -> list[tuple[Any, ...]]:
        """These columns of what readers of landing see of an entity."""
        paths = [
            str(file.path) for file in landed_files(self.home / "landing") if file.entity == entity
        ]
        if not paths:
            return []
        return duckdb.execute(
            f"select {columns} from read_parquet($paths) order by all", {"paths": paths}
        ).fetchall()
