"""Survey answers with what they are about, and the votes that a period counts."""

from functools import cache

import numpy as np
import pandas as pd

from tests.recalculation.attribution import channels
from tests.recalculation.frames import Records
from tests.recalculation.touchpoints import touchpoints

SERIES = ["audience", "survey_kind", "trigger", "population"]
EVENT = {
    "application": "application_id",
    "interview": "application_id",
    "rejection": "application_id",
    "placement_start": "placement_id",
    "placement_30d": "placement_id",
    "placement_90d": "placement_id",
    "job_close": "job_id",
}
POPULATION = {
    "application": "in_process",
    "interview": "in_process",
    "rejection": "rejected",
    "placement_start": "hired",
    "placement_30d": "hired",
    "placement_90d": "hired",
}
NO_PROGRESS = ("rejected", "withdrawn")
FEEDBACK = ("rejection feedback", "interview feedback")


@cache
def answers(records: Records) -> pd.DataFrame:
    """Every response up to the day of the figures, scored or not, with its context."""
    told = records.table("int_survey_responses")
    told = told[told["submitted_at"].dt.normalize() <= records.as_of]
    told = told.rename(columns={"respondent_kind": "audience"}).reset_index(drop=True)
    top = records.table("int_companies").set_index("company_id")["top_company_id"]
    told["top_company_id"] = told["company_id"].map(top)
    told["event_id"] = [event_of(row) for row in told.to_dict("records")]
    told["population"] = populations(records, told)
    told["referral_status"] = _referral_statuses(records, told)
    told["channel"] = _channels(records, told)
    told["stage"] = _stages(records, told)
    told["has_feedback"] = _feedback(records, told)
    return told.assign(submitted_month=told["submitted_at"].dt.to_period("M").dt.to_timestamp())


def event_of(row: dict[str, object]) -> object:
    """What a transactional survey asked about: its trigger's record, else any, else the form."""
    if row["survey_kind"] == "relationship":
        return None
    asked = EVENT.get(str(row["trigger"]), "application_id")
    for key in (asked, "application_id", "placement_id", "job_id"):
        if isinstance(row[key], str):
            return row[key]
    return row["form_id"]


def populations(records: Records, told: pd.DataFrame) -> pd.Series:
    """Of whom the answers are, by trigger or, in relationship surveys, by their history."""
    placed = records.table("int_placements")
    placed = placed[placed["is_started"]]
    first_start = placed.groupby("person_id")["start_date"].min()
    stages = records.table("int_stage_events")
    turned_down = stages[stages["stage_group"] == "rejected"]
    first_rejection = turned_down.groupby("person_id")["entered_at"].min()
    person = told["person_id"]
    day = told["submitted_at"].dt.normalize()
    is_hired = person.map(first_start) <= day
    is_rejected = person.map(first_rejection) <= told["submitted_at"]
    by_history = np.select(
        [person.isna(), is_hired, is_rejected], ["unknown", "hired", "rejected"], "in_process"
    )
    by_trigger = told["trigger"].map(POPULATION).fillna("unknown")
    is_periodic = told["survey_kind"] == "relationship"
    candidates = np.where(is_periodic, by_history, by_trigger)
    who = told["audience"]
    return pd.Series(
        np.select([who == "client", who == "candidate"], ["client", candidates], "unknown"),
        index=told.index,
    )


def _subjects(told: pd.DataFrame) -> pd.Series:
    return told["person_id"].where(told["audience"] != "client", told["top_company_id"])


def _referral_statuses(records: Records, told: pd.DataFrame) -> pd.Series:
    known = touchpoints(records)
    known = known[known["is_referral"] & ~known["is_self_referral"]]
    first = known.groupby(["subject_kind", "subject_id"])["touched_at"].min()
    keys = pd.MultiIndex.from_arrays([told["audience"], _subjects(told)])
    seen = pd.Series(keys.map(first), index=told.index)
    is_referred = pd.to_datetime(seen) <= told["submitted_at"]
    return is_referred.map({True: "referred", False: "no_referral_known"})


def _channels(records: Records, told: pd.DataFrame) -> pd.Series:
    known = channels(records).set_index(["subject_kind", "subject_id"])["channel"]
    keys = pd.MultiIndex.from_arrays([told["audience"], _subjects(told)])
    return pd.Series(keys.map(known), index=told.index).fillna("unknown")


