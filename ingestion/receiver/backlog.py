"""How much of the inbox waits to be landed, looked at about once a second."""

import asyncio
from collections.abc import Sequence

from ingestion.backlog import backlog
from ingestion.inbox import Inbox, InboxUnavailable
from ingestion.receiver.outcomes import Outcomes, log
from ingestion.receiver.writer import Writer, unavailable

_EVERY_SECONDS = 1.0
_PROBE = "receiver:probe"


class Backlog:
    """The last look. ``depth`` counts all sources; ``failure`` says why a look failed."""

    def __init__(
        self, inbox: Inbox, sources: Sequence[str], writer: Writer, outcomes: Outcomes
    ) -> None:
        self._inbox = inbox
        self._sources = sources
        self._writer = writer
        self._outcomes = outcomes
        self.depth = 0
        self.failure: InboxUnavailable | None = None

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(_EVERY_SECONDS)

    async def look(self) -> None:
        """Look now. What fails is kept, and tried again at the next look."""
        try:
            depths, aside = await asyncio.to_thread(self._counted)
            if self._writer.failure is not None:
                # No sender comes while it is not ready, so the next write has to be our own.
                await asyncio.to_thread(self._inbox.advance, _PROBE, 0)
                self._writer.failure = None
        except Exception as error:
            if self.failure is None:
                log.error("%s", error)
            self.failure = unavailable(error)
            return
        self.failure = None
        self.depth = sum(depths.values())
        for source, depth in depths.items():
            self._outcomes.depth.labels(source).set(depth)
        # Nothing else runs between the two: a scrape sees all or all.
        self._outcomes.quarantined.clear()
        for (source, reason), count in aside.items():
            self._outcomes.quarantined.labels(source, reason).set(count)

    def _counted(self) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
        return backlog(self._inbox, self._sources), self._inbox.quarantined_by_reason()
