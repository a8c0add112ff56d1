"""Records asked for by their ids, because an event only named them."""

import logging
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

log = logging.getLogger("vouch.drain")

# The account itself is not let in, is asked too often, or leads elsewhere: not the record's fault.
_OF_THE_ACCOUNT = frozenset((401, 403, 404, 407, 408, 425, 429))
# Refused one after the other, with none answered between them: then it is the request.
_MOST_REFUSED = 5
_FAILURES = (requests.RequestException, LimitExhausted, msgspec.MsgspecError, ValueError)


@dataclass(slots=True)
class Fetched:
    """Answers by entity: records, those that cannot be identified, and by id the vendor's status
    for records that it refuses to hand out.
    """

    records: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    rejects: dict[str, list[Reject]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

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
    """All at once; where the vendor will not have that for good, one by one."""
    status = _tried(account, client, entity, ids, found)
    if status is None:
        return
    left = sorted(ids - found.ids(entity.name))
    log.warning("%s.%s: answered %d, asking one by one", account.name, entity.name, status)
    refused, is_any_answered = found.refused[entity.name], bool(found.ids(entity.name) & ids)
    for one in left:
        status = _tried(account, client, entity, {one}, found) if len(ids) > 1 else status
        if status is None:
            is_any_answered = True
            continue
        refused[one] = status
        if len(refused) >= _MOST_REFUSED and not is_any_answered:
            raise SourceError(
                account.name,
                entity.name,
                f"each of {len(refused)} records was answered {status}.",
                "The request is not accepted; check the account's address in vouch.toml.",
            )


def _tried(
    account: Account, client: RESTClient, entity: Entity, ids: set[str], found: Fetched
) -> int | None:
    """Ask once; the status, where asking again would be answered the same."""
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
        status = _final(failure)
        if status is None:
            tries = account.http.max_attempts
            raise explained(account.name, entity.name, tries, failure) from failure
        return status
    return None


def _final(failure: BaseException) -> int | None:
    response = getattr(failure, "response", None)
    status = getattr(response, "status_code", 0)
    return status if 400 <= status < 500 and status not in _OF_THE_ACCOUNT else None


def _follows(entity: Entity, payload: bytes) -> list[Hint]:
    try:
        return entity.follows(payload)
    except msgspec.ValidationError:
        # The record itself is fine; what it names in another shape the next pull brings.
        return []
