"""How people score: bands, scores, driver ratings, and what a follow-up call changes."""

from sandbox.agency.dice import Dice

BANDS = ("promoter", "passive", "detractor")
CANDIDATE_DRIVERS = (
    "communication",
    "salary_transparency",
    "feedback_quality",
    "speed",
    "role_fit",
)
CLIENT_DRIVERS = ("communication", "speed", "understood_needs")
COMMENTS = {
    "promoter": ("Would recommend to anyone.", "Quick, clear and kind.", "Best agency so far."),
    "passive": ("Fine overall.", "Good, if a little slow.", "As expected."),
    "detractor": ("Never heard back.", "The role was not as described.", "Too slow to answer."),
}
# rating -> weight
UNDERSTOOD_RATINGS = {
    True: ((5, 4, 3), (0.5, 0.4, 0.1)),
    False: ((1, 2, 3, 4), (0.2, 0.4, 0.3, 0.1)),
}


def band_of(score: int) -> str:
    """Promoter 9-10, passive 7-8, detractor 0-6."""
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


def score_in(dice: Dice, band: str) -> int:
    """A score of the band."""
    low, high = {"promoter": (9, 10), "passive": (7, 8), "detractor": (1, 6)}[band]
    return dice.between(low, high)


def drawn_band(dice: Dice, promoters: float, detractors: float) -> str:
    """A band by the shares of promoters and detractors."""
    return dice.weighted(BANDS, (promoters, 1 - promoters - detractors, detractors))


def ratings(
    dice: Dice, names: tuple[str, ...], score: int, is_understood: bool | None = None
) -> dict[str, int]:
    """1-5 for each driver, near the score; now and then one is skipped.

    What a client says to "understood our needs" follows from whether that is so.
    """
    near = 1 + round(score * 0.4)
    rated = {name: min(5, max(1, near + dice.between(-1, 1))) for name in names}
    if is_understood is not None:
        rated["understood_needs"] = dice.weighted(*UNDERSTOOD_RATINGS[is_understood])
    return {name: value for name, value in rated.items() if not dice.chance(0.05)}
