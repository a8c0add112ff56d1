"""One respondent answers one survey."""

from dataclasses import dataclass, field
from datetime import datetime

from sandbox.agency.calendar import SPAN_END, SPAN_START
from sandbox.agency.cast import Candidate, Contact, Person
from sandbox.agency.dice import Dice
from sandbox.agency.events import Answer
from sandbox.agency.opinions import (
    CANDIDATE_DRIVERS,
    CLIENT_DRIVERS,
    COMMENTS,
    band_of,
    drawn_band,
    ratings,
    score_in,
)
from sandbox.agency.plan import AgencyPlan
from sandbox.agency.world import World


@dataclass(frozen=True)
class Occasion:
    """Why and when somebody is asked; ``ids`` go into the survey's hidden fields."""

    trigger: str
    at: datetime
    event: str = ""
    ids: dict[str, str] = field(default_factory=dict)


class Surveys:
    """Collects the answers of one agency."""

    def __init__(self, world: World, plan: AgencyPlan) -> None:
        self.world = world
        self.plan = plan
        self.dice = Dice(plan.seed, "surveys")

    def candidate(
        self, occasion: Occasion, person: Candidate, shares: tuple[float, float]
    ) -> Answer | None:
        """A candidate's answer, by the shares of promoters and detractors."""
        score = score_in(self.dice, drawn_band(self.dice, *shares))
        answer = self._answer(occasion, "candidate", person, score)
        if answer is not None and occasion.trigger == "placement_start":
            answer.who_told_you = self._told(person)
        return answer

    def client(
        self, occasion: Occasion, contact: Contact, score: int | None = None
    ) -> Answer | None:
        """A contact's answer; without a score, mostly in the band of its company."""
        if score is None:
            felt = contact.client.band
            if not self.dice.chance(0.75):
                felt = drawn_band(self.dice, 0.35, 0.3)
            score = score_in(self.dice, felt)
        return self._answer(occasion, "client", contact, score)

    def _answer(
        self, occasion: Occasion, audience: str, person: Person, score: int
    ) -> Answer | None:
        moment = self.dice.in_hours(occasion.at)
        if not SPAN_START <= moment <= SPAN_END:
            return None
        drivers = CLIENT_DRIVERS if audience == "client" else CANDIDATE_DRIVERS
        answer = Answer(
            token=self.dice.token(),
            form=occasion.trigger,
            trigger=occasion.trigger,
            audience=audience,
            person=person,
            submitted=moment,
            score=None if self.dice.chance(0.05) else score,
            drivers=ratings(self.dice, drivers, score, _is_understood(person)),
            hidden={
                "respondent_kind": audience,
                **_who(person),
                **occasion.ids,
                "trigger": occasion.trigger,
                "email": person.email or "",
            },
            event=occasion.event,
            comment=self.dice.one(COMMENTS[band_of(score)]) if self.dice.chance(0.45) else None,
        )
        self.world.answers.append(answer)
        return answer

    def _told(self, person: Candidate) -> str:
        if person.is_referred:
            return self.dice.one(("A friend or colleague", "Someone you placed"))
        said = {"job_board": "Job board", "linkedin": "LinkedIn", "event": "Event"}
        # Some remember another way than the ATS does.
        if self.dice.chance(0.05):
            return "A friend or colleague"
        return said.get(person.channel, "Other")


def _is_understood(person: Person) -> bool | None:
    return person.client.is_understood if isinstance(person, Contact) else None


def _who(person: Person) -> dict[str, str]:
    if isinstance(person, Contact):
        return {"contact_id": str(person.id), "company_id": str(person.client.id)}
    return {"candidate_id": str(person.id)}
