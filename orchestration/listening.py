"""What else the receiver's process does with the inbox: reads feeds into it, alerts out of it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from ingestion.alerts import keep_alerting, sender
from ingestion.feed import keep_polling
from ingestion.inbox import Inbox
from orchestration.settings import Settings

# A thread in the middle of a request is left to end with the process: nothing it does has to.
_SECONDS_TO_END = 2


@contextmanager
def listening_besides(found: Settings, clock: Callable[[], datetime]) -> Iterator[None]:
    """Poll the accounts that push nothing, and tell of detractors to ``[alerts] url`` or the log.

    Raises:
        InboxUnavailable: the inbox cannot be opened.
    """
    over = threading.Event()
    inbox = Inbox.open(found.inbox_url)
    send = sender(found.alerts.url)
    threads = [
        threading.Thread(
            target=keep_alerting, args=(inbox, found.accounts, send, clock, over), daemon=True
        ),
        *(
            threading.Thread(target=keep_polling, args=(account, inbox, clock, over), daemon=True)
            for account in found.accounts
            if account.vendor.feed is not None
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
