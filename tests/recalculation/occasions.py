"""Events after which somebody could have been asked, and whether an answer names them."""

from functools import cache

import pandas as pd

from tests.recalculation.deliveries import invitations, telling
from tests.recalculation.frames import Records, month
from tests.recalculation.surveys import EVENT, POPULATION, answers

WAIT_DAYS = 30


@cache
def occasions(records: Records) -> pd.DataFrame:
    """One row per event of a survey in use, from the month of its first answer, 30 days past.

    ``is_missed``: nobody was asked; ``is_untold``: nobody tells whether somebody was.
    """
    events = pd.concat(
        [_applications(records), _stages(records), _placements(records), _jobs(records)],
        ignore_index=True,
    )
    told = answers(records)
    told = told[told["survey_kind"] == "transactional"]
    first = month(told["submitted_at"]).groupby(told["trigger"]).min()
    start = events["trigger"].map(first)
    day = events["occurred_at"].dt.normalize()
    is_past = day + pd.Timedelta(days=WAIT_DAYS) <= records.as_of
    events = events[is_past & (month(events["occurred_at"]) >= start)]
    heard = set(zip(told["trigger"], told["event_id"], strict=True))
    named = list(zip(events["trigger"], events["event_id"], strict=True))
    sent = invitations(records)
    invited = set(zip(sent["trigger"], sent["event_id"], strict=True))
    is_untold = ~told["source_relation"].isin(telling(records))
    untold = set(told.loc[is_untold, "trigger"])
    return events.assign(
        audience=events["trigger"].map(lambda t: "client" if t == "job_close" else "candidate"),
        survey_kind="transactional",
        population=events["trigger"].map(POPULATION).fillna("client"),
        is_answered=[key in heard for key in named],
        is_missed=[key[0] not in untold and key not in heard | invited for key in named],
        is_untold=[key[0] in untold and key not in heard for key in named],
        recruiter_id=events["recruiter_id"].fillna("unknown"),
        respondent_key=events["person_id"].fillna(events["event_id"]),
    )


def _events(
    rows: pd.DataFrame, trigger: str, occurred_at: pd.Series, person: pd.Series
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "trigger": trigger,
            "event_id": rows[EVENT[trigger]],
            "person_id": person,
            "recruiter_id": rows["recruiter_id"],
            "occurred_at": occurred_at.astype("datetime64[us]"),
        }
    )


def _applications(records: Records) -> pd.DataFrame:
    sent = records.table("int_applications")
    return _events(sent, "application", sent["applied_at"], sent["person_id"])


def _stages(records: Records) -> pd.DataFrame:
    moves = records.table("int_stage_events").sort_values("entered_at")
    owners = records.table("int_applications").set_index("application_id")["recruiter_id"]
    moves["recruiter_id"] = moves["application_id"].map(owners)
    found = []
    for group, trigger, keep in (
        ("interview", "interview", "first"),
        ("rejected", "rejection", "last"),
    ):
        entered = moves[moves["stage_group"] == group].drop_duplicates("application_id", keep=keep)
        found.append(_events(entered, trigger, entered["entered_at"], entered["person_id"]))
    return pd.concat(found)


def _placements(records: Records) -> pd.DataFrame:
    placed = records.table("int_placements")
    placed = placed[placed["is_started"]]
    found = []
    for trigger, days in (("placement_start", 0), ("placement_30d", 30), ("placement_90d", 90)):
        day = placed["start_date"] + pd.Timedelta(days=days)
        lasted = ~(placed["end_date"] <= day) | (days == 0)
        found.append(_events(placed, trigger, day, placed["person_id"])[lasted])
    return pd.concat(found)


def _jobs(records: Records) -> pd.DataFrame:
    jobs = records.table("int_jobs")
    jobs = jobs[jobs["closed_at"].notna()]
    people = records.table("int_contacts").set_index("contact_id")["person_id"]
    return _events(jobs, "job_close", jobs["closed_at"], jobs["contact_id"].map(people))
