"""The inbox's tables, the same in SQLite and PostgreSQL. Rows of events are never changed; one of
the quarantine goes when it becomes an event.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData()

# SQLite counts only an INTEGER key by itself; AUTOINCREMENT never gives a number twice.
_COUNTED = BigInteger().with_variant(Integer(), "sqlite")

# UTC, ISO 8601 with microseconds: sorts as text, and reads the same in both databases.
_INSTANT = String(32)

events = Table(
    "inbox_events",
    metadata,
    Column("sequence", _COUNTED, primary_key=True, autoincrement=True),
    Column("source", String(200), nullable=False),
    Column("event_key", String(200), nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("source", "event_key", name="inbox_events_key"),
    Index("inbox_events_by_source", "source", "sequence"),
    sqlite_autoincrement=True,
)

quarantine = Table(
    "inbox_quarantine",
    metadata,
    Column("number", _COUNTED, primary_key=True, autoincrement=True),
    Column("source", String(200), nullable=False),
    Column("event_key", String(200)),
    Column("received_at", _INSTANT, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("body_sha256", String(64), nullable=False),
    # A sender that repeats itself does not fill the disk.
    UniqueConstraint("source", "reason", "body_sha256", name="inbox_quarantine_body"),
    sqlite_autoincrement=True,
)

cursors = Table(
    "inbox_cursors",
    metadata,
    Column("consumer", String(200), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
)
