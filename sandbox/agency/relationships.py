"""Half-yearly relationship surveys of clients, and one of people placed a year ago."""

from sandbox.agency.answering import Occasion, Surveys
from sandbox.agency.calendar import after, at_noon
from sandbox.agency.opinions import drawn_band, score_in

MONTHS = ((2024, 3), (2024, 9), (2025, 3), (2025, 9), (2026, 3), (2026, 9))


def ask_clients(surveys: Surveys) -> None:
    """Each contact is asked every half-year, answers often, and mostly as its company feels."""
    for contact in list(surveys.world.contacts):
        for year, month in MONTHS:
            asked = at_noon(contact.added.date().replace(year=year, month=month, day=4))
            is_client = contact.added < asked < contact.client.active_until
            if not is_client or not surveys.dice.chance(0.5):
                continue
            at = after(asked, surveys.dice.between(0, 20))
            same = surveys.dice.chance(0.75)
            band = contact.client.band if same else drawn_band(surveys.dice, 0.25, 0.45)
            score = score_in(surveys.dice, band)
            surveys.client(Occasion("relationship_client", at), contact, score)


def ask_candidates(surveys: Surveys) -> None:
    """Placed people, a year after their start."""
    for placement in surveys.world.placements:
        candidate = placement.submission.candidate
        at = after(placement.begins, 365 + surveys.dice.between(0, 20))
        if placement.status == "Canceled" or not surveys.dice.chance(0.4):
            continue
        feeling = {"promoter": (0.8, 0.03), "detractor": (0.05, 0.85)}
        shares = feeling.get(candidate.band_at(at), (0.25, 0.06))
        surveys.candidate(Occasion("relationship_candidate", at), candidate, shares)
