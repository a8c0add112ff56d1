"""metric_advocacy written anew: what placed candidates refer within a year of their start."""

import numpy as np
import pandas as pd
from scipy import stats

from tests.recalculation.floor import blanked, withheld
from tests.recalculation.frames import Records, Z, periods, wilson
from tests.recalculation.placements import placements
from tests.recalculation.referrals import settled
from tests.recalculation.surveys import scored

KEYS = ("metric", "period", "period_start", "cut_by", "cut")
FIGURES = ("value", "numerator", "denominator", "ci_low", "ci_high", "share_high")
FOLLOWED = pd.Timedelta(365, "D")


def advocacy(records: Records) -> pd.DataFrame:
    """The whole mart of one tenant, as published."""
    placed = advocates(records).assign(all="all")
    rows = [
        {"period": period.name, "period_start": period.start, "cut_by": cut_by, "cut": cut, **row}
        for period in periods(records)
        for cut_by in ("all", "referral_status")
        for cut, part in placed[period.holds(placed["start_date"])].groupby(cut_by)
        for row in _figures(part)
    ]
    own = pd.DataFrame(rows).reindex(columns=[*KEYS, *FIGURES, "n", "unfollowed"])
    # That nobody of a few people referred would be said of each of them.
    nobody = own["n"] == 0
    hidden = withheld(own, ["metric", "period", "period_start", "cut_by"])
    return blanked(own, hidden | nobody, FIGURES)


def advocates(records: Records) -> pd.DataFrame:
    """Started placements of known people, with the referrals of the year after the start."""
    frame = placements(records).query("is_started and person_id.notna()")
    frame = frame.sort_values(["start_date", "placement_id"])
    starts = frame.groupby("person_id")["start_date"]
    frame = frame.assign(is_first=starts.cumcount() == 0, next_start=starts.shift(-1))
    frame["is_followed"] = frame["start_date"] + FOLLOWED <= records.as_of
    made = settled(records).query("referrer_person_id.notna()")
    made = made[~made["is_self_referral"].eq(True)]
    by = dict(iter(made.groupby("referrer_person_id")))
    told = scored(records).query("audience == 'candidate'")
    answered = dict(iter(told.groupby("person_id")))
    year = [
        _year(row, by.get(row.person_id), answered.get(row.person_id)) for row in frame.itertuples()
    ]
    return pd.concat([frame.reset_index(drop=True), pd.DataFrame(year)], axis=1)


def _year(
    placed: object, made: pd.DataFrame | None, told: pd.DataFrame | None
) -> dict[str, object]:
    none = {"referrals": 0, "successes": 0, "first_days": np.nan, "loop": False, "unknown": False}
    if made is None:
        return none
    start, end = placed.start_date, placed.start_date + FOLLOWED
    day = made["referred_at"].dt.normalize()
    made = made[(day >= start) & (day <= end)]
    if made.empty:
        return none
    won = made["is_successful"] & (made["converted_date"] <= end)
    closing = made[won & (made["subject_kind"] == "candidate")]
    if pd.notna(placed.next_start):
        closing = closing[closing["referred_at"].dt.normalize() < placed.next_start]
    loop, unknown = _loop(start, closing, told)
    return {
        **{"referrals": len(made), "successes": int(won.sum())},
        "first_days": (made["referred_at"].min().normalize() - start).days,
        **{"loop": loop, "unknown": unknown and not loop},
    }


def _loop(
    start: pd.Timestamp, closing: pd.DataFrame, told: pd.DataFrame | None
) -> tuple[bool, bool]:
    loop = unknown = False
    for referred in closing["referred_at"]:
        before = told
        if told is not None:
            before = told[(told["submitted_at"] >= start) & (told["submitted_at"] <= referred)]
        if before is None or before.empty:
            unknown = True
        elif (before["score"] >= 9).any():
            loop = True
    return loop, unknown


def _figures(part: pd.DataFrame) -> list[dict[str, object]]:
    people = part[part["is_first"]]
    followed = people[people["is_followed"]]
    late = int((~people["is_followed"]).sum())
    days = followed["first_days"].dropna()
    shown = part[part["is_followed"]]
    return [
        {"metric": "advocacy_coefficient", "unfollowed": late, **_count(followed["successes"])},
        {"metric": "referrals_per_placed", "unfollowed": late, **_count(followed["referrals"])},
        {
            **{"metric": "median_days_to_first_referral", "unfollowed": late},
            **{"numerator": len(days), "denominator": len(followed), "n": len(days)},
            **_median(np.sort(days.to_numpy(float))),
        },
        {
            **{"metric": "advocacy_loop_share", "unfollowed": int((~part["is_followed"]).sum())},
            **_share(int(shown["loop"].sum()), int(shown["unknown"].sum()), len(shown)),
        },
    ]


def _count(counts: pd.Series) -> dict[str, object]:
    """A mean count with its score interval; more scatter than Poisson's widens it."""
    n, total = len(counts), float(counts.sum())
    if not n:
        return {"n": 0, "numerator": 0, "denominator": 0}
    mean = total / n
    spread = counts.var() / mean if n > 1 and mean > 0 else 1.0
    square = Z**2 * max(1.0, spread)
    half = np.sqrt(square * total + square**2 / 4)
    low, high = ((total + square / 2 + sign * half) / n for sign in (-1, 1))
    return {
        **{"value": mean, "numerator": total, "denominator": n, "n": n},
        **{"ci_low": max(0.0, low), "ci_high": high},
    }


def _median(ordered: np.ndarray) -> dict[str, object]:
    n = len(ordered)
    rank = exact_rank(n)
    return {
        "value": float(np.median(ordered)) if n else np.nan,
        "ci_low": ordered[rank - 1] if rank else np.nan,
        "ci_high": ordered[n - rank] if rank else np.nan,
    }


def exact_rank(n: int) -> int:
    """Greatest rank from both ends that holds the median with 95 %; rounded outwards above 60."""
    if n > 60:
        return int((n - Z * np.sqrt(n)) // 2)
    ranks = [r for r in range(1, n // 2 + 1) if 2 * stats.binom.cdf(r - 1, n, 0.5) <= 0.05]
    return ranks[-1] if ranks else 0


def _share(loops: int, unknown: int, n: int) -> dict[str, object]:
    if not n:
        return {"n": 0, "numerator": 0, "denominator": 0}
    low, high = wilson(loops, n)
    return {
        **{"value": loops / n, "numerator": loops, "denominator": n, "n": n},
        **{"ci_low": low, "ci_high": high, "share_high": (loops + unknown) / n},
    }
