"""The agency's inner model, before any vendor's shape."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Person:
    """Any human: candidates, contacts, leads and users share one sequence of ids."""

    id: int
    first: str
    last: str
    email: str | None
    phone: str | None
    added: datetime
    modified: datetime


@dataclass
class Recruiter(Person):
    """A Bullhorn corporate user."""

    enabled: bool = True


@dataclass
class Client:
    """A client company; ``band`` is how it feels about the agency."""

    id: int
    name: str
    domain: str
    code: str | None
    currency: str
    fee: float
    band: str
    source: str
    added: datetime
    modified: datetime
    active_until: datetime
    owner: Recruiter
    referrer_id: int | None = None
    parent_id: int | None = None
    status: str = "Active"
    contacts: list["Contact"] = field(default_factory=list)


@dataclass
class Contact(Person):
    """A person at a client."""

    client: Client = field(kw_only=True)
    owner: Recruiter = field(kw_only=True)
    title: str = field(kw_only=True)
    source: str | None = None
    referrer_id: int | None = None
    linked_id: int | None = None
    is_deleted: bool = False


@dataclass
class Candidate(Person):
    """A candidate; ``channel`` is the true one, ``source`` what the ATS says."""

    channel: str = field(kw_only=True)
    source: str | None = field(kw_only=True)
    owner: Recruiter = field(kw_only=True)
    occupation: str = field(kw_only=True)
    referrer_id: int | None = None
    referred_by: str | None = None
    status: str = "New Lead"
    is_deleted: bool = False
    is_anonymised: bool = False
    linked_id: int | None = None
    # promoter, passive or detractor, once placed
    band: str | None = None
    generation: int = 0
    placed_from: datetime | None = None

    @property
    def is_referred(self) -> bool:
        """Whether the person really came by referral."""
        return self.channel == "referral"


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
class Lead(Person):
    """A possible client before it is one."""

    company: str = field(kw_only=True)
    client: Client | None = None
    source: str | None = None
    campaign: str | None = None
    conversion: str | None = None
    referrer_id: int | None = None
    owner: Recruiter = field(kw_only=True)
    status: str = "New Lead"
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


@dataclass
class World:
    """Everything that happened, in order of happening."""

    recruiters: list[Recruiter] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    opportunities: list[Opportunity] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    same_person: list[tuple[str, ...]] = field(default_factory=list)
    oddities: dict[str, list[str]] = field(default_factory=dict)
    _issued: dict[str, int] = field(default_factory=dict)

    def next_id(self, kind: str, first: int = 1) -> int:
        """The next id of one kind, counting from ``first``."""
        self._issued[kind] = self._issued.get(kind, first - 1) + 1
        return self._issued[kind]

    def person_id(self) -> int:
        """The next id of Bullhorn's Person, shared by all kinds of person."""
        return self.next_id("person", 1001)

    def remark(self, oddity: str, key: str) -> None:
        """Note a deliberately odd record, for tests to find."""
        self.oddities.setdefault(oddity, []).append(key)
