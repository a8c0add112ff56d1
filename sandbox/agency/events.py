"""What happens to them: jobs, submissions, placements, notes, deals and survey answers."""

from dataclasses import dataclass, field
from datetime import datetime

from sandbox.agency.calendar import SPAN_END
from sandbox.agency.cast import Candidate, Client, Contact, Lead, Person, Recruiter


@dataclass
class Job:
    """A job order."""

    id: int
    title: str
    client: Client
    contact: Contact
    owner: Recruiter
    employment_type: str
    salary: float
    salary_unit: str
    source: str
    opened: datetime
    modified: datetime
    status: str = "Accepting Candidates"
    closed: datetime | None = None
    is_deleted: bool = False


@dataclass
class Submission:
    """A candidate put forward for a job."""

    id: int
    candidate: Candidate
    job: Job
    added: datetime
    status: str
    source: str | None
    modified: datetime
    steps: list[tuple[str, datetime]] = field(default_factory=list)
    has_feedback: bool = False
    is_deleted: bool = False


@dataclass
class Placement:
    """A hire, or one that was agreed and did not happen (Canceled)."""

    id: int
    submission: Submission
    begins: datetime
    status: str
    salary: float
    fee: float
    guarantee_days: int
    prorated_days: int
    added: datetime
    modified: datetime
    ends: datetime | None = None
    reason: str | None = None
    pay_rate: float | None = None
    bill_rate: float | None = None
    bounty: int | None = None
    has_bounty_bill: bool = False

    @property
    def is_contract(self) -> bool:
        """Whether it is billed by the month."""
        return self.submission.job.employment_type == "Contract"

    @property
    def has_started(self) -> bool:
        """Whether the first day has come: a hire."""
        return self.status != "Canceled" and self.begins <= SPAN_END

    @property
    def is_fall_off(self) -> bool:
        """Whether the hire left inside the guarantee."""
        if self.status != "Terminated" or self.ends is None:
            return False
        return (self.ends - self.begins).days <= self.guarantee_days


@dataclass
class Note:
    """A Bullhorn note about a person."""

    id: int
    action: str
    person: Person
    author: Recruiter
    comments: str
    added: datetime
    modified: datetime
    is_deleted: bool = False


@dataclass
class Opportunity:
    """A deal with a client."""

    id: int
    title: str
    client: Client
    contact: Contact
    lead: Lead | None
    source: str | None
    status: str
    value: float
    owner: Recruiter
    added: datetime
    modified: datetime
    closed: datetime | None
    is_deleted: bool = False


@dataclass
class Answer:
    """One returned survey; ``score`` is None when the respondent skipped it."""

    token: str
    form: str
    trigger: str
    audience: str
    person: Person
    submitted: datetime
    score: int | None
    drivers: dict[str, int]
    hidden: dict[str, str]
    event: str
    comment: str | None = None
    who_told_you: str | None = None
    csat: int | None = None
