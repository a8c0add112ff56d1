"""Clients' months, retention and earned growth, recalculated from the agency model."""

import pytest

from tests.recalculation.client_figures import (
    FIGURES,
    GROWTH_KEYS,
    RETENTION_KEYS,
    client_retention,
    earned_growth,
)
from tests.recalculation.client_months import COLUMNS, client_months
from tests.recalculation.clients import lines
from tests.recalculation.floor import lies
from tests.recalculation.frames import Records, differences

pytestmark = pytest.mark.slow


def test_every_month_of_a_client_is_the_recalculated_one(records: Records) -> None:
    mart = records.table("marts.fct_client_months")
    own = client_months(records)
    assert differences(own, mart, ["company_id", "month_start"], COLUMNS) == []


def test_the_months_hold_the_clients_revenue_to_the_cent(records: Records) -> None:
    mart = records.table("marts.fct_client_months")
    own = lines(records)["reporting_amount"].sum()
    assert abs(float(mart["net_fee_amount"].sum()) - own) < 0.005


def test_every_row_of_client_retention_is_the_recalculated_one(records: Records) -> None:
    mart = records.table("marts.metric_client_retention")
    figures = [*FIGURES, "n", "is_suppressed", "clients_without_revenue", "unconverted_lines"]
    assert differences(client_retention(records), mart, RETENTION_KEYS, figures) == []
    assert lies(mart, [*FIGURES, "clients_without_revenue"]).empty


def test_every_row_of_earned_growth_is_the_recalculated_one(records: Records) -> None:
    mart = records.table("marts.metric_earned_growth")
    figures = [*FIGURES, "n", "is_suppressed", "range_low", "range_high"]
    assert differences(earned_growth(records), mart, GROWTH_KEYS, figures) == []
    assert lies(mart, [*FIGURES, "range_low", "range_high"]).empty
