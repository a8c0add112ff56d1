"""The rows of fct_claims written anew, crude and stratified, with their verdicts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.recalculation import claim_units as units
from tests.recalculation.claim_differences import Scale, difference
from tests.recalculation.frames import FLOOR, Period, Records
from tests.recalculation.placements import followed
from tests.recalculation.retention import POOLED, lives, pooled, retention
from tests.recalculation.survival import HORIZON

KEYS = ("claim", "measure", "period", "adjustment")
FIGURES = (
    *("estimate", "ci_low", "ci_high", "value_a", "value_b"),
    *("n_a", "n_b", "n", "events_a", "events_b", "verdict", "is_suppressed"),
)
SHARE, RATE, MEAN = Scale(1, "share"), Scale(np.inf, "rate"), Scale()
ENOUGH_PEOPLE, ENOUGH_EVENTS = 30, 10


@dataclass(frozen=True)
class Claim:
    """A measure of a claim: the side of zero it names, its units, its periods."""

    claim: str
    measure: str
    direction: str
    scale: Scale
    of: Callable[[Records, Period], pd.DataFrame]
    is_of_all_time: bool = False


CLAIMS = (
    Claim("referred_candidates_succeed_more", "placement_rate", "higher", SHARE, units.succeed),
    Claim("feedback_makes_advocates", "nps", "higher", Scale(200), units.feedback),
    Claim("follow_up_wins_back", "next_score", "higher", Scale(10), units.follow_up),
    Claim(
        "promoting_clients_stay_and_grow", "retention_12m", "higher", SHARE, units.promoters_stay
    ),
    Claim(
        *("promoting_clients_stay_and_grow", "net_revenue_retention_12m", "higher", MEAN),
        units.promoters_grow,
    ),
    Claim("understood_clients_stay", "retention_12m", "higher", SHARE, units.understood_stay),
    *(
        Claim(
            *("bad_experience_costs_referrals", f"rate_{after}_less_before", "lower", RATE),
            lambda records, _, after=after: units.spells(records, after),
            is_of_all_time=True,
        )
        for after in ("after", "unrecovered", "recovered")
    ),
    Claim(
        *("bad_experience_costs_referrals", "referrals_next_365_days", "lower", RATE),
        lambda records, _: units.next_year(records),
        is_of_all_time=True,
    ),
)


def claims(records: Records) -> pd.DataFrame:
    """Every row but those of cost per hire, whose error is a bootstrap over hires."""
    rows = [*_of_jackknife(records), *_of_survival(records)]
    return pd.DataFrame(rows)


def _of_survival(records: Records) -> list[dict[str, object]]:
    """Permanent placements of all time: restricted means to day 365, and leavers until then."""
    frame = followed(records).query("population == 'perm'")
    frame = pooled(frame.assign(status=frame["referral_status"])).query("not is_end_unknown")
    own = retention(records)
    own = own[(own["metric"] == "rmst_difference_365") & (own["population"] == "perm")]
    own = own[(own["period"] == "all") & (own["cut_by"] == "all")].set_index("adjustment")
    sides = {
        "a": frame["referral_status"] == "referred",
        "b": frame["referral_status"].isin(["not_referred", POOLED]),
    }
    shared: dict[str, object] = {}
    for side, is_on in sides.items():
        life = lives(frame[is_on])
        shared[f"n_{side}"] = frame.loc[is_on, "person_id"].nunique()
        shared[f"events_{side}"] = int(life.until().left.sum())
        shared[f"value_{side}"] = life.restricted_mean()
    return [
        {
            **{"claim": "referred_candidates_stay_longer", "measure": "days_of_first_year"},
            **{"period": "all", "adjustment": adjustment},
            **judged(
                {
                    **shared,
                    **dict.fromkeys(
                        ("value_a", "value_b") if adjustment != "crude" else (), np.nan
                    ),
                    "estimate": row["value"],
                    "ci_low": max(-HORIZON, row["ci_low"]),
                    "ci_high": min(HORIZON, row["ci_high"]),
                },
                "higher",
            ),
        }
        for adjustment, row in own.iterrows()
    ]


def _of_jackknife(records: Records) -> list[dict[str, object]]:
    return [
        {
            **{"claim": claim.claim, "measure": claim.measure, "period": period.name},
            **{"period_start": period.start, "adjustment": adjustment},
            **judged(
                difference(claim.of(records, period), claim.scale, adjustment == "stratified"),
                claim.direction,
            ),
        }
        for claim in CLAIMS
        for period in units.claim_periods(records)
        if period.name == "all" or not claim.is_of_all_time
        for adjustment in ("crude", "stratified")
    ]


def judged(figures: dict[str, object], direction: str) -> dict[str, object]:
    """The figures with their verdict, withheld where a side is too small."""
    n_a, n_b = int(figures["n_a"]), int(figures["n_b"])
    figures = {**figures, "n": n_a + n_b, "is_suppressed": min(n_a, n_b) < FLOOR}
    if figures["is_suppressed"]:
        hidden = ("estimate", "ci_low", "ci_high", "value_a", "value_b", "events_a", "events_b")
        return {**figures, **dict.fromkeys(hidden, np.nan), "verdict": "suppressed"}
    events = [figures[side] for side in ("events_a", "events_b")]
    is_few = min(n_a, n_b) < ENOUGH_PEOPLE or any(event < ENOUGH_EVENTS for event in events)
    low, high = float(figures["ci_low"]), float(figures["ci_high"])
    if is_few or np.isnan(low):
        return {**figures, "verdict": "insufficient"}
    if low <= 0 <= high:
        return {**figures, "verdict": "inconclusive"}
    is_claimed = (low > 0) == (direction == "higher")
    return {**figures, "verdict": "supported" if is_claimed else "contradicted"}
