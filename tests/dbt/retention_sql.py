"""The retention models run on rows of our own: compiled once by dbt, then plain DuckDB."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from metric_sql import compiled, lay_out

CHAIN = (
    "placement_cohorts",
    "placement_exits",
    "placement_life_tables",
    "placement_survival_summaries",
    "placement_comparisons",
    "metric_placement_retention",
)


@dataclass(frozen=True)
class Placed:
    """One row of placement_survival."""

    duration: int | None
    has_left: bool
    referral: str = "not_referred"
    referrer: str | None = None
    family: str = "data"
    seniority: str = "senior"
    tenant: str = "t"
    population: str = "perm"
    person: str | None = None
    month: str = "2020-01-01"
    recruiter: str = "r"
    is_falloff: bool = False
    is_guarantee_over: bool = False
    is_guarantee_running: bool = False

    def row(self, number: int) -> dict[str, Any]:
        """The columns the models read."""
        return {
            "placement_id": f"p{number:06}",
            "tenant_id": self.tenant,
            "person_id": self.person or f"person {number}",
            "recruiter_id": self.recruiter,
            "population": self.population,
            "referral_status": self.referral,
            "referrer_status": self.referrer or self.referral,
            "job_family": self.family,
            "seniority": self.seniority,
            "duration_days": self.duration,
            "has_left": self.has_left,
            "is_end_unknown": self.duration is None,
            "is_falloff": self.is_falloff,
            "is_guarantee_over": self.is_guarantee_over,
            "is_guarantee_running": self.is_guarantee_running,
            "start_month": pd.Timestamp(self.month),
        }


class RetentionSql:
    """The compiled models, in the order in which they are built."""

    def __init__(self, folder: Path) -> None:
        self.statements = compiled(CHAIN, folder)

    def built(
        self, placed: Sequence[Placed], query: str, periods: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """A query's answer after all models were built over the placements."""
        rows = pd.DataFrame([each.row(number) for number, each in enumerate(placed)])
        rows["duration_days"] = rows["duration_days"].astype("Int32")
        if periods is None:
            periods = all_of_january(sorted({each.tenant for each in placed}))
        parents = {"placement_survival": rows, "period_months": periods}
        with duckdb.connect() as connection:
            lay_out(connection, parents)
            for name in CHAIN:
                schema = "marts" if name.startswith("metric") else "intermediate"
                connection.execute(
                    f"create table warehouse.{schema}.{name} as {self.statements[name]}"
                )
            connection.execute("use warehouse")
            return connection.execute(query).df()


def all_of_january(tenants: Sequence[str]) -> pd.DataFrame:
    """period_months that hold one finished month, and everything."""
    return pd.DataFrame(
        [
            {
                "tenant_id": tenant,
                "period": period,
                "period_start": pd.Timestamp("2020-01-01"),
                "period_end": pd.Timestamp("2020-02-01"),
                "month_start": pd.Timestamp("2020-01-01"),
                "is_finished": True,
                "is_newest": True,
            }
            for tenant in tenants
            for period in ("month", "all")
        ]
    )
