"""Conversions, the touchpoints that count for them, and the credit each model gives."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

from tests.recalculation.frames import Records
from tests.recalculation.money import revenue
from tests.recalculation.touchpoints import touchpoints

LOOK_BACK_DAYS = {"candidate": 365, "client": 730}
HALF_LIFE_DAYS = 30
NONE = "(none)"


@cache
def conversions(records: Records) -> pd.DataFrame:
    """Started placements, and client companies (whole groups) by their first posted invoice."""
    income = revenue(records)
    placed = records.table("int_placements")
    placed = placed[placed["is_started"]]
    of_placement = income.groupby("placement_id")["reporting_amount"].sum()
    candidates = pd.DataFrame(
        {
            "conversion_id": "placement:" + placed["placement_id"],
            "subject_kind": "candidate",
            "subject_id": placed["person_id"],
            "converted_date": placed["start_date"],
            "net_fee_amount": placed["placement_id"].map(of_placement).fillna(0),
        }
    )
    top = records.table("int_companies").set_index("company_id")["top_company_id"]
    income = income.assign(top=income["company_id"].map(top))
    invoices = income[(income["document_type"] == "invoice") & income["top"].notna()]
    firsts = invoices.groupby("top")["document_date"].min()
    of_client = income.groupby("top")["reporting_amount"].sum()
    clients = pd.DataFrame(
        {
            "conversion_id": "client:" + firsts.index,
            "subject_kind": "client",
            "subject_id": firsts.index,
            "converted_date": firsts.to_numpy(),
            "net_fee_amount": of_client.reindex(firsts.index).fillna(0).to_numpy(),
        }
    )
    both = pd.concat([candidates, clients], ignore_index=True)
    return both.assign(converted_date=both["converted_date"].astype("datetime64[us]"))


def judged(records: Records) -> pd.DataFrame:
    """Every touchpoint beside every conversion of its subject, and whether it counts for it."""
    told = touchpoints(records)
    told = told[told["subject_id"].notna() & (told["touched_at"].dt.normalize() <= records.as_of)]
    pairs = conversions(records).merge(told, on=["subject_kind", "subject_id"])
    age = (pairs["converted_date"] - pairs["touched_at"].dt.normalize()).dt.days
    status = np.select(
        [pairs["is_self_referral"], age < 0, age > pairs["subject_kind"].map(LOOK_BACK_DAYS)],
        ["self_referral", "after_conversion", "outside_look_back"],
        "counted",
    )
    return pairs.assign(age_days=age, touch_status=status)


@cache
def paths(records: Records) -> pd.DataFrame:
    """Counted touchpoints in time order; ``(none)`` for a conversion without any."""
    counted = judged(records)
    counted = counted[counted["touch_status"] == "counted"]
    all_conversions = conversions(records)
    alone = all_conversions[~all_conversions["conversion_id"].isin(counted["conversion_id"])]
    none = alone.assign(
        touchpoint_id=NONE,
        channel="unknown",
        evidence=NONE,
        evidence_strength=0,
        is_referral=False,
        is_own_outreach=False,
    )
    return pd.concat([counted, none], ignore_index=True).sort_values(
        ["conversion_id", "touched_at", "evidence_strength", "touchpoint_id"],
        ascending=[True, True, False, True],
        kind="stable",
    )


Path = pd.DataFrame


def _at(path: Path, position: int) -> np.ndarray:
    credit = np.zeros(len(path))
    credit[position] = 1
    return credit


def _last_known(path: Path) -> np.ndarray:
    known = ~path["channel"].isin(["unknown", "direct"]) & ~path["is_own_outreach"]
    return _at(path, int(np.flatnonzero(known)[-1]) if known.any() else -1)


def strongest_referral(path: Path) -> int:
    """Position of the strongest referral, the earliest of equals; of the last touch without any."""
    referrals = np.flatnonzero(path["is_referral"])
    if not len(referrals):
        return len(path) - 1
    return int(referrals[np.argmax(path["evidence_strength"].to_numpy()[referrals])])


def _position(path: Path) -> np.ndarray:
    n = len(path)
    if n <= 2:
        return np.full(n, 1 / n)
    return np.array([0.4, *[0.2 / (n - 2)] * (n - 2), 0.4])


def _time_decay(path: Path) -> np.ndarray:
    weight = 2 ** (-path["age_days"].fillna(0).to_numpy(dtype=float) / HALF_LIFE_DAYS)
    return np.asarray(weight / weight.sum())


def _shapley(path: Path) -> np.ndarray:
    beside = path.groupby("channel")["channel"].transform("size").to_numpy()
    return np.asarray(1 / path["channel"].nunique() / beside)


MODELS: dict[str, Callable[[Path], np.ndarray]] = {
    "first_touch": lambda path: _at(path, 0),
    "last_touch": lambda path: _at(path, -1),
    "last_known": _last_known,
    "referral_first": lambda path: _at(path, strongest_referral(path)),
    "linear": lambda path: np.full(len(path), 1 / len(path)),
    "position": _position,
    "time_decay": _time_decay,
    "shapley": _shapley,
}


@cache
def credits(records: Records) -> pd.DataFrame:
    """One row per model, conversion and counted touchpoint; money in ten-thousandths.

    A share of the fee is the difference of two rounded running totals.
    """
    taken = paths(records)
    whole = [path for _, path in taken.groupby("conversion_id")]
    rows = []
    for model, rule in MODELS.items():
        shares = [rule(path) for path in whole]
        fees = [path["net_fee_amount"].iloc[0] for path in whole]
        through = [np.round(np.cumsum(c) * fee, 4) for c, fee in zip(shares, fees, strict=True)]
        money = np.concatenate([np.diff(running, prepend=0) for running in through])
        credit = np.concatenate(shares)
        rows.append(taken.assign(attribution_model=model, credit=credit, credited_revenue=money))
    return pd.concat(rows, ignore_index=True).assign(
        touch_number=lambda c: c.groupby(["attribution_model", "conversion_id"]).cumcount() + 1
    )


@cache
def channels(records: Records) -> pd.DataFrame:
    """The channel of each candidate and client by referral_first over all touchpoints."""
    told = touchpoints(records)
    told = told[told["subject_id"].notna() & ~told["is_self_referral"]]
    told = told[told["touched_at"].dt.normalize() <= records.as_of].sort_values(
        ["touched_at", "evidence_strength", "touchpoint_id"], ascending=[True, False, True]
    )
    rows = [
        (*key, path["channel"].iloc[strongest_referral(path)])
        for key, path in told.groupby(["subject_kind", "subject_id"])
    ]
    return pd.DataFrame(rows, columns=["subject_kind", "subject_id", "channel"])
