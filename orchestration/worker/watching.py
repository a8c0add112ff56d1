"""The worker's eye on inbox and drop folder: says what waits, on a pipe, several times a second.

A process of its own, because whoever holds a database connection must not fork.
"""

import json
import os
import time

from ingestion.inbox import Inbox, InboxUnavailable
from ingestion.settling import Settling
from orchestration import home, waiting
from orchestration.settings import Settings
from orchestration.waiting import Arrived

_EVERY_SECONDS = 0.1
# A burst of events is one run: it is over when nothing came for a moment, and taken in anyway
# after this. Files have stood still for longer before they are told of.
_LONGEST_SECONDS = 1.0
_UNAVAILABLE_SECONDS = 2.0


def watch(settings: Settings, target: int, parent: int) -> None:
    """Write a line whenever something waits and nobody is at work, until the parent is gone."""
    inbox: Inbox | None = None
    settling = Settling()
    seen: tuple[str, float] = ("", 0.0)
    while os.getppid() == parent:
        time.sleep(_EVERY_SECONDS)
        try:
            inbox = inbox or Inbox.open(settings.inbox_url)
            found = waiting.events(inbox) or waiting.files(settings.home, settling)
        except InboxUnavailable as error:
            os.write(target, json.dumps({"problem": str(error)}).encode() + b"\n")
            time.sleep(_UNAVAILABLE_SECONDS)
            continue
        if found is None or home.holder(settings.home) is not None:
            seen = ("", 0.0)
            continue
        key, since = seen
        if not key:
            since = time.monotonic()
        if found.key == key or time.monotonic() - since > _LONGEST_SECONDS:
            os.write(target, _line(found) + b"\n")
        seen = (found.key, since)


def _line(found: Arrived) -> bytes:
    told = {
        "job": found.job,
        "tags": found.tags,
        "config": found.config,
        "sequence": found.sequence,
    }
    return json.dumps({"arrived": told}).encode()
