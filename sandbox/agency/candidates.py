"""Candidates and how they came: channels, and the evidence of referrals the ATS holds."""

from datetime import datetime

from sandbox.agency.cast import Candidate, Contact
from sandbox.agency.dice import Dice
from sandbox.agency.names import TITLE
from sandbox.agency.people import address, name, phone
from sandbox.agency.plan import FULL_WEIGHT, REFERRER_WEIGHT, SOURED_WEIGHT, AgencyPlan
from sandbox.agency.world import World

# channel -> (weight, ways in which the ATS writes it)
CHANNELS: dict[str, tuple[float, tuple[str | None, ...]]] = {
    "referral": (0.24, ("Referral",)),
    "job_board": (0.27, ("Job Board - Indeed", "Job Board - Totaljobs")),
    "linkedin": (0.17, ("LinkedIn",)),
    "careers_site": (0.08, ("Careers Site",)),
    "agency_database": (0.07, ("Database",)),
    "advert": (0.05, ("Google Ads",)),
    "event": (0.04, ("Event",)),
    "partner_agency": (0.03, ("Partner Agency",)),
    "direct": (0.03, ("Direct",)),
    "unknown": (0.02, ("Other - see notes", "", None)),
}
NAMES = tuple(CHANNELS)
WEIGHTS = tuple(weight for weight, _ in CHANNELS.values())


def arrive(world: World, dice: Dice, plan: AgencyPlan, at: datetime) -> Candidate:
    """One new candidate, by whatever channel."""
    channel = dice.weighted(NAMES, WEIGHTS)
    person_id = world.person_id()
    first, last = name(dice)
    candidate = Candidate(
        id=person_id,
        first=first,
        last=last,
        email=address(first, last, person_id, "mail.example"),
        phone=phone(dice, person_id),
        added=at,
        modified=at,
        channel=channel,
        source=dice.one(CHANNELS[channel][1]),
        owner=dice.one(world.recruiters[:-1]),
        occupation=dice.one(TITLE),
    )
    if channel == "referral":
        _evidence(world, dice, plan, candidate)
    world.candidates.append(candidate)
    return candidate


def _evidence(world: World, dice: Dice, plan: AgencyPlan, candidate: Candidate) -> None:
    """Link, free text or nothing but the word Referral."""
    referrer = _referrer(world, dice, plan, candidate.added)
    if referrer is None:
        return
    candidate.generation = 1 + (referrer.generation if isinstance(referrer, Candidate) else 0)
    kind = dice.weighted(("link", "both", "text", "source"), (0.62, 0.16, 0.11, 0.11))
    if kind in ("link", "both"):
        candidate.referrer_id = referrer.id
    if kind in ("text", "both"):
        candidate.referred_by = f"{referrer.first} {referrer.last}"
    if kind == "text":
        world.remark("referred_by_text_only", f"bullhorn.candidates:{candidate.id}")
    if kind == "source":
        world.remark("referral_without_person", f"bullhorn.candidates:{candidate.id}")
    if candidate.referrer_id and dice.chance(0.16):
        candidate.source = dice.one(("Job Board - Indeed", "LinkedIn", "Database"))
        world.remark("source_conflicts_with_link", f"bullhorn.candidates:{candidate.id}")


def _referrer(
    world: World, dice: Dice, plan: AgencyPlan, before: datetime
) -> Candidate | Contact | None:
    placed = [c for c in world.candidates if c.placed_from and c.placed_from < before]
    weights = [_readiness(plan, c, before) for c in placed]
    full = FULL_WEIGHT["planted" if plan.effects.promoters_refer_more else "unplanted"]
    if dice.chance(sum(weights) / (full * plan.size.clients)):
        return dice.weighted(placed, weights)
    contacts = [c for c in world.contacts if c.added < before]
    return dice.one(contacts) if contacts else None


def _readiness(plan: AgencyPlan, candidate: Candidate, at: datetime) -> float:
    """How readily a placed person refers; who came by referral does so more: chains grow."""
    if plan.effects.bad_experience_costs_referrals and candidate.is_soured(at):
        weight = SOURED_WEIGHT
    elif plan.effects.promoters_refer_more:
        weight = REFERRER_WEIGHT[candidate.band or "passive"]
    else:
        weight = REFERRER_WEIGHT["unplanted"]
    return weight * (1 + candidate.generation)
