"""What events say: records that they carried, records that they only named, and the unusable."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ingestion.envelope import Record, Reject
from ingestion.errors import fault
from ingestion.identifying import identified
from ingestion.inbox import Event, Stored
from ingestion.vendor import Entity, Hint, Vendor


@dataclass(frozen=True, slots=True)
class Refused:
    """An event, or a part of one, that landing cannot use, and why."""

    event: Event
    reason: str


@dataclass(frozen=True, slots=True)
class Named:
    """One mention of a record that has to be fetched."""

    hint: Hint
    event: Event


@dataclass(slots=True)
class Hinted:
    """``carried`` are records by entity, each distinct one once, as are the tombstones among
    them; ``named`` the mentions by entity and record id.
    """

    carried: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    named: dict[str, dict[str, list[Named]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    refused: list[Refused] = field(default_factory=list)
    _seen: set[tuple[str, str, str, str]] = field(default_factory=set)

    def add(self, entity: str, record: Record) -> None:
        """Carry it, unless it is carried already."""
        what = (entity, record.record_id, record.op, record.sha256)
        if what not in self._seen:
            self._seen.add(what)
            self.carried[entity].append(record)


def hinted(vendor: Vendor, events: Iterable[Stored], settings: Any = None) -> Hinted:
    """Read the events in the order of arrival, which decides nothing but what is seen first.

    ``settings`` are the account's; without them, events of whomever are its own.
    """
    said = Hinted()
    webhook = vendor.webhook
    owner = webhook.owner(settings) if webhook is not None and settings is not None else None
    entities = {entity.name: entity for entity in vendor.entities}
    for stored in events:
        event = stored.event
        try:
            for hint in vendor.events.hints(event.body) if vendor.events else []:
                if owner is None or hint.owner in (None, owner):
                    _take(said, entities, hint, event)
                else:
                    said.refused.append(Refused(event, f"another account: {hint.owner}"))
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            said.refused.append(Refused(event, f"unreadable: {error}"))
        except Exception as error:
            # A fault of ours in a vendor's module must not hold up the account for good.
            said.refused.append(Refused(event, f"failed: {fault(error)}"))
    return said


def _take(said: Hinted, entities: Mapping[str, Entity], hint: Hint, event: Event) -> None:
    entity = entities.get(hint.entity)
    if entity is None:
        said.refused.append(Refused(event, f"unknown kind: {hint.entity}"))
    elif hint.payload is not None:
        _carry(said, entity, hint.payload, event)
    elif hint.is_deleted and not entity.keeps_deleted:
        said.add(entity.name, tombstone(hint, event))
    elif entity.fetch is None:
        said.refused.append(Refused(event, f"cannot be fetched: {hint.entity}"))
    else:
        said.named[entity.name][hint.record_id].append(Named(hint, event))


def tombstone(hint: Hint, event: Event) -> Record:
    """What is left of a record that is gone: the vendor's own word for it."""
    return Record(hint.record_id, hint.said_at, "delete", hint.said, event.received_at)


def _carry(said: Hinted, entity: Entity, payload: bytes, event: Event) -> None:
    try:
        # Landing holds text; one broken payload must not hold up the load of the others.
        payload.decode("utf-8")
    except UnicodeDecodeError as error:
        said.refused.append(Refused(event, f"unreadable: {error.reason} at byte {error.start}"))
        return
    found = identified(entity, payload, "in its event")
    if isinstance(found, Reject):
        said.refused.append(Refused(event, f"unidentified: {found.reason}"))
    else:
        said.add(
            entity.name,
            Record(found.record_id, found.version, found.op, payload, event.received_at),
        )
