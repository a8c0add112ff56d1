"""Pulls one account into landing: only what is new, complete or not at all.

What is particular to a vendor lives in ``vendors/``.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import dlt
from dlt.common.typing import TDataItem
from dlt.pipeline.exceptions import PipelineStepFailed
from dlt.sources.helpers.rest_client.client import RESTClient

from ingestion.connection import Http
from ingestion.cursor import Cursor
from ingestion.envelope import Delivery, Record, Reject, records_table, rejects_table
from ingestion.identifying import identified
from ingestion.landing_writer import landing_pipeline, write
from ingestion.missed import Announced, undrained
from ingestion.source_failures import explained
from ingestion.vendor import Entity, Feed, Page, Vendor

log = logging.getLogger("vouch.pull")

# Arrow tables of this many records: large enough that Parquet row groups are not
# tiny, small enough that a page of large payloads stays in tens of megabytes.
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Account:
    """One configured account of a vendor; ``settings`` fit the vendor's own struct.

    Any one of ``webhook_secrets`` verifies what the vendor pushes.
    """

    name: str
    vendor: Vendor
    tenant_id: str
    settings: Any
    http: Http
    webhook_secrets: tuple[str, ...] = ()


@dataclass(slots=True)
class Pulled:
    """What one entity's pull brought: records delivered, new ones landed, rejects, requests.

    ``missed`` of the new ones no event had announced; None where events announce nothing, and
    at the first pull, before which there were none.
    """

    entity: str
    delivered: int = 0
    landed: int = 0
    rejected: int = 0
    pages: int = 0
    seconds: float = 0.0
    missed: int | None = None


def pull(
    account: Account, home: Path, received_at: datetime, only: set[str], inbox_url: str = ""
) -> list[Pulled]:
    """Land what is new in an account, as one load.

    Args:
        account: whose records.
        home: ``VOUCH_HOME``.
        received_at: the UTC instant written into the envelopes.
        only: the entities to pull.
        inbox_url: where events wait that were not landed yet, so that what they announce does
            not count as missed; empty for nowhere.

    Returns:
        One count per entity; nothing was done for a vendor that cannot be asked.

    Raises:
        SourceError: the account could not be read; nothing of this pull is visible.
    """
    counts = [Pulled(entity.name) for entity in account.vendor.entities if entity.name in only]
    if not account.vendor.is_asked:
        return counts
    by_name = {count.entity: count for count in counts}
    client: list[RESTClient] = []

    def deliver(entity: Entity) -> Iterator[TDataItem]:
        if not client:
            client.append(account.vendor.connect(account.settings, account.http))
        count = by_name[entity.name]
        yield from _deliver(
            _Reading(account, home, client[0], received_at, inbox_url), entity, count
        )

    resources = [
        dlt.resource(deliver, name=entity.name)(entity)
        for entity in account.vendor.entities
        if entity.name in only
    ]
    pipeline = landing_pipeline(home, f"pull_{account.name}", account.vendor.name)
    try:
        write(pipeline, account.vendor.name, resources)
    except PipelineStepFailed as failure:
        entity = getattr(failure.__cause__, "pipe_name", None) or "-"
        tries = account.http.max_attempts
        raise explained(account.name, entity, tries, failure) from failure
    return counts


@dataclass(frozen=True, slots=True)
class _Reading:
    account: Account
    home: Path
    client: RESTClient
    received_at: datetime
    inbox_url: str

    def announced(self, entity: Entity, since: datetime | None) -> Announced | None:
        """What events announced of it; None where there could be none."""
        account, events = self.account, self.account.vendor.events
        is_told = isinstance(events, Feed) or bool(account.webhook_secrets)
        if events is None or since is None or not is_told or entity.name not in events.announces:
            return None
        place = (account.vendor.name, entity.name)
        return Announced(self.home / "landing", place, account.name, since)

    def missed(self, entity: Entity, announced: Announced, unannounced: list[Record]) -> int:
        """How many of these no event told of, also none that came while they were pulled."""
        if not unannounced:
            return 0
        account = self.account
        waiting = undrained(account.vendor, account.name, account.settings, self.inbox_url)
        announced.wait_for(waiting, entity.name)
        return sum(not announced.has(record) for record in unannounced)


def _deliver(reading: _Reading, entity: Entity, count: Pulled) -> Iterator[TDataItem]:
    started = time.monotonic()
    account = reading.account
    cursor = Cursor(dlt.current.resource_state(), entity.overlap)
    announced = reading.announced(entity, cursor.since)
    unannounced: list[Record] = []
    delivery = Delivery(
        account.tenant_id,
        account.name,
        entity.name,
        reading.received_at,
        dlt.current.load_package_state()["load_id"],
        "pull",
    )
    records: list[Record] = []
    rejects: list[Reject] = []
    for page in entity.pages(reading.client, cursor.since):
        count.pages += 1
        new, refused = _sort(page, entity, cursor, count)
        if announced is not None:
            # Their payloads are landed meanwhile.
            unannounced += [replace(each, payload=b"") for each in new if not announced.has(each)]
        records += new
        rejects += refused
        if len(records) >= _BATCH:
            yield records_table(records, delivery)
            log.info("%s.%s: %d records so far", account.name, entity.name, count.landed)
            records = []
    if records:
        yield records_table(records, delivery)
    if rejects:
        yield dlt.mark.with_table_name(rejects_table(rejects, delivery), "rejects")
    cursor.save()
    if announced is not None:
        count.missed = reading.missed(entity, announced, unannounced)
    count.seconds = time.monotonic() - started
    log.info(
        "%s.%s: %d new of %d delivered in %d pages, %.1f s%s%s",
        account.name,
        entity.name,
        count.landed,
        count.delivered,
        count.pages,
        count.seconds,
        f", {count.rejected} rejected" if count.rejected else "",
        "" if count.missed is None else f", {count.missed} that no event had announced",
    )


def _sort(
    page: Page, entity: Entity, cursor: Cursor, count: Pulled
) -> tuple[list[Record], list[Reject]]:
    records: list[Record] = []
    rejects: list[Reject] = []
    for position, payload in enumerate(page, start=1):
        count.delivered += 1
        found = identified(entity, payload, f"page {count.pages}, item {position}")
        if isinstance(found, Reject):
            if cursor.is_new(found.record_id, None, payload):
                rejects.append(found)
                count.rejected += 1
                log.warning("%s: %s rejected: %s", entity.name, found.record_id, found.reason)
        elif cursor.is_new(found.record_id, found.version, payload):
            records.append(found)
            count.landed += 1
    return records, rejects
