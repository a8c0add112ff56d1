"""The worker's eye on inbox and drop folder: says what waits, on a pipe, several times a second.

A process of its own, because whoever holds a database connection must not fork.
"""

import json
import os
import time
from dataclasses import asdict
from datetime import UTC, datetime

from ingestion.inbox import Inbox, InboxUnavailable
from ingestion.settling import Settling
from orchestration import home, waiting
from orchestration.settings import Settings
from orchestration.waiting import Arrived

_EVERY_SECONDS = 0.1
# A burst of events is one run: it is over when nothing came for a moment, and taken in anyway
# after this. Files have stood still for longer before they are told of.
_LONGEST_SECONDS = 1.0
# What is left is of runs that failed: nobody waits for it to the second.
_LEFT_SECONDS = 1.0
_UNAVAILABLE_SECONDS = 2.0


def watch(settings: Settings, target: int, parent: int) -> None:
    """Write a line whenever something waits and nobody is at work, until the parent is gone."""
    eye = Eye(settings)
    while os.getppid() == parent:
        time.sleep(_EVERY_SECONDS)
        try:
            found = eye.look()
        except InboxUnavailable as error:
            os.write(target, json.dumps({"problem": str(error)}).encode() + b"\n")
            time.sleep(_UNAVAILABLE_SECONDS)
            continue
        if found:
            told = {"arrived": [asdict(each) for each in found]}
            os.write(target, json.dumps(told).encode() + b"\n")


class Eye:
    """Looks again and again, and remembers what it saw before."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._inbox: Inbox | None = None
        self._settling = Settling()
        self._seen, self._since = "", 0.0
        self._looked_for_left = 0.0

    def look(self) -> list[Arrived]:
        """All that waits and can be taken in now; nothing while somebody holds the home.

        All of it, because whose turn it is depends on that: while events go on coming, files
        have a turn too.

        Raises:
            InboxUnavailable: the inbox cannot be read.
        """
        self._inbox = self._inbox or Inbox.open(self._settings.inbox_url)
        events = waiting.events(self._inbox)
        found = [events, waiting.files(self._settings.home, self._settling), self._left()]
        if home.holder(self._settings.home) is not None:
            self._seen = ""
            return []
        is_over = self._is_over(events)
        return [each for each in found if each is not None] if is_over else []

    def _left(self) -> Arrived | None:
        now = time.monotonic()
        if self._inbox is None or now - self._looked_for_left < _LEFT_SECONDS:
            return None
        self._looked_for_left = now
        return waiting.left(self._inbox, self._settings, datetime.now(UTC))

    def _is_over(self, burst: Arrived | None) -> bool:
        now, before = time.monotonic(), self._seen
        self._since = self._since if before else now
        self._seen = burst.key if burst else ""
        return before == self._seen or burst is None or now - self._since > _LONGEST_SECONDS
