"""Figures of hiring are those of NumPy and SciPy on random counts."""

import random
from pathlib import Path

import numpy as np
import pandas as pd
from metric_sql import answered
from scipy import stats

DICE = random.Random(11)
SPANS = {
    f"agency {number}": [DICE.randint(0, DICE.choice([2, 90])) for _ in range(size)]
    for number, size in enumerate([5, 6, 7, 8, 15, 16, 40, 81, 400, 1001])
}


def counts(metric: str) -> pd.DataFrame:
    """hiring_counts of one figure, one agency per list of amounts."""
    return pd.DataFrame(
        [
            {
                "tenant_id": agency,
                "metric": metric,
                "period": "all",
                "period_start": pd.Timestamp("2025-01-01"),
                "cut_by": "all",
                "cut": "all",
                "amount": amount,
                "is_pending": False,
                "is_finished": True,
                "is_newest": True,
                "units": amounts.count(amount),
                "people": amounts.count(amount),
            }
            for agency, amounts in SPANS.items()
            for amount in set(amounts)
        ]
    )


def figures(metric: str, folder: Path) -> pd.DataFrame:
    found = answered("metric_hiring", {"hiring_counts": counts(metric)}, folder)
    return found.set_index("tenant_id")


def test_a_median_and_its_interval_are_order_statistics(tmp_path: Path) -> None:
    found = figures("time_to_hire_days", tmp_path)
    for agency, days in SPANS.items():
        row, ordered, n = found.loc[agency], sorted(days), len(days)
        assert row["value"] == np.median(days)
        rank = int((n + 1 - stats.norm.ppf(0.975) * np.sqrt(n)) // 2)
        if rank < 1:
            assert pd.isna(row["ci_low"]) and pd.isna(row["ci_high"])
            continue
        assert (row["ci_low"], row["ci_high"]) == (ordered[rank - 1], ordered[n - rank])


def test_the_ranks_cover_the_median_at_least_95_times_in_100() -> None:
    n = np.arange(6, 5000)
    rank = (n + 1 - stats.norm.ppf(0.975) * np.sqrt(n)) // 2
    assert (rank >= 1).all()
    assert (1 - 2 * stats.binom.cdf(rank - 1, n, 0.5)).min() >= 0.95
