"""Started placements from the agency model: how long they lasted, of which job, how they came."""

import re

import pandas as pd

from tests.recalculation.attribution import paths, strongest_referral
from tests.recalculation.frames import Records, seed

POPULATIONS = {
    "perm": "perm",
    "contract": "contract",
    "temp": "contract",
    "contract_to_hire": "contract",
}


def titled(titles: pd.Series, attribute: str) -> pd.Series:
    """Job family or seniority of titles: the longest keyword in whole words, then by alphabet."""
    keywords = seed("job_family_map").query("attribute == @attribute")
    rules = sorted(
        zip(keywords["keyword"], keywords["value"], strict=True), key=lambda r: (-len(r[0]), r[0])
    )

    def told(title: object) -> str:
        words = f" {' '.join(re.findall(r'[a-z0-9]+', str(title).lower()))} "
        return next((value for keyword, value in rules if f" {keyword} " in words), "unknown")

    return titles.map({title: told(title) for title in titles.unique()})


def jobs(records: Records) -> pd.DataFrame:
    """Live jobs with their family and seniority."""
    frame = records.table("int_jobs")
    return frame.assign(
        job_family=titled(frame["title"], "job_family"),
        seniority=titled(frame["title"], "seniority"),
    )


def placements(records: Records) -> pd.DataFrame:
    """All placements with what the job's title tells, and how the started ones came."""
    known = jobs(records)[["job_id", "job_family", "seniority"]]
    frame = records.table("int_placements").merge(known, on="job_id", how="left")
    frame = frame.fillna({"job_family": "unknown", "seniority": "unknown"})
    return frame.merge(origins(records), on="placement_id", how="left")


def origins(records: Records) -> pd.DataFrame:
    """Channel and referrer of each started placement: strongest referral, else last touch."""
    taken = paths(records)
    taken = taken[taken["subject_kind"] == "candidate"]
    rows = [_origin(str(key), path) for key, path in taken.groupby("conversion_id")]
    return pd.DataFrame(
        rows, columns=["placement_id", "channel", "referral_status", "referrer_person_id"]
    )


def _origin(key: str, path: pd.DataFrame) -> tuple[str, str, str, object]:
    touch = path.iloc[strongest_referral(path)]
    status = status_of(touch["channel"], bool(touch["is_referral"]))
    referrer = touch["referrer_person_id"] if touch["is_referral"] else None
    return key.removeprefix("placement:"), touch["channel"], status, referrer


def status_of(channel: str, is_referral: bool) -> str:
    """referred, not_referred or, of the unknown channel, unknown."""
    if is_referral:
        return "referred"
    return "unknown" if channel == "unknown" else "not_referred"


def followed(records: Records) -> pd.DataFrame:
    """Started placements: days followed, whether they were left, and the state of the guarantee."""
    frame = placements(records)
    frame = frame[frame["is_started"]].copy()
    today, ended = records.as_of, frame["status"] == "terminated"
    end = frame["end_date"]
    frame["population"] = frame["employment_type"].map(POPULATIONS).fillna("unknown")
    frame["is_end_unknown"] = ended & end.isna()
    frame["has_left"] = ended & (end <= today)
    has_plan = frame["population"].eq("contract") | ended
    last = end.where(has_plan).fillna(today).clip(upper=today)
    frame["days"] = (last - frame["start_date"]).dt.days.where(~frame["is_end_unknown"])
    guaranteed = frame["guarantee_days"].fillna(0) > 0
    over = frame["start_date"] + pd.to_timedelta(frame["guarantee_days"].fillna(0), "D")
    frame["is_over"], frame["is_running"] = (
        guaranteed & (over < today),
        guaranteed & (over >= today),
    )
    frame["has_fallen_off"] = guaranteed & frame["has_left"] & (end <= over)
    frame["referrer_status"] = _referrer_status(frame)
    return frame


def _referrer_status(frame: pd.DataFrame) -> pd.Series:
    """Of referred placements: whether the referrer was placed on the first day."""
    return pd.Series(
        [
            _state(row.referrer_person_id, row.start_date, frame)
            if row.referral_status == "referred"
            else row.referral_status
            for row in frame.itertuples()
        ],
        index=frame.index,
        dtype=object,
    )


def _state(referrer: object, day: pd.Timestamp, frame: pd.DataFrame) -> str:
    if pd.isna(referrer):
        return "referrer_unknown"
    own = frame[(frame["person_id"] == referrer) & (frame["start_date"] <= day)]
    if own.empty:
        return "referrer_never_placed"
    runs = own["end_date"].isna() & ~own["is_end_unknown"]
    if (runs | (own["end_date"] >= day)).any():
        return "referrer_placed"
    return "referrer_unknown" if own["is_end_unknown"].any() else "referrer_left"
