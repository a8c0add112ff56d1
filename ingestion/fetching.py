"""Records asked for by their ids, because an event only named them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
import requests
from dlt.sources.helpers.rest_client.client import RESTClient

from ingestion.connection import LimitExhausted
from ingestion.envelope import Record, Reject
from ingestion.errors import SourceError
from ingestion.identifying import identified
from ingestion.pull import Account
from ingestion.source_failures import explained
from ingestion.vendor import Entity, Hint

_FAILURES = (requests.RequestException, LimitExhausted, msgspec.MsgspecError, ValueError)


@dataclass(slots=True)
class Fetched:
    """Answers by entity: records, and those that cannot be identified."""

    records: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    rejects: dict[str, list[Reject]] = field(default_factory=lambda: defaultdict(list))

    def ids(self, entity: str) -> set[str]:
        """Records of the entity that the vendor knows, also those it sends in a broken state."""
        known = (*self.records.get(entity, ()), *self.rejects.get(entity, ()))
        return {record.record_id for record in known}


def fetched(account: Account, wanted: Mapping[str, set[str]]) -> Fetched:
    """Ask for the records, by entity and id, and for what changed along with them.

    Raises:
        SourceError: the account could not be read.
    """
    found = Fetched()
    if not any(wanted.values()):
        return found
    entities = {entity.name: entity for entity in account.vendor.entities}
    client = _client(account)
    following: dict[str, set[str]] = defaultdict(set)
    for name, ids in wanted.items():
        _ask(account, client, entities[name], ids, found)
        for record in found.records[name]:
            for hint in _follows(entities[name], record.payload):
                following[hint.entity].add(hint.record_id)
    for name, ids in following.items():
        _ask(account, client, entities[name], ids - found.ids(name), found)
    return found


def _client(account: Account) -> RESTClient:
    try:
        return account.vendor.connect(account.settings, account.http)
    except (SourceError, *_FAILURES) as failure:
        raise explained(account.name, "-", account.http.max_attempts, failure) from failure


def _ask(
    account: Account, client: RESTClient, entity: Entity, ids: set[str], found: Fetched
) -> None:
    assert entity.fetch is not None, f"{entity.name} is named by events and has no way to fetch"
    try:
        for page in entity.fetch(client, sorted(ids)):
            for number, payload in enumerate(page, start=1):
                answer = identified(entity, payload, f"item {number} of a fetch")
                if isinstance(answer, Reject):
                    found.rejects[entity.name].append(answer)
                else:
                    found.records[entity.name].append(answer)
    except (SourceError, *_FAILURES) as failure:
        raise explained(account.name, entity.name, account.http.max_attempts, failure) from failure


def _follows(entity: Entity, payload: bytes) -> list[Hint]:
    try:
        return entity.follows(payload)
    except msgspec.ValidationError:
        # The record itself is fine; what it names in another shape the next pull brings.
        return []
