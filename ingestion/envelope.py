"""The envelope every record lands in: verbatim payload, its hash, when and by which way.

The payload is never re-serialised: evidence has to be the vendor's own bytes.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

_INSTANT = pa.timestamp("us", tz="UTC")

ENVELOPE = pa.schema(
    [
        pa.field("tenant_id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("entity", pa.string(), nullable=False),
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("version", _INSTANT),
        pa.field("op", pa.string(), nullable=False),
        pa.field("payload", pa.string(), nullable=False),
        pa.field("payload_sha256", pa.string(), nullable=False),
        pa.field("received_at", _INSTANT, nullable=False),
        pa.field("load_id", pa.string(), nullable=False),
        pa.field("via", pa.string(), nullable=False),
    ]
)
REJECTS = ENVELOPE.append(pa.field("reject_reason", pa.string(), nullable=False))


@dataclass(frozen=True, slots=True)
class Record:
    """One delivered record. ``version`` is the vendor's updated-at, or None where it has none.

    ``received_at`` stands here only where it is not the whole delivery's.
    """

    record_id: str
    version: datetime | None
    op: str
    payload: bytes
    received_at: datetime | None = None

    @property
    def sha256(self) -> str:
        """Hex digest of the payload's bytes."""
        return payload_sha256(self.payload)


@dataclass(frozen=True, slots=True)
class Reject:
    """One delivered record that cannot be identified; kept verbatim, with the reason."""

    record_id: str
    payload: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the records of one delivery share.

    ``received_at`` is a UTC instant; ``via`` one of pull, webhook, file, sql.
    """

    tenant_id: str
    source: str
    entity: str
    received_at: datetime
    load_id: str
    via: str


def payload_sha256(payload: bytes) -> str:
    """Hex SHA-256 of the payload exactly as delivered."""
    return hashlib.sha256(payload).hexdigest()


def records_table(records: Iterable[Record], delivery: Delivery) -> pa.Table:
    """Rows of ``ENVELOPE``, one per record, in the order given."""
    return pa.table(_columns(list(records), delivery), schema=ENVELOPE)


def rejects_table(rejects: Iterable[Reject], delivery: Delivery) -> pa.Table:
    """Rows of ``REJECTS``: an envelope, and why the record could not be used."""
    rows = list(rejects)
    columns = _columns([Record(r.record_id, None, "upsert", r.payload) for r in rows], delivery)
    return pa.table(
        columns | {"reject_reason": pa.array([r.reason for r in rows], pa.string())},
        schema=REJECTS,
    )


def _columns(rows: list[Record], delivery: Delivery) -> dict[str, pa.Array]:
    count = len(rows)
    payloads = [row.payload for row in rows]
    received = [row.received_at or delivery.received_at for row in rows]
    return {
        "tenant_id": pa.repeat(pa.scalar(delivery.tenant_id), count),
        "source": pa.repeat(pa.scalar(delivery.source), count),
        "entity": pa.repeat(pa.scalar(delivery.entity), count),
        "record_id": pa.array([row.record_id for row in rows], pa.string()),
        "version": pa.array([row.version for row in rows], _INSTANT),
        "op": pa.array([row.op for row in rows], pa.string()),
        # Binary to string is a zero-copy view that validates UTF-8.
        "payload": pa.array(payloads, pa.binary()).cast(pa.string()),
        "payload_sha256": pa.array([payload_sha256(p) for p in payloads], pa.string()),
        "received_at": pa.array(received, _INSTANT),
        "load_id": pa.repeat(pa.scalar(delivery.load_id), count),
        "via": pa.repeat(pa.scalar(delivery.via), count),
    }
