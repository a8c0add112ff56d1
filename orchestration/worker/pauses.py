"""What has failed is tried again, later and later; what else there is need not wait for it."""

import time

_FIRST_SECONDS, _LONGEST_SECONDS = 2.0, 300.0


class Pauses:
    """By subject: what a run was for."""

    def __init__(self) -> None:
        self._until: dict[str, tuple[float, float]] = {}

    def failed(self, subject: str) -> None:
        """Not again for a while: twice as long as the last time."""
        pause, _ = self._until.get(subject, (_FIRST_SECONDS / 2, 0.0))
        pause = min(2 * pause, _LONGEST_SECONDS)
        # What was given up by whoever brought it (a file taken away) is not remembered for good.
        now = time.monotonic()
        kept = {
            key: value
            for key, value in self._until.items()
            if now - value[1] < 2 * _LONGEST_SECONDS
        }
        self._until = {**kept, subject: (pause, now + pause)}

    def done(self, subject: str) -> None:
        """It went well: forget that it did not."""
        self._until.pop(subject, None)

    def is_paused(self, subject: str) -> bool:
        """Whether it has failed just now."""
        return time.monotonic() < self._until.get(subject, (0.0, 0.0))[1]
