"""Group commit: one thread stores together what came while the last commit was under way.

A delivery is answered when its transaction is on the disk, so one flush of the disk serves all
that waited for it.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ingestion.inbox import Event, Inbox, InboxUnavailable, Quarantined
from ingestion.receiver.outcomes import log

# A commit costs about as much for ten events as for one; at 1,000 events a second this wait
# more than halves how many there are, and with them the time that senders wait on a busy machine.
_GATHER_SECONDS = 0.005
# One commit's worth: enough that a burst is few commits, few enough that one takes < 0.1 s.
_MOST_AT_ONCE = 500

Delivery = Event | Quarantined


class Writer:
    """Owns the only thread that writes. Use on one event loop.

    Args:
        inbox: where to.
        observe: is told the seconds of each commit.
    """

    def __init__(self, inbox: Inbox, observe: Callable[[float], None]) -> None:
        self._inbox = inbox
        self._observe = observe
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inbox-writer")
        self._waiting: list[tuple[Delivery, asyncio.Future[bool]]] = []
        self._committing: asyncio.Task[None] | None = None
        self.failure: InboxUnavailable | None = None
        """Why the last commit failed; None when it did not."""

    async def store(self, delivery: Delivery) -> bool:
        """Durable when it returns; whether it is new (what was put aside always is).

        Raises:
            InboxUnavailable: it was not stored.
        """
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, done))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_all())
        return await done

    async def close(self) -> None:
        """Store what was accepted, then end the thread."""
        while self._committing is not None:
            await asyncio.shield(self._committing)
        self._thread.shutdown()

    async def _commit_all(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                await asyncio.sleep(_GATHER_SECONDS)
                batch = self._waiting[:_MOST_AT_ONCE]
                del self._waiting[:_MOST_AT_ONCE]
                deliveries = [delivery for delivery, _ in batch]
                try:
                    outcomes = await loop.run_in_executor(self._thread, self._commit, deliveries)
                except Exception as error:
                    if self.failure is None:
                        log.error("%s", error)
                    self.failure = unavailable(error)
                    for _, done in batch:
                        _settle(done, InboxUnavailable(str(self.failure), self.failure.reason))
                else:
                    self.failure = None
                    for (_, done), is_new in zip(batch, outcomes, strict=True):
                        _settle(done, is_new)
        finally:
            self._committing = None

    def _commit(self, deliveries: list[Delivery]) -> list[bool]:
        started = time.perf_counter()
        events = [each for each in deliveries if isinstance(each, Event)]
        aside = [each for each in deliveries if isinstance(each, Quarantined)]
        are_new = iter(self._inbox.append(events))
        self._inbox.quarantine_all(aside)
        self._observe(time.perf_counter() - started)
        return [next(are_new) if isinstance(each, Event) else True for each in deliveries]


def unavailable(error: Exception) -> InboxUnavailable:
    """Any fault of storing, as one that senders may be told of."""
    if isinstance(error, InboxUnavailable):
        return error
    return InboxUnavailable(f"storing failed: {type(error).__name__}", "inbox_failed")


def _settle(done: "asyncio.Future[bool]", outcome: bool | InboxUnavailable) -> None:
    # A sender may have gone while its event was being stored.
    if done.done():
        return
    if isinstance(outcome, InboxUnavailable):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)
