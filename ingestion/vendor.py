"""What a vendor module declares: how to connect, which entities it has, how records are known."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from dlt.sources.helpers.rest_client.client import RESTClient

from ingestion import vendors
from ingestion.connection import Http
from ingestion.envelope import Record
from ingestion.signatures import Scheme, Signed

Page = list[bytes]
"""The records of one answer, each as the vendor's own bytes."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One landing entity of a vendor.

    Args:
        name: landing entity, also the dbt source table.
        pages: yields the answers that hold what changed at or after the instant given
            (everything, when it is None).
        identify: reads id, version and operation out of one record's bytes; raises
            ``msgspec.ValidationError`` when that cannot be done.
        overlap: how far to reach back behind the newest version seen, because the
            vendor's filter is coarse or its index late.
        id_path: where the id stands in a record, for one that ``identify`` refuses.
        fetch: yields the answers that hold the records of these ids, where the vendor can be
            asked for them; ids that it no longer knows are left out.
        keeps_deleted: whether a deleted record can still be read, and says itself that it is
            deleted. Where it cannot, the event is all there will ever be.
        follows: what changed along with this record and is announced by no event of its own.
    """

    name: str
    pages: Callable[[RESTClient, datetime | None], Iterator[Page]]
    identify: Callable[[bytes], Record]
    overlap: timedelta = timedelta(0)
    id_path: tuple[str, ...] = ("id",)
    fetch: Callable[[RESTClient, Sequence[str]], Iterator[Page]] | None = None
    keeps_deleted: bool = True
    follows: Callable[[bytes], list["Hint"]] = lambda payload: []


@dataclass(frozen=True, slots=True)
class Hint:
    """What one event says of one record: the whole of it (``payload`` as a pull would land
    it), or only that it changed or is gone, and then it is fetched.

    ``owner`` is the vendor's name for whose it is, where one address is sent the events of
    several. Of a record that is gone for good, ``said`` (the event's own bytes) and ``said_at``
    (the vendor's instant) become payload and version of the tombstone.
    """

    entity: str
    record_id: str
    payload: bytes | None = None
    is_deleted: bool = False
    said: bytes = b""
    said_at: datetime | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """An answer to the NPS question (``score`` 0 to 10), without a word about the person.

    ``record_id`` is the response's; ``audience`` is candidate, client or unknown.
    """

    record_id: str
    score: int
    audience: str
    trigger: str


@dataclass(frozen=True, slots=True)
class Webhook:
    """How a vendor pushes events.

    Args:
        scheme: how the raw body is signed.
        key: reads out of a signed body what makes the event the same event when it is sent
            again; raises ``msgspec.DecodeError`` or ``ValueError`` when that cannot be done.
            None where the scheme signs an id of the message, which is the key then.
        hints: what the event says; raises the same. An event of a kind that is nothing to
            landing says nothing.
        is_handshake: whether the body only asks that signatures are checked here.
        announces: the entities whose changes are told by events, so that one that no event
            told of was missed.
        opinion: the answer to an NPS question in an event that ``hints`` can read, if it has one.
        owner: of the account's settings, whose events are its own; None where all are.
    """

    scheme: Scheme
    key: Callable[[bytes], str] | None
    hints: Callable[[bytes], list[Hint]]
    is_handshake: Callable[[bytes], bool] = lambda body: False
    announces: frozenset[str] = frozenset()
    opinion: Callable[[bytes], Opinion | None] = lambda body: None
    owner: Callable[[Any], str | None] = lambda settings: None

    def key_of(self, body: bytes, signed: Signed) -> str:
        """What makes the event the same event when it is sent again; raises what ``key`` does."""
        if self.key is not None:
            return self.key(body)
        if signed.identity is None:
            raise ValueError(f"{self.scheme.name} signs no id")
        return signed.identity


@dataclass(frozen=True, slots=True)
class Feed:
    """How a vendor's events are asked for, where it pushes none.

    Args:
        batches: of (client, the account's settings, number of the last batch that was kept)
            makes (number, events) of every batch after that one. The vendor may forget a batch
            once the next is asked for: each has to be kept before the iterator goes on. Without
            a number nothing is in doubt: what was handed out last in this session was kept.
        every_seconds: of the account's settings, how often its queue is read.
        key, hints, announces: as of a ``Webhook``, for one event.
    """

    batches: Callable[[RESTClient, Any, int | None], Iterator[tuple[int, list[bytes]]]]
    every_seconds: Callable[[Any], float]
    key: Callable[[bytes], str]
    hints: Callable[[bytes], list[Hint]]
    announces: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor. ``config`` is the msgspec struct that an account's settings must fit.

    ``is_asked`` is false of one whose records come by events only: a pull leaves it out.
    """

    name: str
    config: type[Any]
    connect: Callable[[Any, Http], RESTClient]
    entities: tuple[Entity, ...]
    webhook: Webhook | None = None
    feed: Feed | None = None
    is_asked: bool = True

    @property
    def events(self) -> Webhook | Feed | None:
        """How its events are read, whichever way they come."""
        return self.webhook or self.feed


def instant_of(milliseconds: int, field: str) -> datetime:
    """Epoch milliseconds as a UTC instant. Raises ``msgspec.ValidationError`` out of range."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise msgspec.ValidationError(f"Expected epoch milliseconds - at `$.{field}`") from error


def vendor(name: str) -> Vendor:
    """The vendor declared by ``ingestion/vendors/<name>.py``.

    Raises:
        KeyError: no such module; the message lists those there are.
    """
    known = vendor_names()
    if name not in known:
        raise KeyError(f"no vendor {name!r}; there are {', '.join(known)}")
    declared: Vendor = importlib.import_module(f"ingestion.vendors.{name}").VENDOR
    return declared


def vendor_names() -> list[str]:
    """Vendors there are modules for; a leading underscore marks a part of one."""
    names = (module.name for module in pkgutil.iter_modules(vendors.__path__))
    return sorted(name for name in names if not name.startswith("_"))