def _stages(records: Records, told: pd.DataFrame) -> pd.Series:
    moves = records.table("int_stage_events")
    moves = moves[~moves["stage_group"].isin(NO_PROGRESS)]
    of_placement = records.table("int_placements").set_index("placement_id")["application_id"]
    application = told["application_id"].fillna(told["placement_id"].map(of_placement))
    about = told[["response_id", "submitted_at"]].assign(application_id=application)
    reached = about.merge(moves, on="application_id")
    reached = reached[reached["entered_at"] <= reached["submitted_at"]]
    reached = reached.sort_values(["entered_at", "stage_sequence"])
    last = reached.groupby("response_id")["stage_group"].last()
    stage = told["response_id"].map(last).fillna("unknown")
    is_asked = (told["audience"] == "candidate") & (told["survey_kind"] != "relationship")
    return stage.where(is_asked, None)


def _feedback(records: Records, told: pd.DataFrame) -> pd.Series:
    """True, False or None, by notes between the rejection and the answer."""
    stages, notes = records.table("int_stage_events"), records.table("int_notes")
    rejections = stages[stages["stage_group"] == "rejected"]
    notes = notes[notes["action"].isin(FEEDBACK) & notes["person_id"].notna()]
    noted = notes.groupby("person_id")["noted_at"].apply(list).to_dict()
    return pd.Series(
        [_was_told(row, rejections, noted) for row in told.to_dict("records")],
        index=told.index,
        dtype=object,
    )


def _was_told(
    row: dict[str, object], rejections: pd.DataFrame, noted: dict[object, list[pd.Timestamp]]
) -> bool | None:
    person, answered = row["person_id"], row["submitted_at"]
    if row["population"] != "rejected" or not isinstance(person, str):
        return None
    written = noted.get(person, [])
    if not written:
        return False
    key = "application_id" if isinstance(row["application_id"], str) else "person_id"
    before = rejections[(rejections[key] == row[key]) & (rejections["entered_at"] <= answered)]
    if before.empty:
        return None
    rejected = before["entered_at"].max()
    return any(rejected <= note < answered for note in written)


def units(told: pd.DataFrame) -> pd.Series:
    """Whose latest answer counts: the respondent's, after an event the respondent's to it."""
    return told["respondent_key"] + "|" + told["event_id"].fillna("")


@cache
def scored(records: Records) -> pd.DataFrame:
    """Answers on a 0 to 10 scale with their band."""
    told = answers(records)
    told = told[told["is_nps_scale"] & told["score"].notna()]
    band = pd.cut(told["score"], [-1, 6, 8, 10], labels=["detractor", "passive", "promoter"])
    return told.assign(band=band.astype(str), unit=units(told))


@cache
def alerts(records: Records) -> pd.DataFrame:
    """Detractor answers with their first follow-up and their person's next answer."""
    told = scored(records)
    notes = records.table("int_notes")
    notes = notes[notes["noted_at"].dt.normalize() <= records.as_of]
    noted = notes.groupby("person_id")["noted_at"].apply(sorted).to_dict()
    rows = [
        {
            "response_id": row["response_id"],
            "followed_up_at": _first_after(noted.get(row["person_id"], []), row["submitted_at"]),
            **_next_answer(row, told),
        }
        for row in told[told["band"] == "detractor"].to_dict("records")
    ]
    found = told.merge(pd.DataFrame(rows), on="response_id")
    wait = pd.to_datetime(found["followed_up_at"]) - found["submitted_at"]
    is_due = found["submitted_at"] + pd.Timedelta(hours=48) <= records.as_of
    is_in_time = wait <= pd.Timedelta(hours=48)
    is_known = found["person_id"].notna() & (is_due | is_in_time)
    return found.assign(
        hours_to_follow_up=wait.dt.total_seconds() / 3600,
        is_follow_up_due=is_due,
        is_followed_up_48h=is_in_time.astype(object).where(is_known, None),
        next_outcome=np.select(
            [found["next_score"].isna(), found["next_score"] >= 7], ["unknown", "recovered"], "lost"
        ),
    )


def _first_after(noted: list[pd.Timestamp], answered: pd.Timestamp) -> pd.Timestamp | None:
    return next((note for note in noted if note > answered), None)


def _next_answer(row: dict[str, object], told: pd.DataFrame) -> dict[str, object]:
    later = told[
        (told["person_id"] == row["person_id"])
        & (told["audience"] == row["audience"])
        & (told["survey_kind"] == row["survey_kind"])
        & (told["submitted_at"] > row["submitted_at"])
    ]
    if later.empty:
        return {"next_response_id": None, "next_score": np.nan}
    at_once = later[later["submitted_at"] == later["submitted_at"].min()]
    after = at_once.sort_values("response_id").iloc[-1]
    return {"next_response_id": after["response_id"], "next_score": after["score"]}
