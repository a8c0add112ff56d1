"""Who takes part: people and client companies, before any vendor's shape."""

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
    is_understood: bool
    referrer_id: int | None = None
    parent_id: int | None = None
    status: str = "Active"
    # Whether the billing system carries the agency's code; some customers are found otherwise.
    is_coded_in_books: bool = True
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
    # Once placed: promoter or passive, but for the time between a bad experience and its end.
    band: str | None = None
    soured: datetime | None = None
    recovered: datetime | None = None
    generation: int = 0
    placed_from: datetime | None = None

    def is_soured(self, at: datetime) -> bool:
        """Whether a bad experience is behind and not made good."""
        if self.soured is None or at < self.soured:
            return False
        return self.recovered is None or at < self.recovered

    def band_at(self, at: datetime) -> str:
        """Promoter, passive or detractor at that time; passive before the first placement."""
        return "detractor" if self.is_soured(at) else self.band or "passive"

    @property
    def is_referred(self) -> bool:
        """Whether the person really came by referral."""
        return self.channel == "referral"


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
