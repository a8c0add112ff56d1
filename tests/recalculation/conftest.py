"""Several generated agencies in one warehouse, built once a session by one dbt run."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks.agencies import build, rebuild
from sandbox.agency import Agency, AgencyPlan, Effects, generate
from tests.recalculation.frames import Records
from tests.recalculation.invitations import tell_deliveries
from tests.recalculation.rare import RareTenant

SEEDS = (7, 11, 23)
TENANTS = (
    *(RareTenant(f"{seed:03d}", AgencyPlan(seed=seed)) for seed in SEEDS),
    RareTenant("none", AgencyPlan(effects=Effects.none())),
)

Asked = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def agencies_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the shared warehouse: ``warehouse.duckdb`` and the key of its pseudonyms."""
    home = tmp_path_factory.mktemp("agencies")
    # Some agencies know whom they asked, by a survey tool of which there is no vendor yet.
    known = ("+int_survey_responses", "int_survey_invitations")
    build(home, TENANTS, known, has_tests=False)
    tell_deliveries(home)
    rebuild(home, options=("--exclude", *known))
    return home


@pytest.fixture(scope="session")
def agencies(agencies_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The finished warehouse: tenants seed-007, seed-011, seed-023 and seed-none."""
    with duckdb.connect(str(agencies_home / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


@pytest.fixture(scope="session", params=[tenant.id for tenant in TENANTS])
def records(agencies: duckdb.DuckDBPyConnection, request: pytest.FixtureRequest) -> Records:
    """The tables of each tenant in turn."""
    return Records(agencies, request.param)


@pytest.fixture(scope="session")
def asked(agencies: duckdb.DuckDBPyConnection) -> Asked:
    """Rows of a query as dicts; further arguments fill its ``?``."""

    def rows(query: str, *values: Any) -> list[dict[str, Any]]:
        cursor = agencies.execute(query, values)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return rows


@pytest.fixture(scope="session")
def generated() -> dict[str, Agency]:
    """The agencies of the warehouse with their truth, by tenant."""
    return {tenant.id: generate(tenant.plan) for tenant in TENANTS}
