"""Half-yearly relationship surveys, and the calls that follow a detractor's answer."""

from datetime import timedelta

from sandbox.agency.answering import Occasion, Surveys
from sandbox.agency.calendar import SPAN_END, after, at_noon
from sandbox.agency.cast import Candidate, Contact
from sandbox.agency.events import Answer, Note
from sandbox.agency.opinions import drawn_band, score_in
from sandbox.agency.plan import WIN_BACK

MONTHS = ((2024, 3), (2024, 9), (2025, 3), (2025, 9), (2026, 3), (2026, 9))
CALLED_SHARE = 0.55


def ask_clients(surveys: Surveys) -> None:
    """Each contact is asked every half-year, answers often, and remembers its last answer."""
    for contact in list(surveys.world.contacts):
        last: Answer | None = None
        was_called = False
        for year, month in MONTHS:
            asked = at_noon(contact.added.date().replace(year=year, month=month, day=4))
            is_client = contact.added < asked < contact.client.active_until
            if not is_client or not surveys.dice.chance(0.5):
                continue
            at = after(asked, surveys.dice.between(0, 20))
            score = _score(surveys, contact, last, was_called)
            answer = surveys.client(Occasion("relationship_client", at), contact, score)
            if answer is not None:
                last = answer
                was_called = score <= 6 and _call(surveys, answer, contact)


def _score(surveys: Surveys, contact: Contact, last: Answer | None, was_called: bool) -> int:
    if last is None or last.score is None or last.score > 6:
        same = surveys.dice.chance(0.75)
        band = contact.client.band if same else drawn_band(surveys.dice, 0.25, 0.45)
        return score_in(surveys.dice, band)
    planted = surveys.plan.effects.follow_up_wins_back
    gained = WIN_BACK if was_called and planted else 0 if planted else 1
    return max(0, min(10, last.score + gained + surveys.dice.between(-1, 1)))


def ask_candidates(surveys: Surveys) -> None:
    """Placed people, a year after their start."""
    for placement in surveys.world.placements:
        candidate = placement.submission.candidate
        at = after(placement.begins, 365 + surveys.dice.between(0, 20))
        if placement.status == "Canceled" or not surveys.dice.chance(0.4):
            continue
        feeling = {"promoter": (0.8, 0.05), "detractor": (0.05, 0.8)}
        shares = feeling.get(candidate.band or "", (0.2, 0.2))
        surveys.candidate(Occasion("relationship_candidate", at), candidate, shares)


def call_detractors(surveys: Surveys) -> None:
    """Candidates who were detractors get a call, or do not."""
    for answer in list(surveys.world.answers):
        is_detractor = answer.score is not None and answer.score <= 6
        if is_detractor and isinstance(answer.person, Candidate):
            _call(surveys, answer, answer.person)


def _call(surveys: Surveys, answer: Answer, person: Candidate | Contact) -> bool:
    if not surveys.dice.chance(CALLED_SHARE):
        return False
    at = answer.submitted + timedelta(hours=surveys.dice.between(3, 70))
    if at > SPAN_END:
        return False
    surveys.world.notes.append(
        Note(
            id=surveys.world.next_id("note", 8001),
            action=surveys.dice.one(("Follow-up Call", "Follow-up Call", "Email")),
            person=person,
            author=person.owner,
            comments=f"Spoke to {person.first} about their survey answer.",
            added=at,
            modified=at,
        )
    )
    return True
