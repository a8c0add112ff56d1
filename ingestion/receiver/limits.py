"""What one sender may cost before it is trusted, and how much may wait."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Args:
    max_body_bytes: of one request.
    max_depth: how deep objects and arrays of a body may nest.
    requests_per_second: per source, with bursts of one second's worth; must lie above what
        the vendor ever sends, because whoever floods a source is counted with it.
    max_backlog: events in the inbox that were not yet landed; more answer 503.
    max_held_bytes: of all bodies being received or waiting to be stored at one time.
    body_seconds: how long a sender may take to send a body.
    """

    max_body_bytes: int = 1024 * 1024
    max_depth: int = 64
    requests_per_second: float = 2000.0
    max_backlog: int = 100_000
    max_held_bytes: int = 64 * 1024 * 1024
    body_seconds: float = 10.0
