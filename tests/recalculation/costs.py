"""Recruiting cost by channel and month: lines, effort, shares, hires and what guarantees cost."""

from functools import cache

import numpy as np
import pandas as pd

from tests.recalculation.applications import applications
from tests.recalculation.attribution import channels, credits
from tests.recalculation.frames import Records, month, periods, seed
from tests.recalculation.hiring import days_open
from tests.recalculation.money import (
    REPORTING_CURRENCY,
    converted,
    cost_categories,
    revenue,
)

EVERYBODY = "(all)"
EFFORT = ("screening", "submitted", "interview")
NOT_RECRUITING = ("general", "contractor_pay", "revenue_refund")
UNITS_PER_YEAR = {"year": 1, "month": 12, "week": 52, "day": 260, "hour": 1950}
REPLACEMENT_DAYS, BILLING_DAYS = 180, 60


@cache
def cost_lines(records: Records) -> pd.DataFrame:
    """Posted cost lines and bounties that no bill covers, in reporting currency."""
    lines = cost_categories(records.table("int_vendor_costs"))
    lines = lines[lines["is_posted"] & ~lines["cost_category"].isin(NOT_RECRUITING)]
    known = seed("channel_map").query("source_system == 'xero'")
    known = known.set_index("source_value")["channel"]
    mapped = lines["channel"].map(known).fillna("unknown").where(lines["channel"].notna(), None)
    is_bounty = lines["cost_category"] == "referral_bonuses"
    lines = lines.assign(
        cost_line_id=lines["vendor_cost_id"], channel=mapped.mask(is_bounty, "referral")
    )
    billed = set(lines.loc[is_bounty, "placement_id"])
    columns = [
        "cost_line_id", "channel", "cost_category", "is_recruiting_cost", "is_comparable",
        "currency", "amount", "document_date", "placement_id",
    ]  # fmt: skip
    given = [lines[columns], _bounties(records, billed)[columns], internal_lines(records)]
    both = pd.concat([rows for rows in given if len(rows)], ignore_index=True)
    both = both.reindex(columns=[*columns, "is_internal", "recruiter_id"])
    both = converted(both)
    for flag in ("is_recruiting_cost", "is_comparable", "is_internal"):
        both[flag] = both[flag].eq(True)
    return both[both["document_date"] <= records.as_of]


def _bounties(records: Records, billed: set[str]) -> pd.DataFrame:
    placed = records.table("int_placements")
    owed = placed[placed["is_started"] & (placed["referral_fee_amount"] > 0)]
    owed = owed[~owed["placement_id"].isin(billed)]
    return owed.assign(
        cost_line_id="referral_fee:" + owed["placement_id"],
        channel="referral",
        cost_category="referral_bonuses",
        is_recruiting_cost=True,
        is_comparable=True,
        currency=REPORTING_CURRENCY,
        amount=owed["referral_fee_amount"],
        document_date=owed["start_date"],
    )


@cache
def effort(records: Records) -> pd.DataFrame:
    """Events of all candidates by month and channel, of everybody and of each recruiter.

    Everybody's are minutes in a month whose staff time is all logged by channel. Applications
    stand in for a month without any event.
    """
    known = channels(records)
    known = known[known["subject_kind"] == "candidate"].set_index("subject_id")["channel"]
    moves = records.table("int_stage_events")
    moves = moves[moves["stage_group"].isin(EFFORT)]
    sent = records.table("int_applications").rename(columns={"applied_at": "entered_at"})
    found = []
    for key in (None, "recruiter_id"):
        moved, applied = (_counted(records, rows, known, key) for rows in (moves, sent))
        cell = ["effort_key", "effort_month"]
        busy = pd.MultiIndex.from_frame(moved[cell])
        idle = ~pd.MultiIndex.from_frame(applied[cell]).isin(busy)
        found.append(pd.concat([moved, applied[idle]]))
    logged = _logged(records)
    is_logged = found[0]["effort_month"].isin(logged["effort_month"])
    return pd.concat([found[0][~is_logged], logged, found[1]], ignore_index=True)


def _counted(
    records: Records, events: pd.DataFrame, known: pd.Series, key: str | None
) -> pd.DataFrame:
    events = events[events["entered_at"].dt.normalize() <= records.as_of]
    events = events.assign(
        effort_key=events[key] if key else EVERYBODY,
        effort_month=month(events["entered_at"]),
        channel=events["person_id"].map(known).fillna("unknown"),
    )
    cell = ["effort_key", "effort_month", "channel"]
    return events.groupby(cell).size().rename("events").reset_index()


def _logged(records: Records) -> pd.DataFrame:
    """Minutes by channel of the months whose recruiter and sourcer time is all logged so."""
    time = _internal(records)
    time = time[time["cost_kind"].isin(["recruiter_time", "sourcer_time"])]
    is_whole = time.groupby("cost_month")["channel"].transform(lambda named: named.notna().all())
    time = time[is_whole.astype(bool)].rename(columns={"cost_month": "effort_month"})
    minutes = (time["hours"].fillna(0) * 60).round()
    time = time.assign(effort_key=EVERYBODY, events=minutes)
    cell = ["effort_key", "effort_month", "channel"]
    summed = time.groupby(cell)["events"].sum().reset_index()
    return summed[summed["events"] > 0]


