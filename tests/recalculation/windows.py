"""Which periods fine cuts (a recruiter, a company) are shown for."""

from collections.abc import Iterable

from tests.recalculation.frames import Period


def newest(of: Iterable[Period]) -> set[Period]:
    """All time, and of each length of window the last that has ended."""
    ended = sorted((period for period in of if period.is_finished), key=lambda p: p.end)
    last = {period.name: period.end for period in ended}
    return {period for period in ended if period.end == last[period.name]}
