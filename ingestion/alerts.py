"""Detractors' answers, told at once from the inbox, without waiting for a build.

A consumer of its own: whatever becomes of an alert, landing goes on.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
import requests

from ingestion.errors import fault
from ingestion.inbox import Inbox, InboxUnavailable, Stored
from ingestion.pull import Account
from ingestion.pulse import Pulse

log = logging.getLogger("vouch.alerts")

CONSUMER = "alerts"
_DETRACTOR = 6
_MOST = 1_000
# An alert that could not be told for a day is told by the marts.
_OLDEST = timedelta(hours=24)
_TIMEOUT_SECONDS = 5.0
_EVERY_SECONDS = 0.5
_FIRST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=5)


class AlertRefused(Exception):
    """The alert was not taken; the message says why, and never where to."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A detractor's answer; ``response_id`` is that of ``fct_survey_responses``."""

    response_id: str
    score: int
    audience: str
    trigger: str
    sequence: int
    received_at: datetime

    @property
    def text(self) -> str:
        """One line for people."""
        return (
            f"Detractor: {self.score} of 10 from a {self.audience} ({self.trigger}), "
            f"response {self.response_id}. It will be in the first release whose inbox position "
            f"is {self.sequence} or more."
        )

    def document(self) -> dict[str, str | int]:
        """What is posted: ``text``, as chat services' incoming webhooks want it, and its parts."""
        return {
            "text": self.text,
            "response_id": self.response_id,
            "score": self.score,
            "audience": self.audience,
            "trigger": self.trigger,
            "inbox_sequence": self.sequence,
            "received_at": self.received_at.isoformat(),
        }


@dataclass(slots=True)
class Patience:
    """When the next try is due: each failure doubles the wait, up to five minutes."""

    not_before: datetime | None = None
    wait: timedelta = _FIRST_WAIT

    def is_due(self, now: datetime) -> bool:
        """Whether trying again makes sense."""
        return self.not_before is None or now >= self.not_before

    def failed(self, now: datetime) -> None:
        """Wait, and longer than the last time."""
        self.not_before = now + self.wait
        self.wait = min(self.wait * 2, _LONGEST_WAIT)

    def succeeded(self) -> None:
        """The next failure is a first one again."""
        self.not_before, self.wait = None, _FIRST_WAIT


def alert_pending(
    inbox: Inbox,
    accounts: Iterable[Account],
    send: Callable[[Alert], None],
    now: datetime,
    patience: Patience,
) -> int:
    """Tell of the detractors among events that are new; how many were told.

    At least once: killed after one was told and before that was noted, it is told again. While
    one is refused, the later ones wait; events of more than a day ago are passed over.

    Args:
        inbox: where the events are.
        accounts: how their sources are read.
        send: tells of one; raises ``AlertRefused``.
        now: the UTC instant.
        patience: kept from call to call.

    Raises:
        InboxUnavailable: the inbox cannot be read or written.
    """
    if not patience.is_due(now):
        return 0
    by_name = {account.name: account for account in accounts}
    told = 0
    position = inbox.position(CONSUMER)
    while events := inbox.after(position, _MOST):
        for stored in events:
            alert = _alert(by_name, stored)
            if alert is not None and now - alert.received_at <= _OLDEST:
                try:
                    send(alert)
                except AlertRefused as error:
                    patience.failed(now)
                    inbox.advance(CONSUMER, stored.sequence - 1)
                    log.warning("alert of event %d not taken: %s", stored.sequence, error)
                    return told
                patience.succeeded()
                told += 1
                inbox.advance(CONSUMER, stored.sequence)
        position = events[-1].sequence
        inbox.advance(CONSUMER, position)
    return told


@dataclass(frozen=True, slots=True)
class Alerter:
    """What ``alert_pending`` takes, from call to call."""

    inbox: Inbox
    accounts: tuple[Account, ...]
    send: Callable[[Alert], None]
    patience: Patience = field(default_factory=Patience)


def keep_alerting(
    alerter: Alerter, clock: Callable[[], datetime], over: threading.Event, pulse: Pulse
) -> None:
    """``alert_pending`` until it is over; meant for a thread.

    Whatever goes wrong is tried again later: a thread that ended would be missed by nobody.
    """
    patience = alerter.patience

    def counted(alert: Alert) -> None:
        try:
            alerter.send(alert)
        except AlertRefused:
            pulse.alerted("refused")
            raise
        pulse.alerted("told")

    while not over.wait(_EVERY_SECONDS):
        now = clock()
        try:
            alert_pending(alerter.inbox, alerter.accounts, counted, now, patience)
            if patience.is_due(now):
                patience.succeeded()
                pulse.alerts_are_out()
        except Exception as error:
            pulse.alerted("failed")
            patience.failed(now)
            said = error if isinstance(error, InboxUnavailable) else fault(error)
            log.warning("no alerts for now: %s", said)


def sender(url: str) -> Callable[[Alert], None]:
    """Posts alerts as JSON; without an address, writes them to the log."""

    def post(alert: Alert) -> None:
        try:
            answer = requests.post(url, json=alert.document(), timeout=_TIMEOUT_SECONDS)
        except requests.RequestException as error:
            # The address is a secret, and the error's text repeats it.
            raise AlertRefused(type(error).__name__) from None
        if not answer.ok:
            raise AlertRefused(f"answered {answer.status_code}")

    def write(alert: Alert) -> None:
        log.warning("%s", alert.text)

    return post if url else write


def _alert(accounts: dict[str, Account], stored: Stored) -> Alert | None:
    event = stored.event
    account = accounts.get(event.source)
    webhook = account.vendor.webhook if account is not None else None
    if webhook is None:
        return None
    try:
        opinion = webhook.opinion(event.body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        # Landing puts it aside, with the reason.
        return None
    except Exception as error:
        # A fault of ours; those behind it are told all the same.
        log.error("%s: event %d not looked at: %s", event.source, stored.sequence, fault(error))
        return None
    if opinion is None or opinion.score > _DETRACTOR:
        return None
    return Alert(
        f"{event.source}:{opinion.record_id}",
        opinion.score,
        opinion.audience,
        opinion.trigger,
        stored.sequence,
        event.received_at,
    )