def _internal(records: Records) -> pd.DataFrame:
    """Rows of internal_costs that count: with an amount, from the first month on record."""
    rows = records.table("seeds.internal_costs")
    rows["cost_month"] = month(pd.to_datetime(rows["cost_month"]))
    rows["money"] = rows["amount"].fillna(rows["hours"] * rows["hourly_rate"])
    first = periods(records)[-1].start
    rows = rows[rows["money"].notna() & (rows["cost_month"] >= first)]
    mapped = set(seed("channel_map")["channel"]) | {"unknown"}
    users = set(records.table("int_recruiters")["recruiter_id"])
    named = rows["channel"].where(rows["channel"].isin(mapped), "unknown")
    return rows.assign(
        given_channel=rows["channel"],
        given_recruiter_id=rows["recruiter_id"],
        channel=named.where(rows["channel"].notna(), None),
        recruiter_id=rows["recruiter_id"].where(rows["recruiter_id"].isin(users), None),
    )


def internal_lines(records: Records) -> pd.DataFrame:
    """The agency's own costs as lines; a month's cost counts on its last day."""
    rows = _internal(records)
    last = rows["cost_month"] + pd.offsets.MonthEnd(0)
    given = rows["cost_month"].dt.strftime("%Y-%m")
    parts = [
        pd.Series("internal", rows.index), rows["tenant_id"], given,
        rows["cost_kind"], rows["given_recruiter_id"].fillna(""), rows["given_channel"].fillna(""),
        rows["currency"],
    ]  # fmt: skip
    return pd.DataFrame(
        {
            "cost_line_id": parts[0].str.cat(parts[1:], sep=":"),
            "channel": rows["channel"],
            "cost_category": rows["cost_kind"],
            "is_recruiting_cost": True,
            "is_comparable": True,
            "currency": rows["currency"],
            "amount": rows["money"],
            "document_date": last,
            "is_internal": True,
            "recruiter_id": rows["recruiter_id"],
        }
    )


@cache
def costs(records: Records) -> pd.DataFrame:
    """Shares of the lines: direct ones whole, shared ones by effort of the month.

    A recruiter's time follows their own effort, else everybody's. A share is the difference of two
    rounded running totals, channels by name.
    """
    lines = cost_lines(records).assign(document_month=lambda c: month(c["document_date"]))
    is_unmapped = lines["channel"].isna() & ~lines["is_recruiting_cost"]
    is_shared = lines["channel"].isna() & lines["is_recruiting_cost"]
    lines["allocation"] = np.select([is_unmapped, is_shared], ["unmapped", "shared"], "direct")
    direct = lines[~is_shared].assign(channel=lines["channel"].fillna("unknown"))
    by_effort = effort(records).rename(columns={"effort_month": "document_month"})
    cell = ["effort_key", "document_month"]
    by_effort = by_effort.sort_values([*cell, "channel"])
    by_effort["through"] = by_effort.groupby(cell)["events"].cumsum()
    by_effort["total"] = by_effort.groupby(cell)["events"].transform("sum")
    shared = lines[is_shared].drop(columns="channel").rename(columns={"recruiter_id": "effort_key"})
    busy = pd.MultiIndex.from_frame(shared[cell]).isin(pd.MultiIndex.from_frame(by_effort[cell]))
    shared["effort_key"] = shared["effort_key"].where(busy, EVERYBODY)
    shared = shared.merge(by_effort, on=cell, how="left")
    shared["channel"] = shared["channel"].fillna("unknown")
    before, through = shared["through"] - shared["events"], shared["through"]
    for column in ("amount", "reporting_amount"):
        to, since = (
            _rounded(shared[column] * (part / shared["total"]).fillna(whole))
            for part, whole in ((through, 1.0), (before, 0.0))
        )
        shared[column] = to - since
    return pd.concat([direct, shared], ignore_index=True)


def _rounded(amounts: pd.Series) -> pd.Series:
    """Half away from zero to the ten-thousandth, as decimals are rounded."""
    return np.sign(amounts) * np.floor(amounts.abs() * 1e4 + 0.5 + 1e-7) / 1e4


@cache
def hires(records: Records) -> pd.DataFrame:
    """Started placements by channel of the default model, with their pay of a full year."""
    given = credits(records)
    given = given[(given["attribution_model"] == "referral_first") & (given["credit"] > 0)]
    given = given[given["subject_kind"] == "candidate"]
    given = given.assign(placement_id=given["conversion_id"].str.removeprefix("placement:"))
    parts = given.groupby(["placement_id", "channel"])["credit"].sum().reset_index()
    placed = records.table("int_placements")
    pay = compensation(placed)
    placed = placed.assign(first_year_compensation=placed["placement_id"].map(pay))
    found = parts.merge(placed, on="placement_id")
    return found.assign(hired_month=month(found["start_date"]))


