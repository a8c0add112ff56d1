"""The inbox: events exactly as they arrived, durable before they are acknowledged.

Append-only. Readers keep a position of their own and may go back to any. SQLite by default,
PostgreSQL where it is configured. In both, what has a higher sequence was committed later, so a
reader that has passed a sequence never misses one below it: SQLite has one writer at a time,
and in PostgreSQL an appender holds an advisory lock until its commit is visible.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, Table, case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from ingestion.inbox_connection import InboxUnavailable, connected, explained
from ingestion.inbox_tables import cursors, events, quarantine

__all__ = ["Event", "Inbox", "InboxUnavailable", "Quarantined", "Stored"]

# Held by whoever appends in PostgreSQL; the number only has to be ours.
_APPENDING = 0x766F756368
_REASON = 200


@dataclass(frozen=True, slots=True)
class Event:
    """One delivery. ``key`` comes from the signed body and is unique per source, for good."""

    source: str
    key: str
    received_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """An event with its place; a position is the sequence of the last event dealt with."""

    sequence: int
    event: Event


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A delivery that is authentic and cannot be used, with its raw bytes and the reason."""

    source: str
    key: str | None
    received_at: datetime
    body: bytes
    reason: str
    number: int | None = field(default=None, compare=False)
    """Its own in the inbox, once it is there."""


