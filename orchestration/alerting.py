"""Alerts beside whatever else a long-lived process does: a thread that reads the inbox."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from ingestion.alerts import keep_alerting, sender
from ingestion.inbox import Inbox
from orchestration.settings import Settings

_SECONDS_TO_END = 10


@contextmanager
def alerting(found: Settings) -> Iterator[None]:
    """Tell of detractors' answers as they arrive, to ``[alerts] url`` or the log.

    One process per inbox should: two would tell everything twice.
    """
    over = threading.Event()
    inbox = Inbox.open(found.inbox_url)
    thread = threading.Thread(
        target=keep_alerting,
        args=(inbox, found.accounts, sender(found.alerts.url), _now, over),
        name="alerts",
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=_SECONDS_TO_END)
        inbox.close()


def _now() -> datetime:
    return datetime.now(UTC)
