"""Every figure of metric_nps before anything is withheld, from answers, notes and events."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

from tests.recalculation.deliveries import asked, with_silence
from tests.recalculation.frames import (
    FLOOR,
    Records,
    Z,
    newest,
    periods,
    student_half,
    wilson,
    windowed,
)
from tests.recalculation.money import revenue
from tests.recalculation.occasions import occasions
from tests.recalculation.surveys import SERIES, alerts, answers, scored, units

SMALL_COMPANIES = f"(fewer than {FLOOR} people)"
UNKNOWN = "unknown"
PERIOD = ["period", "period_start"]
CELL = [*PERIOD, *SERIES, "cut_by", "cut"]
EVERY_PERIOD = {"referral_status": "referral_status", "feedback": "feedback"}
LONG = ("trailing_12m", "all")
LONG_PERIODS = {"stage": "stage", "channel": "channel"}
NEWEST = {"recruiter": "recruiter_id", "company": "top_company_id"}
OPINION_CUTS = {**EVERY_PERIOD, **LONG_PERIODS, **NEWEST}
RECRUITER = {"recruiter": "recruiter_id"}


@cache
def figures(records: Records) -> pd.DataFrame:
    """One row per figure, period, series and cut."""
    return pd.concat(
        [
            _nps(records),
            _nps_by_company(records),
            _csat(records),
            _ces(records),
            _response_rate(records),
            *_closed_loop(records),
            *_occasions(records),
        ],
        ignore_index=True,
    )


@cache
def votes(records: Records) -> pd.DataFrame:
    """The latest scored answer of each unit in each period."""
    return _latest(records, scored(records))


def _latest(records: Records, told: pd.DataFrame) -> pd.DataFrame:
    """The latest answer of each unit in each period.

    An event's answers are cut by the attributes at its first.
    """
    told = told.assign(
        unit=units(told),
        feedback=told["has_feedback"]
        .map({True: "feedback", False: "no_feedback"})
        .fillna(UNKNOWN)
        .where(told["population"] == "rejected"),
        recruiter_id=told["recruiter_id"].fillna(UNKNOWN),
        top_company_id=told["top_company_id"].fillna(UNKNOWN),
    ).sort_values(["submitted_at", "response_id"])
    is_event = told["event_id"].notna()
    for column in (*EVERY_PERIOD.values(), *LONG_PERIODS.values(), *NEWEST.values()):
        values = told[column].astype(object).where(told[column].notna(), "")
        first = values.groupby([told[c] for c in (*SERIES, "unit")]).transform("first")
        told[column] = values.where(~is_event, first).replace("", None)
    within = windowed(told, "submitted_at", periods(records))
    within = within.sort_values(["submitted_at", "response_id"], kind="stable")
    return within.drop_duplicates([*PERIOD, *SERIES, "unit"], keep="last")


def _cut(records: Records, rows: pd.DataFrame, cuts: dict[str, str]) -> pd.DataFrame:
    """Rows once for the whole and once for each cut; small companies together.

    ``part`` is what a pooled cut is made of.
    """
    fine = [(p.name, p.start) for p in newest(periods(records)) if p.name in LONG]
    is_newest = pd.MultiIndex.from_frame(rows[PERIOD]).isin(fine)
    parts = [rows.assign(cut_by="all", cut="all", part="all")]
    for cut_by, column in cuts.items():
        is_cut = rows[column].notna()
        if cut_by in LONG_PERIODS:
            is_cut &= rows["period"].isin(LONG)
        elif cut_by in NEWEST:
            is_cut &= is_newest
        value = _pooled(rows) if cut_by == "company" else rows[column]
        parts.append(rows.assign(cut_by=cut_by, cut=value, part=value)[is_cut])
    whole = pd.concat(parts, ignore_index=True)
    people = whole.groupby([*CELL, "part"])["respondent_key"].transform("nunique")
    is_small = (whole["cut_by"] == "company") & (people < FLOOR) & (whole["cut"] != UNKNOWN)
    return whole.assign(cut=whole["cut"].where(~is_small, SMALL_COMPANIES))


def _pooled(rows: pd.DataFrame) -> pd.Series:
    """The company; one pool for those that never had enough people."""
    key = [*SERIES, "top_company_id"]
    ever = rows.groupby(key)["respondent_key"].transform("nunique")
    company = rows["top_company_id"]
    return company.where((ever >= FLOOR) | (company == UNKNOWN), SMALL_COMPANIES)


def _summed(rows: pd.DataFrame, sums: Sequence[str]) -> pd.DataFrame:
    """Per cell: different people, rows, companies pooled, and the sums of the columns."""
    cells = rows.groupby(CELL)
    found = cells.agg(
        n=("respondent_key", "nunique"),
        rows=("respondent_key", "size"),
        pooled_cuts=("part", "nunique"),
        **{column: (column, "sum") for column in sums},
    ).reset_index()
    return found.assign(n=_people_at_least(found, rows))


def _people_at_least(found: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """People of pooled companies: at least those of the largest, and those of no other company."""
    series = [*PERIOD, *SERIES]
    in_all = found[found["cut_by"] == "all"].set_index(series)["n"]
    of_companies = found[(found["cut_by"] == "company") & (found["cut"] != SMALL_COMPANIES)]
    elsewhere = of_companies.groupby(series)["n"].sum()
    part = rows.groupby([*CELL, "part"])["respondent_key"].nunique().groupby(CELL).max()
    keys = pd.MultiIndex.from_frame(found[series])
    rest = in_all.reindex(keys).to_numpy() - elsewhere.reindex(keys).fillna(0).to_numpy()
    largest = part.reindex(pd.MultiIndex.from_frame(found[CELL])).to_numpy()
    return found["n"].where(found["pooled_cuts"] == 1, np.maximum(rest, largest))


def _nps(records: Records) -> pd.DataFrame:
    told = votes(records).assign(
        promoters=lambda v: v["band"] == "promoter", detractors=lambda v: v["band"] == "detractor"
    )
    found = _summed(_cut(records, told, OPINION_CUTS), ["promoters", "detractors"])
    found = with_silence(records, found, told)
    n = found["rows"]
    p, d = (found["promoters"] + 0.75) / (n + 3), (found["detractors"] + 0.75) / (n + 3)
    half = 100 * Z * np.sqrt((p + d - (p - d) ** 2) / (n + 3))
    return found.assign(
        metric="nps",
        value=100 * (found["promoters"] - found["detractors"]) / n,
        numerator=found["promoters"] - found["detractors"],
        denominator=n,
        ci_low=(100 * (p - d) - half).clip(lower=-100),
        ci_high=(100 * (p - d) + half).clip(upper=100),
        centre=100 * (p - d),
        half_width=half,
    )


def _nps_by_company(records: Records) -> pd.DataFrame:
    told = votes(records)
    told = told[(told["audience"] == "client") & (told["top_company_id"] != UNKNOWN)]
    told = told.assign(vote=told["band"].map({"promoter": 100, "passive": 0, "detractor": -100}))
    series = [*PERIOD, *SERIES]
    each = told.groupby([*series, "top_company_id"])["vote"].mean().reset_index()
    found = each.groupby(series)["vote"].agg(["mean", "std", "sum", "size"]).reset_index()
    half = student_half(found["std"], found["size"])
    book = _client_book(records, found, each)
    finite = half * np.sqrt((book - found["size"]) / (book - 1))
    return found.assign(
        metric="nps_by_company",
        cut_by="all",
        cut="all",
        value=found["mean"],
        numerator=found["sum"],
        denominator=found["size"],
        ci_low=(found["mean"] - half).clip(lower=-100),
        ci_high=(found["mean"] + half).clip(upper=100),
        n=found["size"],
        client_book=book,
        fpc_ci_low=(found["mean"] - finite).clip(lower=-100),
        fpc_ci_high=(found["mean"] + finite).clip(upper=100),
        centre=found["mean"],
        half_width=half,
        small_companies=_small_companies(told, found),
    )


def _small_companies(told: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """Companies with fewer answers than the floor."""
    series = [*PERIOD, *SERIES]
    counts = told.groupby([*series, "top_company_id"]).size()
    few = (counts < FLOOR).groupby(series).sum()
    return few.reindex(pd.MultiIndex.from_frame(found[series])).set_axis(found.index)


def _client_book(records: Records, found: pd.DataFrame, each: pd.DataFrame) -> pd.Series:
    """Companies invoiced or heard in the period, for relationship surveys."""
    income = revenue(records)
    top = records.table("int_companies").set_index("company_id")["top_company_id"]
    invoices = income[income["document_type"] == "invoice"]
    invoices = invoices.assign(top=invoices["company_id"].map(top))
    invoiced = windowed(invoices, "document_date", periods(records))
    active = invoiced.groupby(PERIOD)["top"].agg(set).to_dict()
    heard = each.groupby([*PERIOD, *SERIES])["top_company_id"].agg(set).to_dict()
    return pd.Series(
        [
            len(heard[key] | active.get(key[:2], set())) if key[3] == "relationship" else np.nan
            for key in found[[*PERIOD, *SERIES]].itertuples(index=False, name=None)
        ],
        index=found.index,
        dtype=float,
    )


def _share(found: pd.DataFrame, metric: str, yes: pd.Series) -> pd.DataFrame:
    total = found["rows"]
    low, high = wilson(yes, total)
    p = (yes + 1) / (total + 2)
    return found.assign(
        metric=metric,
        value=yes / total,
        numerator=yes,
        denominator=total,
        ci_low=low,
        ci_high=high,
        centre=p,
        half_width=Z * np.sqrt(p * (1 - p) / (total + 2)),
    )


def _csat(records: Records) -> pd.DataFrame:
    told = answers(records)
    told = _latest(records, told[told["csat_score"].notna()])
    told = told.assign(satisfied=told["csat_score"] >= 4)
    found = _summed(_cut(records, told, OPINION_CUTS), ["satisfied"])
    return _share(found, "csat", found["satisfied"])


def _ces(records: Records) -> pd.DataFrame:
    told = answers(records)
    told = _latest(records, told[told["ces_score"].notna()])
    told = told.assign(effort=told["ces_score"], square=told["ces_score"] ** 2)
    found = _summed(_cut(records, told, OPINION_CUTS), ["effort", "square"])
    n, mean = found["rows"], found["effort"] / found["rows"]
    deviation = np.sqrt((found["square"] - n * mean**2) / (n - 1).where(n > 1))
    half = student_half(deviation, n)
    return found.assign(
        metric="ces",
        value=mean,
        numerator=found["effort"],
        denominator=n,
        ci_low=(mean - half).clip(lower=1),
        ci_high=(mean + half).clip(upper=7),
        centre=mean,
        half_width=half,
    )


def _long(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["period"].isin(LONG)]


def _response_rate(records: Records) -> pd.DataFrame:
    """Answers of deliveries, where every source that brought an answer tells them."""
    found = _long(asked(records)).assign(cut_by="all", cut="all", rows=lambda f: f["delivered"])
    rate = _share(found, "response_rate", found["answered"]).drop(columns="asked")
    nothing = ("value", "ci_low", "ci_high", "centre", "half_width")
    for column in (*nothing, "numerator", "denominator"):
        is_unknown = rate["is_untold"] | ((rate["delivered"] == 0) & (column in nothing))
        rate[column] = rate[column].astype(float).mask(is_unknown)
    return rate


def _closed_loop(records: Records) -> list[pd.DataFrame]:
    told = alerts(records)
    told = told.assign(
        recruiter_id=told["recruiter_id"].fillna(UNKNOWN),
        is_in_time=told["is_followed_up_48h"].eq(True),
        is_not_known=told["is_followed_up_48h"].isna(),
        is_recovered=told["next_outcome"] == "recovered",
        is_silent=told["next_outcome"] == "unknown",
    )
    told = _cut(records, windowed(told, "submitted_at", periods(records)), RECRUITER)
    due = _summed(told[told["is_follow_up_due"]], ["is_in_time", "is_not_known"])
    every = _summed(told, ["is_recovered", "is_silent"])
    again = _summed(told[~told["is_silent"]], ["is_recovered"])
    return [
        _ranged(_share(due, "followed_up_48h", due["is_in_time"]), due["is_not_known"]),
        _ranged(_share(every, "recovered_share", every["is_recovered"]), every["is_silent"]),
        _share(again, "recovered_share_answered", again["is_recovered"]),
        _hours(_long(told[told["is_follow_up_due"] & told["person_id"].notna()])),
    ]


def _ranged(shares: pd.DataFrame, unknown: pd.Series) -> pd.DataFrame:
    total = shares["denominator"]
    return shares.assign(
        range_low=shares["numerator"] / total, range_high=(shares["numerator"] + unknown) / total
    )


def _hours(due: pd.DataFrame) -> pd.DataFrame:
    """The median and its interval by order statistics; never followed up comes last."""
    found = _summed(due, [])
    waits = due["hours_to_follow_up"].fillna(np.inf).groupby([due[c] for c in CELL]).agg(list)
    rows = [_median(hours) for hours in waits.reindex(pd.MultiIndex.from_frame(found[CELL]))]
    medians = pd.DataFrame(rows, columns=["value", "ci_low", "ci_high"], index=found.index)
    return found.assign(metric="hours_to_follow_up", denominator=found["rows"], **medians)


def _median(hours: list[float]) -> tuple[float, float, float]:
    hours = np.sort(hours)
    n = len(hours)
    middle = (hours[(n - 1) // 2] + hours[n // 2]) / 2
    rank = int(np.floor(n / 2 - Z * np.sqrt(n) / 2))
    low, high = (hours[rank - 1], hours[n - rank]) if rank >= 1 else (0.0, np.inf)
    finite = (value if np.isfinite(value) else np.nan for value in (middle, low, high))
    value, ci_low, ci_high = finite
    return value, ci_low, ci_high


def _occasions(records: Records) -> list[pd.DataFrame]:
    told = answers(records)
    is_loose = (told["survey_kind"] == "transactional") & (told["event_id"] == told["form_id"])
    loose = told[is_loose].assign(recruiter_id=told["recruiter_id"].fillna(UNKNOWN))
    window = periods(records)
    unlinked = _summed(_cut(records, windowed(loose, "submitted_at", window), RECRUITER), [])
    events = windowed(occasions(records), "occurred_at", window)
    found = _summed(_cut(records, events, RECRUITER), ["is_answered", "is_missed", "is_untold"])
    possible = unlinked.set_index(CELL)["rows"].reindex(pd.MultiIndex.from_frame(found[CELL]))
    silent = found["rows"] - found["is_answered"]
    possible = np.minimum(silent, possible.fillna(0).to_numpy())
    answered = _share(found, "answered_share", found["is_answered"])
    answered = _ranged(answered, possible)
    missed, untold = found["is_missed"], found["is_untold"]
    never = _share(found, "never_invited_share", missed).assign(
        range_low=(missed - np.minimum(missed, possible)) / found["rows"],
        range_high=(missed + untold) / found["rows"],
    )
    return [
        _unknown(answered, (found["is_answered"] == 0) & (possible > 0)),
        _long(_unknown(never, untold > 0)),
    ]


def _unknown(shares: pd.DataFrame, is_unknown: pd.Series) -> pd.DataFrame:
    """Nothing but the range is known where ``is_unknown``."""
    for column in ("value", "numerator", "ci_low", "ci_high", "centre", "half_width"):
        shares[column] = shares[column].astype(float).mask(is_unknown)
    return shares
