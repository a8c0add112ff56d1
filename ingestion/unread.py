"""Accounts whose events wait because the vendor could not be read: why, and when it is asked again.

Kept in ``VOUCH_HOME/unread.json`` by whoever holds the home. Losing it only means asking sooner.
"""

import logging
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from ingestion.backlog import consumer
from ingestion.drain import Drained, drain
from ingestion.errors import SourceError
from ingestion.inbox import Inbox
from ingestion.pull import Account

log = logging.getLogger("vouch.drain")

_FIRST = timedelta(seconds=10)
_LONGEST = timedelta(minutes=10)


class Unread(msgspec.Struct, frozen=True):
    """Since when an account cannot be read, and what was said the last time."""

    since: datetime
    again_at: datetime
    failures: int
    reason: str


_DECODER = msgspec.json.Decoder(dict[str, Unread])


def drained(
    account: Account, inbox: Inbox, home: Path, now: datetime
) -> tuple[list[Drained], str | None]:
    """What the account's events brought, and why they wait when it cannot be read.

    Raises:
        InboxUnavailable: the inbox cannot be read or written.
    """
    known = unread(home).get(account.name)
    if known is not None:
        if first_waiting(account.name, inbox) is None:
            return [], None
        if is_put_off(home, account.name, now):
            return [], f"{known.reason} It is asked again after {known.again_at:%H:%M:%S} UTC."
        # Others wait for this run: whoever was away is asked once, not five times with pauses.
        account = replace(account, http=replace(account.http, max_attempts=1))
    try:
        found = drain(account, inbox, home, now)
    except SourceError as error:
        noted = put_off(home, account.name, str(error), now)
        log.warning("%s It is asked again after %s UTC.", error, f"{noted.again_at:%H:%M:%S}")
        return [], str(error)
    answered(home, account.name)
    return found, None


def first_waiting(account: str, inbox: Inbox) -> int | None:
    """The sequence of the account's oldest event that has not landed."""
    found = inbox.after(inbox.position(consumer(account)), 1, account)
    return found[0].sequence if found else None


def unread(home: Path) -> dict[str, Unread]:
    """By account; a note that cannot be read is none."""
    try:
        return _DECODER.decode(_note(home).read_bytes())
    except (FileNotFoundError, msgspec.MsgspecError):
        return {}


def is_put_off(home: Path, account: str, now: datetime) -> bool:
    """Whether the account is not to be asked yet. A clock that was set back asks at once."""
    found = unread(home).get(account)
    return found is not None and now < found.again_at <= now + _LONGEST


def put_off(home: Path, account: str, reason: str, now: datetime) -> Unread:
    """Note that it could not be read: each time in a row it is left alone for twice as long."""
    before = unread(home)
    failures = before[account].failures + 1 if account in before else 1
    pause = min(_FIRST * 2 ** min(failures - 1, 16), _LONGEST)
    since = before[account].since if account in before else now
    found = Unread(since.astimezone(UTC), (now + pause).astimezone(UTC), failures, reason)
    _write(home, {**before, account: found})
    return found


def answered(home: Path, account: str) -> None:
    """It was read: forget that it could not be."""
    before = unread(home)
    if before.pop(account, None) is not None:
        _write(home, before)


def _write(home: Path, known: dict[str, Unread]) -> None:
    fresh = _note(home).with_suffix(f".{os.getpid()}")
    fresh.write_bytes(msgspec.json.encode(known))
    fresh.replace(_note(home))


def _note(home: Path) -> Path:
    return home / "unread.json"
