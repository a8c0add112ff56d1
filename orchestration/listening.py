"""What else the receiver's process does with the inbox: reads feeds into it, alerts out of it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from ingestion.alerts import Alerter, keep_alerting, sender
from ingestion.backlog import backlog
from ingestion.feed import Poller, keep_polling
from ingestion.inbox import Inbox
from ingestion.pulse import Pulse
from orchestration.settings import Settings

# A thread in the middle of a request is left to end with the process: nothing it does has to.
_SECONDS_TO_END = 2


@contextmanager
def listening_besides(
    found: Settings, clock: Callable[[], datetime], pulse: Pulse
) -> Iterator[None]:
    """Poll the accounts that push nothing, and tell of detractors to ``[alerts] url`` or the log.

    ``pulse`` is told how it goes.

    Raises:
        InboxUnavailable: the inbox cannot be opened.
    """
    over = threading.Event()
    inbox = Inbox.open(found.inbox_url)
    send = sender(found.alerts.url)

    def is_full() -> bool:
        waiting = backlog(inbox, (account.name for account in found.accounts))
        return sum(waiting.values()) > found.receiver.max_backlog

    threads = [
        threading.Thread(
            target=keep_alerting,
            args=(Alerter(inbox, found.accounts, send), clock, over, pulse),
            daemon=True,
        ),
        *(
            threading.Thread(
                target=keep_polling,
                args=(Poller(account, feed, inbox), clock, over, pulse, is_full),
                daemon=True,
            )
            for account in found.accounts
            if (feed := account.vendor.feed) is not None
        ),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(timeout=_SECONDS_TO_END)
