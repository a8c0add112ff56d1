"""Planted effects are there, and gone when they are not planted."""

from collections import Counter
from functools import cache

import pytest

from sandbox.agency import Agency, AgencyPlan, Effects, generate
from sandbox.agency.plan import COST_PER_HIRE, COST_UNPLANTED

SEEDS = range(1, 7)


@cache
def _agencies(planted: bool) -> list[Agency]:
    effects = Effects() if planted else Effects.none()
    return [generate(AgencyPlan(seed=seed, effects=effects)) for seed in SEEDS]


def _fall_off_rates(planted: bool) -> tuple[float, float]:
    """Of permanent placements: referred, others."""
    ended: dict[bool, list[bool]] = {True: [], False: []}
    for agency in _agencies(planted):
        truth = agency.truth
        for row in agency.records["bullhorn", "placements"]:
            if row["daysGuaranteed"] and row["status"] != "Canceled":
                is_referred = row["id"] in truth.referred_placements
                ended[is_referred].append(row["id"] in truth.fall_offs)
    return tuple(sum(kept) / len(kept) for kept in (ended[True], ended[False]))  # type: ignore[return-value]


def _rejected_nps(planted: bool) -> tuple[float, float]:
    """With feedback, without."""
    scores: dict[bool, list[int]] = {True: [], False: []}
    for agency in _agencies(planted):
        told = {
            row["personReference"]["id"]
            for row in agency.records["bullhorn", "notes"]
            if row["action"] == "Rejection Feedback"
        }
        for answer in agency.truth.answers:
            if answer.trigger == "rejection" and answer.score is not None:
                scores[int(answer.person.split(":")[1]) in told].append(answer.score)
    return tuple(  # type: ignore[return-value]
        100 * (sum(s >= 9 for s in given) - sum(s <= 6 for s in given)) / len(given)
        for given in (scores[True], scores[False])
    )


@pytest.mark.parametrize("channel", COST_PER_HIRE)
def test_tracked_spend_per_hire_is_what_was_planned(agency: Agency, channel: str) -> None:
    truth = agency.truth
    assert truth.direct_cost[channel] == COST_PER_HIRE[channel] * truth.hires_by_channel[channel]


def test_unplanted_channels_cost_the_same_per_hire() -> None:
    """But for chance: the spend on each hire lies within 40 % of it."""
    cost: Counter[str] = Counter()
    hires: Counter[str] = Counter()
    for agency in _agencies(False):
        cost.update({name: int(spent) for name, spent in agency.truth.direct_cost.items()})
        hires.update(agency.truth.hires_by_channel)
    for channel in (*COST_PER_HIRE, "referral", "agency_database"):
        assert cost[channel] / hires[channel] == pytest.approx(COST_UNPLANTED, rel=0.1), channel


def test_referred_placements_fall_off_less() -> None:
    referred, others = _fall_off_rates(planted=True)
    assert others - referred > 0.06


def test_unplanted_fall_offs_are_alike() -> None:
    referred, others = _fall_off_rates(planted=False)
    assert abs(others - referred) < 0.05


def test_feedback_lifts_the_nps_of_the_rejected() -> None:
    told, silent = _rejected_nps(planted=True)
    assert told - silent > 25


def test_unplanted_feedback_changes_little() -> None:
    told, silent = _rejected_nps(planted=False)
    assert abs(told - silent) < 15
