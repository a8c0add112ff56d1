"""Who was asked, who stayed silent, and who answered late: what response rates rest on."""

from functools import cache

import numpy as np
import pandas as pd

from tests.recalculation.frames import Records, periods, windowed
from tests.recalculation.surveys import SERIES, answers, event_of, populations, scored, units

PERIOD = ["period", "period_start"]
WINDOW = [*PERIOD, *SERIES]


@cache
def invitations(records: Records) -> pd.DataFrame:
    """Invitations up to the day of the figures, with what they asked about."""
    sent = records.table("int_survey_invitations")
    sent = sent[sent["delivered_at"].dt.normalize() <= records.as_of].reset_index(drop=True)
    sent = sent.rename(columns={"respondent_kind": "audience"})
    sent["event_id"] = [event_of(row) for row in sent.to_dict("records")]
    sent["population"] = populations(records, sent.assign(submitted_at=sent["delivered_at"]))
    return sent.assign(unit=units(sent))


def telling(records: Records) -> set[str]:
    """Sources that say whom they asked."""
    return set(invitations(records)["source_relation"])


@cache
def asked(records: Records) -> pd.DataFrame:
    """Per period and series: people, units, invitations, answers to them, and whether all is told.

    Who was asked or answered counts once; nothing is told where an answer's source tells nothing.
    """
    sent = invitations(records)
    heard = set(scored(records)["response_id"])
    sent = sent.assign(is_answered=sent["response_id"].isin(heard))
    told = answers(records)
    told = told[told["is_nps_scale"]]
    told = told.assign(unit=units(told), is_untold=~told["source_relation"].isin(telling(records)))
    both = pd.concat(
        [
            windowed(sent, "delivered_at", periods(records)).assign(is_invitation=True),
            windowed(told, "submitted_at", periods(records)).assign(is_invitation=False),
        ]
    )
    is_invitation = both["is_invitation"]
    both = both.assign(
        is_answered=is_invitation & both["is_answered"].eq(True),
        is_untold=~is_invitation & both["is_untold"].eq(True),
    )
    return (
        both.groupby(WINDOW)
        .agg(
            n=("respondent_key", "nunique"),
            asked=("unit", "nunique"),
            delivered=("is_invitation", "sum"),
            answered=("is_answered", "sum"),
            is_untold=("is_untold", "any"),
        )
        .reset_index()
    )


@cache
def late(records: Records) -> set[str]:
    """Scored answers that took longer than the median of their series."""
    sent = invitations(records).dropna(subset="response_id")
    first = sent.groupby("response_id")["delivered_at"].min()
    told = scored(records)
    told = told.assign(wait=told["submitted_at"] - told["response_id"].map(first))
    told = told[told["wait"].notna()].assign(hours=lambda t: t["wait"].dt.total_seconds())
    usual = told.groupby(SERIES)["hours"].transform("median")
    return set(told.loc[told["hours"] > usual, "response_id"])


def with_silence(records: Records, found: pd.DataFrame, votes: pd.DataFrame) -> pd.DataFrame:
    """NPS of whole series with its bounds: all silent people detractors, or like the late ones."""
    known = asked(records)
    known = known[~known["is_untold"]][[*WINDOW, "asked"]]
    slow = votes[votes["response_id"].isin(late(records))]
    slow = slow.assign(vote=(slow["band"] == "promoter") * 1 - (slow["band"] == "detractor") * 1)
    mean = slow.groupby(WINDOW)["vote"].mean().rename("late_mean").reset_index()
    found = found.merge(known, on=WINDOW, how="left").merge(mean, on=WINDOW, how="left")
    total = found["asked"].where(found["cut_by"] == "all")
    silent, net = total - found["rows"], found["promoters"] - found["detractors"]
    spoken_for = np.where(silent == 0, 0, silent * found["late_mean"])
    return found.assign(
        asked=total,
        nps_low=100 * (net - silent) / total,
        nps_late=100 * (net + spoken_for) / total,
    )
