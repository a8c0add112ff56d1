"""Clients from the agency model: what they were billed, how they came and what they thought."""

from functools import cache

import numpy as np
import pandas as pd

from tests.recalculation.attribution import paths, strongest_referral
from tests.recalculation.frames import Records, month
from tests.recalculation.money import revenue
from tests.recalculation.placements import status_of

YEAR = pd.DateOffset(months=12)
UNDERSTOOD_FROM = 3.5


@cache
def lines(records: Records) -> pd.DataFrame:
    """Lines of net fee revenue of clients; ``company_id`` is the top company."""
    top = records.table("int_companies").set_index("company_id")["top_company_id"]
    income = revenue(records)
    income = income.assign(company_id=income["company_id"].map(top))
    income = income[income["company_id"].notna()]
    return income.assign(month=month(income["document_date"]).astype("datetime64[ns]"))


@cache
def clients(records: Records) -> pd.DataFrame:
    """One row per top company ever invoiced: its first invoice and how it came."""
    invoices = lines(records).query("document_type == 'invoice'")
    first = invoices.groupby("company_id")["document_date"].min().rename("first_invoice_date")
    taken = paths(records).query("subject_kind == 'client'")
    came = [_origin(str(key), path) for key, path in taken.groupby("subject_id")]
    origins = pd.DataFrame(came, columns=["company_id", "attributed_channel", "referral_status"])
    own = first.reset_index().merge(origins, on="company_id", how="left")
    unknown = {"attributed_channel": "unknown", "referral_status": "unknown"}
    return own.fillna(unknown).assign(
        first_invoice_month=month(own["first_invoice_date"]).astype("datetime64[ns]")
    )


def _origin(key: str, path: pd.DataFrame) -> tuple[str, str, str]:
    touch = path.iloc[strongest_referral(path)]
    return key, touch["channel"], status_of(touch["channel"], bool(touch["is_referral"]))


@cache
def invoices(records: Records) -> pd.DataFrame:
    """Posted invoices of clients, one row each."""
    billed = lines(records).query("document_type == 'invoice'")
    return billed.drop_duplicates(["company_id", "document_id"])


@cache
def answers(records: Records) -> pd.DataFrame:
    """Client contacts' answers with their top company; nothing after the day of the figures."""
    told = records.table("int_survey_responses")
    told = told[told["respondent_kind"] == "client"]
    told = told[told["submitted_at"].dt.normalize() <= records.as_of]
    top = records.table("int_companies").set_index("company_id")["top_company_id"]
    told = told.assign(company_id=told["company_id"].map(top))
    return told[told["company_id"].notna()].sort_values(["submitted_at", "response_id"])


def opinions(records: Records, before: pd.Timestamp) -> pd.DataFrame:
    """What each client thought in the twelve months before a day: mean of the contacts' latest."""
    told = answers(records)
    told = told[(told["submitted_at"] < before) & (told["submitted_at"] >= before - YEAR)]
    scored = told[told["score"].notna() & (told["survey_kind"] == "relationship")]
    scores = _means(scored, "score")
    ratings = _means(told[told["rating_understood_needs"].notna()], "rating_understood_needs")
    own = pd.DataFrame({"mean_score": scores, "rating": ratings})
    own["nps_band"] = np.select(
        [own["mean_score"] >= 8.5, own["mean_score"] >= 6.5, own["mean_score"].notna()],
        ["promoter", "passive", "detractor"],
        "no_answer",
    )
    own["understood"] = np.select(
        [own["rating"] >= UNDERSTOOD_FROM, own["rating"].notna()],
        ["understood", "not_understood"],
        "no_answer",
    )
    return own


def _means(told: pd.DataFrame, column: str) -> pd.Series:
    latest = told.groupby(["company_id", "respondent_key"])[column].last()
    return latest.astype(float).groupby("company_id").mean()


def window(records: Records, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Per client: revenue, invoices and lines without a rate, of documents dated within."""
    billed, sent = lines(records), invoices(records)
    inside = billed[(billed["document_date"] >= start) & (billed["document_date"] < end)]
    sent = sent[(sent["document_date"] >= start) & (sent["document_date"] < end)]
    index = clients(records)["company_id"]
    return (
        pd.DataFrame(
            {
                "revenue": inside.groupby("company_id")["reporting_amount"].sum(),
                "unconverted": inside["reporting_amount"]
                .isna()
                .groupby(inside["company_id"])
                .sum(),
                "invoices": sent.groupby("company_id").size(),
            }
        )
        .reindex(index)
        .fillna(0)
    )
