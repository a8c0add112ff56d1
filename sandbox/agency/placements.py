"""Placements: start, guarantee, leaving, and the bounty for who referred."""

from datetime import datetime

from sandbox.agency.calendar import SPAN_END, after, capped, midnight
from sandbox.agency.cast import Candidate
from sandbox.agency.dice import Dice
from sandbox.agency.events import Placement, Submission
from sandbox.agency.plan import FALL_OFF, LATER_LEAVE, REFERRAL_BOUNTY, AgencyPlan
from sandbox.agency.world import World

REASONS = ("Resigned", "Performance", "Role changed", "Relocated", "Counter-offer")


def place(world: World, dice: Dice, plan: AgencyPlan, hired: Submission) -> Placement:
    """The placement of a hired submission."""
    agreed = hired.modified
    job = hired.job
    is_contract = job.employment_type == "Contract"
    placement = Placement(
        id=world.next_id("placement", 6001),
        submission=hired,
        begins=midnight(after(agreed, dice.between(10, 45))),
        status="Approved",
        salary=job.salary,
        fee=0.0 if is_contract else job.client.fee,
        guarantee_days=0 if is_contract else dice.one((60, 90, 90)),
        prorated_days=0 if is_contract else 30,
        added=agreed,
        modified=agreed,
    )
    world.placements.append(placement)
    _feel(dice, hired.candidate, placement.begins)
    if is_contract:
        _contract(dice, placement)
    elif not _withdrawn(dice, placement):
        _leave(dice, plan, placement)
    if placement.status == "Canceled":
        return placement
    hired.candidate.status = "Placed"
    hired.candidate.placed_from = placement.begins
    hired.candidate.modified = max(hired.candidate.modified, agreed)
    _promise_bounty(dice, placement)
    return placement


def _feel(dice: Dice, candidate: Candidate, begins: datetime) -> None:
    """Mostly glad; some have a bad experience after a quarter or a year, and some get over it."""
    candidate.band = dice.weighted(("promoter", "passive"), (0.7, 0.3))
    if dice.chance(0.3):
        candidate.soured = after(begins, dice.one((85, 350)) + dice.between(0, 6))
        if dice.chance(0.5):
            candidate.recovered = after(candidate.soured, dice.between(60, 240))


def _withdrawn(dice: Dice, placement: Placement) -> bool:
    if not dice.chance(0.02):
        return False
    placement.status = "Canceled"
    placement.reason = "Candidate did not start"
    placement.modified = capped(placement.begins)
    return True


def _contract(dice: Dice, placement: Placement) -> None:
    placement.pay_rate = placement.salary
    placement.bill_rate = round(placement.salary * (1 + dice.between(14, 24) / 100), 2)
    placement.ends = midnight(after(placement.begins, dice.between(60, 200)))
    if placement.ends < SPAN_END:
        early = dice.chance(0.15)
        placement.status = "Terminated" if early else "Completed"
        placement.reason = "Project stopped" if early else None
        placement.modified = dice.in_hours(placement.ends)


def _leave(dice: Dice, plan: AgencyPlan, placement: Placement) -> None:
    referred = "referred" if placement.submission.candidate.is_referred else "other"
    side = referred if plan.effects.referred_placements_fall_off_less else "unplanted"
    if dice.chance(FALL_OFF[side]):
        stayed = dice.between(3, placement.guarantee_days)
    elif dice.chance(LATER_LEAVE[side]):
        stayed = dice.between(placement.guarantee_days + 10, 360)
    else:
        return
    ends = midnight(after(placement.begins, stayed))
    told = dice.in_hours(after(ends, 1))
    if told > SPAN_END:
        return
    placement.ends = ends
    placement.status = "Terminated"
    placement.reason = dice.one(REASONS)
    placement.modified = told


def _promise_bounty(dice: Dice, placement: Placement) -> None:
    """A vendor bill, a referral fee in Bullhorn, or mostly both: one cost all the same."""
    if placement.submission.candidate.referrer_id is None:
        return
    kind = dice.weighted(("both", "bill", "fee"), (0.7, 0.15, 0.15))
    placement.has_bounty_bill = kind != "fee" and placement.begins < SPAN_END
    if kind != "bill":
        placement.bounty = REFERRAL_BOUNTY
