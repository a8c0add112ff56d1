"""Cases that no generated agency has, put into one's records as its vendors would send them.

The generator stays as it is: its figures are quoted, and benchmarks rest on them.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sandbox.agency.generate import Records
from sandbox.tenants import Tenant

Record = dict[str, Any]
HOUR = 3_600_000
DAY = 24 * HOUR
# The last noon of the agency's story, before the day of the figures.
LAST = 1_793_448_000_000


@dataclass(frozen=True)
class RareTenant(Tenant):
    """A generated agency in which the rare also happened."""

    def records(self) -> Records:
        """The agency's own records, some changed and some added."""
        records = super().records()
        for happen in _CASES:
            happen(records)
        return records


def _decline_offers(records: Records) -> None:
    """Candidates who withdrew had an offer an hour before."""
    for step in _steps(records, "Candidate Withdrew")[:12]:
        _step(records, step["jobSubmission"]["id"], "Offer Extended", step["dateAdded"] - HOUR)


def _leave_offers_open(records: Records) -> None:
    last = {
        step["jobSubmission"]["id"]: step for step in _bullhorn(records, "job_submission_history")
    }
    waiting = [
        s for s in _bullhorn(records, "job_submissions") if s["status"] == "Interview Scheduled"
    ]
    for submission in waiting[:8]:
        at = min(last[submission["id"]]["dateAdded"] + DAY, LAST)
        _step(records, submission["id"], "Offer Extended", at)
        submission |= {"status": "Offer Extended", "dateLastModified": at}


def _skip_offers(records: Records) -> None:
    """Accepted without an offer on record, and two without the acceptance either."""
    hired = [step["jobSubmission"]["id"] for step in _steps(records, "Placed")]
    skipped = {("Offer Extended", key) for key in hired[3:11]} | {("Placed", k) for k in hired[3:5]}
    records["bullhorn", "job_submission_history"] = [
        step
        for step in _bullhorn(records, "job_submission_history")
        if (step["status"], step["jobSubmission"]["id"]) not in skipped
    ]


def _reopen_jobs(records: Records) -> None:
    """Closed and opened again before it was filled; two more are open again after it."""
    jobs = _bullhorn(records, "job_orders")
    filled = [job for job in jobs if job["status"] == "Filled" and not job["isDeleted"]]
    slow = [job for job in filled if job["dateClosed"] - job["dateAdded"] > 20 * DAY]
    for job in slow[:8]:
        shut, again = job["dateAdded"] + 5 * DAY, job["dateAdded"] + 11 * DAY
        jobs.append({**job, "status": "On Hold", "dateClosed": shut, "dateLastModified": shut})
        jobs.append(_opened(job, again))
    for job in slow[8:10]:
        jobs.append(_opened(job, min(job["dateLastModified"] + 30 * DAY, LAST)))


def _opened(job: Record, at: int) -> Record:
    is_open = {"isOpen": True, "dateClosed": None, "status": "Accepting Candidates"}
    return {**job, **is_open, "dateLastModified": at}


def _name_a_second_referrer(records: Records) -> None:
    """The record links one referrer, its text names another."""
    candidates = _bullhorn(records, "candidates")
    people = [*candidates, *_bullhorn(records, "client_contacts"), *_bullhorn(records, "leads")]
    people += _bullhorn(records, "corporate_users")
    names = Counter(_name(person) for person in people)
    known = [c for c in candidates if names[_name(c)] == 1 and not c["isAnonymized"]]
    linked = [c for c in candidates if c["referredByPerson"] and c["status"] == "Placed"]
    for candidate in linked[:8]:
        own = (candidate["id"], candidate["referredByPerson"]["id"])
        rival = next(c for c in known if c["id"] not in own and not c["isDeleted"])
        candidate["referredBy"] = _name(rival)


def _claim_clients_twice(records: Records) -> None:
    """A day after a lead that was referred, another of the company by somebody else."""
    leads = _bullhorn(records, "leads")
    claimed = [lead for lead in leads if lead["referredByPerson"] and lead["clientCorporation"]]
    (user, *_), last = _bullhorn(records, "corporate_users"), _last_person(records)
    for number, lead in enumerate(claimed[:7], start=1):
        referrers = [other["referredByPerson"]["id"] for other in claimed]
        rival = next(one for one in referrers if one != lead["referredByPerson"]["id"])
        leads.append(
            lead
            | {"id": last + number, "dateAdded": lead["dateAdded"] + DAY}
            | {"dateLastModified": lead["dateLastModified"] + DAY}
            | {"referredByPerson": {"id": user["id"] if number == 1 else rival}}
        )


def _refer_oneself_as_client(records: Records) -> None:
    for contact in _bullhorn(records, "client_contacts"):
        if not contact["referredByPerson"] and contact["id"] % 20 == 0:
            contact["referredByPerson"] = {"id": contact["id"]}


