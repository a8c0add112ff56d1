"""How much of what is unknown may be published. Shares are fractions of 1."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits of the gate; a share at its limit still passes."""

    max_rejected_records: int = 0
    max_unknown_values: int = 0
    max_off_scale_answers: int = 0
    max_unknown_channel_share: float = 0.2
    max_unmapped_spend_share: float = 0.1
    max_unresolved_respondent_share: float = 0.2
    max_unconverted_rows_share: float = 0.05
    max_revenue_without_company_share: float = 0.05
    max_days_ahead: int = 400
    min_headline_rows: int = 1
    min_survey_responses: int = 1
    min_touchpoints: int = 1
