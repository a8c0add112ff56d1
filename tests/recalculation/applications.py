"""Applications from the agency model: how they came by then, their stages and their outcome."""

import numpy as np
import pandas as pd

from tests.recalculation.attribution import strongest_referral
from tests.recalculation.frames import Records
from tests.recalculation.placements import jobs, status_of
from tests.recalculation.touchpoints import touchpoints

LOOK_BACK = pd.Timedelta(365, "D")
STAGES = {
    "screened_at": "screening",
    "submitted_at": "submitted",
    "interviewed_at": "interview",
    "offer_made_at": "offer",
    "hired_stage_at": "hired",
    "rejected_at": "rejected",
    "withdrawn_at": "withdrawn",
}


def applications(records: Records) -> pd.DataFrame:
    """Every application with stages, outcome, days to the accepted offer and origin."""
    frame = records.table("int_applications").drop(columns=["placement_id", "rejected_at"])
    frame = frame.merge(_stages(records), on="application_id", how="left")
    frame = frame.merge(_agreed(records), on="application_id", how="left")
    kinds = jobs(records)[["job_id", "employment_type", "job_family", "seniority"]]
    frame = frame.merge(kinds, on="job_id", how="left")
    frame = frame.fillna(dict.fromkeys(["employment_type", "job_family", "seniority"], "unknown"))
    is_agreed = frame["placement_id"].notna()
    frame["accepted_at"] = frame["hired_stage_at"].fillna(frame["agreed_at"].where(is_agreed))
    frame["offered_at"] = frame["offer_made_at"].fillna(frame["accepted_at"])
    frame["is_accepted"] = frame["hired_stage_at"].notna() | is_agreed
    frame["is_offered"] = frame["is_accepted"] | frame["offer_made_at"].notna()
    frame["is_interviewed"] = frame["interviewed_at"].notna()
    frame["is_presented"] = (
        frame["submitted_at"].notna() | frame["is_interviewed"] | frame["is_offered"]
    )
    frame["is_placed"] = frame["is_started"].eq(True)
    frame["outcome"] = _outcome(frame, records)
    days = (frame["accepted_at"].dt.normalize() - frame["applied_at"].dt.normalize()).dt.days
    frame["days_to_hire"] = days.where(days >= 0)
    return frame.merge(_known_by_then(records, frame), on="application_id", how="left")


def _stages(records: Records) -> pd.DataFrame:
    events = records.table("int_stage_events")
    events = events[events["entered_at"].dt.normalize() <= records.as_of]
    firsts = events.groupby(["application_id", "stage_group"])["entered_at"].min().unstack()
    firsts = firsts.reindex(columns=list(STAGES.values()))
    return firsts.rename(columns={group: name for name, group in STAGES.items()}).reset_index()


def _agreed(records: Records) -> pd.DataFrame:
    """The first placement of each application that was not canceled."""
    placed = records.table("int_placements").rename(columns={"added_at": "agreed_at"})
    placed = placed[placed["application_id"].notna()].sort_values(["agreed_at", "placement_id"])
    kept = placed[placed["status"] != "canceled"].groupby("application_id").head(1)
    canceled = placed.groupby("application_id")["status"].apply(lambda s: s.eq("canceled").any())
    columns = ["application_id", "placement_id", "agreed_at", "is_started", "start_date", "status"]
    kept = kept[columns].rename(columns={"status": "placement_status"})
    return kept.merge(
        canceled.rename("has_canceled").reset_index(), on="application_id", how="outer"
    )


def _outcome(frame: pd.DataFrame, records: Records) -> pd.Series:
    is_agreed = frame["placement_id"].notna()
    is_expected = is_agreed & frame["start_date"].gt(records.as_of)
    return pd.Series(
        np.select(
            [
                frame["is_placed"],
                is_expected,
                frame["is_accepted"] | frame["has_canceled"].eq(True),
                frame["status_group"] == "rejected",
                frame["status_group"] == "withdrawn",
            ],
            ["placed", "start_expected", "not_started", "rejected", "withdrawn"],
            "open",
        ),
        index=frame.index,
    )


def _known_by_then(records: Records, frame: pd.DataFrame) -> pd.DataFrame:
    """Channel on record by the day of the application: strongest referral, else the last touch."""
    told = touchpoints(records)
    told = told[told["subject_kind"].eq("candidate") & ~told["is_self_referral"]]
    told = told[told["evidence"] != "survey_answer"].rename(columns={"subject_id": "person_id"})
    pairs = frame[["application_id", "person_id", "applied_at"]].merge(told, on="person_id")
    age = pairs["applied_at"].dt.normalize() - pairs["touched_at"].dt.normalize()
    pairs = pairs[(age >= pd.Timedelta(0)) & (age <= LOOK_BACK)].sort_values(
        ["touched_at", "evidence_strength", "touchpoint_id"], ascending=[True, False, True]
    )
    rows = []
    for key, path in pairs.groupby("application_id"):
        touch = path.iloc[strongest_referral(path)]
        is_referral = bool(touch["is_referral"])
        referrer = touch["referrer_person_id"] if is_referral else None
        rows.append((key, touch["channel"], status_of(touch["channel"], is_referral), referrer))
    columns = ["application_id", "channel", "referral_status", "referrer_person_id"]
    known = pd.DataFrame(rows, columns=columns)
    silent = frame.loc[~frame["application_id"].isin(known["application_id"]), ["application_id"]]
    return pd.concat(
        [known, silent.assign(channel="unknown", referral_status="unknown")], ignore_index=True
    )
