"""One agency: its plan lived, billed, and written in each vendor's shape."""

from dataclasses import dataclass
from typing import Any

from sandbox.agency import bullhorn_records, typeform_records, xero_records
from sandbox.agency.answering import Surveys
from sandbox.agency.clerk import Clerk
from sandbox.agency.dice import Dice
from sandbox.agency.follow_ups import follow_up
from sandbox.agency.identities import double_some
from sandbox.agency.oddities import plant
from sandbox.agency.payables import buy
from sandbox.agency.plan import AgencyPlan
from sandbox.agency.receivables import bill_placements
from sandbox.agency.relationships import ask_candidates, ask_clients
from sandbox.agency.repeats import repeat_some
from sandbox.agency.story import live
from sandbox.agency.surveys import ask_after_events
from sandbox.agency.truth import Truth, truth_of

Records = dict[tuple[str, str], list[dict[str, Any]]]


@dataclass(frozen=True)
class Agency:
    """Records by (vendor, landing entity), and the truth about them."""

    records: Records
    truth: Truth

    @property
    def count(self) -> int:
        """All records of all vendors."""
        return sum(len(rows) for rows in self.records.values())


def generate(plan: AgencyPlan | None = None) -> Agency:
    """The agency of the plan; the same plan gives the same records in the same order."""
    plan = plan or AgencyPlan()
    world = live(plan)
    surveys = Surveys(world, plan)
    ask_after_events(surveys)
    ask_clients(surveys)
    ask_candidates(surveys)
    follow_ups = follow_up(surveys)
    if plan.oddities:
        plant(world, Dice(plan.seed, "oddities"))
        double_some(world, Dice(plan.seed, "identities"))
        repeat_some(world, Dice(plan.seed, "repeats"))
    clerk = Clerk(plan.seed)
    bill_placements(clerk, world)
    buy(clerk, world, plan)
    shapes = {
        "bullhorn": bullhorn_records.records(world),
        "typeform": typeform_records.records(world),
        "xero": xero_records.records(clerk.books),
    }
    records: Records = {
        (vendor, entity): rows
        for vendor, entities in shapes.items()
        for entity, rows in entities.items()
    }
    return Agency(records, truth_of(plan, world, clerk.books, follow_ups))
