"""metric_hiring written anew: cohorts of applications, and the days it took."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tests.recalculation.applications import applications
from tests.recalculation.floor import blanked, withheld
from tests.recalculation.frames import Records, Z, month, newest, periods, wilson

FIGURES = ("value", "numerator", "denominator", "ci_low", "ci_high", "share_low", "share_high")
KEYS = ("metric", "period", "period_start", "cut_by", "cut")
FINE = ("recruiter", "company")
SHARED = ("all", "job_family", "seniority", *FINE)
OF_APPLICATIONS = (*SHARED, "referral_status", "channel")
OF_JOBS = (*SHARED, "employment_type")


def hiring(records: Records) -> pd.DataFrame:
    """The whole mart of one tenant, as published."""
    sent = applications(records)
    sent["all"] = "all"
    sent["recruiter"] = sent["recruiter_id"].fillna("unknown")
    sent["company"] = sent["company_id"].fillna("unknown")
    is_open = sent["outcome"].isin(["open", "start_expected"])
    cohorts = {
        "placement_rate": (sent, "applied_at", sent["is_placed"], is_open),
        "interview_to_offer_rate": (sent, "interviewed_at", sent["is_offered"], is_open),
        "offer_acceptance_rate": (sent, "offered_at", sent["is_accepted"], is_open),
    }
    rows = [
        row
        for metric, (frame, dated, success, pending) in cohorts.items()
        for row in _cut(
            records, metric, frame.assign(date=frame[dated], success=success, pending=pending)
        )
    ]
    taken = sent[sent["placement_id"].notna()]
    hired = taken.assign(date=taken["accepted_at"], days=taken["days_to_hire"])
    rows += _cut(records, "time_to_hire_days", hired[hired["days"].notna()])
    filled = taken.assign(date=taken["accepted_at"], days=days_open(records, taken))
    rows += _cut(records, "time_to_fill_days", filled[filled["days"].notna()])
    own = pd.DataFrame(rows).reindex(columns=[*KEYS, *FIGURES, "n", "people"])
    hidden = withheld(own, ["metric", "period", "period_start", "cut_by"], "people")
    return blanked(own, hidden, FIGURES)


def days_open(records: Records, taken: pd.DataFrame) -> pd.Series:
    """Days from the last opening of the job before the acceptance, the first one at least."""
    openings = records.table("int_job_openings").sort_values("opened_at")
    of_job = {job: group["opened_at"].dt.normalize() for job, group in openings.groupby("job_id")}
    days = []
    for row in taken.itertuples():
        day = row.accepted_at.normalize() if pd.notna(row.accepted_at) else None
        before = [o for o in of_job.get(row.job_id, []) if day is not None and o <= day]
        days.append((day - before[-1]).days if before else np.nan)
    return pd.Series(days, index=taken.index, dtype=float)


def _cut(records: Records, metric: str, frame: pd.DataFrame) -> Iterator[dict[str, object]]:
    frame = frame[frame["date"].notna() & (frame["date"].dt.normalize() <= records.as_of)]
    windows = periods(records)
    fine = newest(windows)
    for period in windows:
        inside = frame[period.holds(month(frame["date"]))]
        is_fine = period in fine and period.name in ("all", "trailing_12m")
        for cut_by in OF_JOBS if metric == "time_to_fill_days" else OF_APPLICATIONS:
            if cut_by in FINE and not is_fine:
                continue
            for cut, part in inside.groupby(cut_by):
                yield {
                    **{"metric": metric, "period": period.name, "period_start": period.start},
                    **{"cut_by": cut_by, "cut": cut, "n": len(part)},
                    "people": part["person_id"].fillna(part["application_id"]).nunique(),
                    **(_median(part["days"]) if "days" in part else _share(part)),
                }


def _share(part: pd.DataFrame) -> dict[str, float]:
    yes, n = int(part["success"].sum()), len(part)
    pending = int((part["pending"] & ~part["success"]).sum())
    low, high = wilson(yes, n)
    return {
        **{"value": yes / n, "numerator": yes, "denominator": n, "ci_low": low, "ci_high": high},
        **{"share_low": yes / n, "share_high": (yes + pending) / n},
    }


def _median(days: pd.Series) -> dict[str, float]:
    low, high = median_interval(np.sort(days.to_numpy(float)))
    return {"value": float(days.median()), "ci_low": low, "ci_high": high}


def median_interval(ordered: np.ndarray) -> tuple[float, float]:
    """The median's 95 % interval by order statistics; none below six."""
    n = len(ordered)
    rank = median_rank(n)
    return (float(ordered[rank - 1]), float(ordered[n - rank])) if rank else (np.nan, np.nan)


def median_rank(n: int) -> int:
    """Rank from either end of the interval's ends; 0 for none."""
    return int((n + 1 - Z * np.sqrt(n)) // 2) if n >= 6 else 0
