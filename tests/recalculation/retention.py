"""metric_placement_retention written anew: every period, population, cut and adjustment."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from tests.recalculation.floor import blanked, withheld
from tests.recalculation.frames import FLOOR, Period, Records, newest, periods, wilson
from tests.recalculation.placements import followed
from tests.recalculation.survival import HORIZON, Followed, Z, excess, log_rank

DAYS = (30, 90, 180, 365)
POOLED = "not_referred_or_unknown"
CUTS = ("all", "referral_status", "referrer_status", "job_family", "seniority", "recruiter")
REFERRERS = ("referrer_placed", "referrer_left", "referrer_never_placed")
FIGURES = (
    *("value", "numerator", "denominator", "ci_low", "ci_high", "strata", "standard_error"),
    *("p_value", "share_low", "share_high", "at_risk", "leavers", "n_referred", "n_not_referred"),
    *("n_compared", "left_out"),
)
KEYS = ("metric", "period", "period_start", "population", "cut_by", "cut", "adjustment")


def retention(records: Records) -> pd.DataFrame:
    """The whole mart of one tenant, as published."""
    frame = followed(records)
    frame["recruiter"] = frame["recruiter_id"].fillna("unknown")
    frame["status"], frame["all"] = frame["referral_status"], "all"
    windows = periods(records)
    fine = newest(windows)
    rows = pd.DataFrame(
        row
        for period in windows
        for population, cohort in frame[period.holds(frame["start_date"])].groupby("population")
        for row in _rows(period, str(population), cohort, CUTS if period in fine else CUTS[:-1])
    )
    rows = rows.reindex(columns=[*KEYS, "n", "people", *FIGURES])
    family = ["metric", "period", "period_start", "population", "cut_by", "adjustment"]
    versus = rows["metric"].isin(["rmst_difference_365", "logrank_365"])
    hidden = withheld(rows[~versus], family, "people").reindex(rows.index)
    hidden[versus] = rows.loc[versus, "people"] < FLOOR
    return blanked(rows, hidden.astype(bool), FIGURES)


def _rows(
    period: Period, population: str, cohort: pd.DataFrame, cuts: tuple[str, ...]
) -> Iterator[dict[str, object]]:
    head = {"period": period.name, "period_start": period.start, "population": population}
    is_long = period.name in ("trailing_12m", "all")
    cohort = pooled(cohort)
    known, guaranteed = cohort[~cohort["is_end_unknown"]], cohort[cohort["is_over"]]
    for cut, part in _parts(guaranteed, cuts if is_long else ("all", "referral_status")):
        whole = cohort[cohort[cut["cut_by"]] == cut["cut"]]
        yield {
            **head,
            **cut,
            "people": _people(part, cut["cut_by"]),
            **_falloffs(part, int(whole["is_running"].sum())),
        }
    if is_long:
        for cut, part in _parts(known, cuts):
            whole = cohort[cohort[cut["cut_by"]] == cut["cut"]]
            shared = {**head, **cut, "people": _people(part, cut["cut_by"])}
            yield from ({**shared, **row} for row in _curve(part, len(whole) - len(part)))
        for row in _comparisons(known, len(cohort) - len(known)):
            yield {**head, **row}


def pooled(cohort: pd.DataFrame) -> pd.DataFrame:
    """Unknown referrals join those not referred where they are too few people on one basis."""
    unknown = cohort[cohort["status"] == "unknown"]
    bases = (unknown, unknown[~unknown["is_end_unknown"]], unknown[unknown["is_over"]])
    if not any(0 < basis["person_id"].nunique() < FLOOR for basis in bases):
        return cohort
    names = dict.fromkeys(("unknown", "not_referred"), POOLED)
    cuts = ("referral_status", "referrer_status")
    return cohort.assign(**{cut: cohort[cut].replace(names) for cut in cuts})


def _parts(
    frame: pd.DataFrame, cuts: tuple[str, ...]
) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    for cut_by in cuts:
        for cut, part in frame.groupby(cut_by):
            yield {"cut_by": cut_by, "cut": str(cut)}, part


def _people(frame: pd.DataFrame, cut_by: str) -> int:
    """People; in the pooled group somebody who stands in both parts counts twice.

    Unless neither part has as many as the floor: then those of the larger part are told.
    """
    if cut_by.startswith("refer") and (frame["referral_status"] == POOLED).all():
        parts = frame.groupby("status")["person_id"].nunique()
        return int(parts.sum() if parts.max() >= FLOOR else parts.max())
    return int(frame["person_id"].nunique())


def lives(frame: pd.DataFrame) -> Followed:
    """Days and leaving of placements whose end is known."""
    return Followed(frame["days"].to_numpy(float), frame["has_left"].to_numpy(bool))


def _falloffs(part: pd.DataFrame, running: int) -> dict[str, object]:
    fallen, n = int(part["has_fallen_off"].sum()), len(part)
    low, high = wilson(fallen, n)
    return {
        **{"metric": "guarantee_falloff_rate", "adjustment": "crude", "n": n},
        **{
            "value": fallen / n,
            "numerator": fallen,
            "denominator": n,
            "ci_low": low,
            "ci_high": high,
        },
        **{"leavers": fallen, "left_out": running, "share_low": fallen / n},
        "share_high": (fallen + int(part["is_end_unknown"].sum())) / n,
    }


def _curve(part: pd.DataFrame, left_out: int) -> Iterator[dict[str, object]]:
    life = lives(part)
    base = {"adjustment": "crude", "n": len(part), "left_out": left_out}
    for day in DAYS:
        low, high = life.interval(day)
        yield {
            **base,
            **{"metric": f"retention_{day}d", "value": life.survival(day)},
            **{"ci_low": low, "ci_high": high, "at_risk": int((life.days >= day).sum())},
            "leavers": int((life.left & (life.days <= day)).sum()),
        }
    mean, error = life.restricted_mean(), np.sqrt(life.restricted_variance())
    has_error = not np.isnan(mean) and error > 0
    yield {
        **base,
        **{"metric": "rmst_365", "value": mean, "standard_error": error if has_error else np.nan},
        "ci_low": max(0.0, mean - Z * error) if has_error else np.nan,
        "ci_high": min(float(HORIZON), mean + Z * error) if has_error else np.nan,
        "at_risk": int((life.days >= HORIZON).sum()),
        "leavers": int((life.left & (life.days <= HORIZON)).sum()),
    }


def _comparisons(known: pd.DataFrame, left_out: int) -> Iterator[dict[str, object]]:
    referred = known[known["referral_status"] == "referred"]
    other = known[known["referral_status"].isin(["not_referred", POOLED])]
    sides = [("all", "all", referred, ("crude", "stratified"))]
    sides += [
        ("referrer_status", name, referred[referred["referrer_status"] == name], ("crude",))
        for name in REFERRERS
    ]
    for cut_by, cut, side, adjustments in sides:
        if side.empty or other.empty:
            continue
        for adjustment in adjustments:
            base = {
                **{"cut_by": cut_by, "cut": cut, "adjustment": adjustment, "left_out": left_out},
                **{
                    "n": len(side) + len(other),
                    "people": min(_people(side, cut_by), _people(other, "referral_status")),
                },
                **{"n_referred": len(side), "n_not_referred": len(other)},
                "leavers": sum(
                    int((f.left & (f.days <= HORIZON)).sum()) for f in (lives(side), lives(other))
                ),
            }
            yield from ({**base, **row} for row in _versus(side, other, adjustment == "stratified"))


def _versus(
    side: pd.DataFrame, other: pd.DataFrame, is_stratified: bool
) -> list[dict[str, object]]:
    strata = ["job_family", "seniority"]
    kinds = (
        sorted(set(map(tuple, side[strata].to_numpy())) & set(map(tuple, other[strata].to_numpy())))
        if is_stratified
        else []
    )
    pairs = (
        [(_held(side, kind), _held(other, kind)) for kind in kinds]
        if is_stratified
        else [(side, other)]
    )
    compared = {
        "n_compared": sum(len(a) + len(b) for a, b in pairs),
        "strata": len(pairs),
    }
    tests = [excess(lives(a).until(), lives(b).until()) for a, b in pairs]
    square, tail = log_rank(sum(e for e, _ in tests), sum(v for _, v in tests))
    difference, error = _stratified(side, other, kinds) if is_stratified else _crude(side, other)
    has_error = not np.isnan(difference) and error > 0
    return [
        {**compared, "metric": "logrank_365", "value": square, "p_value": tail},
        {
            **compared,
            **{"metric": "rmst_difference_365", "value": difference},
            "standard_error": error if has_error else np.nan,
            "ci_low": difference - Z * error if has_error else np.nan,
            "ci_high": difference + Z * error if has_error else np.nan,
        },
    ]


def _held(frame: pd.DataFrame, kind: tuple[str, str]) -> pd.DataFrame:
    return frame[(frame["job_family"] == kind[0]) & (frame["seniority"] == kind[1])]


def _crude(side: pd.DataFrame, other: pd.DataFrame) -> tuple[float, float]:
    one, two = lives(side), lives(other)
    variances = one.restricted_variance(), two.restricted_variance()
    return one.restricted_mean() - two.restricted_mean(), _error(variances)


def _stratified(
    side: pd.DataFrame, other: pd.DataFrame, kinds: list[tuple[str, str]]
) -> tuple[float, float]:
    if not kinds or np.isnan(_crude(side, other)[0]):
        return np.nan, np.nan
    means, variances = [], []
    for frame in (side, other):
        grouped = frame.assign(value=lives(frame).pseudo_values()).groupby(
            ["job_family", "seniority"]
        )["value"]
        spread = (grouped.var(ddof=0) * grouped.size()).sum()
        free = len(frame) - grouped.ngroups
        pool = spread / free if free > 0 else np.nan
        means.append(grouped.mean().loc[kinds].to_numpy())
        variances.append((grouped.size().loc[kinds].to_numpy(), pool))
    (n1, v1), (n0, v0) = variances
    weights = n1 * n0 / (n1 + n0)
    difference = float(np.sum(weights * (means[0] - means[1])) / weights.sum())
    errors = [float(np.sum(weights**2 * v / n)) for v, n in ((v1, n1), (v0, n0))]
    return difference, _error(errors) / float(weights.sum())


def _error(variances: Sequence[float]) -> float:
    """Of a difference; a side that nobody left has no error of 0 but none."""
    return float(np.sqrt(sum(variances))) if min(variances) > 1e-12 else np.nan