def compensation(placed: pd.DataFrame) -> pd.Series:
    """Pay of a full year by placement in reporting currency; null where anything is unknown."""
    amount = placed["salary_amount"].fillna(placed["pay_rate"])
    yearly = amount * placed["salary_unit"].map(UNITS_PER_YEAR)
    paid = placed.assign(amount=yearly, document_date=placed["start_date"])
    paid = paid[paid["is_started"] & paid["amount"].notna() & paid["currency"].notna()]
    return converted(paid).set_index("placement_id")["reporting_amount"]


@cache
def channel_months(records: Records) -> pd.DataFrame:
    """Recruiting cost by channel and month: all, direct, external, and not comparable."""
    spent = costs(records)
    spent = spent[spent["is_recruiting_cost"]]
    is_direct = spent["allocation"] == "direct"
    spent = spent.assign(
        loaded=spent["reporting_amount"].fillna(0),
        direct=spent["reporting_amount"].where(is_direct, 0).fillna(0),
    )
    for kind in ("loaded", "direct"):
        spent[f"excluded_{kind}"] = spent[kind].where(~spent["is_comparable"], 0)
        spent[f"external_{kind}"] = spent[kind].where(~spent["is_internal"], 0)
    money = [
        "loaded", "direct", "excluded_loaded", "excluded_direct", "external_loaded",
        "external_direct",
    ]  # fmt: skip
    found = spent.groupby(["channel", "document_month"])[money].sum().reset_index()
    return found.rename(columns={"document_month": "month"})


@cache
def losses(records: Records) -> pd.DataFrame:
    """Money returned on fall-offs, and the work of replacing them, by channel and month."""
    placed = records.table("int_placements")
    placed = placed[placed["is_started"]]
    income = revenue(records)
    credited = hires(records)
    returned = income[income["document_type"].isin(["credit_note", "revenue_refund"])]
    returned = returned[returned["placement_id"].isin(placed[placed["is_falloff"]]["placement_id"])]
    returned = returned.merge(credited[["placement_id", "channel", "credit"]], on="placement_id")
    refunds = pd.DataFrame(
        {
            "channel": returned["channel"],
            "month": month(returned["document_date"]),
            "refunds": -returned["reporting_amount"].fillna(0) * returned["credit"],
            "replacement_work": 0.0,
        }
    )
    return pd.concat([refunds, _replacement_work(records, placed, income)], ignore_index=True)


def _replacement_work(records: Records, placed: pd.DataFrame, income: pd.DataFrame) -> pd.DataFrame:
    invoiced = set(income.loc[income["document_type"] == "invoice", "placement_id"])
    is_free = ~placed["placement_id"].isin(invoiced)
    is_old = placed["start_date"] + pd.Timedelta(days=BILLING_DAYS) <= records.as_of
    free = placed[is_free & is_old][["placement_id", "job_id", "person_id", "start_date"]]
    lost = placed[placed["is_falloff"]]
    pairs = lost.merge(free, on="job_id", suffixes=("", "_next"))
    wait = (pairs["start_date_next"] - pairs["terminated_date"]).dt.days
    pairs = pairs[
        (pairs["placement_id"] != pairs["placement_id_next"])
        & (pairs["person_id"] != pairs["person_id_next"])
        & wait.between(0, REPLACEMENT_DAYS)
    ].sort_values(["start_date_next", "placement_id_next"])
    pairs = pairs.drop_duplicates("placement_id")
    credited = hires(records)
    price = cost_per_credit(records)
    work = pairs[["placement_id_next"]].merge(
        credited, left_on="placement_id_next", right_on="placement_id"
    )
    keys = pd.MultiIndex.from_frame(work[["channel", "hired_month"]])
    each = price.reindex(keys).fillna(0).to_numpy()
    return pd.DataFrame(
        {
            "channel": work["channel"],
            "month": work["hired_month"],
            "refunds": 0.0,
            "replacement_work": each * work["credit"].to_numpy(),
        }
    )


@cache
def cost_per_credit(records: Records) -> pd.Series:
    """What a hire of a channel and month cost, fully loaded; no spend is nothing."""
    spent = channel_months(records).set_index(["channel", "month"])["loaded"]
    credited = hires(records).groupby(["channel", "hired_month"])["credit"].sum()
    return spent.reindex(credited.index).fillna(0) / credited


@cache
def lag_months(records: Records) -> int:
    """Median whole days from opening to offer in months, rounded up, from 1 to 12."""
    taken = applications(records)
    taken = taken[taken["placement_id"].notna()]
    median = days_open(records, taken).median()
    return 1 if np.isnan(median) else int(np.clip(np.ceil(median / (365.25 / 12)), 1, 12))
