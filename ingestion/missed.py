"""What events had announced of an entity, so that a pull can tell what they missed.

The webhook is a hint, the pull the truth. What was announced is read from landing itself, where a
record that an event brought stands with ``via = webhook``, and from the events that wait in the
inbox to be landed.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion.backlog import consumer
from ingestion.envelope import Record
from ingestion.hinted import Hinted, hinted
from ingestion.inbox import Inbox, InboxUnavailable, Stored
from ingestion.landing import complete_loads
from ingestion.vendor import Vendor

log = logging.getLogger("vouch.pull")

# Load ids are our clock's, the pull's edge is the vendor's.
_CLOCKS_DIFFER = timedelta(minutes=10)
_AT_ONCE = 5_000
_COLUMNS = ["source", "record_id", "version", "via"]


class Announced:
    """The newest version of each record that events brought since a pull's edge.

    Args:
        landing: ``VOUCH_HOME/landing``.
        place: vendor and landing entity.
        source: name of the account.
        since: from where the pull asks: what it brings changed at or after this instant, so
            its event came no earlier. Only loads since then are opened.
    """

    def __init__(self, landing: Path, place: tuple[str, str], source: str, since: datetime) -> None:
        self._newest: dict[str, datetime | None] = {}
        self._named: set[str] = set()
        vendor, entity = place
        complete = complete_loads(landing / vendor)
        edge = (since - _CLOCKS_DIFFER).timestamp()
        for path in sorted((landing / vendor / entity).glob("*.parquet")):
            load_id = path.name.rsplit(".", 2)[0]
            if load_id in complete and float(load_id) >= edge:
                self._take(path, source)

    def wait_for(self, said: Hinted, entity: str) -> None:
        """Count in what events say that were accepted and not yet landed."""
        self._named |= said.named.get(entity, {}).keys()
        for record in said.carried.get(entity, ()):
            self._note(record.record_id, record.version)

    def has(self, record: Record) -> bool:
        """Whether an event brought this version of the record, or a newer one."""
        if record.record_id in self._named:
            # It is only named, and then fetched as it is now.
            return True
        if record.record_id not in self._newest:
            return False
        newest = self._newest[record.record_id]
        return record.version is None or (newest is not None and newest >= record.version)

    def _take(self, path: Path, source: str) -> None:
        rows = pq.read_table(path, columns=_COLUMNS)
        rows = rows.filter(
            pc.and_(pc.equal(rows["via"], "webhook"), pc.equal(rows["source"], source))
        )
        for record_id, version in zip(
            rows["record_id"].to_pylist(), rows["version"].to_pylist(), strict=True
        ):
            self._note(record_id, version)

    def _note(self, record_id: str, version: datetime | None) -> None:
        known = self._newest.get(record_id)
        if known is None or (version is not None and version > known):
            self._newest[record_id] = version


def undrained(vendor: Vendor, source: str, settings: Any, inbox_url: str) -> Hinted:
    """What the account's events say that no drain has landed yet; nothing, where none can be read.

    A pull goes on without its inbox: then more is counted as missed than was.

    Args:
        vendor: of the account.
        source: its name.
        settings: its settings.
        inbox_url: where its events are; empty for nowhere.
    """
    events: list[Stored] = []
    if inbox_url:
        try:
            inbox = Inbox.open(inbox_url)
            try:
                position = inbox.position(consumer(source))
                while batch := inbox.after(position, _AT_ONCE, source):
                    events += batch
                    position = batch[-1].sequence
            finally:
                inbox.close()
        except InboxUnavailable as error:
            log.warning("%s: what waits in the inbox counts as missed: %s", source, error)
    return hinted(vendor, events, settings)
