"""Transactional surveys: who is asked after which step."""

from datetime import datetime

from sandbox.agency.answering import Occasion, Surveys
from sandbox.agency.calendar import SPAN_END, after
from sandbox.agency.events import Job, Placement, Submission
from sandbox.agency.plan import REJECTED_BANDS

CSAT_FORM = "client_csat"


def ask_after_events(surveys: Surveys) -> None:
    """Ask about submissions, placements and closed jobs."""
    for submission in surveys.world.submissions:
        _after_submission(surveys, submission)
    for placement in surveys.world.placements:
        if placement.status != "Canceled":
            _after_start(surveys, placement)
    for job in surveys.world.jobs:
        if job.closed:
            _after_job(surveys, job, job.closed)


def _after_submission(surveys: Surveys, submission: Submission) -> None:
    dice = surveys.dice
    steps = dict(submission.steps)

    def ask(trigger: str, at: datetime, shares: tuple[float, float]) -> None:
        ids = {"job_submission_id": str(submission.id)}
        occasion = Occasion(trigger, at, f"submission:{submission.id}", ids)
        surveys.candidate(occasion, submission.candidate, shares)

    if dice.chance(0.17):
        ask("application", after(submission.added, dice.between(1, 4)), (0.36, 0.28))
    if "Interview Scheduled" in steps and dice.chance(0.24):
        ask("interview", after(steps["Interview Scheduled"], dice.between(1, 5)), (0.42, 0.25))
    if submission.status == "Client Rejected" and dice.chance(0.52):
        told = "feedback" if submission.has_feedback else "silence"
        side = told if surveys.plan.effects.feedback_lifts_rejected_nps else "unplanted"
        at = after(steps["Client Rejected"], dice.between(3, 12))
        ask("rejection", at, REJECTED_BANDS[side])


def _after_start(surveys: Surveys, placement: Placement) -> None:
    candidate = placement.submission.candidate
    shares = {"promoter": (0.85, 0.02), "passive": (0.2, 0.06), "detractor": (0.03, 0.85)}
    last = placement.ends or SPAN_END
    for trigger, days, share in (("placement_start", 7, 0.55), ("placement_90d", 92, 0.45)):
        at = after(placement.begins, days + surveys.dice.between(0, 6))
        if at < last and surveys.dice.chance(share):
            ids = {"placement_id": str(placement.id)}
            occasion = Occasion(trigger, at, f"placement:{placement.id}", ids)
            surveys.candidate(occasion, candidate, shares[candidate.band_at(at)])


def _after_job(surveys: Surveys, job: Job, closed: datetime) -> None:
    dice = surveys.dice
    occasion = Occasion("job_close", after(closed, dice.between(2, 9)), f"job:{job.id}")
    if dice.chance(0.3):
        surveys.client(occasion, job.contact)
    elif dice.chance(0.12):
        answer = surveys.client(occasion, job.contact)
        if answer is not None:
            # The other form of the same trigger: a 1-5 scale, never NPS.
            answer.form, answer.score = CSAT_FORM, None
            answer.csat = dice.between(2, 5)
            answer.drivers = {}
