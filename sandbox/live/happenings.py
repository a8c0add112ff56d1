"""What happens at the agency from now on: each makes or changes records in the store.

Who is told of it is not here.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sandbox.agency.books import cents
from sandbox.agency.calendar import midnight
from sandbox.agency.dice import Dice
from sandbox.agency.names import FIRST, LAST
from sandbox.live import billing, surveying
from sandbox.store import Store

Kind = Literal["INSERTED", "UPDATED", "DELETED"]
Record = dict[str, Any]
# 2026-01-01; ids of eight digits are long enough.
_LONG_AGO = 1_767_225_600
_PEOPLE = ("candidates", "client_contacts", "leads", "corporate_users")


@dataclass(frozen=True)
class Change:
    """One record that is new, changed or gone. ``entity`` is landing's name for it."""

    vendor: str
    entity: str
    record_id: int | str
    kind: Kind


@dataclass(frozen=True)
class Happened:
    """One thing that happened, in words, and the records that it changed, in order."""

    what: str
    changes: tuple[Change, ...]


class Happenings:
    """Makes things happen to the records of a store, at the clock's instant (thread-safe).

    The same store, seed and clock give the same records.
    """

    def __init__(self, store: Store, seed: int, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._dice = Dice(seed, "live")
        self._begun = int(clock().timestamp())
        self._lock = threading.Lock()
        # Submissions of live referrals, and live placements, that wait for what comes next.
        self._referred: deque[int] = deque()
        self._placed: deque[int] = deque()

    def answer(self, score: int | None = None) -> Happened:
        """Somebody answers a relationship survey; by chance, unless the score (0-10) is given."""
        with self._lock:
            if score is None:
                score = self._dice.weighted(range(11), (2, 1, 2, 3, 3, 4, 5, 12, 18, 28, 22))
            return self._answer(score, self._dice.chance(0.5))

    def detractor(self, score: int | None = None) -> Happened:
        """A client answers 0 to 6: the clients' NPS is what people look at first."""
        with self._lock:
            return self._answer(self._dice.between(0, 6) if score is None else score, True)

    def referral(self) -> Happened:
        """A placed candidate refers another, who is put forward for a new job."""
        with self._lock:
            return self._referral()

    def placement(self) -> Happened:
        """A referred candidate starts a job today."""
        with self._lock:
            return self._placement()

    def invoice_paid(self) -> Happened:
        """The fee of a placement is invoiced and paid."""
        with self._lock:
            return self._invoice_paid()

    def deletion(self) -> Happened:
        """A placement is deleted for good, which leaves no trace but its event."""
        with self._lock:
            key = self._dice.one(self._store["bullhorn", "placements"])["id"]
            self._store.remove("bullhorn", "placements", key)
            if key in self._placed:
                self._placed.remove(key)
            return Happened(
                f"placement {key} is deleted",
                (Change("bullhorn", "placements", key, "DELETED"),),
            )

    def merge(self) -> Happened:
        """A candidate turns out to be another one's duplicate, and points at that one."""
        with self._lock:
            survivor, duplicate = self._two_candidates()
            self._changed(duplicate | {"isDeleted": True, "linkedPerson": {"id": survivor["id"]}})
            return Happened(
                f"candidate {duplicate['id']} is merged into {survivor['id']}",
                (Change("bullhorn", "candidates", duplicate["id"], "UPDATED"),),
            )

    def anonymisation(self) -> Happened:
        """A candidate's name and addresses are taken out of the record."""
        with self._lock:
            person, _ = self._two_candidates()
            gone = dict.fromkeys(("firstName", "lastName", "email", "phone", "mobile"))
            self._changed(person | gone | {"isAnonymized": True})
            return Happened(
                f"candidate {person['id']} is anonymised",
                (Change("bullhorn", "candidates", person["id"], "UPDATED"),),
            )

    def _two_candidates(self) -> tuple[Record, Record]:
        people = self._store["bullhorn", "candidates"]
        whole = [one for one in people if not one["isDeleted"] and not one["isAnonymized"]]
        first = self._dice.one(whole)
        return first, self._dice.one([one for one in whole if one["id"] != first["id"]])

    def _changed(self, candidate: Record) -> None:
        changed = candidate | {"dateLastModified": self._now_ms()}
        self._store.upsert("bullhorn", "candidates", changed)

    def _referral(self) -> Happened:
        people = self._store["bullhorn", "candidates"]
        referrer = self._dice.one([one for one in people if one["status"] == "Placed"])
        now, candidate_id = self._now_ms(), self._next_id(*_PEOPLE)
        first, last = self._dice.one(FIRST), self._dice.one(LAST)
        job = self._new_job(now)
        candidate = {
            **referrer,
            "id": candidate_id,
            "firstName": first,
            "lastName": last,
            "email": f"{first}.{last}{candidate_id}@live.example".lower(),
            "phone": f"+44 7700 9{candidate_id % 100_000:05d}",
            "mobile": f"+44 7700 9{candidate_id % 100_000:05d}",
            "status": "Submitted",
            "source": "Referral",
            "referredBy": f"{referrer['firstName']} {referrer['lastName']}",
            "referredByPerson": {"id": referrer["id"]},
            "isDeleted": False,
            "isAnonymized": False,
            "linkedPerson": None,
            "dateAdded": now,
            "dateLastModified": now,
        }
        submission = {
            "id": self._next_id("job_submissions"),
            "candidate": {"id": candidate_id},
            "jobOrder": {"id": job["id"]},
            "status": "Submitted",
            "source": "Referral",
            "sendingUser": job["owner"],
            "dateAdded": now,
            "dateWebResponse": None,
            "isDeleted": False,
            "dateLastModified": now,
        }
        self._referred.append(submission["id"])
        changes = [
            self._put("job_orders", job, "INSERTED"),
            self._put("candidates", candidate, "INSERTED"),
            self._put("job_submissions", submission, "INSERTED"),
            self._step(submission, now),
        ]
        what = f"candidate {referrer['id']} refers candidate {candidate_id}"
        return Happened(what, tuple(changes))

    def _placement(self) -> Happened:
        before = () if self._referred else self._referral().changes
        submission = self._store.get("bullhorn", "job_submissions", self._referred.popleft())
        candidate = self._store.get("bullhorn", "candidates", submission["candidate"]["id"])
        job = self._store.get("bullhorn", "job_orders", submission["jobOrder"]["id"])
        now = self._now_ms(submission, candidate, job)
        today = int(midnight(self._clock()).timestamp()) * 1000
        placement = {
            "id": self._next_id("placements"),
            "candidate": submission["candidate"],
            "jobOrder": submission["jobOrder"],
            "jobSubmission": {"id": submission["id"]},
            "status": "Approved",
            "employmentType": job["employmentType"],
            "dateBegin": today,
            "dateEnd": None,
            "employmentStartDate": today,
            "salary": job["salary"],
            "salaryUnit": job["salaryUnit"],
            "fee": round(job["feeArrangement"] / 100, 4),
            "payRate": None,
            "clientBillRate": None,
            "daysGuaranteed": 90,
            "daysProRated": 14,
            "terminationReason": None,
            "referralFee": None,
            "referralFeeType": None,
            "owner": job["owner"],
            "dateAdded": now,
            "dateLastModified": now,
        }
        self._placed.append(placement["id"])
        submission |= {"status": "Placed", "dateLastModified": now}
        job |= {"status": "Filled", "isOpen": False, "dateClosed": now, "dateLastModified": now}
        candidate |= {"status": "Placed", "dateLastModified": now}
        changes = [
            self._put("job_submissions", submission, "UPDATED"),
            self._step(submission, now),
            self._put("candidates", candidate, "UPDATED"),
            self._put("job_orders", job, "UPDATED"),
            self._put("placements", placement, "INSERTED"),
        ]
        what = f"placement {placement['id']} starts"
        return Happened(what, (*before, *changes))

    def _invoice_paid(self) -> Happened:
        before = () if self._placed else self._placement().changes
        placement = self._store.get("bullhorn", "placements", self._placed.popleft())
        job = self._store.get("bullhorn", "job_orders", placement["jobOrder"]["id"])
        customer = billing.customers(self._store)[job["clientCorporation"]["id"]]
        fee = cents(placement["salary"] * placement["fee"])
        invoice, payment = billing.paid_invoice(
            self._dice, self._clock(), customer, f"PL-{placement['id']}", fee
        )
        self._store.upsert("xero", "invoices", invoice)
        self._store.upsert("xero", "payments", payment)
        changes = (
            Change("xero", "invoices", invoice["InvoiceID"], "INSERTED"),
            Change("xero", "payments", payment["PaymentID"], "INSERTED"),
        )
        what = f"the fee of placement {placement['id']} is paid, {invoice['Total']} GBP"
        return Happened(what, (*before, *changes))

    def _new_job(self, now: int) -> Record:
        """A permanent job at a client that can be invoiced in pounds."""
        customers = billing.customers(self._store)
        jobs = [
            job
            for job in self._store["bullhorn", "job_orders"]
            if job["clientCorporation"]["id"] in customers
            and job["employmentType"] == "Direct Hire"
            and not job["isDeleted"]
        ]
        return {
            **self._dice.one(jobs),
            "id": self._next_id("job_orders"),
            "status": "Accepting Candidates",
            "isOpen": True,
            "dateAdded": now,
            "dateClosed": None,
            "dateLastModified": now,
        }

    def _step(self, submission: Record, now: int) -> Change:
        step = {
            "id": self._next_id("job_submission_history"),
            "jobSubmission": {"id": submission["id"]},
            "status": submission["status"],
            "modifyingUser": submission["sendingUser"],
            "dateAdded": now,
        }
        return self._put("job_submission_history", step, "INSERTED")

    def _answer(self, score: int, is_client: bool) -> Happened:
        record = surveying.answer(self._store, self._dice, self._clock(), score, is_client)
        self._store.upsert("typeform", "responses", record)
        token = record["response"]["token"]
        return Happened(
            f"a {record['response']['hidden']['respondent_kind']} answers {score}",
            (Change("typeform", "responses", token, "INSERTED"),),
        )

    def _put(self, entity: str, record: Record, kind: Kind) -> Change:
        self._store.upsert("bullhorn", entity, record)
        return Change("bullhorn", entity, record["id"], kind)

    def _next_id(self, *entities: str) -> int:
        """One more than the highest of these entities, which share a sequence.

        A sandbox that is started again knows nothing of what happened before: its ids begin
        with the instant of its start, so that what was landed then stays what it was.
        """
        known = (self._store.shelf("bullhorn", entity).column("id") for entity in entities)
        highest = max(number for ids in known for number in ids if isinstance(number, int))
        return 1 + max(highest, self._begun - _LONG_AGO)

    def _now_ms(self, *records: Record) -> int:
        """Now, and later than the records' last change: a version never repeats."""
        now = int(self._clock().timestamp() * 1000)
        return max([now, *(int(record["dateLastModified"]) + 1 for record in records)])
