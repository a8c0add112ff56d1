"""Conditions of a filter, whatever its language, as masks over a shelf."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.shelf import Mask, Shelf

# A record without these is served whatever is asked: recorded payloads may lack them.
VERSION_FIELDS = ("dateLastModified", "dateAdded", "UpdatedDateUTC")
# Bullhorn's lowest id. A recorded record without one lies in ranges that reach down to it:
# in the first of those that go on from the last id seen, so that they come to an end.
_FIRST_ID = 1


class BadFilter(Exception):
    """A filter outside the subset that the sandbox understands, or malformed."""


@dataclass(frozen=True)
class Range:
    """Low and high bound of a number, None for open."""

    field: str
    low: float | None
    high: float | None
    low_included: bool = True
    high_included: bool = True

    def mask(self, shelf: Shelf) -> Mask:
        """Records within the bounds."""
        values = shelf.numbers(self.field)
        mask: Mask = ~np.isnan(values)
        if self.low is not None:
            mask &= values >= self.low if self.low_included else values > self.low
        if self.high is not None:
            mask &= values <= self.high if self.high_included else values < self.high
        if self.field in VERSION_FIELDS:
            mask |= np.isnan(values)
        if self.field == "id" and self._reaches(_FIRST_ID):
            mask |= np.isnan(values)
        return mask

    def _reaches(self, value: float) -> bool:
        """Whether the low bound lets it in."""
        if self.low is None:
            return True
        return self.low <= value if self.low_included else self.low < value


@dataclass(frozen=True)
class AnyOf:
    """A field equal to one of the values; missing booleans count as false."""

    field: str
    values: tuple[Any, ...]
    negated: bool = False

    def mask(self, shelf: Shelf) -> Mask:
        """Records with one of the values (without any, when negated)."""
        column = shelf.column(self.field)
        wanted = set(self.values)
        asks_boolean = bool(wanted & {True, False}) and all(isinstance(v, bool) for v in wanted)
        found = [((value or False) if asks_boolean else value) in wanted for value in column]
        mask = np.array(found, dtype=np.bool_)
        return ~mask if self.negated else mask


Condition = Range | AnyOf


def matching(shelf: Shelf, conditions: tuple[Condition, ...]) -> Mask:
    """Records that meet all conditions."""
    mask: Mask = np.ones(len(shelf), dtype=np.bool_)
    for condition in conditions:
        mask &= condition.mask(shelf)
    return mask
