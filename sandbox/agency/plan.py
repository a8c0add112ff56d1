"""What the generated agency is asked to be: its size and the effects planted in it."""

from dataclasses import dataclass, field, fields


@dataclass(frozen=True)
class Effects:
    """Each planted effect; switched off, both sides get the ``*_unplanted`` figure."""

    referred_hires_cost_less: bool = True
    referred_placements_fall_off_less: bool = True
    referred_candidates_succeed_more: bool = True
    feedback_lifts_rejected_nps: bool = True
    promoting_clients_return: bool = True
    promoters_refer_more: bool = True
    follow_up_wins_back: bool = True
    bad_experience_costs_referrals: bool = True
    understood_clients_stay: bool = True

    @classmethod
    def none(cls) -> "Effects":
        """An agency in which no claim of advocacy holds."""
        return cls(**{effect.name: False for effect in fields(cls)})


# Tracked spend per hire, GBP. Off: every channel costs COST_UNPLANTED.
COST_PER_HIRE: dict[str, int] = {
    "job_board": 2400,
    "linkedin": 1900,
    "advert": 2100,
    "event": 1700,
    "partner_agency": 2800,
    "careers_site": 600,
}
COST_UNPLANTED = 750
REFERRAL_BOUNTY = 750

# Probability that a permanent hire leaves inside the guarantee.
FALL_OFF = {"referred": 0.04, "other": 0.17, "unplanted": 0.12}
# Probability of leaving later, but within a year of the start.
LATER_LEAVE = {"referred": 0.06, "other": 0.18, "unplanted": 0.13}
# Weight of a candidate when one of a job's submissions is hired.
SUCCESS_WEIGHT = {"referred": 2.2, "other": 1.0, "unplanted": 1.0}

# Probability of promoter and detractor among the rejected.
REJECTED_BANDS = {
    "feedback": (0.46, 0.18),
    "silence": (0.14, 0.58),
    "unplanted": (0.28, 0.38),
}
# Probability that a client is still buying one year later.
CLIENT_STAYS = {"promoter": 0.93, "passive": 0.74, "detractor": 0.35, "unplanted": 0.72}
# Added to it where the agency understood what the client needed, or did not.
UNDERSTOOD_STAYS = {True: 0.1, False: -0.2}
UNDERSTOOD_SHARE = {"promoter": 0.8, "passive": 0.65, "detractor": 0.45}
# Factor by which a client's jobs come more often with each year.
CLIENT_GROWTH = {"promoter": 1.25, "passive": 1.0, "detractor": 0.75, "unplanted": 1.0}
# Weight with which a placed person is the next one to refer; soured counts from the
# bad experience until it is made good.
REFERRER_WEIGHT = {"promoter": 5.0, "passive": 1.0, "unplanted": 1.0}
SOURED_WEIGHT = 0.1
# Weight of all placed people, per client of the plan, at which every referral is theirs.
# Below it their share is in proportion: each refers at a steady rate, however many there are.
FULL_WEIGHT = {"planted": 15.0, "unplanted": 5.0}
# Points by which a detractor's next score rises after a follow-up call (10 is the end).
WIN_BACK = 3


@dataclass(frozen=True)
class Size:
    """Counts that set the size; everything else follows from them."""

    recruiters: int
    clients: int
    candidates: int
    days_between_jobs: int


SIZES: dict[str, Size] = {
    "tiny": Size(recruiters=4, clients=12, candidates=150, days_between_jobs=135),
    "small": Size(recruiters=12, clients=60, candidates=900, days_between_jobs=135),
    "middling": Size(recruiters=24, clients=240, candidates=3600, days_between_jobs=135),
    "medium": Size(recruiters=60, clients=600, candidates=9000, days_between_jobs=135),
}


@dataclass(frozen=True)
class AgencyPlan:
    """One agency: the same plan gives the same bytes."""

    seed: int = 7
    scale: str = "small"
    effects: Effects = field(default_factory=Effects)
    # Records at odds with each other (self-referral, shared mailbox, void documents ...).
    oddities: bool = True

    @property
    def size(self) -> Size:
        """The counts of this plan's scale; KeyError names an unknown scale."""
        return SIZES[self.scale]