def _leak_clients(records: Records) -> None:
    """Referred clients whose contact is filed under another source, and one more by survey."""
    contacts = _bullhorn(records, "client_contacts")
    for contact in [c for c in contacts if c["referredByPerson"]][:8]:
        contact["source"] = "Event"
    told = [one["response"] for one in records["typeform", "responses"] if _is_of(one, "client")]
    for response in [r for r in told if r["hidden"]["trigger"] == "relationship_client"][:6]:
        field = {"id": "whotoldyou", "ref": "who_told_you", "type": "multiple_choice"}
        response["answers"].append(
            {"field": field, "type": "choice", "choice": {"label": "LinkedIn"}}
        )


def _ask_for_effort(records: Records) -> None:
    """The forms after interviews and closed jobs also ask how easy it was, 1 to 7."""
    asking = ("interview", "job_close")
    for form in records["typeform", "forms"]:
        if form["id"] in asking:
            scale = {"steps": 7, "start_at_one": True}
            field = {"id": f"ces{form['id']}", "ref": "ces", "type": "opinion_scale"}
            form["fields"].append({**field, "title": "Ease", "properties": scale})
    for one in records["typeform", "responses"]:
        if one["form_id"] in asking:
            field = {"id": f"ces{one['form_id']}", "ref": "ces", "type": "opinion_scale"}
            effort = 1 + drawn(one["response"]["token"], 7)
            one["response"]["answers"].append({"field": field, "type": "number", "number": effort})


def _refund_from_the_bank(records: Records) -> None:
    """Money sent back: what a credit note still owes, beside one that owes nothing, without any."""
    notes = {note["CreditNoteID"]: note for note in records["xero", "credit_notes"]}
    payments = records["xero", "payments"]
    paid_out = [p for p in payments if p["PaymentType"] == "ARCREDITPAYMENT"]
    for number, payment in enumerate(paid_out[:5]):
        note = notes[payment["CreditNote"]["CreditNoteID"]]
        if number < 3:
            payments.remove(payment)
            note |= {"Status": "AUTHORISED", "RemainingCredit": payment["Amount"]}
        _refund(records, note["Reference"], payment["Amount"], note["CurrencyCode"])
    credited = {note["Reference"] for note in notes.values()}
    fallen = [p for p in _bullhorn(records, "placements") if _fell_off(p)]
    bare = [p for p in fallen if f"PL-{p['id']}" not in credited]
    for placement in [*bare[:2], *_bullhorn(records, "placements")[:2]]:
        _refund(records, f"PL-{placement['id']}", 650.5, "GBP")


def _refund(records: Records, reference: str, amount: float, currency: str) -> None:
    spent = records["xero", "bank_transactions"]
    model = next(one for one in spent if one["Type"] == "SPEND")
    line = {**model["LineItems"][0], "AccountCode": "200", "TaxAmount": 0.0}
    key = str(uuid5(NAMESPACE_URL, f"refund:{reference}"))
    money = {"SubTotal": amount, "TotalTax": 0.0, "Total": amount, "CurrencyCode": currency}
    lines = [{**line, "LineItemID": key, "UnitAmount": amount, "LineAmount": amount}]
    day = {"DateString": "2026-06-15 00:00:00", "Date": "/Date(1781481600000+0000)/"}
    spent.append(
        {**model, **day, **money, "BankTransactionID": key, "Reference": reference}
        | {"LineItems": lines, "LineAmountTypes": "NoTax", "Status": "AUTHORISED"}
    )


def drawn(key: str, sides: int) -> int:
    """A number below ``sides`` that follows from the key alone."""
    return int(sha256(key.encode()).hexdigest()[:8], 16) % sides


def _bullhorn(records: Records, entity: str) -> list[Record]:
    return records["bullhorn", entity]


def _steps(records: Records, status: str) -> list[Record]:
    steps = _bullhorn(records, "job_submission_history")
    return [step for step in steps if step["status"] == status]


def _step(records: Records, submission: int, status: str, at: int) -> None:
    steps = _bullhorn(records, "job_submission_history")
    key = max(step["id"] for step in steps) + 1
    made = {"id": key, "jobSubmission": {"id": submission}, "status": status, "dateAdded": at}
    steps.append(steps[0] | made)


def _name(person: Record) -> str:
    return f"{person['firstName']} {person['lastName']}"


def _last_person(records: Records) -> int:
    kinds = ("corporate_users", "candidates", "client_contacts", "leads")
    return max(person["id"] for kind in kinds for person in _bullhorn(records, kind))


def _is_of(one: Record, kind: str) -> bool:
    return one["response"]["hidden"].get("respondent_kind") == kind


def _fell_off(placement: Record) -> bool:
    if placement["status"] != "Terminated" or not placement["dateEnd"]:
        return False
    stayed = placement["dateEnd"] - placement["dateBegin"]
    return bool(stayed <= (placement["daysGuaranteed"] or 0) * DAY)


_CASES: tuple[Callable[[Records], None], ...] = (
    _decline_offers,
    _leave_offers_open,
    _skip_offers,
    _reopen_jobs,
    _name_a_second_referrer,
    _claim_clients_twice,
    _refer_oneself_as_client,
    _leak_clients,
    _ask_for_effort,
    _refund_from_the_bank,
)
