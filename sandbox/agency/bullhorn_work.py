"""Jobs, submissions, placements, deals and notes as Bullhorn returns them."""

from sandbox.agency.bullhorn_values import Record, many, ms, to
from sandbox.agency.calendar import epoch_ms
from sandbox.agency.cast import Candidate
from sandbox.agency.events import Job, Note, Opportunity, Placement, Submission
from sandbox.agency.world import World


def opportunity(deal: Opportunity) -> Record:
    """A deal."""
    return {
        "id": deal.id,
        "title": deal.title,
        "clientCorporation": to(deal.client.id),
        "clientContact": to(deal.contact.id),
        "lead": to(deal.lead.id if deal.lead else None),
        "source": deal.source,
        "campaignSource": deal.lead.campaign if deal.lead else None,
        "status": deal.status,
        "expectedFee": round(deal.value * deal.client.fee, 2),
        "dealValue": deal.value,
        "actualCloseDate": ms(deal.closed),
        "isDeleted": deal.is_deleted,
        "owner": to(deal.owner.id),
        "dateAdded": epoch_ms(deal.added),
        "dateLastModified": epoch_ms(deal.modified),
    }


def job(job: Job) -> Record:
    """A job order."""
    return {
        "id": job.id,
        "title": job.title,
        "clientCorporation": to(job.client.id),
        "clientContact": to(job.contact.id),
        "employmentType": job.employment_type,
        "status": job.status,
        "isOpen": job.closed is None,
        "numOpenings": 1,
        "feeArrangement": round(job.client.fee * 100, 2),
        "salary": job.salary,
        "salaryUnit": job.salary_unit,
        "source": job.source,
        "owner": to(job.owner.id),
        "dateAdded": epoch_ms(job.opened),
        "dateClosed": ms(job.closed),
        "isDeleted": job.is_deleted,
        "dateLastModified": epoch_ms(job.modified),
    }


def submission(submission: Submission) -> Record:
    """A candidate put forward."""
    is_web = submission.candidate.channel in ("careers_site", "job_board")
    return {
        "id": submission.id,
        "candidate": to(submission.candidate.id),
        "jobOrder": to(submission.job.id),
        "status": submission.status,
        "source": submission.source,
        "sendingUser": to(submission.job.owner.id),
        "dateAdded": epoch_ms(submission.added),
        "dateWebResponse": epoch_ms(submission.added) if is_web else None,
        "isDeleted": submission.is_deleted,
        "dateLastModified": epoch_ms(submission.modified),
    }


def history(world: World) -> list[Record]:
    """Every step of every submission, in order of time."""
    steps = [
        (at, submission.id, order, status, submission)
        for submission in world.submissions
        for order, (status, at) in enumerate(submission.steps)
    ]
    steps.sort(key=lambda step: step[:3])
    return [
        {
            "id": 10_001 + number,
            "jobSubmission": to(submission.id),
            "status": status,
            "modifyingUser": to(submission.job.owner.id),
            "dateAdded": epoch_ms(at),
        }
        for number, (at, _, _, status, submission) in enumerate(steps)
    ]


def placement(placement: Placement) -> Record:
    """A placement; its client comes through the job."""
    submission = placement.submission
    return {
        "id": placement.id,
        "candidate": to(submission.candidate.id),
        "jobOrder": to(submission.job.id),
        "jobSubmission": to(submission.id),
        "status": placement.status,
        "employmentType": submission.job.employment_type,
        "dateBegin": epoch_ms(placement.begins),
        "dateEnd": ms(placement.ends),
        "employmentStartDate": epoch_ms(placement.begins),
        "salary": placement.salary,
        "salaryUnit": submission.job.salary_unit,
        "fee": placement.fee,
        "payRate": placement.pay_rate,
        "clientBillRate": placement.bill_rate,
        "daysGuaranteed": placement.guarantee_days,
        "daysProRated": placement.prorated_days,
        "terminationReason": placement.reason,
        "referralFee": placement.bounty,
        "referralFeeType": "Flat" if placement.bounty else None,
        "owner": to(submission.job.owner.id),
        "dateAdded": epoch_ms(placement.added),
        "dateLastModified": epoch_ms(placement.modified),
    }


def note(note: Note) -> Record:
    """A note about one person."""
    is_candidate = isinstance(note.person, Candidate)
    return {
        "id": note.id,
        "action": note.action,
        "personReference": to(note.person.id),
        "commentingPerson": to(note.author.id),
        "candidates": many([note.person.id] if is_candidate else []),
        "clientContacts": many([] if is_candidate else [note.person.id]),
        "comments": note.comments,
        "isDeleted": note.is_deleted,
        "dateAdded": epoch_ms(note.added),
        "dateLastModified": epoch_ms(note.modified),
    }
