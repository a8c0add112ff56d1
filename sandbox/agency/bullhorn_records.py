"""The agency as Bullhorn returns it: ids nested in associations, times in epoch milliseconds."""

from datetime import datetime
from typing import Any

from sandbox.agency.calendar import epoch_ms
from sandbox.agency.world import (
    Candidate,
    Client,
    Contact,
    Job,
    Lead,
    Note,
    Opportunity,
    Person,
    Placement,
    Recruiter,
    Submission,
    World,
)

Record = dict[str, Any]


def records(world: World) -> dict[str, list[Record]]:
    """Bullhorn records by landing entity, each list in order of id."""
    by_entity = {
        "corporate_users": [_user(x) for x in world.recruiters],
        "candidates": [_candidate(x) for x in world.candidates],
        "client_corporations": [_corporation(x) for x in world.clients],
        "client_contacts": [_contact(x) for x in world.contacts],
        "leads": [_lead(x) for x in world.leads],
        "opportunities": [_opportunity(x) for x in world.opportunities],
        "job_orders": [_job(x) for x in world.jobs],
        "job_submissions": [_submission(x) for x in world.submissions],
        "job_submission_history": _history(world),
        "placements": [_placement(x) for x in world.placements],
        "notes": [_note(x) for x in world.notes],
    }
    return {entity: sorted(rows, key=lambda row: row["id"]) for entity, rows in by_entity.items()}


def _to(target_id: int | None) -> Record | None:
    return None if target_id is None else {"id": target_id}


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else epoch_ms(moment)


def _many(ids: list[int]) -> Record:
    return {"total": len(ids), "data": [{"id": one} for one in ids]}


def _named(person: Person) -> Record:
    return {
        "id": person.id,
        "firstName": person.first,
        "lastName": person.last,
        "email": person.email,
    }


def _user(user: Recruiter) -> Record:
    return {
        **_named(user),
        "enabled": user.enabled,
        "isDeleted": not user.enabled,
        "dateLastModified": epoch_ms(user.modified),
    }


def _candidate(candidate: Candidate) -> Record:
    return {
        **_named(candidate),
        "phone": candidate.phone,
        "mobile": candidate.phone,
        "status": candidate.status,
        "source": candidate.source,
        "referredBy": candidate.referred_by,
        "referredByPerson": _to(candidate.referrer_id),
        "owner": _to(candidate.owner.id),
        "occupation": candidate.occupation,
        "isDeleted": candidate.is_deleted,
        "isAnonymized": candidate.is_anonymised,
        "linkedPerson": _to(candidate.linked_id),
        "dateAdded": epoch_ms(candidate.added),
        "dateLastModified": epoch_ms(candidate.modified),
    }


def _corporation(client: Client) -> Record:
    return {
        "id": client.id,
        "name": client.name,
        "companyURL": f"https://www.{client.domain}",
        "status": client.status,
        "parentClientCorporation": _to(client.parent_id),
        "externalID": client.code,
        # A percentage here, a fraction on the placement: Bullhorn's own habit.
        "feeArrangement": round(client.fee * 100, 2),
        "dateAdded": epoch_ms(client.added),
        "dateLastModified": epoch_ms(client.modified),
    }


def _contact(contact: Contact) -> Record:
    return {
        **_named(contact),
        "phone": contact.phone,
        "clientCorporation": _to(contact.client.id),
        "source": contact.source,
        "referredByPerson": _to(contact.referrer_id),
        "owner": _to(contact.owner.id),
        "occupation": contact.title,
        "status": "Active",
        "isDeleted": contact.is_deleted,
        "isAnonymized": False,
        "linkedPerson": _to(contact.linked_id),
        "dateAdded": epoch_ms(contact.added),
        "dateLastModified": epoch_ms(contact.modified),
    }


