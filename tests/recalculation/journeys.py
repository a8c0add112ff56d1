"""Journeys that converted or came to nothing, and the Markov chain of their channels."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd

from tests.recalculation.attribution import LOOK_BACK_DAYS, judged, paths
from tests.recalculation.frames import Records
from tests.recalculation.touchpoints import RECORD, touchpoints

START, CONVERSION, NULL = "(start)", "(conversion)", "(null)"
Chain = Counter[tuple[str, str]]


@cache
def journeys(records: Records) -> pd.DataFrame:
    """One row per journey whose outcome is known: channels in time order, outcome and its day."""
    rows = [*_converted(records), *_failed(records)]
    return pd.DataFrame(rows, columns=["subject_kind", "channels", "outcome", "outcome_date"])


def _converted(records: Records) -> Iterator[tuple[object, ...]]:
    for _, path in paths(records).groupby("conversion_id"):
        first = path.iloc[0]
        yield first["subject_kind"], list(path["channel"]), CONVERSION, first["converted_date"]


def _failed(records: Records) -> Iterator[tuple[object, ...]]:
    """Runs of touchpoints that count for no conversion, cut where the silence was too long."""
    told = touchpoints(records)
    told = told[~told["is_self_referral"] & (told["touched_at"].dt.normalize() <= records.as_of)]
    beside = judged(records)
    counted = set(beside.loc[beside["touch_status"] == "counted", "touchpoint_id"])
    is_late = (beside["touch_status"] == "after_conversion") & (beside["subject_kind"] == "client")
    told = told[~told["touchpoint_id"].isin(counted | set(beside.loc[is_late, "touchpoint_id"]))]
    record = told[RECORD[0]].str.cat([told[c] for c in RECORD[1:]], sep=":")
    told = told.assign(subject=told["subject_id"].fillna(record)).sort_values(
        ["touched_at", "evidence_strength", "touchpoint_id"], ascending=[True, False, True]
    )
    for (kind, _), rows in told.groupby(["subject_kind", "subject"]):
        days = rows["touched_at"].dt.normalize()
        run = (days.diff().dt.days > LOOK_BACK_DAYS[kind]).cumsum()
        for _, touches in rows.groupby(run):
            contacts = touches[touches["evidence"] != "survey_answer"]
            if contacts.empty:
                continue
            last = contacts.index[-1]
            taken = touches.loc[:last]
            gone = taken["touched_at"].iloc[-1].normalize() + pd.Timedelta(
                days=LOOK_BACK_DAYS[kind] + 1
            )
            if gone <= records.as_of:
                yield kind, list(taken["channel"]), NULL, gone


def moves(channels: list[str], outcome: str) -> list[tuple[str, str]]:
    """From state to state, channels that repeat without a break taken as one."""
    states = [START, *channels, outcome]
    return [(here, there) for here, there in pairwise(states) if here != there]


def chain(found: pd.DataFrame) -> Chain:
    """How often the journeys moved from one state to another."""
    return Counter(
        move
        for channels, outcome in zip(found["channels"], found["outcome"], strict=True)
        for move in moves(channels, outcome)
    )


def conversion_probability(counts: Chain, removed: str | None = None) -> float:
    """Chance to get from start to a conversion; the removed channel leads nowhere."""
    states = sorted({here for here, _ in counts})
    place = {state: index for index, state in enumerate(states)}
    step, wins = np.zeros((len(states), len(states))), np.zeros(len(states))
    for (here, there), count in counts.items():
        if here == removed:
            continue
        if there == CONVERSION:
            wins[place[here]] += count
        elif there != NULL:
            step[place[here], place[there]] += count
    leaving = np.zeros(len(states))
    for (here, _), count in counts.items():
        leaving[place[here]] += count
    step, wins = step / leaving[:, None], wins / leaving
    return float(np.linalg.solve(np.eye(len(states)) - step, wins)[place[START]])


def removal_effects(counts: Chain) -> dict[str, float]:
    """By channel, the share of conversions lost without it; null when nothing converts."""
    whole = conversion_probability(counts) if counts else 0.0
    names = {state for state, _ in counts if state != START}
    if whole == 0:
        return dict.fromkeys(names, np.nan)
    return {name: 1 - conversion_probability(counts, name) / whole for name in names}
