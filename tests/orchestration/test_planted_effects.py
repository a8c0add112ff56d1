"""What was planted in the agency is what the marts find.

Where nothing was planted: tests/recalculation/test_cost_per_hire.py.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sandbox.agency import Agency, AgencyPlan, generate
from sandbox.agency.calendar import SPAN_END
from sandbox.agency.plan import COST_PER_HIRE, COST_UNPLANTED

pytestmark = pytest.mark.slow

DIRECT = (
    "select channel, numerator, denominator from marts.metric_cost_per_hire "
    "where metric = 'cost_per_hire_external_gross' and period = 'all' and basis = 'direct' "
    "and channel <> 'all' and not is_suppressed"
)
# The agency's story ends the evening before the day that ``built`` counts as today.
HIRES = (
    "select attributed_channel, count(*) from marts.fct_placements "
    f"where is_started and start_date <= date '{SPAN_END:%Y-%m-%d}' group by all"
)
NPS = (
    "select audience, trigger, count(*) filter (band = 'promoter'), "
    "count(*) filter (band = 'passive'), count(*) filter (band = 'detractor') "
    "from marts.fct_survey_responses group by all"
)


@pytest.fixture(scope="module")
def agency() -> Agency:
    """The agency that ``built`` was made from, with its truth."""
    return generate(AgencyPlan())


def asked(home: Path, query: str) -> list[tuple[Any, ...]]:
    database = home / "serving" / "serving.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_every_hire_is_found_in_its_channel(built_home: Path, agency: Agency) -> None:
    found = dict(asked(built_home, HIRES))
    truth = agency.truth.hires_by_channel
    assert sum(found.values()) == sum(truth.values())
    # One candidate of the planted referral cycle: evidence says referral, the truth otherwise.
    moved = {channel: found.get(channel, 0) - truth[channel] for channel in truth}
    cycles = len(agency.truth.oddities["referral_cycle"])
    assert sum(abs(count) for count in moved.values()) <= 2 * cycles
    assert moved["referral"] >= 0


def test_every_fall_off_is_found(built_home: Path, agency: Agency) -> None:
    query = "select placement_id from marts.fct_placements where is_falloff"
    found = {int(key.split(":")[1]) for (key,) in asked(built_home, query)}
    assert found == set(agency.truth.fall_offs)


def test_every_score_is_counted_in_its_band(built_home: Path, agency: Agency) -> None:
    found = {(row[0], row[1]): row[2:] for row in asked(built_home, NPS)}
    truth = {
        (audience, trigger.split("_c")[0] if trigger.startswith("relationship") else trigger): bands
        for (audience, trigger), bands in agency.truth.nps_counts.items()
    }
    assert found == truth


def test_tracked_spend_is_found_to_the_penny(built_home: Path, agency: Agency) -> None:
    found = {channel: Decimal(str(cost)) for channel, cost, _ in asked(built_home, DIRECT)}
    tracked = set(COST_PER_HIRE) & set(found)
    assert len(tracked) >= 4
    truth = agency.truth.direct_cost
    assert {channel: found[channel] for channel in tracked} == {
        channel: truth[channel] for channel in tracked
    }


def test_the_planted_difference_of_cost_is_found_at_its_size(built_home: Path) -> None:
    per_hire = {channel: cost / hires for channel, cost, hires in asked(built_home, DIRECT)}
    planted = COST_PER_HIRE["job_board"] - COST_UNPLANTED
    assert per_hire["job_board"] - per_hire["referral"] == pytest.approx(planted, rel=0.15)
