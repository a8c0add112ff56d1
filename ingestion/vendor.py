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
from ingestion.signatures import Scheme

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
    """

    name: str
    pages: Callable[[RESTClient, datetime | None], Iterator[Page]]
    identify: Callable[[bytes], Record]
    overlap: timedelta = timedelta(0)
    id_path: tuple[str, ...] = ("id",)
    fetch: Callable[[RESTClient, Sequence[str]], Iterator[Page]] | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """What one event says of one record: the whole of it (``payload`` as a pull would land
    it), or only that it changed or is gone, and then it is fetched.
    """

    entity: str
    record_id: str
    payload: bytes | None = None
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Webhook:
    """How a vendor pushes events.

    Args:
        scheme: how the raw body is signed.
        key: reads out of a signed body what makes the event the same event when it is sent
            again; raises ``msgspec.DecodeError`` or ``ValueError`` when that cannot be done.
        hints: what the event says; raises the same.
        is_handshake: whether the body only asks that signatures are checked here.
    """

    scheme: Scheme
    key: Callable[[bytes], str]
    hints: Callable[[bytes], list[Hint]]
    is_handshake: Callable[[bytes], bool] = lambda body: False


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor. ``config`` is the msgspec struct that an account's settings must fit."""

    name: str
    config: type[Any]
    connect: Callable[[Any, Http], RESTClient]
    entities: tuple[Entity, ...]
    webhook: Webhook | None = None


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
    """Vendors there are modules for."""
    return sorted(module.name for module in pkgutil.iter_modules(vendors.__path__))
