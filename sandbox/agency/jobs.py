"""Jobs, the candidates put forward for them, and who was hired."""

from datetime import datetime

from sandbox.agency.calendar import SPAN_END, after, capped
from sandbox.agency.cast import Candidate, Client
from sandbox.agency.dice import Dice
from sandbox.agency.events import Job, Note, Submission
from sandbox.agency.names import SENIORITY, TITLE
from sandbox.agency.plan import SUCCESS_WEIGHT, AgencyPlan
from sandbox.agency.world import World


def open_job(world: World, dice: Dice, client: Client, at: datetime) -> Job:
    """A job order of the client."""
    is_contract = dice.chance(0.16)
    title = f"{dice.one(SENIORITY)} {dice.one(TITLE)}".strip()
    job = Job(
        id=world.next_id("job", 2001),
        title=title,
        client=client,
        contact=dice.one(client.contacts),
        owner=client.owner if dice.chance(0.7) else dice.one(world.recruiters[:-1]),
        employment_type="Contract" if is_contract else "Direct Hire",
        salary=float(dice.between(28, 55)) if is_contract else float(dice.between(28, 95) * 1000),
        salary_unit="Per Hour" if is_contract else "Per Year",
        source=client.source
        if not any(j.client is client for j in world.jobs)
        else "Existing Client",
        opened=at,
        modified=at,
    )
    world.jobs.append(job)
    return job


def present(
    world: World, dice: Dice, plan: AgencyPlan, job: Job, pool: list[Candidate]
) -> Submission | None:
    """Put candidates of the pool forward; the submission that was hired, if one was."""
    slate = [_submit(world, dice, job, person) for person in dice.some(pool, dice.between(1, 4))]
    decided = after(job.opened, dice.between(18, 55))
    if not slate or decided > SPAN_END:
        return None
    job.closed = dice.in_hours(decided)
    job.modified = job.closed
    hired = _choose(dice, plan, slate) if dice.chance(0.87) else None
    job.status = "Filled" if hired else "Closed - Unfilled"
    for submission in slate:
        if submission is hired:
            _hire(submission, job.closed)
        else:
            _reject(world, dice, submission, job.closed)
    return hired


def _submit(world: World, dice: Dice, job: Job, candidate: Candidate) -> Submission:
    added = capped(dice.in_hours(after(max(job.opened, candidate.added), dice.between(1, 9))))
    submission = Submission(
        id=world.next_id("submission", 4001),
        candidate=candidate,
        job=job,
        added=added,
        status="Submitted",
        source=candidate.source,
        modified=added,
        steps=[("Submitted", added)],
    )
    candidate.status = "Submitted"
    candidate.modified = max(candidate.modified, added)
    world.submissions.append(submission)
    if dice.chance(0.6):
        _move(submission, "Interview Scheduled", capped(after(added, dice.between(3, 8))))
    return submission


def _choose(dice: Dice, plan: AgencyPlan, slate: list[Submission]) -> Submission:
    planted = plan.effects.referred_candidates_succeed_more
    kinds = ["referred" if s.candidate.is_referred else "other" for s in slate]
    weights = [SUCCESS_WEIGHT[kind if planted else "unplanted"] for kind in kinds]
    return dice.weighted(slate, weights)


def _move(submission: Submission, status: str, at: datetime) -> None:
    at = max(at, submission.steps[-1][1])
    submission.steps.append((status, at))
    submission.status = status
    submission.modified = at


def _hire(submission: Submission, at: datetime) -> None:
    if submission.status == "Submitted":
        _move(submission, "Interview Scheduled", after(submission.added, 1))
    _move(submission, "Offer Extended", after(at, -1))
    _move(submission, "Placed", at)


def _reject(world: World, dice: Dice, submission: Submission, at: datetime) -> None:
    kind = dice.weighted(("Client Rejected", "Candidate Withdrew"), (0.88, 0.12))
    _move(submission, kind, capped(after(at, dice.between(0, 3))))
    candidate = submission.candidate
    candidate.modified = max(candidate.modified, submission.modified)
    submission.has_feedback = kind == "Client Rejected" and dice.chance(0.5)
    if submission.has_feedback:
        written = capped(dice.in_hours(after(submission.modified, 1)))
        world.notes.append(
            Note(
                id=world.next_id("note", 8001),
                action="Rejection Feedback",
                person=candidate,
                author=submission.job.owner,
                comments=f"Told {candidate.first} why {submission.job.client.name} chose another.",
                added=written,
                modified=written,
            )
        )
