"""Events that are asked for: from a vendor's queue into the same inbox as what is pushed."""

import logging
from datetime import datetime

import msgspec
import requests

from ingestion.connection import LimitExhausted
from ingestion.errors import SourceError
from ingestion.inbox import Event, Inbox
from ingestion.pull import Account
from ingestion.source_failures import explained
from ingestion.vendor import Feed

log = logging.getLogger("vouch.feed")

# What the inbox's columns for key and reason hold.
_LONGEST = 200


def poll(account: Account, inbox: Inbox, received_at: datetime) -> int:
    """Put all waiting events of an account into the inbox; how many were new.

    A batch is durable before the next is asked for. Killed in between, the batch whose answer
    was lost is asked for again by its number; what was kept is recognised by its key.

    Raises:
        SourceError: the account could not be read; what was kept before stays kept.
        InboxUnavailable: the inbox cannot be written.
    """
    feed = account.vendor.feed
    if feed is None:
        return 0
    place = f"feed:{account.name}"
    stored = 0
    try:
        client = account.vendor.connect(account.settings, account.http)
        for number, bodies in feed.batches(client, account.settings, inbox.position(place)):
            events = []
            for body in bodies:
                try:
                    events.append(Event(account.name, _key(feed, body), received_at, body))
                except (msgspec.MsgspecError, ValueError) as error:
                    reason = f"unreadable: {error}"[:_LONGEST]
                    inbox.quarantine(account.name, None, received_at, body, reason)
            stored += sum(inbox.append(events))
            inbox.advance(place, number)
    except (SourceError, requests.RequestException, LimitExhausted, msgspec.MsgspecError) as error:
        raise explained(account.name, "-", account.http.max_attempts, error) from error
    if stored:
        log.info("%s: %d new events", account.name, stored)
    return stored


def _key(feed: Feed, body: bytes) -> str:
    key = feed.key(body)
    if len(key) > _LONGEST:
        raise ValueError(f"its key has {len(key)} characters, more than {_LONGEST}")
    return key
