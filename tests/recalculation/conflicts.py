"""fct_attribution_conflicts and metric_evidence_conflicts written anew: evidence at odds."""

from functools import cache

import numpy as np
import pandas as pd

from tests.recalculation.attribution import (
    LOOK_BACK_DAYS,
    NONE,
    conversions,
    judged,
    paths,
    strongest_referral,
)
from tests.recalculation.costs import cost_lines
from tests.recalculation.frames import FLOOR, Records, periods, wilson
from tests.recalculation.referrals import CLAIM_DAYS
from tests.recalculation.touchpoints import source_statements, touchpoints

KINDS = ("leakage", "disagreement", "competing_claims", "self_referral", "after_conversion")
WITNESS = {
    **dict.fromkeys(("person", "application", "contact"), "ats"),
    **dict.fromkeys(("lead", "opportunity"), "crm"),
    "survey": "survey",
}
CONVERSION = ("conversion_id", "subject_kind", "subject_id", "converted_date", "net_fee_amount")
MONEY = ("net_fee_at_stake", "bounty_at_stake")
FIGURES = (
    *("value", "numerator", "denominator", "ci_low", "ci_high", "share_low", "share_high"),
    *("conflicts", *MONEY),
)
KEYS = ("metric", "period", "period_start", "subject_kind", "conflict_kind")


@cache
def witnesses(records: Records) -> pd.DataFrame:
    """Each conversion with what it is credited to, and what each witness says it came from."""
    won = conversions(records)[list(CONVERSION)]
    told = paths(records)
    settled = [
        {
            "conversion_id": key,
            "settled_touchpoint_id": path["touchpoint_id"].iloc[strongest_referral(path)],
            "settled_channel": path["channel"].iloc[strongest_referral(path)],
            "has_referral": bool(path["is_referral"].any()),
        }
        for key, path in told.groupby("conversion_id")
    ]
    won = won.merge(pd.DataFrame(settled), on="conversion_id")
    for witness in ("ats", "crm", "survey"):
        heard = _heard(records, witness)
        won = won.merge(heard, on=["subject_kind", "subject_id"], how="left")
        # An answer tells of the past; what ATS and CRM come to say later was not known.
        is_late = won[f"{witness}_at"].dt.normalize() > won["converted_date"]
        if witness != "survey":
            named = [f"{witness}_touchpoint_id", f"{witness}_channel"]
            won.loc[is_late, named] = None
    return won


def _heard(records: Records, witness: str) -> pd.DataFrame:
    """One statement of a known channel per subject: the candidate's own record, else the oldest."""
    said = source_statements(records)
    said = said.assign(record=said["touchpoint_id"].str.split(":").str[0])
    said = said[(said["record"].map(WITNESS) == witness) & (said["channel"] != "unknown")]
    said = said[said["subject_id"].notna() & (said["touched_at"].dt.normalize() <= records.as_of)]
    said = said.assign(is_other=said["record"] != "person")
    said = said.sort_values(["is_other", "touched_at", "touchpoint_id"])
    said = said.drop_duplicates(["subject_kind", "subject_id"])
    said = said[["subject_kind", "subject_id", "touchpoint_id", "channel", "touched_at"]]
    return said.rename(
        columns={
            "touchpoint_id": f"{witness}_touchpoint_id",
            "channel": f"{witness}_channel",
            "touched_at": f"{witness}_at",
        }
    )


@cache
def conflicts(records: Records) -> pd.DataFrame:
    """One row per conflict, both sides kept."""
    found = pd.concat(
        [_leakage(records), *_disagreements(records), _competing(records), _worthless(records)],
        ignore_index=True,
    )
    won = witnesses(records).set_index("conversion_id")
    money = won["net_fee_amount"].reindex(found["conversion_id"]).fillna(0).to_numpy()
    converted = won["converted_date"].reindex(found["conversion_id"]).to_numpy()
    standing = won["settled_touchpoint_id"].reindex(found["conversion_id"]).to_numpy()
    is_rival = found["conflict_kind"] == "competing_claims"
    bounty = found["conversion_id"].map(_bounties(records)).fillna(0)
    return found.assign(
        conflict_id=found["conflict_kind"].str.cat(
            [
                found["subject_kind"],
                found["conversion_id"].fillna(NONE),
                found["touchpoint_id"],
                found["other_touchpoint_id"].fillna(NONE),
            ],
            sep=":",
        ),
        settled_touchpoint_id=found["other_touchpoint_id"].where(is_rival, standing),
        net_fee_amount=money,
        bounty_amount=bounty.where(found["subject_kind"] == "candidate"),
        conflict_date=pd.Series(converted, found.index).fillna(found["touched_at"].dt.normalize()),
    )


