"""Pulls one account into landing: only what is new, complete or not at all.

What is particular to a vendor lives in ``vendors/``.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import dlt
import msgspec
import requests
from dlt.common.typing import TDataItem
from dlt.pipeline.exceptions import PipelineStepFailed
from dlt.sources.helpers.rest_client.client import RESTClient

from ingestion.connection import Http, LimitExhausted
from ingestion.cursor import Cursor
from ingestion.envelope import (
    Delivery,
    Record,
    Reject,
    payload_sha256,
    records_table,
    rejects_table,
)
from ingestion.errors import SourceError
from ingestion.landing_writer import landing_pipeline, write
from ingestion.vendor import Entity, Page, Vendor

log = logging.getLogger("vouch.pull")

# Arrow tables of this many records: large enough that Parquet row groups are not
# tiny, small enough that a page of large payloads stays in tens of megabytes.
_BATCH = 20_000
_Broken = requests.ConnectionError | requests.Timeout | requests.exceptions.ChunkedEncodingError


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
    """What one entity's pull brought: records delivered, new ones landed, rejects, requests."""

    entity: str
    delivered: int = 0
    landed: int = 0
    rejected: int = 0
    pages: int = 0
    seconds: float = 0.0


def pull(account: Account, home: Path, received_at: datetime, only: set[str]) -> list[Pulled]:
    """Land what is new in an account, as one load.

    Args:
        account: whose records.
        home: ``VOUCH_HOME``.
        received_at: the UTC instant written into the envelopes.
        only: the entities to pull.

    Returns:
        One count per entity.

    Raises:
        SourceError: the account could not be read; nothing of this pull is visible.
    """
    counts = [Pulled(entity.name) for entity in account.vendor.entities if entity.name in only]
    by_name = {count.entity: count for count in counts}
    client: list[RESTClient] = []

    def deliver(entity: Entity) -> Iterator[TDataItem]:
        if not client:
            client.append(account.vendor.connect(account.settings, account.http))
        yield from _deliver(account, entity, client[0], received_at, by_name[entity.name])

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
        raise _explained(account, entity, failure) from failure
    return counts


def _deliver(
    account: Account,
    entity: Entity,
    client: RESTClient,
    received_at: datetime,
    count: Pulled,
) -> Iterator[TDataItem]:
    started = time.monotonic()
    cursor = Cursor(dlt.current.resource_state(), entity.overlap)
    delivery = Delivery(
        account.tenant_id,
        account.name,
        entity.name,
        received_at,
        dlt.current.load_package_state()["load_id"],
        "pull",
    )
    records: list[Record] = []
    rejects: list[Reject] = []
    for page in entity.pages(client, cursor.since):
        count.pages += 1
        new, refused = _sort(page, entity, cursor, count)
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
    count.seconds = time.monotonic() - started
    log.info(
        "%s.%s: %d new of %d delivered in %d pages, %.1f s%s",
        account.name,
        entity.name,
        count.landed,
        count.delivered,
        count.pages,
        count.seconds,
        f", {count.rejected} rejected" if count.rejected else "",
    )


def _sort(
    page: Page, entity: Entity, cursor: Cursor, count: Pulled
) -> tuple[list[Record], list[Reject]]:
    records: list[Record] = []
    rejects: list[Reject] = []
    for position, payload in enumerate(page, start=1):
        count.delivered += 1
        try:
            record = entity.identify(payload)
        except msgspec.ValidationError as error:
            reject = _reject(
                payload, entity.id_path, str(error), f"page {count.pages}, item {position}"
            )
            if cursor.is_new(reject.record_id, None, payload):
                rejects.append(reject)
                count.rejected += 1
                log.warning("%s: %s rejected: %s", entity.name, reject.record_id, reject.reason)
            continue
        if cursor.is_new(record.record_id, record.version, payload):
            records.append(record)
            count.landed += 1
    return records, rejects


def _reject(payload: bytes, id_path: tuple[str, ...], reason: str, place: str) -> Reject:
    """Known by its id, so that its repair is recognised, or else by its bytes.

    Its place would be another one at the next pull.
    """
    known = _id_at(payload, id_path)
    if known is not None:
        return Reject(known, payload, reason)
    return Reject(f"sha256:{payload_sha256(payload)[:16]}", payload, f"{reason} ({place})")


def _id_at(payload: bytes, path: tuple[str, ...]) -> str | None:
    found = msgspec.json.decode(payload)
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return str(found) if isinstance(found, int | str) and found != "" else None


def _explained(account: Account, entity: str, failure: BaseException) -> SourceError:
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, SourceError):
            return cause
        if isinstance(cause, LimitExhausted):
            return SourceError(
                account.name,
                entity,
                f"{cause}.",
                "Run again after that, or raise the quota.",
            )
        if isinstance(cause, requests.HTTPError) and cause.response is not None:
            return _refused(account, entity, cause.response)
        if isinstance(cause, _Broken):
            return SourceError(
                account.name,
                entity,
                f"no answer ({type(cause).__name__}) after {account.http.max_attempts} tries.",
                "Check the address in vouch.toml and that the service is up, then run again.",
            )
        if isinstance(cause, requests.JSONDecodeError | msgspec.DecodeError | ValueError):
            return SourceError(
                account.name,
                entity,
                f"the answer is not the JSON that was asked for ({cause}).",
                "If it repeats, look whether the address leads to the API and not to a web page.",
            )
        cause = cause.__cause__ or cause.__context__
    return SourceError(account.name, entity, f"{failure}", "This is unexpected; see the log.")


def _refused(account: Account, entity: str, response: requests.Response) -> SourceError:
    path = urlparse(response.url).path
    status = response.status_code
    if status in (401, 403):
        remedy = "Check the credentials in vouch.toml and the environment, and their scopes."
    elif status == 429:
        remedy = "The vendor's limit is used up; run again later or lower requests_per_second."
    elif status >= 500:
        remedy = f"The vendor failed {account.http.max_attempts} times; run again later."
    else:
        remedy = "The request is not accepted; check the account's address in vouch.toml."
    return SourceError(account.name, entity, f"{path} answered {status}.", remedy)
