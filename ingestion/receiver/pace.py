"""A token bucket: so many requests a second, and bursts of one second's worth."""

import math


class Pace:
    """Not for several threads; the receiver asks it on its event loop only."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second)
        self._tokens = self._most
        self._filled_at: float | None = None

    def wait(self, now: float) -> int:
        """Take a token; whole seconds to wait until there is one, 0 when it was taken.

        Args:
            now: seconds of a clock that never goes back.
        """
        if self._filled_at is not None:
            gained = (now - self._filled_at) * self._per_second
            self._tokens = min(self._most, self._tokens + gained)
        self._filled_at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0
        return max(1, math.ceil((1 - self._tokens) / self._per_second))