def _leakage(records: Records) -> pd.DataFrame:
    """A referral among what counts, while the ATS (else the CRM) names another source."""
    won = witnesses(records)
    speaks = won["ats_channel"].notna()
    said = won["ats_channel"].fillna(won["crm_channel"])
    other = won["ats_touchpoint_id"].where(speaks, won["crm_touchpoint_id"])
    lost = won.assign(
        conflict_kind="leakage",
        side="referral",
        other_side=np.where(speaks, "ats", "crm"),
        touchpoint_id=won["settled_touchpoint_id"],
        channel=won["settled_channel"],
        other_touchpoint_id=other,
        other_channel=said,
    )
    return lost[won["has_referral"] & said.notna() & (said != "referral")]


def _disagreements(records: Records) -> list[pd.DataFrame]:
    won = witnesses(records)
    found = []
    for side, other in (("ats", "survey"), ("ats", "crm"), ("crm", "survey")):
        both = won[won[f"{side}_channel"].notna() & won[f"{other}_channel"].notna()]
        apart = both[both[f"{side}_channel"] != both[f"{other}_channel"]]
        found.append(
            apart.assign(
                conflict_kind="disagreement",
                side=side,
                other_side=other,
                touchpoint_id=apart[f"{side}_touchpoint_id"],
                channel=apart[f"{side}_channel"],
                other_touchpoint_id=apart[f"{other}_touchpoint_id"],
                other_channel=apart[f"{other}_channel"],
            )
        )
    return found


def _claims(records: Records) -> pd.DataFrame:
    """Referrals by somebody known that are not of oneself, nor later than all they could be for."""
    told = touchpoints(records)
    told = told[told["is_referral"] & ~told["is_self_referral"] & told["subject_id"].notna()]
    told = told[(told["touched_at"].dt.normalize() <= records.as_of) & told["referrer"].notna()]
    weighed = judged(records)
    counted = weighed.loc[weighed["touch_status"] == "counted", "touchpoint_id"]
    late = weighed.loc[weighed["touch_status"] == "after_conversion", "touchpoint_id"]
    is_in_vain = told["touchpoint_id"].isin(late) & ~told["touchpoint_id"].isin(counted)
    return told[~is_in_vain].sort_values(
        ["touched_at", "evidence_strength", "source_record_id", "touchpoint_id"],
        ascending=[True, False, True, True],
    )


def _competing(records: Records) -> pd.DataFrame:
    """Claims that came while another referrer's was valid; the earliest valid one stands."""
    reach = _nearest(records)
    rows = []
    for (kind, subject), claims in _claims(records).groupby(["subject_kind", "subject_id"]):
        days = claims["touched_at"].dt.normalize()
        for claim, day in zip(claims.itertuples(), days, strict=True):
            age = (day - days).dt.days
            standing = claims[(age >= 0) & (age <= CLAIM_DAYS)].iloc[0]
            if standing["referrer"] == claim.referrer:
                continue
            conversion, age_days = reach.get(claim.touchpoint_id, (None, None))
            is_in_reach = age_days is not None and age_days >= 0
            rows.append(
                {
                    "conflict_kind": "competing_claims",
                    **{"subject_kind": kind, "subject_id": subject},
                    "conversion_id": conversion if is_in_reach else None,
                    **{"side": "referral", "other_side": "referral"},
                    "touchpoint_id": claim.touchpoint_id,
                    "channel": claim.channel,
                    "other_touchpoint_id": standing["touchpoint_id"],
                    "other_channel": standing["channel"],
                    "touched_at": claim.touched_at,
                }
            )
    return pd.DataFrame(rows)


def _nearest(records: Records) -> dict[str, tuple[str, int]]:
    """The conversion each referral is about: the next within reach, else the last before it."""
    pairs = judged(records)
    pairs = pairs[pairs["is_referral"]]
    age = pairs["age_days"]
    is_in_reach = (age >= 0) & (age <= pairs["subject_kind"].map(LOOK_BACK_DAYS))
    pairs = pairs.assign(is_before=~is_in_reach, distance=age.abs())[is_in_reach | (age < 0)]
    pairs = pairs.sort_values(["is_before", "distance", "conversion_id"])
    pairs = pairs.drop_duplicates("touchpoint_id")
    told = zip(pairs["conversion_id"], pairs["age_days"], strict=True)
    return dict(zip(pairs["touchpoint_id"], told, strict=True))


