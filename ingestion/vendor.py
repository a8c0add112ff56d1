"""What a vendor module declares: how to connect, which entities it has, how records are known."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from dlt.sources.helpers.rest_client.client import RESTClient

from ingestion import vendors
from ingestion.connection import Http
from ingestion.envelope import Record

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
    """

    name: str
    pages: Callable[[RESTClient, datetime | None], Iterator[Page]]
    identify: Callable[[bytes], Record]
    overlap: timedelta = timedelta(0)
    id_path: tuple[str, ...] = ("id",)


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor. ``config`` is the msgspec struct that an account's settings must fit."""

    name: str
    config: type[Any]
    connect: Callable[[Any, Http], RESTClient]
    entities: tuple[Entity, ...]


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
