"""Invented touchpoints and conversions, in the shape that the attribution models read."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

CHANNELS = ("advert", "agency_database", "direct", "event", "job_board", "referral", "unknown")
CONVERTED = date(2025, 6, 15)
COLUMNS = {
    "marts.fct_touchpoints": """tenant_id varchar, source_relation varchar, source_entity varchar,
        source_record_id varchar, touchpoint_id varchar, subject_kind varchar, subject_id varchar,
        referrer_person_id varchar, channel varchar, evidence varchar, evidence_strength int,
        is_referral boolean, is_self_referral boolean, is_own_outreach boolean,
        touched_at timestamp""",
    "intermediate.conversions": """tenant_id varchar, conversion_id varchar, subject_kind varchar,
        subject_id varchar, placement_id varchar, company_id varchar, converted_date date,
        net_fee_amount decimal(18, 4)""",
    "intermediate.channel_month_costs": """tenant_id varchar, channel varchar, document_month date,
        loaded_cost decimal(18, 4)""",
    "intermediate.period_months": """tenant_id varchar, period varchar, period_start date,
        month_start date, is_finished boolean""",
}


@dataclass(frozen=True)
class Touch:
    """One contact of a path: its channel, days before the conversion, strength of evidence."""

    channel: str
    age_days: int
    strength: int = 2


@dataclass(frozen=True)
class Path:
    """A conversion with its touchpoints; the fee may be nothing or a loss."""

    touches: tuple[Touch, ...]
    fee: Decimal = Decimal(100)
    kind: str = "candidate"


def touch_row(
    subject: str, number: int, kind: str, touch: Touch, last_day: date = CONVERTED
) -> tuple[Any, ...]:
    """A row of fct_touchpoints, ``age_days`` before the last day."""
    at = datetime.combine(last_day - timedelta(days=touch.age_days), datetime.min.time())
    own = touch.channel == "agency_database"
    return (
        *("t", "b", "bullhorn.candidates", f"{number:03}", f"{subject}:{number:03}", kind),
        *(subject, None, touch.channel, "source_category", touch.strength),
        *(touch.channel == "referral", False, own, at),
    )


def inputs(paths: list[Path], costs: dict[str, Decimal] | None = None) -> dict[str, Any]:
    """The tables behind a list of paths, one subject and conversion each."""
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}
    for index, path in enumerate(paths):
        subject = f"s{index:04}"
        rows["intermediate.conversions"].append(
            ("t", f"c{index:04}", path.kind, subject, None, None, CONVERTED, path.fee)
        )
        rows["marts.fct_touchpoints"] += [
            touch_row(subject, number, path.kind, touch)
            for number, touch in enumerate(path.touches)
        ]
    month = CONVERTED.replace(day=1)
    rows["intermediate.channel_month_costs"] += [
        ("t", channel, month, cost) for channel, cost in (costs or {}).items()
    ]
    rows["intermediate.period_months"].append(("t", "all", month, month, True))
    return {table: (columns, rows[table]) for table, columns in COLUMNS.items()}