def _lead(lead: Lead) -> Record:
    return {
        **_named(lead),
        "companyName": lead.company,
        "clientCorporation": _to(lead.client.id if lead.client else None),
        "leadSource": lead.source,
        "campaignSource": lead.campaign,
        "conversionSource": lead.conversion,
        "referredByPerson": _to(lead.referrer_id),
        "owner": _to(lead.owner.id),
        "status": lead.status,
        "isDeleted": lead.is_deleted,
        "dateAdded": epoch_ms(lead.added),
        "dateLastModified": epoch_ms(lead.modified),
    }


def _opportunity(deal: Opportunity) -> Record:
    return {
        "id": deal.id,
        "title": deal.title,
        "clientCorporation": _to(deal.client.id),
        "clientContact": _to(deal.contact.id),
        "lead": _to(deal.lead.id if deal.lead else None),
        "source": deal.source,
        "campaignSource": deal.lead.campaign if deal.lead else None,
        "status": deal.status,
        "expectedFee": round(deal.value * deal.client.fee, 2),
        "dealValue": deal.value,
        "actualCloseDate": _ms(deal.closed),
        "isDeleted": deal.is_deleted,
        "owner": _to(deal.owner.id),
        "dateAdded": epoch_ms(deal.added),
        "dateLastModified": epoch_ms(deal.modified),
    }


def _job(job: Job) -> Record:
    return {
        "id": job.id,
        "title": job.title,
        "clientCorporation": _to(job.client.id),
        "clientContact": _to(job.contact.id),
        "employmentType": job.employment_type,
        "status": job.status,
        "isOpen": job.closed is None,
        "numOpenings": 1,
        "feeArrangement": round(job.client.fee * 100, 2),
        "salary": job.salary,
        "salaryUnit": job.salary_unit,
        "source": job.source,
        "owner": _to(job.owner.id),
        "dateAdded": epoch_ms(job.opened),
        "dateClosed": _ms(job.closed),
        "isDeleted": job.is_deleted,
        "dateLastModified": epoch_ms(job.modified),
    }


def _submission(submission: Submission) -> Record:
    is_web = submission.candidate.channel in ("careers_site", "job_board")
    return {
        "id": submission.id,
        "candidate": _to(submission.candidate.id),
        "jobOrder": _to(submission.job.id),
        "status": submission.status,
        "source": submission.source,
        "sendingUser": _to(submission.job.owner.id),
        "dateAdded": epoch_ms(submission.added),
        "dateWebResponse": epoch_ms(submission.added) if is_web else None,
        "isDeleted": submission.is_deleted,
        "dateLastModified": epoch_ms(submission.modified),
    }


def _history(world: World) -> list[Record]:
    steps = [
        (at, submission.id, order, status, submission)
        for submission in world.submissions
        for order, (status, at) in enumerate(submission.steps)
    ]
    steps.sort(key=lambda step: step[:3])
    return [
        {
            "id": 10_001 + number,
            "jobSubmission": _to(submission.id),
            "status": status,
            "modifyingUser": _to(submission.job.owner.id),
            "dateAdded": epoch_ms(at),
        }
        for number, (at, _, _, status, submission) in enumerate(steps)
    ]


def _placement(placement: Placement) -> Record:
    submission = placement.submission
    return {
        "id": placement.id,
        "candidate": _to(submission.candidate.id),
        "jobOrder": _to(submission.job.id),
        "jobSubmission": _to(submission.id),
        "status": placement.status,
        "employmentType": submission.job.employment_type,
        "dateBegin": epoch_ms(placement.begins),
        "dateEnd": _ms(placement.ends),
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
        "owner": _to(submission.job.owner.id),
        "dateAdded": epoch_ms(placement.added),
        "dateLastModified": epoch_ms(placement.modified),
    }


def _note(note: Note) -> Record:
    is_candidate = isinstance(note.person, Candidate)
    return {
        "id": note.id,
        "action": note.action,
        "personReference": _to(note.person.id),
        "commentingPerson": _to(note.author.id),
        "candidates": _many([note.person.id] if is_candidate else []),
        "clientContacts": _many([] if is_candidate else [note.person.id]),
        "comments": note.comments,
        "isDeleted": note.is_deleted,
        "dateAdded": epoch_ms(note.added),
        "dateLastModified": epoch_ms(note.modified),
    }
