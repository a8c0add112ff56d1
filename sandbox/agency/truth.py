"""What is really so in the generated agency, for tests to hold the marts against."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sandbox.agency.books import Books
from sandbox.agency.events import Answer
from sandbox.agency.follow_ups import FollowUp
from sandbox.agency.payables import hires_by_channel
from sandbox.agency.plan import REFERRAL_BOUNTY, AgencyPlan
from sandbox.agency.world import World


@dataclass(frozen=True)
class TrueAnswer:
    """One returned survey. ``event`` names what a transactional one was about."""

    token: str
    form: str
    trigger: str
    audience: str
    person: str
    event: str
    score: int | None
    submitted_at: datetime


@dataclass(frozen=True)
class Truth:
    """The plan, and what follows from it.

    Attributes:
        same_person: groups of natural keys (``bullhorn.candidates:1001``) of one human each.
        same_company: (corporation, Xero contact) of each client that was billed.
        referred_placements: ids of started placements whose candidate really was referred.
        hires_by_channel: started placements by true channel, fall-offs included.
        fall_offs: ids of placements that ended inside their guarantee.
        direct_cost: GBP net by channel, posted documents less supplier credits; referral
            counts each bounty once, whether billed, in ``referralFee`` or both.
        answers: every survey answer, whom it is from and what about.
        nps_counts: (promoters, passives, detractors) of all scored answers, repeats included,
            by (audience, trigger).
        posted_net: net total of posted documents by (type, currency); types are Xero's own.
        applications: (hired, decided) submissions by whether the candidate really was referred.
        follow_ups: detractors' answers that were followed by another, and whether by a call.
        oddities: natural keys of the deliberately odd records, by kind.
    """

    plan: AgencyPlan
    same_person: tuple[tuple[str, ...], ...]
    same_company: tuple[tuple[str, str], ...]
    referred_placements: tuple[int, ...]
    hires_by_channel: dict[str, int]
    fall_offs: tuple[int, ...]
    direct_cost: dict[str, Decimal]
    answers: tuple[TrueAnswer, ...]
    nps_counts: dict[tuple[str, str], tuple[int, int, int]]
    posted_net: dict[tuple[str, str], Decimal]
    applications: dict[bool, tuple[int, int]]
    follow_ups: tuple[FollowUp, ...]
    oddities: dict[str, tuple[str, ...]]


def truth_of(plan: AgencyPlan, world: World, books: Books, follow_ups: list[FollowUp]) -> Truth:
    """The truth about a finished agency."""
    started = [p for p in world.placements if p.has_started]
    return Truth(
        plan=plan,
        same_person=tuple(world.same_person),
        same_company=tuple(
            (f"bullhorn.client_corporations:{client}", f"xero.contacts:{party}")
            for party, client in books.customers.items()
        ),
        referred_placements=tuple(p.id for p in started if p.submission.candidate.is_referred),
        hires_by_channel=hires_by_channel(world),
        fall_offs=tuple(p.id for p in started if p.is_fall_off),
        direct_cost=_direct_cost(world, books),
        answers=_answers(world),
        nps_counts=_nps_counts(world),
        posted_net=_posted_net(books),
        applications={side: _applications(world, side) for side in (True, False)},
        follow_ups=tuple(follow_ups),
        oddities={kind: tuple(keys) for kind, keys in world.oddities.items()},
    )


def _applications(world: World, is_referred: bool) -> tuple[int, int]:
    decided = [
        submission.status == "Placed"
        for submission in world.submissions
        if submission.candidate.is_referred == is_referred and submission.job.closed
    ]
    return sum(decided), len(decided)


def _answers(world: World) -> tuple[TrueAnswer, ...]:
    return tuple(
        TrueAnswer(
            token=a.token,
            form=a.form,
            trigger=a.trigger,
            audience=a.audience,
            person=_person_key(a),
            event=a.event,
            score=a.score,
            submitted_at=a.submitted,
        )
        for a in world.answers
    )


def _person_key(answer: Answer) -> str:
    entity = "candidates" if answer.audience == "candidate" else "client_contacts"
    return f"bullhorn.{entity}:{answer.person.id}"


def _nps_counts(world: World) -> dict[tuple[str, str], tuple[int, int, int]]:
    scores: dict[tuple[str, str], list[int]] = {}
    for answer in world.answers:
        if answer.score is not None:
            scores.setdefault((answer.audience, answer.trigger), []).append(answer.score)
    return {
        cut: (
            sum(s >= 9 for s in given),
            sum(7 <= s <= 8 for s in given),
            sum(s <= 6 for s in given),
        )
        for cut, given in scores.items()
    }


def _direct_cost(world: World, books: Books) -> dict[str, Decimal]:
    cost: dict[str, Decimal] = {}
    for document in books.documents:
        sign = -1 if document.type == "ACCPAYCREDIT" else 1
        if document.type.startswith("ACCPAY") and document.is_posted:
            for line in document.lines:
                if line.channel:
                    cost[line.channel] = cost.get(line.channel, Decimal(0)) + sign * line.net
    billed = {d.reference for d in books.documents if d.lines[0].account == "412" and d.is_posted}
    for placement in world.placements:
        is_billed = f"PL-{placement.id}" in billed
        if placement.bounty and placement.has_started and not is_billed:
            cost["referral"] = cost.get("referral", Decimal(0)) + REFERRAL_BOUNTY
    return cost


def _posted_net(books: Books) -> dict[tuple[str, str], Decimal]:
    net: dict[tuple[str, str], Decimal] = {}
    for document in books.documents:
        if document.is_posted:
            key = (document.type, document.currency)
            net[key] = net.get(key, Decimal(0)) + document.net
    for transaction in books.bank:
        if transaction.status == "AUTHORISED":
            key = (transaction.type, transaction.currency)
            net[key] = net.get(key, Decimal(0)) + transaction.net
    return net
