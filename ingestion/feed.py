"""Events that are asked for: from a vendor's queue into the same inbox as what is pushed."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

import msgspec
import requests
from dlt.sources.helpers.rest_client.client import RESTClient

from ingestion.connection import LimitExhausted
from ingestion.errors import SourceError
from ingestion.inbox import Event, Inbox, InboxUnavailable
from ingestion.pull import Account
from ingestion.source_failures import explained
from ingestion.vendor import Feed

log = logging.getLogger("vouch.feed")

# What the inbox's columns for key and reason hold.
_LONGEST = 200
_LONGEST_WAIT_SECONDS = 300.0
_FAILURES = (SourceError, requests.RequestException, LimitExhausted, msgspec.MsgspecError)


class Poller:
    """Reads one account's queue into the inbox, again and again, over one session.

    A batch is durable before the next is asked for. Killed in between, the batch whose answer
    was lost is asked for again by its number; what was kept is recognised by its key.
    """

    def __init__(self, account: Account, feed: Feed, inbox: Inbox) -> None:
        self._account = account
        self._feed = feed
        self._inbox = inbox
        self._place = f"feed:{account.name}"
        self._client: RESTClient | None = None

    def poll(self, received_at: datetime) -> int:
        """Put all waiting events into the inbox; how many were new.

        Raises:
            SourceError: the account could not be read; what was kept before stays kept, and
                the next call begins with a new session.
            InboxUnavailable: the inbox cannot be written.
        """
        # What an earlier process was handed and did not keep is asked for once per session.
        in_doubt = self._client is None
        client, self._client = self._client, None
        account, stored = self._account, 0
        try:
            client = client or account.vendor.connect(account.settings, account.http)
            kept = self._inbox.position(self._place) if in_doubt else None
            for number, bodies in self._feed.batches(client, account.settings, kept):
                stored += self._keep(bodies, received_at)
                self._inbox.advance(self._place, number)
        except _FAILURES as error:
            raise explained(account.name, "-", account.http.max_attempts, error) from error
        self._client = client
        if stored:
            log.info("%s: %d new events", account.name, stored)
        return stored

    def _keep(self, bodies: list[bytes], received_at: datetime) -> int:
        name, events = self._account.name, []
        for body in bodies:
            try:
                events.append(Event(name, _key(self._feed, body), received_at, body))
            except (msgspec.MsgspecError, ValueError) as error:
                reason = f"unreadable: {error}"[:_LONGEST]
                self._inbox.quarantine(name, None, received_at, body, reason)
        return sum(self._inbox.append(events))


def poll(account: Account, inbox: Inbox, received_at: datetime) -> int:
    """``Poller.poll`` once, over a session of its own; 0 for a vendor without a feed."""
    feed = account.vendor.feed
    return 0 if feed is None else Poller(account, feed, inbox).poll(received_at)


def keep_polling(
    account: Account, inbox: Inbox, clock: Callable[[], datetime], over: threading.Event
) -> None:
    """Poll until it is over, as often as the account says; meant for a thread.

    A source that cannot be read is tried again, each time after twice as long, up to five
    minutes.
    """
    feed = account.vendor.feed
    if feed is None:
        return
    poller, pace = Poller(account, feed, inbox), feed.every_seconds(account.settings)
    wait = pace
    while not over.wait(wait):
        try:
            poller.poll(clock())
            wait = pace
        except (SourceError, InboxUnavailable) as error:
            wait = min(max(wait, 1.0) * 2, max(pace, _LONGEST_WAIT_SECONDS))
            log.warning("no events from %s for now: %s", account.name, error)


def _key(feed: Feed, body: bytes) -> str:
    key = feed.key(body)
    if len(key) > _LONGEST:
        raise ValueError(f"its key has {len(key)} characters, more than {_LONGEST}")
    return key
