"""An agency that gives its internal costs: by hours and money, shared, by recruiter and logged."""

import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from benchmarks.agencies import rebuild
from tests.recalculation.cost_differences import cost_differences
from tests.recalculation.costs import costs, effort
from tests.recalculation.frames import Records, differences
from tests.recalculation.hiring_costs import FIGURES, KEY, cost_figures
from tests.recalculation.test_cost_per_hire import CENT, SHARE

pytestmark = pytest.mark.slow

TENANT = "seed-011"
MODELS = (
    "document_rates",
    "internal_cost_lines",
    "channel_effort",
    "cost_lines",
    "fct_costs",
    "channel_month_costs",
    "guarantee_losses",
    "cost_per_hire_windows",
    "cost_per_hire_differences",
    "metric_cost_per_hire",
)
Row = tuple[str, date, str, str | None, str | None, object, object, object, str]


def _given(recruiters: list[str]) -> Iterator[Row]:
    """Rows of internal_costs, with every way to give them and every fault they may have."""

    def row(
        month: date,
        kind: str,
        hours: float | None = None,
        amount: float | None = None,
        recruiter: str | None = None,
        channel: str | None = None,
        currency: str = "GBP",
    ) -> Row:
        rate = Decimal("23.50") if hours is not None else None
        return (TENANT, month, kind, recruiter, channel, hours, rate, amount, currency)

    for year, number in ((y, m) for y in (2024, 2025, 2026) for m in range(1, 13)):
        month = date(year, number, 1)
        if month == date(2025, 3, 1):
            continue
        yield row(month, "management_share", amount=4100, currency="EUR" if year == 2025 else "GBP")
        if number in (2, 7):
            for place, recruiter in enumerate([*recruiters[:4], "nobody known"]):
                yield row(month, "recruiter_time", hours=100.25 + place, recruiter=recruiter)
        elif number in (3, 9):
            for place, channel in enumerate(["referral", "job_board", "linkedin", "billboard"]):
                yield row(month, "recruiter_time", hours=30.5 * (place + 1), channel=channel)
            yield row(month, "sourcer_time", hours=12, channel="linkedin")
        else:
            yield row(month, "recruiter_time", hours=900)
            yield row(month, "sourcer_time", hours=40, channel="event")
    yield row(date(2024, 5, 1), "office_share", amount=-250)
    yield row(date(2024, 6, 1), "office_share")
    yield row(date(2023, 12, 1), "office_share", amount=9999)


@pytest.fixture(scope="module")
def internal(agencies_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """The agency with its internal costs, in a copy of the shared warehouse."""
    home = tmp_path_factory.mktemp("internal")
    shutil.copy(agencies_home / "warehouse.duckdb", home)
    warehouse = str(home / "warehouse.duckdb")
    with duckdb.connect(warehouse) as connection:
        users = connection.execute(
            "select recruiter_id from intermediate.int_recruiters where tenant_id = ? order by 1",
            [TENANT],
        ).fetchall()
        connection.executemany(
            "insert into seeds.internal_costs values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            list(_given([user for (user,) in users])),
        )
    rebuild(home, MODELS, has_tests=False)
    with duckdb.connect(warehouse, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield Records(connection, TENANT)


def test_effort_is_logged_hours_else_events(internal: Records) -> None:
    made = internal.table("channel_effort")
    mine = effort(internal)
    key = ["effort_key", "effort_month", "channel"]
    everybody = [rows[rows["effort_key"] == "(all)"] for rows in (mine, made)]
    assert {"logged_hours", "stage_events"} <= set(made["driver"])
    assert differences(*everybody, key, ["events"]) == []


def test_internal_cost_is_spread_by_whose_time_it_is(internal: Records) -> None:
    rows = internal.table("marts.fct_costs")
    # Lines of the unfinished month are there, and in no figure.
    rows = rows[rows["document_date"] <= internal.as_of]
    key = ["cost_line_id", "channel"]
    facts = ["allocation", "cost_category", "is_internal", "is_comparable", "document_month"]
    assert {"recruiter", "agency"} <= set(rows["driver_scope"])
    assert differences(costs(internal), rows, key, facts) == []
    shares = ["amount", "reporting_amount"]
    assert differences(costs(internal), rows, key, shares, money=SHARE) == []


def test_figures_with_internal_cost_agree_to_the_cent(internal: Records) -> None:
    rows = internal.table("marts.metric_cost_per_hire")
    rows = rows[rows["metric"] != "cost_per_hire_difference"]
    facts = ["n", "is_suppressed", "internal_months"]
    assert differences(cost_figures(internal), rows, KEY, facts) == []
    assert differences(cost_figures(internal), rows, KEY, FIGURES, money=CENT) == []


def test_internal_cost_is_in_the_difference(internal: Records) -> None:
    rows = internal.table("marts.metric_cost_per_hire")
    rows = rows[rows["metric"] == "cost_per_hire_difference"]
    figures = ["value", "numerator", "denominator", "ci_low", "ci_high", "n"]
    key = ["period", "period_start"]
    assert differences(cost_differences(internal), rows, key, figures, money=CENT) == []
