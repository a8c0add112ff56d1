"""metric_recruiters written anew: scorecards of the people at the front."""

import numpy as np
import pandas as pd

from tests.recalculation.applications import applications
from tests.recalculation.attribution import conversions, paths, strongest_referral
from tests.recalculation.floor import blanked, withheld
from tests.recalculation.frames import Records, Z, newest, periods, wilson
from tests.recalculation.hiring import median_rank
from tests.recalculation.money import revenue
from tests.recalculation.surveys import alerts, scored

KEYS = ("metric", "period", "period_start", "cut_by", "cut")
FIGURES = ("value", "numerator", "denominator", "ci_low", "ci_high", "range_low", "range_high")
NPS = {
    "nps_hired_candidates": ("transactional", "candidate", "hired"),
    "nps_rejected_candidates": ("transactional", "candidate", "rejected"),
    "nps_clients": ("relationship", "client", "client"),
}


def recruiters(records: Records) -> pd.DataFrame:
    """The whole mart of one tenant, as published."""
    users = records.table("int_recruiters")
    enabled = users.loc[users["is_enabled"].eq(True), "recruiter_id"]
    windows = [p for p in newest(periods(records)) if p.name in ("all", "trailing_12m")]
    found = {
        metric: cases.assign(recruiter=cases["recruiter_id"].fillna("(none)"))
        for metric, cases in _cases(records).items()
    }
    named = {*enabled, *(name for cases in found.values() for name in cases["recruiter"])}
    rows = []
    for metric, cases in found.items():
        for period in windows:
            inside = cases[period.holds(cases["date"])]
            head = {"metric": metric, "period": period.name, "period_start": period.start}
            for cut in ("all", *sorted(named)):
                part = inside if cut == "all" else inside[inside["recruiter"] == cut]
                cut_by = "all" if cut == "all" else "recruiter"
                rows.append({**head, "cut_by": cut_by, "cut": cut, **_figure(metric, part)})
    own = pd.DataFrame(rows).reindex(columns=[*KEYS, *FIGURES, "n"])
    return blanked(own, withheld(own, ["metric", "period", "cut_by"]), FIGURES)


def _figure(metric: str, part: pd.DataFrame) -> dict[str, object]:
    if metric in ("placements", "referrals_generated", "net_fee"):
        total = part["amount"].sum()
        return {"value": total, "numerator": total, "n": part["unit"].nunique()}
    if metric in NPS:
        return _nps(part)
    if metric == "response_hours":
        return _median(part["hours"])
    return _share(part)


def _share(part: pd.DataFrame) -> dict[str, object]:
    n, yes = len(part), int(part["amount"].sum())
    if not n:
        return {"n": 0, "numerator": 0, "denominator": 0}
    low, high = wilson(yes, n)
    unknown = int((~part["is_known"]).sum())
    return {
        **{"value": yes / n, "numerator": yes, "denominator": n, "ci_low": low, "ci_high": high},
        **{"n": n, "range_low": yes / n, "range_high": (yes + unknown) / n},
    }


def _median(hours: pd.Series) -> dict[str, object]:
    n, rank = len(hours), median_rank(len(hours))
    ordered = np.sort(hours.fillna(np.inf).to_numpy(float))
    ends = (ordered[rank - 1], ordered[n - rank]) if rank else (np.nan, np.nan)
    median = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2 if n else np.nan
    value, low, high = (x if np.isfinite(x) else np.nan for x in (median, *ends))
    return {
        **{"value": value, "ci_low": low, "ci_high": high},
        **{"numerator": int(hours.notna().sum()), "denominator": n, "n": n},
    }


