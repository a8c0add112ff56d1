"""The agency's inner model as a whole: everything that happened, in order of happening."""

from dataclasses import dataclass, field

from sandbox.agency.cast import Candidate, Client, Contact, Lead, Recruiter
from sandbox.agency.events import Answer, Job, Note, Opportunity, Placement, Submission


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
