"""What became of each request: counted for Prometheus, and told to the log without its body."""

import logging
import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

log = logging.getLogger("vouch.receiver")

# A flood must not fill the disk with lines about itself.
_SECONDS_BETWEEN_LINES = 10.0
_REQUEST_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 3.0, 10.0)
_COMMIT_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 3.0)


class Outcomes:
    """One receiver's figures; a registry of its own, so that two may be in one process."""

    def __init__(self, sources: list[str]) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "vouch_receiver_requests",
            "Requests by source, HTTP status and reason",
            ["source", "status", "reason"],
            registry=self._registry,
        )
        self.commits = Histogram(
            "vouch_receiver_commit_seconds",
            "Seconds from the start of a commit to its being durable",
            buckets=_COMMIT_SECONDS,
            registry=self._registry,
        )
        self.seconds = Histogram(
            "vouch_receiver_request_seconds",
            "Seconds from a request's head to its answer, which waits for the disk",
            buckets=_REQUEST_SECONDS,
            registry=self._registry,
        )
        self.depth = Gauge(
            "vouch_inbox_depth",
            "Events in the inbox that were not yet landed",
            ["source"],
            registry=self._registry,
        )
        self.quarantined = Gauge(
            "vouch_inbox_quarantined",
            "Deliveries put aside in the inbox, by the receiver or when they were to be landed",
            ["source", "reason"],
            registry=self._registry,
        )
        for source in sources:
            self.depth.labels(source)
        self._told: dict[tuple[str, str], tuple[float, int]] = {}

    def count(self, source: str, status: int, reason: str, size: int) -> None:
        """Count one answer. ``source`` and ``reason`` must come from small sets of words."""
        self._requests.labels(source, str(status), reason).inc()
        if reason not in {"accepted", "repeated"}:
            self._tell(source, status, reason, size)

    def text(self) -> bytes:
        """The figures in Prometheus' text format."""
        return generate_latest(self._registry)

    def _tell(self, source: str, status: int, reason: str, size: int) -> None:
        now = time.monotonic()
        told_at, unsaid = self._told.get((source, reason), (-_SECONDS_BETWEEN_LINES, 0))
        if now - told_at < _SECONDS_BETWEEN_LINES:
            self._told[source, reason] = (told_at, unsaid + 1)
            return
        self._told[source, reason] = (now, 0)
        more = f", and {unsaid} more since the last such line" if unsaid else ""
        said = "put aside" if status == 200 and reason != "handshake" else str(status)
        log.warning("%s: %s, %s, %d bytes%s", source, said, reason, size, more)