def _nps(part: pd.DataFrame) -> dict[str, object]:
    latest = part.sort_values(["date", "response_id"]).groupby("respondent_key").tail(1)
    n = len(latest)
    up, down = int((latest["score"] >= 9).sum()), int((latest["score"] <= 6).sum())
    if not n:
        return {"n": 0, "numerator": 0, "denominator": 0}
    p, d = (up + 0.75) / (n + 3), (down + 0.75) / (n + 3)
    half = 100 * Z * np.sqrt((p + d - (p - d) ** 2) / (n + 3))
    centre = 100 * (p - d)
    return {
        **{"value": 100 * (up - down) / n, "numerator": up - down, "denominator": n, "n": n},
        **{"ci_low": max(-100, centre - half), "ci_high": min(100, centre + half)},
    }


def _cases(records: Records) -> dict[str, pd.DataFrame]:
    """Each metric's cases with recruiter, date and what is counted."""
    placed = records.table("int_placements")
    started = placed[placed["is_started"]]
    told = scored(records).assign(date=lambda t: t["submitted_at"])
    found = {
        "placements": started.assign(
            date=started["start_date"], amount=1.0, unit=started["placement_id"]
        ),
        "net_fee": _fees(records, placed),
        "referrals_generated": _generated(records, started),
        "response_hours": _responses(records),
        "closed_loop_rate": _loops(records),
        "offer_acceptance": _offers(records),
    }
    for metric, (kind, audience, population) in NPS.items():
        is_in = (told["survey_kind"] == kind) & (told["audience"] == audience)
        found[metric] = told[is_in & (told["population"] == population)]
    return found


def _fees(records: Records, placed: pd.DataFrame) -> pd.DataFrame:
    income = revenue(records)
    owner = placed.set_index("placement_id")["recruiter_id"]
    return income.assign(
        recruiter_id=income["placement_id"].map(owner),
        date=income["document_date"],
        amount=income["reporting_amount"],
        unit=income["placement_id"],
    )


def _generated(records: Records, started: pd.DataFrame) -> pd.DataFrame:
    """Conversions credited to a person who had been placed, with that placement's recruiter."""
    dates = conversions(records).set_index("conversion_id")["converted_date"]
    rows = []
    for key, path in paths(records).groupby("conversion_id"):
        touch = path.iloc[strongest_referral(path)]
        if not touch["is_referral"] or pd.isna(touch["referrer_person_id"]):
            continue
        before = started[
            (started["person_id"] == touch["referrer_person_id"])
            & (started["start_date"] <= touch["touched_at"].normalize())
        ].sort_values(["start_date", "placement_id"])
        if len(before):
            recruiter = before["recruiter_id"].iloc[-1]
            rows.append((recruiter, dates[key], 1.0, key))
    return pd.DataFrame(rows, columns=["recruiter_id", "date", "amount", "unit"])


def _responses(records: Records) -> pd.DataFrame:
    sent = records.table("int_applications")
    moves = records.table("int_stage_events")
    moves = moves[moves["entered_at"].dt.normalize() <= records.as_of]
    moves = moves.merge(sent[["application_id", "applied_at"]], on="application_id")
    later = moves[moves["entered_at"] > moves["applied_at"]]
    first = sent["application_id"].map(later.groupby("application_id")["entered_at"].min())
    hours = (first - sent["applied_at"]).dt.total_seconds() / 3600
    sent = sent.assign(hours=hours, date=sent["applied_at"])
    return sent[sent["date"].dt.normalize() <= records.as_of]


def _loops(records: Records) -> pd.DataFrame:
    told = alerts(records)
    told = told[told["is_follow_up_due"]]
    is_known = told["person_id"].notna()
    done = told["is_followed_up_48h"].eq(True).astype(float)
    return told.assign(date=told["submitted_at"], amount=done, is_known=is_known)


def _offers(records: Records) -> pd.DataFrame:
    sent = applications(records)
    sent = sent[sent["is_offered"]]
    is_open = sent["outcome"].eq("open") & ~sent["is_accepted"]
    return sent.assign(
        date=sent["offered_at"], amount=sent["is_accepted"].astype(float), is_known=~is_open
    )
