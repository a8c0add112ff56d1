"""Touchpoints of candidates and clients, put together from the agency model and channel_map."""

from collections.abc import Callable
from functools import cache

import pandas as pd

from tests.recalculation.frames import Records, seed

RECORD = ["source_relation", "source_entity", "source_record_id"]
COLUMNS = [
    "touchpoint_id",
    *RECORD,
    "subject_kind",
    "subject_id",
    "value",
    "evidence",
    "evidence_strength",
    "touched_at",
]


@cache
def touchpoints(records: Records) -> pd.DataFrame:
    """One row per contact: statements of a source, and claims that name or link a referrer.

    Statements of one record that mean one channel are one contact, by the strongest; beside a claim
    of that channel they are the claim's.
    """
    claims, statements = referral_claims(records), source_statements(records)
    statements = statements.sort_values("evidence_strength", ascending=False)
    statements = statements.drop_duplicates([*RECORD, "channel"])
    claimed = claims[[*RECORD, "channel"]].drop_duplicates()
    claimed = claimed[claimed["channel"] == "referral"]
    beside = statements.merge(claimed, on=[*RECORD, "channel"], how="left", indicator="claim")
    told = pd.concat([claims, beside[beside["claim"] == "left_only"]], ignore_index=True)
    return told.assign(
        is_referral=told["channel"] == "referral",
        is_self_referral=told["is_self_referral"].eq(True),
        is_own_outreach=told["is_own_outreach"].eq(True),
    ).drop(columns="claim")


def source_statements(records: Records) -> pd.DataFrame:
    """One row per record that says where its subject came from, with the channel it means."""
    return _mapped(pd.concat([rows(records) for rows in _STATEMENTS], ignore_index=True))


def referral_claims(records: Records) -> pd.DataFrame:
    """One row per record and referrer linked or named on it, by the strongest evidence."""
    named = records.table("int_referrals")
    named = named[named["evidence"].isin(["linked_record", "free_text"])]
    named["referrer"] = named["referrer_person_id"].fillna(named["referrer_recruiter_id"])
    named = named.sort_values(["evidence_strength", "referral_id"], ascending=[False, True])
    named = named.drop_duplicates([*RECORD, "referrer"])
    is_unresolved = named["evidence_strength"] == 3
    is_candidate = named["referred_kind"] == "candidate"
    top = _top(records, named["referred_company_id"])
    return named.assign(
        touchpoint_id="referral:" + named["referral_id"],
        subject_kind=is_candidate.map({True: "candidate", False: "client"}),
        subject_id=named["referred_person_id"].where(is_candidate, top),
        evidence=named["evidence"].where(~is_unresolved, "unresolved_text"),
        channel=is_unresolved.map({True: "unknown", False: "referral"}),
        touched_at=named["referred_at"],
    )[
        [c for c in COLUMNS if c != "value"]
        + ["channel", "is_self_referral", "referrer_person_id", "referrer"]
    ]


def _mapped(statements: pd.DataFrame) -> pd.DataFrame:
    known = seed("channel_map").rename(columns={"source_value": "value"})
    known["is_own_outreach"] = known["is_own_outreach"] == "true"
    statements = statements[statements["value"].fillna("").str.strip() != ""]
    system = statements["source_entity"].str.split(".").str[0]
    statements = statements.assign(
        value=statements["value"].str.strip().str.lower(), source_system=system
    )
    mapped = statements.merge(
        known[["source_system", "value", "channel", "is_own_outreach"]],
        on=["source_system", "value"],
        how="left",
    )
    return mapped.assign(channel=mapped["channel"].fillna("unknown"))


def _people(records: Records) -> pd.DataFrame:
    people = records.table("int_people")
    return _stated(
        people, "person:" + people["person_id"], "candidate", people["person_id"],
        people["candidate_source"], people["first_seen_at"],
    )  # fmt: skip


def _applications(records: Records) -> pd.DataFrame:
    sent = records.table("int_applications")
    return _stated(
        sent, "application:" + sent["application_id"], "candidate", sent["person_id"],
        sent["source"], sent["applied_at"],
    )  # fmt: skip


def _contacts(records: Records) -> pd.DataFrame:
    known = records.table("int_contacts")
    return _stated(
        known, "contact:" + known["contact_id"], "client", _top(records, known["company_id"]),
        known["source"], known["added_at"],
    )  # fmt: skip


def _leads(records: Records) -> pd.DataFrame:
    leads = records.table("int_leads")
    top = _top(records, leads["company_id"])
    said = _stated(
        leads, "lead:" + leads["lead_id"], "client", top, leads["source"], leads["added_at"]
    )
    tracked = _stated(
        leads, "lead_campaign:" + leads["lead_id"], "client", top,
        leads["campaign_source"], leads["added_at"], "campaign", 0,
    )  # fmt: skip
    return pd.concat([said, tracked])


def _opportunities(records: Records) -> pd.DataFrame:
    chances = records.table("int_opportunities")
    top, keys = _top(records, chances["company_id"]), chances["opportunity_id"]
    said = _stated(
        chances, "opportunity:" + keys, "client", top, chances["source"], chances["opened_at"]
    )
    tracked = _stated(
        chances, "opportunity_campaign:" + keys, "client", top,
        chances["campaign_source"], chances["opened_at"], "campaign", 0,
    )  # fmt: skip
    return pd.concat([said, tracked])


def _answers(records: Records) -> pd.DataFrame:
    told = records.table("int_survey_responses")
    is_client = told["respondent_kind"] == "client"
    subject = told["person_id"].where(~is_client, _top(records, told["company_id"]))
    return _stated(
        told, "survey:" + told["response_id"], is_client.map({True: "client", False: "candidate"}),
        subject, told["who_told_you"], told["submitted_at"], "survey_answer", 1,
    )  # fmt: skip


_STATEMENTS: tuple[Callable[[Records], pd.DataFrame], ...] = (
    _people,
    _applications,
    _contacts,
    _leads,
    _opportunities,
    _answers,
)


def _stated(
    rows: pd.DataFrame,
    touchpoint_id: pd.Series,
    subject_kind: str | pd.Series,
    subject_id: pd.Series,
    value: pd.Series,
    touched_at: pd.Series,
    evidence: str = "source_category",
    strength: int = 2,
) -> pd.DataFrame:
    return rows.assign(
        touchpoint_id=touchpoint_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        value=value,
        evidence=evidence,
        evidence_strength=strength,
        touched_at=touched_at,
    )[COLUMNS]


def _top(records: Records, company_ids: pd.Series) -> pd.Series:
    companies = records.table("int_companies").set_index("company_id")["top_company_id"]
    return company_ids.map(companies)
