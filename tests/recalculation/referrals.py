"""Edges of fct_referrals that name a referrer: who referred whom, and what came of it."""

from functools import cache

import numpy as np
import pandas as pd

from tests.recalculation.attribution import LOOK_BACK_DAYS, conversions
from tests.recalculation.frames import Records

CLAIM_DAYS = 180


def edges(records: Records) -> pd.DataFrame:
    """One row per subject and referrer, dated by the first piece of evidence."""
    told = records.table("int_referrals")
    told = told[told["referred_at"].dt.normalize() <= records.as_of]
    top = records.table("int_companies").set_index("company_id")["top_company_id"]
    is_candidate = told["referred_kind"] == "candidate"
    company = told["referred_company_id"].map(top)
    return told.assign(
        subject_kind=np.where(is_candidate, "candidate", "client"),
        subject_id=told["referred_person_id"].where(is_candidate, company),
        referrer=told["referrer_person_id"].fillna(told["referrer_recruiter_id"]),
        referred_company_id=company,
    )


@cache
def referrals(records: Records) -> pd.DataFrame:
    """Named edges with what became of their subject; a lead of no company is its own subject."""
    told = edges(records)
    told = told[told["referrer"].notna()]
    told["subject_id"] = told["subject_id"].fillna(told["lead_id"]).fillna(told["referral_id"])
    told = told.sort_values(
        ["referred_at", "evidence_strength", "referral_id"], ascending=[True, False, True]
    )
    keys = ["subject_kind", "subject_id", "referrer"]
    first = told.groupby(keys).head(1).copy()
    sizes = told.groupby(keys).agg(
        evidence_records=("referral_id", "size"), strongest=("evidence_strength", "max")
    )
    first = first.merge(sizes.reset_index(), on=keys)
    won = [_conversion(records, row) for row in first.itertuples()]
    first["converted_date"], first["conversion_id"] = zip(*won, strict=True)
    first["converted_date"] = pd.to_datetime(first["converted_date"])
    days = (first["converted_date"] - first["referred_at"].dt.normalize()).dt.days
    return first.assign(days_to_conversion=days)


def _conversion(records: Records, edge: object) -> tuple[object, object]:
    """The first conversion of the subject from the referral on, within the look-back."""
    known = conversions(records)
    own = known[
        (known["subject_kind"] == edge.subject_kind) & (known["subject_id"] == edge.subject_id)
    ]
    age = (own["converted_date"] - edge.referred_at.normalize()).dt.days
    own = own[(age >= 0) & (age <= LOOK_BACK_DAYS[edge.subject_kind])]
    own = own.sort_values(["converted_date", "conversion_id"])
    return (
        (own["converted_date"].iloc[0], own["conversion_id"].iloc[0]) if len(own) else (None, None)
    )


@cache
def settled(records: Records) -> pd.DataFrame:
    """Edges with whether their conversion, or the one that would be now, is settled on them."""
    own = referrals(records)
    claims = own[~own["is_self_referral"].eq(True)].sort_values(
        ["referred_at", "evidence_strength", "referral_id"], ascending=[True, False, True]
    )
    of_subject = dict(iter(claims.groupby(["subject_kind", "subject_id"])))
    last = conversions(records).groupby(["subject_kind", "subject_id"])["converted_date"].max()
    is_settled = []
    for edge in own.itertuples():
        day = edge.converted_date if pd.notna(edge.converted_date) else records.as_of
        rivals = of_subject.get((edge.subject_kind, edge.subject_id))
        won = last.get((edge.subject_kind, edge.subject_id))
        is_late = won is not None and won < edge.referred_at.normalize()
        if rivals is None or edge.is_self_referral is True or is_late:
            is_settled.append(False)
            continue
        age = (day - rivals["referred_at"].dt.normalize()).dt.days
        known = rivals[age >= 0]
        young = known[age[age >= 0] <= CLAIM_DAYS]
        first = (young if len(young) else known)["referral_id"].iloc[0]
        is_settled.append(first == edge.referral_id)
    own = own.assign(is_settled=is_settled)
    return own.assign(is_successful=own["is_settled"] & own["converted_date"].notna())
