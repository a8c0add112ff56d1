"""Recruiters' scorecards, recalculated from the agency model."""

import duckdb
import pytest

from tests.recalculation.conftest import TENANTS
from tests.recalculation.floor import lies
from tests.recalculation.frames import Records, differences
from tests.recalculation.recruiters import FIGURES, KEYS, recruiters

pytestmark = pytest.mark.slow


@pytest.fixture(params=[tenant.id for tenant in TENANTS])
def records(agencies: duckdb.DuckDBPyConnection, request: pytest.FixtureRequest) -> Records:
    return Records(agencies, request.param)


def test_every_row_is_the_recalculated_one(records: Records) -> None:
    mart = records.table("marts.metric_recruiters")
    assert differences(recruiters(records), mart, KEYS, [*FIGURES, "n", "is_suppressed"]) == []
    assert lies(mart, FIGURES).empty
