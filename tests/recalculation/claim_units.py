"""Who stands on which side of each claim, and what came of it, from the agency model."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tests.recalculation.applications import applications
from tests.recalculation.client_figures import windows, years
from tests.recalculation.frames import Period, Records, newest, periods
from tests.recalculation.placements import jobs, placements
from tests.recalculation.surveys import alerts, scored

DAY = pd.Timedelta(1, "D")
WEEK = 7 * DAY
PATIENCE = 90
FOLLOWED = 365
YEAR_DAYS = 365.25


def claim_periods(records: Records) -> list[Period]:
    """All, and the newest finished trailing_12m."""
    return [p for p in newest(periods(records)) if p.name in ("all", "trailing_12m")]


def succeed(records: Records, period: Period) -> pd.DataFrame:
    """Applications old enough to tell, referred or not by then: accepted within 90 days or not."""
    sent = applications(records)
    day = sent["applied_at"].dt.normalize()
    known = sent["referral_status"].isin(["referred", "not_referred"])
    sent = sent[known & period.holds(day) & (day <= records.as_of - PATIENCE * DAY)]
    won = sent["outcome"].isin(["placed", "start_expected"]) & (sent["days_to_hire"] <= PATIENCE)
    return pd.DataFrame(
        {
            "cluster": sent["person_id"].fillna(sent["application_id"]),
            "person": sent["person_id"].fillna(sent["application_id"]),
            "side": np.where(sent["referral_status"] == "referred", "a", "b"),
            "stratum": sent["job_family"] + "|" + sent["seniority"],
            "outcome": won.astype(float),
            "exposure": 1.0,
            "events": won.astype(float),
        }
    )


def feedback(records: Records, period: Period) -> pd.DataFrame:
    """Rejected candidates' answers to the rejection survey, with feedback before or not."""
    told = scored(records)
    told = told[(told["trigger"] == "rejection") & (told["audience"] == "candidate")]
    told = told[period.holds(told["submitted_at"])].sort_values(["submitted_at", "response_id"])
    told = told.groupby("unit").tail(1)
    told = told[told["has_feedback"].notna()]
    kinds = jobs(records).set_index("job_id")
    stratum = told["job_id"].map(kinds["job_family"] + "|" + kinds["seniority"])
    return pd.DataFrame(
        {
            "cluster": told["respondent_key"],
            "person": told["respondent_key"],
            "side": np.where(told["has_feedback"].eq(True), "a", "b"),
            "stratum": stratum.fillna("unknown|unknown"),
            "outcome": told["band"].map({"promoter": 100.0, "passive": 0.0, "detractor": -100.0}),
            "exposure": 1.0,
            "events": np.nan,
        }
    )


def follow_up(records: Records, period: Period) -> pd.DataFrame:
    """Detractors who answered again after more than a week: called within the week or not."""
    told = alerts(records)
    told = told[period.holds(told["submitted_at"]) & told["next_response_id"].notna()]
    when = told["next_response_id"].map(scored(records).set_index("response_id")["submitted_at"])
    told = told[when - told["submitted_at"] > WEEK]
    called = pd.to_datetime(told["followed_up_at"]) - told["submitted_at"] <= WEEK
    band = np.where(told["score"] <= 3, "0-3", "4-6")
    return pd.DataFrame(
        {
            "cluster": told["person_id"],
            "person": told["person_id"],
            "side": np.where(called, "a", "b"),
            "stratum": told["audience"] + "|" + told["survey_kind"] + "|" + band,
            "outcome": told["next_score"].astype(float),
            "exposure": 1.0,
            "events": np.nan,
        }
    )


def landmarks(records: Records, period: Period) -> pd.DataFrame:
    """Clients and what they thought before each window; windows a whole number of years apart."""
    all_windows = sorted(windows(records), key=lambda window: window.start)
    last = all_windows[-1]
    kept = [w for w in all_windows if w.start.month == last.start.month]
    books = [
        years(records, window).query("invoices_before > 0")
        for window in (kept if period.name == "all" else [last])
    ]
    book = pd.concat(books).reset_index()
    bands = pd.cut(book["invoices_before"], [0, 1, 4, np.inf], labels=["1", "2-4", "5+"])
    return book.assign(invoices_band=bands.astype(str), stays=book["invoices_after"] > 0)


def _stays(book: pd.DataFrame, column: str, sides: dict[str, str], stratum: str) -> pd.DataFrame:
    book = book[book[column].isin(sides)]
    return pd.DataFrame(
        {
            "cluster": book["company_id"],
            "person": book["company_id"],
            "side": book[column].map(sides),
            "stratum": book[stratum],
            "outcome": book["stays"].astype(float),
            "exposure": 1.0,
            "events": (~book["stays"]).astype(float),
        }
    )


def promoters_stay(records: Records, period: Period) -> pd.DataFrame:
    """Clients that promoted or detracted before the window: invoiced in it or not."""
    sides = {"promoter": "a", "detractor": "b"}
    return _stays(landmarks(records, period), "nps_band", sides, "invoices_band")


def promoters_grow(records: Records, period: Period) -> pd.DataFrame:
    """The same clients' revenue of the window by that of the year before."""
    book = landmarks(records, period)
    book = book[book["nps_band"].isin(["promoter", "detractor"])]
    units = promoters_stay(records, period)
    return units.assign(
        outcome=book["revenue_after"], exposure=book["revenue_before"], events=np.nan
    )


def understood_stay(records: Records, period: Period) -> pd.DataFrame:
    """Clients that had felt understood, or not, before the window: invoiced in it or not."""
    sides = {"understood": "a", "not_understood": "b"}
    return _stays(landmarks(records, period), "understood", sides, "nps_band")


