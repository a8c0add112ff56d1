"""What has arrived and is in no run yet: one place that the worker and the sensors decide from."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ingestion.drop import waiting as dropped
from ingestion.inbox import Inbox
from ingestion.settling import Settling, facts
from ingestion.unread import first_waiting, is_put_off
from orchestration.settings import Settings

FROM_EVENTS = "from_events"
FROM_DROP = "from_drop"
# The inbox's consumer whose position is the highest event that is in a run.
RUNS = "runs"
# What runs are for: events that are in none yet, and those that were in one and did not land.
EVENTS = "events"
LEFT = "left"
TRIGGER_TAG = "vouch/trigger"
INBOX_TAG = "vouch/inbox"
_LISTED = 1000
# A run that is asked for while another holds the home waits for it, rather than fail.
WAIT_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a run is wanted for. ``key`` is the same for the same things.

    One that fails is not asked for again at once; neither is another with the same ``subject``.
    """

    job: str
    subject: str
    key: str
    trigger: str
    sequence: int = 0

    @property
    def tags(self) -> dict[str, str]:
        """Of the run: what triggered it, and the highest event that it takes in."""
        found = {TRIGGER_TAG: self.trigger}
        return {**found, INBOX_TAG: str(self.sequence)} if self.sequence else found

    @property
    def config(self) -> dict[str, Any]:
        """Dagster's run config."""
        home: dict[str, Any] = {"wait_seconds": WAIT_SECONDS}
        if self.job == FROM_EVENTS:
            home["deliveries"] = "inbox"
        return {"resources": {"home": {"config": home}}}


def events(inbox: Inbox) -> Arrived | None:
    """A run for all events that are in none yet; None when there are none.

    Raises:
        InboxUnavailable: the inbox cannot be read.
    """
    newest, position = inbox.newest(), inbox.position(RUNS)
    if newest <= position:
        return None
    stored = inbox.after(position, _LISTED)
    counts = Counter(each.event.source for each in stored)
    listed = ", ".join(f"{source} {count}" for source, count in sorted(counts.items()))
    more = " and more" if len(stored) == _LISTED else ""
    first = stored[0].sequence if stored else newest
    trigger = f"inbox {first}-{newest}: {listed}{more}"
    return Arrived(FROM_EVENTS, EVENTS, f"inbox:{newest}", trigger, newest)


def left(inbox: Inbox, settings: Settings, now: datetime) -> Arrived | None:
    """A run for events that were in one and have not landed; None when there are none.

    The run failed before that, or their account could not be read and may be asked again now.

    Raises:
        InboxUnavailable: the inbox cannot be read.
    """
    position, found = inbox.position(RUNS), []
    for account in settings.accounts:
        first = first_waiting(account.name, inbox)
        is_left = first is not None and first <= position
        if is_left and not is_put_off(settings.home, account.name, now):
            found.append(f"{account.name} from {first}")
    if not found:
        return None
    return Arrived(FROM_EVENTS, LEFT, f"left:{position}", f"inbox again: {', '.join(found)}")


def files(home: Path, settling: Settling) -> Arrived | None:
    """A run for the files in the drop folder that nobody writes any more; None without any."""
    found = settling.settled(dropped(home))
    if not found:
        return None
    # A file dropped again under its name asks again.
    known = [(file.name, facts(file)) for file in found]
    key = hashlib.sha256(repr(known).encode()).hexdigest()
    return Arrived(FROM_DROP, key, key, f"drop: {', '.join(file.name for file in found)}")
