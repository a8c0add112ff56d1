"""How those do who work beside the receiver, reading feeds and telling alerts: for its operators.

They never end by themselves, so what would go unnoticed is that they fail time after time.
"""

import threading
from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

ALERTS = "alerts"


class Pulse:
    """Figures with a registry of their own; may be told things by several threads.

    Args:
        feeds: names of the accounts whose events are polled.
    """

    def __init__(self, feeds: Iterable[str] = ()) -> None:
        self.feeds = tuple(feeds)
        self._registry = CollectorRegistry()
        self._failing: set[str] = set()
        self._lock = threading.Lock()
        self._succeeded = Gauge(
            "vouch_feed_last_success_timestamp_seconds",
            "When a polled source was last read to its end; 0 before the first time",
            ["source"],
            registry=self._registry,
        )
        self._events = Counter(
            "vouch_feed_events",
            "New events of a polled source that were put into the inbox",
            ["source"],
            registry=self._registry,
        )
        self._polls = Counter(
            "vouch_feed_polls",
            "Polls by outcome: read, paused (too much waits to be landed), failed",
            ["source", "outcome"],
            registry=self._registry,
        )
        self._alerts = Counter(
            "vouch_alerts",
            "Alerts by outcome: told, refused (tried again later), failed (no try was possible)",
            ["outcome"],
            registry=self._registry,
        )
        for source in self.feeds:
            self._succeeded.labels(source)
            self._events.labels(source)

    @property
    def failing(self) -> list[str]:
        """Whose last try failed: ``feed:NAME`` and ``alerts``."""
        with self._lock:
            return sorted(self._failing)

    def polled(self, source: str, new: int, at: datetime) -> None:
        """A source was read to its end."""
        self._events.labels(source).inc(new)
        self._polls.labels(source, "read").inc()
        self._succeeded.labels(source).set(at.timestamp())
        self._note(f"feed:{source}", is_failing=False)

    def paused(self, source: str) -> None:
        """A source was left alone, because too much waits to be landed."""
        self._polls.labels(source, "paused").inc()

    def feed_failed(self, source: str) -> None:
        """A source could not be read, or what it gave could not be kept."""
        self._polls.labels(source, "failed").inc()
        self._note(f"feed:{source}", is_failing=True)

    def alerted(self, outcome: str) -> None:
        """What became of an alert: told, refused or failed."""
        self._alerts.labels(outcome).inc()
        if outcome != "told":
            self._note(ALERTS, is_failing=True)

    def alerts_are_out(self) -> None:
        """Nothing is left to be told."""
        self._note(ALERTS, is_failing=False)

    def text(self) -> bytes:
        """The figures in Prometheus' text format."""
        return generate_latest(self._registry)

    def _note(self, what: str, is_failing: bool) -> None:
        with self._lock:
            (self._failing.add if is_failing else self._failing.discard)(what)