class Inbox:
    """Every method raises ``InboxUnavailable`` when the database cannot do it.

    May be used by several threads and processes at a time.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Made once: making it took as long as storing ten events.
        self._append = self._unless_there(events).returning(events.c.source, events.c.event_key)

    @classmethod
    def open(cls, url: str) -> "Inbox":
        """``sqlite:////folder/inbox.sqlite`` or ``postgresql+pg8000://…``; creates what lacks."""
        return cls(connected(url))

    def append(self, batch: Sequence[Event]) -> list[bool]:
        """Store them in one durable transaction.

        Returns:
            Per event, whether it is new; False for one whose key was there already, also
            earlier in the same batch.
        """
        if not batch:
            return []
        rows = [
            {
                "source": event.source,
                "event_key": event.key,
                "received_at": _text(event.received_at),
                "body": event.body,
            }
            for event in batch
        ]
        with self._writing("store events") as connection:
            new = {tuple(row) for row in connection.execute(self._append, rows)}
        outcome = []
        for event in batch:
            outcome.append((event.source, event.key) in new)
            new.discard((event.source, event.key))
        return outcome

    def quarantine(
        self, source: str, key: str | None, received_at: datetime, body: bytes, reason: str
    ) -> None:
        """Keep the raw bytes aside with the reason; the same bytes once per source and reason."""
        self.quarantine_all([Quarantined(source, key, received_at, body, reason)])

    def quarantine_all(self, batch: Sequence[Quarantined]) -> None:
        """``quarantine`` for several, in one durable transaction."""
        rows = [
            {
                "source": each.source,
                "event_key": each.key,
                "received_at": _text(each.received_at),
                "reason": _told(each.reason),
                "body": each.body,
                "body_sha256": hashlib.sha256(each.body).hexdigest(),
            }
            for each in batch
        ]
        if rows:
            with self._writing("put events aside") as connection:
                connection.execute(self._unless_there(quarantine), rows)

    def quarantined(self) -> list[Quarantined]:
        """All that was put aside, oldest first."""
        columns = quarantine.c
        with self._reading("read what was put aside") as connection:
            rows = connection.execute(select(quarantine).order_by(columns.number)).all()
        return [
            Quarantined(
                row.source,
                row.event_key,
                datetime.fromisoformat(row.received_at),
                bytes(row.body),
                row.reason,
                row.number,
            )
            for row in rows
        ]

    def quarantined_count(self) -> int:
        """How many deliveries were put aside."""
        with self._reading("count what was put aside") as connection:
            return connection.execute(select(func.count()).select_from(quarantine)).scalar_one()

    def quarantined_by_reason(self) -> dict[tuple[str, str], int]:
        """How many deliveries were put aside, by source and the reason's word before its colon."""
        reason = quarantine.c.reason
        is_sqlite = self._engine.dialect.name == "sqlite"
        colon = func.instr(reason, ":") if is_sqlite else func.strpos(reason, ":")
        word = case((colon > 0, func.substr(reason, 1, colon - 1)), else_=reason).label("word")
        counted = select(quarantine.c.source, word, func.count()).group_by("source", "word")
        with self._reading("count what was put aside") as connection:
            return {(source, said): n for source, said, n in connection.execute(counted)}

    def offer_again(self, number: int, event: Event) -> bool:
        """Take it from what was put aside and make it an event, in one transaction; whether new."""
        row = {
            "source": event.source,
            "event_key": event.key,
            "received_at": _text(event.received_at),
            "body": event.body,
        }
        with self._writing("offer an event again") as connection:
            new = connection.execute(self._append, [row]).all()
            connection.execute(delete(quarantine).where(quarantine.c.number == number))
        return bool(new)

    def first_since(self, source: str, instant: datetime) -> int | None:
        """Sequence of the source's first event that arrived at that instant or later."""
        statement = select(func.min(events.c.sequence)).where(
            events.c.source == source, events.c.received_at >= _text(instant)
        )
        with self._reading("read events") as connection:
            found: int | None = connection.execute(statement).scalar_one()
        return found

    def after(self, sequence: int, limit: int = 1000, source: str | None = None) -> list[Stored]:
        """Events behind that sequence, oldest first; of one source, when it is named."""
        statement = select(events).where(events.c.sequence > sequence)
        if source is not None:
            statement = statement.where(events.c.source == source)
        with self._reading("read events") as connection:
            rows = connection.execute(statement.order_by(events.c.sequence).limit(limit)).all()
        return [
            Stored(
                row.sequence,
                Event(
                    row.source,
                    row.event_key,
                    datetime.fromisoformat(row.received_at),
                    bytes(row.body),
                ),
            )
            for row in rows
        ]

    def newest(self) -> int:
        """The highest sequence; 0 when empty."""
        with self._reading("read events") as connection:
            found = connection.execute(select(func.max(events.c.sequence))).scalar_one()
        return found or 0

    def position(self, consumer: str) -> int:
        """Where a consumer stands; 0 at first."""
        with self._reading("read a position") as connection:
            found = connection.execute(
                select(cursors.c.sequence).where(cursors.c.consumer == consumer)
            ).scalar_one_or_none()
        return found or 0

    def advance(self, consumer: str, sequence: int) -> None:
        """Set where a consumer stands; lower than before replays what lies between."""
        statement = self._insert(cursors)
        statement = statement.on_conflict_do_update(
            index_elements=[cursors.c.consumer], set_={"sequence": statement.excluded.sequence}
        )
        with self._writing("move a position") as connection:
            connection.execute(statement, [{"consumer": consumer, "sequence": sequence}])

    def depth(self, consumer: str, source: str | None = None) -> int:
        """Events behind a consumer's position; those of one source, when it is named."""
        position = (
            select(cursors.c.sequence).where(cursors.c.consumer == consumer).scalar_subquery()
        )
        statement = (
            select(func.count())
            .select_from(events)
            .where(events.c.sequence > func.coalesce(position, 0))
        )
        if source is not None:
            statement = statement.where(events.c.source == source)
        with self._reading("count events") as connection:
            return connection.execute(statement).scalar_one()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _writing(self, purpose: str) -> Iterator[Connection]:
        with _named(purpose), self._engine.begin() as connection:
            if self._engine.dialect.name == "postgresql":
                # Released after the commit is visible: no sequence appears behind a reader.
                connection.execute(select(func.pg_advisory_xact_lock(_APPENDING)))
            yield connection

    @contextmanager
    def _reading(self, purpose: str) -> Iterator[Connection]:
        with _named(purpose), self._engine.connect() as connection:
            yield connection

    def _insert(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        if self._engine.dialect.name == "sqlite":
            return sqlite.insert(table)
        return postgresql.insert(table)

    def _unless_there(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        return self._insert(table).on_conflict_do_nothing()


@contextmanager
def _named(purpose: str) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise explained(error, purpose) from error


def _told(reason: str) -> str:
    """As the column holds it; reasons quote what came, and PostgreSQL's text holds no NUL."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in reason)[
        :_REASON
    ]


def _text(instant: datetime) -> str:
    """Raises ``ValueError`` for an instant without a zone."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no zone; the inbox keeps UTC")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
