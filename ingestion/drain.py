"""From the inbox to landing: what events carried whole, and what they only named, fetched.

An event is a hint; what decides is the vendor's version of the record, never the order in which
events came. How a vendor's events are read is its module's business.
"""

import logging
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import dlt
from dlt.common.typing import TDataItem
from dlt.pipeline.exceptions import PipelineStepFailed

from ingestion.backlog import consumer
from ingestion.envelope import Delivery, records_table, rejects_table
from ingestion.fetching import Fetched, fetched
from ingestion.hinted import Hinted, Refused, hinted, tombstone
from ingestion.inbox import Inbox
from ingestion.landing_writer import landing_pipeline, write
from ingestion.pull import Account
from ingestion.source_failures import explained

log = logging.getLogger("vouch.drain")

# Events of one load: tens of megabytes of answers in memory at most.
_MOST = 5_000
UNKNOWN_RECORD = "record unknown"
REFUSED_RECORD = "cannot be fetched"
# The inbox keeps a reason of 200 characters.
_REASON = 200


@dataclass(slots=True)
class Drained:
    """What events brought of one entity.

    ``carried`` came with the event, ``fetched`` was asked for, ``deleted`` are tombstones of
    what is gone for good, ``rejected`` was answered and cannot be identified. ``through`` is
    the inbox's sequence up to which all of the account was dealt with.
    """

    entity: str
    carried: int = 0
    fetched: int = 0
    deleted: int = 0
    rejected: int = 0
    through: int = 0

    @property
    def landed(self) -> int:
        """Records written."""
        return self.carried + self.fetched + self.deleted


def drain(account: Account, inbox: Inbox, home: Path, received_at: datetime) -> list[Drained]:
    """Land what the account's events say, up to the newest, at most 5,000 events a load.

    The place in the inbox moves on only when the load is visible. Killed in between, the same
    is landed again, which changes nothing: staging keeps one row per record.

    Args:
        account: whose events.
        inbox: where they are.
        home: ``VOUCH_HOME``.
        received_at: the UTC instant for what is fetched; what an event carried has its own.

    Returns:
        One count per entity of which something landed or was rejected.

    Raises:
        SourceError: the account could not be read; the place in the inbox stays.
        InboxUnavailable: the inbox cannot be read or written.
    """
    counts: dict[str, Drained] = {}
    position = inbox.position(consumer(account.name))
    while events := inbox.after(position, _MOST, account.name):
        started = time.monotonic()
        said = hinted(account.vendor, events, account.settings)
        found = fetched(account, {name: set(ids) for name, ids in said.named.items()})
        _settle(said, found)
        _land(account, home, received_at, said, found)
        _count(counts, said, found)
        for refused in said.refused:
            _put_aside(inbox, refused)
        position = events[-1].sequence
        inbox.advance(consumer(account.name), position)
        log.info(
            "%s: %d events, %d records carried, %d fetched, %d events put aside, %.2f s",
            account.name,
            len(events),
            sum(map(len, said.carried.values())),
            sum(map(len, found.records.values())),
            len(said.refused),
            time.monotonic() - started,
        )
    for count in counts.values():
        count.through = position
    return list(counts.values())


def _settle(said: Hinted, found: Fetched) -> None:
    """What was named and is not there: gone, where an event says so, else unknown."""
    for entity, named in said.named.items():
        for record_id in named.keys() - found.ids(entity):
            mentions = named[record_id]
            deleted = [mention for mention in mentions if mention.hint.is_deleted]
            for mention in deleted:
                said.add(entity, tombstone(mention.hint, mention.event))
            if not deleted:
                status = found.refused[entity].get(record_id)
                reason = f"{UNKNOWN_RECORD}: {entity} {record_id}"
                if status is not None:
                    reason = f"{REFUSED_RECORD}: {entity} {record_id} answered {status}"
                said.refused += [Refused(mention.event, reason) for mention in mentions]


def _land(
    account: Account, home: Path, received_at: datetime, said: Hinted, found: Fetched
) -> None:
    entities = {*said.carried, *found.records, *found.rejects}

    def deliver(entity: str) -> Iterator[TDataItem]:
        load_id = dlt.current.load_package_state()["load_id"]
        delivery = Delivery(
            account.tenant_id, account.name, entity, received_at, load_id, "webhook"
        )
        records = [*said.carried.get(entity, ()), *found.records.get(entity, ())]
        if records:
            yield records_table(records, delivery)
        if rejects := found.rejects.get(entity):
            yield dlt.mark.with_table_name(rejects_table(rejects, delivery), "rejects")

    def load() -> None:
        # Where it stands is kept in the inbox.
        pipeline = landing_pipeline(home, name, account.vendor.name, False)
        resources = [dlt.resource(deliver, name=entity)(entity) for entity in sorted(entities)]
        write(pipeline, account.vendor.name, resources)

    if not entities:
        return
    name = f"drain_{account.name}"
    try:
        load()
    except (PipelineStepFailed, OSError) as first:
        # A kill may leave dlt's folder in a state that it cannot go on from. Nothing in it is
        # needed: all of it is landed from the inbox again.
        log.warning("%s: beginning dlt's folder anew after: %s", account.name, first)
        shutil.rmtree(home / "dlt" / name, ignore_errors=True)
        try:
            load()
        except PipelineStepFailed as failure:
            raise explained(account.name, "-", account.http.max_attempts, failure) from failure


def _count(counts: dict[str, Drained], said: Hinted, found: Fetched) -> None:
    for entity in {*said.carried, *found.records, *found.rejects}:
        count = counts.setdefault(entity, Drained(entity))
        carried = said.carried.get(entity, [])
        deleted = sum(record.op == "delete" for record in carried)
        count.deleted += deleted
        count.carried += len(carried) - deleted
        count.fetched += len(found.records.get(entity, ()))
        count.rejected += len(found.rejects.get(entity, ()))


def _put_aside(inbox: Inbox, refused: Refused) -> None:
    event, reason = refused.event, refused.reason[:_REASON]
    log.warning("%s: event %s put aside: %s", event.source, event.key, reason)
    inbox.quarantine(event.source, event.key, event.received_at, event.body, reason)
