"""How large the planted effects are, for those of which plan and truth alone can tell."""

from sandbox.agency.plan import FALL_OFF, LATER_LEAVE, REJECTED_BANDS
from sandbox.agency.truth import Truth

# Days of guarantee, as often as they are drawn; who stays beyond the year counts to its end.
_GUARANTEES = (60, 90, 90)
_YEAR = 365


def days_of_first_year() -> float:
    """Mean days of the first 365 in a permanent placement, referred less others."""
    return _mean_days("referred") - _mean_days("other")


def _mean_days(side: str) -> float:
    lost = 0.0
    for guarantee in _GUARANTEES:
        fell_off = _YEAR - (3 + guarantee) / 2
        left_later = _YEAR - (guarantee + 10 + 360) / 2
        stayed = 1 - FALL_OFF[side]
        lost += FALL_OFF[side] * fell_off + stayed * LATER_LEAVE[side] * left_later
    return _YEAR - lost / len(_GUARANTEES)


def nps_after_rejection() -> float:
    """NPS of the rejected, with feedback less without; calls to detractors lift both a little."""
    (promoters, detractors), (silent_promoters, silent_detractors) = (
        REJECTED_BANDS["feedback"],
        REJECTED_BANDS["silence"],
    )
    return 100 * ((promoters - detractors) - (silent_promoters - silent_detractors))


def next_score(truth: Truth) -> float:
    """Points that calls really gained: fewer than planned where 10 was the end."""
    gained = [one.gained for one in truth.follow_ups if one.was_called]
    return sum(gained) / len(gained)


def placement_rate(truths: list[Truth]) -> float:
    """Hired by decided submissions of several agencies, referred less others."""
    rates = []
    for side in (True, False):
        counts = [truth.applications[side] for truth in truths]
        rates.append(sum(hired for hired, _ in counts) / sum(decided for _, decided in counts))
    return rates[0] - rates[1]


def direct_cost_per_hire(truth: Truth) -> float:
    """Direct spend by hires, referral less all other channels, GBP."""
    hires = truth.hires_by_channel
    others = sum(count for channel, count in hires.items() if channel != "referral")
    spent = sum(float(cost) for channel, cost in truth.direct_cost.items() if channel != "referral")
    return float(truth.direct_cost["referral"]) / hires["referral"] - spent / others
