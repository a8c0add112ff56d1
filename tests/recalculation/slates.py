"""metric_slates written anew: whom a job's client was shown, and by how many channels they came."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tests.recalculation.applications import applications
from tests.recalculation.attribution import channels
from tests.recalculation.floor import blanked, withheld
from tests.recalculation.frames import Period, Records, Z, newest, periods

KEYS = ("metric", "period", "period_start", "cut_by", "cut")
FIGURES = ("value", "numerator", "denominator", "ci_low", "ci_high", "range_low", "range_high")


def slates(records: Records) -> pd.DataFrame:
    """The whole mart of one tenant, as published."""
    jobs = _jobs(records)
    windows = [p for p in newest(periods(records)) if p.name in ("all", "trailing_12m")]
    rows = [
        {"period": period.name, "period_start": period.start, "cut_by": cut_by, "cut": cut, **row}
        for period in windows
        for cut_by, cut, part in _parts(jobs, period)
        for row in (_candidates(part), _sources(part))
    ]
    own = pd.DataFrame(rows)
    return blanked(own, withheld(own, ["metric", "period", "cut_by"]), FIGURES)


def _jobs(records: Records) -> pd.DataFrame:
    """Jobs opened by the day of the figures, with the candidates presented for them."""
    shown = applications(records).query("is_presented")
    known = channels(records).query("subject_kind == 'candidate'").set_index("subject_id")
    shown = shown.assign(channel=shown["person_id"].map(known["channel"]).fillna("unknown"))
    is_known = shown["channel"] != "unknown"
    jobs = records.table("int_jobs").set_index("job_id")
    top = records.table("int_companies").set_index("company_id")["top_company_id"]
    jobs["company"] = jobs["company_id"].map(top).fillna("(none)")
    jobs["candidates"] = shown.groupby("job_id")["person_id"].nunique()
    jobs["sources"] = shown[is_known].groupby("job_id")["channel"].nunique()
    jobs["unknown"] = shown[~is_known].groupby("job_id")["person_id"].nunique()
    jobs = jobs.fillna({"candidates": 0, "sources": 0, "unknown": 0})
    return jobs[jobs["opened_at"].dt.normalize() <= records.as_of]


def _parts(jobs: pd.DataFrame, period: Period) -> Iterator[tuple[str, str, pd.DataFrame]]:
    inside = jobs[period.holds(jobs["opened_at"])]
    yield "all", "all", inside
    yield from (("company", str(cut), part) for cut, part in inside.groupby("company"))


def _candidates(part: pd.DataFrame) -> dict[str, object]:
    return _mean("candidates_per_job", part["candidates"], part, part["candidates"])


def _sources(part: pd.DataFrame) -> dict[str, object]:
    held = part[part["candidates"] > 0]
    return _mean("sources_per_slate", held["sources"], held, held["sources"] + held["unknown"])


def _mean(metric: str, counts: pd.Series, jobs: pd.DataFrame, most: pd.Series) -> dict[str, object]:
    n, value = len(counts), counts.mean()
    error = counts.std() / np.sqrt(n) if n > 1 else 0
    half = Z * error if error > 0 else np.nan
    return {
        **{"metric": metric, "value": value, "numerator": counts.sum(), "denominator": n},
        **{
            "ci_low": max(0.0, value - half) if half > 0 else np.nan,
            "ci_high": value + half,
            "range_low": value,
        },
        **{"range_high": most.mean(), "n": int(jobs["candidates"].sum())},
    }
