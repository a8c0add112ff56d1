"""Cost per hire of referral channels less that of the others, with its bootstrap interval."""

import hashlib

import numpy as np
import pandas as pd
from scipy import stats

from tests.recalculation.costs import channel_months, cost_per_credit, hires
from tests.recalculation.frames import Period, Records, periods, seed

REPLICATES, WEIGHTS_PER_HASH = 400, 8
# The weight of a hash: how many of these it reaches.
BOUNDS = np.round(2**32 * stats.poisson.cdf(np.arange(12), 1))


def cost_differences(records: Records) -> pd.DataFrame:
    """One row for the newest finished trailing_12m and one for all."""
    whole = [p for p in periods(records) if p.name in ("trailing_12m", "all") and p.is_finished]
    newest = {p.name: p for p in sorted(whole, key=lambda p: p.start)}
    return pd.DataFrame([_difference(records, period) for period in newest.values()])


def _is_referral(names: pd.Series) -> pd.Series:
    known = seed("channel_map").query("is_referral == 'true'")["channel"]
    return names.isin(set(known))


def _difference(records: Records, period: Period) -> dict[str, object]:
    spent = channel_months(records)
    spent = spent[period.holds(spent["month"])]
    price = cost_per_credit(records)
    given = hires(records)
    given = given[period.holds(given["hired_month"])]
    keys = pd.MultiIndex.from_frame(given[["channel", "hired_month"]])
    cost = price.reindex(keys).to_numpy() * given["credit"].to_numpy()
    weights = np.array([_weights(records.tenant, key) for key in given["placement_id"]])
    is_referred = _is_referral(given["channel"]).to_numpy()
    means, replicated = {}, {}
    for side, here in (("referred", is_referred), ("other", ~is_referred)):
        count = given["credit"].to_numpy()[here].sum()
        paid = spent.loc[_is_referral(spent["channel"]) == (side == "referred"), "loaded"].sum()
        drawn = weights[here].T @ given["credit"].to_numpy()[here]
        means[side] = paid / count
        # What was spent in months without a hire rests on all hires of the side alike.
        idle = paid - cost[here].sum()
        replicated[side] = weights[here].T @ cost[here] / drawn + idle / count
    value = means["referred"] - means["other"]
    low, high = np.quantile(replicated["referred"] - replicated["other"], [0.025, 0.975])
    return {
        "period": period.name,
        "period_start": period.start,
        "value": value,
        "numerator": means["referred"],
        "denominator": means["other"],
        "ci_low": min(low, value),
        "ci_high": max(high, value),
        "n": len(given),
    }


def _weights(tenant: str, placement_id: str) -> np.ndarray:
    """How often each replicate draws the placement: Poisson counts by the hash's digits."""
    digests = [
        hashlib.sha256(f"{block}:{tenant}:{placement_id}".encode()).digest()
        for block in range(REPLICATES // WEIGHTS_PER_HASH)
    ]
    uniform = np.frombuffer(b"".join(digests), dtype=">u4").astype(float)
    return np.searchsorted(BOUNDS, uniform, side="right")
