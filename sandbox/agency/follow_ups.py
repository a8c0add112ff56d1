"""Calls that follow a detractor's answer, and what they do to the next one."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from sandbox.agency.answering import Surveys
from sandbox.agency.calendar import SPAN_END
from sandbox.agency.cast import Candidate, Contact
from sandbox.agency.dice import Dice
from sandbox.agency.events import Answer, Note
from sandbox.agency.opinions import COMMENTS, band_of
from sandbox.agency.plan import WIN_BACK

CALLED_SHARE = 0.55


@dataclass(frozen=True)
class FollowUp:
    """A detractor's answer with a later one: whether a call lay between, and what it gained."""

    token: str
    next_token: str
    was_called: bool
    gained: int


def follow_up(surveys: Surveys) -> list[FollowUp]:
    """Call about half of all detractors, whatever their score: chance decides who."""
    dice = Dice(surveys.plan.seed, "follow-ups")
    done = []
    for answers in _by_person_and_kind(surveys).values():
        called = _called(surveys, dice, answers[0])
        for answer, following in pairwise(answers):
            if answer.score is not None and answer.score <= 6:
                gained = _win_back(dice, following) if called and _is_planted(surveys) else 0
                done.append(FollowUp(answer.token, following.token, called, gained))
            called = _called(surveys, dice, following)
    return done


def _by_person_and_kind(surveys: Surveys) -> dict[tuple[int, bool], list[Answer]]:
    """Scored answers of each person in order of time, relationship surveys apart."""
    found: dict[tuple[int, bool], list[Answer]] = {}
    for answer in sorted(surveys.world.answers, key=lambda one: (one.submitted, one.token)):
        if answer.score is not None:
            kind = answer.trigger.startswith("relationship")
            found.setdefault((answer.person.id, kind), []).append(answer)
    return found


def _is_planted(surveys: Surveys) -> bool:
    return surveys.plan.effects.follow_up_wins_back


def _called(surveys: Surveys, dice: Dice, answer: Answer) -> bool:
    is_detractor = answer.score is not None and answer.score <= 6
    at = answer.submitted + timedelta(hours=dice.between(3, 70))
    if not is_detractor or at > SPAN_END or not dice.chance(CALLED_SHARE):
        return False
    person = answer.person
    assert isinstance(person, Candidate | Contact)
    surveys.world.notes.append(
        Note(
            id=surveys.world.next_id("note", 8001),
            action=dice.one(("Follow-up Call", "Follow-up Call", "Email")),
            person=person,
            author=person.owner,
            comments=f"Spoke to {person.first} about their survey answer.",
            added=at,
            modified=at,
        )
    )
    return True


def _win_back(dice: Dice, answer: Answer) -> int:
    """Points gained; what else the answer says goes with its score."""
    assert answer.score is not None
    gained = min(WIN_BACK, 10 - answer.score)
    answer.score += gained
    answer.drivers = {
        name: rating if name == "understood_needs" else min(5, rating + 1)
        for name, rating in answer.drivers.items()
    }
    if answer.comment is not None:
        answer.comment = dice.one(COMMENTS[band_of(answer.score)])
    return gained
