"""The vendors' rate limits, counted as they count them: calls within a sliding window."""

import time
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Calls allowed; None for no limit. Token lifetimes in seconds."""

    bullhorn_per_minute: int | None = 1500
    typeform_per_second: int | None = 2
    xero_per_minute: int | None = 60
    xero_per_day: int | None = 5000
    bullhorn_token_seconds: float = 600
    bullhorn_session_seconds: float = 600
    xero_token_seconds: float = 1800

    @classmethod
    def off(cls) -> "Limits":
        """No limits, for tests and benchmarks that measure something else."""
        return cls(None, None, None, None)


class Window:
    """Calls within the last so many seconds."""

    def __init__(self, allowed: int | None, seconds: float) -> None:
        self._allowed = allowed
        self._seconds = seconds
        self._calls: deque[float] = deque()

    def admit(self) -> float | None:
        """Count a call and return None, or return the seconds to wait."""
        if self._allowed is None:
            return None
        now = time.monotonic()
        while self._calls and self._calls[0] <= now - self._seconds:
            self._calls.popleft()
        if len(self._calls) >= self._allowed:
            return self._calls[0] + self._seconds - now
        self._calls.append(now)
        return None

    @property
    def remaining(self) -> int:
        """Calls left in the window; a large number where there is no limit."""
        return 10_000 if self._allowed is None else max(self._allowed - len(self._calls), 0)