def _worthless(records: Records) -> pd.DataFrame:
    """Referrals of oneself, and those recorded after the conversion they would be for."""
    told = touchpoints(records)
    told = told[told["is_referral"] & (told["touched_at"].dt.normalize() <= records.as_of)]
    reach = _nearest(records)
    of = [reach.get(key, (None, None)) for key in told["touchpoint_id"]]
    told = told.assign(
        conversion_id=[conversion for conversion, _ in of],
        age=[np.nan if age is None else age for _, age in of],
    )
    is_late = (told["age"] < 0) & (told["evidence"] != "survey_answer")
    told = told[told["is_self_referral"] | is_late]
    won = witnesses(records).set_index("conversion_id")
    credited = won.reindex(told["conversion_id"])
    has_conversion = told["conversion_id"].notna()
    return told.assign(
        conflict_kind=told["is_self_referral"].map(
            {True: "self_referral", False: "after_conversion"}
        ),
        side="referral",
        other_side=pd.Series("credited", told.index).where(has_conversion, None),
        other_touchpoint_id=credited["settled_touchpoint_id"].to_numpy(),
        other_channel=credited["settled_channel"].to_numpy(),
    )


def _bounties(records: Records) -> pd.Series:
    """Referral bonuses by conversion, as billed, else as agreed."""
    paid = cost_lines(records)
    paid = paid[paid["cost_category"] == "referral_bonuses"]
    return paid.groupby("placement:" + paid["placement_id"])["reporting_amount"].sum()


def shares(records: Records) -> pd.DataFrame:
    """The whole mart of one tenant, as published."""
    won, found = witnesses(records), conflicts(records)
    silent = _silent(won)
    rows = []
    for period in periods(records):
        for kind, inside in won[period.holds(won["converted_date"])].groupby("subject_kind"):
            own = found[period.holds(found["conflict_date"]) & (found["subject_kind"] == kind)]
            quiet = silent[silent["conversion_id"].isin(inside["conversion_id"])]
            for conflict in KINDS:
                rows.append(
                    {
                        **{"metric": "conflict_share", "subject_kind": kind},
                        **{"period": period.name, "period_start": period.start},
                        "conflict_kind": conflict,
                        **_share(
                            own[own["conflict_kind"] == conflict],
                            len(inside),
                            int((quiet["conflict_kind"] == conflict).sum()),
                        ),
                    }
                )
    return _published(pd.DataFrame(rows))


def _silent(won: pd.DataFrame) -> pd.DataFrame:
    """Conversions that may hide a conflict, since those who would tell say nothing."""
    told = won[["ats_channel", "crm_channel", "survey_channel"]].notna()
    unsaid = ~told["ats_channel"] & ~told["crm_channel"]
    may_leak = won[won["has_referral"] & unsaid].assign(conflict_kind="leakage")
    may_differ = won[told.sum(axis=1) < 2].assign(conflict_kind="disagreement")
    return pd.concat([may_leak, may_differ])


def _share(own: pd.DataFrame, n: int, silent: int) -> dict[str, object]:
    at_stake = own[own["conversion_id"].notna()].drop_duplicates("conversion_id")
    affected = len(at_stake)
    low, high = wilson(affected, n)
    return {
        **{"value": affected / n, "numerator": affected, "denominator": n, "n": n},
        **{"ci_low": low, "ci_high": high, "conflicts": len(own)},
        **{"share_low": affected / n, "share_high": (affected + silent) / n},
        "net_fee_at_stake": at_stake["net_fee_amount"].sum(),
        "bounty_at_stake": at_stake["bounty_amount"].sum(),
    }


def _published(rows: pd.DataFrame) -> pd.DataFrame:
    """Without the money of few conversions, and without anything about few people."""
    rows = rows.assign(is_suppressed=rows["n"] < FLOOR)
    rows.loc[rows["numerator"].between(1, FLOOR - 1), list(MONEY)] = np.nan
    rows.loc[rows["subject_kind"] == "client", "bounty_at_stake"] = np.nan
    rows.loc[rows["is_suppressed"], list(FIGURES)] = np.nan
    return rows
