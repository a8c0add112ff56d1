"""Bullhorn's events: a subscription that is polled, because nothing is pushed.

Sources: bullhorn/rest-api-docs (`_subscription`), bullhorn.github.io/REST-API-Event-Subscriptions:
events are kept for 7 days, 100 at a time, and are gone from the queue once they were asked for;
the latest batch can be had again by its ``requestId``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from dlt.sources.helpers.rest_client.client import RESTClient
from requests import Response

from ingestion.connection import decoded, get_once
from ingestion.vendor import Feed, Hint, instant_of

_MOST = 100
# How an unknown subscription or batch is refused is not documented; 401 and 403 are not it.
_NOT_THERE = (400, 404)


class _Event(msgspec.Struct):
    eventId: str
    eventType: str
    eventTimestamp: int
    entityName: str
    entityId: int
    entityEventType: str


class _Batch(msgspec.Struct):
    requestId: int
    events: list[msgspec.Raw] = []


class _Last(msgspec.Struct):
    result: int


_EVENT = msgspec.json.Decoder(_Event)


def feed(entities: Mapping[str, str]) -> Feed:
    """The events of these entities: Bullhorn's names to landing's."""

    def batches(
        client: RESTClient, settings: Any, kept: int | None
    ) -> Iterator[tuple[int, list[bytes]]]:
        path = f"event/subscription/{settings.subscription}"
        if kept is not None:
            yield from _resumed(client, path, list(entities), kept)
        while (batch := _batch(get_once(client, path, {"maxEvents": _MOST}))) is not None:
            yield batch

    def hints(body: bytes) -> list[Hint]:
        event = _EVENT.decode(body)
        # A name that landing does not know is for the drain to refuse.
        entity = entities.get(event.entityName, event.entityName)
        at = instant_of(event.eventTimestamp, "eventTimestamp")
        is_deleted = event.entityEventType == "DELETED"
        return [Hint(entity, str(event.entityId), None, is_deleted, body, at)]

    return Feed(
        batches,
        lambda settings: float(settings.poll_seconds),
        _key,
        hints,
        frozenset(entities.values()),
    )


def _resumed(
    client: RESTClient, path: str, names: list[str], kept: int
) -> Iterator[tuple[int, list[bytes]]]:
    """Subscribe, where that is not done; else the last batch, if it is not the one kept."""
    last = _last_request(client, path)
    if last is None:
        _subscribe(client, path, names)
    elif last not in (0, kept):
        # Its answer may have been lost with the process that asked for it.
        answer = client.get(path, params={"maxEvents": _MOST, "requestId": last})
        again = None if answer.status_code in _NOT_THERE else _batch(answer)
        if again is not None:
            yield again


def _key(body: bytes) -> str:
    """The message's id, unique for good (``ID:JBM-40000517``)."""
    return _EVENT.decode(body).eventId


def _last_request(client: RESTClient, path: str) -> int | None:
    """Number of the last batch handed out; None when there is no such subscription."""
    answer = client.get(f"{path}/lastRequestId")
    if answer.status_code in _NOT_THERE:
        return None
    answer.raise_for_status()
    return decoded(answer.content, _Last).result


def _subscribe(client: RESTClient, path: str, names: list[str]) -> None:
    params = {
        "type": "entity",
        "names": ",".join(names),
        "eventTypes": "INSERTED,UPDATED,DELETED",
    }
    client.request(path, method="PUT", params=params).raise_for_status()


def _batch(answer: Response) -> tuple[int, list[bytes]] | None:
    """Number and events; None when there are none, which Bullhorn says by an empty answer."""
    answer.raise_for_status()
    if answer.content.strip() in (b"", b"{}", b"null"):
        return None
    batch = decoded(answer.content, _Batch)
    return (batch.requestId, [bytes(event) for event in batch.events]) if batch.events else None