def referrals(records: Records) -> pd.DataFrame:
    """When each person first referred each other candidate, who had not been placed before."""
    named = records.table("int_referrals")
    named = named[(named["referred_kind"] == "candidate") & ~named["is_self_referral"].eq(True)]
    named = named[named["referrer_person_id"].notna() & (named["evidence_strength"] >= 4)]
    named = named[named["referred_at"].dt.normalize() <= records.as_of]
    pair = ["referrer_person_id", "referred_person_id"]
    # Two claims of one instant: the stronger brought the person, as claims are settled.
    order = {"referred_at": True, "evidence_strength": False, "referral_id": True}
    told = named.sort_values(list(order), ascending=list(order.values()))
    first = told.groupby(pair).head(1)
    first = first[~_closes_a_circle(first)]
    started = records.table("int_placements").query("is_started")
    placed = first["referred_person_id"].map(started.groupby("person_id")["start_date"].min())
    return first[~(placed < first["referred_at"].dt.normalize())]


def _closes_a_circle(edges: pd.DataFrame) -> pd.Series:
    """Which edges, in order of time, come from somebody whom the referred had brought."""
    parent: dict[str, str] = {}
    closing = []
    for edge in edges.itertuples():
        above, person = set(), edge.referrer_person_id
        while person is not None and person not in above:
            above.add(person)
            person = parent.get(person)
        closing.append(edge.referred_person_id in above)
        if not closing[-1]:
            parent.setdefault(edge.referred_person_id, edge.referrer_person_id)
    return pd.Series(closing, index=edges.index, dtype=bool)


def experiences(records: Records) -> pd.DataFrame:
    """People placed who answered since: start, first answer, first bad score, first better one."""
    frame = placements(records).query("is_started").sort_values(["start_date", "placement_id"])
    first = frame.groupby("person_id").head(1)
    told = scored(records).query("audience == 'candidate'")
    told = told.merge(first[["person_id", "start_date", "job_family", "seniority"]], on="person_id")
    told = told[told["submitted_at"] >= told["start_date"]].sort_values(
        ["submitted_at", "response_id"]
    )
    bad = told[told["score"] <= 6].groupby("person_id")["submitted_at"].first().rename("soured_at")
    told = told.merge(bad.reset_index(), on="person_id", how="left")
    better = told[(told["score"] >= 7) & (told["submitted_at"] > told["soured_at"])]
    recovered = better.groupby("person_id")["submitted_at"].first().rename("recovered_at")
    people = told.groupby("person_id").first().join(recovered).reset_index()
    return people.assign(last_seen_at=records.as_of)


def spells(records: Records, after: str) -> pd.DataFrame:
    """Time and referrals before the first bad score, and in the spell ``after`` it, by tenure."""
    if after == "after":
        parts = pd.concat([spells(records, "unrecovered"), spells(records, "recovered")])
        before = parts[parts["side"] == "b"].drop_duplicates(["person", "stratum"])
        return pd.concat([parts[parts["side"] == "a"], before])
    people = experiences(records).query("soured_at.notna()")
    end = people["last_seen_at"]
    limits = {
        "unrecovered": (people["soured_at"], people["recovered_at"].fillna(end)),
        "recovered": (people["recovered_at"], end),
    }
    is_kept = limits[after][0].notna()
    made = referrals(records)
    rows = []
    for side, (start, stop) in (
        ("a", limits[after]),
        ("b", (people["start_date"], people["soured_at"])),
    ):
        for person, placed, begins, ends in zip(
            people["person_id"], people["start_date"], start, stop, strict=True
        ):
            own = made.loc[made["referrer_person_id"] == person, "referred_at"]
            rows += [
                {**row, "person": person, "cluster": person, "side": side}
                for row in _tenures(placed, begins, ends, own)
            ]
    units = pd.DataFrame(rows)
    return units[units["person"].isin(people.loc[is_kept, "person_id"])]


def _tenures(
    placed: pd.Timestamp, begins: pd.Timestamp, ends: pd.Timestamp, made: pd.Series
) -> Iterator[dict[str, object]]:
    """A spell cut where a placement is 90, 180 and 365 days old."""
    if pd.isna(begins):
        return
    edges = [placed + days * DAY for days in (0, 90, 180, 365)] + [pd.Timestamp.max]
    for number in range(4):
        low, high = max(begins, edges[number]), min(ends, edges[number + 1])
        if high <= low:
            continue
        count = float(((made >= low) & (made < high)).sum())
        exposure = round((high - low) / DAY / YEAR_DAYS, 6)
        yield {"stratum": str(number), "outcome": count, "exposure": exposure, "events": count}


def next_year(records: Records) -> pd.DataFrame:
    """People followed for 365 days since their first answer: a bad one, or another."""
    people = experiences(records)
    until = people["submitted_at"] + FOLLOWED * DAY
    people = people[until <= people["last_seen_at"]]
    made = referrals(records)
    counts = [
        float(
            (
                (made["referrer_person_id"] == row.person_id)
                & (made["referred_at"] >= row.submitted_at)
                & (made["referred_at"] < row.submitted_at + FOLLOWED * DAY)
            ).sum()
        )
        for row in people.itertuples()
    ]
    return pd.DataFrame(
        {
            "cluster": people["person_id"],
            "person": people["person_id"],
            "side": np.where(people["score"] <= 6, "a", "b"),
            "stratum": people["job_family"] + "|" + people["seniority"],
            "outcome": counts,
            "exposure": 1.0,
            "events": counts,
        }
    )
