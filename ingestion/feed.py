"""Events that are asked for: from a vendor's queue into the same inbox as what is pushed."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

import msgspec
import requests
from dlt.sources.helpers.rest_client.client import RESTClient

from ingestion.connection import LimitExhausted
from ingestion.errors import SourceError, fault
from ingestion.event_key import Unusable, keyed, usable
from ingestion.inbox import Event, Inbox, InboxUnavailable
from ingestion.pull import Account
from ingestion.pulse import Pulse
from ingestion.source_failures import explained
from ingestion.strict_json import require_strict
from ingestion.vendor import Feed

log = logging.getLogger("vouch.feed")

# Bullhorn's events nest twice; what is pushed may be as deep as this unless said otherwise.
_DEEPEST = 64
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

    @property
    def source(self) -> str:
        """Name of the account."""
        return self._account.name

    @property
    def every_seconds(self) -> float:
        """How often the account wants its queue to be read."""
        return self._feed.every_seconds(self._account.settings)

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
                events.append(Event(name, self._key(body), received_at, body))
            except Unusable as error:
                log.warning("%s: an event put aside: %s %s", name, error.reason, error.place)
                self._inbox.quarantine(name, None, received_at, body, error.reason)
        return sum(self._inbox.append(events))

    def _key(self, body: bytes) -> str:
        with keyed():
            require_strict(body, _DEEPEST)
            return usable(self._feed.key(body))


def poll(account: Account, inbox: Inbox, received_at: datetime) -> int:
    """``Poller.poll`` once, over a session of its own; 0 for a vendor without a feed."""
    feed = account.vendor.feed
    return 0 if feed is None else Poller(account, feed, inbox).poll(received_at)


def keep_polling(
    poller: Poller,
    clock: Callable[[], datetime],
    over: threading.Event,
    pulse: Pulse,
    is_full: Callable[[], bool] = lambda: False,
) -> None:
    """Poll until it is over, as often as the account says; meant for a thread.

    Whatever goes wrong is tried again, each time after twice as long, up to five minutes: a
    thread that ended would be missed by nobody.

    Args:
        poller: of the account.
        clock: the UTC instant.
        over: set when it is to end.
        pulse: is told of each poll.
        is_full: whether so much waits to be landed that the vendor had better keep its events;
            raises ``InboxUnavailable``.
    """
    name, pace = poller.source, poller.every_seconds
    wait = pace
    while not over.wait(wait):
        try:
            if is_full():
                pulse.paused(name)
                log.warning("no events from %s for now: too many wait to be landed", name)
            else:
                now = clock()
                pulse.polled(name, poller.poll(now), now)
            wait = pace
        except Exception as error:
            pulse.feed_failed(name)
            wait = min(max(wait, 1.0) * 2, max(pace, _LONGEST_WAIT_SECONDS))
            is_known = isinstance(error, SourceError | InboxUnavailable)
            said = error if is_known else fault(error)
            log.warning("no events from %s for now: %s", name, said)
