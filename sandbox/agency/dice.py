"""Seeded chance: one stream per topic, so that a change in one leaves the others alone."""

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A named stream of chance for one seed."""

    def __init__(self, seed: int, topic: str) -> None:
        self._random = random.Random(f"{seed}:{topic}")
        self._namespace = uuid.uuid5(uuid.NAMESPACE_URL, f"{seed}:{topic}")
        self._issued = 0

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self._random.random() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return self._random.randint(low, high)

    def one(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self._random.randrange(len(items))]

    def weighted(self, items: Sequence[T], weights: Sequence[float]) -> T:
        """One of the items, by weight."""
        return self._random.choices(items, weights)[0]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """So many different items (all of them if there are fewer)."""
        return self._random.sample(items, min(count, len(items)))

    def gap_days(self, mean: float) -> float:
        """Days to the next of independent events, by their mean."""
        return self._random.expovariate(1 / mean)

    def in_hours(self, day: datetime) -> datetime:
        """A moment between 8 and 18 o'clock of the day."""
        start = day.replace(hour=8, minute=0, second=0, microsecond=0)
        return start + timedelta(seconds=self._random.randrange(36_000))

    def moment(self, low: datetime, high: datetime) -> datetime:
        """A moment in office hours of a day between the two."""
        days = max((high - low).days, 0)
        return self.in_hours(low + timedelta(days=self._random.randint(0, days)))

    def guid(self) -> str:
        """The next identifier of this topic, as Xero writes them."""
        self._issued += 1
        return str(uuid.uuid5(self._namespace, str(self._issued)))

    def token(self) -> str:
        """The next identifier of this topic, as Typeform writes them."""
        return self.guid().replace("-", "")
