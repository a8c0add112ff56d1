"""Kaplan-Meier, restricted means and log-rank from their definitions; lifelines checks them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import stats

from tests.recalculation.frames import Z

HORIZON = 365
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Followed:
    """Units followed for days, and whether each ended by leaving."""

    days: Floats
    left: Flags

    def until(self, horizon: int = HORIZON) -> "Followed":
        """The same, looked at for so many days only."""
        return Followed(np.minimum(self.days, horizon), self.left & (self.days <= horizon))

    @cached_property
    def steps(self) -> tuple[Floats, Floats, Floats]:
        """Days of leaving, how many were at risk and how many left."""
        days = np.unique(self.days[self.left])
        risk = np.array([(self.days >= day).sum() for day in days], dtype=float)
        gone = np.array([(self.left & (self.days == day)).sum() for day in days], dtype=float)
        return days, risk, gone

    def survival(self, day: float) -> float:
        """Share still there after the day; unknown where nobody was followed so long."""
        days, risk, gone = self.steps
        upto = days <= day
        share = float(np.prod(1 - gone[upto] / risk[upto]))
        seen = len(self.days) and self.days.max() >= day
        return share if seen or share == 0 else np.nan

    def greenwood(self, day: float) -> float:
        """Greenwood's sum of d / (n (n - d)) up to the day."""
        days, risk, gone = self.steps
        upto = days <= day
        return float(np.sum(gone[upto] / (risk[upto] * (risk[upto] - gone[upto]))))

    def interval(self, day: float) -> tuple[float, float]:
        """95 % on the log-log scale; none for a curve at 0 or 1."""
        share = self.survival(day)
        if not 0 < share < 1:
            return np.nan, np.nan
        hazard = -np.log(share)
        half = Z * np.sqrt(self.greenwood(day)) / hazard
        return float(np.exp(-hazard * np.exp(half))), float(np.exp(-hazard * np.exp(-half)))

    @cached_property
    def levels(self) -> Floats:
        """Share still there after each day of leaving."""
        _, risk, gone = self.steps
        return np.cumprod(1 - gone / risk)

    def restricted_mean(self) -> float:
        """Area under the curve to the horizon, in days."""
        return float(self._area(0.0)) if not np.isnan(self.survival(HORIZON)) else np.nan

    def restricted_variance(self) -> float:
        """Greenwood's variance of the restricted mean."""
        days, risk, gone = self.steps
        inside = (days < HORIZON) & (gone < risk)
        areas = np.array([self._area(day) for day in days[inside]])
        risk, gone = risk[inside], gone[inside]
        return float(np.sum(areas**2 * gone / (risk * (risk - gone))))

    def _area(self, since: float) -> float:
        edges = np.clip([0.0, *self.steps[0], np.inf], since, HORIZON)
        return float(np.sum(np.diff(edges) * np.array([1.0, *self.levels])))

    def pseudo_values(self) -> Floats:
        """What each unit adds to the restricted mean: it plus n times its derivative by weight.

        The derivative is taken by a complex step, which is exact to rounding.
        """
        count, step = len(self.days), 1e-20
        weights = np.ones((count, count), dtype=complex) + 1j * step * np.eye(count)
        level, area, before = np.ones(count, dtype=complex), np.zeros(count, dtype=complex), 0.0
        for day in self.steps[0]:
            if day >= HORIZON:
                break
            area += level * (day - before)
            risk = weights[:, self.days >= day].sum(axis=1)
            gone = weights[:, self.left & (self.days == day)].sum(axis=1)
            level, before = level * (1 - gone / risk), day
        area += level * (HORIZON - before)
        return np.asarray(area.real + count * area.imag / step)


def excess(one: Followed, other: Followed) -> tuple[float, float]:
    """Leavers of one side less those expected by log-rank, and its hypergeometric variance."""
    surplus, variance = 0.0, 0.0
    for day in np.unique([*one.days[one.left], *other.days[other.left]]):
        n1, n0 = (one.days >= day).sum(), (other.days >= day).sum()
        d1 = (one.left & (one.days == day)).sum()
        gone, total = d1 + (other.left & (other.days == day)).sum(), n1 + n0
        surplus += d1 - gone * n1 / total
        if total > 1:
            share = n1 / total
            variance += gone * share * (1 - share) * (total - gone) / (total - 1)
    return float(surplus), float(variance)


def log_rank(surplus: float, variance: float) -> tuple[float, float]:
    """Chi-square with one degree of freedom and its tail; none without variance."""
    if variance <= 0:
        return np.nan, np.nan
    square = surplus**2 / variance
    return square, float(stats.chi2.sf(square, 1))
